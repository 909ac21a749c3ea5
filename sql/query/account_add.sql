-- account_add($1 name, $2 IANA time zone, $3 ISO country): the new account
insert into hookline.account (name, timezone, default_country)
values ($1::text, $2::text, $3::text)
returning json_build_object('id', id::text, 'name', name, 'timezone', timezone,
	'country', default_country, 'match', match_rule,
	'created_at', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
