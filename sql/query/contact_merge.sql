-- contact_merge($1 account, $2 the contact that stays, $3 the other, $4 who,
-- $5 only ask?): what moved, or {"problem"}
select hookline.contact_merge($1::bigint, $2::bigint, $3::bigint, $4::text, $5::boolean)
