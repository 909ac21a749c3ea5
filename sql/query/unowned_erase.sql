-- unowned_erase($1 account, $2 pattern): what was emptied
select hookline.unowned_erase($1::bigint, $2::text)
