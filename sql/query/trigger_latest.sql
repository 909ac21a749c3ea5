-- trigger_latest($1 account, $2 trigger, $3 at most): the latest requests,
-- newest first; is_usable: it can be the sample
select json_build_object('id', d.id::text,
	'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'remote_addr', host(d.remote_addr), 'user_agent', d.headers ->> 'user-agent',
	'method', d.method, 'content_type', d.content_type, 'bytes', octet_length(d.body),
	'http_status', d.http_status, 'outcome', d.outcome, 'reason', d.reason,
	'used_old_url', d.used_old_url, 'replay_of', d.replay_of::text,
	'contact', d.contact_id::text, 'run', d.run_id::text,
	'is_usable', coalesce(jsonb_typeof(d.payload) in ('object', 'array'), false),
	'is_chosen', coalesce(d.id = t.sample_id, false))
  from hookline.trigger t
  join hookline.delivery d on d.account_id = t.account_id and d.trigger_id = t.id
 where t.account_id = $1::bigint and t.id = $2::bigint and d.part_of is null
 order by d.received_at desc, d.id desc limit $3::integer
