-- contact_list($1 account, $2 at most, $3 below this id, or null): newest first
select json_build_object('id', c.id::text, 'email', c.email, 'phone', c.phone,
	'first_name', c.first_name, 'last_name', c.last_name,
	'name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'tags', to_json(c.tags),
	'created_at', to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.contact c
 where c.account_id = $1::bigint and c.erased_at is null
   and c.id < coalesce($3::bigint, 9223372036854775807)
 order by c.id desc limit $2::integer
