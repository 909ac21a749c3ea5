-- destination_list(): those that fail, first those that are left alone longest
select json_build_object('destination', d.key, 'state', d.state, 'failures', d.failures,
	'opened_at', to_char(d.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'open_until', to_char(d.open_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'waiting', (select count(*) from hookline.workflow_run r
		     where r.held_by = d.key and r.status = 'waiting'),
	'last_error', d.last_error)
  from hookline.destination d
 order by d.open_until desc nulls last, d.key
