-- floor.sql - for pgbench: what one delivery of a new contact writes, in one
-- statement and one commit with nothing decided: the floor under hook.fcgi.
\set i :i + 1
with c as (
	insert into hookline.contact (account_id, email, phone, first_name,
		last_name, source)
	values (:account, format('f%s-%s-%s@example.com', :run::bigint, :client_id::bigint, :i::bigint),
		format('+9%s%s%s', :run::bigint, 100 + :client_id::bigint, 100000000 + :i::bigint),
		'Alex', 'Johnson', 'payment_processor')
	returning id, email, phone
), by_email as (
	insert into hookline.contact_identity
	select :account, 'email', c.email, c.id from c
), by_phone as (
	insert into hookline.contact_identity
	select :account, 'phone', c.phone, c.id from c
), d as (
	select nextval('hookline.delivery_id_seq') as id
), r as (
	insert into hookline.workflow_run (account_id, workflow_id, version,
		contact_id, delivery_id, step_id, reentry, variables)
	select :account, :workflow, 1, c.id, d.id, 'which_plan', 'always',
	       '{"plan":"professional"}'
	  from c, d
	returning id
)
insert into hookline.delivery (account_id, id, trigger_id, method, headers,
	content_type, body, payload, remote_addr, http_status, outcome,
	contact_id, run_id)
select :account, d.id, :trigger, 'POST',
       '{"host":"127.0.0.1:8080","content-type":"application/json","content-length":"150"}',
       'application/json', b.body, convert_from(b.body, 'UTF8')::jsonb,
       '127.0.0.1', 200, 'enrolled', c.id, r.id
  from c, d, r,
       (values (convert_to(format('{"email":"f%s-%s-%s@example.com","first_name":"Alex","last_name":"Johnson","phone":"+15551234567","source":"payment_processor","plan":"professional"}',
		:run::bigint, :client_id::bigint, :i::bigint), 'UTF8'))) as b (body);
