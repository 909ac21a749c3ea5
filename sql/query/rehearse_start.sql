-- rehearse_start($1 account, $2 workflow, $3 version, $4 contact or null, $5
-- delivery or null, $6 step or null, $7 variables, $8 webhook): a run whatever the
-- re-entry rule says; its id.  For a transaction that is rolled back.
select hookline.run_start(jsonb_build_object('account_id', $1::bigint, 'workflow_id', $2::bigint,
	'version', $3::integer, 'contact_id', $4::bigint, 'delivery_id', $5::bigint, 'step_id', $6::text,
	'reentry', 'always', 'variables', $7::jsonb, 'webhook', $8::jsonb), false)::text
