-- contact_export($1 account, $2 after this id, $3 at most, $4 a list of ids, or
-- null): all about them, by id; with $4 about these, and $2 and $3 say nothing
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
  from (
	(select k.id from hookline.contact k
	  where k.account_id = $1::bigint and k.id > $2::bigint and k.erased_at is null
	    and $4::jsonb is null
	  order by k.id limit $3::integer)
	union all
	select i.id::bigint from jsonb_array_elements_text($4::jsonb) i (id)) k
  join hookline.contact c on c.account_id = $1::bigint and c.id = k.id and c.erased_at is null
 order by c.id
