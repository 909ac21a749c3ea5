-- account_list(): a JSON object each, by name
select json_build_object('id', id::text, 'name', name, 'timezone', timezone,
	'country', default_country, 'match', match_rule,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.account
 order by name, id
