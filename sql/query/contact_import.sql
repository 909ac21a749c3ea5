-- contact_import($1 account, $2 [{"contact","email_key","tags","unsubscribed_at",
-- "do_not_contact"}], $3 only ask?): a row each, in order
select contact_id, verdict, reason
  from hookline.contact_import($1::bigint, $2::jsonb, $3::boolean)
 order by n
