-- rehearse_take($1 account, $2 run, $3 executor): lease this run although it may
-- not be due, as run_claim does.  For a transaction that is rolled back.
update hookline.workflow_run r
   set status = 'running', leased_by = $3::text, lease_no = r.lease_no + 1,
       attempt = r.attempt + 1, due_at = now() + interval '1 hour'
 where r.account_id = $1::bigint and r.id = $2::bigint and r.status in ('waiting', 'running')
returning r.account_id, r.id, r.lease_no, (extract(epoch from now()) * 1000000)::bigint, true
