-- workflow_list($1 account, $2 those that are archived too?): a JSON object
-- each, by name
select json_build_object('id', s.workflow_id::text, 'name', s.workflow,
	'status', s.status, 'version', s.version, 'enrolled', s.enrolled,
	'active', s.active, 'completed', s.completed, 'failed', s.failed,
	'cancelled', s.cancelled,
	'last_enrolled_at', to_char(s.last_enrolled_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.workflow_stats s
 where s.account_id = $1::bigint and ($2::boolean or s.status <> 'archived')
 order by s.workflow, s.workflow_id
