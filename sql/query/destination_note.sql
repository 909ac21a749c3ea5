-- destination_note($1 key, $2 calls, $3 failures among them, $4 the last so many
-- found nobody, $5 or some did before these, $6 what went wrong): add up what
-- was heard of one that is not left alone.  No row: it is left alone by now.
insert into hookline.destination as d (key, failures, window_calls, window_failures, last_error)
values ($1::text, $4::integer, $2::integer, $3::integer, $6::text)
on conflict (key) do update set
	failures = case when $5::boolean then 0 else d.failures end + $4::integer,
	window_started_at = case when d.window_started_at < now() - interval '5 minutes'
		then now() else d.window_started_at end,
	window_calls = case when d.window_started_at < now() - interval '5 minutes'
		then 0 else d.window_calls end + $2::integer,
	window_failures = case when d.window_started_at < now() - interval '5 minutes'
		then 0 else d.window_failures end + $3::integer,
	last_error = coalesce($6::text, d.last_error),
	updated_at = now()
 where d.state = 'closed'
returning failures, window_calls, window_failures
