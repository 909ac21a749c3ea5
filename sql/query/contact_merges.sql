-- contact_merges($1 account, $2 at most, $3 of the contact that stayed, or null,
-- $4 below this id, or null): the ledger, newest first
select json_build_object('id', m.id::text, 'contact', m.keep_id::text, 'other', m.other_id::text,
	'name', coalesce(m.keep_after ->> 'email', m.keep_after ->> 'phone'),
	'other_name', coalesce(m.other_before ->> 'email', m.other_before ->> 'phone'),
	'merged_at', to_char(m.merged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'merged_by', m.merged_by,
	'identities', m.identities, 'runs', cardinality(m.runs),
	'cancelled_runs', to_json(m.cancelled_runs::text[]), 'deliveries', cardinality(m.deliveries),
	'unmerged_at', to_char(m.unmerged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'unmerged_by', m.unmerged_by,
	'scrubbed_at', to_char(m.scrubbed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.contact_merge m
 where m.account_id = $1::bigint and ($3::bigint is null or m.keep_id = $3::bigint)
   and m.id < coalesce($4::bigint, 9223372036854775807)
 order by m.id desc limit $2::integer
