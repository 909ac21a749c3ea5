-- constant_remove($1 account, $2 name): forget a constant; no row when there is none
update hookline.account
   set constants = constants - $2::text
 where id = $1::bigint and constants ? $2::text
returning id
