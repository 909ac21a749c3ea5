-- version_try($1 account, $2 workflow, $3 version, $4 document): a version that
-- is never published, for a transaction that is rolled back: what is enrolled
-- in it must have one.  The published one, when it is the same, stays
insert into hookline.workflow_version (account_id, workflow_id, version, document)
values ($1::bigint, $2::bigint, $3::integer, $4::json)
on conflict do nothing
