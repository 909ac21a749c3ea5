-- date_text($1 microseconds since 1970, $2 zone, $3 pattern of to_char): the
-- moment in that zone, as the pattern says
select to_char(to_timestamp($1::bigint / 1000000.0) at time zone $2::text, $3::text)
