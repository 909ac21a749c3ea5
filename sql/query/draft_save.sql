-- draft_save($1 account, $2 workflow, $3 document, $4 rev, $5 label, $6 user,
-- $7 continues): a new draft in place of the one whose revision is $4; that one
-- is kept for undoing, and of these the last 50.  $7: a change that goes on with
-- what the same user did within the last 10 minutes under the same label is
-- undone together with it.  Returns the new revision; no row: the draft is
-- another by now.
with before as (
	select w.account_id, w.id, w.draft
	  from hookline.workflow w
	 where w.account_id = $1::bigint and w.id = $2::bigint
	   and w.status <> 'archived'
	   and left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16) = $4
	   for update
), newest as (
	select u.no, u.label, u.user_id, u.kept_at
	  from hookline.workflow_undo u
	 where u.account_id = $1::bigint and u.workflow_id = $2::bigint
	 order by u.no desc
	 limit 1
), kept as (
	insert into hookline.workflow_undo
		(account_id, workflow_id, no, draft, label, user_id)
	select b.account_id, b.id, coalesce((select n.no from newest n), 0) + 1,
	       b.draft, $5, $6::bigint
	  from before b
	 where b.draft::text <> $3::json::text
	   and not ($7::boolean and exists (
		select 1 from newest n
		 where n.label = $5 and n.user_id = $6::bigint
		   and n.kept_at > now() - interval '10 minutes'))
), forgotten as (
	delete from hookline.workflow_undo u
	 using before b
	 where u.account_id = $1::bigint and u.workflow_id = $2::bigint
	   and u.no <= (select n.no from newest n) - 49
)
update hookline.workflow w
   set draft = $3::json, updated_at = now()
  from before b
 where w.account_id = $1::bigint and w.id = $2::bigint
   and w.account_id = b.account_id and w.id = b.id
   and left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16) = $4
returning left(encode(sha256(convert_to(w.draft::text, 'UTF8')), 'hex'), 16)
