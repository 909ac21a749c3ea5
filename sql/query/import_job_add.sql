-- import_job_add($1 account, $2 user, $3 name of the file, $4 its content): its
-- id.  What expired is forgotten.
with old as (
	delete from hookline.import_job j where j.account_id = $1::bigint and j.expires_at < now()
)
insert into hookline.import_job (account_id, made_by, filename, content, size)
values ($1::bigint, $2::text, $3::text, $4::bytea, octet_length($4::bytea))
returning id
