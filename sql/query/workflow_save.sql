-- workflow_save($1 account, $2 workflow, $3 document): a new draft; returns
-- the workflow's id, no row when there is none
update hookline.workflow
   set draft = $3::json, updated_at = now()
 where account_id = $1::bigint and id = $2::bigint and status <> 'archived'
returning id
