-- schema.expected.sql: what the migrations make; written by tests/t_db.sh

CREATE SCHEMA hookline;

CREATE FUNCTION hookline.account_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	new.hooks_stamp := old.hooks_stamp + 1;
	return new;
end
$$;

CREATE FUNCTION hookline.address_pattern(p_address text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
	-- It begins after something that can't be part of a longer address
	-- (bob+ann@, o'ann@, jo.ann@ are others'), also where that is encoded.
	-- Each sign stands as it is, percent-encoded, escaped as in JSON, or as the
	-- octal bytes that encode() makes of a body; each of these several times
	-- over.
	select '(?:(?<![a-z0-9_.+!#$*^`~\u00c0-\u07ff-])(?<![a-z0-9]'')'
	       || '|(?<=%(?:25)*(?:0[9ad]|2[0268cf]|3[abcdf]|5b|7b))'
	       || '|(?<=\\[nrtbf])|(?<=\\u00(?:0[9ad]|2[0268cf]|3[abcdf]|5b|7b|a0))'
	       || '|(?<=\\(?:302|34[0-7]\\[0-7]{3})\\[0-7]{3}))'
	       || string_agg(case
			when c.sign ~ '[a-z0-9_-]' then c.sign
			when c.sign = '.' then '\.'
			else (
				select '(?:' || string_agg(concat_ws('|',
					'\\*' || case when ascii(f.form) < 128 then '\' else '' end || f.form,
					b.percent, '(?:\\|%(?:25)*5c)+u' || b.utf16,
					case when ascii(f.form) > 127 then b.octal end), '|') || ')'
				  from (select distinct x.form
					  from unnest(array[c.sign, upper(c.sign)]) x (form)
					 where (ascii(x.form) < 128) = (ascii(c.sign) < 128)) f
				 cross join lateral (
					select string_agg('%(?:25)*' || lpad(to_hex(get_byte(e.bytes, i)), 2, '0'), '' order by i) as percent,
					       string_agg('\\' || substr(encode(substring(e.bytes from i + 1 for 1), 'escape'), 2), '' order by i) as octal,
					       case when ascii(f.form) < 65536 then lpad(to_hex(ascii(f.form)), 4, '0')
						    else to_hex(55232 + (ascii(f.form) >> 10)) || '\\+u' || to_hex(56320 + (ascii(f.form) & 1023)) end as utf16
					  from (select convert_to(f.form, 'UTF8') as bytes) e
					 cross join generate_series(0, octet_length(e.bytes) - 1) i
					 group by e.bytes) b)
			end, '' order by c.at)
	       || '(?![a-z0-9_-]|\.[a-z0-9])'
	  from regexp_split_to_table(lower(p_address), '') with ordinality c (sign, at)
$_$;

CREATE FUNCTION hookline.contact_among(p_account bigint, p_ids bigint[], p_like text[], p_phrase text, p_numbers text[], p_tag text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return array(
		select c.id from hookline.contact c
		 where c.account_id = p_account and c.id = any (p_ids)
		   and (p_tag is null or lower(c.tags::text)::text[] @> array[lower(p_tag)])
		   and (hookline.contact_text(c.first_name, c.last_name, c.company_name, c.email) like all (p_like)
			or hookline.contact_text(c.first_name, c.last_name, c.company_name, c.email) like p_phrase
			or c.phone ^@ any (p_numbers)));
end
$$;

CREATE FUNCTION hookline.contact_choose(p_account bigint, p_by_email bigint, p_by_phone bigint, p_email text, p_phone text, OUT contact_id bigint, OUT without text, OUT alone text, OUT reason text) RETURNS record
    LANGUAGE plpgsql
    AS $_$
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
$_$;

CREATE FUNCTION hookline.contact_claim(p_account bigint, p_contact bigint, p_new_email text, p_new_phone text, p_email text, p_phone text, p_alone text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.contact_edit(p_account bigint, p_contact bigint, p_patch jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_problem  text;
	v_owner    bigint;
	k          record;
begin
	for k in select x.kind, x.value
		   from (values ('email', p_patch ->> 'email_key'), ('phone', p_patch -> 'set' ->> 'phone')) x (kind, value)
		  where x.value is not null
	loop
		select i.contact_id into v_owner from hookline.contact_identity i
		 where i.account_id = p_account and i.kind = k.kind and i.value = k.value
		   and i.contact_id <> p_contact;
		if found then
			return jsonb_build_object('kind', k.kind, 'owner', v_owner::text);
		end if;
	end loop;
	-- What identifies is taken before the contact is locked, as everywhere.
	v_problem := hookline.contact_patch(p_account, p_contact, p_patch);
	if v_problem is not null then
		return jsonb_build_object('problem', v_problem);
	end if;
	perform from hookline.contact c
	 where c.account_id = p_account and c.id = p_contact and c.erased_at is null for no key update;
	if not found then
		return jsonb_build_object('gone', hookline.contact_gone(p_account, p_contact));
	end if;
	delete from hookline.contact_identity i
	 using jsonb_to_recordset(p_patch -> 'drop') d (kind text, value text)
	 where i.account_id = p_account and i.contact_id = p_contact
	   and i.kind = d.kind and i.value = d.value;
	return '{}';
end
$$;

CREATE FUNCTION hookline.contact_erase(p_account bigint, p_contact bigint) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_pattern     text;
	v_runs        bigint[];
	v_deliveries  bigint[];
	v_former      bigint[];
	v_cancelled   bigint;
	v_identities  bigint;
	t             record;
begin
	-- Looking takes a while, so it comes before what others may wait for, and
	-- nothing is locked by it; an address that is added meanwhile is looked for
	-- again.
	v_pattern := hookline.contact_pattern(p_account, p_contact);
	v_deliveries := hookline.unowned_deliveries(p_account, v_pattern);
	v_runs := hookline.unowned_runs(p_account, v_pattern);
	perform hookline.contact_lock(p_account, array[p_contact]);
	if not exists (select from hookline.contact c where c.account_id = p_account and c.id = p_contact) then
		return jsonb_build_object('problem', hookline.contact_gone(p_account, p_contact));
	end if;
	if hookline.contact_pattern(p_account, p_contact) is distinct from v_pattern then
		v_pattern := hookline.contact_pattern(p_account, p_contact);
		v_deliveries := v_deliveries || hookline.unowned_deliveries(p_account, v_pattern);
		v_runs := hookline.unowned_runs(p_account, v_pattern);
	end if;
	v_former := hookline.contact_former_runs(p_account, array[p_contact]);
	update hookline.workflow_run r
	   set status = 'cancelled', due_at = null, paused_due_at = null, leased_by = null,
	       held_by = null, wait = null, finished_at = now(), last_error = 'the contact was erased'
	 where r.account_id = p_account and (r.contact_id = p_contact or r.id = any (v_former))
	   and r.status in ('waiting', 'running');
	get diagnostics v_cancelled = row_count;
	delete from hookline.contact_identity i where i.account_id = p_account and i.contact_id = p_contact;
	get diagnostics v_identities = row_count;
	update hookline.contact c
	   set email = null, phone = null, first_name = null, last_name = null,
	       company_name = null, address1 = null, city = null, state = null,
	       postal_code = null, country = null, timezone = null, date_of_birth = null,
	       source = null, website = null, tags = '{}', custom = '{}',
	       unsubscribed_at = null, do_not_contact = '{}',
	       updated_at = now(), erased_at = coalesce(c.erased_at, now())
	 where c.account_id = p_account and c.id = p_contact;
	t := hookline.contact_erase_traces(p_account, p_contact, v_former);
	return jsonb_build_object('contact', p_contact::text, 'identities', v_identities,
		'cancelled_runs', v_cancelled, 'runs', t.runs, 'deliveries', t.deliveries,
		'unowned_deliveries', hookline.unowned_deliveries_erase(p_account, v_deliveries),
		'unowned_runs', hookline.unowned_runs_erase(p_account, v_runs),
		'merges', t.merges);
end
$$;

CREATE FUNCTION hookline.contact_erase_traces(p_account bigint, p_contact bigint, p_former_runs bigint[], OUT deliveries bigint, OUT runs bigint, OUT merges bigint) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_person  bigint[] := hookline.contact_person(p_account, p_contact);
begin
	-- A body that was split names the people of all its elements.
	with wholes as (
		select distinct d.part_of as id from hookline.delivery d
		 where d.account_id = p_account and d.contact_id = p_contact and d.part_of is not null)
	update hookline.delivery d
	   set query = '', headers = '{}', body = '', payload = null, remote_addr = null,
	       checks = null, reason = 'erased with the contact'
	 where d.account_id = p_account
	   and (d.contact_id = p_contact or d.id in (select w.id from wholes w));
	get diagnostics deliveries = row_count;
	-- An executor that is at it has lost its lease, and writes nothing more.
	update hookline.workflow_run r
	   set variables = '{}', webhook = '{}', results = '{}', wait = null, lease_no = r.lease_no + 1,
	       reentry_key = case r.reentry_key when '' then '' else 'erased:' || r.id end,
	       last_error = case when r.status = 'failed' then 'erased with the contact'
				 when r.last_error = 'the contact was erased' then r.last_error end
	 where r.account_id = p_account and (r.contact_id = p_contact or r.id = any (p_former_runs));
	get diagnostics runs = row_count;
	update hookline.run_step s set detail = '{}'
	  from hookline.workflow_run r
	 where r.account_id = p_account and (r.contact_id = p_contact or r.id = any (p_former_runs))
	   and s.account_id = r.account_id and s.run_id = r.id;
	update hookline.contact_merge m
	   set keep_before = '{}', keep_after = '{}', other_before = '{}', identities = '[]',
	       scrubbed_at = coalesce(m.scrubbed_at, now())
	 where m.account_id = p_account
	   and (m.keep_id = any (v_person) or m.other_id = any (v_person));
	get diagnostics merges = row_count;
end
$$;

CREATE FUNCTION hookline.contact_fill(p_account bigint, p_keep jsonb, p_other jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_fill    jsonb;
	v_custom  jsonb;
begin
	select coalesce(jsonb_object_agg(f, p_other -> f), '{}') into v_fill
	  from unnest(hookline.contact_own_fields()) f
	 where p_keep ->> f is null and p_other ->> f is not null;
	select jsonb_object_agg(x.key, x.value) into v_custom
	  from jsonb_each(p_other -> 'custom') x
	 where not p_keep -> 'custom' ? x.key;
	if v_custom is not null then
		v_fill := v_fill || jsonb_build_object('custom', v_custom);
	end if;
	perform hookline.contact_set(p_account, (p_keep ->> 'id')::bigint, v_fill);
	perform hookline.contact_retag(p_account, (p_keep ->> 'id')::bigint, p_other -> 'tags', null);
	perform hookline.contact_stop_as(p_account, (p_keep ->> 'id')::bigint, p_other);
	return v_fill;
end
$$;

CREATE FUNCTION hookline.contact_former_runs(p_account bigint, p_contacts bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return array(
		select distinct f.run_id from unnest(p_contacts) c (id)
		 cross join unnest(hookline.contact_person(p_account, c.id)) x (id)
		  join hookline.former_contact f on f.account_id = p_account and f.contact_id = x.id);
end
$$;

CREATE TABLE hookline.contact_merge (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    keep_id bigint NOT NULL,
    other_id bigint NOT NULL,
    merged_at timestamp with time zone DEFAULT now() NOT NULL,
    merged_by text DEFAULT ''::text NOT NULL,
    keep_before jsonb NOT NULL,
    keep_after jsonb NOT NULL,
    other_before jsonb NOT NULL,
    identities jsonb NOT NULL,
    runs bigint[] NOT NULL,
    cancelled_runs bigint[] NOT NULL,
    loosened_runs bigint[] NOT NULL,
    deliveries bigint[] NOT NULL,
    unmerged_at timestamp with time zone,
    unmerged_by text,
    scrubbed_at timestamp with time zone,
    CONSTRAINT contact_merge_of_two CHECK ((keep_id <> other_id)),
    CONSTRAINT contact_merge_scrubbed_is_empty CHECK (((scrubbed_at IS NULL) OR ((keep_before = '{}'::jsonb) AND (keep_after = '{}'::jsonb) AND (other_before = '{}'::jsonb) AND (identities = '[]'::jsonb))))
);

CREATE FUNCTION hookline.contact_give_back(p_account bigint, m hookline.contact_merge) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_now   jsonb;
	v_back  jsonb;
	v_kept  jsonb;
	v_keys  jsonb;
	f       text;
begin
	-- The one that stayed becomes what it was, but for what was changed since.
	select to_jsonb(c) into v_now from hookline.contact c
	 where c.account_id = p_account and c.id = m.keep_id;
	select coalesce(jsonb_object_agg(x.name, m.keep_before -> x.name)
			filter (where v_now -> x.name = m.keep_after -> x.name), '{}'),
	       coalesce(jsonb_agg(x.name) filter (where v_now -> x.name <> m.keep_after -> x.name), '[]')
	  into v_back, v_kept
	  from unnest(hookline.contact_own_fields()) x (name)
	 where m.keep_before -> x.name <> m.keep_after -> x.name;
	select jsonb_object_agg(x.key, m.keep_before -> 'custom' -> x.key)
		filter (where v_now -> 'custom' -> x.key = x.value),
	       v_kept || coalesce(jsonb_agg('custom.' || x.key)
		filter (where v_now -> 'custom' -> x.key is distinct from x.value), '[]')
	  into v_keys, v_kept
	  from jsonb_each(m.keep_after -> 'custom') x
	 where m.keep_before -> 'custom' -> x.key is distinct from x.value;
	if v_keys is not null then
		v_back := v_back || jsonb_build_object('custom', v_keys);
	end if;

	-- What no longer leads to it is not its address.
	for f in select k.kind from unnest(array['email', 'phone']) k (kind) loop
		if not v_back ? f and v_now ->> f is distinct from m.keep_before ->> f
		   and not exists (select from hookline.contact_identity i
				where i.account_id = p_account and i.contact_id = m.keep_id
				  and i.kind = f and i.value = lower(v_now ->> f)) then
			v_back := v_back || jsonb_build_object(f, m.keep_before -> f);
			v_kept := v_kept - f;
		end if;
	end loop;
	perform hookline.contact_set(p_account, m.keep_id, v_back);
	v_kept := v_kept || hookline.contact_stop_back(p_account, m, v_now);
	perform hookline.contact_retag(p_account, m.keep_id, null, (
		select coalesce(jsonb_agg(t), '[]') from jsonb_array_elements(m.keep_after -> 'tags') t
		 where not m.keep_before -> 'tags' @> t));
	return v_kept;
end
$$;

CREATE FUNCTION hookline.contact_gone(p_account bigint, p_contact bigint) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return coalesce((
		select format('contact %s was merged into contact %s (merge %s)', p_contact, m.keep_id, m.id)
		  from hookline.contact_merge m
		 where m.account_id = p_account and m.other_id = p_contact and m.unmerged_at is null
		 order by m.id desc limit 1), format('there is no contact %s', p_contact));
end
$$;

CREATE FUNCTION hookline.contact_has(p_account bigint, p_contact bigint, p_kind text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
begin
	return exists (select from hookline.contact_identity i
			where i.account_id = p_account and i.contact_id = p_contact and i.kind = p_kind);
end
$$;

CREATE FUNCTION hookline.contact_hold(p_account bigint, p_contact bigint, p_email text, p_phone text, p_alone text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.contact_import(p_account bigint, p_list jsonb, p_dry_run boolean) RETURNS TABLE(n integer, contact_id bigint, verdict text, reason text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	e       jsonb;
	u       record;
	v_rows  jsonb := '[]';
	v_row   jsonb;
begin
	begin
		-- In the order of addresses, as receiving does.
		for e, n in
			select x.value, x.at - 1
			  from jsonb_array_elements(p_list) with ordinality x (value, at)
			 order by coalesce(x.value ->> 'email_key', '') collate "C", x.at
		loop
			begin
				u := hookline.contact_upsert(p_account, e -> 'contact', e ->> 'email_key');
				if e ? 'tags' and hookline.contact_retag(p_account, u.contact_id, e -> 'tags', null) then
					u.is_changed := true;
				end if;
				if e ?| array['unsubscribed_at', 'do_not_contact']
				   and hookline.contact_stop_as(p_account, u.contact_id, e) then
					u.is_changed := true;
				end if;
				v_row := jsonb_build_object('n', n, 'contact_id', u.contact_id,
					'verdict', case when u.is_new then 'created' when u.is_changed then 'updated' else 'unchanged' end,
					'reason', u.reason);
			exception
				-- What does not fit fails this line alone.
				when integrity_constraint_violation or data_exception then
					v_row := jsonb_build_object('n', n, 'verdict', 'skipped', 'reason', sqlerrm);
			end;
			v_rows := v_rows || v_row;
		end loop;
		if p_dry_run then
			raise exception 'taken back' using errcode = 'HL002';
		end if;
	exception
		when sqlstate 'HL002' then null;
	end;
	return query select x.n, x.contact_id, x.verdict, x.reason
		from jsonb_to_recordset(v_rows) x (n integer, contact_id bigint, verdict text, reason text)
	       order by x.n;
end
$$;

CREATE FUNCTION hookline.contact_like(p_begin text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
	select E'%\n' || regexp_replace(p_begin, '([\\%_])', '\\\1', 'g') || '%'
$$;

CREATE FUNCTION hookline.contact_lock(p_account bigint, p_contacts bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	-- One at a time in an account.  Whoever changes a hook waits for this lock
	-- too (hooks_changed), and holds nothing that is wanted here.  All the
	-- others are taken at once or not at all: who waits for none can't be part
	-- of a circle.
	perform from hookline.account a where a.id = p_account for no key update;
	for v_turn in 1 .. 200 loop
		if hookline.contact_try_lock(p_account, p_contacts) then
			return;
		end if;
		perform pg_sleep(0.001 * least(v_turn, 20));
	end loop;
	raise exception 'contact_lock: other transactions kept changing the contact'
		using errcode = 'serialization_failure';
end
$$;

CREATE FUNCTION hookline.contact_mark(p_account bigint, p_field text, p_value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
	select hashtextextended(p_field || '=' || lower(p_value), p_account)
$$;

CREATE FUNCTION hookline.contact_marks(p_account bigint, p_custom jsonb) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
	return array(
		select hookline.contact_mark(p_account, x.key, x.value)
		  from jsonb_each_text(p_custom) x where x.value is not null);
end
$$;

CREATE FUNCTION hookline.contact_meant(p_account bigint, p_words text[], p_numbers text[], p_tag text, p_most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_phrase  text := array_to_string(p_words, ' ');
	v_ids     bigint[]; -- who is meant by the words; null: it is not known
	v_more    bigint[] := '{}';
	v_tagged  bigint[]; -- who has the tag; null: very many, or none is asked for
	v_set     bigint[];
	v_common  text[] := '{}'; -- patterns of words that very many have
	v_w       text;
begin
	if p_tag is not null then
		v_tagged := hookline.contact_tagged(p_account, p_tag, p_most);
		if cardinality(v_tagged) >= p_most then
			v_tagged := null;
		elsif p_words = '{}' then
			return v_tagged;
		end if;
	end if;
	foreach v_w in array p_words loop
		v_set := hookline.contact_prefixed(p_account, v_w, p_most);
		if cardinality(v_set) >= p_most then
			v_common := v_common || hookline.contact_like(v_w);
		elsif v_ids is null then
			v_ids := v_set;
		else
			v_ids := array(select unnest(v_ids) intersect select unnest(v_set));
		end if;
	end loop;
	if v_ids is not null then
		if v_common <> '{}' then
			v_ids := hookline.contact_among(p_account, v_ids, v_common, null, null, null);
		end if;
		v_more := hookline.contact_numbered(p_account, p_numbers, p_most);
		if cardinality(p_words) > 1 then
			v_more := v_more || hookline.contact_prefixed(p_account, v_phrase, p_most);
		end if;
		v_ids := case when cardinality(v_more) < p_most
			then array(select unnest(v_ids) union select unnest(v_more)) end;
	end if;
	if p_tag is null then
		return v_ids;
	elsif v_ids is not null and v_tagged is not null then
		return array(select unnest(v_ids) intersect select unnest(v_tagged));
	elsif v_ids is not null then
		return hookline.contact_among(p_account, v_ids, '{}', null, null, p_tag);
	elsif v_tagged is not null then
		return hookline.contact_among(p_account, v_tagged,
			array(select hookline.contact_like(w) from unnest(p_words) w),
			hookline.contact_like(v_phrase), p_numbers, null);
	end if;
	return null;
end
$$;

CREATE FUNCTION hookline.contact_meant_all(p_account bigint, p_words text[], p_numbers text[], p_tag text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	c_all   constant integer := 2147483647;
	v_ids   bigint[];
	v_more  bigint[];
begin
	if p_words = '{}' then
		return hookline.contact_tagged(p_account, p_tag, c_all);
	end if;
	-- The longest word says most.
	v_ids := hookline.contact_prefixed(p_account,
		(select w from unnest(p_words) w order by length(w) desc limit 1), c_all);
	if p_tag is not null or cardinality(p_words) > 1 then
		v_ids := hookline.contact_among(p_account, v_ids,
			array(select hookline.contact_like(w) from unnest(p_words) w), null, null, p_tag);
	end if;
	v_more := hookline.contact_numbered(p_account, p_numbers, c_all);
	if cardinality(p_words) > 1 then
		v_more := v_more || hookline.contact_prefixed(p_account, array_to_string(p_words, ' '), c_all);
	end if;
	if p_tag is not null then
		v_more := hookline.contact_among(p_account, v_more, '{}', null, null, p_tag);
	end if;
	return array(select unnest(v_ids) union select unnest(v_more));
end
$$;

CREATE FUNCTION hookline.contact_merge(p_account bigint, p_keep bigint, p_other bigint, p_by text, p_dry_run boolean) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_keep        jsonb;
	v_other       jsonb;
	v_fill        jsonb;
	v_identities  jsonb;
	v_deliveries  bigint[];
	v_merge       bigint;
	v_result      jsonb;
	t             record;
begin
	if p_keep = p_other then
		return jsonb_build_object('problem', format('%s is one contact: name two', p_keep));
	end if;
	perform hookline.contact_lock(p_account, array[p_keep, p_other]);
	select to_jsonb(c) into v_keep from hookline.contact c where c.account_id = p_account and c.id = p_keep;
	select to_jsonb(c) into v_other from hookline.contact c where c.account_id = p_account and c.id = p_other;
	if v_keep is null or v_other is null then
		return jsonb_build_object('problem', hookline.contact_gone(p_account,
			case when v_keep is null then p_keep else p_other end));
	end if;
	if v_keep ->> 'erased_at' is not null or v_other ->> 'erased_at' is not null then
		return jsonb_build_object('problem', format('contact %s was erased',
			case when v_keep ->> 'erased_at' is not null then p_keep else p_other end));
	end if;

	begin
		with moved as (
			update hookline.contact_identity i set contact_id = p_keep
			 where i.account_id = p_account and i.contact_id = p_other
			returning i.kind, i.value)
		select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'value', m.value)
			order by m.kind, m.value), '[]') into v_identities from moved m;
		t := hookline.contact_take_runs(p_account, p_keep, p_other);
		with moved as (
			update hookline.delivery d set contact_id = p_keep
			 where d.account_id = p_account and d.contact_id = p_other
			returning d.id)
		select coalesce(array_agg(m.id order by m.id), '{}') into v_deliveries from moved m;
		delete from hookline.contact c where c.account_id = p_account and c.id = p_other;
		v_fill := hookline.contact_fill(p_account, v_keep, v_other);
		if not p_dry_run then
			insert into hookline.contact_merge (account_id, keep_id, other_id, merged_by,
				keep_before, keep_after, other_before, identities, runs, cancelled_runs,
				loosened_runs, deliveries)
			select p_account, p_keep, p_other, coalesce(p_by, ''), v_keep, to_jsonb(c), v_other,
			       v_identities, t.runs, t.cancelled, t.loosened, v_deliveries
			  from hookline.contact c where c.account_id = p_account and c.id = p_keep
			returning id into v_merge;
		end if;
		v_result := jsonb_build_object('merge', v_merge::text,
			'contact', p_keep::text, 'other', p_other::text, 'dry_run', p_dry_run,
			'filled', v_fill, 'identities', v_identities,
			'tags', (select c.tags from hookline.contact c where c.account_id = p_account and c.id = p_keep),
			'do_not_contact', (select c.do_not_contact from hookline.contact c where c.account_id = p_account and c.id = p_keep),
			'unsubscribed_at', (select c.unsubscribed_at from hookline.contact c where c.account_id = p_account and c.id = p_keep),
			'runs', cardinality(t.runs),
			'cancelled_runs', to_jsonb(t.cancelled::text[]),
			'deliveries', cardinality(v_deliveries));
		if p_dry_run then
			raise exception 'taken back' using errcode = 'HL002';
		end if;
	exception
		when sqlstate 'HL002' then null;
	end;
	return v_result;
end
$$;

CREATE FUNCTION hookline.contact_now(p_account bigint, p_contact bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return (
		with recursive taken (id, depth) as (
			select p_contact, 0
			union all
			select m.keep_id, t.depth + 1 from hookline.contact_merge m
			  join taken t on t.id = m.other_id
			 where m.account_id = p_account and m.unmerged_at is null and t.depth < 100)
		select c.id from taken t
		  join hookline.contact c on c.account_id = p_account and c.id = t.id
		 where c.erased_at is null
		 order by t.depth limit 1);
end
$$;

CREATE FUNCTION hookline.contact_numbered(p_account bigint, p_numbers text[], p_most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	-- In every collation letters come behind digits.
	return array(
		select i.contact_id from unnest(p_numbers) n
		 cross join lateral (
			select x.contact_id from hookline.contact_identity x
			 where x.account_id = p_account and x.kind = 'phone'
			   and x.value >= n and x.value < n || 'a' and starts_with(x.value, n)
			 limit p_most) i);
end
$$;

CREATE FUNCTION hookline.contact_opted_out(p_account bigint, p_contact bigint, p_phone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	if p_phone is null then
		return;
	end if;
	perform from hookline.contact_identity i
	 where i.account_id = p_account and i.kind = 'phone' and i.value = p_phone
	   and i.contact_id = p_contact;
	if found then
		perform hookline.contact_stop(p_account, p_contact, array['sms'], true);
	end if;
end
$$;

CREATE FUNCTION hookline.contact_own_fields() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
	select array['email', 'phone', 'first_name', 'last_name', 'company_name',
		'address1', 'city', 'state', 'postal_code', 'country', 'timezone',
		'date_of_birth', 'source', 'website']
$$;

CREATE FUNCTION hookline.contact_patch(p_account bigint, p_contact bigint, p_patch jsonb, OUT problem text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.contact_pattern(p_account bigint, p_contact bigint) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select hookline.person_pattern(
		array(select i.value from hookline.contact_identity i
		       where i.account_id = p_account and i.contact_id = p_contact and i.kind = 'email'
		      union
		      select c.email from hookline.contact c where c.account_id = p_account and c.id = p_contact),
		array(select i.value from hookline.contact_identity i
		       where i.account_id = p_account and i.contact_id = p_contact and i.kind = 'phone'
		      union
		      select c.phone from hookline.contact c where c.account_id = p_account and c.id = p_contact))
$$;

CREATE FUNCTION hookline.contact_person(p_account bigint, p_contact bigint) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return array(
		with recursive person (id) as (
			values (p_contact)
			union
			select m.other_id from hookline.contact_merge m
			  join person p on p.id = m.keep_id
			 where m.account_id = p_account and m.unmerged_at is null)
		select p.id from person p);
end
$$;

CREATE FUNCTION hookline.contact_prefixed(p_account bigint, p_begin text, p_most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_end  text := p_begin || E'\U0010FFFF'; -- behind all that begins so
begin
	return array(
		(select c.id from hookline.contact c
		  where c.account_id = p_account and c.last_name is not null
		    and lower(c.last_name) ~>=~ p_begin and lower(c.last_name) ~<~ v_end limit p_most)
		union
		(select c.id from hookline.contact c
		  where c.account_id = p_account and c.first_name is not null
		    and lower(c.first_name) ~>=~ p_begin and lower(c.first_name) ~<~ v_end limit p_most)
		union
		(select c.id from hookline.contact c
		  where c.account_id = p_account and c.company_name is not null
		    and lower(c.company_name) ~>=~ p_begin and lower(c.company_name) ~<~ v_end limit p_most)
		union
		(select i.contact_id from hookline.contact_identity i
		  where i.account_id = p_account and i.kind = 'email'
		    and i.value ~>=~ p_begin and i.value ~<~ v_end limit p_most));
end
$$;

CREATE FUNCTION hookline.contact_retag(p_account bigint, p_contact bigint, p_add jsonb, p_remove jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	update hookline.contact c
	   set tags = hookline.tags_changed(c.tags, p_add, p_remove), updated_at = now()
	 where c.account_id = p_account and c.id = p_contact
	   and c.tags is distinct from hookline.tags_changed(c.tags, p_add, p_remove);
	return found;
end
$$;

CREATE FUNCTION hookline.contact_scan(p_account bigint, p_like text[], p_phrase text, p_numbers text[], p_tag text, p_before bigint, p_limit integer, p_most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return array(
		select c.id
		  from (select x.* from hookline.contact x
			 where x.account_id = p_account and x.id < p_before
			 order by x.id desc limit p_most) c
		 where c.erased_at is null
		   and (p_tag is null or lower(c.tags::text)::text[] @> array[lower(p_tag)])
		   and (hookline.contact_text(c.first_name, c.last_name, c.company_name, c.email) like all (p_like)
			or hookline.contact_text(c.first_name, c.last_name, c.company_name, c.email) like p_phrase
			or c.phone ^@ any (p_numbers))
		 order by c.id desc limit p_limit);
end
$$;

CREATE FUNCTION hookline.contact_search(p_account bigint, p_words text[], p_numbers text[], p_tag text, p_before bigint, p_limit integer) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_before  bigint := coalesce(p_before, 9223372036854775807);
	v_words   text[] := array(select lower(w) from unnest(p_words) w);
	v_ids     bigint[];
begin
	-- What few have, the indexes find.  What many have is among the newest;
	-- where it is not, the indexes find it all the same.
	v_ids := hookline.contact_meant(p_account, v_words, p_numbers, p_tag, 2000);
	if v_ids is null then
		v_ids := hookline.contact_scan(p_account,
			array(select hookline.contact_like(w) from unnest(v_words) w),
			hookline.contact_like(array_to_string(v_words, ' ')), p_numbers, p_tag,
			v_before, p_limit, 6000);
		if cardinality(v_ids) < p_limit then
			v_ids := hookline.contact_meant_all(p_account, v_words, p_numbers, p_tag);
		end if;
	end if;
	return query select x from unnest(v_ids) x where x < v_before order by x desc limit p_limit;
end
$$;

CREATE FUNCTION hookline.contact_set(p_account bigint, p_contact bigint, p_fields jsonb) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.contact_stop(p_account bigint, p_contact bigint, p_channels text[], p_is_stopped boolean) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	-- Old values are read from the row that is updated, as in contact_set.
	update hookline.contact c
	   set unsubscribed_at = case
			when 'marketing' <> all (p_channels) then c.unsubscribed_at
			when p_is_stopped then coalesce(c.unsubscribed_at, now()) end,
	       do_not_contact = array(
			select k.channel from unnest(array['email', 'sms']) k (channel)
			 where case when k.channel = any (p_channels) then p_is_stopped
				    else k.channel = any (c.do_not_contact) end),
	       updated_at = now()
	 where c.account_id = p_account and c.id = p_contact and c.erased_at is null
	   and exists (
		select from unnest(p_channels) k (channel)
		 where p_is_stopped <> case k.channel
			when 'marketing' then c.unsubscribed_at is not null
			else k.channel = any (c.do_not_contact) end);
	return found;
end
$$;

CREATE FUNCTION hookline.contact_stop_as(p_account bigint, p_contact bigint, p_row jsonb) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
begin
	update hookline.contact c
	   set unsubscribed_at = least(c.unsubscribed_at, (p_row ->> 'unsubscribed_at')::timestamptz),
	       do_not_contact = array(
			select k.channel from unnest(array['email', 'sms']) k (channel)
			 where k.channel = any (c.do_not_contact) or p_row -> 'do_not_contact' ? k.channel),
	       updated_at = now()
	 where c.account_id = p_account and c.id = p_contact and c.erased_at is null
	   and (least(c.unsubscribed_at, (p_row ->> 'unsubscribed_at')::timestamptz) is distinct from c.unsubscribed_at
		or exists (select from unnest(array['email', 'sms']) k (channel)
			    where p_row -> 'do_not_contact' ? k.channel and k.channel <> all (c.do_not_contact)));
	return found;
end
$$;

CREATE FUNCTION hookline.contact_stop_back(p_account bigint, m hookline.contact_merge, p_now jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_since  jsonb;
begin
	-- What was decided while they were one holds for both.
	select coalesce(jsonb_object_agg(x.name, p_now -> x.name), '{}') into v_since
	  from unnest(array['unsubscribed_at', 'do_not_contact']) x (name)
	 where p_now -> x.name <> m.keep_after -> x.name;
	perform hookline.contact_stop_as(p_account, m.other_id, v_since);
	update hookline.contact c
	   set unsubscribed_at = case when v_since ? 'unsubscribed_at' then c.unsubscribed_at
			else (m.keep_before ->> 'unsubscribed_at')::timestamptz end,
	       do_not_contact = case when v_since ? 'do_not_contact' then c.do_not_contact
			else array(select jsonb_array_elements_text(m.keep_before -> 'do_not_contact')) end
	 where c.account_id = p_account and c.id = m.keep_id;
	return (select coalesce(jsonb_agg(k), '[]') from jsonb_object_keys(v_since) k
		 where m.keep_before -> k <> m.keep_after -> k);
end
$$;

CREATE FUNCTION hookline.contact_stop_by(p_account bigint, p_contact bigint, p_channels jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	perform hookline.contact_stop(p_account, p_contact, array[k.channel], p_channels ? k.channel)
	   from unnest(array['email', 'sms']) k (channel)
	  where p_channels is not null;
end
$$;

CREATE FUNCTION hookline.contact_tag_marks(p_account bigint, p_tags text[]) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
	return array(select hashtextextended(lower(t), p_account) from unnest(p_tags) t);
end
$$;

CREATE FUNCTION hookline.contact_tagged(p_account bigint, p_tag text, p_most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return array(
		select c.id from hookline.contact c
		 where c.account_id = p_account and c.tags <> '{}'
		   and hookline.contact_tag_marks(c.account_id, c.tags)
		       @> array[hashtextextended(lower(p_tag), p_account)]
		   and lower(c.tags::text)::text[] @> array[lower(p_tag)]
		 limit p_most);
end
$$;

CREATE FUNCTION hookline.contact_take(p_account bigint, p_contact bigint, p_kind text, p_value text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.contact_take_runs(p_account bigint, p_keep bigint, p_other bigint, OUT runs bigint[], OUT cancelled bigint[], OUT loosened bigint[]) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	-- One contact is in a workflow once: the run of the one that stays goes on.
	with ended as (
		update hookline.workflow_run r
		   set status = 'cancelled', due_at = null, paused_due_at = null, leased_by = null,
		       held_by = null, wait = null, finished_at = now(),
		       last_error = format('the contact was merged into contact %s, which is in the workflow already', p_keep)
		 where r.account_id = p_account and r.contact_id = p_other
		   and r.status in ('waiting', 'running')
		   and exists (select from hookline.workflow_run k
				where k.account_id = p_account and k.contact_id = p_keep
				  and k.status in ('waiting', 'running')
				  and k.workflow_id = r.workflow_id and k.reentry_key = r.reentry_key
				  and (k.reentry <> 'always' or r.reentry <> 'always'))
		returning r.id)
	select coalesce(array_agg(e.id order by e.id), '{}') into cancelled from ended e;
	-- Two runs that each were the only one ever: the rule holds by one of them.
	with looser as (
		update hookline.workflow_run r
		   set reentry = 'always'
		 where r.account_id = p_account and r.contact_id = p_other and r.reentry = 'never'
		   and exists (select from hookline.workflow_run k
				where k.account_id = p_account and k.contact_id = p_keep
				  and k.reentry = 'never' and k.workflow_id = r.workflow_id
				  and k.reentry_key = r.reentry_key)
		returning r.id)
	select coalesce(array_agg(l.id order by l.id), '{}') into loosened from looser l;
	with moved as (
		update hookline.workflow_run r set contact_id = p_keep
		 where r.account_id = p_account and r.contact_id = p_other
		returning r.id)
	select coalesce(array_agg(m.id order by m.id), '{}') into runs from moved m;
	perform hookline.runs_wake(p_account, runs);
end
$$;

CREATE FUNCTION hookline.contact_text(p_first text, p_last text, p_company text, p_email text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
	select E'\n' || lower(concat_ws(E'\n', p_first, p_last, p_company, p_email))
$$;

CREATE FUNCTION hookline.contact_try_lock(p_account bigint, p_contacts bigint[]) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_former  bigint[] := hookline.contact_former_runs(p_account, p_contacts);
begin
	perform from hookline.workflow_run r
	 where r.account_id = p_account
	   and (r.contact_id = any (p_contacts)
		or r.id = any (v_former))
	   and r.status in ('waiting', 'running') for update nowait;
	perform from hookline.contact_identity i
	 where i.account_id = p_account and i.contact_id = any (p_contacts) for update nowait;
	perform from hookline.contact c
	 where c.account_id = p_account and c.id = any (p_contacts) for update nowait;
	-- Nobody can give them anything from here on.  What was given meanwhile:
	v_former := hookline.contact_former_runs(p_account, p_contacts);
	perform from hookline.workflow_run r
	 where r.account_id = p_account
	   and (r.contact_id = any (p_contacts)
		or r.id = any (v_former))
	   and r.status in ('waiting', 'running') for update nowait;
	perform from hookline.contact_identity i
	 where i.account_id = p_account and i.contact_id = any (p_contacts) for update nowait;
	return true;
exception
	when lock_not_available then
		return false;
end
$$;

CREATE FUNCTION hookline.contact_unmerge(p_account bigint, p_merge bigint, p_by text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	m             hookline.contact_merge;
	v_identities  jsonb;
	v_kept        jsonb;
	v_runs        bigint;
	v_deliveries  bigint;
begin
	select * into m from hookline.contact_merge x
	 where x.account_id = p_account and x.id = p_merge;
	if m.id is null then
		return jsonb_build_object('problem', format('there is no merge %s', p_merge));
	end if;
	perform hookline.contact_lock(p_account, array[m.keep_id]);
	select * into m from hookline.contact_merge x
	 where x.account_id = p_account and x.id = p_merge for update;
	if m.scrubbed_at is not null then
		return jsonb_build_object('problem', format('merge %s can''t be undone: the person was erased', p_merge));
	elsif m.unmerged_at is not null then
		return jsonb_build_object('problem', format('merge %s was undone already', p_merge));
	elsif not exists (select from hookline.contact c where c.account_id = p_account and c.id = m.keep_id) then
		return jsonb_build_object('problem', hookline.contact_gone(p_account, m.keep_id) || ': undo that first');
	end if;

	insert into hookline.contact
	select (jsonb_populate_record(null::hookline.contact, m.other_before)).*;
	with moved as (
		update hookline.contact_identity i set contact_id = m.other_id
		  from jsonb_to_recordset(m.identities) x (kind text, value text)
		 where i.account_id = p_account and i.contact_id = m.keep_id
		   and i.kind = x.kind and i.value = x.value
		returning i.kind, i.value)
	select coalesce(jsonb_agg(jsonb_build_object('kind', v.kind, 'value', v.value)
		order by v.kind, v.value), '[]') into v_identities from moved v;
	update hookline.contact c
	   set email = case when hookline.contact_has(p_account, c.id, 'email') then c.email end,
	       phone = case when v_identities @> jsonb_build_array(jsonb_build_object('kind', 'phone', 'value', c.phone)) then c.phone end
	 where c.account_id = p_account and c.id = m.other_id;
	v_kept := hookline.contact_give_back(p_account, m);
	update hookline.workflow_run r
	   set contact_id = m.other_id,
	       reentry = case when r.id = any (m.loosened_runs) then 'never' else r.reentry end
	 where r.account_id = p_account and r.contact_id = m.keep_id and r.id = any (m.runs);
	get diagnostics v_runs = row_count;
	perform hookline.runs_wake(p_account, m.runs);
	update hookline.delivery d set contact_id = m.other_id
	 where d.account_id = p_account and d.contact_id = m.keep_id and d.id = any (m.deliveries);
	get diagnostics v_deliveries = row_count;
	update hookline.contact_merge x set unmerged_at = now(), unmerged_by = coalesce(p_by, '')
	 where x.account_id = p_account and x.id = p_merge;
	return jsonb_build_object('merge', p_merge::text, 'contact', m.keep_id::text,
		'other', m.other_id::text, 'kept', v_kept, 'identities', v_identities,
		'runs', v_runs, 'deliveries', v_deliveries,
		'still_cancelled_runs', to_jsonb(m.cancelled_runs::text[]));
end
$$;

CREATE FUNCTION hookline.contact_upsert(p_account bigint, p_fields jsonb, p_email_key text, OUT contact_id bigint, OUT is_new boolean, OUT is_changed boolean, OUT reason text) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.contact_wakes_runs() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
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

CREATE FUNCTION hookline.contacts_named(p_account bigint, p_text text) RETURNS bigint[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
	with exact as (
		select i.contact_id as id from hookline.contact_identity i
		 where i.account_id = p_account and i.kind = 'email' and i.value = lower(p_text)
		union
		select i.contact_id from hookline.contact_identity i
		 where i.account_id = p_account and i.kind = 'phone'
		   and i.value = '+' || regexp_replace(p_text, '[^0-9]', '', 'g')
		union
		select c.id from hookline.contact c
		 where c.account_id = p_account and c.id = case when p_text ~ '^[0-9]{1,18}$' then p_text::bigint end
	)
	select coalesce(array_agg(x.id), '{}') from (
		select e.id from exact e
		union all
		(select n.id from (
			select c.id, lower(concat_ws(' ', c.first_name, c.last_name, c.email, c.phone)) as text
			  from hookline.contact c
			 where c.account_id = p_account and not exists (select from exact)
			 order by c.id desc limit 20000) n
		 where strpos(n.text, lower(p_text)) > 0
		 order by n.id desc limit 100)) x
$_$;

CREATE FUNCTION hookline.day_begins(p_account bigint, p_day text, p_more integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select (p_day::date + p_more)::timestamp at time zone a.timezone
	  from hookline.account a where a.id = p_account
$$;

CREATE FUNCTION hookline.delivery_forget(p_days integer, p_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $$
declare
	v_before  timestamptz := now() - make_interval(days => p_days);
	v_since   timestamptz;
	v_until   timestamptz;
	v_n       integer;
	v_gone    integer := 0;
	t         record;
begin
	if p_days < 1 then
		raise invalid_parameter_value using message = 'deliveries are kept for a day at least';
	end if;
	-- A partition that should have been dropped will be: its rows are not
	-- deleted one by one before.
	select coalesce(max(p.until), '-infinity') into v_since
	  from hookline.delivery_partitions() p where p.until <= v_before;
	for t in select x.account_id, x.id from hookline.trigger x order by 1, 2 loop
		select d.received_at into v_until from hookline.delivery d
		 where d.account_id = t.account_id and d.trigger_id = t.id
		   and d.received_at >= v_since and d.received_at < v_before
		 order by d.received_at offset p_most - v_gone - 1 limit 1;
		delete from hookline.delivery d
		 where d.account_id = t.account_id and d.trigger_id = t.id
		   and d.received_at >= v_since and d.received_at < v_before
		   and d.received_at <= coalesce(v_until, v_before);
		get diagnostics v_n = row_count;
		v_gone := v_gone + v_n;
		exit when v_gone >= p_most;
	end loop;
	return v_gone;
exception
	when lock_not_available then
		return 0;
end
$$;

CREATE FUNCTION hookline.delivery_id_at(p_account bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_low   bigint;
	v_high  bigint;
	v_mid   bigint;
	r       record;
begin
	select min(x.id) - 1, max(x.id) into v_low, v_high
	  from hookline.delivery x where x.account_id = p_account;
	while v_low < v_high loop
		v_mid := v_low + (v_high - v_low + 1) / 2;
		-- One that waited in the spool is older than its neighbours.
		select max(y.id) as id, max(y.received_at) as received_at into r from (
			select x.id, x.received_at from hookline.delivery x
			 where x.account_id = p_account and x.id >= v_mid order by x.id limit 3) y;
		if r.received_at < p_at then
			v_low := r.id;
		else
			v_high := v_mid - 1;
		end if;
	end loop;
	return coalesce(v_low, 0);
end
$$;

CREATE FUNCTION hookline.delivery_partition_drop(p_days integer, OUT partition text, OUT deliveries bigint, OUT bytes bigint, OUT problem text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $$
begin
	if p_days < 1 then
		raise invalid_parameter_value using message = 'deliveries are kept for a day at least';
	end if;
	select p.name, p.deliveries, p.bytes into partition, deliveries, bytes
	  from hookline.delivery_partitions() p
	 where p.until <= now() - make_interval(days => p_days)
	 order by p.until limit 1;
	if partition is null then
		return;
	end if;

	-- Deliveries that come in wait for this, but not for long; so does it for
	-- those who read.
	begin
		execute format('drop table hookline.%I', partition);
	exception
		when lock_not_available then
			problem := 'it is being read';
		when undefined_table then
			problem := 'somebody else drops it';
		when dependent_objects_still_exist then
			problem := 'something else depends on it';
	end;
end
$$;

CREATE FUNCTION hookline.delivery_partition_ensure(p_months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.delivery_partition_explain(p_name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.delivery_partitions() RETURNS TABLE(name text, since timestamp with time zone, until timestamp with time zone, deliveries bigint, bytes bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
	-- The catalogue shows bounds in the time zone that is set; so they are read.
	return query
	select c.relname::text, x.bounds[1]::timestamptz, x.bounds[2]::timestamptz,
	       case when c.reltuples >= 0 then c.reltuples::bigint end,
	       pg_total_relation_size(c.oid)
	  from pg_inherits i
	  join pg_class c on c.oid = i.inhrelid
	 cross join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid),
		'^FOR VALUES FROM \(''([^'']+)''\) TO \(''([^'']+)''\)$') x (bounds)
	 where i.inhparent = 'hookline.delivery'::regclass and x.bounds is not null
	 order by 3;
end
$_$;

CREATE FUNCTION hookline.delivery_search(p_account bigint, p_filter jsonb, p_most integer, OUT ids bigint[], OUT times timestamp with time zone[], OUT older bigint, OUT older_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
	v_text      text := nullif(p_filter ->> 'text', '');
	v_look      integer := case when v_text is null then 20000 else 1000 end;
	v_outcome   text := p_filter ->> 'outcome';
	v_trigger   bigint;
	v_below     bigint := coalesce((p_filter ->> 'before')::bigint, 9223372036854775807);
	v_below_at  timestamptz := coalesce((p_filter ->> 'before_at')::timestamptz, 'infinity');
	v_above     bigint := 0;
	v_since     timestamptz := coalesce(hookline.day_begins(p_account, p_filter ->> 'from', 0), '-infinity');
	v_until     timestamptz := coalesce(hookline.day_begins(p_account, p_filter ->> 'to', 1), 'infinity');
	v_which     text := ' from hookline.delivery x
		where x.account_id = $1 and x.received_at >= $5 and x.received_at < $6';
	v_order     text;
begin
	if p_filter ->> 'workflow' is not null then
		select t.id into v_trigger from hookline.trigger t
		 where t.account_id = p_account and t.workflow_id = (p_filter ->> 'workflow')::bigint;
		v_trigger := coalesce(v_trigger, 0);
	end if;
	if v_trigger is not null and coalesce(v_outcome, 'enrolled') = 'enrolled' then
		v_order := ' order by x.received_at desc, x.id desc';
		v_which := v_which || ' and x.trigger_id = $4 and (x.received_at, x.id) < ($7, $2) and x.id > $3';
	else
		-- By ids, which a day is turned into as well as may be.
		if v_until < 'infinity' then
			v_below := least(v_below, hookline.delivery_id_at(p_account, v_until + interval '15 minutes') + 1);
		end if;
		if v_since > '-infinity' then
			v_above := hookline.delivery_id_at(p_account, v_since - interval '15 minutes');
		end if;
		v_order := ' order by x.id desc';
		v_which := v_which || ' and x.id < $2 and x.id > $3';
		if v_outcome <> 'enrolled' then
			v_which := v_which || ' and x.outcome = $8 and x.outcome <> ''enrolled''';
		end if;
	end if;
	v_which := v_which || v_order || ' limit $10';
	execute format('select array_agg(y.id), array_agg(y.received_at) from (
			select x.id, x.received_at from (select x.* %s) x
			 where ($4 is null or x.trigger_id = $4) and ($8 is null or x.outcome = $8)
			   and ($9 is null or strpos(lower(concat_ws(e''\n'', x.payload, x.query, x.headers, x.reason,
					host(x.remote_addr))), lower($9)) > 0
				or position(convert_to($9, ''UTF8'') in x.body) > 0)
			%s limit $11) y', v_which, v_order)
	   into ids, times
	  using p_account, v_below, v_above, v_trigger, v_since, v_until, v_below_at, v_outcome, v_text,
		v_look, p_most + 1;
	ids := coalesce(ids, '{}');
	if cardinality(ids) > p_most then
		ids := ids[:p_most];
		times := times[:p_most];
		older := ids[p_most];
		older_at := times[p_most];
		return;
	end if;
	execute format('select x.id, x.received_at from (select x.id, x.received_at %s) x offset $10 - 1', v_which)
	   into older, older_at
	  using p_account, v_below, v_above, v_trigger, v_since, v_until, v_below_at, v_outcome, v_text,
		v_look;
end
$_$;

CREATE FUNCTION hookline.grant_roles() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_missing  text := hookline.grant_roles_0007();
begin
	if 'hookline_executor' <> all (string_to_array(v_missing, ' ')) then
		grant insert on hookline.tally_delta to hookline_executor;
		-- What writes contacts computes by what their tags are found.
		grant execute on function hookline.workflow_tally(integer),
			hookline.contact_tag_marks(bigint, text[]) to hookline_executor;
	end if;
	return v_missing;
end
$$;

CREATE FUNCTION hookline.grant_roles_0007() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_role     text;
	v_missing  text[] := '{}';
begin
	-- One at a time: the server refuses two GRANTs on one object at once.
	perform from hookline.migration m where m.version = 1 for update;

	foreach v_role in array array['hookline_hook', 'hookline_executor', 'hookline_builder', 'hookline_reader'] loop
		if not exists (select from pg_roles where rolname = v_role) then
			begin
				execute format('create role %I nologin', v_role);
			exception
				when insufficient_privilege then
					v_missing := v_missing || v_role;
					continue;
				when duplicate_object or unique_violation then
					null; -- somebody else was quicker
			end;
		end if;
		execute format('grant usage on schema hookline to %I', v_role);
		execute format('grant select on hookline.migration to %I', v_role);
	end loop;

	revoke execute on all functions in schema hookline from public;

	if 'hookline_hook' <> all (v_missing) then
		grant execute on function hookline.hook_resolve(bytea),
			hookline.hook_receive(jsonb, bytea),
			hookline.hook_receipt(bytea, bigint),
			hookline.unsubscribe_show(bigint, bigint),
			hookline.unsubscribe_set(bigint, bigint, boolean) to hookline_hook;
	end if;
	if 'hookline_executor' <> all (v_missing) then
		grant select on hookline.account, hookline.custom_field, hookline.workflow,
			hookline.workflow_version, hookline.secret
			to hookline_executor;
		-- Locking a row takes the right to change one of its columns.
		grant update (updated_at) on hookline.workflow to hookline_executor;
		grant select, insert, update on hookline.workflow_run, hookline.contact, hookline.run_step,
			hookline.contact_identity to hookline_executor;
		grant select, insert on hookline.former_contact to hookline_executor;
		grant select, insert, update, delete on hookline.executor, hookline.destination
			to hookline_executor;
		grant select, update on hookline.upkeep to hookline_executor;
		grant execute on function hookline.run_record(jsonb),
			hookline.contact_patch(bigint, bigint, jsonb),
			hookline.contact_stop(bigint, bigint, text[], boolean),
			hookline.contact_stop_by(bigint, bigint, jsonb),
			hookline.contact_opted_out(bigint, bigint, text),
			hookline.contact_take(bigint, bigint, text, text),
			hookline.contact_set(bigint, bigint, jsonb),
			hookline.contact_mark(bigint, text, text),
			hookline.contact_marks(bigint, jsonb),
			hookline.tags_changed(text[], jsonb, jsonb),
			hookline.moment_of(timestamp, text),
			hookline.moment_after(timestamptz, interval, text),
			hookline.zone_known(text, text),
			hookline.window_opens(timestamptz, jsonb, text),
			hookline.run_enrol(bigint, bigint, text, jsonb),
			hookline.run_start(jsonb, boolean),
			hookline.run_act(bigint, bigint, bigint, jsonb),
			hookline.run_unenrol(bigint, bigint, bigint, text, text),
			hookline.run_adopt(bigint, bigint, bigint),
			hookline.user_addresses(bigint, jsonb),
			hookline.delivery_partition_ensure(integer),
			hookline.delivery_partition_drop(integer),
			hookline.delivery_forget(integer, integer),
			hookline.leftovers_forget(bigint, integer),
			hookline.hook_resolve(bytea),
			hookline.hook_receive(jsonb, bytea) to hookline_executor;
	end if;
	if 'hookline_builder' <> all (v_missing) then
		grant select, insert, update, delete on all tables in schema hookline to hookline_builder;
		revoke insert, update, delete on hookline.migration from hookline_builder;
		revoke update, delete on hookline.workflow_version from hookline_builder;
		grant usage on all sequences in schema hookline to hookline_builder;
		grant execute on all functions in schema hookline to hookline_builder;
	end if;
	if 'hookline_reader' <> all (v_missing) then
		grant select on all tables in schema hookline to hookline_reader;
		revoke all on hookline.app_user, hookline.user_session, hookline.secret from hookline_reader;
	end if;
	return array_to_string(v_missing, ' ');
end
$$;

CREATE FUNCTION hookline.hook_enrol(d jsonb, p jsonb, p_delivery bigint, OUT outcome text, OUT reason text, OUT contact_id bigint, OUT run_id bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.hook_receipt(p_key bytea, p_delivery bigint) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.hook_receive(p_list jsonb, p_bodies bytea) RETURNS TABLE(delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint, parts json)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET lock_timeout TO '3s'
    AS $$
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

CREATE FUNCTION hookline.hook_receive_each(p_list jsonb, p_bodies bytea, p_stale integer[], p_at integer[], p_deliveries bigint[], p_contacts bigint[], p_runs bigint[]) RETURNS TABLE(delivery_id bigint, outcome text, reason text, contact_id bigint, run_id bigint, parts json)
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.hook_refusals(p_account bigint, p_trigger bigint, p_most integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.hook_resolve(p_keys bytea) RETURNS TABLE(key bytea, account_id bigint, trigger_id bigint, workflow_id bigint, status text, version integer, trigger json, settings json, first_step text, webhook_refs json, country text, is_old_url boolean, secrets json, custom_fields json, stamp bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.hooks_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	update hookline.account a set hooks_stamp = a.hooks_stamp + 1
	 where a.id = case tg_op when 'DELETE' then old.account_id else new.account_id end;
	return null;
end
$$;

CREATE FUNCTION hookline.leftovers_forget(p_window_s bigint, p_most integer, OUT dedup_keys integer, OUT spool_entries integer, OUT sessions integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	a    record;
	v_n  integer;
begin
	if p_window_s < 604800 then
		raise invalid_parameter_value using message = 'dedup keys are kept for 7 days at least';
	end if;
	dedup_keys := 0;
	spool_entries := 0;
	sessions := 0;
	-- What somebody else has locked is left for the next time.
	for a in select x.id from hookline.account x order by 1 loop
		delete from hookline.delivery_key k
		 using (select o.trigger_id, o.key from hookline.delivery_key o
			 where o.account_id = a.id and o.received_at < now() - make_interval(secs => p_window_s)
			 order by o.received_at limit p_most for update skip locked) o
		 where k.account_id = a.id and k.trigger_id = o.trigger_id and k.key = o.key;
		get diagnostics v_n = row_count;
		dedup_keys := dedup_keys + v_n;
		delete from hookline.spool_entry s
		 using (select o.name from hookline.spool_entry o
			 where o.account_id = a.id and o.taken_at < now() - interval '30 days'
			 order by o.taken_at limit p_most for update skip locked) o
		 where s.account_id = a.id and s.name = o.name;
		get diagnostics v_n = row_count;
		spool_entries := spool_entries + v_n;
		delete from hookline.user_session s
		 using (select o.token_hash from hookline.user_session o
			 where o.account_id = a.id and o.expires_at < now()
			 limit p_most for update skip locked) o
		 where s.account_id = a.id and s.token_hash = o.token_hash;
		get diagnostics v_n = row_count;
		sessions := sessions + v_n;
		delete from hookline.import_job j
		 using (select o.id from hookline.import_job o
			 where o.account_id = a.id and o.expires_at < now()
			 limit p_most for update skip locked) o
		 where j.account_id = a.id and j.id = o.id;
		exit when greatest(dedup_keys, spool_entries, sessions) >= p_most;
	end loop;
end
$$;

CREATE FUNCTION hookline.live_runs(p_account bigint, p_workflow bigint) RETURNS TABLE(id bigint, version integer, step_id text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.login_failed(p_keys bytea[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	delete from hookline.login_throttle t
	 using (select o.key from hookline.login_throttle o
		 where o.failed_at < now() - interval '1 day'
		 limit 100 for update skip locked) o
	 where t.key = o.key;
	insert into hookline.login_throttle as t (key, failures)
	select k, 1 from unnest(p_keys) k order by k
	on conflict (key) do update set failures = t.failures + 1, failed_at = now();
end
$$;

CREATE FUNCTION hookline.login_wait(p_key bytea, p_free integer) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select coalesce(max(ceil(extract(epoch from
			t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) - now())))::integer, 0)
	  from hookline.login_throttle t
	 where t.key = p_key and t.failures >= p_free
	   and t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) > now()
$$;

CREATE FUNCTION hookline.moment_after(p_at timestamp with time zone, p_span interval, p_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.moment_of(p_local timestamp without time zone, p_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.number_pattern(p_number text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
	-- With its country code, which ITU-T E.164 makes 1 to 3 digits long, or as
	-- it is dialled at home: after a 0, or in North America all 10 digits.
	-- Other shorter forms are left alone, since they could be a date, a time or
	-- somebody else's number abroad.
	select '(?:(?<![0-9.,])(?<![0-9]' || g.one || ')|(?<=%(?:25)*[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\[0-7]{3}))(?:'
	       || '(?:00|011)?' || g.gap || regexp_replace(n.part[1], '(\d)', '\1' || replace(g.gap, '\', '\\'), 'g')
	       || '(?:0' || g.gap || ')?'
	       || case when n.part[1] = '1' then '|' else '|0' || g.gap end || ')'
	       || regexp_replace(n.part[2], '(\d)(?=\d)', '\1' || replace(g.gap, '\', '\\'), 'g')
	       || '(?![0-9]|[.,][0-9])'
	  from regexp_match(p_number,
		'^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[0357-9]\d|9[679]\d)(\d+)$') n (part)
	 cross join (values ('[-+ ()/\u00a0\u2007-\u2015\u202f]',
		'(?:[-+ ()/\u00a0\u2007-\u2015\u202f]|%(?:25)*(?:2[089bdf]|c2%(?:25)*a0)|\\[0-7]{3})*')) g (one, gap)
	 where length(n.part[2]) >= 6
$_$;

CREATE FUNCTION hookline.person_pattern(p_addresses text[], p_numbers text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select string_agg(p.pattern, '|' order by p.pattern collate "C")
	  from (select hookline.address_pattern(a) from unnest(p_addresses) a where a like '%_@_%'
		union
		select hookline.number_pattern(n) from unnest(p_numbers) n) p (pattern)
$$;

CREATE FUNCTION hookline.run_act(p_account bigint, p_run bigint, p_contact bigint, p_record jsonb, OUT problem text, OUT note jsonb, OUT taken_out text) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.run_adopt(p_account bigint, p_run bigint, p_contact bigint, OUT problem text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.run_by_hand(p_account bigint, p_run bigint, p_order text, OUT problem text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.run_end_tally() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
	if tg_op = 'UPDATE' and old.status in ('completed', 'failed', 'cancelled') then
		insert into hookline.tally_delta (account_id, workflow_id, status, n, at)
		values (old.account_id, old.workflow_id, old.status, -1, old.finished_at);
	end if;
	if new.status in ('completed', 'failed', 'cancelled') then
		insert into hookline.tally_delta (account_id, workflow_id, status, n, at)
		values (new.account_id, new.workflow_id, new.status, 1, new.finished_at);
	end if;
	return null;
end
$$;

CREATE FUNCTION hookline.run_enrol(p_account bigint, p_run bigint, p_target text, p_variables jsonb, OUT run_id bigint, OUT problem text) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.run_id_at(p_account bigint, p_at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_low   bigint;
	v_high  bigint;
	v_mid   bigint;
	r       record;
begin
	select min(x.id) - 1, max(x.id) into v_low, v_high
	  from hookline.workflow_run x where x.account_id = p_account;
	while v_low < v_high loop
		v_mid := v_low + (v_high - v_low + 1) / 2;
		select x.id, x.started_at into r from hookline.workflow_run x
		 where x.account_id = p_account and x.id >= v_mid order by x.id limit 1;
		if r.started_at < p_at then
			v_low := r.id;
		else
			v_high := v_mid - 1;
		end if;
	end loop;
	return coalesce(v_low, 0);
end
$$;

CREATE FUNCTION hookline.run_places(p_account bigint, p_workflow bigint) RETURNS json
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select coalesce(json_agg(json_build_object('version', p.version,
			'step', p.step_id, 'count', p.n) order by p.version desc, p.n desc, p.step_id), '[]')
	  from (select l.version, l.step_id, count(*) as n
		  from hookline.live_runs(p_account, p_workflow) l
		 group by l.version, l.step_id) p
$$;

CREATE FUNCTION hookline.run_record(p_list jsonb) RETURNS TABLE(n integer, verdict text, problem text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.run_search(p_account bigint, p_filter jsonb, p_most integer, OUT ids bigint[], OUT older bigint) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
	v_look      integer := case when p_filter ->> 'workflow' is null then 20000 else 5000 end;
	v_status    text := p_filter ->> 'status';
	v_workflow  bigint := p_filter ->> 'workflow';
	v_below     bigint := coalesce((p_filter ->> 'before')::bigint, 9223372036854775807);
	v_above     bigint := 0;
	v_since     timestamptz := hookline.day_begins(p_account, p_filter ->> 'from', 0);
	v_until     timestamptz := hookline.day_begins(p_account, p_filter ->> 'to', 1);
	v_contacts  bigint[];
	v_order     text := ' order by x.id desc limit $10';
	v_which     text := ' from hookline.workflow_run x where x.account_id = $1 and x.id < $2 and x.id > $3';
	v_match     text := 'select array_agg(y.id) from (select r.id from (%s) r
		where ($4 is null or r.workflow_id = $4) and ($5 is null or r.status = $5)
		  and ($6 is null or r.step_id = $6) and ($7 is null or r.started_at >= $7)
		  and ($8 is null or r.started_at < $8)
		order by r.id desc limit $9) y';
begin
	if v_until is not null then
		v_below := least(v_below, hookline.run_id_at(p_account, v_until + interval '1 minute') + 1);
	end if;
	if v_since is not null then
		v_above := hookline.run_id_at(p_account, v_since - interval '1 minute');
	end if;
	if p_filter ->> 'contact' is not null then
		v_contacts := hookline.contacts_named(p_account, p_filter ->> 'contact');
		v_which := ' from unnest($11) c (id) cross join lateral (select x.*' || v_which
			|| ' and x.contact_id = c.id' || v_order || ') x';
	else
		v_which := v_which || case
			when v_status in ('failed', 'cancelled') then ' and x.status = $5 and x.status in (''failed'', ''cancelled'')'
			when v_workflow is not null then ' and x.workflow_id = $4'
			else '' end || v_order;
	end if;
	execute format(v_match, 'select x.*' || v_which) into ids
	  using p_account, v_below, v_above, v_workflow, v_status, p_filter ->> 'step',
		v_since, v_until, p_most + 1, v_look, v_contacts;

	if v_contacts is null and coalesce(cardinality(ids), 0) <= p_most then
		execute 'select min(y.id) from (select x.id' || v_which || ') y having count(*) = $10' into older
		  using p_account, v_below, v_above, v_workflow, v_status, null::text,
			v_since, v_until, p_most, v_look;
	end if;
	if older is not null and v_status = 'running' then
		-- There are few, and all are due when their lease ends, which is a day at most.
		execute format(v_match, 'select x.* from hookline.workflow_run x
			 where x.account_id = $1 and x.status in (''waiting'', ''running'')
			   and x.attempt = 0 and x.held_by is null and x.due_at < now() + interval ''25 hours''
			   and x.id < $2 and x.id > $3
			union all
			select x.* from hookline.workflow_run x
			 where x.account_id = $1 and x.status in (''waiting'', ''running'')
			   and (x.attempt > 0 or x.held_by is not null) and x.due_at < now() + interval ''25 hours''
			   and x.id < $2 and x.id > $3') into ids
		  using p_account, v_below, v_above, v_workflow, v_status, p_filter ->> 'step',
			v_since, v_until, p_most + 1;
		older := null;
	end if;
	ids := coalesce(ids, '{}');
	if cardinality(ids) > p_most then
		ids := ids[:p_most];
		older := ids[p_most];
	end if;
end
$_$;

CREATE FUNCTION hookline.run_start(p_run jsonb, p_is_new_contact boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hookline.run_unenrol(p_account bigint, p_run bigint, p_contact bigint, p_target text, p_step text, OUT problem text, OUT note jsonb, OUT taken_out text) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.runs_wake(p_account bigint, p_runs bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	update hookline.workflow_run r
	   set due_at = now(), woken_by = 'contact'
	 where r.account_id = p_account and r.id = any (p_runs)
	   and r.is_listening and r.status = 'waiting' and r.due_at > now();
end
$$;

CREATE FUNCTION hookline.spooled_names(p_account bigint, p_key bytea, p_entry bytea, p_pattern text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select encode(p_entry, 'escape') ~* p_pattern
	   and not exists (select from hookline.hook_key k
			    where k.key = p_key and k.account_id <> p_account)
$$;

CREATE FUNCTION hookline.tags_changed(p_tags text[], p_add jsonb, p_remove jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.tally_add(p_account bigint, p_sums jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	with s as materialized (
		select x.* from jsonb_to_recordset(p_sums) x (workflow_id bigint, day date,
			enrolled bigint, completed bigint, failed bigint, cancelled bigint)
		  join hookline.workflow w on w.account_id = p_account and w.id = x.workflow_id
	), d as (
		insert into hookline.workflow_day as t
		select p_account, s.workflow_id, s.day, s.enrolled, s.completed, s.failed, s.cancelled
		  from s order by s.workflow_id, s.day
		on conflict (account_id, workflow_id, day) do update
		   set enrolled = t.enrolled + excluded.enrolled, completed = t.completed + excluded.completed,
		       failed = t.failed + excluded.failed, cancelled = t.cancelled + excluded.cancelled
	)
	insert into hookline.workflow_total as t
	select p_account, s.workflow_id, sum(s.enrolled), sum(s.completed), sum(s.failed), sum(s.cancelled)
	  from s group by s.workflow_id order by s.workflow_id
	on conflict (account_id, workflow_id) do update
	   set enrolled = t.enrolled + excluded.enrolled, completed = t.completed + excluded.completed,
	       failed = t.failed + excluded.failed, cancelled = t.cancelled + excluded.cancelled
$$;

CREATE FUNCTION hookline.unowned_deliveries(p_account bigint, p_pattern text) RETURNS bigint[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	-- A conflict is called its first delivery's, but its body is another one's.
	-- What names a person in one element names it in the whole.
	with named as materialized (
		select d.id, d.part_of from hookline.delivery d
		 where d.account_id = p_account and (d.contact_id is null or d.is_conflict)
		   and (concat_ws(' ', d.query, d.headers, d.payload, d.reason, d.checks) ~* p_pattern
			or encode(d.body, 'escape') ~* p_pattern))
	select array(select n.id from named n
		     union select n.part_of from named n where n.part_of is not null)
$$;

CREATE FUNCTION hookline.unowned_deliveries_erase(p_account bigint, p_deliveries bigint[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_n  bigint;
begin
	update hookline.delivery d
	   set query = '', headers = '{}', body = '', payload = null, remote_addr = null,
	       checks = null, reason = 'erased with the contact'
	 where d.account_id = p_account and d.id = any (p_deliveries);
	get diagnostics v_n = row_count;
	return v_n;
end
$$;

CREATE FUNCTION hookline.unowned_erase(p_account bigint, p_pattern text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_deliveries  bigint[] := hookline.unowned_deliveries(p_account, p_pattern);
	v_runs        bigint[] := hookline.unowned_runs(p_account, p_pattern);
begin
	perform from hookline.account a where a.id = p_account for no key update;
	return jsonb_build_object(
		'unowned_deliveries', hookline.unowned_deliveries_erase(p_account, v_deliveries),
		'unowned_runs', hookline.unowned_runs_erase(p_account, v_runs));
end
$$;

CREATE FUNCTION hookline.unowned_runs(p_account bigint, p_pattern text) RETURNS bigint[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select array(
		select r.id from hookline.workflow_run r
		 where r.account_id = p_account and r.contact_id is null
		   and (concat_ws(' ', r.variables, r.webhook, r.results, r.reentry_key, r.last_error) ~* p_pattern
			or exists (select from hookline.run_step s
				    where s.account_id = r.account_id and s.run_id = r.id
				      and s.detail::text ~* p_pattern))
		 order by r.id)
$$;

CREATE FUNCTION hookline.unowned_runs_erase(p_account bigint, p_runs bigint[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	v_n  bigint;
begin
	perform from hookline.workflow_run r
	 where r.account_id = p_account and r.id = any (p_runs)
	 order by r.id for update;
	-- As for the runs of a contact: an executor that is at it has lost its lease.
	update hookline.workflow_run r
	   set variables = '{}', webhook = '{}', results = '{}', wait = null, lease_no = r.lease_no + 1,
	       reentry_key = case r.reentry_key when '' then '' else 'erased:' || r.id end,
	       status = case when r.status in ('waiting', 'running') then 'cancelled' else r.status end,
	       due_at = null, paused_due_at = null, leased_by = null, held_by = null,
	       finished_at = coalesce(r.finished_at, now()),
	       last_error = case when r.status = 'failed' then 'erased with the contact'
				 when r.status in ('waiting', 'running') then 'somebody whom it names was erased' end
	 where r.account_id = p_account and r.id = any (p_runs);
	get diagnostics v_n = row_count;
	update hookline.run_step s set detail = '{}'
	 where s.account_id = p_account and s.run_id = any (p_runs);
	return v_n;
end
$$;

CREATE FUNCTION hookline.unsubscribe_set(p_account bigint, p_contact bigint, p_is_unsubscribed boolean) RETURNS json
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '3s'
    AS $$
declare
	v_contact  bigint;
begin
	-- It may be merged into another just now: then look again.
	for v_turn in 1 .. 20 loop
		v_contact := hookline.contact_now(p_account, p_contact);
		exit when v_contact is null
			or hookline.contact_stop(p_account, v_contact, array['marketing'], p_is_unsubscribed)
			or v_contact = hookline.contact_now(p_account, p_contact);
	end loop;
	return hookline.unsubscribe_show(p_account, p_contact);
end
$$;

CREATE FUNCTION hookline.unsubscribe_show(p_account bigint, p_contact bigint) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	return (
		select json_build_object('account', a.name,
			'email', regexp_replace(c.email, '^(.).*@', '\1***@'),
			'is_unsubscribed', c.unsubscribed_at is not null)
		  from hookline.account a
		  left join hookline.contact c on c.account_id = a.id
		   and c.id = hookline.contact_now(p_account, p_contact)
		 where a.id = p_account);
end
$$;

CREATE FUNCTION hookline.user_addresses(p_account bigint, p_names jsonb) RETURNS TABLE(name text, email text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
	select n.name, u.email
	  from jsonb_array_elements_text(p_names) with ordinality n (name, at)
	  left join hookline.app_user u on u.account_id = p_account
	       and (u.email = lower(n.name) or lower(u.name) = lower(n.name))
	 order by n.at, u.email
$$;

CREATE FUNCTION hookline.window_opens(p_at timestamp with time zone, p_window jsonb, p_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.workflow_publish(p_account bigint, p_workflow bigint, p_document text, p_refs text, OUT version integer, OUT resumed integer) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.workflow_resume(p_account bigint, p_workflow bigint) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION hookline.workflow_tally(p_most integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
	m       record;
	v_to    bigint;
	v_seen  bigint;
	v_sums  jsonb;
	v_more  boolean := false;
	v_n     bigint;
begin
	insert into hookline.tally_mark (account_id)
	select a.id from hookline.account a
	 where not exists (select from hookline.tally_mark t where t.account_id = a.id)
	    on conflict do nothing;

	-- Accounts that somebody else is at are theirs.
	for m in
		select t.account_id, t.counted_to, t.seen_to, t.seen_at, a.timezone
		  from hookline.tally_mark t join hookline.account a on a.id = t.account_id
		 order by t.account_id for update of t skip locked
	loop
		-- What began, when it is so long ago that nobody can be about to
		-- commit a lower id: no statement takes so long.
		v_to := m.counted_to;
		if m.seen_to > m.counted_to and m.seen_at < now() - interval '2 minutes' then
			select coalesce(max(x.id), m.seen_to) into v_to from (
				select r.id from hookline.workflow_run r
				 where r.account_id = m.account_id and r.id > m.counted_to and r.id <= m.seen_to
				 order by r.id offset p_most - 1 limit 1) x;
			v_more := v_more or v_to < m.seen_to;
			select jsonb_agg(x) into v_sums from (
				select r.workflow_id, (r.started_at at time zone m.timezone)::date as day,
				       count(*) as enrolled, 0 as completed, 0 as failed, 0 as cancelled
				  from hookline.workflow_run r
				 where r.account_id = m.account_id and r.id > m.counted_to and r.id <= v_to
				 group by 1, 2) x;
			if v_sums is not null then
				perform hookline.tally_add(m.account_id, v_sums);
			end if;
			update hookline.tally_mark t set counted_to = v_to where t.account_id = m.account_id;
		end if;
		if v_to = m.seen_to then
			select max(r.id) into v_seen from hookline.workflow_run r where r.account_id = m.account_id;
			if v_seen > m.seen_to then
				update hookline.tally_mark t set seen_to = v_seen, seen_at = now()
				 where t.account_id = m.account_id;
			end if;
		end if;

		-- What ended.
		with gone as (
			delete from hookline.tally_delta x
			 using (select o.id from hookline.tally_delta o
				 where o.account_id = m.account_id order by o.id limit p_most) o
			 where x.account_id = m.account_id and x.id = o.id
			returning x.workflow_id, x.status, x.n, x.at
		), s as (
			select g.workflow_id, (g.at at time zone m.timezone)::date as day, 0 as enrolled,
			       coalesce(sum(g.n) filter (where g.status = 'completed'), 0) as completed,
			       coalesce(sum(g.n) filter (where g.status = 'failed'), 0) as failed,
			       coalesce(sum(g.n) filter (where g.status = 'cancelled'), 0) as cancelled,
			       count(*) as n
			  from gone g group by 1, 2
		)
		select jsonb_agg(s), sum(s.n) into v_sums, v_n from s;
		if v_sums is not null then
			perform hookline.tally_add(m.account_id, v_sums);
			v_more := v_more or v_n >= p_most;
		end if;
	end loop;
	return v_more;
end
$$;

CREATE FUNCTION hookline.workflow_version_never_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	raise exception 'a published workflow version never changes: publish a new one';
end
$$;

CREATE FUNCTION hookline.zone_known(p_zone text, p_otherwise text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
	perform now() at time zone p_zone;
	return coalesce(p_zone, p_otherwise);
exception when invalid_parameter_value then
	return p_otherwise;
end
$$;

CREATE TABLE hookline.account (
    id bigint NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    default_country text DEFAULT 'US'::text NOT NULL,
    match_rule text DEFAULT 'email_first'::text NOT NULL,
    constants jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    hooks_stamp bigint DEFAULT 0 NOT NULL,
    CONSTRAINT account_constants_are_object CHECK ((jsonb_typeof(constants) = 'object'::text)),
    CONSTRAINT account_country_is_alpha2 CHECK ((default_country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT account_has_name CHECK (((name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT account_match_rule_is_known CHECK ((match_rule = ANY (ARRAY['email_first'::text, 'phone_first'::text, 'either'::text, 'both'::text])))
);

ALTER TABLE hookline.account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.app_user (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    email text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT app_user_email_is_lower CHECK (((email = lower(email)) AND (email ~~ '%_@_%'::text))),
    CONSTRAINT app_user_password_is_hashed CHECK ((password_hash ~~ '$%'::text))
);

ALTER TABLE hookline.app_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.app_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.contact (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    email text,
    phone text,
    first_name text,
    last_name text,
    company_name text,
    address1 text,
    city text,
    state text,
    postal_code text,
    country text,
    timezone text,
    date_of_birth text,
    source text,
    website text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    unsubscribed_at timestamp with time zone,
    do_not_contact text[] DEFAULT '{}'::text[] NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT contact_custom_is_object CHECK ((jsonb_typeof(custom) = 'object'::text)),
    CONSTRAINT contact_do_not_contact_is_known CHECK (((((do_not_contact = '{}'::text[]) OR (do_not_contact = '{email}'::text[])) OR (do_not_contact = '{sms}'::text[])) OR (do_not_contact = '{email,sms}'::text[]))),
    CONSTRAINT contact_erased_is_empty CHECK (((erased_at IS NULL) OR ((num_nonnulls(email, phone, first_name, last_name, company_name, address1, city, state, postal_code, country, timezone, date_of_birth, source, website) = 0) AND (tags = '{}'::text[]) AND (custom = '{}'::jsonb) AND (unsubscribed_at IS NULL) AND (do_not_contact = '{}'::text[])))),
    CONSTRAINT contact_phone_is_e164 CHECK ((phone ~ '^\+[0-9]{3,20}$'::text))
);

ALTER TABLE hookline.contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.contact_identity (
    account_id bigint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    contact_id bigint NOT NULL,
    CONSTRAINT contact_identity_is_normal CHECK (
CASE kind
    WHEN 'email'::text THEN ((value = lower(value)) AND (value ~~ '%_@_%'::text))
    ELSE (value ~ '^\+[0-9]{3,20}$'::text)
END),
    CONSTRAINT contact_identity_kind_is_known CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text])))
);

ALTER TABLE hookline.contact_merge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.contact_merge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.custom_field (
    account_id bigint NOT NULL,
    key text NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    type text DEFAULT 'text'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT custom_field_key_is_name CHECK ((key ~ '^[A-Za-z_][A-Za-z0-9_]{0,62}$'::text)),
    CONSTRAINT custom_field_type_is_known CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'date'::text, 'boolean'::text, 'list'::text])))
);

CREATE SEQUENCE hookline.delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE hookline.delivery (
    account_id bigint NOT NULL,
    id bigint DEFAULT nextval('hookline.delivery_id_seq'::regclass) NOT NULL,
    trigger_id bigint NOT NULL,
    method text NOT NULL,
    query text DEFAULT ''::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_type text DEFAULT ''::text NOT NULL,
    body bytea DEFAULT '\x'::bytea NOT NULL,
    payload jsonb,
    remote_addr inet,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    http_status smallint NOT NULL,
    outcome text NOT NULL,
    reason text,
    contact_id bigint,
    run_id bigint,
    request_uid bytea,
    checks jsonb,
    is_conflict boolean DEFAULT false NOT NULL,
    used_old_url boolean DEFAULT false NOT NULL,
    part_of bigint,
    part_no integer,
    replay_of bigint,
    CONSTRAINT delivery_enrolled_has_run CHECK (((outcome <> 'enrolled'::text) OR (run_id IS NOT NULL))),
    CONSTRAINT delivery_outcome_is_known CHECK ((outcome = ANY (ARRAY['enrolled'::text, 'updated'::text, 'captured'::text, 'filtered'::text, 'duplicate'::text, 'rejected'::text]))),
    CONSTRAINT delivery_part_has_number CHECK (((part_of IS NULL) = (part_no IS NULL))),
    CONSTRAINT delivery_rejected_says_why CHECK (((outcome <> 'rejected'::text) OR (reason IS NOT NULL)))
)
PARTITION BY RANGE (received_at);

CREATE TABLE hookline.delivery_default (
    account_id bigint NOT NULL,
    id bigint DEFAULT nextval('hookline.delivery_id_seq'::regclass) NOT NULL,
    trigger_id bigint NOT NULL,
    method text NOT NULL,
    query text DEFAULT ''::text NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_type text DEFAULT ''::text NOT NULL,
    body bytea DEFAULT '\x'::bytea NOT NULL,
    payload jsonb,
    remote_addr inet,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    http_status smallint NOT NULL,
    outcome text NOT NULL,
    reason text,
    contact_id bigint,
    run_id bigint,
    request_uid bytea,
    checks jsonb,
    is_conflict boolean DEFAULT false NOT NULL,
    used_old_url boolean DEFAULT false NOT NULL,
    part_of bigint,
    part_no integer,
    replay_of bigint,
    CONSTRAINT delivery_enrolled_has_run CHECK (((outcome <> 'enrolled'::text) OR (run_id IS NOT NULL))),
    CONSTRAINT delivery_outcome_is_known CHECK ((outcome = ANY (ARRAY['enrolled'::text, 'updated'::text, 'captured'::text, 'filtered'::text, 'duplicate'::text, 'rejected'::text]))),
    CONSTRAINT delivery_part_has_number CHECK (((part_of IS NULL) = (part_no IS NULL))),
    CONSTRAINT delivery_rejected_says_why CHECK (((outcome <> 'rejected'::text) OR (reason IS NOT NULL)))
);

CREATE TABLE hookline.delivery_key (
    account_id bigint NOT NULL,
    trigger_id bigint NOT NULL,
    key bytea NOT NULL,
    delivery_id bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    body_hash bytea,
    CONSTRAINT delivery_key_body_is_hashed CHECK ((octet_length(body_hash) = 32)),
    CONSTRAINT delivery_key_is_hashed CHECK ((octet_length(key) = 32))
);

CREATE TABLE hookline.trigger (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    type text DEFAULT 'inbound_webhook'::text NOT NULL,
    hook_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sample_id bigint,
    rotated_at timestamp with time zone,
    CONSTRAINT trigger_hook_key_has_12_bytes CHECK ((octet_length(hook_key) = 12)),
    CONSTRAINT trigger_type_is_known CHECK ((type = 'inbound_webhook'::text))
);

CREATE TABLE hookline.workflow (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    draft json NOT NULL,
    version integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workflow_has_name CHECK (((name <> ''::text) AND (length(name) <= 200))),
    CONSTRAINT workflow_published_has_version CHECK (((status <> 'published'::text) OR (version IS NOT NULL))),
    CONSTRAINT workflow_status_is_known CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text])))
);

CREATE VIEW hookline.delivery_overview AS
 SELECT d.account_id,
    a.name AS account,
    d.id AS delivery_id,
    d.received_at,
    w.name AS workflow,
    d.method,
    d.content_type,
    octet_length(d.body) AS body_bytes,
    host(d.remote_addr) AS remote_addr,
    d.http_status,
    d.outcome,
    d.reason,
    d.contact_id,
    d.run_id
   FROM (((hookline.delivery d
     JOIN hookline.account a ON ((a.id = d.account_id)))
     LEFT JOIN hookline.trigger t ON (((t.account_id = d.account_id) AND (t.id = d.trigger_id))))
     LEFT JOIN hookline.workflow w ON (((w.account_id = t.account_id) AND (w.id = t.workflow_id))));

CREATE TABLE hookline.destination (
    key text NOT NULL,
    state text DEFAULT 'closed'::text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    window_started_at timestamp with time zone DEFAULT now() NOT NULL,
    window_calls integer DEFAULT 0 NOT NULL,
    window_failures integer DEFAULT 0 NOT NULL,
    opened_at timestamp with time zone,
    open_until timestamp with time zone,
    open_count integer DEFAULT 0 NOT NULL,
    probe_by text,
    last_error text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT destination_counts_up CHECK (((failures >= 0) AND (window_calls >= 0) AND ((window_failures >= 0) AND (window_failures <= window_calls)) AND (open_count >= 0))),
    CONSTRAINT destination_open_has_end CHECK ((((state = 'closed'::text) = (open_until IS NULL)) AND ((state = 'closed'::text) = (opened_at IS NULL)))),
    CONSTRAINT destination_probe_has_owner CHECK (((state = 'half_open'::text) = (probe_by IS NOT NULL))),
    CONSTRAINT destination_state_is_known CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text])))
)
WITH (fillfactor='70');

CREATE TABLE hookline.workflow_run (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    version integer NOT NULL,
    contact_id bigint,
    delivery_id bigint,
    status text DEFAULT 'waiting'::text NOT NULL,
    step_id text,
    due_at timestamp with time zone DEFAULT now(),
    paused_due_at timestamp with time zone,
    attempt integer DEFAULT 0 NOT NULL,
    leased_by text,
    lease_no bigint DEFAULT 0 NOT NULL,
    lost_leases smallint DEFAULT 0 NOT NULL,
    is_sending boolean DEFAULT false NOT NULL,
    seq integer DEFAULT 0 NOT NULL,
    step_started_at timestamp with time zone,
    wait jsonb,
    is_listening boolean DEFAULT false NOT NULL,
    woken_by text,
    reentry text DEFAULT 'when_finished'::text NOT NULL,
    reentry_key text DEFAULT ''::text NOT NULL,
    variables jsonb DEFAULT '{}'::jsonb NOT NULL,
    webhook jsonb DEFAULT '{}'::jsonb NOT NULL,
    results jsonb DEFAULT '{}'::jsonb NOT NULL,
    parent_run_id bigint,
    depth smallint DEFAULT 0 NOT NULL,
    held_by text,
    last_error text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT workflow_run_chain_is_short CHECK (((depth >= 0) AND (depth <= 10))),
    CONSTRAINT workflow_run_counts_up CHECK (((attempt >= 0) AND (lease_no >= 0) AND (lost_leases >= 0) AND (seq >= 0))),
    CONSTRAINT workflow_run_data_are_objects CHECK (((jsonb_typeof(variables) = 'object'::text) AND (jsonb_typeof(webhook) = 'object'::text) AND (jsonb_typeof(results) = 'object'::text))),
    CONSTRAINT workflow_run_failed_says_why CHECK (((status <> 'failed'::text) OR (last_error IS NOT NULL))),
    CONSTRAINT workflow_run_finished_is_final CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT workflow_run_leased_has_owner CHECK (((status = 'running'::text) = (leased_by IS NOT NULL))),
    CONSTRAINT workflow_run_live_is_due CHECK (((status = ANY (ARRAY['waiting'::text, 'running'::text])) = (due_at IS NOT NULL))),
    CONSTRAINT workflow_run_paused_waits CHECK (((paused_due_at IS NULL) OR (status = 'waiting'::text))),
    CONSTRAINT workflow_run_reentry_is_known CHECK ((reentry = ANY (ARRAY['when_finished'::text, 'always'::text, 'never'::text]))),
    CONSTRAINT workflow_run_status_is_known CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT workflow_run_wait_is_object CHECK ((jsonb_typeof(wait) = 'object'::text)),
    CONSTRAINT workflow_run_waker_is_known CHECK ((woken_by = ANY (ARRAY['contact'::text, 'resume'::text, 'skip'::text])))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.02', autovacuum_analyze_scale_factor='0.02');

CREATE VIEW hookline.due_backlog AS
 SELECT account_id,
    a.name AS account,
    count(*) AS due,
    min(due_at) AS oldest_due_at,
    (now() - min(due_at)) AS oldest_overdue,
    count(*) FILTER (WHERE ((attempt > 0) OR (held_by IS NOT NULL))) AS retries
   FROM ((hookline.workflow_run r
     JOIN hookline.account a ON ((a.id = account_id)))
     JOIN hookline.workflow w ON (((w.account_id = account_id) AND (w.id = workflow_id))))
  WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) AND (due_at <= now()) AND (((attempt = 0) AND (held_by IS NULL)) OR (attempt > 0) OR (held_by IS NOT NULL)) AND ((status = 'running'::text) OR (w.status = 'published'::text)))
  GROUP BY account_id, a.name;

CREATE TABLE hookline.executor (
    name text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE hookline.former_contact (
    account_id bigint NOT NULL,
    run_id bigint NOT NULL,
    contact_id bigint NOT NULL
);

CREATE TABLE hookline.hook_key (
    key bytea NOT NULL,
    account_id bigint NOT NULL,
    trigger_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT hook_key_has_12_bytes CHECK ((octet_length(key) = 12))
);

CREATE TABLE hookline.import_job (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    made_by text NOT NULL,
    filename text NOT NULL,
    content bytea NOT NULL,
    size bigint NOT NULL,
    state text DEFAULT 'mapping'::text NOT NULL,
    targets jsonb,
    read_to bigint DEFAULT 0 NOT NULL,
    line bigint DEFAULT 1 NOT NULL,
    lines bigint DEFAULT 0 NOT NULL,
    created bigint DEFAULT 0 NOT NULL,
    updated bigint DEFAULT 0 NOT NULL,
    unchanged bigint DEFAULT 0 NOT NULL,
    skipped bigint DEFAULT 0 NOT NULL,
    problems jsonb DEFAULT '[]'::jsonb NOT NULL,
    busy_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    expires_at timestamp with time zone DEFAULT (now() + '1 day'::interval) NOT NULL,
    CONSTRAINT import_job_counts_up CHECK (((read_to >= 0) AND (read_to <= size))),
    CONSTRAINT import_job_done_is_empty CHECK ((((state = 'done'::text) = (finished_at IS NOT NULL)) AND ((state <> 'done'::text) OR (content = '\x'::bytea)))),
    CONSTRAINT import_job_mapped_runs CHECK (((state = 'mapping'::text) OR (targets IS NOT NULL))),
    CONSTRAINT import_job_state_is_known CHECK ((state = ANY (ARRAY['mapping'::text, 'running'::text, 'done'::text])))
);
ALTER TABLE ONLY hookline.import_job ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE hookline.import_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.import_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.login_throttle (
    key bytea NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    failed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT login_throttle_counts_up CHECK ((failures >= 0)),
    CONSTRAINT login_throttle_key_is_hashed CHECK ((octet_length(key) = 32))
);

CREATE TABLE hookline.migration (
    version integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE VIEW hookline.run_overview AS
 SELECT account_id,
    a.name AS account,
    id AS run_id,
    workflow_id,
    w.name AS workflow,
    version,
    status,
    step_id,
    attempt,
        CASE
            WHEN (NOT p.is_paused) THEN due_at
            ELSE NULL::timestamp with time zone
        END AS due_at,
    p.is_paused,
    contact_id,
    COALESCE(c.email, c.phone) AS contact,
    NULLIF(concat_ws(' '::text, c.first_name, c.last_name), ''::text) AS contact_name,
    delivery_id,
    started_at,
    finished_at,
    (COALESCE(finished_at, now()) - started_at) AS age,
    last_error
   FROM ((((hookline.workflow_run r
     JOIN hookline.account a ON ((a.id = account_id)))
     JOIN hookline.workflow w ON (((w.account_id = account_id) AND (w.id = workflow_id))))
     LEFT JOIN hookline.contact c ON (((c.account_id = account_id) AND (c.id = contact_id))))
     CROSS JOIN LATERAL ( SELECT ((status = 'waiting'::text) AND (w.status <> 'published'::text)) AS is_paused) p);

CREATE TABLE hookline.run_step (
    account_id bigint NOT NULL,
    run_id bigint NOT NULL,
    seq integer NOT NULL,
    attempt integer DEFAULT 1 NOT NULL,
    step_id text NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT run_step_counts_from_one CHECK (((seq >= 1) AND (attempt >= 1))),
    CONSTRAINT run_step_status_is_known CHECK ((status = ANY (ARRAY['done'::text, 'failed'::text, 'retrying'::text, 'skipped'::text, 'unknown'::text])))
);

CREATE TABLE hookline.secret (
    account_id bigint NOT NULL,
    name text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT secret_has_name CHECK ((name ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$'::text))
);

CREATE TABLE hookline.spool_entry (
    account_id bigint NOT NULL,
    name text NOT NULL,
    delivery_id bigint NOT NULL,
    taken_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE VIEW hookline.stuck_runs AS
 SELECT account_id,
    a.name AS account,
    id AS run_id,
    workflow_id,
    w.name AS workflow,
    contact_id,
    COALESCE(c.email, c.phone) AS contact,
    NULLIF(concat_ws(' '::text, c.first_name, c.last_name), ''::text) AS contact_name,
    status,
    step_id,
    attempt,
    lost_leases,
    leased_by,
    due_at,
    (now() - due_at) AS overdue,
    last_error
   FROM (((hookline.workflow_run r
     JOIN hookline.account a ON ((a.id = account_id)))
     JOIN hookline.workflow w ON (((w.account_id = account_id) AND (w.id = workflow_id))))
     LEFT JOIN hookline.contact c ON (((c.account_id = account_id) AND (c.id = contact_id))))
  WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) AND (due_at < (now() - '00:05:00'::interval)) AND (((attempt = 0) AND (held_by IS NULL)) OR (attempt > 0) OR (held_by IS NOT NULL)) AND ((status = 'running'::text) OR (w.status = 'published'::text)));

CREATE TABLE hookline.tally_delta (
    account_id bigint NOT NULL,
    id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    status text NOT NULL,
    n smallint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT tally_delta_is_one CHECK ((n = ANY (ARRAY['-1'::integer, 1]))),
    CONSTRAINT tally_delta_status_is_final CHECK ((status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE hookline.tally_delta ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.tally_delta_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.tally_mark (
    account_id bigint NOT NULL,
    counted_to bigint DEFAULT 0 NOT NULL,
    seen_to bigint DEFAULT 0 NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tally_mark_goes_on CHECK ((seen_to >= counted_to))
);

ALTER TABLE hookline.trigger ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.trigger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hookline.upkeep (
    task text NOT NULL,
    added_at timestamp with time zone DEFAULT now() NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT upkeep_task_is_known CHECK ((task = 'prune'::text))
);

CREATE TABLE hookline.user_session (
    account_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT user_session_token_is_hashed CHECK ((octet_length(token_hash) = 32))
);

CREATE TABLE hookline.workflow_day (
    account_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    day date NOT NULL,
    enrolled bigint DEFAULT 0 NOT NULL,
    completed bigint DEFAULT 0 NOT NULL,
    failed bigint DEFAULT 0 NOT NULL,
    cancelled bigint DEFAULT 0 NOT NULL
);

ALTER TABLE hookline.workflow ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.workflow_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE hookline.workflow_run ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME hookline.workflow_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW hookline.workflow_stats AS
 SELECT w.account_id,
    a.name AS account,
    w.id AS workflow_id,
    w.name AS workflow,
    w.status,
    w.version,
    count(id) AS enrolled,
    count(id) FILTER (WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]))) AS active,
    count(id) FILTER (WHERE (status = 'completed'::text)) AS completed,
    count(id) FILTER (WHERE (status = 'failed'::text)) AS failed,
    count(id) FILTER (WHERE (status = 'cancelled'::text)) AS cancelled,
    max(started_at) AS last_enrolled_at
   FROM ((hookline.workflow w
     JOIN hookline.account a ON ((a.id = w.account_id)))
     LEFT JOIN hookline.workflow_run r ON (((account_id = w.account_id) AND (workflow_id = w.id))))
  GROUP BY w.account_id, a.name, w.id, w.name, w.status, w.version;

CREATE TABLE hookline.workflow_total (
    account_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    enrolled bigint DEFAULT 0 NOT NULL,
    completed bigint DEFAULT 0 NOT NULL,
    failed bigint DEFAULT 0 NOT NULL,
    cancelled bigint DEFAULT 0 NOT NULL
);

CREATE TABLE hookline.workflow_undo (
    account_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    no integer NOT NULL,
    draft json NOT NULL,
    label text NOT NULL,
    user_id bigint,
    kept_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workflow_undo_counts_from_one CHECK ((no >= 1))
);

CREATE TABLE hookline.workflow_version (
    account_id bigint NOT NULL,
    workflow_id bigint NOT NULL,
    version integer NOT NULL,
    document json NOT NULL,
    webhook_refs json DEFAULT '[]'::json NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    trigger json GENERATED ALWAYS AS ((document -> 'trigger'::text)) STORED,
    settings json GENERATED ALWAYS AS ((document -> 'settings'::text)) STORED,
    first_step text GENERATED ALWAYS AS ((((document -> 'steps'::text) -> 0) ->> 'id'::text)) STORED,
    maps_custom boolean GENERATED ALWAYS AS ((POSITION(('contact.custom.'::text) IN (((document -> 'trigger'::text))::text)) > 0)) STORED,
    CONSTRAINT workflow_version_counts_from_one CHECK ((version >= 1))
);

ALTER TABLE ONLY hookline.delivery ATTACH PARTITION hookline.delivery_default DEFAULT;

ALTER TABLE ONLY hookline.account
    ADD CONSTRAINT account_name_is_unique UNIQUE (name);

ALTER TABLE ONLY hookline.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY hookline.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.contact_identity
    ADD CONSTRAINT contact_identity_pkey PRIMARY KEY (account_id, kind, value);

ALTER TABLE ONLY hookline.contact_merge
    ADD CONSTRAINT contact_merge_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.custom_field
    ADD CONSTRAINT custom_field_pkey PRIMARY KEY (account_id, key);

ALTER TABLE ONLY hookline.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (account_id, id, received_at);

ALTER TABLE ONLY hookline.delivery_default
    ADD CONSTRAINT delivery_default_pkey PRIMARY KEY (account_id, id, received_at);

ALTER TABLE ONLY hookline.delivery_key
    ADD CONSTRAINT delivery_key_pkey PRIMARY KEY (account_id, trigger_id, key);

ALTER TABLE ONLY hookline.destination
    ADD CONSTRAINT destination_pkey PRIMARY KEY (key);

ALTER TABLE ONLY hookline.executor
    ADD CONSTRAINT executor_pkey PRIMARY KEY (name);

ALTER TABLE ONLY hookline.former_contact
    ADD CONSTRAINT former_contact_pkey PRIMARY KEY (account_id, run_id, contact_id);

ALTER TABLE ONLY hookline.hook_key
    ADD CONSTRAINT hook_key_pkey PRIMARY KEY (key);

ALTER TABLE ONLY hookline.import_job
    ADD CONSTRAINT import_job_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (key);

ALTER TABLE ONLY hookline.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);

ALTER TABLE ONLY hookline.run_step
    ADD CONSTRAINT run_step_pkey PRIMARY KEY (account_id, run_id, seq, attempt);

ALTER TABLE ONLY hookline.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (account_id, name);

ALTER TABLE ONLY hookline.spool_entry
    ADD CONSTRAINT spool_entry_pkey PRIMARY KEY (account_id, name);

ALTER TABLE ONLY hookline.tally_delta
    ADD CONSTRAINT tally_delta_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.tally_mark
    ADD CONSTRAINT tally_mark_pkey PRIMARY KEY (account_id);

ALTER TABLE ONLY hookline.trigger
    ADD CONSTRAINT trigger_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.upkeep
    ADD CONSTRAINT upkeep_pkey PRIMARY KEY (task);

ALTER TABLE ONLY hookline.user_session
    ADD CONSTRAINT user_session_pkey PRIMARY KEY (account_id, token_hash);

ALTER TABLE ONLY hookline.workflow_day
    ADD CONSTRAINT workflow_day_pkey PRIMARY KEY (account_id, workflow_id, day);

ALTER TABLE ONLY hookline.workflow
    ADD CONSTRAINT workflow_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.workflow_run
    ADD CONSTRAINT workflow_run_pkey PRIMARY KEY (account_id, id);

ALTER TABLE ONLY hookline.workflow_total
    ADD CONSTRAINT workflow_total_pkey PRIMARY KEY (account_id, workflow_id);

ALTER TABLE ONLY hookline.workflow_undo
    ADD CONSTRAINT workflow_undo_pkey PRIMARY KEY (account_id, workflow_id, no);

ALTER TABLE ONLY hookline.workflow_version
    ADD CONSTRAINT workflow_version_pkey PRIMARY KEY (account_id, workflow_id, version);

CREATE INDEX app_user_by_email ON hookline.app_user USING btree (email);

CREATE UNIQUE INDEX app_user_email_is_unique ON hookline.app_user USING btree (account_id, email);

CREATE INDEX contact_by_company ON hookline.contact USING btree (account_id, lower(company_name) text_pattern_ops) WHERE (company_name IS NOT NULL);

CREATE INDEX contact_by_first_name ON hookline.contact USING btree (account_id, lower(first_name) text_pattern_ops) WHERE (first_name IS NOT NULL);

CREATE INDEX contact_by_last_name ON hookline.contact USING btree (account_id, lower(last_name) text_pattern_ops) WHERE (last_name IS NOT NULL);

CREATE INDEX contact_by_mark ON hookline.contact USING gin (hookline.contact_marks(account_id, custom)) WITH (fastupdate=off) WHERE (custom <> '{}'::jsonb);

CREATE INDEX contact_by_tag ON hookline.contact USING gin (hookline.contact_tag_marks(account_id, tags)) WITH (fastupdate=off) WHERE (tags <> '{}'::text[]);

CREATE INDEX contact_identity_by_address ON hookline.contact_identity USING btree (account_id, value text_pattern_ops) WHERE (kind = 'email'::text);

CREATE INDEX contact_identity_by_contact ON hookline.contact_identity USING btree (contact_id, account_id);

CREATE INDEX contact_merge_by_keep ON hookline.contact_merge USING btree (account_id, keep_id);

CREATE INDEX contact_merge_by_other ON hookline.contact_merge USING btree (account_id, other_id);

CREATE INDEX delivery_by_contact ON ONLY hookline.delivery USING btree (account_id, contact_id);

CREATE INDEX delivery_by_outcome ON ONLY hookline.delivery USING btree (account_id, outcome, id) WHERE (outcome <> 'enrolled'::text);

CREATE INDEX delivery_by_replay ON ONLY hookline.delivery USING btree (account_id, replay_of, id) WHERE (replay_of IS NOT NULL);

CREATE INDEX delivery_by_trigger ON ONLY hookline.delivery USING btree (account_id, trigger_id, received_at DESC, id DESC);

CREATE INDEX delivery_refused ON ONLY hookline.delivery USING btree (account_id, trigger_id, received_at) WHERE (outcome = 'rejected'::text);

CREATE INDEX delivery_old_url ON ONLY hookline.delivery USING btree (account_id, trigger_id, received_at) WHERE used_old_url;

CREATE INDEX delivery_default_account_id_contact_id_idx ON hookline.delivery_default USING btree (account_id, contact_id);

CREATE INDEX delivery_default_account_id_outcome_id_idx ON hookline.delivery_default USING btree (account_id, outcome, id) WHERE (outcome <> 'enrolled'::text);

CREATE INDEX delivery_default_account_id_replay_of_id_idx ON hookline.delivery_default USING btree (account_id, replay_of, id) WHERE (replay_of IS NOT NULL);

CREATE INDEX delivery_default_account_id_trigger_id_received_at_id_idx ON hookline.delivery_default USING btree (account_id, trigger_id, received_at DESC, id DESC);

CREATE INDEX delivery_default_account_id_trigger_id_received_at_idx ON hookline.delivery_default USING btree (account_id, trigger_id, received_at) WHERE (outcome = 'rejected'::text);

CREATE INDEX delivery_default_account_id_trigger_id_received_at_idx1 ON hookline.delivery_default USING btree (account_id, trigger_id, received_at) WHERE used_old_url;

CREATE INDEX delivery_key_by_age ON hookline.delivery_key USING btree (account_id, received_at);

CREATE INDEX former_contact_by_contact ON hookline.former_contact USING btree (account_id, contact_id);

CREATE INDEX hook_key_by_trigger ON hookline.hook_key USING btree (account_id, trigger_id);

CREATE INDEX spool_entry_by_age ON hookline.spool_entry USING btree (account_id, taken_at);

CREATE UNIQUE INDEX trigger_one_per_workflow ON hookline.trigger USING btree (account_id, workflow_id);

CREATE INDEX user_session_by_user ON hookline.user_session USING btree (account_id, user_id);

CREATE UNIQUE INDEX workflow_name_is_unique ON hookline.workflow USING btree (account_id, name) WHERE (status <> 'archived'::text);

CREATE INDEX workflow_run_by_contact ON hookline.workflow_run USING btree (account_id, contact_id, id);

CREATE INDEX workflow_run_by_workflow ON hookline.workflow_run USING btree (account_id, workflow_id, id);

CREATE INDEX workflow_run_due_again ON hookline.workflow_run USING btree (due_at, id) WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) AND ((attempt > 0) OR (held_by IS NOT NULL)));

CREATE INDEX workflow_run_due_new ON hookline.workflow_run USING btree (due_at, id) WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) AND (attempt = 0) AND (held_by IS NULL));

CREATE INDEX workflow_run_held ON hookline.workflow_run USING btree (held_by) WHERE ((status = 'waiting'::text) AND (held_by IS NOT NULL));

CREATE INDEX workflow_run_listening ON hookline.workflow_run USING btree (account_id, contact_id) WHERE (is_listening AND (status = 'waiting'::text));

CREATE UNIQUE INDEX workflow_run_one_live ON hookline.workflow_run USING btree (account_id, workflow_id, contact_id, reentry_key) WHERE ((status = ANY (ARRAY['waiting'::text, 'running'::text])) AND (reentry = 'when_finished'::text));

CREATE UNIQUE INDEX workflow_run_only_once ON hookline.workflow_run USING btree (account_id, workflow_id, contact_id, reentry_key) WHERE (reentry = 'never'::text);

CREATE INDEX workflow_run_paused ON hookline.workflow_run USING btree (account_id, workflow_id) WHERE (paused_due_at IS NOT NULL);

CREATE INDEX workflow_run_suspect ON hookline.workflow_run USING btree (due_at, id) WHERE ((status = 'running'::text) AND (lost_leases > 0));

CREATE INDEX workflow_run_unhappy ON hookline.workflow_run USING btree (account_id, status, id) WHERE (status = ANY (ARRAY['failed'::text, 'cancelled'::text]));

ALTER INDEX hookline.delivery_by_contact ATTACH PARTITION hookline.delivery_default_account_id_contact_id_idx;

ALTER INDEX hookline.delivery_by_outcome ATTACH PARTITION hookline.delivery_default_account_id_outcome_id_idx;

ALTER INDEX hookline.delivery_by_replay ATTACH PARTITION hookline.delivery_default_account_id_replay_of_id_idx;

ALTER INDEX hookline.delivery_by_trigger ATTACH PARTITION hookline.delivery_default_account_id_trigger_id_received_at_id_idx;

ALTER INDEX hookline.delivery_refused ATTACH PARTITION hookline.delivery_default_account_id_trigger_id_received_at_idx;

ALTER INDEX hookline.delivery_old_url ATTACH PARTITION hookline.delivery_default_account_id_trigger_id_received_at_idx1;

ALTER INDEX hookline.delivery_pkey ATTACH PARTITION hookline.delivery_default_pkey;

CREATE TRIGGER contact_wakes_runs AFTER UPDATE ON hookline.contact FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION hookline.contact_wakes_runs();

CREATE TRIGGER hooks_changed BEFORE UPDATE OF default_country ON hookline.account FOR EACH ROW WHEN ((old.default_country <> new.default_country)) EXECUTE FUNCTION hookline.account_changed();

CREATE TRIGGER hooks_changed AFTER INSERT OR DELETE OR UPDATE OF key, type ON hookline.custom_field FOR EACH ROW EXECUTE FUNCTION hookline.hooks_changed();

CREATE TRIGGER hooks_changed AFTER DELETE OR UPDATE ON hookline.hook_key FOR EACH ROW EXECUTE FUNCTION hookline.hooks_changed();

CREATE TRIGGER hooks_changed AFTER INSERT OR DELETE OR UPDATE ON hookline.secret FOR EACH ROW EXECUTE FUNCTION hookline.hooks_changed();

CREATE TRIGGER hooks_changed AFTER UPDATE OF workflow_id, hook_key ON hookline.trigger FOR EACH ROW EXECUTE FUNCTION hookline.hooks_changed();

CREATE TRIGGER hooks_changed AFTER UPDATE OF status, version, draft ON hookline.workflow FOR EACH ROW WHEN (((old.status <> new.status) OR (old.version IS DISTINCT FROM new.version) OR ((old.draft)::text IS DISTINCT FROM (new.draft)::text))) EXECUTE FUNCTION hookline.hooks_changed();

CREATE TRIGGER workflow_run_end_tally AFTER UPDATE OF status ON hookline.workflow_run FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) AND ((old.status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text])) OR (new.status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))))) EXECUTE FUNCTION hookline.run_end_tally();

CREATE TRIGGER workflow_run_ended_tally AFTER INSERT ON hookline.workflow_run FOR EACH ROW WHEN ((new.status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))) EXECUTE FUNCTION hookline.run_end_tally();

CREATE TRIGGER workflow_version_never_changes BEFORE UPDATE ON hookline.workflow_version FOR EACH ROW EXECUTE FUNCTION hookline.workflow_version_never_changes();

ALTER TABLE ONLY hookline.app_user
    ADD CONSTRAINT app_user_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.contact
    ADD CONSTRAINT contact_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.contact_identity
    ADD CONSTRAINT contact_identity_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES hookline.contact(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.contact_merge
    ADD CONSTRAINT contact_merge_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.custom_field
    ADD CONSTRAINT custom_field_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.delivery_key
    ADD CONSTRAINT delivery_key_account_id_trigger_id_fkey FOREIGN KEY (account_id, trigger_id) REFERENCES hookline.trigger(account_id, id);

ALTER TABLE ONLY hookline.former_contact
    ADD CONSTRAINT former_contact_account_id_run_id_fkey FOREIGN KEY (account_id, run_id) REFERENCES hookline.workflow_run(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.hook_key
    ADD CONSTRAINT hook_key_account_id_trigger_id_fkey FOREIGN KEY (account_id, trigger_id) REFERENCES hookline.trigger(account_id, id);

ALTER TABLE ONLY hookline.import_job
    ADD CONSTRAINT import_job_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.run_step
    ADD CONSTRAINT run_step_account_id_run_id_fkey FOREIGN KEY (account_id, run_id) REFERENCES hookline.workflow_run(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.secret
    ADD CONSTRAINT secret_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.spool_entry
    ADD CONSTRAINT spool_entry_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.tally_mark
    ADD CONSTRAINT tally_mark_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.trigger
    ADD CONSTRAINT trigger_account_id_workflow_id_fkey FOREIGN KEY (account_id, workflow_id) REFERENCES hookline.workflow(account_id, id);

ALTER TABLE ONLY hookline.user_session
    ADD CONSTRAINT user_session_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES hookline.app_user(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.workflow
    ADD CONSTRAINT workflow_account_id_fkey FOREIGN KEY (account_id) REFERENCES hookline.account(id);

ALTER TABLE ONLY hookline.workflow
    ADD CONSTRAINT workflow_account_id_id_version_fkey FOREIGN KEY (account_id, id, version) REFERENCES hookline.workflow_version(account_id, workflow_id, version);

ALTER TABLE ONLY hookline.workflow_day
    ADD CONSTRAINT workflow_day_account_id_workflow_id_fkey FOREIGN KEY (account_id, workflow_id) REFERENCES hookline.workflow(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.workflow_run
    ADD CONSTRAINT workflow_run_account_id_contact_id_fkey FOREIGN KEY (account_id, contact_id) REFERENCES hookline.contact(account_id, id);

ALTER TABLE ONLY hookline.workflow_run
    ADD CONSTRAINT workflow_run_account_id_workflow_id_version_fkey FOREIGN KEY (account_id, workflow_id, version) REFERENCES hookline.workflow_version(account_id, workflow_id, version);

ALTER TABLE ONLY hookline.workflow_total
    ADD CONSTRAINT workflow_total_account_id_workflow_id_fkey FOREIGN KEY (account_id, workflow_id) REFERENCES hookline.workflow(account_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY hookline.workflow_undo
    ADD CONSTRAINT workflow_undo_account_id_workflow_id_fkey FOREIGN KEY (account_id, workflow_id) REFERENCES hookline.workflow(account_id, id);

ALTER TABLE ONLY hookline.workflow_version
    ADD CONSTRAINT workflow_version_account_id_workflow_id_fkey FOREIGN KEY (account_id, workflow_id) REFERENCES hookline.workflow(account_id, id);
