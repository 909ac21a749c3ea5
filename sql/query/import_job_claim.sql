-- import_job_claim($1 account, $2 import, $3 seconds): where to go on, for
-- whoever takes in the next piece; no row: somebody else does, or it is done
update hookline.import_job j
   set busy_until = now() + make_interval(secs => $3::integer)
 where j.account_id = $1::bigint and j.id = $2::bigint and j.state = 'running'
   and (j.busy_until is null or j.busy_until < now()) and j.expires_at > now()
returning json_build_object('id', j.id::text, 'filename', j.filename, 'made_by', j.made_by,
	'size', j.size, 'state', j.state, 'targets', j.targets,
	'read_to', j.read_to, 'line', j.line, 'lines', j.lines, 'created', j.created,
	'updated', j.updated, 'unchanged', j.unchanged, 'skipped', j.skipped,
	'problems', j.problems,
	'is_busy', coalesce(j.busy_until > now(), false),
	'created_at', to_char(j.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'finished_at', to_char(j.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'expires_at', to_char(j.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
