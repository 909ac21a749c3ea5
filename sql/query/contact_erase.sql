-- contact_erase($1 account, $2 contact): what was emptied, or {"problem"}
select hookline.contact_erase($1::bigint, $2::bigint)
