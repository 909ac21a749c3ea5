-- instant($1 local time, $2 zone): microseconds since 1970; see moment_of
select (extract(epoch from hookline.moment_of($1::timestamp, $2::text)) * 1000000)::bigint
