-- user_addresses($1 account, $2 list of names or e-mail addresses): a JSON object
-- for each user that is meant, {"name": as it was given, "email"}; email is null
-- where nobody is
select json_build_object('name', u.name, 'email', u.email)
  from hookline.user_addresses($1::bigint, $2::jsonb) u
