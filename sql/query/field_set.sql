-- field_set($1 account, $2 key, $3 type, $4 label; null leaves what is there): the
-- custom field, and how many contacts have a value; or no row
update hookline.custom_field f
   set type = coalesce($3::text, f.type), label = coalesce($4::text, f.label)
 where f.account_id = $1::bigint and f.key = $2::text
returning json_build_object('key', f.key, 'type', f.type, 'label', f.label,
	'created_at', to_char(f.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'contacts', (select count(*) from hookline.contact c
		      where c.account_id = $1::bigint and c.custom ? $2::text))
