-- import_job_forget($1 account, $2 pattern): forget the imports that name a person
delete from hookline.import_job j
 where j.account_id = $1::bigint
   and (encode(j.content, 'escape') ~* $2::text or j.problems::text ~* $2::text)
