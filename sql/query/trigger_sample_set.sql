-- trigger_sample_set($1 account, $2 trigger, $3 delivery): choose the sample.  No
-- row: it is no delivery of this trigger that can be one.
update hookline.trigger t
   set sample_id = d.id
  from hookline.delivery d
 where t.account_id = $1::bigint and t.id = $2::bigint
   and d.account_id = t.account_id and d.trigger_id = t.id and d.id = $3::bigint
   and jsonb_typeof(d.payload) in ('object', 'array') and d.part_of is null
returning d.id::text
