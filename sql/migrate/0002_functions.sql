-- 0002: the functions of receiving and recording.  Each is one statement for
-- the caller and one commit.  Those of receiving are SECURITY DEFINER: the
-- public process may execute them and nothing else.  All that a delivery
-- needs is plpgsql, whose plans are kept: a function in plain SQL that can't be
-- inlined is planned anew by every statement.
--
-- Locks are always taken in one order, so that processes never wait for each
-- other in a circle: dedup key, e-mail identity, phone identity, contact, run.
-- (run_record begins with its own runs, for which nobody else waits.  Merging
-- and erasing take all at once or nothing.  A list keeps what its first elements
-- locked, so two lists may wait in a circle: the server ends one, and it is run
-- again.)
--
-- pg_temp comes last in every search_path: it would come first unnamed, and a
-- temporary type of the caller's could then stand in for one of the system's.
-- The inner functions of receiving have none of their own, since setting it
-- costs as much as a small statement: they see that of hook_receive.

create function hookline.delivery_partition_explain(p_name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	c  record;
begin
	for c in
		select a.attname, col_description(a.attrelid, a.attnum) as about
		  from pg_attribute a
		 where a.attrelid = 'hookline.delivery'::regclass and a.attnum > 0 and not a.attisdropped
		 order by a.attnum
	loop
		execute format('comment on column hookline.%I.%I is %L', p_name, c.attname, c.about);
	end loop;
end
$$;
comment on function hookline.delivery_partition_explain(text) is
	'Gives the columns of a partition of delivery the comments of the whole';
select hookline.delivery_partition_explain('delivery_default');

create function hookline.delivery_partition_ensure(p_months integer)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	v_first  timestamp := date_trunc('month', now() at time zone 'UTC');
	v_from   timestamp;
	v_name   text;
	v_made   integer := 0;
begin
	for i in 0 .. p_months loop
		v_from := v_first + make_interval(months => i);
		v_name := 'delivery_' || to_char(v_from, 'YYYYMM');
		if to_regclass('hookline.' || v_name) is null then
			begin
				execute format(
					'create table hookline.%I partition of hookline.delivery for values from (%L) to (%L)',
					v_name, v_from at time zone 'UTC',
					(v_from + interval '1 month') at time zone 'UTC');
				execute format('comment on table hookline.%I is %L', v_name,
					'Deliveries of ' || to_char(v_from, 'YYYY-MM'));
				perform hookline.delivery_partition_explain(v_name);
				v_made := v_made + 1;
			exception
				when duplicate_table or unique_violation then
					null; -- somebody else was quicker
				when check_violation then
					null; -- the default partition has rows of this month, and keeps it
			end;
		end if;
	end loop;
	return v_made;
end
$$;
comment on function hookline.delivery_partition_ensure(integer) is
	'Makes the partitions of delivery for this month and the next p_months; returns how many were made';

create function hookline.hook_resolve(p_key bytea)
returns table (account_id bigint, trigger_id bigint, workflow_id bigint,
	status text, version integer, trigger json, settings json,
	first_step text, webhook_refs json, country text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
	return query select k.account_id, k.trigger_id, t.workflow_id, w.status, v.version,
	       d.document -> 'trigger', d.document -> 'settings',
	       d.document -> 'steps' -> 0 ->> 'id',
	       v.webhook_refs, a.default_country
	  from hookline.hook_key k
	  join hookline.trigger t on t.account_id = k.account_id and t.id = k.trigger_id
	  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
	  join hookline.account a on a.id = k.account_id
	  left join hookline.workflow_version v
	    on w.status = 'published' and v.account_id = w.account_id
	   and v.workflow_id = w.id and v.version = w.version
	 cross join lateral (select coalesce(v.document, w.draft) as document) d
	 where k.key = p_key
	   and (k.expires_at is null or k.expires_at > now())
	   and w.status <> 'archived';
end
$$;
comment on function hookline.hook_resolve(bytea) is
	'The trigger behind a token''s key, with what receiving needs to know of its workflow; no row: no such hook';

create function hookline.contact_has(p_account bigint, p_contact bigint, p_kind text)
returns boolean
language plpgsql
as $$
begin
	return exists (select from hookline.contact_identity i
			where i.account_id = p_account and i.contact_id = p_contact and i.kind = p_kind);
end
$$;
comment on function hookline.contact_has(bigint, bigint, text) is
	'Has the contact an identity of this kind?';

create function hookline.contact_choose(
	p_account bigint, p_by_email bigint, p_by_phone bigint, p_email text, p_phone text,
	out contact_id bigint, out without text, out alone text, out reason text)
language plpgsql
as $$
declare
	v_rule  text;
begin
	if p_email is null or p_phone is null or p_by_email = p_by_phone then
		contact_id := coalesce(p_by_email, p_by_phone);
		return;
	end if;
	select a.match_rule into v_rule from hookline.account a where a.id = p_account;
	if p_by_email is not null and p_by_phone is not null then
		contact_id := case
			when v_rule = 'phone_first' then p_by_phone
			when v_rule = 'either' then least(p_by_email, p_by_phone)
			when v_rule = 'both'
			     and hookline.contact_has(p_account, p_by_email, 'phone')
			     and not hookline.contact_has(p_account, p_by_phone, 'email') then p_by_phone
			else p_by_email end;
		without := case contact_id when p_by_email then 'phone' else 'email' end;
		reason := format(case without
				when 'phone' then 'phone %1$s belongs to contact %2$s, which keeps it: the e-mail address matched contact %3$s'
				else 'e-mail address %1$s belongs to contact %2$s, which keeps it: the phone matched contact %3$s' end,
			case without when 'phone' then p_phone else p_email end,
			case without when 'phone' then p_by_phone else p_by_email end, contact_id)
			|| case v_rule when 'either' then ', which was there first' else '' end;
		return;
	end if;
	contact_id := coalesce(p_by_email, p_by_phone);
	if v_rule = 'both' then
		alone := case when p_by_email is null then 'email' else 'phone' end;
		if hookline.contact_has(p_account, contact_id, alone) then
			without := case alone when 'email' then 'phone' else 'email' end;
			reason := format('%s %s belongs to contact %s, which keeps it and has another %s: somebody else',
				case without when 'email' then 'e-mail address' else 'phone' end,
				case without when 'email' then p_email else p_phone end, contact_id,
				case alone when 'email' then 'e-mail address' else 'phone' end);
			contact_id := null;
		end if;
	end if;
end
$$;
comment on function hookline.contact_choose(bigint, bigint, bigint, text, text) is
	'By the account''s rule: which of those that address and number lead to is meant, or none (contact_id is null: make one); without: what it does not get; alone: what it must have one of';

create function hookline.contact_upsert(
	p_account bigint, p_fields jsonb, p_email_key text,
	out contact_id bigint, out is_new boolean, out is_changed boolean, out reason text)
language plpgsql
as $$
declare
	v_fields    jsonb;
	v_email     text;
	v_phone     text;
	v_n_claims  integer;
	v_by_email  bigint;
	v_by_phone  bigint;
	v_no_zone   text;
	w           record;
begin
	-- Only the server knows which zones there are.
	if p_fields ? 'timezone' then
		begin
			perform now() at time zone (p_fields ->> 'timezone');
		exception
			when invalid_parameter_value then
				v_no_zone := format('not stored: contact.timezone: there is no time zone "%s"',
					p_fields ->> 'timezone');
				p_fields := p_fields - 'timezone';
		end;
	end if;

	-- Somebody else may commit the same address between looking and
	-- inserting; then look again.  Each turn sees what was committed since.
	for v_turn in 1 .. 20 loop
		v_fields := p_fields;
		v_email := p_email_key;
		v_phone := p_fields ->> 'phone';
		contact_id := null;
		reason := v_no_zone;
		select (select i.contact_id from hookline.contact_identity i
			 where i.account_id = p_account and i.kind = 'email' and i.value = v_email),
		       (select i.contact_id from hookline.contact_identity i
			 where i.account_id = p_account and i.kind = 'phone' and i.value = v_phone)
		  into v_by_email, v_by_phone;
		if v_by_email is not null or v_by_phone is not null then
			w := hookline.contact_choose(p_account, v_by_email, v_by_phone, v_email, v_phone);
			contact_id := w.contact_id;
			reason := nullif(concat_ws('; ', w.reason, v_no_zone), '');
			if w.without = 'email' then
				v_fields := v_fields - 'email';
				v_email := null;
			elsif w.without = 'phone' then
				v_fields := v_fields - 'phone';
				v_phone := null;
			end if;
		end if;
		is_new := contact_id is null;
		is_changed := is_new;

		if is_new then
			-- Its address is claimed before its number, as everywhere.
			with c as (
				insert into hookline.contact (account_id, email, phone, first_name,
					last_name, company_name, address1, city, state, postal_code,
					country, timezone, date_of_birth, source, website, custom)
				values (p_account, v_fields ->> 'email', v_fields ->> 'phone',
					v_fields ->> 'first_name', v_fields ->> 'last_name',
					v_fields ->> 'company_name', v_fields ->> 'address1',
					v_fields ->> 'city', v_fields ->> 'state',
					v_fields ->> 'postal_code', v_fields ->> 'country',
					v_fields ->> 'timezone', v_fields ->> 'date_of_birth',
					v_fields ->> 'source', v_fields ->> 'website',
					jsonb_strip_nulls(coalesce(v_fields -> 'custom', '{}')))
				returning id
			), i as (
				insert into hookline.contact_identity
				select p_account, k.kind, k.value, c.id
				  from c, (values ('email', v_email), ('phone', v_phone)) k (kind, value)
				 where k.value is not null
				on conflict do nothing
				returning kind
			)
			select c.id, (select count(*) from i) into contact_id, v_n_claims from c;
			if v_n_claims = num_nonnulls(v_email, v_phone) then
				return;
			end if;
			delete from hookline.contact c where c.account_id = p_account and c.id = contact_id;
			continue;
		end if;

		if hookline.contact_claim(p_account, contact_id,
				case when v_by_email is null then v_email end,
				case when v_by_phone is null then v_phone end,
				v_email, v_phone, w.alone) then
			is_changed := hookline.contact_set(p_account, contact_id, jsonb_strip_nulls(v_fields));
			return;
		end if;
	end loop;
	raise exception 'contact_upsert: other transactions kept changing the same contact'
		using errcode = 'serialization_failure';
end
$$;
comment on function hookline.contact_upsert(bigint, jsonb, text) is
	'Finds the contact by the account''s rule and updates it; or makes it.  reason tells a conflict, and what was not stored';

create function hookline.contact_claim(p_account bigint, p_contact bigint,
	p_new_email text, p_new_phone text, p_email text, p_phone text, p_alone text)
returns boolean
language plpgsql
as $$
begin
	if p_new_email is null and p_new_phone is null then
		-- Locks must not be kept while looking again: all begins anew.
		if not hookline.contact_hold(p_account, p_contact, p_email, p_phone, p_alone) then
			raise exception 'contact_claim: the contact was merged or erased just now'
				using errcode = 'serialization_failure';
		end if;
		return true;
	end if;
	begin
		if p_new_email is not null then
			insert into hookline.contact_identity values (p_account, 'email', p_new_email, p_contact)
				on conflict do nothing;
			if not found then
				return false;
			end if;
		end if;
		if p_new_phone is not null then
			insert into hookline.contact_identity values (p_account, 'phone', p_new_phone, p_contact)
				on conflict do nothing;
			if not found then
				return false;
			end if;
		end if;
		if not hookline.contact_hold(p_account, p_contact, p_email, p_phone, p_alone) then
			raise exception 'taken back' using errcode = 'HL002';
		end if;
		return true;
	exception
		-- It was merged into another just now, or got another identity.
		when foreign_key_violation or sqlstate 'HL002' then
			return false;
	end;
end
$$;
comment on function hookline.contact_claim(bigint, bigint, text, text, text, text, text) is
	'Gives identities that nobody has (p_new...) to a contact, and holds it (contact_hold); false, with nothing claimed or locked, when somebody else was quicker';

create function hookline.contact_hold(p_account bigint, p_contact bigint, p_email text, p_phone text, p_alone text)
returns boolean
language plpgsql
as $$
begin
	-- Nobody can merge, part or erase it from here on; what was done before
	-- is seen by the next statement.
	if p_alone is null then
		perform from hookline.contact c
		 where c.account_id = p_account and c.id = p_contact for key share;
	else
		perform from hookline.contact c
		 where c.account_id = p_account and c.id = p_contact for no key update;
	end if;
	if not found then
		return false;
	end if;
	return (p_email is null or exists (
			select from hookline.contact_identity i where i.account_id = p_account
			   and i.kind = 'email' and i.value = p_email and i.contact_id = p_contact))
	   and (p_phone is null or exists (
			select from hookline.contact_identity i where i.account_id = p_account
			   and i.kind = 'phone' and i.value = p_phone and i.contact_id = p_contact))
	   and (p_alone is null or not exists (
			select from hookline.contact_identity i where i.account_id = p_account
			   and i.contact_id = p_contact and i.kind = p_alone
			   and i.value <> case p_alone when 'email' then p_email else p_phone end));
end
$$;
comment on function hookline.contact_hold(bigint, bigint, text, text, text) is
	'Keeps a contact from being merged or erased until the transaction ends; false when it is no longer who these identities lead to, or has another one of the kind p_alone';

create function hookline.contact_set(p_account bigint, p_contact bigint, p_fields jsonb)
returns boolean
language plpgsql
as $$
begin
	-- A key with null clears the field; an absent key leaves it.  Old values
	-- are read from the row that is updated and from nowhere else: where
	-- another transaction changes it first, both changes stay.
	update hookline.contact c
	   set email = case when p_fields ? 'email' then p_fields ->> 'email' else c.email end,
	       phone = case when p_fields ? 'phone' then p_fields ->> 'phone' else c.phone end,
	       first_name = case when p_fields ? 'first_name' then p_fields ->> 'first_name' else c.first_name end,
	       last_name = case when p_fields ? 'last_name' then p_fields ->> 'last_name' else c.last_name end,
	       company_name = case when p_fields ? 'company_name' then p_fields ->> 'company_name' else c.company_name end,
	       address1 = case when p_fields ? 'address1' then p_fields ->> 'address1' else c.address1 end,
	       city = case when p_fields ? 'city' then p_fields ->> 'city' else c.city end,
	       state = case when p_fields ? 'state' then p_fields ->> 'state' else c.state end,
	       postal_code = case when p_fields ? 'postal_code' then p_fields ->> 'postal_code' else c.postal_code end,
	       country = case when p_fields ? 'country' then p_fields ->> 'country' else c.country end,
	       timezone = case when p_fields ? 'timezone' then p_fields ->> 'timezone' else c.timezone end,
	       date_of_birth = case when p_fields ? 'date_of_birth' then p_fields ->> 'date_of_birth' else c.date_of_birth end,
	       source = case when p_fields ? 'source' then p_fields ->> 'source' else c.source end,
	       website = case when p_fields ? 'website' then p_fields ->> 'website' else c.website end,
	       custom = jsonb_strip_nulls(c.custom || coalesce(p_fields -> 'custom', '{}')),
	       updated_at = now()
	 where c.account_id = p_account and c.id = p_contact
	   and (
	        p_fields ? 'email' and c.email is distinct from p_fields ->> 'email'
	     or p_fields ? 'phone' and c.phone is distinct from p_fields ->> 'phone'
	     or p_fields ? 'first_name' and c.first_name is distinct from p_fields ->> 'first_name'
	     or p_fields ? 'last_name' and c.last_name is distinct from p_fields ->> 'last_name'
	     or p_fields ? 'company_name' and c.company_name is distinct from p_fields ->> 'company_name'
	     or p_fields ? 'address1' and c.address1 is distinct from p_fields ->> 'address1'
	     or p_fields ? 'city' and c.city is distinct from p_fields ->> 'city'
	     or p_fields ? 'state' and c.state is distinct from p_fields ->> 'state'
	     or p_fields ? 'postal_code' and c.postal_code is distinct from p_fields ->> 'postal_code'
	     or p_fields ? 'country' and c.country is distinct from p_fields ->> 'country'
	     or p_fields ? 'timezone' and c.timezone is distinct from p_fields ->> 'timezone'
	     or p_fields ? 'date_of_birth' and c.date_of_birth is distinct from p_fields ->> 'date_of_birth'
	     or p_fields ? 'source' and c.source is distinct from p_fields ->> 'source'
	     or p_fields ? 'website' and c.website is distinct from p_fields ->> 'website'
	     or p_fields ? 'custom' and c.custom is distinct from jsonb_strip_nulls(c.custom || (p_fields -> 'custom')));
	return found;
end
$$;
comment on function hookline.contact_set(bigint, bigint, jsonb) is
	'Sets the fields that p_fields has; writes nothing, and returns false, when nothing changes';

-- find_contact looks for contacts by their custom fields, whatever the case.  One
-- index serves all of them, of hashes: two values with one hash are told apart
-- by who looks.  In it by account, since the account goes into the hash.  Columns
-- of its own are not in it: that would cost each new contact more than all else.

create function hookline.contact_mark(p_account bigint, p_field text, p_value text)
returns bigint
language sql immutable
as $$
	select hashtextextended(p_field || '=' || lower(p_value), p_account)
$$;
comment on function hookline.contact_mark(bigint, text, text) is
	'By what a value of a custom field is found, whatever its case; null when there is none';

create function hookline.contact_marks(p_account bigint, p_custom jsonb)
returns bigint[]
language plpgsql immutable
as $$
begin
	return array(
		select hookline.contact_mark(p_account, x.key, x.value)
		  from jsonb_each_text(p_custom) x where x.value is not null);
end
$$;
comment on function hookline.contact_marks(bigint, jsonb) is
	'The marks of all custom fields that a contact has';
create index contact_by_mark on hookline.contact using gin (hookline.contact_marks(account_id, custom))
	with (fastupdate = off) where custom <> '{}';

create function hookline.run_start(p_run jsonb, p_is_new_contact boolean)
returns bigint
language plpgsql
as $$
declare
	v_account   bigint := (p_run ->> 'account_id')::bigint;
	v_workflow  bigint := (p_run ->> 'workflow_id')::bigint;
	v_contact   bigint := (p_run ->> 'contact_id')::bigint;
	v_reentry   text := coalesce(p_run ->> 'reentry', 'when_finished');
	v_key       text := coalesce(p_run ->> 'reentry_key', '');
	v_run       bigint;
begin
	-- An index has no room for long texts.
	if octet_length(v_key) > 200 then
		v_key := 'sha256:' || encode(sha256(convert_to(v_key, 'UTF8')), 'hex');
	end if;
	-- The unique indexes decide races; this look sees runs that began under
	-- another version's rule.
	if not p_is_new_contact and v_reentry <> 'always' then
		perform from hookline.workflow_run r
		 where r.account_id = v_account and r.contact_id = v_contact
		   and r.workflow_id = v_workflow and r.reentry_key = v_key
		   and (v_reentry = 'never' or r.status in ('waiting', 'running'))
		 limit 1;
		if found then
			return null;
		end if;
	end if;
	insert into hookline.workflow_run (account_id, workflow_id, version,
		contact_id, delivery_id, step_id, reentry, reentry_key, variables,
		webhook, parent_run_id, depth)
	values (v_account, v_workflow, (p_run ->> 'version')::integer, v_contact,
		(p_run ->> 'delivery_id')::bigint, p_run ->> 'step_id', v_reentry, v_key,
		coalesce(nullif(p_run -> 'variables', 'null'), '{}'),
		coalesce(nullif(p_run -> 'webhook', 'null'), '{}'),
		(p_run ->> 'parent_run_id')::bigint, coalesce((p_run ->> 'depth')::smallint, 0))
	on conflict do nothing
	returning id into v_run;
	return v_run;
end
$$;
comment on function hookline.run_start(jsonb, boolean) is
	'Enrols a contact; null when the re-entry rule does not allow it';

create function hookline.hook_receive(p_list jsonb, p_bodies bytea)
returns table (delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d         jsonb;
	v_id      bigint;
	v_first   bigint;
	v_is_new  boolean;
	u         record;
	v_reason  text;
begin
	for v_at in 0 .. jsonb_array_length(p_list) - 1 loop
		d := p_list -> v_at;
		v_id := nextval('hookline.delivery_id_seq');
		v_first := null;
		outcome := d ->> 'outcome';
		v_reason := d ->> 'reason';
		contact_id := null;
		run_id := null;

		if outcome = 'enrolled' and d ? 'dedup_key' then
			insert into hookline.delivery_key (account_id, trigger_id, key, delivery_id)
			values ((d ->> 'account_id')::bigint, (d ->> 'trigger_id')::bigint,
				decode(d ->> 'dedup_key', 'hex'), v_id)
			on conflict do nothing;
			if not found then
				select k.delivery_id into v_first from hookline.delivery_key k
				 where k.account_id = (d ->> 'account_id')::bigint
				   and k.trigger_id = (d ->> 'trigger_id')::bigint
				   and k.key = decode(d ->> 'dedup_key', 'hex');
				outcome := 'duplicate';
				v_reason := concat_ws('; ', format('the same key as delivery %s', v_first), v_reason);
				select f.contact_id, f.run_id into contact_id, run_id from hookline.delivery f
				 where f.account_id = (d ->> 'account_id')::bigint and f.id = v_first;
			end if;
		end if;

		if outcome = 'enrolled' then
			v_is_new := true;
			if d ? 'contact' then
				u := hookline.contact_upsert((d ->> 'account_id')::bigint,
					d -> 'contact', d ->> 'email_key');
				contact_id := u.contact_id;
				v_is_new := u.is_new;
				v_reason := concat_ws('; ', u.reason, v_reason);
			end if;
			run_id := hookline.run_start(jsonb_build_object(
				'account_id', d -> 'account_id', 'workflow_id', d -> 'workflow_id',
				'version', d -> 'version', 'contact_id', contact_id,
				'delivery_id', v_id, 'step_id', d -> 'step_id',
				'reentry', d -> 'reentry', 'reentry_key', d -> 'reentry_key',
				'variables', d -> 'variables', 'webhook', d -> 'webhook'), v_is_new);
			if run_id is null then
				outcome := 'updated';
				v_reason := concat_ws('; ', 'the contact is or was in the workflow, and its re-entry rule does not allow another run', v_reason);
			end if;
		end if;

		insert into hookline.delivery (account_id, id, trigger_id, method, query,
			headers, content_type, body, payload, remote_addr, http_status,
			outcome, reason, contact_id, run_id)
		values ((d ->> 'account_id')::bigint, v_id, (d ->> 'trigger_id')::bigint,
			d ->> 'method', d ->> 'query', d -> 'headers', d ->> 'content_type',
			substr(p_bodies, (d ->> 'body_at')::integer + 1, (d ->> 'body_len')::integer),
			d -> 'payload', (d ->> 'remote_addr')::inet, (d ->> 'http_status')::smallint,
			outcome, nullif(v_reason, ''), contact_id, run_id);
		delivery_id := coalesce(v_first, v_id);
		reason := nullif(v_reason, '');
		return next;
	end loop;
end
$$;
comment on function hookline.hook_receive(jsonb, bytea) is
	'Records a list of deliveries, makes or matches their contacts and starts their runs; a row each, in order';

create function hookline.contact_take(p_account bigint, p_contact bigint, p_kind text, p_value text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	v_owner bigint;
begin
	if p_value is null then
		return;
	end if;
	insert into hookline.contact_identity values (p_account, p_kind, p_value, p_contact)
		on conflict do nothing;
	select i.contact_id into v_owner from hookline.contact_identity i
	 where i.account_id = p_account and i.kind = p_kind and i.value = p_value;
	if v_owner is distinct from p_contact then
		raise exception 'the % % belongs to contact %', p_kind, p_value, v_owner
			using errcode = 'HL001';
	end if;
end
$$;
comment on function hookline.contact_take(bigint, bigint, text, text) is
	'Gives an identity to a contact; HL001 when another contact has it';

-- Not in SQL: PostgreSQL would read and plan that anew for each contact.
create function hookline.tags_changed(p_tags text[], p_add jsonb, p_remove jsonb)
returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
	return array(
		select (array_agg(t.tag order by t.at))[1]
		  from (select x.tag, x.at from unnest(p_tags) with ordinality x (tag, at)
			union all
			select y.tag, cardinality(p_tags) + y.at
			  from jsonb_array_elements_text(coalesce(p_add, '[]'))
			       with ordinality y (tag, at)) t
		 where lower(t.tag) not in (
			select lower(z) from jsonb_array_elements_text(coalesce(p_remove, '[]')) z)
		 group by lower(t.tag)
		 order by min(t.at));
end
$$;
comment on function hookline.tags_changed(text[], jsonb, jsonb) is
	'Tags with some added and some removed: each once whatever its case, as it was spelled first, in the order they were added';

create function hookline.contact_patch(p_account bigint, p_contact bigint, p_patch jsonb, out problem text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
	if p_contact is null then
		problem := 'this run has no contact';
		return;
	end if;
	perform now() at time zone (p_patch -> 'set' ->> 'timezone'); -- is there such a zone?
	perform hookline.contact_take(p_account, p_contact, 'email', p_patch ->> 'email_key');
	perform hookline.contact_take(p_account, p_contact, 'phone', p_patch -> 'set' ->> 'phone');
	if p_patch ? 'set' then
		perform hookline.contact_set(p_account, p_contact, p_patch -> 'set');
		perform hookline.contact_stop_by(p_account, p_contact, p_patch -> 'set' -> 'do_not_contact');
	end if;
	if p_patch ? 'add_tags' or p_patch ? 'remove_tags' then
		update hookline.contact c
		   set tags = hookline.tags_changed(c.tags, p_patch -> 'add_tags', p_patch -> 'remove_tags'),
		       updated_at = now()
		 where c.account_id = p_account and c.id = p_contact
		   and c.tags is distinct from
		       hookline.tags_changed(c.tags, p_patch -> 'add_tags', p_patch -> 'remove_tags');
	end if;
exception
	-- What does not fit fails this step alone, not the other runs of the list.
	when sqlstate 'HL001' or integrity_constraint_violation or data_exception then
		problem := sqlerrm;
end
$$;
comment on function hookline.contact_patch(bigint, bigint, jsonb) is
	'Carries out a step that changes a contact; problem says why it could not, and then nothing was changed';

create function hookline.moment_of(p_local timestamp, p_zone text)
returns timestamptz
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
	v_at     timestamptz := p_local at time zone p_zone;
	v_shown  timestamp := v_at at time zone p_zone;
begin
	if v_shown = p_local then
		-- PostgreSQL takes the second of two moments that are told alike.
		return coalesce((select min(x.at)
			  from generate_series(v_at - interval '3 hours', v_at - interval '15 minutes',
				interval '15 minutes') x (at)
			 where x.at at time zone p_zone = p_local), v_at);
	end if;
	return (select min(x.at)
		  from generate_series(date_trunc('minute', v_at - (v_shown - p_local)), v_at,
			interval '1 minute') x (at)
		 where x.at at time zone p_zone >= p_local);
end
$$;
comment on function hookline.moment_of(timestamp, text) is
	'The moment that clocks in p_zone show as p_local: the first of the two that are told alike when clocks are put back, and where they jump over it, the moment they do';

create function hookline.moment_after(p_at timestamptz, p_span interval, p_zone text)
returns timestamptz
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
	v_days  interval := make_interval(
		months => (extract(year from p_span) * 12 + extract(month from p_span))::integer,
		days => extract(day from p_span)::integer);
begin
	-- A day is as long as the zone's calendar says; an hour is an hour.
	if v_days = interval '0' then
		return p_at + p_span;
	end if;
	return hookline.moment_of((p_at at time zone p_zone) + v_days, p_zone) + (p_span - v_days);
end
$$;
comment on function hookline.moment_after(timestamptz, interval, text) is
	'The moment p_span after p_at, months and days by the calendar of p_zone';

create function hookline.zone_known(p_zone text, p_otherwise text)
returns text
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
	perform now() at time zone p_zone;
	return coalesce(p_zone, p_otherwise);
exception when invalid_parameter_value then
	return p_otherwise;
end
$$;
comment on function hookline.zone_known(text, text) is
	'p_zone where there is such a time zone, else p_otherwise';

create function hookline.window_opens(p_at timestamptz, p_window jsonb, p_zone text)
returns timestamptz
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
	v_from    time := coalesce(p_window ->> 'from', '00:00')::time;
	v_to      time := coalesce(p_window ->> 'to', '24:00')::time;
	v_day     date;
	v_opens   timestamptz;
	v_closes  timestamptz;
begin
	-- From yesterday on, whose window may reach over midnight; two weeks,
	-- because a change of the clock may leave nothing of one.
	for i in -1 .. 14 loop
		v_day := (p_at at time zone p_zone)::date + i;
		if p_window ? 'days' and not p_window -> 'days' ? to_char(v_day, 'dy') then
			continue;
		end if;
		v_opens := hookline.moment_of(v_day + v_from, p_zone);
		v_closes := hookline.moment_of(v_day + (v_to <= v_from)::integer + v_to, p_zone);
		if v_closes > p_at and v_closes > v_opens then
			return greatest(v_opens, p_at);
		end if;
	end loop;
	return p_at;
end
$$;
comment on function hookline.window_opens(timestamptz, jsonb, text) is
	'The first moment from p_at on that lies in the window {days, from, to} by the clocks of p_zone; a window that ends before it begins reaches over midnight';

create function hookline.run_enrol(p_account bigint, p_run bigint, p_target text, p_variables jsonb,
	out run_id bigint, out problem text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	r  hookline.workflow_run;
	w  hookline.workflow;
	v  hookline.workflow_version;
	v_key text;
begin
	select * into r from hookline.workflow_run x where x.account_id = p_account and x.id = p_run;
	r.variables := coalesce(p_variables, r.variables); -- not recorded yet
	select * into w from hookline.workflow x
	 where x.account_id = p_account and x.status <> 'archived'
	   and (x.name = p_target or x.id::text = p_target)
	 order by x.name = p_target desc limit 1;
	if w.id is null then
		problem := format('there is no workflow "%s"', p_target);
	elsif w.status <> 'published' then
		problem := format('workflow "%s" is not published', w.name);
	elsif r.depth >= 10 then
		problem := 'the chain of enrol steps is 10 long: a loop?';
	end if;
	if problem is not null then
		return;
	end if;
	select * into v from hookline.workflow_version x
	 where x.account_id = p_account and x.workflow_id = w.id and x.version = w.version;
	if r.contact_id is null
	   and coalesce(v.document -> 'settings' ->> 'contact', 'required') = 'required' then
		problem := format('this run has no contact, and workflow "%s" requires one', w.name);
		return;
	end if;
	-- The other workflow's re-entry key, of the data that is handed on.
	v_key := v.document -> 'settings' ->> 'reentry_key';
	v_key := jsonb_build_object('custom_variables', r.variables, 'webhook', r.webhook)
		#>> string_to_array(v_key, '.');
	run_id := hookline.run_start(jsonb_build_object(
		'account_id', p_account, 'workflow_id', w.id, 'version', w.version,
		'contact_id', r.contact_id, 'delivery_id', r.delivery_id,
		'step_id', v.document -> 'steps' -> 0 ->> 'id',
		'reentry', v.document -> 'settings' ->> 'reentry', 'reentry_key', v_key,
		'variables', r.variables, 'webhook', r.webhook,
		'parent_run_id', r.id, 'depth', r.depth + 1), false);
end
$$;
comment on function hookline.run_enrol(bigint, bigint, text, jsonb) is
	'Enrols a run''s contact in another workflow; run_id is null when that workflow''s re-entry rule does not allow it';

-- What a step has the database do, its act, is a function of its own, so that
-- run_record does not change with each new kind.

create function hookline.run_unenrol(p_account bigint, p_run bigint, p_contact bigint, p_target text, p_step text,
	out problem text, out note jsonb, out taken_out text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	w         hookline.workflow;
	v_own     bigint;
	v_reason  text := format('taken out of the workflow by step "%s" of run %s', p_step, p_run);
	v_n       integer;
begin
	note := '{}';
	select * into w from hookline.workflow x
	 where x.account_id = p_account and x.status <> 'archived'
	   and (x.name = p_target or x.id::text = p_target)
	 order by x.name = p_target desc limit 1;
	if p_contact is null then
		problem := 'this run has no contact';
	elsif w.id is null then
		problem := format('there is no workflow "%s"', p_target);
	end if;
	if problem is not null then
		return;
	end if;
	perform from hookline.workflow_run r
	 where r.account_id = p_account and r.contact_id = p_contact and r.workflow_id = w.id
	   and r.status in ('waiting', 'running') and r.id <> p_run
	 order by r.id for update;
	update hookline.workflow_run r
	   set status = 'cancelled', due_at = null, paused_due_at = null, leased_by = null,
	       held_by = null, wait = null, finished_at = now(), last_error = v_reason
	 where r.account_id = p_account and r.contact_id = p_contact and r.workflow_id = w.id
	   and r.status in ('waiting', 'running') and r.id <> p_run;
	get diagnostics v_n = row_count;
	select r.workflow_id into v_own from hookline.workflow_run r
	 where r.account_id = p_account and r.id = p_run;
	if v_own = w.id then
		taken_out := v_reason;
		v_n := v_n + 1;
	end if;
	note := jsonb_build_object('cancelled', v_n);
end
$$;
comment on function hookline.run_unenrol(bigint, bigint, bigint, text, text) is
	'Cancels the live runs of a run''s contact in a workflow; note says how many, taken_out why the run itself ends too when it is its own workflow';

create function hookline.run_adopt(p_account bigint, p_run bigint, p_contact bigint, out problem text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
	perform from hookline.contact c
	 where c.account_id = p_account and c.id = p_contact and c.erased_at is null for key share;
	if not found then
		problem := format('contact %s was merged or erased just now', p_contact);
		return;
	end if;
	-- What it holds of the one that it had goes when that one is erased.
	insert into hookline.former_contact (account_id, run_id, contact_id)
	select r.account_id, r.id, r.contact_id from hookline.workflow_run r
	 where r.account_id = p_account and r.id = p_run and r.contact_id <> p_contact
	on conflict do nothing;
	update hookline.workflow_run r set contact_id = p_contact
	 where r.account_id = p_account and r.id = p_run;
exception
	when unique_violation then
		problem := format('contact %s is or was in this workflow, and its re-entry rule does not allow another run', p_contact);
end
$$;
comment on function hookline.run_adopt(bigint, bigint, bigint) is
	'Makes a contact that was found that of the run';

create function hookline.run_act(p_account bigint, p_run bigint, p_contact bigint, p_record jsonb,
	out problem text, out note jsonb, out taken_out text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	v_act  jsonb := p_record -> 'act';
	v_run  bigint;
begin
	note := '{}';
	if v_act ->> 'kind' = 'contact' then
		select p.problem into problem from hookline.contact_patch(p_account, p_contact, v_act) p;
	elsif v_act ->> 'kind' = 'enrol' then
		select x.run_id, x.problem into v_run, problem
		  from hookline.run_enrol(p_account, p_run, v_act ->> 'workflow', p_record -> 'variables') x;
		if v_run is not null then
			note := jsonb_build_object('run', v_run::text);
		elsif problem is null then
			note := jsonb_build_object('reason', 'the contact is or was in that workflow, and its re-entry rule does not allow another run');
		end if;
	elsif v_act ->> 'kind' = 'unenrol' then
		select x.problem, x.note, x.taken_out into problem, note, taken_out
		  from hookline.run_unenrol(p_account, p_run, p_contact, v_act ->> 'workflow', v_act ->> 'step_id') x;
	elsif v_act ->> 'kind' = 'adopt' then
		select x.problem into problem
		  from hookline.run_adopt(p_account, p_run, (v_act ->> 'contact')::bigint) x;
	end if;
end
$$;
comment on function hookline.run_act(bigint, bigint, bigint, jsonb) is
	'Carries out what a step has the database do; problem says why it could not, note goes into the step''s detail, taken_out is why the run ends as cancelled';

create function hookline.contact_wakes_runs() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off
as $$
begin
	-- Who is locked is looked at by whoever holds the lock: run_record sees
	-- that the contact has changed.
	update hookline.workflow_run r
	   set due_at = now(), woken_by = 'contact'
	 where r.account_id = new.account_id and r.id in (
		select x.id from hookline.workflow_run x
		 where x.account_id = new.account_id and x.contact_id = new.id
		   and x.is_listening and x.status = 'waiting' and x.due_at > now()
		   for update skip locked);
	return null;
end
$$;
comment on function hookline.contact_wakes_runs() is
	'A contact has changed: runs whose wait that may end are due';
create trigger contact_wakes_runs after update on hookline.contact
	for each row when (old is distinct from new)
	execute function hookline.contact_wakes_runs();

create function hookline.run_by_hand(p_account bigint, p_run bigint, p_order text, out problem text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	r  record;
	s  record;
begin
	-- Nobody erases the contact meanwhile; it comes before the run, as everywhere.
	perform from hookline.contact c
	  join hookline.workflow_run x on x.account_id = c.account_id and x.contact_id = c.id
	 where x.account_id = p_account and x.id = p_run for key share of c;
	select x.status, x.step_id, x.seq, x.due_at,
	       x.last_error = 'erased with the contact' or exists (
			select from hookline.contact c
			 where c.account_id = x.account_id and c.id = x.contact_id
			   and c.erased_at is not null) as is_erased
	  into r from hookline.workflow_run x
	 where x.account_id = p_account and x.id = p_run for update;
	problem := case
		when not found then 'gone'
		when r.status = 'running' then 'an executor is at work on it; try again in a moment'
		when r.status in ('completed', 'cancelled') then format('it is %s; what is over does not begin again', r.status)
		when r.is_erased then 'its contact was erased, and its data with it; there is nobody to go on with'
		when r.status = 'waiting' and p_order = 'retry' then 'it has not failed; "resume" lets it go on now'
		when r.status = 'failed' and p_order = 'resume' then 'it has failed; "retry" does its step again, "skip" goes on behind it'
		when r.due_at = 'infinity' then 'its workflow is not published; publish it first'
		when r.status = 'failed' and r.step_id is null then 'it has no step'
		end;
	if problem is not null then
		return;
	end if;
	if r.status = 'waiting' then
		update hookline.workflow_run x set due_at = now(), woken_by = p_order
		 where x.account_id = p_account and x.id = p_run;
		return;
	end if;
	-- One more attempt of the step that failed, under the same identity.  A step
	-- whose executors died is not counted in seq; its attempts stand behind that.
	select t.seq - 1 as seq, t.attempt into s from hookline.run_step t
	 where t.account_id = p_account and t.run_id = p_run
	   and (t.seq = r.seq + 1
		or t.seq = r.seq and t.step_id = r.step_id and t.status in ('failed', 'unknown'))
	 order by t.seq desc, t.attempt desc limit 1;
	begin
		update hookline.workflow_run x
		   set status = 'waiting', due_at = now(), finished_at = null,
		       seq = coalesce(s.seq, r.seq), attempt = coalesce(s.attempt, 0), lost_leases = 0,
		       woken_by = nullif(p_order, 'retry')
		 where x.account_id = p_account and x.id = p_run;
	exception when unique_violation then
		problem := 'its contact is in the workflow again; end that run first';
	end;
end
$$;
comment on function hookline.run_by_hand(bigint, bigint, text) is
	'An order for one run: resume (do not wait any longer), skip (the step it is at) or retry (the step it failed at); problem says why it could not be, gone that there is no such run';

create function hookline.live_runs(p_account bigint, p_workflow bigint)
returns table (id bigint, version integer, step_id text)
language sql stable set search_path = pg_catalog, pg_temp
as $$
	-- By the two indexes that have live runs alone, however many are over:
	-- each arm says what one of them is made by.
	select r.id, r.version, r.step_id from hookline.workflow_run r
	 where r.account_id = p_account and r.workflow_id = p_workflow
	   and r.status in ('waiting', 'running') and r.attempt = 0 and r.held_by is null
	union all
	select r.id, r.version, r.step_id from hookline.workflow_run r
	 where r.account_id = p_account and r.workflow_id = p_workflow
	   and r.status in ('waiting', 'running') and (r.attempt > 0 or r.held_by is not null)
$$;
comment on function hookline.live_runs(bigint, bigint) is
	'The runs of a workflow that wait or are carried out';

create function hookline.run_places(p_account bigint, p_workflow bigint)
returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
	select coalesce(json_agg(json_build_object('version', p.version,
			'step', p.step_id, 'count', p.n) order by p.version desc, p.n desc, p.step_id), '[]')
	  from (select l.version, l.step_id, count(*) as n
		  from hookline.live_runs(p_account, p_workflow) l
		 group by l.version, l.step_id) p
$$;
comment on function hookline.run_places(bigint, bigint) is
	'How many live runs of a workflow are where: [{"version","step","count"}]';

create function hookline.workflow_resume(p_account bigint, p_workflow bigint)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	v_n    integer;
	v_all  integer := 0;
begin
	-- Runs are taken as they are free: who waits for none can't be part of a
	-- circle.  One that was woken is due, and whoever claims it takes it up.
	for v_turn in 1 .. 200 loop
		with paused as materialized (
			select r.id from hookline.workflow_run r
			 where r.account_id = p_account and r.workflow_id = p_workflow
			   and r.paused_due_at is not null and r.due_at = 'infinity'
			   for update skip locked)
		update hookline.workflow_run r
		   set due_at = r.paused_due_at, paused_due_at = null
		  from paused p
		 where r.account_id = p_account and r.id = p.id;
		get diagnostics v_n = row_count;
		v_all := v_all + v_n;
		if not exists (select from hookline.workflow_run r
				where r.account_id = p_account and r.workflow_id = p_workflow
				  and r.paused_due_at is not null and r.due_at = 'infinity') then
			return v_all;
		end if;
		perform pg_sleep(0.001 * least(v_turn, 20));
	end loop;
	raise exception 'workflow_resume: other transactions kept changing the workflow''s runs'
		using errcode = 'serialization_failure';
end
$$;
comment on function hookline.workflow_resume(bigint, bigint) is
	'Lets the paused runs of a workflow go on, each when it was due; returns how many.  For who holds the workflow''s row';

create function hookline.workflow_publish(p_account bigint, p_workflow bigint, p_document text, p_refs text,
	out version integer, out resumed integer)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	w  hookline.workflow;
begin
	select * into w from hookline.workflow x
	 where x.account_id = p_account and x.id = p_workflow and x.status <> 'archived'
	   for update;
	if not found then
		return;
	end if;
	select v.version into version from hookline.workflow_version v
	 where v.account_id = p_account and v.workflow_id = p_workflow and v.version = w.version
	   and v.document::text = p_document and v.webhook_refs::text = p_refs;
	if version is null then
		version := coalesce(w.version, 0) + 1;
		insert into hookline.workflow_version (account_id, workflow_id, version, document, webhook_refs)
		values (p_account, p_workflow, version, p_document::json, p_refs::json);
	end if;
	update hookline.workflow x
	   set status = 'published', version = workflow_publish.version, updated_at = now()
	 where x.account_id = p_account and x.id = p_workflow;
	-- Statements of their own, so that they see what was set aside while this
	-- one waited for the workflow's row.
	resumed := hookline.workflow_resume(p_account, p_workflow);
end
$$;
comment on function hookline.workflow_publish(bigint, bigint, text, text) is
	'Publishes a document, as a new version unless it is the published one, and lets paused runs go on; version is null when there is no such workflow';

create function hookline.user_addresses(p_account bigint, p_names jsonb)
returns table (name text, email text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select n.name, u.email
	  from jsonb_array_elements_text(p_names) with ordinality n (name, at)
	  left join hookline.app_user u on u.account_id = p_account
	       and (u.email = lower(n.name) or lower(u.name) = lower(n.name))
	 order by n.at, u.email
$$;
comment on function hookline.user_addresses(bigint, jsonb) is
	'Which users of an account a list of names and e-mail addresses means, whatever the case: email is null where nobody is meant.  For executors, which may not read the users';

create function hookline.run_record(p_list jsonb)
returns table (n integer, verdict text, problem text)
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
	e          jsonb;
	i          integer;
	v_account  bigint;
	v_run      bigint;
	v_contact  bigint;
	v_seq      integer;
	v_act      record;
	v_size     integer := jsonb_array_length(p_list);
	-- What the database was asked to do came to, a place for each of the list.
	problems   text[] := array_fill(null::text, array[v_size]);
	notes      jsonb[] := array_fill(null::jsonb, array[v_size]);
	taken      text[] := array_fill(null::text, array[v_size]);
	acted      boolean[] := array_fill(false, array[v_size]);
	woken      boolean[] := array_fill(false, array[v_size]);
	kept       integer[];
	paused     integer[];
begin
	-- First those that touch more than the run.  In the order of contacts, so
	-- that two executors never wait in a circle.
	for e, i in
		select x.value, x.at
		  from jsonb_array_elements(p_list) with ordinality x (value, at)
		 where x.value ?| '{act,opted_out,is_listening}'
		 order by (x.value ->> 'contact_id')::bigint, x.at
	loop
		v_account := (e ->> 'account_id')::bigint;
		v_run := (e ->> 'run_id')::bigint;
		select r.contact_id, r.seq into v_contact, v_seq
		  from hookline.workflow_run r
		 where r.account_id = v_account and r.id = v_run
		   and r.lease_no = (e ->> 'lease_no')::bigint and r.status = 'running'
		   for update;
		continue when not found;
		if e ? 'opted_out' then
			perform hookline.contact_opted_out(v_account, v_contact, e ->> 'opted_out');
		end if;
		-- An executor whose connection broke does not know that this very
		-- record was taken: the act is not carried out a second time.
		if e ? 'act' and v_seq >= (e ->> 'seq')::integer then
			problems[i] := (select s.detail ->> 'error' from hookline.run_step s
				 where s.account_id = v_account and s.run_id = v_run and s.seq = v_seq
				 order by s.attempt desc limit 1);
		elsif e ? 'act' then
			v_act := hookline.run_act(v_account, v_run, v_contact, e);
			problems[i] := v_act.problem;
			notes[i] := v_act.note;
			taken[i] := v_act.taken_out;
			acted[i] := true;
		end if;
		-- A contact that changed since the run was loaded does not wake it any
		-- more, or not yet: so it is looked at again at once.
		woken[i] := (e ->> 'is_listening')::boolean and e ->> 'contact_stamp' is distinct from
			(select c.xmin::text from hookline.contact c
			  where c.account_id = v_account and c.id = v_contact for no key update);
	end loop;

	-- Then all runs and their steps at once.  The lease decides: whoever lost it
	-- changes nothing.
	with asked as (
		select x.*, t.problem, t.note, t.taken, t.woken,
		       case when t.taken is not null then 'cancelled'
			    when t.problem is not null and x.act ->> 'on_error' <> 'continue' then 'failed'
			    else 'ok' end as verdict
		  from rows from (jsonb_to_recordset(p_list) as (account_id bigint, run_id bigint,
			lease_no bigint, status text, step_id text, seq integer, attempt integer,
			lease_s integer, delay_s double precision, due_at timestamptz,
			"interval" interval, timezone text, "window" jsonb, window_timezone text,
			is_wait boolean, wait_goes_on boolean, is_listening boolean, wait jsonb,
			variables jsonb, results jsonb, held_by text, last_error text, act jsonb,
			steps jsonb, may_pause boolean, is_sending boolean)) with ordinality x
		  join unnest(problems, notes, taken, woken) with ordinality
			t (problem, note, taken, woken, ordinality) using (ordinality)
	), held as (
		select r.account_id, r.id, r.workflow_id, r.step_started_at as began, a.ordinality,
		       case a.verdict when 'ok' then a.status else a.verdict end as status,
		       a.verdict = 'ok' and a.status = 'running' and a.may_pause as may_pause
		  from asked a
		  join hookline.workflow_run r on r.account_id = a.account_id and r.id = a.run_id
		       and r.lease_no = a.lease_no and r.status = 'running'
		   for update of r
	), withdrawn as (
		-- As in run_claim.sql: a run that could go on is set aside.
		select w.account_id, w.id
		  from hookline.workflow w
		 where w.status = 'draft'
		   and (w.account_id, w.id) in (select h.account_id, h.workflow_id from held h where h.may_pause)
		   for share of w
	), due as (
		select h.account_id, h.id, h.ordinality,
		       h.may_pause and w.id is not null as is_paused,
		       case when h.may_pause and w.id is not null then 'waiting' else h.status end as status,
		       case when h.may_pause and w.id is not null then 'infinity'
			when a."window" is null then x.at
			else hookline.window_opens(greatest(x.at, now()), a."window",
				hookline.zone_known(a.window_timezone, a.timezone)) end as due_at
		  from held h
		  join asked a using (ordinality)
		  left join withdrawn w on w.account_id = h.account_id and w.id = h.workflow_id
		 cross join lateral (select case
			when h.status = 'running' then now() + make_interval(secs => a.lease_s)
			when h.status <> 'waiting' then null
			when a.due_at is not null then a.due_at
			when a."interval" is not null then hookline.moment_after(now(), a."interval", a.timezone)
			else now() + make_interval(secs => coalesce(a.delay_s, 0)) end) x (at)
	), written as (
		insert into hookline.run_step (account_id, run_id, seq, attempt, step_id,
			type, status, started_at, finished_at, detail)
		select h.account_id, h.id, s.seq, s.attempt, s.step_id, s.type,
		       case when s.is_act and a.problem is not null then 'failed' else s.status end,
		       case when s.since_wait then coalesce(h.began, now())
			    else now() - make_interval(secs => s.ms / 1000) end,
		       now(),
		       coalesce(s.detail, '{}')
			|| case when s.is_act and a.problem is not null
				then jsonb_build_object('error', a.problem) else '{}' end
			|| case when s.is_act and a.note is not null then a.note else '{}' end
		  from held h
		  join asked a using (ordinality)
		 cross join lateral jsonb_to_recordset(a.steps) s (seq integer, attempt integer,
			step_id text, type text, status text, since_wait boolean, is_act boolean,
			ms double precision, detail jsonb)
		on conflict do nothing
	), changed as (
		update hookline.workflow_run r
		   set status = d.status,
		       step_id = case when a.verdict = 'failed' then a.act ->> 'step_id'
				      else coalesce(a.step_id, r.step_id) end,
		       seq = coalesce(a.seq, r.seq),
		       attempt = greatest(coalesce(a.attempt, r.attempt) - d.is_paused::integer, 0),
		       lost_leases = case when d.status = 'running' and a.step_id = r.step_id
				then r.lost_leases else 0 end,
		       leased_by = case when d.status = 'running' then r.leased_by end,
		       is_sending = d.status = 'running' and coalesce(a.is_sending, false),
		       due_at = case when a.woken then now() else d.due_at end,
		       paused_due_at = case when d.is_paused then now() end,
		       wait = case
			when a.is_wait then a.wait || jsonb_build_object('until',
				to_char(d.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
			when a.wait_goes_on then r.wait end,
		       is_listening = coalesce(a.is_listening, false),
		       woken_by = case when a.woken then 'contact' end,
		       step_started_at = case
			when a.wait_goes_on then r.step_started_at
			when a.is_wait then now() end,
		       variables = coalesce(a.variables, r.variables),
		       results = coalesce(a.results, r.results),
		       held_by = case when d.status = 'waiting' then a.held_by end,
		       last_error = case when a.verdict = 'failed'
				then format('step "%s": %s', a.act ->> 'step_id', a.problem)
				else coalesce(a.taken, a.last_error) end,
		       finished_at = case when d.status not in ('waiting', 'running') then now() end
		  from due d
		  join asked a using (ordinality)
		 where r.account_id = d.account_id and r.id = d.id
		returning d.ordinality::integer as place, d.is_paused
	)
	select array_agg(c.place), array_agg(c.place) filter (where c.is_paused)
	  into kept, paused from changed c;

	return query
	select a.at::integer - 1,
	       case when taken[a.at] is not null then 'cancelled'
		    when problems[a.at] is not null and a.value -> 'act' ->> 'on_error' <> 'continue' then 'failed'
		    when a.at = any (paused) then 'paused'
		    else 'ok' end,
	       problems[a.at]
	  from jsonb_array_elements(p_list) with ordinality a (value, at)
	 where a.at = any (kept);

	-- Of a run that was cancelled under this lease, what reached the outside is
	-- written down all the same, and so is what was done above before a later one
	-- of the list cancelled it; it is not tried again.
	problem := null;
	for e, n, i in
		select a.value, a.at - 1, a.at
		  from jsonb_array_elements(p_list) with ordinality a (value, at)
		 where a.at <> all (coalesce(kept, '{}'))
	loop
		v_account := (e ->> 'account_id')::bigint;
		v_run := (e ->> 'run_id')::bigint;
		select r.contact_id into v_contact from hookline.workflow_run r
		 where r.account_id = v_account and r.id = v_run
		   and r.lease_no = (e ->> 'lease_no')::bigint and r.status = 'cancelled';
		verdict := case when found then 'cancelled' else 'lost' end;
		if found then
			if e ? 'opted_out' then
				perform hookline.contact_opted_out(v_account, v_contact, e ->> 'opted_out');
			end if;
			insert into hookline.run_step (account_id, run_id, seq, attempt, step_id,
				type, status, started_at, finished_at, detail)
			select v_account, v_run, (x ->> 'seq')::integer, (x ->> 'attempt')::integer,
				x ->> 'step_id', x ->> 'type',
				case x ->> 'status' when 'retrying' then 'failed' else x ->> 'status' end,
				now() - make_interval(secs => (x ->> 'ms')::double precision / 1000),
				now(), (coalesce(x -> 'detail', '{}') - 'again_in_s') ||
				case when (x ->> 'is_act')::boolean then coalesce(notes[i], '{}') else '{}' end
			  from jsonb_array_elements(e -> 'steps') x
			 where (x ->> 'is_call')::boolean or acted[i] and problems[i] is null
			on conflict do nothing;
		end if;
		return next;
	end loop;
end
$$;
comment on function hookline.run_record(jsonb) is
	'Records what an executor did with a list of leased runs, a verdict each: ok, paused (its workflow is not published any more: stop), lost (another holds the lease: stop), cancelled (stop; of a run that was cancelled meanwhile only calls were written down) or failed (the act of the step could not be done)';
