-- destination_open($1 key, $2 seconds, $3 executor that tried it, or null: it was
-- called, $4 what went wrong): leave it alone.  No row: others did that, or
-- somebody else tries it.
update hookline.destination
   set state = 'open', opened_at = coalesce(opened_at, now()),
       open_until = now() + make_interval(secs => $2::double precision),
       open_count = open_count + 1, probe_by = null,
       failures = failures + case when $3::text is null then 0 else 1 end,
       last_error = coalesce($4::text, last_error), updated_at = now()
 where key = $1::text
   and case when $3::text is null then state = 'closed'
	    else state = 'half_open' and probe_by = $3::text end
returning key
