-- person_pattern($1 account, $2 contact or null, $3 address, $4 the same as it was
-- given, $5 number in E.164; each may be null): what finds the contact, or
-- where that is null the address and the number, in a text; null: nothing
select case when $2::bigint is not null
	then hookline.contact_pattern($1::bigint, $2::bigint)
	else hookline.person_pattern(array[$3::text, $4::text], array[$5::text]) end
