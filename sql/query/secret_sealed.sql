-- secret_sealed($1 account, $2 an object with names as keys): {"name": sealed,
-- in base64}, of those that are there
select coalesce(json_object_agg(s.name, encode(s.sealed, 'base64')), '{}')
  from hookline.secret s
 where s.account_id = $1::bigint
   and s.name in (select n.name from json_object_keys($2::json) n (name))
