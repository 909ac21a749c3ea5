-- fixture.sql - for the tests in SQL: an account with a workflow for each
-- re-entry rule, and short ways to receive, to claim and to look.

insert into hookline.account (id, name) values (1, 'Shop'), (2, 'Other');

insert into hookline.workflow (account_id, id, name, draft)
select 1, x.id, x.name, '{}'
  from (values (1, 'always'), (2, 'when_finished'), (3, 'never')) x (id, name);
insert into hookline.workflow_version (account_id, workflow_id, version, document)
select w.account_id, w.id, 1, format(
	'{"settings":{"reentry":"%s"},"trigger":{"type":"inbound_webhook"},"steps":[{"id":"first","type":"end"}]}',
	w.name)::json
  from hookline.workflow w;
update hookline.workflow set status = 'published', version = 1;
insert into hookline.workflow (account_id, id, name, draft) values (1, 4, 'draft', '{}');
insert into hookline.trigger (account_id, id, workflow_id, hook_key)
select 1, w.id, w.id, decode(lpad(to_hex(w.id), 24, '0'), 'hex') from hookline.workflow w;
insert into hookline.hook_key (key, account_id, trigger_id)
select t.hook_key, t.account_id, t.id from hookline.trigger t;

alter table hookline.workflow alter id restart with 100;

create schema t;
grant usage on schema t to public;

-- A delivery as hook.fcgi hands it over, of workflow 1 unless p_more says.
create function t.delivery(p_more jsonb) returns jsonb
language sql stable as $$
	select jsonb_build_object(
		'account_id', '1', 'trigger_id', coalesce(p_more ->> 'workflow_id', '1'),
		'workflow_id', '1', 'version', 1, 'step_id', 'first',
		'method', 'POST', 'query', '', 'headers', '{"host":"example.com"}'::jsonb,
		'content_type', 'application/json', 'payload', '{"a":1}'::jsonb,
		'remote_addr', '192.0.2.1', 'body_at', 0, 'body_len', 7,
		'http_status', 200, 'outcome', 'enrolled',
		'reentry', w.name, 'variables', '{"plan":"pro"}'::jsonb) || p_more
	  from hookline.workflow w
	 where w.account_id = 1 and w.id = coalesce((p_more ->> 'workflow_id')::bigint, 1)
$$;

-- Of a contact; its key is the address in lower case.
create function t.receive(p_contact jsonb, p_more jsonb default '{}')
returns table (delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint)
language sql volatile as $$
	select r.delivery_id, r.outcome, r.reason, r.contact_id, r.run_id
	  from hookline.hook_receive(jsonb_build_array(t.delivery(
		jsonb_strip_nulls(jsonb_build_object('email_key', lower(p_contact ->> 'email')))
		|| jsonb_build_object('contact', p_contact) || p_more)), '{"a":1}') r
$$;

create function t.contact(p_id bigint) returns text
language sql stable as $$
	select concat_ws(' ', c.email, c.phone, c.first_name, c.last_name, c.city,
		nullif(c.custom, '{}'), nullif(c.tags, '{}'))
	  from hookline.contact c where c.account_id = 1 and c.id = p_id
$$;
