-- import_job_note($1 account, $2 import, $3 {"from","read_to","line","lines",
-- "created","updated","unchanged","skipped","problems"}: what was taken in from
-- that byte on): it goes on there; nothing changes when somebody else was there
-- first.  Its content is gone when all of it was taken in.
update hookline.import_job j
   set read_to = n.read_to, line = n.line, lines = j.lines + n.lines,
       created = j.created + n.created, updated = j.updated + n.updated,
       unchanged = j.unchanged + n.unchanged, skipped = j.skipped + n.skipped,
       problems = case when jsonb_array_length(j.problems) < 500 then j.problems || n.problems
			else j.problems end,
       busy_until = null,
       state = case when n.read_to >= j.size then 'done' else j.state end,
       content = case when n.read_to >= j.size then '' else j.content end,
       finished_at = case when n.read_to >= j.size then now() end
  from jsonb_to_record($3::jsonb) n ("from" bigint, read_to bigint, line bigint, lines bigint,
	created bigint, updated bigint, unchanged bigint, skipped bigint, problems jsonb)
 where j.account_id = $1::bigint and j.id = $2::bigint
   and j.state = 'running' and j.read_to = n."from"
