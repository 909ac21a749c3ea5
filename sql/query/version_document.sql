-- version_document($1 account, $2 workflow, $3 version)
select document from hookline.workflow_version
 where account_id = $1::bigint and workflow_id = $2::bigint and version = $3::integer
