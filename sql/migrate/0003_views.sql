-- 0003: views for people and for monitoring.  Names and columns are stable.
-- What looks for live runs says by attempt and held_by what the two indexes are
-- made by that hold nothing else, so that they are read, however many runs are
-- over.

create view hookline.run_overview as
select r.account_id, a.name as account, r.id as run_id,
       r.workflow_id, w.name as workflow,
       r.version, r.status, r.step_id, r.attempt,
       case when not p.is_paused then r.due_at end as due_at, p.is_paused,
       r.contact_id, coalesce(c.email, c.phone) as contact,
       nullif(concat_ws(' ', c.first_name, c.last_name), '') as contact_name,
       r.delivery_id, r.started_at, r.finished_at,
       coalesce(r.finished_at, now()) - r.started_at as age, r.last_error
  from hookline.workflow_run r
  join hookline.account a on a.id = r.account_id
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
 cross join lateral (select r.status = 'waiting' and w.status <> 'published' as is_paused) p;
comment on view hookline.run_overview is 'Runs with the names of workflow and contact, the present step and the age';
comment on column hookline.run_overview.account_id is 'Whose run';
comment on column hookline.run_overview.account is 'The account''s name';
comment on column hookline.run_overview.run_id is 'The run';
comment on column hookline.run_overview.workflow_id is 'The workflow';
comment on column hookline.run_overview.workflow is 'The workflow''s name';
comment on column hookline.run_overview.version is 'The version the run is on';
comment on column hookline.run_overview.status is 'waiting, running, completed, failed or cancelled';
comment on column hookline.run_overview.step_id is 'The step it is at; of a run that is over the last of its steps';
comment on column hookline.run_overview.attempt is 'Tries of that step so far';
comment on column hookline.run_overview.due_at is 'When it goes on, or when its lease ends; null when it is paused';
comment on column hookline.run_overview.is_paused is 'It waits for its workflow to be published again';
comment on column hookline.run_overview.contact_id is 'Who';
comment on column hookline.run_overview.contact is 'The contact''s e-mail address, else number';
comment on column hookline.run_overview.contact_name is 'The contact''s name';
comment on column hookline.run_overview.delivery_id is 'The delivery that began it; it may be gone by retention';
comment on column hookline.run_overview.started_at is 'When the contact was enrolled';
comment on column hookline.run_overview.finished_at is 'When the run ended';
comment on column hookline.run_overview.age is 'How long it took, or has taken so far';
comment on column hookline.run_overview.last_error is 'What went wrong last';

create view hookline.workflow_stats as
select w.account_id, a.name as account, w.id as workflow_id, w.name as workflow,
       w.status, w.version,
       count(r.id) as enrolled,
       count(r.id) filter (where r.status in ('waiting', 'running')) as active,
       count(r.id) filter (where r.status = 'completed') as completed,
       count(r.id) filter (where r.status = 'failed') as failed,
       count(r.id) filter (where r.status = 'cancelled') as cancelled,
       max(r.started_at) as last_enrolled_at
  from hookline.workflow w
  join hookline.account a on a.id = w.account_id
  left join hookline.workflow_run r on r.account_id = w.account_id and r.workflow_id = w.id
 group by w.account_id, a.name, w.id, w.name, w.status, w.version;
comment on view hookline.workflow_stats is 'Workflows with how many runs are in which state';
comment on column hookline.workflow_stats.account_id is 'Whose workflow';
comment on column hookline.workflow_stats.account is 'The account''s name';
comment on column hookline.workflow_stats.workflow_id is 'The workflow';
comment on column hookline.workflow_stats.workflow is 'Its name';
comment on column hookline.workflow_stats.status is 'draft, published or archived';
comment on column hookline.workflow_stats.version is 'The newest published version';
comment on column hookline.workflow_stats.enrolled is 'Runs in all';
comment on column hookline.workflow_stats.active is 'Runs that wait or are carried out';
comment on column hookline.workflow_stats.completed is 'Runs that came to their end';
comment on column hookline.workflow_stats.failed is 'Runs that failed';
comment on column hookline.workflow_stats.cancelled is 'Runs that were cancelled';
comment on column hookline.workflow_stats.last_enrolled_at is 'When the newest run began';

create view hookline.delivery_overview as
select d.account_id, a.name as account, d.id as delivery_id, d.received_at,
       w.name as workflow, d.method, d.content_type, octet_length(d.body) as body_bytes,
       host(d.remote_addr) as remote_addr, d.http_status, d.outcome, d.reason,
       d.contact_id, d.run_id
  from hookline.delivery d
  join hookline.account a on a.id = d.account_id
  left join hookline.trigger t on t.account_id = d.account_id and t.id = d.trigger_id
  left join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id;
comment on view hookline.delivery_overview is 'Deliveries with the workflow''s name, without their content';
comment on column hookline.delivery_overview.account_id is 'Whose delivery';
comment on column hookline.delivery_overview.account is 'The account''s name';
comment on column hookline.delivery_overview.delivery_id is 'The delivery';
comment on column hookline.delivery_overview.received_at is 'When it arrived';
comment on column hookline.delivery_overview.workflow is 'The workflow''s name';
comment on column hookline.delivery_overview.method is 'POST, PUT or GET';
comment on column hookline.delivery_overview.content_type is 'Content-Type as it came';
comment on column hookline.delivery_overview.body_bytes is 'The body''s length';
comment on column hookline.delivery_overview.remote_addr is 'Who sent it';
comment on column hookline.delivery_overview.http_status is 'What was answered';
comment on column hookline.delivery_overview.outcome is 'enrolled, updated, captured, filtered, duplicate or rejected';
comment on column hookline.delivery_overview.reason is 'Why';
comment on column hookline.delivery_overview.contact_id is 'The contact that was matched or made';
comment on column hookline.delivery_overview.run_id is 'The run that began';

create view hookline.stuck_runs as
select r.account_id, a.name as account, r.id as run_id,
       r.workflow_id, w.name as workflow,
       r.contact_id, coalesce(c.email, c.phone) as contact,
       nullif(concat_ws(' ', c.first_name, c.last_name), '') as contact_name,
       r.status, r.step_id, r.attempt,
       r.lost_leases, r.leased_by, r.due_at, now() - r.due_at as overdue, r.last_error
  from hookline.workflow_run r
  join hookline.account a on a.id = r.account_id
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
 where r.status in ('waiting', 'running') and r.due_at < now() - interval '5 minutes'
   and (r.attempt = 0 and r.held_by is null or r.attempt > 0 or r.held_by is not null)
   and (r.status = 'running' or w.status = 'published');
comment on view hookline.stuck_runs is 'Runs that are more than five minutes overdue, but for those that are paused: is an executor running?';
comment on column hookline.stuck_runs.account_id is 'Whose run';
comment on column hookline.stuck_runs.account is 'The account''s name';
comment on column hookline.stuck_runs.run_id is 'The run';
comment on column hookline.stuck_runs.workflow_id is 'The workflow';
comment on column hookline.stuck_runs.workflow is 'The workflow''s name';
comment on column hookline.stuck_runs.contact_id is 'Who';
comment on column hookline.stuck_runs.contact is 'The contact''s e-mail address, else number';
comment on column hookline.stuck_runs.contact_name is 'The contact''s name';
comment on column hookline.stuck_runs.status is 'waiting, or running: its lease passed';
comment on column hookline.stuck_runs.step_id is 'The step it is at';
comment on column hookline.stuck_runs.attempt is 'Tries of that step so far';
comment on column hookline.stuck_runs.lost_leases is 'Leases in a row that ended without a result';
comment on column hookline.stuck_runs.leased_by is 'The executor that held it';
comment on column hookline.stuck_runs.due_at is 'When it should have gone on';
comment on column hookline.stuck_runs.overdue is 'How long ago that was';
comment on column hookline.stuck_runs.last_error is 'What went wrong last';

create view hookline.due_backlog as
select r.account_id, a.name as account, count(*) as due, min(r.due_at) as oldest_due_at,
       now() - min(r.due_at) as oldest_overdue,
       count(*) filter (where r.attempt > 0 or r.held_by is not null) as retries
  from hookline.workflow_run r
  join hookline.account a on a.id = r.account_id
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
 where r.status in ('waiting', 'running') and r.due_at <= now()
   and (r.attempt = 0 and r.held_by is null or r.attempt > 0 or r.held_by is not null)
   and (r.status = 'running' or w.status = 'published')
 group by r.account_id, a.name;
comment on view hookline.due_backlog is 'How many runs are due now, but for those that are paused, by account, and since when';
comment on column hookline.due_backlog.account_id is 'Whose runs';
comment on column hookline.due_backlog.account is 'The account''s name';
comment on column hookline.due_backlog.due is 'How many are due now';
comment on column hookline.due_backlog.oldest_due_at is 'Since when the oldest is due';
comment on column hookline.due_backlog.oldest_overdue is 'How long that is';
comment on column hookline.due_backlog.retries is 'How many of them are tried again, or waited for their destination';
