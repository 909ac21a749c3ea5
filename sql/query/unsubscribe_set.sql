-- unsubscribe_set($1 account, $2 contact, $3 unsubscribe, or subscribe again?):
-- as unsubscribe_show
select hookline.unsubscribe_set($1::bigint, $2::bigint, $3::boolean)
