-- session_open($1 account, $2 hash of the token, $3 user): for two weeks
insert into hookline.user_session (account_id, token_hash, user_id, expires_at)
values ($1::bigint, $2::bytea, $3::bigint, now() + interval '14 days')
