-- rehearse_version($1 account, $2 workflow, $3 document, $4 refs): which version
-- the document would be published as; the published one when it is the same
select coalesce(max(v.version) filter (where v.version = w.version and v.document::text = $3::text
		and v.webhook_refs::text = $4::text),
	coalesce(max(v.version), 0) + 1)
  from hookline.workflow w
  left join hookline.workflow_version v on v.account_id = w.account_id and v.workflow_id = w.id
 where w.account_id = $1::bigint and w.id = $2::bigint
 group by w.account_id, w.id
