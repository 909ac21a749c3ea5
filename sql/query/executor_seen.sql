-- executor_seen($1 name): a sign of life; forgets executors of long ago
with gone as (
	delete from hookline.executor where seen_at < now() - interval '1 day'
)
insert into hookline.executor (name) values ($1::text)
on conflict (name) do update set seen_at = now()
