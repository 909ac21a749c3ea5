-- lease.sql - for pgbench: lease a batch of runs, and complete them with ten steps
-- each, in two statements with a commit each and nothing decided: the floor under
-- hookline-run.
with due as (
	select account_id, id from hookline.workflow_run
	 where status in ('waiting', 'running') and attempt = 0 and held_by is null
	   and due_at <= now()
	 order by due_at, id limit :batch for update skip locked
), leased as (
	update hookline.workflow_run r
	   set status = 'running', leased_by = 'pgbench', lease_no = r.lease_no + 1,
	       attempt = r.attempt + 1, due_at = now() + interval '120 seconds'
	  from due where r.account_id = due.account_id and r.id = due.id
	returning r.id
)
select array_agg(id) as ids from leased \gset
with steps as (
	insert into hookline.run_step (account_id, run_id, seq, attempt, step_id,
		type, status, started_at, finished_at, detail)
	select :account, x.id, s.n, 1, 's' || s.n, 'set_variable', 'done', now(), now(),
	       '{"name":"n","value":"12345"}'
	  from unnest(:ids::bigint[]) x (id), generate_series(1, 10) s (n)
)
update hookline.workflow_run r
   set status = 'completed', due_at = null, leased_by = null, finished_at = now(),
       step_id = 's10', seq = 10, attempt = 1, variables = '{"n":"12345"}'
 where r.account_id = :account and r.id = any (:ids::bigint[]) and r.status = 'running';
