-- contact_edit($1 account, $2 contact, $3 {"set","email_key","add_tags",
-- "remove_tags","drop":[{"kind","value"}]}): {}, or {"kind","owner"}: who has the
-- address or number already, or {"problem"}, or {"gone"}
select hookline.contact_edit($1::bigint, $2::bigint, $3::jsonb)
