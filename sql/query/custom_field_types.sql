-- custom_field_types($1 account): {"key": type} of the fields that it defined,
-- or null
select json_object_agg(f.key, f.type)
  from hookline.custom_field f
 where f.account_id = $1::bigint
