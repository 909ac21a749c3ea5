-- session_close($1 account, $2 hash of the token)
delete from hookline.user_session where account_id = $1::bigint and token_hash = $2::bytea
