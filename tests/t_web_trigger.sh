#!/bin/sh
# t_web_trigger.sh - a workflow's trigger page: its address and how to send to
# it, what came in and the sample, a new address, and what is asked of a request,
# which a form changes without losing what it does not know.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}

add_user demo@example.com
login demo@example.com || fail 'a user logs in'
draft Shop '' '"map":[]' ''
id=$(workflow_id Shop)
url=workflows/$id/trigger

trigger() { # trigger FILTER: of the draft's trigger, by jq
	sql "select draft from hookline.workflow where id = $id" | jq -c ".trigger$1"
}

rev() { # of the form that was shown
	body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p
}

# save NAME=VALUE...: the rules' form, as the page shows it but for these
save() {
	get "$url"
	send "$url" "rev=$(rev)" method_post=on method_put=on method_get=on \
		scheme= mode= from= 'filter[how]=all' dedup_kind=none split= \
		answer_status= answer_content_type= answer_body= "$@"
}

# --- the address --------------------------------------------------------------

get "$url"
is 200 "$(status)" 'there is a trigger page'
has "$dir/answer" "$hook" 'with the address at once'
has "$dir/answer" 'Waiting for the first request' 'it waits for the first request'
has "$dir/answer" 'alex@example.com' 'its snippets have an example'
has "$dir/answer" "$hook?email=alex%40example.com" 'and the browser itself can send one'
for name in Stripe Typeform Calendly Zapier Make; do
	has "$dir/answer" "<summary>$name</summary>" "it says where $name wants the address"
done
get 'workflows/999999/trigger'
is 404 "$(status)" 'a workflow that is not there is not found'
get 'workflows/x/trigger'
is 404 "$(status)" 'nor is what is no id'

# --- what comes in --------------------------------------------------------------

saved=$hook
post '{"email":"kim@example.com","<script>alert(1)</script>":"\"><img src=x>","list":[{"n":1.50},{"n":2}],"gone":null}' \
	HTTP_USER_AGENT='<b>agent</b>'
first=$(delivery id)
partial=1
get "$url/requests?state=x"
is 200 "$(status)" 'what is new is told to a page that asks'
has "$dir/answer" 'captured' 'with its outcome'
has "$dir/answer" 'hx-swap-oob' 'and the sample that it is now'
lacks "$dir/answer" '<html|Waiting for' 'and nothing else'
state=$(body | sed -n 's/.*requests?state=\([^"]*\)".*/\1/p')
get "$url/requests?state=$state"
case $(status) in
204) ok 'nothing is said where nothing is new' ;;
200) ok 'nothing is said where nothing is new # a minute passed' ;;
*) fail 'nothing is said where nothing is new' ;;
esac
partial=
get "$url/requests"
is "303 $url" "$(status) $(location)" 'without JavaScript that is the page itself'
get "$url"
has "$dir/answer" '&lt;script&gt;alert(1)&lt;/script&gt;' 'names are shown as text'
has "$dir/answer" '&quot;&gt;&lt;img src=x&gt;' 'values too'
has "$dir/answer" '&lt;b&gt;agent&lt;/b&gt;' 'and senders'
lacks "$dir/answer" '<script>alert|<img|<b>agent' 'never as markup'
has "$dir/answer" '<span class="key">n</span> <span class="tkind">number</span> <span class="tval">1.50' \
	'the sample is a tree with types and values as they came'
has "$dir/answer" 'This is the latest' 'the latest request is the sample until one is chosen'

post 'no json'
get "$url"
has "$dir/answer" "deliveries/$first" 'a request that could not be read is no sample'
post '{"email":"lee@example.com"}'
second=$(delivery id)
send "$url/sample" "delivery=$first"
is "303 $url" "$(status) $(location)" 'one of them is chosen'
is "$first" "$(sql "select sample_id from hookline.trigger where workflow_id = $id")" 'and kept'
get "$url"
has "$dir/answer" 'You chose this' 'the page says so'
send "$url/sample" "delivery=999999"
get "$url"
is "$first" "$(sql "select sample_id from hookline.trigger where workflow_id = $id")" \
	'what is not there can not be one'
send "$url/sample" "delivery=1;x"
is 404 "$(status)" 'nor what is no id'
sql "update hookline.delivery set payload = null, body = '', reason = 'erased' where id = $first"
get "$url"
has "$dir/answer" 'not kept any more' 'a chosen one that was erased is said to be gone'
has "$dir/answer" "deliveries/$second" 'and the latest takes its place'

# --- a new address ----------------------------------------------------------------

send "$url/rotate" overlap=24-hours
is "303 $url" "$(status) $(location)" 'the address is made new'
get "$url"
lacks "$dir/answer" "$saved" 'the page shows another one'
has "$dir/answer" 'The old one works until' 'and how long the old one works'
has "$dir/answer" 'Nobody has used an old address' 'and that nobody uses it'
hook=$saved
post '{"email":"old@example.com"}' HTTP_USER_AGENT='old shop'
is 200 "$(status)" 'the old one still works'
get "$url"
has "$dir/answer" 'still send to an old address' 'who uses it is told'
has "$dir/answer" 'old shop' 'by its name'
send "$url/rotate" overlap=forever
is 1 "$(sql "select count(*) from hookline.hook_key where expires_at is not null")" \
	'an overlap that is none changes nothing'
send "$url/rotate" overlap=none
post '{"email":"old@example.com"}'
is 404 "$(status)" 'without an overlap it ends at once'

# --- what may come in -----------------------------------------------------------

odd='{"type":"inbound_webhook","methods":["POST"],"verify":{"scheme":"hmac","secret":"secret:one","header":"X-S","tolerance":300,"timestamp_header":"X-T","signed":"{ts}.{body}","from":["192.0.2.0/24","2001:db8::1"]},"dedup":{"preset":"stripe","window":"3 days"},"split":"body.events","answer":{"status":202,"body":"a\nb"},"filter":{"any":[{"field":"contact.email","is":"contains","value":"@"},{"not":{"all":[{"field":"webhook.body.n","is":"equals","value":1.50}]}}]},"map":[{"from":"body.e","to":"contact.email","default":1.50}]}'
sql "update hookline.workflow set draft = jsonb_set(draft::jsonb, '{trigger}', '$odd'::jsonb)::json
	where id = $id"
before=$(trigger '' | jq -S .)
get "$url"
# What a browser sends back: every field as it was shown.
body | /usr/bin/python3 "$top_srcdir/tests/web_forms.py" fields "/$url" >"$dir/form"
web POST "$url" "$dir/form" application/x-www-form-urlencoded
is 303 "$(status)" 'a form that nobody changed is saved'
is "$before" "$(trigger '' | jq -S .)" 'and nothing is lost or changed by it'

get "$url"
has "$dir/answer" 'There is no secret of this name' 'a secret that is missing is marked'
save scheme=stripe-v1 new_secret=whsec_hush method_get=
is 303 "$(status)" 'a sender is chosen and its secret typed in'
is '"stripe-v1" "secret:stripe"' "$(trigger .verify.scheme) $(trigger .verify.secret)" \
	'the draft names it'
is 1 "$(sql "select count(*) from hookline.secret where name = 'stripe'")" 'and it is kept'
is null "$(trigger .verify.header)" 'what the scheme does not take is gone'
get "$url"
lacks "$dir/answer" 'whsec_hush' 'no page shows it'
lacks "$log" 'whsec_hush' 'no log has it'
is 0 "$(sql "select count(*) from hookline.workflow where draft::text like '%whsec_hush%'")" \
	'no document has it'
save scheme=stripe-v1 'secret[stripe]=on' new_secret=second new_secret_name=stripe
has "$dir/answer" 'hookline_said=bNothing%20was%20saved' 'a secret never takes the place of another'
save scheme=stripe-v1 'secret[stripe]=on' new_secret=second
is '["secret:stripe","secret:stripe-2"]' "$(trigger .verify.secret)" 'two are taken while one changes to the other'
save scheme=stripe-v1 'secret[stripe]=on' 'verify_tolerance=<b>soon'
get "$url"
has "$dir/answer" '&lt;b&gt;soon' 'what can not be understood stays as it was typed'
has "$dir/answer" 'aria-invalid' 'and is marked'
save from='192.0.2.1 2001:db8::/32'
is '{"from":["192.0.2.1","2001:db8::/32"]}' "$(trigger .verify)" 'addresses alone'
save
is null "$(trigger .verify)" 'nothing at all: no check'

save dedup_kind=from dedup_from=body.id split=body.events 'filter[rows][0][field]=contact.email' \
	'filter[rows][0][is]=contains' 'filter[rows][0][value]=@'
is '{"from":"body.id"} "body.events"' "$(trigger .dedup) $(trigger .split)" 'repeats and lists'
is '"contact.email" "contains"' "$(trigger '.filter | .. | .field? // empty') $(trigger '.filter | .. | .is? // empty')" \
	'and the filter by rows'
get "$url"
send "$url" "rev=$(rev)" method_put=on dedup_kind=none
is '["PUT"]' "$(trigger .methods)" 'methods'
sql "update hookline.workflow set draft = jsonb_set(draft::jsonb, '{x}', '1')::json where id = $id" >/dev/null
send "$url" rev=1 dedup_kind=none
is 409 "$(status)" 'what somebody else changed meanwhile is not overwritten'

# --- others -----------------------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login other@example.com || fail 'another account logs in'
for page in "$url" "workflows/$id/mapping"; do
	get "$page"
	is 404 "$(status)" "another account does not see $page"
done
for deed in "$url" "$url/sample" "$url/rotate" "workflows/$id/mapping"; do
	send "$deed" delivery=1 overlap=none
	is 404 "$(status)" "nor can it send to $deed"
done
csrf=0123456789abcdef
send "$url/rotate" overlap=none
is 403 "$(status)" 'no deed without the token of the form'

done_testing
