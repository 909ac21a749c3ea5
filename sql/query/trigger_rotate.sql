-- trigger_rotate($1 account, $2 trigger, $3 new key, $4 overlap): a new URL.
-- The old one is valid for the overlap; without one all older URLs end at
-- once.  Returns when the last old URL ends, or null.
with t as (
	update hookline.trigger set hook_key = $3::bytea, rotated_at = now()
	 where account_id = $1::bigint and id = $2::bigint
	returning account_id, id
), kept as (
	update hookline.hook_key k
	   set expires_at = least(k.expires_at, now() + $4::interval)
	  from t
	 where k.account_id = t.account_id and k.trigger_id = t.id
	   and $4::interval > interval '0'
	   and (k.expires_at is null or k.expires_at > now())
	returning k.expires_at
), gone as (
	delete from hookline.hook_key k using t
	 where k.account_id = t.account_id and k.trigger_id = t.id
	   and ($4::interval <= interval '0' or k.expires_at <= now())
), made as (
	insert into hookline.hook_key (key, account_id, trigger_id)
	select $3::bytea, account_id, id from t
)
select to_char((select max(expires_at) from kept) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from t
