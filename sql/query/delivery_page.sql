-- delivery_page($1 account, $2 filter as hookline.delivery_search takes it, $3 at
-- most): a page of deliveries, and from where to look further
select json_build_object('older', s.older::text,
	'older_at', to_char(s.older_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'deliveries', coalesce((
		select json_agg(json_build_object('id', d.id::text,
			'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'workflow', w.id::text, 'workflow_name', w.name, 'method', d.method,
			'remote_addr', host(d.remote_addr), 'http_status', d.http_status,
			'outcome', d.outcome, 'reason', d.reason, 'contact', d.contact_id::text,
			'contact_address', coalesce(c.email, c.phone),
			'contact_name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
			'run', d.run_id::text, 'part_of', d.part_of::text, 'part_no', d.part_no,
			'replay_of', d.replay_of::text, 'used_old_url', d.used_old_url) order by i.no)
		  from unnest(s.ids, s.times) with ordinality i (id, received_at, no)
		  join hookline.delivery d on d.account_id = $1::bigint and d.id = i.id
		       and d.received_at = i.received_at
		  join hookline.trigger t on t.account_id = d.account_id and t.id = d.trigger_id
		  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
		  left join hookline.contact c on c.account_id = d.account_id and c.id = d.contact_id), '[]'))
  from hookline.delivery_search($1::bigint, $2::jsonb, $3::integer) s
