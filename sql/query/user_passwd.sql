-- user_passwd($1 account, $2 address, $3 password's hash): the user, or no
-- row.  Whoever is logged in with the old password is not any more.
with u as (
	update hookline.app_user set password_hash = $3::text
	 where account_id = $1::bigint and email = $2::text
	returning account_id, id, email, name, created_at
), logins as (
	delete from hookline.user_session s using u
	 where s.account_id = u.account_id and s.user_id = u.id
)
select json_build_object('id', id::text, 'email', email, 'name', name,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from u
