-- run_cancel($1 account, $2 run): end a live run; no row when it is none.  An
-- executor that holds it is told so when it records.
update hookline.workflow_run
   set status = 'cancelled', due_at = null, paused_due_at = null, leased_by = null,
       held_by = null, wait = null, finished_at = now()
 where account_id = $1::bigint and id = $2::bigint and status in ('waiting', 'running')
returning id
