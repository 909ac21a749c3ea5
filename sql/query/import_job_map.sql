-- import_job_map($1 account, $2 import, $3 what its columns are, $4 from which byte
-- on, $5 in which line): it may run; nothing changes when it did already
update hookline.import_job j
   set targets = $3::jsonb, state = 'running', read_to = $4::bigint, line = $5::bigint
 where j.account_id = $1::bigint and j.id = $2::bigint and j.state = 'mapping'
