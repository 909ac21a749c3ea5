-- trigger_senders($1 account, $2 trigger, $3 only who used an old URL): who sent
-- here in the last 30 days; by_old_url counts since the URL was last rotated
select json_build_object('remote_addr', host(s.remote_addr), 'user_agent', s.user_agent,
	'deliveries', s.n, 'by_old_url', s.n_old,
	'last_seen_at', to_char(s.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'last_by_old_url_at', to_char(s.last_old_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from (select x.remote_addr, x.user_agent, count(*) as n, max(x.received_at) as last_at,
	       count(*) filter (where x.is_old) as n_old,
	       max(x.received_at) filter (where x.is_old) as last_old_at
	  from (select d.remote_addr, d.headers ->> 'user-agent' as user_agent, d.received_at,
		       d.used_old_url and d.received_at >= coalesce(t.rotated_at, '-infinity') as is_old
		  from hookline.trigger t
		  join hookline.delivery d on d.account_id = t.account_id and d.trigger_id = t.id
		 where t.account_id = $1::bigint and t.id = $2::bigint
		   and d.part_of is null and d.replay_of is null
		   and d.received_at > now() - interval '30 days') x
	 group by x.remote_addr, x.user_agent) s
 where not $3::boolean or s.n_old > 0
 order by s.last_at desc limit 200
