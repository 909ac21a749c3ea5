-- contact_find($1 account, $2 id, $3 address's matching key, $4 number in
-- E.164; each may be null): the contact's id, or no row.  An id goes first;
-- that of a contact that was merged leads to the one that has it since.
with recursive taken (id, depth) as (
	select m.keep_id, 1 from hookline.contact_merge m
	 where m.account_id = $1::bigint and m.other_id = $2::bigint and m.unmerged_at is null
	union all
	select m.keep_id, t.depth + 1 from hookline.contact_merge m
	  join taken t on t.id = m.other_id
	 where m.account_id = $1::bigint and m.unmerged_at is null and t.depth < 100
)
select x.id
  from (select 1 as place, c.id from hookline.contact c
	 where c.account_id = $1::bigint and c.id = $2::bigint
	union all
	select 2, c.id from hookline.contact c
	  join taken t on t.id = c.id
	 where c.account_id = $1::bigint
	union all
	select 3, i.contact_id from hookline.contact_identity i
	 where i.account_id = $1::bigint and i.kind = 'email' and i.value = $3::text
	union all
	select 4, i.contact_id from hookline.contact_identity i
	 where i.account_id = $1::bigint and i.kind = 'phone' and i.value = $4::text) x
 order by x.place limit 1
