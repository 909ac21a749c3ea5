#!/bin/sh
# t_web_mapping.sh - a workflow's mapping page: the places of its sample and where
# they go, suggestions, new custom fields, the preview, and rules that stay as
# they are written where nobody changes them.
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
url=workflows/$id/mapping

map() { # the draft's rules
	sql "select draft -> 'trigger' -> 'map' from hookline.workflow where id = $id" | jq -c .
}

set_map() { # set_map JSON
	psql -XAtq -v map="$1" <<-'SQL'
		update hookline.workflow set draft = jsonb_set(draft::jsonb, '{trigger,map}', :'map'::jsonb)::json
		 where name = 'Shop'
	SQL
}

rev() { # of the form that was shown
	body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p
}

save() { # save NAME=VALUE...
	get "$url"
	send "$url" "rev=$(rev)" "$@"
}

send_back() { # the form of $url, as it is shown
	get "$1"
	body | /usr/bin/python3 "$top_srcdir/tests/web_forms.py" fields "/$url" >"$dir/form"
	web POST "$url" "$dir/form" application/x-www-form-urlencoded
}

# --- without a sample -------------------------------------------------------------

get "$url"
is 200 "$(status)" 'there is a mapping page'
has "$dir/answer" 'No request has come yet' 'which says what is missing'
save 'r[hand][hand]=1' 'r[hand][from]=body.mail' 'r[hand][to]=contact.email' \
	'r[constant][hand]=1' 'r[constant][value]=shop' 'r[constant][to]=contact.source'
is '[{"from":"body.mail","to":"contact.email"},{"value":"shop","to":"contact.source"}]' \
	"$(map)" 'rules are written by hand'
get "$url"
has "$dir/answer" 'not in the sample' 'a path that nothing has is marked'
save 'r[hand][hand]=1' 'r[hand][from]=' 'r[hand][to]=contact.city'
is 2 "$(map | jq length)" 'a row that nobody filled in is none'
save 'r[0][rule]=0' 'r[0][to]=' 'r[1][rule]=1' 'r[1][to]='
is '[]' "$(map)" 'and taken out again'

# --- suggestions ------------------------------------------------------------------

post '{"customer":{"email":"kim@example.com","name":"Kim Lee"},"plan":"pro","amount":49.90,"paid":true,
	"due":"2026-11-30","tags":["a","b"],"<script>alert(1)</script>":"\"><img src=x>","nested":{"empty":{}},
	"lines":[{"sku":"x"},{"sku":"y"}]}'
get "$url"
has "$dir/answer" 'Suggested: <strong>E-mail' 'the address is suggested'
has "$dir/answer" 'Suggested: <strong>Full name' 'and the name'
has "$dir/answer" 'It would be <strong>refused' 'nothing is mapped by itself'
has "$dir/answer" '&lt;script&gt;alert(1)&lt;/script&gt;' 'names are shown as text'
has "$dir/answer" '&quot;&gt;&lt;img src=x&gt;' 'values too'
lacks "$dir/answer" '<script>alert|<img' 'never as markup'
save accept=body.customer.email
is '[{"from":"body.customer.email","to":"contact.email"}]' "$(map)" 'one is accepted'
save accept_all=1
is 'contact.email contact.full_name' "$(map | jq -r '[.[].to] | join(" ")')" 'then all of them'
get "$url"
lacks "$dir/answer" 'Suggested' 'there is nothing left to accept'
has "$dir/answer" 'Would make a new contact: <strong>Kim Lee' 'the preview says who it would be'

# --- new fields -------------------------------------------------------------------

save 'r[5][from]=body.plan' 'r[5][to]=new' 'r[5][name]=Subscription Plan'
is '{"from":"body.plan","to":"contact.custom.subscription_plan"}' "$(map | jq -c '.[2]')" \
	'a value goes to a new custom field'
is 'subscription_plan|Subscription Plan|text' "$(sql 'select key, label, type from hookline.custom_field')" \
	'which is made'
has "$dir/answer" 'hookline_said=gThere%20is%20a%20new%20custom%20field%20%22Subscription%20Plan' 'and told of'
get "$url"
has "$dir/answer" '<th scope="row">Subscription Plan</th>' 'the preview has it by its name'
save 'r[0][from]=body.amount' 'r[0][to]=new' 'r[0][name]=' 'r[1][from]=body.due' 'r[1][to]=new' \
	'r[2][from]=body.paid' 'r[2][to]=new' 'r[3][from]=body.tags' 'r[3][to]=new' 'r[3][name]=<b>Tags'
is 'amount number, b_tags list, due date, paid boolean, subscription_plan text' \
	"$(sql "select string_agg(key || ' ' || type, ', ' order by key) from hookline.custom_field")" \
	'its type is that of the value, its name that of the place'
get "$url"
has "$dir/answer" '&lt;b&gt;Tags' 'its label is shown as text'
lacks "$dir/answer" '<b>Tags' 'and not as markup'
save 'r[0][from]=body.lines[0].sku' 'r[0][to]=new' 'r[0][name]=Subscription Plan'
is 5 "$(sql 'select count(*) from hookline.custom_field')" 'a field that is there is used again'
n=$(map | jq length)
save "r[0][rule]=$((n - 1))" 'r[0][to]=variable' 'r[0][name]=' 'r[0][shown]=1' 'r[0][required]=on' \
	'r[0][default]=none' 'r[0][as]=text'
is '{"from":"body.lines[0].sku","to":"custom_variables.sku","as":"text","default":"none","required":true}' \
	"$(map | jq -c '.[-1]')" 'a variable is named after its place, with what else a rule says'

# --- the preview ------------------------------------------------------------------

partial=1
send "$url/preview" 'r[0][from]=body.customer.email' 'r[0][to]=new' 'r[0][name]=Draft only'
is 200 "$(status)" 'a form that is not saved has a preview'
lacks "$dir/answer" '<html' 'which is a part of a page'
has "$dir/answer" 'draft_only' 'of what it would do'
is 5 "$(sql 'select count(*) from hookline.custom_field')" 'it makes no field'
is "$n" "$(map | jq length)" 'and keeps no rule'
partial=
is '0 0 1' "$(sql 'select (select count(*) from hookline.contact),
	(select count(*) from hookline.workflow_run), (select count(*) from hookline.delivery)' | tr '|' ' ')" \
	'previews leave nothing behind'
sql "insert into hookline.contact (account_id, email, first_name, last_name) select id, 'kim@example.com', 'Kim', 'Old'
	from hookline.account;
	insert into hookline.contact_identity select account_id, 'email', email, id from hookline.contact"
get "$url"
has "$dir/answer" 'Would update contact' 'a contact that is there is recognised'
has "$dir/answer" ', matched by e-mail' 'and by what'
has "$dir/answer" '<ins>Lee</ins>' 'each field before and after'
set_map '[{"from":"body.customer.name","to":"contact.email"},{"from":"body.nothing","to":"contact.phone","required":true}]'
get "$url"
has "$dir/answer" 'no @' 'a value that does not fit is told'
has "$dir/answer" 'It is required, and the sample has no value for it' 'and one that is missing'
set_map '[{"from":"body.customer.name","to":"contact.emil"}]'
get "$url"
has "$dir/answer" 'did you mean contact.email?' 'a rule that is wrong says why'
has "$dir/answer" 'be tried before this is put right' 'and there is no preview till then'

# --- what the page does not know -----------------------------------------------

odd='[{"to":"contact.email","from":"body[\"customer\"].email","default":1.50,"required":false},
	{"from":"body.plan","to":"custom_variables[\"my plan\"]","as":"odd","x":{"y":[1]}},
	{"value":{"a":[1,2.50]},"to":"custom_variables.v"},{"value":"two\nlines","to":"contact.source"},
	{"from":"body.plan","to":"contact.emil"},{"from":"body.later","to":"contact.custom.not_there","default":null},
	"text",{"from":"body.lines[*].sku","to":"custom_variables.all"},{"from":7,"to":["x"]},{}]'
set_map "$odd"
before=$(map)
send_back "$url"
is 303 "$(status)" 'a form that nobody changed is saved'
is "$before" "$(map)" 'and every rule is as it was'
send_back "$url?q=plan"
is "$before" "$(map)" 'also those that a filter leaves out'
is "/$url?q=plan" "$(header Location)" 'which stays'
get "$url?q=zzz"
has "$dir/answer" 'Nothing in the sample has this word' 'a filter that finds nothing says so'

# --- large samples ---------------------------------------------------------------

set_map '[]'
jq -nc '{email: "big@example.com"} + ([range(400) | {("field_\(.)"): "value \(.)"}] | add)' >"$dir/big"
hook POST "$hook" application/json "$dir/big"
get "$url"
is 200 "$(status)" 'a large sample is shown'
lacks "$dir/answer" 'body.field_399' 'by its first places'
has "$dir/answer" 'more values</a>' 'with a way to the others'
get "$url?show=all"
has "$dir/answer" 'body.field_399' 'all of them, when asked for'
get "$url?q=field_399"
has "$dir/answer" 'body.field_399' 'or by the filter'
send_back "$url?show=all"
is '303 []' "$(status) $(map)" 'and it can be saved as a whole'

# --- real senders -----------------------------------------------------------------

payloads=${HOOKLINE_SHARED:-$top_srcdir/../shared}/payloads
if [ -e "$payloads/INDEX.json" ]; then
	n=0 found=0 broken=
	for file in $(jq -r '[.[] | select(.contact_paths.email != null and (.content_type | test("json")))]
			| group_by(.provider) | .[:15][][0].file' "$payloads/INDEX.json"); do
		hook POST "$hook" application/json "$payloads/$file"
		set_map '[]'
		n=$((n + 1))
		get "$url"
		[ "$(status)" = 200 ] || broken="$broken $file"
		grep -q 'Suggested: <strong>E-mail' "$dir/answer" && found=$((found + 1))
		save accept_all=1
		send_back "$url"
		[ "$(status)" = 303 ] || broken="$broken $file"
	done
	is '' "$broken" "the payloads of $n senders are shown, accepted and saved"
	[ $((10 * found)) -ge $((8 * n)) ] && ok "the address is suggested for $found of them" ||
		fail 'the address is suggested for most of them' "$found of $n"
else
	skip 'payloads of real senders' "there is no $payloads"
fi

# --- elements of a list -------------------------------------------------------------

sql "update hookline.workflow set draft = jsonb_set(jsonb_set(draft::jsonb, '{trigger,split}', '\"body.events\"'),
	'{trigger,map}', '[{\"from\":\"body.events.email\",\"to\":\"contact.email\"}]')::json where id = $id"
post '{"events":[{"email":"one@example.com"},{"email":"two@example.com"}]}'
get "$url"
has "$dir/answer" '<code>body.events.email</code>' 'of a split list the places of one element are shown'
has "$dir/answer" 'Element 2 of 2' 'and what each of them would do'

done_testing
