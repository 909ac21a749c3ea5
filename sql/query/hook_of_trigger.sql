-- hook_of_trigger($1 account, $2 trigger): the same as hook_resolve, for what
-- does not come by the URL
select encode(h.key, 'hex'), h.account_id, h.trigger_id, h.workflow_id, h.status, h.version, h.trigger,
       h.settings, h.first_step, h.webhook_refs, h.country, h.is_old_url, h.secrets, h.custom_fields,
       h.stamp, (extract(epoch from now()) * 1000000)::bigint as now_us
  from hookline.trigger t
 cross join lateral hookline.hook_resolve(t.hook_key) h
 where t.account_id = $1::bigint and t.id = $2::bigint
