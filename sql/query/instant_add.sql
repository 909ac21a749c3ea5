-- instant_add($1 microseconds since 1970, $2 interval, $3 zone): the moment
-- that much later (or earlier) by the zone's calendar
select (extract(epoch from hookline.moment_after(to_timestamp($1::bigint / 1000000.0),
	$2::interval, $3::text)) * 1000000)::bigint
