-- 0006: retention.  Months of deliveries that are wholly older than wanted are
-- dropped as partitions; single deliveries, dedup keys and what else has served
-- its time go in small batches, each a statement and a commit of its own.  Only
-- the owner of a partition may drop it, so these functions run with its rights;
-- no name comes from the caller.

create table hookline.upkeep (
	task      text primary key,
	added_at  timestamptz not null default now(),
	next_at   timestamptz not null default now(),
	done_at   timestamptz,
	constraint upkeep_task_is_known check (task in ('prune'))
);
comment on table hookline.upkeep is 'What is done once a day, by one executor of all';
comment on column hookline.upkeep.task is 'prune: remove what is kept no longer';
comment on column hookline.upkeep.added_at is 'Since when it is to be done';
comment on column hookline.upkeep.next_at is 'When it is to be done next; whoever does it moves this ahead';
comment on column hookline.upkeep.done_at is 'When it was last done to its end';
insert into hookline.upkeep (task) values ('prune');

create function hookline.delivery_partitions()
returns table (name text, since timestamptz, until timestamptz, deliveries bigint, bytes bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
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
$$;
comment on function hookline.delivery_partitions() is
	'The partitions of delivery by their age, without the default one; deliveries is an estimate, null when there is none';

create function hookline.delivery_partition_drop(p_days integer,
	out partition text, out deliveries bigint, out bytes bigint, out problem text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $$
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
comment on function hookline.delivery_partition_drop(integer) is
	'Drops the oldest partition of delivery whose rows are all older than p_days; partition is null when there is none, problem says why it is still there';

create function hookline.delivery_forget(p_days integer, p_most integer)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '500ms'
as $$
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
comment on function hookline.delivery_forget(integer, integer) is
	'Deletes about p_most deliveries older than p_days from partitions that hold younger ones too, and from the default one; returns how many, 0: there are no more, or somebody holds them';

create function hookline.leftovers_forget(p_window_s bigint, p_most integer,
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
		exit when greatest(dedup_keys, spool_entries, sessions) >= p_most;
	end loop;
end
$$;
comment on function hookline.leftovers_forget(bigint, integer) is
	'Deletes, about p_most of each, dedup keys older than the longest window in use, entries of spools brought in 30 days ago, and logins that ended; returns how many';
