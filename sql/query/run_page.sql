-- run_page($1 account, $2 filter as hookline.run_search takes it, $3 at most): a
-- page of runs, and the id from which to look further
select json_build_object('older', s.older::text,
	'older_at', (
		select to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
		  from hookline.workflow_run r where r.account_id = $1::bigint and r.id = s.older),
	'runs', coalesce((
		select json_agg(json_build_object('id', r.id::text, 'workflow', r.workflow_id::text,
			'workflow_name', w.name, 'contact', r.contact_id::text,
			'contact_address', coalesce(c.email, c.phone),
			'contact_name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
			'status', r.status, 'paused', p.is_paused, 'step', r.step_id,
			'step_name', n.step ->> 'name', 'step_type', n.step ->> 'type', 'attempt', r.attempt,
			'due_at', case when not p.is_paused then
				to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
			'started_at', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'finished_at', to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'last_error', r.last_error) order by r.id desc)
		  from unnest(s.ids) i (id)
		  join hookline.workflow_run r on r.account_id = $1::bigint and r.id = i.id
		  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
		  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
		  left join lateral (
			select jsonb_path_query_first(v.document::jsonb -> 'steps', '$.** ? (@.id == $i)',
				jsonb_build_object('i', r.step_id)) as step
			  from hookline.workflow_version v
			 where v.account_id = r.account_id and v.workflow_id = r.workflow_id
			   and v.version = r.version) n on true
		 cross join lateral (select r.status = 'waiting' and w.status <> 'published' as is_paused) p), '[]'))
  from hookline.run_search($1::bigint, $2::jsonb, $3::integer) s
