-- contact_match($1 account, $2 id, $3 address's matching key, $4 number in E.164,
-- $5 {field: text}, $6 {custom field: text}; the first three may be null): the
-- contact that has all of these, the one that was there first, or no row.  Whatever
-- the case.  Without id, address and number all contacts are looked through.
with candidate (id) as (
	select $2::bigint where $2::bigint is not null
	union
	select i.contact_id from hookline.contact_identity i
	 where $2::bigint is null and i.account_id = $1::bigint and i.kind = 'email' and i.value = $3::text
	union
	select i.contact_id from hookline.contact_identity i
	 where $2::bigint is null and $3::text is null
	   and i.account_id = $1::bigint and i.kind = 'phone' and i.value = $4::text
	union all
	select c.id from hookline.contact c
	 where num_nonnulls($2::bigint, $3::text, $4::text) = 0 and c.account_id = $1::bigint
)
select json_build_object('id', c.id::text, 'matches', count(*) over (), 'contact', to_json(c))
  from candidate k
  join hookline.contact c on c.account_id = $1::bigint and c.id = k.id
 where c.erased_at is null
   and ($3::text is null or exists (
	select from hookline.contact_identity i where i.account_id = c.account_id
	   and i.kind = 'email' and i.value = $3::text and i.contact_id = c.id))
   and ($4::text is null or exists (
	select from hookline.contact_identity i where i.account_id = c.account_id
	   and i.kind = 'phone' and i.value = $4::text and i.contact_id = c.id))
   and not exists (
	select from jsonb_each_text($5::jsonb) f
	 where lower(f.value) is distinct from lower(case f.key
		when 'full_name' then concat_ws(' ', c.first_name, c.last_name)
		else to_jsonb(c) ->> f.key end))
   and not exists (
	select from jsonb_each_text($6::jsonb) f
	 where lower(f.value) is distinct from lower(c.custom ->> f.key))
 order by c.id limit 1
