-- run_claim($1 executor, $2 lease seconds, $3 at most, $4 of these at most that
-- were tried before, or waited for their destination, $5 of these at most that
-- lost two leases in a row): lease what is due.  New runs and those tried before
-- take turns: the new ones get what $4 leaves.  A lapsed lease (still 'running')
-- is simply due again, and counted.  Limits are parameters alone, never sums, or
-- the planner would expect a tenth of all that is due and read the whole table.
--
-- A run whose workflow is not published is not leased but paused: set aside,
-- with the time at which it was due, until workflow_publish takes it up again.
-- The lock lets that wait for us, or us for it: then the workflow's state is
-- looked at once more.  What began while a workflow was archived ends here.
with suspect as (
	select account_id, id, workflow_id, due_at from hookline.workflow_run
	 where status = 'running' and lost_leases > 0 and due_at <= now()
	 order by due_at, id limit $5::integer for update skip locked
), again as (
	select account_id, id, workflow_id, due_at from hookline.workflow_run
	 where status in ('waiting', 'running') and (attempt > 0 or held_by is not null) and due_at <= now()
	   and (lost_leases = 0 or status = 'waiting')
	 order by due_at, id limit $4::integer for update skip locked
), fresh as (
	select account_id, id, workflow_id, due_at from hookline.workflow_run
	 where status in ('waiting', 'running') and attempt = 0 and held_by is null and due_at <= now()
	 order by due_at, id limit $3::integer for update skip locked
), due as (
	select * from suspect union all select * from again
	 union all select * from fresh
	 limit $3::integer
), held as (
	select w.account_id, w.id,
	       case w.status when 'archived' then 'cancelled' else 'waiting' end as verdict
	  from hookline.workflow w
	 where w.status <> 'published'
	   and (w.account_id, w.id) in (select account_id, workflow_id from due)
	   for share of w
)
update hookline.workflow_run r
   set status = coalesce(h.verdict, 'running'),
       leased_by = case when h.verdict is null then $1::text end,
       lease_no = r.lease_no + 1,
       attempt = r.attempt + (h.verdict is null)::integer,
       -- One that is set aside and was deadly may try again.
       lost_leases = case when h.verdict is null then r.lost_leases + (r.status = 'running')::integer
			else least(r.lost_leases + (r.status = 'running')::integer, 1) end,
       due_at = case h.verdict when 'waiting' then 'infinity' when 'cancelled' then null
			else now() + make_interval(secs => $2::integer) end,
       paused_due_at = case h.verdict when 'waiting' then least(r.paused_due_at, r.due_at) end,
       held_by = case when h.verdict is distinct from 'cancelled' then r.held_by end,
       wait = case when h.verdict is distinct from 'cancelled' then r.wait end,
       finished_at = case h.verdict when 'cancelled' then now() end,
       last_error = case h.verdict when 'cancelled' then 'the workflow was archived'
			else r.last_error end
  from due
  left join held h on h.account_id = due.account_id and h.id = due.workflow_id
 where r.account_id = due.account_id and r.id = due.id
returning r.account_id, r.id, r.lease_no,
	(extract(epoch from due.due_at) * 1000000)::bigint as due_us,
	r.status = 'running' as is_leased
