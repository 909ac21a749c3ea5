-- user_add($1 account, $2 address in lower case, $3 name, $4 password's hash)
insert into hookline.app_user (account_id, email, name, password_hash)
values ($1::bigint, $2::text, $3::text, $4::text)
returning json_build_object('id', id::text, 'email', email, 'name', name,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
