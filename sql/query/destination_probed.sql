-- destination_probed($1 key, $2 executor, $3 does it work): the one that tried it
-- is back.  If it could not even try, another may at once.
with works as (
	delete from hookline.destination
	 where key = $1::text and state = 'half_open' and probe_by = $2::text and $3::boolean
)
update hookline.destination
   set state = 'open', open_until = now(), probe_by = null, updated_at = now()
 where key = $1::text and state = 'half_open' and probe_by = $2::text and not $3::boolean
