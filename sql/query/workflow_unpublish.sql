-- workflow_unpublish($1 account, $2 workflow): back to a draft; says how many
-- runs are paused by that, no row when it is not published
with w as (
	update hookline.workflow
	   set status = 'draft', updated_at = now()
	 where account_id = $1::bigint and id = $2::bigint and status = 'published'
	returning account_id, id
)
select (select count(*) from hookline.live_runs($1::bigint, $2::bigint)) as paused
  from w
