-- workflow_publish($1 account, $2 workflow, $3 document, $4 webhook refs):
-- publish this document, as a new version unless it is the published one;
-- returns the version, no row when there is no such workflow
with w as (
	select account_id, id, version from hookline.workflow
	 where account_id = $1::bigint and id = $2::bigint and status <> 'archived'
	   for update
), same as (
	select v.version
	  from w
	  join hookline.workflow_version v on v.account_id = w.account_id
	   and v.workflow_id = w.id and v.version = w.version
	 where v.document::text = $3::text and v.webhook_refs::text = $4::text
), made as (
	insert into hookline.workflow_version (account_id, workflow_id, version, document, webhook_refs)
	select account_id, id, coalesce(version, 0) + 1, $3::text::json, $4::text::json
	  from w
	 where not exists (select from same)
	returning version
), now_is as (
	select version from made union all select version from same
)
update hookline.workflow x
   set status = 'published', version = now_is.version, updated_at = now()
  from w, now_is
 where x.account_id = w.account_id and x.id = w.id
returning x.version
