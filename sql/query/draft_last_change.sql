-- draft_last_change($1 account, $2 workflow): what would be undone next:
-- {"label","at","by"}
select json_build_object('label', u.label,
	'at', to_char(u.kept_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'by', a.email)
  from hookline.workflow_undo u
  left join hookline.app_user a on a.account_id = u.account_id and a.id = u.user_id
 where u.account_id = $1::bigint and u.workflow_id = $2::bigint
 order by u.no desc
 limit 1
