-- delivery_pick($1 account, $2 workflow, $3 outcome; from $4 a moment or $5 so
-- long ago, until $6 or $7, $8 above this id; each of these may be null; $9 at
-- most): the ids of what can be replayed, oldest first.  Of the parts of a split
-- delivery the whole; replays themselves are left out.
select to_json(x.id::text)
  from (select distinct coalesce(d.part_of, d.id) as id
	  from hookline.delivery d
	 where d.account_id = $1::bigint
	   and d.trigger_id in (
		select t.id from hookline.trigger t
		 where t.account_id = $1::bigint
		   and ($2::bigint is null or t.workflow_id = $2::bigint))
	   and ($3::text is null or d.outcome = $3::text)
	   and d.received_at >= coalesce($4::timestamptz, now() - $5::interval, '-infinity')
	   and d.received_at < coalesce($6::timestamptz, now() - $7::interval, 'infinity')
	   and d.replay_of is null) x
 where $8::bigint is null or x.id > $8::bigint
 order by x.id limit $9::integer
