-- spooled_names($1 account, $2 hook's key or null, $3 an entry of the spool,
-- $4 pattern): does it name the person?
select hookline.spooled_names($1::bigint, $2::bytea, $3::bytea, $4::text)
