-- invariants.sql - what must hold at the door whatever happened, one row for
-- each breach.  faults.sh asks after every fault.  The table `answered` has what
-- senders were told: key, status and, of 200, outcome and delivery.  A key is
-- the sender's Idempotency-Key; it stands in the run's variables, and in each of
-- the contact's fields.
with run as (
	select r.*, r.variables ->> 'plan' as key
	  from hookline.workflow_run r
), told as (
	select key, min(outcome) as outcome
	  from answered
	 where status = 200
	 group by key
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
  left join run r on r.id = d.run_id and r.contact_id is not distinct from d.contact_id
 where d.outcome = 'enrolled' and d.run_id is not null
 group by d.id
having count(r.id) <> 1
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
