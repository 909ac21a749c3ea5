-- constant_list($1 account): its constants, {"name","value"}, by name
select json_build_object('name', v.key, 'value', v.value)
  from hookline.account a
 cross join jsonb_each_text(a.constants) v
 where a.id = $1::bigint
 order by v.key collate "C"
