-- secret_list($1 account): by name, with the workflows that name it: in their
-- trigger's verify as secret:NAME, in their steps as {{secret.NAME}}
select json_build_object('name', s.name,
	'created_at', to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'updated_at', to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	'used_by', coalesce((
		select json_agg(w.name order by w.name) from hookline.workflow w
		 where w.account_id = s.account_id and w.status <> 'archived'
		   and (position('"secret:' || s.name || '"' in
				(w.draft -> 'trigger' -> 'verify' -> 'secret')::text) > 0
			or (w.draft -> 'steps')::text ~
				('\msecret(\.|\[\\")' || replace(s.name, '.', '\.') || '([^A-Za-z0-9_-]|$)'))), '[]'))
  from hookline.secret s
 where s.account_id = $1::bigint
 order by s.name
