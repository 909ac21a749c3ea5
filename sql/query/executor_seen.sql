-- executor_seen($1 name): a sign of life; forgets executors of long ago, and
-- destinations of which nothing was heard for long
with gone as (
	delete from hookline.executor where seen_at < now() - interval '1 day'
), quiet as (
	delete from hookline.destination
	 where updated_at < now() - interval '1 day'
	    or (state = 'closed' and failures = 0 and updated_at < now() - interval '5 minutes')
)
insert into hookline.executor (name) values ($1::text)
on conflict (name) do update set seen_at = now()
