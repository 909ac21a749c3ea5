-- run_list($1 account, $2 workflow, $3 status, $4 contact; each of these may be
-- null, $5 at most): newest first
select json_build_object('id', r.id::text, 'workflow', r.workflow_id::text,
	'workflow_name', w.name, 'version', r.version, 'contact', r.contact_id::text,
	'contact_address', coalesce(c.email, c.phone),
	'contact_name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'status', r.status, 'step', r.step_id, 'attempt', r.attempt,
	'paused', p.is_paused,
	'due_at', case when not p.is_paused then
		to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
	'started_at', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'finished_at', to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'last_error', r.last_error)
  from hookline.workflow_run r
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
 cross join lateral (select r.status = 'waiting' and w.status <> 'published' as is_paused) p
 where r.account_id = $1::bigint
   and ($2::bigint is null or r.workflow_id = $2::bigint)
   and ($3::text is null or r.status = $3::text)
   and ($4::bigint is null or r.contact_id = $4::bigint)
 order by r.id desc limit $5::integer
