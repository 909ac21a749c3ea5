#!/bin/sh
# t_unsubscribe.sh - who does not want mail gets none: the link in marketing
# e-mail, what it does when a mail program or a person follows it, and which
# steps are skipped since.  hook.fcgi as plain CGI with the least rights, and
# behind lighttpd.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"
PATH=$PATH:/usr/sbin:/sbin

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

cli() {
	"$hookline" --config "$conf" "$@"
}

# door METHOD PATH [TYPE BODY [VARIABLE=VALUE...]]: as CGI, by a role that may do
# nothing but receive
door() {
	d_method=$1 d_path=$2 d_type=${3-}
	printf '%s' "${4-}" >"$dir/form"
	[ $# -lt 4 ] || shift 2
	shift 2
	hook "$d_method" "$d_path" "$d_type" "$dir/form" \
		HOOKLINE_CONFIG="$dir/door.conf" "$@"
}

# The way mail programs do it.
one_click() {
	door POST "$1" application/x-www-form-urlencoded 'List-Unsubscribe=One-Click'
}

undo() {
	door POST "$1" application/x-www-form-urlencoded 'List-Unsubscribe=Undo'
}

state() { # state CONTACT: yes or no, and by what it is not to be written to
	sql "select case when unsubscribed_at is null then 'no' else 'yes' end, do_not_contact
	       from hookline.contact where account_id = 1 and id = $1"
}

# link_of SUBJECT: the path of the link in a message's header
link_of() {
	message "$1" list_unsubscribe | sed -n 's|^<https://hooks.example.com\(/u/.*\)>$|\1|p'
}

# mail_step SUBJECT [MEMBERS]: a step m, and one that shows that the run went on
mail_step() {
	case ${2-} in *'"to"'*) m_to= ;; *) m_to='"to":"{{contact.email}}",' ;; esac
	case ${2-} in *'"text"'* | *'"html"'*) m_text= ;; *) m_text='"text":"Hello",' ;; esac
	echo '{"id":"m","type":"send_email",'"$m_to$m_text"'"subject":"'"$1"'"'"${2:+,$2}"'},
		{"id":"on","type":"set_variable","name":"on","value":"yes"}'
}

# mailing NAME [MEMBERS [CONTACT]]: a workflow of that name that sends one
mailing() {
	with "$1" "$(mail_step "$1" "${2-}")" '"contact":"optional"' "${3-$alex}"
}

news='"category":"marketing"'
sql 'create role doorman login in role hookline_hook'
sed 's/user=hookline/user=doorman/' "$conf" >"$dir/door.conf"
sql "update hookline.account set name = 'Shop & <b>\"Co\"</b>' where id = 1"

# --- what is sent -----------------------------------------------------------

mailing plain
mailing explicit '"category":"transactional"'
mailing both "$news"',"text":"Hello","html":"<html><body><p>Hello</p></body></html>"'
mailing true '"list_unsubscribe":true'
mailing used "$news"',"text":"Leave: {{unsubscribe_url}}","html":"<a href=\"{{unsubscribe_url}}\">Leave</a>"'
mailing text_used "$news"',"text":"Leave: {{unsubscribe_url}}","html":"<p>Hello</p>"'
mailing own '"list_unsubscribe":"<https://shop.example.com/leave?c={{contact.id}}>","html":"<a href=\"{{unsubscribe_url}}\">Leave</a>"'
mailing own_empty '"list_unsubscribe":"{{contact.custom.leave}}"'
mailing nobody "$news"',"to":"x@example.com"' ''
work
collect
is '||' "$(message plain list_unsubscribe)|$(message plain list_unsubscribe_post)|$(message explicit list_unsubscribe)" \
	'a transactional mail has no link to unsubscribe'
link=$(link_of both)
is "$(printf %s "$link" | sed 's/[A-Za-z0-9_-]\{40\}$/40/')" /u/40 \
	'a marketing mail has one, in the header'
is List-Unsubscribe=One-Click "$(message both list_unsubscribe_post)" 'for one click'
url=https://hooks.example.com$link
is 2 "$(tr -d '\r' <"$(grep -l '^Subject: both' "$mail"/new/*)" |
	grep -cxF -e "List-Unsubscribe: <$url>" -e 'List-Unsubscribe-Post: List-Unsubscribe=One-Click')" \
	'each on one line'
is "Hello

--$(printf ' ')
Shop & <b>\"Co\"</b>
Unsubscribe: $url" "$(message both text)" 'and at the end of the text'
is "<html><body><p>Hello</p>
<p style=\"margin-top:2em;font-size:small;color:#666\">Shop &amp; &lt;b&gt;&quot;Co&quot;&lt;/b&gt; &middot; <a href=\"$url\" style=\"color:inherit\">Unsubscribe</a></p>
</body></html>" "$(message both html)" 'and of the HTML, escaped for it'
is "$link" "$(link_of true)" 'list_unsubscribe true means the same'
is "Leave: $url|<a href=\"$url\">Leave</a>" "$(message used text)|$(message used html)" \
	'who has the link in the text already gets no other'
is "Leave: $url|1" "$(message text_used text)|$(message text_used html | grep -cF "$url")" \
	'text and HTML each'
lacks "$log" 'unsubscribe_url is known' 'and publishing knows its name'
is "<https://shop.example.com/leave?c=$alex>|List-Unsubscribe=One-Click|<a href=\"https://shop.example.com/leave?c=$alex\">Leave</a>" \
	"$(message own list_unsubscribe)|$(message own list_unsubscribe_post)|$(message own html)" \
	"a URL of one's own stands in its place"
is "$link" "$(link_of own_empty)" 'unless it is empty'
is "failed|$(run nobody last_error)" "$(run nobody status)|step \"m\": this run has no contact who could unsubscribe: set list_unsubscribe to a URL of your own, or category to transactional" \
	'there is no link without a contact'
settings 'base_url = http://localhost'
mailing no_base_url_own '"list_unsubscribe":"https://shop.example.com/leave"'
document no_base_url '' '' "$(mail_step no_base_url "$news")" >"$dir/document.json"
cli workflow import "$dir/document.json" --publish >"$dir/out" 2>"$dir/err"
is 1 $? 'without base_url marketing mail is not published'
has "$dir/err" '/steps/0/category: marketing e-mail has a link to unsubscribe, and base_url' 'and that is said'
start both >"$dir/started"
work
is 'waiting|m:retrying|step "m": the link to unsubscribe needs base_url, which the configuration does not set' \
	"$(run both status)|$(steps both)|$(detail both m error | sed 's/^/step "m": /')" 'nor sent'
settings
due_now both
work
is 'm:retrying m:done on:done' "$(steps both)" 'until there is one'
collect

# --- what a link shows and does ---------------------------------------------

door GET "$link"
is '200|text/html; charset=utf-8|no-store' "$(status)|$(header Content-Type)|$(header Cache-Control)" 'a person sees a page'
body >"$dir/page"
has "$dir/page" '<strong>Shop &amp; &lt;b&gt;&quot;Co&quot;&lt;/b&gt;</strong>' "of the sender, whose name is escaped"
has "$dir/page" '<strong>a***@example.com</strong>' 'with no more of the address than its owner needs'
has "$dir/page" '<form method="post"><button name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>' 'and a button'
lacks "$dir/page" 'https?:|src=|<script|<link|url\(' 'which loads nothing'
is "default-src 'none'; style-src 'sha256-$(sed -n '/<style>/,/<\/style>/p' "$dir/page" |
	sed 's/^<style>//; /^<\/style>$/d' | openssl dgst -sha256 -binary | base64)'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" \
	"$(header Content-Security-Policy)" 'and may run nothing'
is 'nosniff|no-referrer|' "$(header X-Content-Type-Options)|$(header Referrer-Policy)|$(header Set-Cookie)" \
	'it leaves no trace'
is 'no|{}' "$(state "$alex")" 'looking changes nothing'
door HEAD "$link"
is '200||no|{}' "$(status)|$(body)|$(state "$alex")" 'HEAD neither'
one_click "$link"
is '200||yes|{}' "$(status)|$(header Location)|$(state "$alex")" 'one click unsubscribes'
body >"$dir/page"
has "$dir/page" '<h1>You are unsubscribed</h1>' 'and says so'
has "$dir/page" '<button name="List-Unsubscribe" value="Undo" class="quiet">Subscribe again' 'with a way back'
since=$(sql "select unsubscribed_at from hookline.contact where id = $alex")
one_click "$link"
is "200|$since" "$(status)|$(sql "select unsubscribed_at from hookline.contact where id = $alex")" 'a second changes nothing'
door GET "$link"
body >"$dir/page"
has "$dir/page" '<h1>You are unsubscribed</h1>' 'who comes back later sees it'
undo "$link"
body >"$dir/page"
is '200|no|{}' "$(status)|$(state "$alex")" 'the way back'
has "$dir/page" '<h1>You are subscribed again</h1>' 'is said too'
door POST "$link" 'multipart/form-data; boundary=b' "$(printf -- '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--')"
is '200|yes|{}' "$(status)|$(state "$alex")" 'RFC 8058 allows multipart too'
undo "$link"
for form in '' 'a=b' 'List-Unsubscribe=Two-Clicks' '%'; do
	door POST "$link" application/x-www-form-urlencoded "$form"
	is '400|no|{}' "$(status)|$(state "$alex")" "a POST that says nothing (\"$form\") does nothing"
done
for method in PUT DELETE OPTIONS; do
	door "$method" "$link"
	is '405|GET, HEAD, POST|no|{}' "$(status)|$(header Allow)|$(state "$alex")" "$method is not for this"
done
door GET "$link" '' '' REMOTE_ADDR=192.0.2.1
is 403 "$(status)" 'plain HTTP is refused'
door POST "$link" application/x-www-form-urlencoded 'List-Unsubscribe=One-Click' REMOTE_ADDR=192.0.2.1 HTTPS=on
is '200|yes|{}' "$(status)|$(state "$alex")" 'https is not'
undo "$link"

# --- who may not ------------------------------------------------------------

bob=$(contact '{"email":"bob@example.com","phone":"+15005550009"}' bob@example.com)
sql "insert into hookline.account (id, name) values (2, 'Other');
	insert into hookline.contact (account_id, id, email) values (2, $alex, 'z@example.com')"
token=${link#/u/}
flipped=$(printf %s "$token" | sed 's/^A/B/; t; s/^./A/')
ended=$(printf %s "$token" | sed 's/A$/B/; t; s/.$/A/')
hook_token=${hook#/hooks/}
for bad in "$flipped" "$ended" "${token%?}" "${token}A" "$token/" '' "$hook_token" \
	AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "$(printf %s "$token" | tr a-z A-Z)"; do
	one_click "/u/$bad"
	[ "$(status)" = 404 ] || fail "a token that is none: $bad" "$(status)"
done
is 'no|{}' "$(state "$alex")" 'forged and cut tokens are not found, and do nothing'
door POST "/hooks/$token" application/json '{"email":"alex@example.com"}'
is 404 "$(status)" 'no hook is behind such a token'
one_click "$link"
is 'yes|{}|no|no' "$(state "$alex")|$(sql "select case when unsubscribed_at is null then 'no' else 'yes' end
	from hookline.contact where account_id = 2 or id = $bob" | paste -sd '|')" \
	"nobody else is unsubscribed, nor another account's contact of the same number"
sql 'delete from hookline.contact where account_id = 2; delete from hookline.account where id = 2'
cp "$dir/hookline.secret" "$dir/old.secret"
(umask 077 && { openssl rand -hex 32 && cat "$dir/old.secret"; } >"$dir/hookline.secret")
undo "$link"
is '200|no|{}' "$(status)|$(state "$alex")" 'links made with an older secret still work'
(umask 077 && openssl rand -hex 32 >"$dir/hookline.secret")
one_click "$link"
is '404|no|{}' "$(status)|$(state "$alex")" 'until it is taken away'
(umask 077 && cat "$dir/old.secret" >"$dir/hookline.secret")

# --- merged, erased, away ---------------------------------------------------

al=$(contact '{"email":"al@example.com"}' al@example.com)
mailing to_al "$news" "$al"
work
collect
al_link=$(link_of to_al)
cli contact merge "$alex" "$al" >"$dir/out"
door GET "$al_link"
body >"$dir/page"
has "$dir/page" '<strong>a***@example.com</strong>' 'the link of a merged contact leads to the one that stayed'
one_click "$al_link"
is '200|yes|{}' "$(status)|$(state "$alex")" 'and unsubscribes it'
cli contact unmerge 1 >"$dir/out"
is 'yes|{}|yes|{}' "$(state "$alex")|$(state "$al")" 'parted again, what was decided meanwhile holds for both'
undo "$link"
cli contact merge "$alex" "$al" >"$dir/out"
is 'yes|{}' "$(state "$alex")" 'a merge keeps what is stricter'
cli contact unmerge 2 >"$dir/out"
is 'no|{}|yes|{}' "$(state "$alex")|$(state "$al")" 'and unmerging gives each its own'
cli contact stop "$al" >"$dir/out"
cli contact erase "$al" >"$dir/out"
is 'no|{}' "$(state "$al")" 'erasing forgets what was decided too'
door GET "$al_link"
body >"$dir/page"
is '200|0' "$(status)|$(grep -c '\*@' "$dir/page")" 'the link of somebody erased shows no person'
one_click "$al_link"
body >"$dir/page"
is '200|no|{}|1' "$(status)|$(state "$al")|$(grep -c '<h1>You are unsubscribed' "$dir/page")" 'and does as it is told'
sed 's/port=[0-9]*/port=1/' "$dir/door.conf" >"$dir/away.conf"
door POST "$link" application/x-www-form-urlencoded 'List-Unsubscribe=One-Click' HOOKLINE_CONFIG="$dir/away.conf"
is '503|60' "$(status)|$(header Retry-After)" 'while the database is away, mail programs try again'
away_over

# --- who is written to ------------------------------------------------------

# the runs of this part are of bob, who wants no marketing
cli contact stop bob@example.com --channel marketing >"$dir/out"
is 'yes|{}' "$(state "$bob")" 'hookline contact stop --channel marketing unsubscribes'
mailing skip_news "$news" "$bob"
mailing skip_own '"list_unsubscribe":"https://shop.example.com/leave"' "$bob"
mailing skip_other "$news"',"to":"bob@work.example.com"' "$bob"
mailing keep_plain '' "$bob"
work
is 'm:skipped on:done|unsubscribed' "$(steps skip_news)|$(detail skip_news m reason)" \
	'marketing mail is skipped, with the reason, and the run goes on'
is 'm:skipped on:done|m:skipped on:done' "$(steps skip_own)|$(steps skip_other)" \
	"with a link of one's own, and to another of the person's addresses, too"
is 'm:done on:done' "$(steps keep_plain)" 'transactional mail is not'
cli contact stop bob@example.com --channel email >"$dir/out"
cli contact allow bob@example.com --channel marketing >"$dir/out"
is 'no|{email}' "$(state "$bob")" 'channels are set one by one'
sql "insert into hookline.contact_identity values (1, 'email', 'bob@old.example.com', $bob)"
mailing stop_plain '' "$bob"
mailing stop_news "$news" "$bob"
mailing stop_named '"to":"Bob <BOB@Example.com>, owner@example.com"' "$bob"
mailing stop_copy '"to":"owner@example.com","bcc":"{{contact.email}}"' "$bob"
mailing stop_old '"to":"bob@old.example.com"' "$bob"
mailing to_owner '"to":"owner@example.com"' "$bob"
cli user add boss@example.com --name boss --password-stdin <<-'PASSWORD' >"$dir/out"
	a long enough password 1
PASSWORD
with internal '{"id":"m","type":"notify","to":"boss","subject":"internal","text":"bob"}' '' "$bob"
with by_sms '{"id":"m","type":"send_sms","to":"{{contact.phone}}","text":"x"}' '' "$bob"
settings 'sms_gateway = twilio' "sms_url = $http/" 'sms_user = AC123' \
	'sms_password_file = sms.password' 'sms_from = +15005550006'
(umask 077 && echo token >"$dir/sms.password")
work
for skipped in stop_plain stop_news stop_named stop_copy stop_old; do
	is 'm:skipped on:done|do not contact by e-mail' "$(steps $skipped)|$(detail $skipped m reason)" \
		"no e-mail goes to who is not to be contacted so: $skipped"
done
is 'm:done on:done|m:done' "$(steps to_owner)|$(steps internal)" 'others are written to about him'

# --- text messages ----------------------------------------------------------

is 'm:failed|failed|no|{email,sms}' "$(steps by_sms)|$(run by_sms status)|$(state "$bob")" \
	'a gateway that knows of an opt-out is believed'
with again_sms '{"id":"m","type":"send_sms","to":"{{contact.phone}}","text":"x"}' '' "$bob"
with to_owner_sms '{"id":"m","type":"send_sms","to":"+15005550010","text":"x"}' '' "$bob"
with of_others '{"id":"m","type":"send_sms","to":"+15005550009","text":"x","on_error":"continue"}' '' "$alex"
work
is 'm:skipped|do not contact by SMS' "$(steps again_sms)|$(detail again_sms m reason)" 'no message is tried again'
is 'm:done|m:failed|no|{}' "$(steps to_owner_sms)|$(steps of_others)|$(state "$alex")" \
	"another number's opt-out is not the contact's"
settings 'sms_gateway = http' "sms_url = $http/status/400?to={{to}}" 'sms_opted_out = AS ASKED'
cat_phone=$(contact '{"email":"cat@example.com","phone":"+15005550011"}' cat@example.com)
with gateway_sms '{"id":"m","type":"send_sms","to":"{{contact.phone}}","text":"x","on_error":"continue"},
	{"id":"n","type":"send_sms","to":"{{contact.phone}}","text":"x"}' '' "$cat_phone"
work
is 'm:failed n:skipped|no|{sms}' "$(steps gateway_sms)|$(state "$cat_phone")" \
	'nor a message of the same run, with words of a gateway of one'"'"'s own'
settings

# --- a retry looks again ----------------------------------------------------

smtp --fail 451-rcpt
mailing later "$news"
work
is 'm:retrying' "$(steps later)" 'a mail that could not be sent yet'
one_click "$link"
smtp
due_now later
work
is 'm:retrying m:skipped on:done' "$(steps later)" 'is not sent after the click'
with names '{"id":"a","type":"if_else","branches":[{"name":"left","when":{"field":"contact.unsubscribed_at","is":"not_empty"},
	"steps":[{"id":"v","type":"set_variable","name":"v","value":"{{contact.do_not_contact}}"}]}]},
	{"id":"b","type":"if_else","branches":[{"name":"none","when":{"field":"contact.do_not_contact","is":"contains","value":"email"},"steps":[]}]}'
sql "update hookline.contact set do_not_contact = '{email}' where id = $alex"
start names >"$dir/started"
work
is 'left|none|["email"]' "$(detail names a branch)|$(detail names b branch)|$(run names "variables ->> 'v'")" \
	'conditions and templates know it'

with sets '{"id":"a","type":"update_contact","set":{"do_not_contact":["sms"]}},
	{"id":"m","type":"send_sms","to":"{{contact.phone}}","text":"x"}' '' "$alex"
work
is 'a:done m:skipped|yes|{sms}' "$(steps sets)|$(state "$alex")" \
	'a step can say it, in place of what it was'
with clears '{"id":"a","type":"update_contact","set":{"do_not_contact":null}}' '' "$alex"
work
is 'a:done|yes|{}' "$(steps clears)|$(state "$alex")" 'and take it back'

# --- by hand ----------------------------------------------------------------

cli contact allow alex@example.com >"$dir/out" 2>"$dir/err"
is 'no|{}' "$(state "$alex")" 'hookline contact allow lifts all'
cli contact allow alex@example.com >"$dir/out" 2>"$dir/err"
has "$dir/err" 'it was so already' 'a second time it says that nothing changed'
cli contact stop alex@example.com >"$dir/out"
is 'yes|{email,sms}' "$(state "$alex")" 'hookline contact stop forbids all'
cli contact show alex@example.com >"$dir/out"
has "$dir/out" 'email, sms' 'hookline contact show shows it'
cli contact stop alex@example.com --channel post >"$dir/out" 2>"$dir/err"
is 1 $? 'another channel is refused'
has "$dir/err" 'email, sms or marketing' 'and those that there are named'
cli contact export >"$dir/out.csv"
cli contact allow alex@example.com >"$dir/out"
sed -i 's/^id,/ID,/' "$dir/out.csv"
cli contact import "$dir/out.csv" >"$dir/out"
is 'yes|{email,sms}' "$(state "$alex")" 'an import of an export brings it back'
printf 'email,do_not_contact,unsubscribed_at\nalex@example.com,,\nbob@example.com,fax,soon\ncat@example.com,email,2026-05-17\n' >"$dir/in.csv"
cli --json contact import "$dir/in.csv" >"$dir/out"
is 'yes|{email,sms}|no|{email,sms}|yes|{email,sms}' "$(state "$alex")|$(state "$bob")|$(state "$cat_phone")" \
	'an import only ever forbids'
has "$dir/out" 'do_not_contact: expected email, sms or both, found \"fax\"; unsubscribed_at: expected a date' 'what does not fit is named'

# --- behind a web server ----------------------------------------------------

if command -v lighttpd >/dev/null && command -v curl >/dev/null; then
	cli contact allow alex@example.com >"$dir/out"
	web_port=$(svc_free_port)
	: >"$svc_dir/log/access.log"
	svc_lighttpd "$(cd "$top_builddir" && pwd)" "$dir/door.conf" "$web_port" ||
		fail 'lighttpd starts'
	web() { # web PATH [OPTION...]: sets $got
		w_path=$1
		shift
		got=$(curl -sS --noproxy '*' -m 60 -o "$dir/page" -w '%{http_code} %{num_redirects}' \
			"$@" "http://127.0.0.1:$web_port$w_path")
	}
	web "$link"
	is '200 0|no|{}' "$got|$(state "$alex")" 'behind lighttpd: a page that changes nothing'
	web "$link" -L -d List-Unsubscribe=One-Click
	is '200 0|yes|{}' "$got|$(state "$alex")" 'behind lighttpd: one click'
	web "$link" -X DELETE
	is '405 0' "$got" 'behind lighttpd: no other method'
	web "/u/$flipped" -d List-Unsubscribe=One-Click
	is '404 0' "$got" 'behind lighttpd: no forged token'
	lacks "$svc_dir/log/access.log" "$token" 'behind lighttpd: no token in its log'
else
	skip 'behind lighttpd' 'lighttpd or curl is not installed'
fi
lacks "$log" "$token" 'no token in our log'
done_testing
