-- metrics(): what to watch, as numbers; ages in seconds, null where there is
-- nothing.  Runs that are over are counted in a small table and estimated by the
-- planner's statistics in a large one; all that is live or due is read by the
-- indexes that hold nothing else (by attempt and held_by, so these are named).
with live as materialized (
	select r.status, r.due_at, w.status <> 'published' as is_held
	  from hookline.workflow_run r
	  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
	 where r.status in ('waiting', 'running')
	   and (r.attempt = 0 and r.held_by is null or r.attempt > 0 or r.held_by is not null)
), due as (
	select count(*) as n, extract(epoch from now() - min(l.due_at)) as age_s,
	       extract(epoch from now() - min(l.due_at) filter (where l.status = 'running')) as overrun_s
	  from live l
	 where l.due_at <= now() and (l.status = 'running' or not l.is_held)
), facts as (
	select c.reltuples, s.most_common_vals::text::text[] as statuses,
	       s.most_common_freqs as shares,
	       pg_catalog.pg_relation_size(c.oid) > 64 * 1024 * 1024
		and c.reltuples > 0 and s.most_common_vals is not null as is_large
	  from pg_catalog.pg_class c
	  left join pg_catalog.pg_stats s on s.schemaname = 'hookline'
	       and s.tablename = 'workflow_run' and s.attname = 'status'
	 where c.oid = 'hookline.workflow_run'::regclass
), ended as materialized (
	select x.status, (f.reltuples * x.share)::bigint as n
	  from facts f, unnest(f.statuses, f.shares) x (status, share)
	 where f.is_large
	union all
	select r.status, count(*)
	  from hookline.workflow_run r
	 where not (select f.is_large from facts f)
	   and r.status in ('completed', 'failed', 'cancelled')
	 group by r.status
), arrived as (
	select d.outcome, sum(d.n)::bigint as n
	  from hookline.trigger t
	 cross join lateral (
		select x.outcome, count(*) as n from hookline.delivery x
		 where x.account_id = t.account_id and x.trigger_id = t.id
		   and x.received_at > now() - interval '1 day'
		 group by x.outcome) d
	 group by d.outcome
)
select json_build_object(
	'runs', (select json_object_agg(s.status, case s.status
			when 'paused' then (select count(*) from live l where l.status = 'waiting' and l.is_held)
			when 'waiting' then (select count(*) from live l where l.status = 'waiting' and not l.is_held)
			when 'running' then (select count(*) from live l where l.status = 'running')
			else coalesce((select e.n from ended e where e.status = s.status), 0) end)
		   from unnest(array['waiting', 'paused', 'running', 'completed',
			'failed', 'cancelled']) s (status)),
	'runs_are_estimated', (select f.is_large from facts f),
	'deliveries', (select json_object_agg(o.outcome, coalesce(a.n, 0))
		   from unnest(array['enrolled', 'updated', 'captured', 'filtered',
			'duplicate', 'rejected']) o (outcome)
		   left join arrived a on a.outcome = o.outcome),
	'due', (select d.n from due d),
	'due_age_s', (select d.age_s from due d),
	'lease_overrun_s', (select d.overrun_s from due d),
	'executors', (select count(*) from hookline.executor x
		where x.seen_at > now() - interval '150 seconds'),
	'executor_seen_s', (select extract(epoch from now() - max(x.seen_at)) from hookline.executor x))
