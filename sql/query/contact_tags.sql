-- contact_tags($1 account): the tags that its newest contacts have, a list of
-- texts: the usual ones first
select coalesce(json_agg(t.tag order by t.n desc, t.tag collate "C"), '[]')
  from (select min(u.tag) as tag, count(*) as n
	  from (select c.tags from hookline.contact c
		 where c.account_id = $1::bigint
		 order by c.id desc limit 1000) c
	 cross join unnest(c.tags) u (tag)
	 group by lower(u.tag)
	 order by n desc limit 50) t
