-- workflow_by_id($1 account, $2 id): as workflow_find, by the id alone
select json_build_object('id', w.id::text, 'name', w.name, 'status', w.status,
	'version', w.version, 'trigger', t.id::text,
	'hook_key', encode(t.hook_key, 'hex'), 'draft', w.draft,
	'rev', left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16))
  from hookline.workflow w
  join hookline.trigger t on t.account_id = w.account_id and t.workflow_id = w.id
 where w.account_id = $1::bigint and w.status <> 'archived'
   and w.id = $2::bigint
