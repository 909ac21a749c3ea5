-- trigger_show($1 account, $2 trigger): its sample, and until when an old URL of
-- it is valid
select json_build_object('sample', t.sample_id::text,
	'rotated_at', to_char(t.rotated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'old_url_ends_at', (
		select to_char(max(k.expires_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
		  from hookline.hook_key k
		 where k.account_id = t.account_id and k.trigger_id = t.id
		   and k.key <> t.hook_key and k.expires_at > now()))
  from hookline.trigger t
 where t.account_id = $1::bigint and t.id = $2::bigint
