-- destination_close($1 key): call it again, and at once for those that wait for it
with closed as (
	delete from hookline.destination where key = $1::text returning key
), woken as (
	update hookline.workflow_run set due_at = now()
	 where held_by = $1::text and status = 'waiting' and due_at > now()
	   and exists (select from closed)
	returning id
)
select json_build_object('destination', key, 'woken', (select count(*) from woken)) from closed
