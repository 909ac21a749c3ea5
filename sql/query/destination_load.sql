-- destination_load($1 list of keys): what is known of these; those without a row
-- work
select key, state, (extract(epoch from open_until - now()) * 1000)::bigint as left_ms,
       to_char(open_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as until,
       open_count, last_error
  from hookline.destination
 where key in (select k from jsonb_array_elements_text($1::jsonb) k)
