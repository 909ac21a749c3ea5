-- contact_stop($1 account, $2 contact, $3 channels, $4 stop, or allow again?): was
-- anything changed?
select hookline.contact_stop($1::bigint, $2::bigint, $3::text[], $4::boolean)
