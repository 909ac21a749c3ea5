-- field_remove($1 account, $2 key): forget a custom field; how many contacts have
-- a value, or no row.  The values stay.
delete from hookline.custom_field f
 where f.account_id = $1::bigint and f.key = $2::text
returning json_build_object('key', f.key,
	'contacts', (select count(*) from hookline.contact c
		      where c.account_id = $1::bigint and c.custom ? $2::text))
