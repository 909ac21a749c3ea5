-- workflow_archive($1 account, $2 workflow): its name is free from here on, and
-- its URL opens nothing; no row when it was archived already
update hookline.workflow
   set status = 'archived', updated_at = now()
 where account_id = $1::bigint and id = $2::bigint and status <> 'archived'
returning id
