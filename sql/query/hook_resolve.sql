-- hook_resolve($1 keys, 12 bytes each): the triggers behind tokens, in the
-- order of the keys; no row for a key that opens nothing
select encode(key, 'hex'), account_id, trigger_id, workflow_id, status, version, trigger, settings,
       first_step, webhook_refs, country, is_old_url, secrets, custom_fields,
       stamp, (extract(epoch from now()) * 1000000)::bigint as now_us
  from hookline.hook_resolve($1::bytea)
