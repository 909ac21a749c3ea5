-- contact_search($1 account, $2 at most, $3 below this id, or null, $4 words and
-- $5 how numbers begin, lists of texts, $6 tag or null): as contact_list, of
-- those that hookline.contact_search finds
select json_build_object('id', c.id::text, 'email', c.email, 'phone', c.phone,
	'first_name', c.first_name, 'last_name', c.last_name,
	'name', nullif(concat_ws(' ', c.first_name, c.last_name), ''),
	'tags', to_json(c.tags),
	'created_at', to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from hookline.contact_search($1::bigint, array(select jsonb_array_elements_text($4::jsonb)),
	array(select jsonb_array_elements_text($5::jsonb)), $6::text, $3::bigint, $2::integer) x (id)
  join hookline.contact c on c.account_id = $1::bigint and c.id = x.id and c.erased_at is null
 order by c.id desc
