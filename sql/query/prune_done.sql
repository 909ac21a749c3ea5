-- prune_done(): all that is kept no longer was removed, or as much as could be
update hookline.upkeep set next_at = now() + interval '1 day', done_at = now()
 where task = 'prune'
