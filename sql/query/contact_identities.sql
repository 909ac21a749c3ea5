-- contact_identities($1 account, $2 contact, $3 email or phone): all that lead to
-- it, as they match
select coalesce(json_agg(i.value), '[]')
  from hookline.contact_identity i
 where i.account_id = $1::bigint and i.contact_id = $2::bigint and i.kind = $3::text
