-- unsubscribe_show($1 account, $2 contact): {"account","email","is_unsubscribed"}
select hookline.unsubscribe_show($1::bigint, $2::bigint)
