-- stored.sql - for psql: as if :stored deliveries of new contacts had come in the
-- last 90 days, and their runs were over; the tables are empty.  Addresses and
-- numbers are in no order.  Needs a superuser: what refers to what is known here
-- and is not looked up again for every row.
set session_replication_role = replica;
set synchronous_commit = off;
set client_min_messages = warning;

do $$
declare
	v_from  timestamptz;
begin
	for i in 0 .. 3 loop
		v_from := date_trunc('month', now() at time zone 'UTC')
			- make_interval(months => i);
		execute format('create table if not exists hookline.%I partition of hookline.delivery for values from (%L) to (%L)',
			'delivery_' || to_char(v_from, 'YYYYMM'), v_from, v_from + interval '1 month');
	end loop;
end
$$;

create temporary table come as
select n, md5(n::text) as digest,
       2000000000 + 2 * (n * 2654435761 % 2147483648) as number,
       (array['Alex', 'Maria', 'Chen', 'Fatima', 'Liam', 'Olga'])[1 + n % 6] as first_name,
       (array['Johnson', 'Garcia', 'Wang', 'Haddad', 'Byrne'])[1 + n % 5] as last_name,
       (array['basic', 'professional'])[1 + n % 2] as plan,
       now() - interval '90 days' * (1 - n / :stored::float8) as at
  from generate_series(1, :stored::bigint) n;

insert into hookline.contact (account_id, id, email, phone, first_name,
	last_name, source, created_at, updated_at)
select :account, n, left(digest, 12) || '.' || n || '@example.com', '+1' || number,
       first_name, last_name, 'payment_processor', at, at
  from come;

insert into hookline.contact_identity
select account_id, kind, case kind when 'email' then email else phone end, id
  from hookline.contact, (values ('email'), ('phone')) as k (kind);

insert into hookline.workflow_run (account_id, id, workflow_id, version,
	contact_id, delivery_id, status, step_id, due_at, lease_no, seq,
	reentry, variables, started_at, finished_at)
select :account, n, :workflow, 1, n, n, 'completed', 'follow_up', null, 2, 4,
       'always', json_build_object('plan', plan), at, at + interval '5 seconds'
  from come;

insert into hookline.delivery (account_id, id, trigger_id, method, headers,
	content_type, body, payload, remote_addr, received_at, http_status,
	outcome, contact_id, run_id, request_uid, checks)
select :account, n, :trigger, 'POST',
       '{"host":"127.0.0.1:8080","content-type":"application/json","content-length":"165"}',
       'application/json', convert_to(b.body, 'UTF8'), b.body::jsonb,
       '127.0.0.1', at, 200, 'enrolled', n, n, decode(digest, 'hex'),
       '[{"check":"method","verdict":"passed"},{"check":"body","verdict":"passed"}]'
  from come
 cross join lateral (select format('{"email":"%s.%s@example.com","first_name":"%s","last_name":"%s","phone":"+1%s","source":"payment_processor","plan":"%s"}',
	left(digest, 12), n, first_name, last_name, number, plan)) as b (body);

select setval(pg_get_serial_sequence('hookline.contact', 'id'), :stored + 1),
       setval(pg_get_serial_sequence('hookline.workflow_run', 'id'), :stored + 1),
       setval('hookline.delivery_id_seq', :stored + 1);
vacuum analyze;
checkpoint;
