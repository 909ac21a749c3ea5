-- account_show($1 account): as account_list has it
select json_build_object('id', id::text, 'name', name, 'timezone', timezone,
	'country', default_country, 'match', match_rule,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.account
 where id = $1::bigint
