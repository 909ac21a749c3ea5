-- import_job_text($1 account, $2 import, $3 from this byte, $4 at most): a piece of
-- its content
select substring(j.content from $3::integer + 1 for $4::integer)
  from hookline.import_job j
 where j.account_id = $1::bigint and j.id = $2::bigint and j.expires_at > now()
