-- workflow_publish($1 account, $2 workflow, $3 document, $4 webhook refs):
-- publish this document, and let paused runs go on; returns the version, no row
-- when there is no such workflow
select version from hookline.workflow_publish($1::bigint, $2::bigint, $3::text, $4::text)
 where version is not null
