-- contact_timeline($1 account, $2 contact, $3 runs and $4 deliveries below these
-- ids, or null, $5 at most): what came from it and what it went through, newest
-- first
select x.what
  from (
	(select r.started_at as at, r.id, json_build_object('kind', 'run', 'id', r.id::text,
		'at', to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'workflow', r.workflow_id::text, 'workflow_name', w.name,
		'status', r.status, 'step', r.step_id, 'reason', r.last_error,
		'due_at', case when r.due_at < 'infinity' then
			to_char(r.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
		'finished_at', to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'delivery', r.delivery_id::text) as what
	   from hookline.workflow_run r
	   join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
	  where r.account_id = $1::bigint and r.contact_id = $2::bigint
	    and r.id < coalesce($3::bigint, 9223372036854775807)
	  order by r.id desc limit $5::integer)
	union all
	(select d.received_at, d.id, json_build_object('kind', 'delivery', 'id', d.id::text,
		'at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'workflow', t.workflow_id::text, 'workflow_name', w.name,
		'status', d.outcome, 'reason', d.reason, 'run', d.run_id::text)
	   from (select z.* from hookline.delivery z
		  where z.account_id = $1::bigint and z.contact_id = $2::bigint
		    and z.id < coalesce($4::bigint, 9223372036854775807)
		  order by z.id desc limit $5::integer) d
	   join hookline.trigger t on t.account_id = d.account_id and t.id = d.trigger_id
	   join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id)) x
 order by x.at desc, x.id desc limit $5::integer
