-- session_touch($1 account, $2 hash of the token): it is used
update hookline.user_session set last_seen_at = now()
 where account_id = $1::bigint and token_hash = $2::bytea
