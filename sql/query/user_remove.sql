-- user_remove($1 account, $2 address): the user that was, or no row; logins go
-- with it
delete from hookline.app_user
 where account_id = $1::bigint and email = $2::text
returning json_build_object('id', id::text, 'email', email, 'name', name,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
