-- run_claim($1 executor, $2 lease seconds, $3 at most, $4 of these at most that
-- were tried before, or waited for their destination): lease what is due.  New
-- runs and these take turns: the new ones get what $4 leaves.  A lapsed lease (still 'running') is simply due
-- again, and counted.  Limits are parameters alone, never sums, or the planner
-- would expect a tenth of all that is due and read the whole table.
with again as (
	select account_id, id, due_at from hookline.workflow_run
	 where status in ('waiting', 'running') and (attempt > 0 or held_by is not null) and due_at <= now()
	 order by due_at, id limit $4::integer for update skip locked
), fresh as (
	select account_id, id, due_at from hookline.workflow_run
	 where status in ('waiting', 'running') and attempt = 0 and held_by is null and due_at <= now()
	 order by due_at, id limit $3::integer for update skip locked
), due as (
	select * from again union all select * from fresh
	 limit $3::integer
)
update hookline.workflow_run r
   set status = 'running', leased_by = $1::text, lease_no = r.lease_no + 1,
       attempt = r.attempt + 1,
       lost_leases = r.lost_leases + (r.status = 'running')::integer,
       due_at = now() + make_interval(secs => $2::integer)
  from due
 where r.account_id = due.account_id and r.id = due.id
returning r.account_id, r.id, r.lease_no,
	(extract(epoch from due.due_at) * 1000000)::bigint as due_us
