-- run_load($1 account ids, $2 run ids, $3 when each was due, in microseconds since
-- 1970, $4 executor): what advancing leased runs needs to know.  Zone: the
-- workflow's, else the account's.
select r.account_id, r.id, r.lease_no, r.workflow_id, w.name, r.version,
       r.contact_id, r.step_id, r.attempt, r.lost_leases, r.seq,
       r.step_started_at is not null as is_after_wait,
       r.variables, r.webhook, r.results, z.zone,
       to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started_at, r.delivery_id,
       r.last_error,
       json_build_object('id', a.id::text, 'name', a.name, 'timezone', a.timezone,
		'default_country', a.default_country) as account,
       a.constants,
       to_json(c) as contact,
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as now_utc,
       to_char(now() at time zone z.zone, 'YYYY-MM-DD"T"HH24:MI:SS') as now_local,
       (extract(epoch from now()) * 1000000)::bigint as now_us,
       r.wait, r.woken_by, c.xmin::text as contact_stamp, l.due_us,
       r.held_by is not null as was_held, r.is_sending,
       case when r.wait ? 'window' then hookline.window_opens(now(), r.wait -> 'window',
		case when r.wait -> 'window' ->> 'timezone' = 'contact'
		     then hookline.zone_known(c.timezone, z.zone) else z.zone end) = now() end as is_window_open
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as l (account_id, id, due_us)
  join hookline.workflow_run r on r.account_id = l.account_id and r.id = l.id
  join hookline.account a on a.id = r.account_id
  join hookline.workflow w on w.account_id = r.account_id and w.id = r.workflow_id
  join hookline.workflow_version v on v.account_id = r.account_id
       and v.workflow_id = r.workflow_id and v.version = r.version
  left join hookline.contact c on c.account_id = r.account_id and c.id = r.contact_id
 cross join lateral (select coalesce(v.document -> 'settings' ->> 'timezone', a.timezone) as zone) z
 where r.status = 'running' and r.leased_by = $4::text
 order by r.account_id, r.id
