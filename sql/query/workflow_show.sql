-- workflow_show($1 account, $2 workflow): all about it but its documents
select json_build_object('id', w.id::text, 'name', w.name, 'status', w.status,
	'version', w.version,
	'draft_differs', w.version is null or d.document::text <> w.draft::text,
	'trigger', t.id::text, 'hook_key', encode(t.hook_key, 'hex'),
	'enrolled', s.enrolled, 'active', s.active, 'completed', s.completed,
	'failed', s.failed, 'cancelled', s.cancelled,
	'created_at', to_char(w.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'updated_at', to_char(w.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'runs', hookline.run_places(w.account_id, w.id),
	'last_enrolled_at', to_char(s.last_enrolled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'versions', coalesce((
		select json_agg(json_build_object('version', v.version,
			'published_at', to_char(v.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
			order by v.version desc)
		  from hookline.workflow_version v
		 where v.account_id = w.account_id and v.workflow_id = w.id), '[]'))
  from hookline.workflow w
  join hookline.trigger t on t.account_id = w.account_id and t.workflow_id = w.id
  join hookline.workflow_stats s on s.account_id = w.account_id and s.workflow_id = w.id
  left join hookline.workflow_version d on d.account_id = w.account_id
       and d.workflow_id = w.id and d.version = w.version
 where w.account_id = $1::bigint and w.id = $2::bigint
