-- workflow_find($1 account, $2 name or id): the workflow with its draft and
-- the key of its URL, or no row.  A name goes before an id.
select json_build_object('id', w.id::text, 'name', w.name, 'status', w.status,
	'version', w.version, 'trigger', t.id::text,
	'hook_key', encode(t.hook_key, 'hex'), 'draft', w.draft,
	'rev', left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16))
  from hookline.workflow w
  join hookline.trigger t on t.account_id = w.account_id and t.workflow_id = w.id
 where w.account_id = $1::bigint and w.status <> 'archived'
   and (w.name = $2::text or w.id::text = $2::text)
 order by w.name = $2::text desc limit 1
