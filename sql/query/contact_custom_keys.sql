-- contact_custom_keys($1 account): the custom fields that contacts have or the
-- account defined: {"key": type}, null where it is not defined; by key
select coalesce(json_object_agg(k.key, f.type order by k.key collate "C"), '{}')
  from (select jsonb_object_keys(c.custom) as key from hookline.contact c
	 where c.account_id = $1::bigint
	union
	select d.key from hookline.custom_field d where d.account_id = $1::bigint) k
  left join hookline.custom_field f on f.account_id = $1::bigint and f.key = k.key
