-- draft_undo($1 account, $2 workflow, $3 rev): the draft becomes what it was
-- before the last change; returns {"label","rev"}, no row when there is nothing
-- to undo or the draft is another by now
with last as (
	select u.account_id, u.workflow_id, u.no, u.draft, u.label
	  from hookline.workflow_undo u
	 where u.account_id = $1::bigint and u.workflow_id = $2::bigint
	 order by u.no desc
	 limit 1
), undone as (
	update hookline.workflow w
	   set draft = l.draft, updated_at = now()
	  from last l
	 where w.account_id = $1::bigint and w.id = $2::bigint
	   and w.account_id = l.account_id and w.id = l.workflow_id
	   and w.status <> 'archived'
	   and left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16) = $3
	returning l.no, l.label, w.draft
), forgotten as (
	delete from hookline.workflow_undo u
	 using undone d
	 where u.account_id = $1::bigint and u.workflow_id = $2::bigint
	   and u.no = d.no
)
select json_build_object('label', d.label,
	'rev', left(encode(sha256(convert_to(d.draft::text, 'UTF8')), 'hex'), 16))
  from undone d
