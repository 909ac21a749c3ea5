-- hook_receive($1 list of deliveries, $2 their bodies end to end): a row each
select delivery_id, outcome, reason, contact_id, run_id, parts
  from hookline.hook_receive($1::jsonb, $2::bytea)
