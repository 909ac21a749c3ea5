-- instant($1 local time, $2 zone): microseconds since 1970.  A time that a
-- daylight-saving change skips is the moment the clock jumped over it.
select (extract(epoch from $1::timestamp at time zone $2::text) * 1000000)::bigint
