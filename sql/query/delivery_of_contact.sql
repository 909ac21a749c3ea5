-- delivery_of_contact($1 account, $2 trigger, $3 contact): the newest delivery that
-- was about this contact
select d.id::text
  from hookline.delivery d
 where d.account_id = $1::bigint and d.trigger_id = $2::bigint and d.contact_id = $3::bigint
 order by d.received_at desc, d.id desc limit 1
