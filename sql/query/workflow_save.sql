-- workflow_save($1 account, $2 workflow, $3 document, $4 revision): a new draft of
-- one that still has this revision (null: whichever); returns the new
-- revision, no row when there is none
update hookline.workflow
   set draft = $3::json, updated_at = now()
 where account_id = $1::bigint and id = $2::bigint and status <> 'archived'
   and ($4::text is null or left(encode(sha256(convert_to(draft::text, 'UTF8')), 'hex'), 16) = $4::text)
returning left(encode(sha256(convert_to(draft::text, 'UTF8')), 'hex'), 16)
