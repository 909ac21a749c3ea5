#!/bin/sh
# t_web_settings.sh - the settings' pages: the account, a test mail, custom
# fields, constants, secrets that are never shown, users and passwords.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

nasty='<script>alert(1)</script>"&'
add_user demo@example.com
"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login demo@example.com || fail 'a login' "$(cat "$dir/answer")"

# --- the account ------------------------------------------------------------------

get settings
is 200 "$(status)" 'there are settings'
has "$dir/answer" '<option value="Europe/Berlin">' 'with the time zones that there are'
has "$dir/answer" 'Send a test mail to demo@example.com' 'and a test of e-mail'
send settings name=Shop country=DE timezone=europe/berlin match=either
is '303 settings' "$(status) $(location)" 'they are saved'
is 'Shop|DE|Europe/Berlin|either' \
	"$(sql "select name, default_country, timezone, match_rule from hookline.account where id = 1")" \
	'a zone as PostgreSQL spells it'
send settings "name=$nasty" country=DE timezone=Europe/Berlin match=either
get settings
lacks "$dir/answer" '<script>alert|"&"' 'a name is text'
send settings name=Shop country=ZZ timezone=Mars/Base match=both
is 422 "$(status)" 'a country and a zone that do not exist are refused'
has "$dir/answer" 'Choose a country' 'each where it stands'
has "$dir/answer" 'There is no such time zone' 'with what to do'
has "$dir/answer" 'value="Mars/Base"' 'and what was typed stays'
send settings name=Other country=DE timezone=UTC match=both
has "$dir/answer" 'Another account has this name' 'so is the name of another account'
send settings name=Shop country=US timezone=UTC match=anything
is 404 "$(status)" 'and a rule that there is not'
send settings name=Shop country=US timezone=UTC match=email_first

# --- a test mail --------------------------------------------------------------------

send settings/test-mail
has "$dir/answer" 'The test mail was not sent' 'without a mail server a test mail is not sent'
if /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
	mkdir -p "$dir/mail/new"
	/usr/bin/python3 "$top_srcdir/tests/smtp_server.py" --maildir "$dir/mail" \
		--port 0 >"$dir/smtp.out" 2>&1 </dev/null &
	bg="$bg $!"
	n=0
	until grep -q '^port ' "$dir/smtp.out" || [ $n -gt 600 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	configure "$conf" "smtp_url = smtp://127.0.0.1:$(sed -n 's/^port //p' "$dir/smtp.out")" \
		'smtp_tls = none' 'outbound_allow = 127.0.0.0/8' 'mail_from = House <house@example.com>'
	send settings/test-mail
	is 200 "$(status)" 'with one it is'
	has "$dir/answer" 'The test mail was sent' 'and the page says so'
	has "$dir/answer" 'RCPT TO:&lt;demo@example.com&gt;' 'with what the two said'
	is 1 "$(grep -l 'Subject: A test from Hookline' "$dir"/mail/new/* | wc -l)" 'it arrives, once'
	configure "$conf" 'smtp_url = smtp://127.0.0.1:1' 'smtp_tls = none' \
		'outbound_allow = 127.0.0.0/8' 'mail_from = House <house@example.com>'
	send settings/test-mail
	has "$dir/answer" 'The test mail was not sent' 'where nobody answers it is not'
	has "$dir/answer" 'role="alert"' 'and why is told'
else
	skip 'a test mail' 'no aiosmtpd here (Debian: python3-aiosmtpd)'
fi

# --- custom fields --------------------------------------------------------------------

send settings/fields 'label=Shoe size' key= type=number
is '303 settings/fields' "$(status) $(location)" 'a field is added'
is 'shoe_size|Shoe size|number' "$(sql 'select key, label, type from hookline.custom_field')" 'under a name made of its label'
send settings/fields 'label=Mail' key=email type=text
is 422 "$(status)" 'one that every contact has is refused'
send settings/fields 'label=Again' key=shoe_size type=text
has "$dir/answer" 'There is a field shoe_size already' 'so is one that is there'
send settings/fields "label=$nasty" key=x type=text
get settings/fields
lacks "$dir/answer" '<script>alert' 'a label is text'
sql "insert into hookline.contact (account_id, email, custom) values (1, 'a@example.com', '{\"shoe_size\": 41}')" >/dev/null
send settings/fields/shoe_size 'label=Size of shoes' type=text
is 'Size of shoes|text' "$(sql "select label, type from hookline.custom_field where key = 'shoe_size'")" 'it is renamed, and its type changed'
get settings/fields/shoe_size/remove
has "$dir/answer" '1 contacts have a value in it' 'removing tells how many have it'
send settings/fields/shoe_size/remove
is '303 1' "$(status) $(sql 'select count(*) from hookline.custom_field')" 'and removes it'
get settings/fields/shoe_size
is 404 "$(status)" 'then there is none'

# --- constants ---------------------------------------------------------------------------

send settings/constants name=shop_url "value=https://shop.example/?a=1&b=$nasty"
is '303 settings/constants' "$(status) $(location)" 'a constant is added'
get settings/constants
has "$dir/answer" '{{custom_values.shop_url}}' 'with what stands for it in texts'
lacks "$dir/answer" '<script>alert' 'its value is text'
send settings/constants 'name=shop url' value=x
is 422 "$(status)" 'a name with a space is refused'
send settings/constants name=shop_url value=new
is new "$(sql "select constants ->> 'shop_url' from hookline.account where id = 1")" 'it is changed'
get settings/constants/shop_url/remove
is 200 "$(status)" 'removing asks first'
send settings/constants/shop_url/remove
is '{}' "$(sql 'select constants from hookline.account where id = 1')" 'and removes it'
send settings/constants/shop_url/remove
is 404 "$(status)" 'once'

# --- secrets -------------------------------------------------------------------------------

plain=whsec_dont_show_me
send settings/secrets name=stripe "secret= $plain "
is '303 settings/secrets' "$(status) $(location)" 'a secret is kept'
get settings/secrets
has "$dir/answer" '<th scope="row">stripe</th>' 'and listed'
send settings/secrets 'name=no name' "secret=$plain"
is 422 "$(status)" 'a faulty name is refused'
cat "$dir/answer" >>"$dir/seen"
get 'settings/secrets?replace=stripe'
cat "$dir/answer" >>"$dir/seen"
lacks "$dir/seen" "$plain" 'no page shows it, not even to whoever typed it'
lacks "$log" "$plain" 'nor does the log'
is 0 "$(sql "select count(*) from hookline.secret where position('$plain'::bytea in sealed) > 0")" 'nor does the database'
send settings/secrets name=stripe secret=another
is 1 "$(sql 'select count(*) from hookline.secret')" 'it is replaced'
send settings/secrets name=stripe secret=
is 422 "$(status)" 'not by nothing'
get settings/secrets/stripe/remove
has "$dir/answer" 'No workflow uses it' 'removing tells who uses it'
send settings/secrets/stripe/remove
is 0 "$(sql 'select count(*) from hookline.secret')" 'and removes it'

# --- users ------------------------------------------------------------------------------------

get settings/users
has "$dir/answer" 'demo@example.com</th>' 'users are listed'
lacks "$dir/answer" 'other@example.com' 'those of this account'
send settings/users email=New@Example.com "name=$nasty"
is 200 "$(status)" 'a user is added'
fresh=$(body | sed -n 's|.*<code id="password">\([^<]*\)</code>.*|\1|p')
is 20 "${#fresh}" 'with a password that is shown'
lacks "$log" "$fresh" 'and in no log'
get settings/users
lacks "$dir/answer" "$fresh|<script>alert" 'once'
send settings/users email=new@example.com
has "$dir/answer" 'There is a user with this address already' 'an address has one user'
send settings/users email=none
is 422 "$(status)" 'and is an address'
mine=$cookie mine_csrf=$csrf
holds 'the new one logs in' login new@example.com "$fresh"
theirs=$cookie
cookie=$mine csrf=$mine_csrf
send settings/password old=wrong 'new=another long one'
is 422 "$(status)" 'a password is not changed without the old one'
has "$dir/answer" 'That is not your password' 'and it says so'
send settings/password "old=$password" new=short
is 422 "$(status)" 'nor to a short one'
send settings/password "old=$password" 'new=another long one'
is '303 settings/users' "$(status) $(location)" 'with it, it is'
get settings
is 303 "$(status)" 'what was logged in before is not any more'
holds 'the new password opens' login demo@example.com 'another long one'
login demo@example.com "$password" && fail 'the old one does not'
login demo@example.com 'another long one'
me=$(sql "select id from hookline.app_user where email = 'demo@example.com'")
new=$(sql "select id from hookline.app_user where email = 'new@example.com'")
other=$(sql "select id from hookline.app_user where email = 'other@example.com'")
send "settings/users/$me/remove"
is '303 3' "$(status) $(sql 'select count(*) from hookline.app_user')" 'nobody removes themselves'
get "settings/users/$other/remove"
is 404 "$(status)" "nor another account's user"
send "settings/users/$other/remove"
is '404 3' "$(status) $(sql 'select count(*) from hookline.app_user')" 'also not at once'
get "settings/users/$new/remove"
is 200 "$(status)" 'removing asks first'
send "settings/users/$new/remove"
is '303 2' "$(status) $(sql 'select count(*) from hookline.app_user')" 'and removes'
cookie=$theirs
get settings
is 303 "$(status)" 'who was removed is logged out'

lacks "$log" ' error: ' 'the log has no error'
done_testing
