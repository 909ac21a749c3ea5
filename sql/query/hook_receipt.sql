-- hook_receipt($1 key, $2 delivery): what became of it, or null
select hookline.hook_receipt($1::bytea, $2::bigint)
