-- invariants.sql - what must hold at the door and of every run whatever happened,
-- one row for each breach.  faults.sh and crash.sh ask after every fault, when
-- an executor that was left in peace has gone through what was due.
--
-- The table `answered` has what senders were told: key, status and, of 200,
-- outcome and delivery.  A key is the sender's Idempotency-Key; it stands in the
-- run's variables, and in each of the contact's fields.  The table `delivered`
-- has a row for each message and each call that a sink took, with the identity
-- it bore: RUN.SEQ.FINGERPRINT.
--
-- `-v attempts=N`: how many a step may have, 9 by the default schedule.
\if :{?attempts}
\else
	\set attempts 9
\endif
with run as (
	select r.*, r.variables ->> 'plan' as key
	  from hookline.workflow_run r
), told as (
	select key, min(outcome) as outcome
	  from answered
	 where status = 200 and key is not null
	 group by key
), step as (
	select run_id, seq, min(step_id) as step_id, min(type) as type,
	       count(distinct step_id) as names,
	       count(*) filter (where status = 'done') as done,
	       count(*) filter (where status = 'unknown') as unknown,
	       (array_agg(status order by attempt desc))[1] as last
	  from hookline.run_step
	 group by run_id, seq
), sent as (
	select split_part(identity, '.', 1)::bigint as run_id,
	       split_part(identity, '.', 2)::integer as seq,
	       count(distinct identity) as identities, count(*) as n
	  from delivered
	 group by 1, 2
), effect as (
	select coalesce(s.run_id, x.run_id) as run_id, coalesce(s.seq, x.seq) as seq,
	       s.step_id, s.type, coalesce(s.done, 0) as done,
	       coalesce(s.unknown, 0) as unknown, coalesce(x.n, 0) as n, x.identities
	  from sent x
	  full join step s on s.run_id = x.run_id and s.seq = x.seq
)
select 'I1: ' || t.key || ' was answered 200 (' || t.outcome || ') and made '
	|| count(r.id) || ' runs' as breach
  from told t
  left join run r on r.key = t.key
 group by t.key, t.outcome
having count(r.id) <> 1
union all
select 'I1: delivery ' || a.delivery || ' was named to a sender and is there '
	|| count(d.id) || ' times'
  from (select distinct delivery from answered where delivery is not null) a
  left join hookline.delivery d on d.id = a.delivery
 group by a.delivery
having count(d.id) <> 1
union all
select 'I2: ' || key || ' made ' || count(*) || ' runs'
  from run
 where key is not null
 group by key
having count(*) > 1
union all
select 'I2: the enrolled delivery ' || d.id || ' has ' || count(r.id) || ' runs'
  from hookline.delivery d
  left join run r on r.id = d.run_id
   and (r.contact_id is not distinct from d.contact_id
	or exists (select from hookline.run_step s
		where s.run_id = r.id and s.type = 'find_contact'))
 where d.outcome = 'enrolled' and d.run_id is not null
 group by d.id
having count(r.id) <> 1
union all
select 'I3: run ' || run_id || ': step ' || seq || ' (' || step_id || ') is done '
	|| done || ' times'
  from step
 where done > 1
union all
select 'I3: run ' || run_id || ': ' || names || ' steps are number ' || seq
  from step
 where names > 1
union all
select 'I3: run ' || r.id || ' is completed after ' || r.seq || ' steps, and shows '
	|| count(s.seq) || ', of which ' || count(s.seq) filter (where s.last = 'retrying')
	|| ' are not over'
  from run r
  left join step s on s.run_id = r.id
 where r.status = 'completed'
 group by r.id, r.seq
having count(s.seq) <> r.seq or coalesce(max(s.seq), 0) <> r.seq
    or bool_or(s.last = 'retrying')
union all
select 'I4: run ' || id || ' is still running, by a lease that is over'
  from run
 where status = 'running' and due_at <= now()
union all
select 'I5: run ' || id || ' is at attempt ' || attempt || ', and lost '
	|| lost_leases || ' leases'
  from run
 where attempt > :attempts or lost_leases > 4
union all
select 'I5: run ' || run_id || ': step ' || seq || ' has attempt ' || attempt
  from hookline.run_step
 where attempt > :attempts
union all
select 'I6: run ' || run_id || ': step ' || seq || ' (' || step_id
	|| ') is done, but nothing arrived'
  from effect
 where done > 0 and n = 0
   and type in ('send_email', 'send_sms', 'notify', 'call_webhook')
union all
select 'I6: of run ' || run_id || ', step ' || seq || ' (' || coalesce(step_id, '?')
	|| ') ' || n || ' arrived, and ' || done || ' are done, ' || unknown || ' unknown'
  from effect
 where n > done + unknown
union all
select 'I6: of run ' || run_id || ', step ' || seq || ' (' || step_id
	|| ') ' || n || ' text messages arrived'
  from effect
 where type = 'send_sms' and n > 1
union all
select 'I6: run ' || run_id || ': step ' || seq || ' has ' || identities || ' identities'
  from effect
 where identities > 1
union all
select 'I7: run ' || s.run_id || ', which took a step, is not there'
  from step s
  left join run r on r.id = s.run_id
 where r.id is null
union all
select 'I7: run ' || p.id || ' began ' || count(distinct r.id)
	|| ' runs, and says so of ' || count(distinct s.detail ->> 'run')
  from run p
  left join run r on r.parent_run_id = p.id
  left join hookline.run_step s on s.run_id = p.id and s.type = 'enrol'
   and s.detail ? 'run'
 group by p.id
having count(distinct r.id) <> count(distinct s.detail ->> 'run')
    or bool_or(s.seq is not null and not exists (select from run c
	where c.parent_run_id = p.id and c.depth = p.depth + 1
	  and c.id::text = s.detail ->> 'run'))
union all
select 'I7: run ' || r.id || ' comes from ' || count(d.id) || ' deliveries'
  from run r
  left join hookline.delivery d on d.id = r.delivery_id
   and d.outcome in ('enrolled', 'captured')
 group by r.id
having count(d.id) <> 1
union all
select 'I7: the delivery of a dedup key, ' || k.delivery_id || ', is not there'
  from hookline.delivery_key k
  left join hookline.delivery d on d.id = k.delivery_id
 where d.id is null
union all
select 'I7: the delivery of a spool entry, ' || s.delivery_id || ', is not there'
  from hookline.spool_entry s
  left join hookline.delivery d on d.id = s.delivery_id
 where d.id is null
union all
select 'I7: contact ' || c.id || ' can''t be found by its ' || f.kind
  from hookline.contact c
 cross join lateral (values ('email', lower(c.email)), ('phone', c.phone))
	as f (kind, value)
  left join hookline.contact_identity i on i.account_id = c.account_id
   and i.kind = f.kind and i.value = f.value and i.contact_id = c.id
 where f.value is not null and i.contact_id is null
union all
select 'whole: ' || r.key || ' has a contact with '
	|| jsonb_build_object('email', c.email, 'phone', c.phone, 'first',
		c.first_name, 'last', c.last_name, 'source', c.source)::text
  from run r
  join hookline.contact c on c.id = r.contact_id
 where r.key is not null
   and (c.email is distinct from r.key || '@example.com'
	or c.phone is null
	or c.first_name is distinct from r.key
	or c.last_name is distinct from 'Last ' || r.key
	or c.source is distinct from 'faults');
