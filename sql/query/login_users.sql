-- login_users($1 e-mail address in lower case): an object each: {"account","account_name","user","hash"},
-- by the account's name
select json_build_object('account', u.account_id::text, 'account_name', a.name, 'user', u.id::text,
	'hash', u.password_hash)
  from hookline.app_user u
  join hookline.account a on a.id = u.account_id
 where u.email = $1
 order by a.name
 limit 20
