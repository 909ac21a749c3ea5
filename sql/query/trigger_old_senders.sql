-- trigger_old_senders($1 account, $2 trigger): who used an old URL since the last
-- rotation, by the latest 2,000 such requests; who did last comes first
select json_build_object('remote_addr', host(s.remote_addr), 'user_agent', s.user_agent,
	'deliveries', s.n,
	'last_seen_at', to_char(s.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from (select x.remote_addr, x.user_agent, count(*) as n, max(x.received_at) as last_at
	  from (select d.remote_addr, d.headers ->> 'user-agent' as user_agent, d.received_at
		  from hookline.trigger t
		  join hookline.delivery d on d.account_id = t.account_id and d.trigger_id = t.id
		   and d.received_at >= t.rotated_at
		 where t.account_id = $1::bigint and t.id = $2::bigint
		   and d.used_old_url and d.part_of is null and d.replay_of is null
		 order by d.received_at desc limit 2000) x
	 group by x.remote_addr, x.user_agent) s
 order by s.last_at desc limit 50
