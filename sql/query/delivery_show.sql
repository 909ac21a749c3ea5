-- delivery_show($1 account, $2 delivery): all about it, and its body
select json_build_object('id', d.id::text,
	'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'workflow', w.id::text, 'workflow_name', w.name, 'trigger', t.id::text,
	'method', d.method,
	'query', d.query, 'headers', d.headers, 'content_type', d.content_type,
	'remote_addr', host(d.remote_addr), 'http_status', d.http_status,
	'outcome', d.outcome, 'reason', d.reason, 'contact', d.contact_id::text,
	'contact_address', coalesce(c.email, c.phone),
	'contact_name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'run', d.run_id::text, 'part_of', d.part_of::text, 'part_no', d.part_no,
	'replay_of', d.replay_of::text, 'is_conflict', d.is_conflict,
	'used_old_url', d.used_old_url, 'checks', coalesce(d.checks, '[]'),
	'parts', (
		select json_agg(json_build_object('delivery', q.id::text, 'part_no', q.part_no,
			'status', q.outcome, 'reason', q.reason,
			'contact', q.contact_id::text, 'run', q.run_id::text) order by q.part_no)
		  from hookline.delivery q
		 where q.account_id = d.account_id and q.trigger_id = d.trigger_id
		   and q.received_at = d.received_at and q.part_of = d.id),
	'replays', (
		select json_agg(json_build_object('delivery', x.id::text, 'status', x.outcome,
			'received_at', to_char(x.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
			'run', x.run_id::text) order by x.id)
		  from (select q.id, q.outcome, q.received_at, q.run_id from hookline.delivery q
			 where q.account_id = d.account_id and q.replay_of = d.id
			 order by q.id desc limit 20) x),
	'payload', d.payload),
       d.body
  from hookline.delivery d
  join hookline.trigger t on t.account_id = d.account_id and t.id = d.trigger_id
  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
  left join hookline.contact c on c.account_id = d.account_id and c.id = d.contact_id
 where d.account_id = $1::bigint and d.id = $2::bigint
