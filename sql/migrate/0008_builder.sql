-- 0008: what the builder keeps

-- --- logging in ---------------------------------------------------------------

-- A login asks all accounts: nobody types the name of theirs.
create index app_user_by_email on hookline.app_user (email);

-- Logins that failed, by a hash of who was tried or who tried.  It is of no account: nobody is
-- logged in yet.
create table hookline.login_throttle (
	key        bytea primary key,
	failures   integer not null default 0,
	failed_at  timestamptz not null default now(),
	constraint login_throttle_key_is_hashed check (octet_length(key) = 32),
	constraint login_throttle_counts_up check (failures >= 0)
);
comment on table hookline.login_throttle is 'Logins that failed lately: how long the next one waits';
comment on column hookline.login_throttle.key is 'SHA-256 of the address that was typed, or of the network address that it came from';
comment on column hookline.login_throttle.failures is 'How many failed in a row';
comment on column hookline.login_throttle.failed_at is 'When the last one failed';

-- After p_free failures the wait doubles from one second up to 15 minutes.
create function hookline.login_wait(p_key bytea, p_free integer) returns integer
language sql stable set search_path = pg_catalog, pg_temp
as $$
	select coalesce(max(ceil(extract(epoch from
			t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) - now())))::integer, 0)
	  from hookline.login_throttle t
	 where t.key = p_key and t.failures >= p_free
	   and t.failed_at + make_interval(secs => least(900, power(2, least(t.failures - p_free, 10)))) > now()
$$;
comment on function hookline.login_wait(bytea, integer) is 'Seconds until a login by this key may be tried; 0: now';

create function hookline.login_failed(p_keys bytea[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.login_failed(bytea[]) is 'Counts a failure for each key, and forgets those of yesterday';

revoke execute on function hookline.login_wait(bytea, integer), hookline.login_failed(bytea[]) from public;

-- --- undoing ------------------------------------------------------------------

-- What a draft was before each of its last changes.
create table hookline.workflow_undo (
	account_id   bigint not null,
	workflow_id  bigint not null,
	no           integer not null,
	draft        json not null,
	label        text not null,
	user_id      bigint,
	kept_at      timestamptz not null default now(),
	primary key (account_id, workflow_id, no),
	foreign key (account_id, workflow_id) references hookline.workflow (account_id, id),
	constraint workflow_undo_counts_from_one check (no >= 1)
);
comment on table hookline.workflow_undo is 'The last 50 changes of a draft in the builder, so that they can be undone';
comment on column hookline.workflow_undo.account_id is 'Whose workflow';
comment on column hookline.workflow_undo.workflow_id is 'Which workflow';
comment on column hookline.workflow_undo.no is '1, 2, 3 ... within the workflow: the highest is undone first';
comment on column hookline.workflow_undo.draft is 'The workflow document as it was before the change';
comment on column hookline.workflow_undo.label is 'What was changed, in words';
comment on column hookline.workflow_undo.user_id is 'Who changed it; a user who was removed since keeps the number';
comment on column hookline.workflow_undo.kept_at is 'When the change began';
-- --- how many runs there are --------------------------------------------------

-- Sums, so that no page counts a million runs.  Enrolling pays nothing for them:
-- runs that began are counted later, by their ids.  A run whose end changes
-- appends a row, for which nobody waits, and which is added to the sums later.  What
-- is not in the sums yet, a page adds itself: some minutes' runs.

create table hookline.workflow_total (
	account_id   bigint not null,
	workflow_id  bigint not null,
	enrolled     bigint not null default 0,
	completed    bigint not null default 0,
	failed       bigint not null default 0,
	cancelled    bigint not null default 0,
	primary key (account_id, workflow_id),
	foreign key (account_id, workflow_id) references hookline.workflow (account_id, id) on delete cascade
);
comment on table hookline.workflow_total is 'Sums of a workflow''s runs, but for the last minutes (tally_mark, tally_delta); workflow_board has them all';
comment on column hookline.workflow_total.account_id is 'Whose workflow';
comment on column hookline.workflow_total.workflow_id is 'Which workflow';
comment on column hookline.workflow_total.enrolled is 'Runs that began';
comment on column hookline.workflow_total.completed is 'Runs that came to their end';
comment on column hookline.workflow_total.failed is 'Runs that failed, and were not tried again since';
comment on column hookline.workflow_total.cancelled is 'Runs that were cancelled';

create table hookline.workflow_day (
	account_id   bigint not null,
	workflow_id  bigint not null,
	day          date not null,
	enrolled     bigint not null default 0,
	completed    bigint not null default 0,
	failed       bigint not null default 0,
	cancelled    bigint not null default 0,
	primary key (account_id, workflow_id, day),
	foreign key (account_id, workflow_id) references hookline.workflow (account_id, id) on delete cascade
);
comment on table hookline.workflow_day is 'The same by day';
comment on column hookline.workflow_day.account_id is 'Whose workflow';
comment on column hookline.workflow_day.workflow_id is 'Which workflow';
comment on column hookline.workflow_day.day is 'The day, in the account''s time zone when it was counted';
comment on column hookline.workflow_day.enrolled is 'Runs that began on it';
comment on column hookline.workflow_day.completed is 'Runs that came to their end on it';
comment on column hookline.workflow_day.failed is 'Runs that failed on it, and were not tried again since';
comment on column hookline.workflow_day.cancelled is 'Runs that were cancelled on it';

create table hookline.tally_mark (
	account_id  bigint primary key references hookline.account (id) on delete cascade,
	counted_to  bigint not null default 0,
	seen_to     bigint not null default 0,
	seen_at     timestamptz not null default now(),
	constraint tally_mark_goes_on check (seen_to >= counted_to)
);
comment on table hookline.tally_mark is 'Up to which run those that began are in the sums';
comment on column hookline.tally_mark.account_id is 'Whose runs';
comment on column hookline.tally_mark.counted_to is 'Runs up to this id are in the sums';
comment on column hookline.tally_mark.seen_to is 'The newest run when it was last looked: counted when nobody can be about to commit a lower id any more';
comment on column hookline.tally_mark.seen_at is 'When that was';

create table hookline.tally_delta (
	account_id   bigint not null,
	id           bigint generated by default as identity,
	workflow_id  bigint not null,
	status       text not null,
	n            smallint not null,
	at           timestamptz not null,
	primary key (account_id, id),
	constraint tally_delta_status_is_final check (status in ('completed', 'failed', 'cancelled')),
	constraint tally_delta_is_one check (n in (-1, 1))
);
comment on table hookline.tally_delta is 'Runs that ended, or are tried again, and are not in the sums yet';
comment on column hookline.tally_delta.account_id is 'Whose run';
comment on column hookline.tally_delta.id is 'Key';
comment on column hookline.tally_delta.workflow_id is 'Whose sums it goes to';
comment on column hookline.tally_delta.status is 'completed, failed or cancelled';
comment on column hookline.tally_delta.n is '1: it ended so; -1: it does so no longer';
comment on column hookline.tally_delta.at is 'When it had ended';

create function hookline.run_end_tally() returns trigger
language plpgsql as $$
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
comment on function hookline.run_end_tally() is 'Notes for the sums that a run ended, or goes on after its end';
create trigger workflow_run_end_tally after update of status on hookline.workflow_run
	for each row when (old.status is distinct from new.status
		and (old.status in ('completed', 'failed', 'cancelled') or new.status in ('completed', 'failed', 'cancelled')))
	execute function hookline.run_end_tally();
create trigger workflow_run_ended_tally after insert on hookline.workflow_run
	for each row when (new.status in ('completed', 'failed', 'cancelled'))
	execute function hookline.run_end_tally();

create function hookline.tally_add(p_account bigint, p_sums jsonb) returns void
language sql set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.tally_add(bigint, jsonb) is
	'Adds to the sums of an account''s workflows: [{workflow_id, day, enrolled, completed, failed, cancelled}]';

create function hookline.workflow_tally(p_most integer) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.workflow_tally(integer) is
	'Brings the sums of all workflows up to some minutes ago, about p_most runs at a time; returns whether there is more to do';

-- What is there already.  Making the triggers keeps others from writing runs
-- until this is committed.
insert into hookline.tally_mark (account_id, counted_to, seen_to)
select a.id, x.id, x.id
  from hookline.account a
 cross join lateral (
	select coalesce(max(r.id), 0) as id from hookline.workflow_run r where r.account_id = a.id) x;
select hookline.tally_add(s.account_id, jsonb_agg(s))
  from (select r.account_id, r.workflow_id, (x.at at time zone a.timezone)::date as day,
	       count(*) filter (where x.is_begin) as enrolled,
	       count(*) filter (where not x.is_begin and r.status = 'completed') as completed,
	       count(*) filter (where not x.is_begin and r.status = 'failed') as failed,
	       count(*) filter (where not x.is_begin and r.status = 'cancelled') as cancelled
	  from hookline.workflow_run r
	  join hookline.account a on a.id = r.account_id
	 cross join lateral (values (r.started_at, true), (r.finished_at, false)) x (at, is_begin)
	 where x.at is not null
	 group by 1, 2, 3) s
 group by s.account_id;

-- --- the trigger's page --------------------------------------------------------

-- Who still uses an old URL is asked whenever the page is shown.
create index delivery_old_url on hookline.delivery (account_id, trigger_id, received_at)
	where used_old_url;

-- --- lists of runs and deliveries ---------------------------------------------

-- Pages show lists newest first, and stay quick by looking at so many rows at most:
-- where these hold too few that match, `older` says from where to look further.
-- What is rare and asked for often has an index of its own, which costs what is
-- common nothing.

create index workflow_run_unhappy on hookline.workflow_run (account_id, status, id)
	where status in ('failed', 'cancelled');
create index delivery_by_outcome on hookline.delivery (account_id, outcome, id)
	where outcome <> 'enrolled';
create index delivery_by_replay on hookline.delivery (account_id, replay_of, id)
	where replay_of is not null;

create function hookline.day_begins(p_account bigint, p_day text, p_more integer) returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp
as $$
	select (p_day::date + p_more)::timestamp at time zone a.timezone
	  from hookline.account a where a.id = p_account
$$;
comment on function hookline.day_begins(bigint, text, integer) is
	'When a day begins in the account''s zone, or the one so many days later';

create function hookline.run_id_at(p_account bigint, p_at timestamptz) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.run_id_at(bigint, timestamptz) is
	'The last run that began before a moment, by halves: ids grow as time does, but for seconds';

create function hookline.delivery_id_at(p_account bigint, p_at timestamptz) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.delivery_id_at(bigint, timestamptz) is
	'The last delivery that was received before a moment, by halves: ids grow as time does, but for what waited in the spool';

create function hookline.contacts_named(p_account bigint, p_text text) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function hookline.contacts_named(bigint, text) is
	'Contacts with this address, number or id; where there is none, up to 100 of the newest 20,000 whose name or address has this text in it';

create function hookline.run_search(p_account bigint, p_filter jsonb, p_most integer,
	out ids bigint[], out older bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function hookline.run_search(bigint, jsonb, integer) is
	'Newest first: up to p_most runs that fit {workflow, status, step, from, to (days of the account''s zone), contact (text), before (an id)}; older: the id from which to look further, null when that was all';

create function hookline.delivery_search(p_account bigint, p_filter jsonb, p_most integer,
	out ids bigint[], out times timestamptz[], out older bigint, out older_at timestamptz)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function hookline.delivery_search(bigint, jsonb, integer) is
	'Newest first: up to p_most deliveries that fit {workflow, outcome, from, to (days of the account''s zone), text, before, before_at}; older, older_at: from where to look further, null when that was all';

-- --- contacts ---------------------------------------------------------------
-- People are looked for by how a name, a company or an address begins.  Each of
-- these indexes holds only those that have one; numbers are found by the key.

create index contact_by_first_name on hookline.contact
	(account_id, lower(first_name) text_pattern_ops) where first_name is not null;
create index contact_by_last_name on hookline.contact
	(account_id, lower(last_name) text_pattern_ops) where last_name is not null;
create index contact_by_company on hookline.contact
	(account_id, lower(company_name) text_pattern_ops) where company_name is not null;
create index contact_identity_by_address on hookline.contact_identity
	(account_id, value text_pattern_ops) where kind = 'email';

create function hookline.contact_tag_marks(p_account bigint, p_tags text[])
returns bigint[]
language plpgsql immutable
as $$
begin
	return array(select hashtextextended(lower(t), p_account) from unnest(p_tags) t);
end
$$;
comment on function hookline.contact_tag_marks(bigint, text[]) is
	'By what contacts are found that have a tag, whatever its case: hashes, with the account in them';
create index contact_by_tag on hookline.contact using gin (hookline.contact_tag_marks(account_id, tags))
	with (fastupdate = off) where tags <> '{}';

create function hookline.contact_prefixed(p_account bigint, p_begin text, p_most integer)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_prefixed(bigint, text, integer) is
	'The contacts whose first or last name, company or e-mail address begins so (in lower case): all, or at least p_most of them';

create function hookline.contact_numbered(p_account bigint, p_numbers text[], p_most integer)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_numbered(bigint, text[], integer) is
	'The contacts with a telephone number that begins like one of these: all, or at least p_most of them';

create function hookline.contact_tagged(p_account bigint, p_tag text, p_most integer)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_tagged(bigint, text, integer) is
	'The contacts that have a tag, whatever its case: all, or p_most of them';

-- Reads as one expression where it is used.
create function hookline.contact_text(p_first text, p_last text, p_company text, p_email text)
returns text
language sql stable
as $$
	select E'\n' || lower(concat_ws(E'\n', p_first, p_last, p_company, p_email))
$$;
comment on function hookline.contact_text(text, text, text, text) is
	'What contact_prefixed looks at, each behind a line break';

-- p_like: a pattern each for what begins a line of contact_text.
create function hookline.contact_scan(p_account bigint, p_like text[], p_phrase text, p_numbers text[],
	p_tag text, p_before bigint, p_limit integer, p_most integer)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_scan(bigint, text[], text, text[], text, bigint, integer, integer) is
	'contact_search among the p_most newest below an id: for what many have';

create function hookline.contact_among(p_account bigint, p_ids bigint[], p_like text[], p_phrase text,
	p_numbers text[], p_tag text)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_among(bigint, bigint[], text[], text, text[], text) is
	'contact_search among these';

create function hookline.contact_like(p_begin text)
returns text
language sql immutable
as $$
	select E'%\n' || regexp_replace(p_begin, '([\\%_])', '\\\1', 'g') || '%'
$$;
comment on function hookline.contact_like(text) is
	'The pattern for what begins a line of contact_text';

create function hookline.contact_meant(p_account bigint, p_words text[], p_numbers text[], p_tag text, p_most integer)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_meant(bigint, text[], text[], text, integer) is
	'All that contact_search is to find (words in lower case), by indexes; null when more than p_most have each of what is asked for';

create function hookline.contact_meant_all(p_account bigint, p_words text[], p_numbers text[], p_tag text)
returns bigint[]
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_meant_all(bigint, text[], text[], text) is
	'All that contact_search is to find (words in lower case), however many';

create function hookline.contact_search(p_account bigint, p_words text[], p_numbers text[], p_tag text,
	p_before bigint, p_limit integer)
returns setof bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_search(bigint, text[], text[], text, bigint, integer) is
	'The contacts below an id, newest first, of which each of the words begins a name, the company or an address, or all of them in one do, or one of the numbers begins theirs; and that have the tag (null: any)';

create function hookline.contact_edit(p_account bigint, p_contact bigint, p_patch jsonb)
returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.contact_edit(bigint, bigint, jsonb) is
	'Changes a contact by hand: contact_patch, and identities to be dropped.  Says who has the address or number already (kind, owner), what does not fit (problem), or that there is no such contact (gone), and then nothing is changed';

-- --- imports ----------------------------------------------------------------
-- A file of contacts that is taken in piece by piece, each in a request of its
-- own.  It is gone a day later, and its content as soon as it is taken in.

create table hookline.import_job (
	account_id   bigint not null references hookline.account (id),
	id           bigint generated by default as identity,
	made_by      text not null,
	filename     text not null,
	content      bytea not null,
	size         bigint not null,
	state        text not null default 'mapping',
	targets      jsonb,
	read_to      bigint not null default 0,
	line         bigint not null default 1,
	lines        bigint not null default 0,
	created      bigint not null default 0,
	updated      bigint not null default 0,
	unchanged    bigint not null default 0,
	skipped      bigint not null default 0,
	problems     jsonb not null default '[]',
	busy_until   timestamptz,
	created_at   timestamptz not null default now(),
	finished_at  timestamptz,
	expires_at   timestamptz not null default now() + interval '1 day',
	primary key (account_id, id),
	constraint import_job_state_is_known check (state in ('mapping', 'running', 'done')),
	constraint import_job_mapped_runs check (state = 'mapping' or targets is not null),
	constraint import_job_done_is_empty check ((state = 'done') = (finished_at is not null)
		and (state <> 'done' or content = '')),
	constraint import_job_counts_up check (read_to >= 0 and read_to <= size)
);
alter table hookline.import_job alter content set storage external; -- read in pieces
comment on table hookline.import_job is 'A file of contacts that is taken in piece by piece; gone a day later';
comment on column hookline.import_job.account_id is 'Whose contacts';
comment on column hookline.import_job.id is 'Key';
comment on column hookline.import_job.made_by is 'The user who brought it';
comment on column hookline.import_job.filename is 'What the file was called';
comment on column hookline.import_job.content is 'The CSV text; empty when it was taken in';
comment on column hookline.import_job.size is 'How many bytes the text had';
comment on column hookline.import_job.state is 'mapping (its columns are being told), running or done';
comment on column hookline.import_job.targets is 'What each column is: a list of contact fields, "" for none; null until it is told';
comment on column hookline.import_job.read_to is 'Bytes of it that were taken in';
comment on column hookline.import_job.line is 'The line at which that is';
comment on column hookline.import_job.lines is 'Lines that were taken in';
comment on column hookline.import_job.created is 'Contacts that were made';
comment on column hookline.import_job.updated is 'Contacts that were changed';
comment on column hookline.import_job.unchanged is 'Lines that said nothing new';
comment on column hookline.import_job.skipped is 'Lines that could not be taken';
comment on column hookline.import_job.problems is 'The first of what could not be taken: [{"line","status","reason"}]';
comment on column hookline.import_job.busy_until is 'Until then somebody takes in a piece; null: nobody does';
comment on column hookline.import_job.created_at is 'When it was brought';
comment on column hookline.import_job.finished_at is 'When all of it was taken in; null: not yet';
comment on column hookline.import_job.expires_at is 'When it is forgotten, taken in or not';

-- Retention forgets them: leftovers_forget of 0006, with import_job.
create or replace function hookline.leftovers_forget(p_window_s bigint, p_most integer,
	out dedup_keys integer, out spool_entries integer, out sessions integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.leftovers_forget(bigint, integer) is
	'Deletes, about p_most of each, dedup keys older than the longest window in use, entries of spools brought in 30 days ago, logins that ended, and files that were to be imported a day ago; returns how many of the first three';

-- --- who may do it ------------------------------------------------------------

alter function hookline.grant_roles() rename to grant_roles_0007;
comment on function hookline.grant_roles_0007() is 'The part of grant_roles that is as old as the roles';

create function hookline.grant_roles() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
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
comment on function hookline.grant_roles() is
	'Makes the roles where it may, and grants each the least it needs; returns the names of those that are missing';

select hookline.grant_roles();
