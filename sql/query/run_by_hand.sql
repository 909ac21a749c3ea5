-- run_by_hand($1 account, $2 run, $3 order): resume, skip or retry; a row that says
-- why it could not be done, or is null
select problem from hookline.run_by_hand($1::bigint, $2::bigint, $3::text)
