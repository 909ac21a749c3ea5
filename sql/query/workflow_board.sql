-- workflow_board($1 account, $2 those that are archived too?): a JSON object
-- each, by name.  The sums, and what is not in them yet: runs that began since
-- (the upper bound tells the planner that these are few), and ends that were noted.
with a as (
	select x.id, x.timezone, coalesce(t.counted_to, 0) as counted_to,
	       (now() at time zone x.timezone)::date as today
	  from hookline.account x
	  left join hookline.tally_mark t on t.account_id = x.id
	 where x.id = $1::bigint
), fresh as materialized (
	select r.workflow_id, (r.started_at at time zone (select a.timezone from a))::date as day, count(*) as n
	  from hookline.workflow_run r
	 where r.account_id = $1::bigint and r.id > (select a.counted_to from a)
	   and r.id <= 9223372036854775807
	 group by 1, 2
), ended as materialized (
	select x.workflow_id,
	       sum(x.n) filter (where x.status = 'completed') as completed,
	       sum(x.n) filter (where x.status = 'failed') as failed,
	       sum(x.n) filter (where x.status = 'cancelled') as cancelled
	  from hookline.tally_delta x
	 where x.account_id = $1::bigint
	 group by 1
), lately as materialized (
	select x.workflow_id, x.day, sum(x.n) as n
	  from (select d.workflow_id, d.day, d.enrolled as n
		  from hookline.workflow_day d
		 where d.account_id = $1::bigint and d.day > (select a.today - 14 from a)
		union all select f.workflow_id, f.day, f.n from fresh f) x
	 group by 1, 2
), board as (
	select w.id, w.name, w.status, w.version,
	       coalesce(t.enrolled, 0) + coalesce((
			select sum(f.n) from fresh f where f.workflow_id = w.id), 0) as enrolled,
	       coalesce(t.completed, 0) + coalesce(e.completed, 0) as completed,
	       coalesce(t.failed, 0) + coalesce(e.failed, 0) as failed,
	       coalesce(t.cancelled, 0) + coalesce(e.cancelled, 0) as cancelled
	  from hookline.workflow w
	  left join hookline.workflow_total t on t.account_id = w.account_id and t.workflow_id = w.id
	  left join ended e on e.workflow_id = w.id
	 where w.account_id = $1::bigint and ($2::boolean or w.status <> 'archived')
)
select json_build_object('id', b.id::text, 'name', b.name, 'status', b.status,
	'version', b.version, 'enrolled', b.enrolled,
	'active', greatest(0, b.enrolled - b.completed - b.failed - b.cancelled),
	'completed', b.completed, 'failed', b.failed, 'cancelled', b.cancelled,
	'last_enrolled_at', (
		select to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
		  from hookline.workflow_run r
		 where r.account_id = $1::bigint and r.workflow_id = b.id
		 order by r.id desc limit 1),
	'days', (
		select json_agg(coalesce(l.n, 0) order by d.day)
		  from a cross join lateral generate_series(0, 13) i
		 cross join lateral (select a.today - 13 + i as day) d
		  left join lately l on l.workflow_id = b.id and l.day = d.day))
  from board b
 order by b.name, b.id
