-- constant_set($1 account, $2 name, $3 text): whether there was one of this name
with old as (
	select id, constants ? $2::text as was_there from hookline.account
	 where id = $1::bigint for update
)
update hookline.account a
   set constants = a.constants || jsonb_build_object($2::text, $3::text)
  from old
 where a.id = old.id
returning old.was_there
