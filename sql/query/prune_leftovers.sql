-- prune_leftovers($1 dedup window in seconds, $2 most): deletes what has served
-- its time; returns how many of each
select p.dedup_keys, p.spool_entries, p.sessions
  from hookline.leftovers_forget($1::bigint, $2::integer) p
