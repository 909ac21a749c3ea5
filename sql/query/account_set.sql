-- account_set($1 account, $2 match rule, $3 IANA time zone, $4 ISO country, $5 name;
-- null leaves what is there): the account
update hookline.account
   set match_rule = coalesce($2::text, match_rule),
       timezone = coalesce($3::text, timezone),
       default_country = coalesce($4::text, default_country),
       name = coalesce($5::text, name)
 where id = $1::bigint
returning json_build_object('id', id::text, 'name', name, 'timezone', timezone,
	'country', default_country, 'match', match_rule,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
