-- trigger_samples($1 account, $2 trigger, $3 at most): deliveries that can be a
-- sample, since their content could be read; newest first
select json_build_object('id', d.id::text,
	'received_at', to_char(d.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'method', d.method, 'content_type', d.content_type,
	'bytes', octet_length(d.body), 'outcome', d.outcome,
	'is_chosen', coalesce(d.id = t.sample_id, false))
  from hookline.trigger t
  join hookline.delivery d on d.account_id = t.account_id and d.trigger_id = t.id
 where t.account_id = $1::bigint and t.id = $2::bigint
   and jsonb_typeof(d.payload) in ('object', 'array')
   and d.part_of is null and d.replay_of is null
 order by d.received_at desc, d.id desc limit $3::integer
