-- prune_due($1 seconds): a row when it is time to remove what is kept no
-- longer, and nobody else does; for so long it is then the caller's
update hookline.upkeep set next_at = now() + make_interval(secs => $1::double precision)
 where task = 'prune' and next_at <= now()
returning 1
