-- run_ids($1 account, $2 filter as hookline.run_search takes it, $3 at most): the
-- same as ids alone
select json_build_object('older', s.older::text,
	'ids', (select coalesce(json_agg(i::text), '[]') from unnest(s.ids) i))
  from hookline.run_search($1::bigint, $2::jsonb, $3::integer) s
