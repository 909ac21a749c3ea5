-- finished.sql - for psql: :finished runs that are over, beside those there are.
-- Needs a superuser: what refers to what is known here is not looked up again.
set session_replication_role = replica;
set synchronous_commit = off;
insert into hookline.workflow_run (account_id, workflow_id, version, contact_id,
	status, step_id, due_at, lease_no, seq, reentry, started_at, finished_at)
select :account, :workflow, 1, :contact, 'completed', 's10', null, 2, 10, 'always',
       x.at, x.at + interval '5 seconds'
  from generate_series(1, :finished) n
 cross join lateral (select now() - interval '90 days' * (1 - n / :finished::float8)) x (at);
