-- workflow_end_runs($1 account, $2 archived workflow): cancel its live runs, as
-- far as nobody holds their rows just now (who waits for none can't be part of a
-- circle); says how many, and how many are left
with live as materialized (
	select r.account_id, r.id from hookline.workflow_run r
	 where r.account_id = $1::bigint and r.status in ('waiting', 'running')
	   and r.id in (select l.id from hookline.live_runs($1::bigint, $2::bigint) l)
	   for update of r skip locked
), ended as (
	update hookline.workflow_run r
	   set status = 'cancelled', due_at = null, paused_due_at = null, leased_by = null,
	       held_by = null, wait = null, finished_at = now(), last_error = 'the workflow was archived'
	  from live l
	 where r.account_id = l.account_id and r.id = l.id
	returning r.id
)
select (select count(*) from ended) as ended,
       (select count(*) from hookline.live_runs($1::bigint, $2::bigint))
	- (select count(*) from ended) as others
