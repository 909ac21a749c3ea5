-- session_load($1 account, $2 hash of the token): an object, or no row when it has ended or was not
-- used for three days.  "is_stale": session_touch is due.
select json_build_object('account', a.id::text, 'account_name', a.name, 'timezone', a.timezone,
	'country', a.default_country, 'user', u.id::text, 'email', u.email, 'name', u.name,
	'is_stale', s.last_seen_at < now() - interval '5 minutes',
	'now', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.user_session s
  join hookline.app_user u on u.account_id = s.account_id and u.id = s.user_id
  join hookline.account a on a.id = s.account_id
 where s.account_id = $1::bigint and s.token_hash = $2::bytea
   and s.expires_at > now() and s.last_seen_at > now() - interval '3 days'
