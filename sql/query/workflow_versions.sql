-- workflow_versions($1 account, $2 workflow, $3 before version (null: from the newest), $4 most):
-- {"version","published_at"}, newest first
select json_build_object('version', v.version,
	'published_at', to_char(v.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.workflow_version v
 where v.account_id = $1::bigint and v.workflow_id = $2::bigint
   and ($3::bigint is null or v.version < $3::bigint)
 order by v.version desc
 limit $4::bigint
