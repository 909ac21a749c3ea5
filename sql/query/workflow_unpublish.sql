-- workflow_unpublish($1 account, $2 workflow): back to a draft; no row when it
-- is not published
update hookline.workflow
   set status = 'draft', updated_at = now()
 where account_id = $1::bigint and id = $2::bigint and status = 'published'
returning id
