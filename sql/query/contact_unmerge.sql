-- contact_unmerge($1 account, $2 merge, $3 who): what moved, or {"problem"}
select hookline.contact_unmerge($1::bigint, $2::bigint, $3::text)
