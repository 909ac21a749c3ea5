-- user_list($1 account): a JSON object each, by address
select json_build_object('id', id::text, 'email', email, 'name', name,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.app_user
 where account_id = $1::bigint
 order by email
