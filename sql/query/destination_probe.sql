-- destination_probe($1 key, $2 executor, $3 seconds): be the one that tries it.
-- No row: somebody else does.
update hookline.destination
   set state = 'half_open', probe_by = $2::text, updated_at = now(),
       open_until = now() + make_interval(secs => $3::double precision)
 where key = $1::text and state <> 'closed' and open_until <= now()
returning key
