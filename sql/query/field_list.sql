-- field_list($1 account): the custom fields that it defined, by key
select json_build_object('key', key, 'type', type, 'label', label,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.custom_field
 where account_id = $1::bigint
 order by key collate "C"
