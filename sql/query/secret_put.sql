-- secret_put($1 account, $2 name, $3 sealed): was there one of this name?
with was as (
	select from hookline.secret s where s.account_id = $1::bigint and s.name = $2
), put as (
	insert into hookline.secret (account_id, name, sealed)
	values ($1::bigint, $2, $3::bytea)
	on conflict (account_id, name) do update
	   set sealed = excluded.sealed, updated_at = now()
)
select exists (select from was)
