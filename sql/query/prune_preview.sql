-- prune_preview($1 days or null, $2 dedup window in seconds): what pruning
-- would remove now
with old as (
	select p.name, p.deliveries, p.bytes, p.until
	  from hookline.delivery_partitions() p
	 where p.until <= now() - make_interval(days => $1::integer)
)
select json_build_object(
	'partitions', coalesce((select json_agg(json_build_object('partition', o.name,
			'deliveries', o.deliveries, 'bytes', o.bytes, 'problem', null) order by o.until)
		from old o), '[]'),
	'deliveries', coalesce((select sum(x.n) from hookline.trigger t
		cross join lateral (select count(*) as n from hookline.delivery d
			where d.account_id = t.account_id and d.trigger_id = t.id
			  and d.received_at < now() - make_interval(days => $1::integer)
			  and d.received_at >= coalesce((select max(o.until) from old o), '-infinity')) x), 0),
	'dedup_keys', (select count(*) from hookline.delivery_key k
		where k.received_at < now() - make_interval(secs => $2::double precision)),
	'spool_entries', (select count(*) from hookline.spool_entry s
		where s.taken_at < now() - interval '30 days'),
	'sessions', (select count(*) from hookline.user_session s where s.expires_at < now()))
