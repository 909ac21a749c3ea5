-- contact_show($1 account, $2 contact): all about it, with its newest runs
select json_build_object('id', c.id::text, 'email', c.email, 'phone', c.phone,
	'first_name', c.first_name, 'last_name', c.last_name,
	'name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'company_name', c.company_name, 'address1', c.address1, 'city', c.city,
	'state', c.state, 'postal_code', c.postal_code, 'country', c.country,
	'timezone', c.timezone, 'date_of_birth', c.date_of_birth,
	'source', c.source, 'website', c.website, 'tags', to_json(c.tags),
	'custom', c.custom, 'do_not_contact', to_json(c.do_not_contact),
	'unsubscribed_at', to_char(c.unsubscribed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'created_at', to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'updated_at', to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'erased_at', to_char(c.erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'identities', coalesce((
		select json_agg(json_build_object('kind', i.kind, 'value', i.value) order by i.kind, i.value)
		  from hookline.contact_identity i
		 where i.account_id = c.account_id and i.contact_id = c.id), '[]'),
	'runs', coalesce((
		select json_agg(json_build_object('id', r.id::text,
			'workflow', r.workflow_id::text, 'workflow_name', r.name,
			'status', r.status, 'step', r.step_id,
			'started_at', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
			order by r.id desc)
		  from (select x.id, x.workflow_id, w.name, x.status, x.step_id, x.started_at
			  from hookline.workflow_run x
			  join hookline.workflow w on w.account_id = x.account_id and w.id = x.workflow_id
			 where x.account_id = c.account_id and x.contact_id = c.id
			 order by x.id desc limit 20) r), '[]'))
  from hookline.contact c
 where c.account_id = $1::bigint and c.id = $2::bigint
