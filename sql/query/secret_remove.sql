-- secret_remove($1 account, $2 name): the name, or no row when there was none
delete from hookline.secret s
 where s.account_id = $1::bigint and s.name = $2
returning s.name
