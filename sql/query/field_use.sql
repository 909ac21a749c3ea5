-- field_use($1 account, $2 key): how many contacts have a value of a custom field
select count(*)
  from hookline.contact c
 where c.account_id = $1::bigint and c.custom <> '{}' and c.custom ? $2::text
