-- run_show($1 account, $2 run): all about it, with its steps in order
select json_build_object('id', r.id::text, 'workflow', r.workflow_id::text,
	'workflow_name', w.name, 'version', r.version, 'contact', r.contact_id::text,
	'contact_address', coalesce(c.email, c.phone),
	'contact_name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'delivery', r.delivery_id::text, 'parent_run', r.parent_run_id::text,
	'status', r.status, 'step', r.step_id, 'attempt', r.attempt,
	'leased_by', r.leased_by, 'held_by', r.held_by, 'last_error', r.last_error,
	'paused', p.is_paused,
	'due_at', case when not p.is_paused then
		to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
	'due_local', case when not p.is_paused then
		to_char(r.due_at at time zone z.zone, 'Dy YYYY-MM-DD HH24:MI:SS') end,
	'timezone', z.zone, 'is_due', r.due_at <= now() and not p.is_paused,
	'wait', r.wait, 'woken_by', r.woken_by,
	'started_at', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'finished_at', to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'variables', r.variables, 'webhook', r.webhook, 'results', r.results,
	'steps', coalesce((
		select json_agg(json_build_object('seq', s.seq, 'step', s.step_id,
			'type', s.type, 'status', s.status, 'attempt', s.attempt,
			'started_at', to_char(s.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'finished_at', to_char(s.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'detail', s.detail) order by s.seq, s.attempt)
		  from hookline.run_step s
		 where s.account_id = r.account_id and s.run_id = r.id), '[]'))
  from hookline.workflow_run r
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
  join hookline.account a on a.id = r.account_id
  join hookline.workflow_version v on v.account_id = r.account_id
       and v.workflow_id = r.workflow_id and v.version = r.version
  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
 cross join lateral (select coalesce(v.document -> 'settings' ->> 'timezone', a.timezone) as zone) z
 cross join lateral (select r.status = 'waiting' and w.status <> 'published' as is_paused) p
 where r.account_id = $1::bigint and r.id = $2::bigint
