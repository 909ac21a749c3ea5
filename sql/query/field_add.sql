-- field_add($1 account, $2 key, $3 type, $4 label): the new custom field, or no row
-- when there is one of this key
insert into hookline.custom_field (account_id, key, type, label)
values ($1::bigint, $2::text, $3::text, $4::text)
on conflict do nothing
returning json_build_object('key', key, 'type', type, 'label', label,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
