-- workflow_insert($1 account, $2 name, $3 document, $4 hook key): a draft with
-- its trigger; returns the workflow's id
with w as (
	insert into hookline.workflow (account_id, name, draft)
	values ($1::bigint, $2::text, $3::json)
	returning account_id, id
), t as (
	insert into hookline.trigger (account_id, workflow_id, hook_key)
	select account_id, id, $4::bytea from w
	returning account_id, id
), k as (
	insert into hookline.hook_key (key, account_id, trigger_id)
	select $4::bytea, account_id, id from t
)
select id from w
