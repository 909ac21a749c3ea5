-- run_explain($1 account, $2 run): what run_show lacks for telling its story:
-- the document, and times in the run's zone (the workflow's, else the
-- account's); "at" has the ends of the steps, in run_show's order.  What kind of
-- wait it is in, "wait", is null where nothing says so.
with r as (
	select x.*, to_jsonb(x) -> 'wait' as waits_for, v.document,
	       w.status as workflow_status,
	       coalesce(v.document -> 'settings' ->> 'timezone', a.timezone) as zone
	  from hookline.workflow_run x
	  join hookline.account a on a.id = x.account_id
	  join hookline.workflow w on w.account_id = x.account_id and w.id = x.workflow_id
	  join hookline.workflow_version v on v.account_id = x.account_id
	       and v.workflow_id = x.workflow_id and v.version = x.version
	 where x.account_id = $1::bigint and x.id = $2::bigint
), local as (
	select r.id, l.name, to_char(l.at at time zone r.zone, 'YYYY-MM-DD HH24:MI:SS') || ' ' || r.zone as text
	  from r, lateral (values ('due', case when r.paused_due_at is null then r.due_at else r.paused_due_at end),
		('started', r.started_at), ('finished', r.finished_at),
		('step_started', r.step_started_at)) l (name, at)
)
select json_build_object('zone', r.zone, 'workflow_status', r.workflow_status,
	'document', r.document, 'wait', r.waits_for,
	'is_due', r.due_at <= now(),
	'local', (select json_object_agg(l.name, l.text) from local l),
	'executor_seen_s', (select extract(epoch from now() - max(e.seen_at))::bigint from hookline.executor e),
	'at', coalesce((
		select json_agg(to_char(s.finished_at at time zone r.zone, 'YYYY-MM-DD HH24:MI:SS') || ' ' || r.zone
			order by s.seq, s.attempt)
		  from hookline.run_step s
		 where s.account_id = r.account_id and s.run_id = r.id), '[]'))
  from r
