-- 0004: the door.  What is known of each request: the checks it went through,
-- the old URL it used, the elements it was split into; repeats within a window,
-- once-only entries of the spool, named secrets, and refusals that can't fill
-- the disk.

-- What receiving reads of a version, taken apart once and not per request.
alter table hookline.workflow_version
	add column trigger json generated always as (document -> 'trigger') stored,
	add column settings json generated always as (document -> 'settings') stored,
	add column first_step text generated always as (document -> 'steps' -> 0 ->> 'id') stored,
	add column maps_custom boolean generated always as
		(position('contact.custom.' in (document -> 'trigger')::text) > 0) stored;
comment on column hookline.workflow_version.trigger is 'The document''s trigger';
comment on column hookline.workflow_version.settings is 'The document''s settings';
comment on column hookline.workflow_version.first_step is 'The id of the document''s first step';
comment on column hookline.workflow_version.maps_custom is 'Whether its trigger fills custom fields, whose types must then be known';

alter table hookline.delivery
	add column request_uid bytea,
	add column checks jsonb,
	add column is_conflict boolean not null default false,
	add column used_old_url boolean not null default false,
	add column part_of bigint,
	add column part_no integer,
	add column replay_of bigint,
	add constraint delivery_part_has_number check ((part_of is null) = (part_no is null));
comment on column hookline.delivery.request_uid is 'Made by the process that took it: by this a request of unknown outcome is found again';
comment on column hookline.delivery.checks is 'The checks in their order, each with its verdict: [{"check","verdict","detail"}]';
comment on column hookline.delivery.is_conflict is 'A duplicate by its key, but with another body than the first';
comment on column hookline.delivery.used_old_url is 'It came to a URL that has been rotated since';
comment on column hookline.delivery.part_of is 'The delivery whose body was split; this is one element of it';
comment on column hookline.delivery.part_no is 'Which element, from 1';
comment on column hookline.delivery.replay_of is 'The delivery that was replayed by this one';
select hookline.delivery_partition_explain('delivery_default');
create index delivery_refused on hookline.delivery (account_id, trigger_id, received_at)
	where outcome = 'rejected';
create index delivery_by_contact on hookline.delivery (account_id, contact_id);

alter table hookline.delivery_key add column body_hash bytea,
	add constraint delivery_key_body_is_hashed check (octet_length(body_hash) = 32);
comment on column hookline.delivery_key.body_hash is 'SHA-256 of the first delivery''s body: another body with the same key is a conflict';

alter table hookline.trigger
	add column sample_id bigint,
	add column rotated_at timestamptz;
comment on column hookline.trigger.sample_id is 'The delivery that was chosen to define the fields that can be mapped';
comment on column hookline.trigger.rotated_at is 'When the URL was last rotated';

alter table hookline.account add column hooks_stamp bigint not null default 0;
comment on column hookline.account.hooks_stamp is 'Grows with every change of what receiving knows of a hook: who remembers a hook hears by it that it has changed';

create table hookline.secret (
	account_id  bigint not null references hookline.account (id),
	name        text not null,
	sealed      bytea not null,
	created_at  timestamptz not null default now(),
	updated_at  timestamptz not null default now(),
	primary key (account_id, name),
	constraint secret_has_name check (name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$')
);
comment on table hookline.secret is 'A named secret of an account: what a sender signs with, or what a called system demands';
comment on column hookline.secret.account_id is 'Whose secret';
comment on column hookline.secret.name is 'Its name in secret:NAME';
comment on column hookline.secret.sealed is 'The secret, encrypted under the installation''s secret';
comment on column hookline.secret.created_at is 'When it was made';
comment on column hookline.secret.updated_at is 'When it was last set';

create table hookline.spool_entry (
	account_id   bigint not null references hookline.account (id),
	name         text not null,
	delivery_id  bigint not null,
	taken_at     timestamptz not null default now(),
	primary key (account_id, name)
);
create index spool_entry_by_age on hookline.spool_entry (account_id, taken_at);
comment on table hookline.spool_entry is 'Entries of spools that were brought in: a second try finds its name here and changes nothing';
comment on column hookline.spool_entry.account_id is 'Whose delivery';
comment on column hookline.spool_entry.name is 'The entry''s name, unique in the world';
comment on column hookline.spool_entry.delivery_id is 'What it became';
comment on column hookline.spool_entry.taken_at is 'When it was brought in';

-- Whatever hook_resolve reads and can change, but for the end of an old URL,
-- which comes by itself.
create function hookline.hooks_changed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update hookline.account a set hooks_stamp = a.hooks_stamp + 1
	 where a.id = case tg_op when 'DELETE' then old.account_id else new.account_id end;
	return null;
end
$$;
comment on function hookline.hooks_changed() is
	'Moves the account''s hooks_stamp on: what is remembered of its hooks is true no more';
create trigger hooks_changed after update or delete on hookline.hook_key
	for each row execute function hookline.hooks_changed();
create trigger hooks_changed after update of workflow_id, hook_key on hookline.trigger
	for each row execute function hookline.hooks_changed();
create trigger hooks_changed after update of status, version, draft on hookline.workflow
	for each row when (old.status <> new.status or old.version is distinct from new.version
		or old.draft::text is distinct from new.draft::text)
	execute function hookline.hooks_changed();
create trigger hooks_changed after insert or update or delete on hookline.secret
	for each row execute function hookline.hooks_changed();
create trigger hooks_changed after insert or update of key, type or delete on hookline.custom_field
	for each row execute function hookline.hooks_changed();

create function hookline.account_changed() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
	new.hooks_stamp := old.hooks_stamp + 1;
	return new;
end
$$;
comment on function hookline.account_changed() is 'hooks_changed() for the account''s own row';
create trigger hooks_changed before update of default_country on hookline.account
	for each row when (old.default_country <> new.default_country) execute function hookline.account_changed();

drop function hookline.hook_resolve(bytea);
create function hookline.hook_resolve(p_keys bytea)
returns table (key bytea, account_id bigint, trigger_id bigint, workflow_id bigint,
	status text, version integer, trigger json, settings json, first_step text,
	webhook_refs json, country text, is_old_url boolean, secrets json,
	custom_fields json, stamp bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
	for v_at in 0 .. octet_length(p_keys) / 12 - 1 loop
		return query
		select k.key, k.account_id, k.trigger_id, t.workflow_id, w.status, v.version,
		       case when v.version is null then w.draft -> 'trigger' else v.trigger end,
		       case when v.version is null then w.draft -> 'settings' else v.settings end,
		       case when v.version is null then w.draft -> 'steps' -> 0 ->> 'id' else v.first_step end,
		       v.webhook_refs, a.default_country, k.key <> t.hook_key,
		       case when coalesce(v.trigger, w.draft -> 'trigger') -> 'verify' is not null then (
				select json_object_agg(s.name, encode(s.sealed, 'base64'))
				  from hookline.secret s
				 where s.account_id = k.account_id
				   and position('"secret:' || s.name || '"' in
					(coalesce(v.trigger, w.draft -> 'trigger') -> 'verify' -> 'secret')::text) > 0) end,
		       case when v.maps_custom then (
				select json_object_agg(f.key, f.type)
				  from hookline.custom_field f where f.account_id = k.account_id) end,
		       case when k.expires_at is null then a.hooks_stamp end
		  from hookline.hook_key k
		  join hookline.trigger t on t.account_id = k.account_id and t.id = k.trigger_id
		  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
		  join hookline.account a on a.id = k.account_id
		  left join hookline.workflow_version v
		    on w.status = 'published' and v.account_id = w.account_id
		   and v.workflow_id = w.id and v.version = w.version
		 where k.key = substr(p_keys, v_at * 12 + 1, 12)
		   and (k.expires_at is null or k.expires_at > now())
		   and w.status <> 'archived';
	end loop;
end
$$;
comment on function hookline.hook_resolve(bytea) is
	'The triggers behind the keys of tokens (12 bytes each), with what receiving needs to know of their workflows; no row: no such hook; stamp: of this moment, null when it must not be remembered';

create function hookline.hook_enrol(d jsonb, p jsonb, p_delivery bigint,
	out outcome text, out reason text, out contact_id bigint, out run_id bigint)
language plpgsql
as $$
declare
	v_is_new  boolean := true;
	u         record;
begin
	-- d is the request, p the element of it (the same where it is not split).
	outcome := p ->> 'outcome';
	reason := p ->> 'reason';
	if outcome <> 'enrolled' then
		return;
	end if;
	if p ? 'contact' then
		u := hookline.contact_upsert((d ->> 'account_id')::bigint, p -> 'contact', p ->> 'email_key');
		contact_id := u.contact_id;
		v_is_new := u.is_new;
		reason := nullif(concat_ws('; ', u.reason, reason), '');
	end if;
	run_id := hookline.run_start(jsonb_build_object(
		'account_id', d -> 'account_id', 'workflow_id', d -> 'workflow_id',
		'version', d -> 'version', 'contact_id', contact_id,
		'delivery_id', p_delivery, 'step_id', d -> 'step_id',
		'reentry', d -> 'reentry', 'reentry_key', p -> 'reentry_key',
		'variables', p -> 'variables', 'webhook', p -> 'webhook'), v_is_new);
	if run_id is null then
		outcome := 'updated';
		reason := concat_ws('; ', 'the contact is or was in the workflow, and its re-entry rule does not allow another run', reason);
	end if;
	reason := nullif(reason, '');
end
$$;
comment on function hookline.hook_enrol(jsonb, jsonb, bigint) is
	'Makes or matches the contact of one element of a delivery, and starts its run';

create function hookline.hook_refusals(p_account bigint, p_trigger bigint, p_most integer)
returns integer
language plpgsql
as $$
declare
	v_n  integer;
begin
	select count(*) into v_n from (
		select from hookline.delivery x
		 where x.account_id = p_account and x.trigger_id = p_trigger
		   and x.outcome = 'rejected' and x.received_at > now() - interval '1 hour'
		 limit p_most) s;
	return v_n;
end
$$;
comment on function hookline.hook_refusals(bigint, bigint, integer) is
	'How many refused deliveries of the last hour a trigger has, counted up to p_most';

create function hookline.hook_receive_each(p_list jsonb, p_bodies bytea,
	p_stale integer[], p_at integer[], p_deliveries bigint[], p_contacts bigint[], p_runs bigint[])
returns table (delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint, parts json)
language plpgsql
as $$
declare
	d           jsonb;
	p           jsonb;
	k           record;
	x           record;
	v_account   bigint;
	v_trigger   bigint;
	v_id        bigint;
	v_part      bigint;
	v_at        timestamptz;
	v_first     bigint;
	v_conflict  boolean;
	v_taken     bigint;
	v_parts     jsonb;
	v_key       bytea;
	v_since     timestamptz;
	v_is_seen   boolean;
	v_status    smallint;
	v_n         integer := 0;
	v_new       integer;
begin
	<<requests>>
	for d in select e.value from jsonb_array_elements(p_list) e loop
		v_n := v_n + 1;
		if v_n = any (p_stale) then
			delivery_id := null;
			outcome := 'stale';
			reason := null;
			contact_id := null;
			run_id := null;
			parts := null;
			return next;
			continue requests;
		end if;
		v_new := array_position(p_at, v_n);
		if v_new is not null then
			delivery_id := p_deliveries[v_new];
			outcome := 'enrolled';
			reason := d ->> 'reason';
			contact_id := p_contacts[v_new];
			run_id := p_runs[v_new];
			parts := null;
			return next;
			continue requests;
		end if;
		v_account := (d ->> 'account_id')::bigint;
		v_trigger := (d ->> 'trigger_id')::bigint;
		v_at := coalesce((d ->> 'received_at')::timestamptz, now());
		v_first := null;
		v_conflict := false;
		v_parts := null;
		v_status := (d ->> 'http_status')::smallint;
		outcome := d ->> 'outcome';
		reason := d ->> 'reason';
		contact_id := null;
		run_id := null;
		parts := null;

		if d ? 'keep_refused' and not d ? 'dedup_key'
		   and hookline.hook_refusals(v_account, v_trigger, (d ->> 'keep_refused')::integer)
		       >= (d ->> 'keep_refused')::integer then
			delivery_id := null;
			return next;
			continue requests;
		end if;
		v_id := nextval('hookline.delivery_id_seq');

		-- An entry of the spool is brought in once, however often it is tried;
		-- one whose first try may have been kept is looked for by its uid.
		if d ? 'spool' then
			v_taken := null;
			insert into hookline.spool_entry (account_id, name, delivery_id)
			values (v_account, d ->> 'spool', v_id) on conflict do nothing;
			if not found then
				select s.delivery_id into v_taken from hookline.spool_entry s
				 where s.account_id = v_account and s.name = d ->> 'spool';
			elsif d ? 'may_be_kept' then
				select f.id into v_taken from hookline.delivery f
				 where f.account_id = v_account and f.trigger_id = v_trigger
				   and f.received_at between v_at - interval '1 hour' and v_at + interval '1 hour'
				   and f.request_uid = decode(d ->> 'uid', 'hex');
				if found then
					update hookline.spool_entry s set delivery_id = v_taken
					 where s.account_id = v_account and s.name = d ->> 'spool';
				end if;
			end if;
			if v_taken is not null then
				select f.id, f.outcome, f.reason, f.contact_id, f.run_id
				  into delivery_id, outcome, reason, contact_id, run_id
				  from hookline.delivery f
				 where f.account_id = v_account and f.id = v_taken;
				return next;
				continue requests;
			end if;
		end if;

		-- What was seen before is a duplicate, whatever it says now; only what
		-- is taken is remembered.
		if d ? 'dedup_key' then
			v_key := decode(d ->> 'dedup_key', 'hex');
			v_since := v_at - make_interval(secs => coalesce((d ->> 'dedup_window_s')::double precision, 604800));
			v_is_seen := outcome <> 'enrolled';
			if outcome = 'enrolled' then
				insert into hookline.delivery_key as o (account_id, trigger_id, key, delivery_id, received_at, body_hash)
				values (v_account, v_trigger, v_key, v_id, v_at, decode(d ->> 'body_hash', 'hex'))
				on conflict (account_id, trigger_id, key) do update
					set delivery_id = excluded.delivery_id, received_at = excluded.received_at,
					    body_hash = excluded.body_hash
					where o.received_at <= v_since;
				v_is_seen := not found;
			end if;
			if v_is_seen then
				select o.delivery_id, o.received_at, o.body_hash into k from hookline.delivery_key o
				 where o.account_id = v_account and o.trigger_id = v_trigger
				   and o.key = v_key and o.received_at > v_since;
				v_is_seen := found;
			end if;
			if v_is_seen then
				v_first := k.delivery_id;
				v_conflict := k.body_hash is distinct from decode(d ->> 'body_hash', 'hex');
				outcome := 'duplicate';
				v_status := 200;
				reason := concat_ws('; ', format(case when v_conflict
					then 'conflict: the same key as delivery %s, but another body'
					else 'the same key as delivery %s' end, v_first), reason);
				select f.contact_id, f.run_id into contact_id, run_id from hookline.delivery f
				 where f.account_id = v_account and f.id = v_first and f.received_at = k.received_at;
			end if;
		end if;

		if outcome = 'enrolled' and d ? 'parts' then
			v_parts := '[]';
			outcome := null;
			for p in select e.value from jsonb_array_elements(d -> 'parts') e loop
				v_part := nextval('hookline.delivery_id_seq');
				x := hookline.hook_enrol(d, p, v_part);
				insert into hookline.delivery (account_id, id, trigger_id, method, payload,
					remote_addr, received_at, http_status, outcome, reason, contact_id,
					run_id, checks, used_old_url, part_of, part_no, replay_of)
				values (v_account, v_part, v_trigger, d ->> 'method', p -> 'payload',
					(d ->> 'remote_addr')::inet, v_at, (p ->> 'http_status')::smallint,
					x.outcome, x.reason, x.contact_id, x.run_id, p -> 'checks',
					coalesce((d ->> 'used_old_url')::boolean, false), v_id,
					jsonb_array_length(v_parts) + 1, (d ->> 'replay_of')::bigint);
				v_parts := v_parts || jsonb_strip_nulls(jsonb_build_object('status', x.outcome,
					'delivery', v_part::text, 'contact', x.contact_id::text,
					'run', x.run_id::text,
					'reason', case when x.outcome = 'rejected' then x.reason end));
				-- The whole is called what its best element is.
				if outcome is null
				   or array_position(array['rejected', 'filtered', 'updated', 'enrolled'], x.outcome)
				    > array_position(array['rejected', 'filtered', 'updated', 'enrolled'], outcome) then
					outcome := x.outcome;
					contact_id := x.contact_id;
					run_id := x.run_id;
				end if;
			end loop;
			outcome := coalesce(outcome, 'filtered');
			reason := concat_ws('; ', format('split into %s', jsonb_array_length(v_parts)), reason);
			parts := v_parts;
		elsif outcome = 'enrolled' then
			x := hookline.hook_enrol(d, d, v_id);
			outcome := x.outcome;
			reason := x.reason;
			contact_id := x.contact_id;
			run_id := x.run_id;
		end if;

		reason := nullif(reason, '');
		insert into hookline.delivery (account_id, id, trigger_id, method, query,
			headers, content_type, body, payload, remote_addr, received_at,
			http_status, outcome, reason, contact_id, run_id, checks, is_conflict,
			used_old_url, replay_of, request_uid)
		values (v_account, v_id, v_trigger, d ->> 'method', d ->> 'query',
			d -> 'headers', d ->> 'content_type',
			substr(p_bodies, (d ->> 'body_at')::integer + 1, (d ->> 'body_len')::integer),
			d -> 'payload', (d ->> 'remote_addr')::inet, v_at,
			v_status, outcome, reason, contact_id, run_id,
			d -> 'checks', v_conflict, coalesce((d ->> 'used_old_url')::boolean, false),
			(d ->> 'replay_of')::bigint, decode(d ->> 'uid', 'hex'));
		delivery_id := coalesce(v_first, v_id);
		return next;
	end loop;
end
$$;
comment on function hookline.hook_receive_each(jsonb, bytea, integer[], integer[], bigint[], bigint[], bigint[]) is
	'Records those of a list of deliveries that are not kept yet, one after the other, and returns a row for each of the list, in order; those at p_stale are not kept, those at p_at are, with these ids';

drop function hookline.hook_receive(jsonb, bytea);
create function hookline.hook_receive(p_list jsonb, p_bodies bytea)
returns table (delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint, parts json)
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set lock_timeout = '3s'
as $$
#variable_conflict use_column
declare
	v_until     bigint;
	v_stale     integer[];
	v_n         bigint;
	v_at        integer[];
	v_contacts  bigint[];
	v_kept      bigint[];
	v_lost      bigint[];
	v_lost_ids  bigint[];
	v_runs      bigint[];
begin
	-- Plans are kept by the connection.  One that was made while a table was
	-- small must not read all of it when it has grown: enable_seqscan.  And what
	-- waits for a lock ends below the request's deadline, and is known not to
	-- have been kept: lock_timeout.

	-- Most deliveries are of somebody new, were never seen before and need no
	-- more than to be written: all of them at once, in two statements.  Whose
	-- dedup key, address or number somebody else claims at the same moment, or
	-- stands twice in the list, is left to hook_receive_each.
	with e as materialized (
		select x.value as d, x.at::integer as at, (x.value ->> 'account_id')::bigint as account_id,
		       x.value -> 'contact' as f, x.value ->> 'email_key' as email,
		       x.value -> 'contact' ->> 'phone' as phone,
		       (x.value ->> 'trigger_id')::bigint as trigger_id,
		       decode(x.value ->> 'dedup_key', 'hex') as key,
		       x.value ? 'stamp' and not exists (
				select from hookline.account a
				 where a.id = (x.value ->> 'account_id')::bigint
				   and a.hooks_stamp = (x.value ->> 'stamp')::bigint) as is_stale
		  from jsonb_array_elements(p_list) with ordinality x (value, at)
	), fresh as materialized (
		select e.*, nextval('hookline.contact_id_seq') as contact_id,
		       nextval('hookline.delivery_id_seq') as delivery_id
		  from e
		 where not e.is_stale and e.d ->> 'outcome' = 'enrolled' and e.d ? 'contact'
		   and not e.d ?| array['spool', 'parts']
		   and not e.f ? 'timezone'
		   and octet_length(coalesce(e.d ->> 'reentry_key', '')) <= 200
		   and not exists (
			select from hookline.contact_identity i
			 where i.account_id = e.account_id and i.kind = 'email' and i.value = e.email)
		   and not exists (
			select from hookline.contact_identity i
			 where i.account_id = e.account_id and i.kind = 'phone' and i.value = e.phone)
		   and not exists (
			select from hookline.delivery_key k
			 where k.account_id = e.account_id and k.trigger_id = e.trigger_id and k.key = e.key)
	), k as (
		insert into hookline.delivery_key as k (account_id, trigger_id, key, delivery_id, received_at, body_hash)
		select r.account_id, r.trigger_id, r.key, r.delivery_id,
		       coalesce((r.d ->> 'received_at')::timestamptz, now()), decode(r.d ->> 'body_hash', 'hex')
		  from fresh r
		 where r.key is not null
		 order by 1, 2, 3
		on conflict do nothing
		returning k.delivery_id
	), first as materialized (
		select r.* from fresh r left join k on k.delivery_id = r.delivery_id
		 where r.key is null or k.delivery_id is not null
	), c as (
		insert into hookline.contact (account_id, id, email, phone, first_name,
			last_name, company_name, address1, city, state, postal_code,
			country, timezone, date_of_birth, source, website, custom)
		select r.account_id, r.contact_id, r.f ->> 'email', r.phone, r.f ->> 'first_name',
		       r.f ->> 'last_name', r.f ->> 'company_name', r.f ->> 'address1',
		       r.f ->> 'city', r.f ->> 'state', r.f ->> 'postal_code', r.f ->> 'country',
		       r.f ->> 'timezone', r.f ->> 'date_of_birth', r.f ->> 'source', r.f ->> 'website',
		       jsonb_strip_nulls(coalesce(r.f -> 'custom', '{}'))
		  from first r
	), i as (
		insert into hookline.contact_identity as i (account_id, kind, value, contact_id)
		select r.account_id, k.kind, k.value, r.contact_id
		  from first r
		 cross join lateral (values ('email', r.email), ('phone', r.phone)) k (kind, value)
		 where k.value is not null
		 order by 1, 2, 3
		on conflict do nothing
		returning i.contact_id
	), claimed as (
		select i.contact_id, count(*) as n from i group by i.contact_id
	)
	select s.n, s.until, s.stale,
	       array_agg(r.at) filter (where q.n = num_nonnulls(r.email, r.phone)),
	       array_agg(r.delivery_id) filter (where q.n = num_nonnulls(r.email, r.phone)),
	       array_agg(r.contact_id) filter (where q.n = num_nonnulls(r.email, r.phone)),
	       array_agg(r.delivery_id) filter (where q.n is distinct from num_nonnulls(r.email, r.phone)),
	       array_agg(r.contact_id) filter (where q.n is distinct from num_nonnulls(r.email, r.phone))
	  into v_n, v_until, v_stale, v_at, v_kept, v_contacts, v_lost_ids, v_lost
	  from (select count(*) as n, min((e.d ->> 'until')::bigint) as until,
		       array_agg(e.at) filter (where e.is_stale) as stale
		  from e) s
	  left join first r on true
	  left join claimed q on q.contact_id = r.contact_id
	 group by s.n, s.until, s.stale;

	if v_lost is not null then
		delete from hookline.contact c
		 using jsonb_array_elements(p_list) e
		 where c.account_id = (e.value ->> 'account_id')::bigint and c.id = any (v_lost);
		delete from hookline.delivery_key k
		 using jsonb_array_elements(p_list) e
		 where k.account_id = (e.value ->> 'account_id')::bigint
		   and k.trigger_id = (e.value ->> 'trigger_id')::bigint
		   and k.key = decode(e.value ->> 'dedup_key', 'hex') and k.delivery_id = any (v_lost_ids);
	end if;

	if v_at is not null then
		with o as materialized (
			select u.at, u.delivery_id, u.contact_id, p_list -> (u.at - 1) as d,
			       nextval('hookline.workflow_run_id_seq') as run_id
			  from unnest(v_at, v_kept, v_contacts) u (at, delivery_id, contact_id)
		), r as (
			insert into hookline.workflow_run (account_id, id, workflow_id, version,
				contact_id, delivery_id, step_id, reentry, reentry_key, variables, webhook)
			select (o.d ->> 'account_id')::bigint, o.run_id, (o.d ->> 'workflow_id')::bigint,
			       (o.d ->> 'version')::integer, o.contact_id, o.delivery_id, o.d ->> 'step_id',
			       coalesce(o.d ->> 'reentry', 'when_finished'), coalesce(o.d ->> 'reentry_key', ''),
			       coalesce(nullif(o.d -> 'variables', 'null'), '{}'),
			       coalesce(nullif(o.d -> 'webhook', 'null'), '{}')
			  from o
		), w as (
			insert into hookline.delivery (account_id, id, trigger_id, method, query,
				headers, content_type, body, payload, remote_addr, received_at,
				http_status, outcome, reason, contact_id, run_id, checks,
				used_old_url, replay_of, request_uid)
			select (o.d ->> 'account_id')::bigint, o.delivery_id, (o.d ->> 'trigger_id')::bigint,
			       o.d ->> 'method', o.d ->> 'query', o.d -> 'headers', o.d ->> 'content_type',
			       substr(p_bodies, (o.d ->> 'body_at')::integer + 1, (o.d ->> 'body_len')::integer),
			       o.d -> 'payload', (o.d ->> 'remote_addr')::inet,
			       coalesce((o.d ->> 'received_at')::timestamptz, now()),
			       (o.d ->> 'http_status')::smallint, 'enrolled', o.d ->> 'reason', o.contact_id,
			       o.run_id, o.d -> 'checks', coalesce((o.d ->> 'used_old_url')::boolean, false),
			       (o.d ->> 'replay_of')::bigint, decode(o.d ->> 'uid', 'hex')
			  from o
		)
		select array_agg(o.at), array_agg(o.delivery_id), array_agg(o.contact_id), array_agg(o.run_id)
		  into v_at, v_kept, v_contacts, v_runs
		  from o;
	end if;

	if cardinality(v_at) = v_n then
		return query select k.delivery_id, 'enrolled', p_list -> (k.at - 1) ->> 'reason',
			k.contact_id, k.run_id, null::json
		  from unnest(v_at, v_kept, v_contacts, v_runs) k (at, delivery_id, contact_id, run_id)
		 order by k.at;
	else
		return query select * from hookline.hook_receive_each(p_list, p_bodies, v_stale, v_at, v_kept, v_contacts, v_runs);
	end if;

	-- Nobody waits for it any more, and the spool may be about to try again:
	-- what was held up must not be kept now.
	if v_until < extract(epoch from clock_timestamp()) * 1000000 then
		raise exception 'the request''s time was over before it was kept'
			using errcode = 'query_canceled';
	end if;
end
$$;
comment on function hookline.hook_receive(jsonb, bytea) is
	'Records a list of deliveries, makes or matches their contacts and starts their runs, a row each, in order; delivery_id is null for a refusal beyond what is kept, and the first one''s for a duplicate.  One that was judged by a hook that has changed since (stamp) is not kept and is called stale: find its hook again';

create function hookline.hook_receipt(p_key bytea, p_delivery bigint)
returns json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (
		select json_strip_nulls(json_build_object('status', d.outcome, 'delivery', d.id::text,
			'contact', d.contact_id::text, 'run', d.run_id::text,
			'run_status', r.status, 'reason', d.reason,
			'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'parts', (select json_agg(json_build_object('status', q.outcome,
					'delivery', q.id::text, 'contact', q.contact_id::text,
					'run', q.run_id::text) order by q.part_no)
				    from hookline.delivery q
				   where q.account_id = d.account_id and q.trigger_id = d.trigger_id
				     and q.received_at = d.received_at and q.part_of = d.id)))
		  from hookline.hook_key k
		  join hookline.trigger t on t.account_id = k.account_id and t.id = k.trigger_id
		  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
		  join hookline.delivery d on d.account_id = k.account_id and d.id = p_delivery
		   and d.trigger_id = k.trigger_id
		  left join hookline.workflow_run r on r.account_id = d.account_id and r.id = d.run_id
		 where k.key = p_key and (k.expires_at is null or k.expires_at > now())
		   and w.status <> 'archived');
end
$$;
comment on function hookline.hook_receipt(bytea, bigint) is
	'What became of a delivery, for the sender that has the URL it was sent to; null: no such delivery there';
