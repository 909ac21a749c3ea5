-- import_job_remove($1 account, $2 import): forget it; its id, or no row
delete from hookline.import_job j
 where j.account_id = $1::bigint and j.id = $2::bigint
returning j.id
