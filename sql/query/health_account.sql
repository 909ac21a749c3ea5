-- health_account($1 account): what its builder may know of the installation's
-- health beyond hookline.health(): its own runs that are due, and the destinations
-- left alone that they wait for
select json_build_object(
	'executor_seen_at', (
		select to_char(max(x.seen_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
		  from hookline.executor x),
	'due', coalesce(b.due, 0),
	'overdue_s', extract(epoch from b.oldest_overdue)::bigint,
	'oldest_due_at', to_char(b.oldest_due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'destinations_held', (select count(*) from hookline.destination d
		where d.state <> 'closed' and exists (
			select from hookline.workflow_run r
			 where r.held_by = d.key and r.status = 'waiting' and r.account_id = $1::bigint)),
	'destinations', (select coalesce(json_agg(x), '[]') from (
		select d.key, to_char(d.open_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as until,
		       d.last_error as reason, w.waiting
		  from hookline.destination d
		 cross join lateral (
			select count(*) as waiting from hookline.workflow_run r
			 where r.held_by = d.key and r.status = 'waiting' and r.account_id = $1::bigint) w
		 where d.state <> 'closed' and w.waiting > 0
		 order by d.opened_at, d.key limit 5) x))
  from (values (1)) one (n)
  left join hookline.due_backlog b on b.account_id = $1::bigint
