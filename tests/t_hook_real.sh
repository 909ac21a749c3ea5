#!/bin/sh
# t_hook_real.sh - what real senders send: one example in every form a request
# can have, payloads of well-known services, and every file of JSONTestSuite.
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"
start_responder

forget() { # everybody
	PGOPTIONS='-c client_min_messages=warning' \
		sql 'truncate hookline.contact cascade'
}

# --- the example, in every form ---------------------------------------------

fields='email=alex%40example.com&first_name=Alex&last_name=Johnson&phone=%2B15551234567&source=payment_processor&plan=professional'
printf '%s' "$fields" >"$dir/form"
printf '{"email":"alex@example.com","first_name":"Alex","last_name":"Johnson","phone":"+15551234567","source":"payment_processor","plan":"professional"}' \
	>"$dir/json"
publish Example '"reentry":"always"' "$map_example"

example() { # example WHAT METHOD URI TYPE FILE
	what=$1
	shift
	hook "$@"
	is '200 enrolled' "$(outcome)" "$what"
	is 'alex@example.com|+15551234567|Alex|Johnson|payment_processor|professional' \
		"$(sql "select email, phone, first_name, last_name, source,
		variables->>'plan' from hookline.workflow_run r
		join hookline.contact c on c.id = r.contact_id
		where r.id = $(text run)")" "$what: contact and variable"
	forget
}

example 'POST of JSON' POST "$hook" application/json "$dir/json"
example 'PUT of JSON' PUT "$hook" application/json "$dir/json"
example 'POST of JSON with a charset' POST "$hook" \
	'application/json; charset=utf-8' "$dir/json"
example 'POST of */*+json' POST "$hook" application/cloudevents+json "$dir/json"
example 'POST of JSON as text' POST "$hook" text/plain "$dir/json"
example 'POST of JSON without a type' POST "$hook" '' "$dir/json"
example 'POST of JSON as a form, as curl -d sends it' POST "$hook" \
	application/x-www-form-urlencoded "$dir/json"
printf '\357\273\277' | cat - "$dir/json" >"$dir/bom"
example 'POST of JSON with a BOM' POST "$hook" application/json "$dir/bom"
example 'POST of a form' POST "$hook" application/x-www-form-urlencoded \
	"$dir/form"
example 'PUT of a form' PUT "$hook" \
	'application/x-www-form-urlencoded;charset=UTF-8' "$dir/form"
printf -- '--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' \
	email alex@example.com first_name Alex last_name Johnson \
	phone +15551234567 source payment_processor plan professional \
	>"$dir/multipart"
printf -- '--b\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n%%PDF\0\r\n--b--\r\n' \
	>>"$dir/multipart"
example 'POST of multipart/form-data' POST "$hook" \
	'multipart/form-data; boundary=b' "$dir/multipart"
printf '<email>alex@example.com</email><first_name>Alex</first_name>
<last_name>Johnson</last_name><phone>+15551234567</phone>
<source>payment_processor</source><plan>professional</plan>' >"$dir/xml"
example 'POST of XML without a root' POST "$hook" application/xml "$dir/xml"
example 'GET of a query' GET "$hook?$fields" '' "$dir/empty"

publish Nested '"reentry":"always","contact":"optional"' '"map":[
	{"from":"body.who.mail","to":"contact.email"},
	{"from":"body.item","to":"custom_variables.items"},
	{"from":"query.shop","to":"custom_variables.shop"}]'
printf 'who[mail]=n%%40example.com&item=a&item=b+c' >"$dir/body"
hook POST "$hook?shop=1" application/x-www-form-urlencoded "$dir/body"
is '200 enrolled|n@example.com|{"shop": "1", "items": ["a", "b c"]}' \
	"$(outcome)|$(sql "select email, variables
	from hookline.workflow_run r join hookline.contact c
	on c.id = r.contact_id where r.id = $(text run)")" \
	'names that nest and repeat, and a query beside the body'
head -c 500 "$dir/multipart" >"$dir/body"
hook POST "$hook" 'multipart/form-data; boundary=b' "$dir/body"
is 400 "$(status)" 'multipart/form-data that was cut'
hook POST "$hook" 'multipart/form-data; boundary=b' "$dir/multipart"
is '{"size": 5, "type": "application/pdf", "filename": "cv.pdf"}' \
	"$(delivery "payload->>'cv'")" 'a file is noted, not kept'
printf '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' >"$dir/body"
hook POST "$hook" application/xml "$dir/body"
is 400 "$(status)" 'XML that declares entities'

publish Inside '"reentry":"always","contact":"optional"' '"map":[
	{"from":"body.payload.user.mail","to":"contact.email"},
	{"from":"body.payload.id","to":"contact.custom.big"},
	{"from":"body.payload.id","to":"custom_variables.big"},
	{"from":"body[order][items][0][sku]","to":"custom_variables.sku"}],
	"filter":{"field":"webhook.body.payload.user.mail","is":"not_empty"},
	"dedup":{"from":"body.payload.id"}'
printf '%s' 'payload=%7B%22user%22%3A%7B%22mail%22%3A%22in%40example.com%22%7D%2C%22id%22%3A184467440737095516170%7D&order[items][0][sku]=A' \
	>"$dir/body"
hook POST "$hook" application/x-www-form-urlencoded "$dir/body"
is '200 enrolled|in@example.com|184467440737095516170|{"big": 184467440737095516170, "sku": "A"}' \
	"$(outcome)|$(sql "select email, custom->>'big', variables
	from hookline.workflow_run r join hookline.contact c
	on c.id = r.contact_id where r.id = $(text run)")" \
	'JSON in a field of a form, and every digit of a number'
hook POST "$hook" application/x-www-form-urlencoded "$dir/body"
is '200 duplicate' "$(outcome)" 'a dedup key in a field of a form'
printf '%s' '[{"n":184467440737095516170,"m":1e400}]' >"$dir/body"
hook POST "$hook" application/json "$dir/body"
is '184467440737095516170|1e400' \
	"$(delivery "payload->0->>'n', payload->0->>'m'")" \
	'a list as body, with numbers as long as they are sent'

printf 'Hello, w\303\266rld' >"$dir/body"
hook POST "$hook" text/plain "$dir/body"
is '"Hello, wörld"' "$(delivery payload)" 'other text is a string'

# --- payloads of well-known services ----------------------------------------

of_index() { # of_index EXPRESSION FILE: of the entry e of a payload
	psql -XAtq -v ON_ERROR_STOP=1 <<-SQL
		\\set index \`cat '$shared/payloads/INDEX.json'\`
		select $1 from json_array_elements(:'index') e
		 where e ->> 'file' = '$2'
	SQL
}

payload() { # payload FILE WANT: email|phone|first_name|last_name, or a status
	name=$(echo "$1" | tr ./ __)
	type=$(of_index "e ->> 'content_type'" "$1")
	rules=$(of_index "(select coalesce(json_agg(json_build_object(
		'from', 'body.' || p.value, 'to', 'contact.' || p.key)), '[]')
		from json_each_text(e -> 'contact_paths') p
		where p.value is not null)" "$1")
	publish "$name" '"reentry":"always"' "\"map\":$rules"
	hook POST "$hook" "$type" "$shared/payloads/$1"
	case $2 in
	*@*) is "200 enrolled|$2" "$(outcome)|$(sql "select c.email, c.phone,
		c.first_name, c.last_name from hookline.contact c
		join hookline.workflow_run r on r.contact_id = c.id
		where r.id = 0$(text run)")" "$1" ;;
	*) is "$2" "$(status)" "$1" ;;
	esac
	forget
}

if [ -e "$shared/payloads/INDEX.json" ]; then
	payload stripe/checkout.session.completed.json 'hook@me.com|||'
	payload stripe/checkout.session.completed.payment_mode.json \
		'example@example.com|||'
	payload stripe/customer.created.json 'hook@me.com|||'
	payload stripe/payment_intent.succeeded.json 422
	payload typeform/form_response.json 'laura@example.com||Laura|'
	payload calendly/invitee.created.json \
		'liam.ortega@example.com|+15550100142|Liam|Ortega'
	payload calendly/invitee.canceled.json \
		'liam.ortega@example.com|+15550100142|Liam|Ortega'
	payload shopify/orders.create.json 'jon@example.com||John|Smith'
	payload shopify/customers.create.json 'bob@biller.com||Bob|Biller'
	payload shopify/checkouts.create.json 'example@email.com|||'
	payload mailchimp/subscribe.form 'agentsmith@snowplowtest.com||Agent|Smith'
	payload thrivecart/order.success.form 'jsmith@example.com|+15550100155|John|Smith'
	payload zapier/post.form 'bryan+test@example.com||Bryan|Hölmig'
	payload zapier/post.xml 'bryan+test@example.com||Bryan|Hölmig'
	payload paypal/ipn.web_accept.form 'tobi@snowdevil.ca||Tobias|Luetke'
	payload aws-sns/ses_bounce.json 422
	payload salesforce/outbound_message.xml 422
else
	skip 'payloads of well-known services' "no $shared/payloads"
fi

# --- JSONTestSuite ----------------------------------------------------------

suite=$shared/corpora/json-test-suite/test_parsing
json_test_suite() {
	publish Suite '"reentry":"always","contact":"optional"' '' ''
	for file in "$suite"/*.json; do
		name=${file##*/}
		hook_to "$dir/suite.answer" POST "$hook?$name" \
			application/json "$file"
		case $name-$(status "$dir/suite.answer") in
		y_*-200 | n_*-400 | i_*-200 | i_*-400) ;;
		*) echo "$name: $(head -n 1 "$dir/suite.answer")" ;;
		esac
	done >"$dir/suite.wrong"
	is '' "$(cat "$dir/suite.wrong")" \
		"JSONTestSuite: y_ is taken, n_ is refused, i_ either"
	holds 'JSONTestSuite: one process answered all' lives
	set -- "$suite"/*.json
	is $# "$(sql "select count(*)
		from hookline.delivery where query like '%.json'")" \
		'JSONTestSuite: every file is a delivery'
	# PostgreSQL itself reads what was kept byte for byte, where it can.
	psql -XAtq -v ON_ERROR_STOP=1 >"$dir/suite.read" <<-'SQL'
		create function pg_temp.read(body bytea) returns jsonb
		language plpgsql as $$
		begin
			return convert_from(body, 'UTF8')::jsonb;
		exception when others then
			return null;
		end $$;
		create temp table kept as
		select query, payload, pg_temp.read(body) as wanted
		  from hookline.delivery
		 where query like '%.json' and http_status = 200;
		select count(*) > 90 from kept where wanted is not null;
		select query, payload, left(wanted::text, 200) from kept
		 where payload::text is distinct from wanted::text
		   and wanted is not null
		   -- a number beyond what most can read is kept as its digits
		   and not coalesce(jsonb_typeof(payload -> 0) = 'string'
			and jsonb_typeof(wanted -> 0) = 'number'
			and (payload ->> 0)::numeric = (wanted ->> 0)::numeric,
			false);
	SQL
	is t "$(cat "$dir/suite.read")" \
		'JSONTestSuite: what was read is what PostgreSQL reads'
}

if [ -d "$suite" ]; then
	json_test_suite
else
	skip 'JSONTestSuite' "no $suite"
fi

# --- naughty strings --------------------------------------------------------

# Each in every kind of field, as one element of a list that is split.
naughty_strings() {
	publish Naughty '"reentry":"always"' '"split":"body.list","map":[
		{"from":"body.list.email","to":"contact.email"},
		{"from":"body.list.text","to":"contact.company_name"},
		{"from":"body.list.text","to":"contact.custom.text"},
		{"from":"body.list.text","to":"custom_variables.text"}]'
	jq '{list: [to_entries[] | select(.value | test("\\S")) |
		{email: "naughty\(.key)@example.com", text: .value}]}' \
		"$naughty" >"$dir/naughty"
	jq -c '.list[].text' "$dir/naughty" >"$dir/naughty.sent"
	hook POST "$hook" application/json "$dir/naughty"
	is '200 enrolled' "$(outcome)" 'naughty strings are taken'
	id=$(text delivery)
	kept() { # kept COLUMN: of each element's contact and run, in their order
		sql "select to_json($1) from hookline.delivery d
			join hookline.contact c on c.id = d.contact_id
			join hookline.workflow_run r on r.id = d.run_id
			where d.part_of is not null order by d.part_no" | jq -c .
	}
	kept "r.variables ->> 'text'" >"$dir/naughty.kept"
	holds 'naughty strings: a variable is what was sent' \
		cmp -s "$dir/naughty.sent" "$dir/naughty.kept"
	kept "c.custom ->> 'text'" >"$dir/naughty.kept"
	holds 'naughty strings: and a custom field' \
		cmp -s "$dir/naughty.sent" "$dir/naughty.kept"
	# A field of the contact has no control characters but tab and newline.
	jq -c 'explode | map(if (. < 32 and . != 9 and . != 10) or . == 127
		then 32 else . end) | implode' "$dir/naughty.sent" >"$dir/naughty.plain"
	kept c.company_name >"$dir/naughty.kept"
	holds 'naughty strings: a field of the contact' \
		cmp -s "$dir/naughty.plain" "$dir/naughty.kept"
	for n in 10 100 400; do
		"$hookline" --config "$conf" --json contact show \
			"naughty$n@example.com" | jq -c .custom.text
	done >"$dir/naughty.shown"
	for n in 10 100 400; do
		jq -c ".[$n]" "$naughty"
	done >"$dir/naughty.wanted"
	holds 'naughty strings: and what hookline shows' \
		cmp -s "$dir/naughty.wanted" "$dir/naughty.shown"
	"$hookline" --config "$conf" delivery show "$id" >"$dir/naughty.text"
	holds 'naughty strings: no terminal is told what to do' \
		[ -z "$(tr -d '\n\t -~\200-\377' <"$dir/naughty.text")" ]
}

naughty=$shared/corpora/blns/blns.json
if [ -e "$naughty" ]; then
	naughty_strings
else
	skip 'naughty strings' "no $naughty"
fi

lacks "$log" 'a delivery was not taken' \
	'nothing was refused by our own fault'

done_testing
