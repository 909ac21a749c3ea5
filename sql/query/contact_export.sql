-- contact_export($1 account, $2 after this id, $3 at most): all about them, by id
select json_build_object('id', c.id::text, 'email', c.email, 'phone', c.phone,
	'first_name', c.first_name, 'last_name', c.last_name,
	'company_name', c.company_name, 'address1', c.address1, 'city', c.city,
	'state', c.state, 'postal_code', c.postal_code, 'country', c.country,
	'timezone', c.timezone, 'date_of_birth', c.date_of_birth,
	'source', c.source, 'website', c.website, 'tags', to_json(c.tags),
	'custom', c.custom, 'do_not_contact', to_json(c.do_not_contact),
	'unsubscribed_at', to_char(c.unsubscribed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'created_at', to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'updated_at', to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.contact c
 where c.account_id = $1::bigint and c.id > $2::bigint and c.erased_at is null
 order by c.id limit $3::integer
