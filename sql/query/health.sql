-- health(): what hookline doctor asks a database of the right schema
select json_build_object(
	'role', current_user::text,
	'encoding', current_setting('server_encoding'),
	'server_version', current_setting('server_version'),
	'server_version_num', current_setting('server_version_num')::integer,
	'missing_roles', (
		select coalesce(json_agg(n.name order by n.name), '[]')
		  from unnest(array['hookline_hook', 'hookline_executor',
			'hookline_builder', 'hookline_reader']) n (name)
		 where not exists (select from pg_catalog.pg_roles r where r.rolname = n.name)),
	'programs', (
		select coalesce(json_agg(json_build_object('program', s.program, 'role', s.usename,
				'is_risky', s.program = 'hook.fcgi' and s.reads) order by s.program, s.usename), '[]')
		  from (select distinct n.program, s.usename,
			       has_table_privilege(s.usesysid, 'hookline.contact', 'select') as reads
			  from pg_catalog.pg_stat_activity s
			  join (values ('hookline:hook', 'hook.fcgi'), ('hookline:builder', 'builder.fcgi'),
				('hookline:run', 'hookline-run')) n (application, program)
			    on n.application = s.application_name
			 where s.datname = current_database()) s),
	'partition', p.name,
	'has_partition', pg_catalog.to_regclass('hookline.' || p.name) is not null,
	'in_default_partition', (select count(*) from (
		select from hookline.delivery_default limit 10000) d),
	'pruned_s', (select extract(epoch from now() - done_at)::bigint
		from hookline.upkeep where task = 'prune'),
	'prune_added_s', (select extract(epoch from now() - added_at)::bigint
		from hookline.upkeep where task = 'prune'),
	'executor_seen_s', (select extract(epoch from now() - max(seen_at))::bigint from hookline.executor),
	'due', (select coalesce(sum(due), 0) from hookline.due_backlog),
	'overdue_s', (select extract(epoch from max(oldest_overdue))::bigint from hookline.due_backlog),
	'destinations_held', (select count(*) from hookline.destination where state <> 'closed'),
	'destinations', (select coalesce(json_agg(d), '[]') from (
		select key, to_char(open_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as until,
		       last_error as reason,
		       (select count(*) from hookline.workflow_run r
			 where r.held_by = d.key and r.status = 'waiting') as waiting
		  from hookline.destination d where state <> 'closed'
		 order by opened_at, key limit 5) d),
	'accounts', (select count(*) from hookline.account))
  from (select 'delivery_' || to_char(
	date_trunc('month', now() at time zone 'UTC') + interval '1 month', 'YYYYMM') as name) p
