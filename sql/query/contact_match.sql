-- contact_match($1 account, $2 id, $3 address's matching key, $4 number in E.164,
-- $5 {field: text}, $6 {custom field: text}; the first three may be null): the
-- contact that has all of these, the one that was there first, or no row.  Whatever
-- the case.  Without id, address and number by the marks of the custom fields:
-- written as in contact_by_mark, or that index is not read.  By other fields alone,
-- all contacts of the account are read.  Candidates are whole rows, so that the
-- table is read no second time.
with wanted (marks) as materialized (
	select array(select hookline.contact_mark($1::bigint, f.key, f.value) from jsonb_each_text($6::jsonb) f)
), candidate as (
	select c.* from hookline.contact c
	 where c.account_id = $1::bigint and c.id = $2::bigint
	union all
	select c.* from hookline.contact_identity i
	  join hookline.contact c on c.account_id = i.account_id and c.id = i.contact_id
	 where $2::bigint is null and i.account_id = $1::bigint and i.kind = 'email' and i.value = $3::text
	union all
	select c.* from hookline.contact_identity i
	  join hookline.contact c on c.account_id = i.account_id and c.id = i.contact_id
	 where $2::bigint is null and $3::text is null
	   and i.account_id = $1::bigint and i.kind = 'phone' and i.value = $4::text
	union all
	select c.* from hookline.contact c
	 where num_nonnulls($2::bigint, $3::text, $4::text) = 0 and $6::jsonb <> '{}'
	   and c.account_id = $1::bigint and c.custom <> '{}'
	   and hookline.contact_marks(c.account_id, c.custom) @> (select w.marks from wanted w)
	union all
	select c.* from hookline.contact c
	 where num_nonnulls($2::bigint, $3::text, $4::text) = 0 and $6::jsonb = '{}'
	   and c.account_id = $1::bigint
)
select json_build_object('id', c.id::text, 'matches', count(*) over (), 'contact', to_json(c))
  from candidate c
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
