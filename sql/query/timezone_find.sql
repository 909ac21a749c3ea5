-- timezone_find($1 name): the zone of this name, as it is spelt; or no row
select name from pg_catalog.pg_timezone_names
 where lower(name) = lower($1::text)
