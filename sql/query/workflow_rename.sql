-- workflow_rename($1 account, $2 workflow, $3 document, $4 revision, $5 name): as
-- workflow_save, and a new name
update hookline.workflow
   set draft = $3::json, name = $5, updated_at = now()
 where account_id = $1::bigint and id = $2::bigint and status <> 'archived'
   and left(encode(sha256(convert_to(draft::text, 'UTF8')), 'hex'), 16) = $4::text
returning left(encode(sha256(convert_to(draft::text, 'UTF8')), 'hex'), 16)
