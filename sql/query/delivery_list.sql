-- delivery_list($1 account, $2 workflow, $3 outcome; from $4 a moment or $5 so
-- long ago, until $6 or $7; $8 text to look for, $9 below this id; each of these
-- may be null; $10 at most): newest first
select json_build_object('id', d.id::text,
	'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'workflow', w.id::text, 'workflow_name', w.name, 'method', d.method,
	'content_type', d.content_type, 'http_status', d.http_status,
	'outcome', d.outcome, 'reason', d.reason, 'contact', d.contact_id::text,
	'run', d.run_id::text, 'part_of', d.part_of::text, 'part_no', d.part_no,
	'replay_of', d.replay_of::text, 'is_conflict', d.is_conflict,
	'used_old_url', d.used_old_url)
  from hookline.delivery d
  join hookline.trigger t on t.account_id = d.account_id and t.id = d.trigger_id
  join hookline.workflow w on w.account_id = t.account_id and w.id = t.workflow_id
 where d.account_id = $1::bigint
   and ($2::bigint is null or d.trigger_id in (
	select x.id from hookline.trigger x
	 where x.account_id = $1::bigint and x.workflow_id = $2::bigint))
   and ($3::text is null or d.outcome = $3::text)
   and d.received_at >= coalesce($4::timestamptz, now() - $5::interval, '-infinity')
   and d.received_at < coalesce($6::timestamptz, now() - $7::interval, 'infinity')
   and ($8::text is null
	or strpos(lower(concat_ws(e'\n', d.payload, d.query, d.headers, d.reason,
		host(d.remote_addr))), lower($8::text)) > 0
	or position(convert_to($8::text, 'UTF8') in d.body) > 0)
   and ($9::bigint is null or d.id < $9::bigint)
 order by d.id desc limit $10::integer
