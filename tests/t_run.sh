#!/bin/sh
# t_run.sh - what each type of step does: the real hookline-run takes runs
# through workflows, with a real database, SMTP server and HTTP sink.  Retries,
# leases and what happens when things die are t_run_trouble.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

sender='"sender":{"name":"Läden & Söhne \"AG\"","email":"shop@example.com"}'
set_x() { # set_x VALUE: a step that shows a branch was taken
	printf '{"id":"x_%s","type":"set_variable","name":"x","value":"%s"}' \
		"$1" "$1"
}
webhook='{"body":{"amount":12.50,"n":7,"yes":true,"items":[{"sku":"A"},
	{"sku":"B"}],"evil":"a\r\nBcc: evil@example.com","markup":"<b>&\"",
	"quote":"say \"hi\"\n","url":"a b/c?d&e"},
	"query":{"page":"2"},"headers":{"x-shop":"S 1"}}'
sql "update hookline.account set constants = '{\"slogan\":\"We care\"}'"
sql "update hookline.contact set tags = '{old,vip}'"

# --- send_email -------------------------------------------------------------

with mail '{"id":"m","type":"send_email",
	"to":"{{contact.full_name}} <{{contact.email}}>",
	"cc":"Ann Lee <ann@example.com>, bob@example.com",
	"bcc":"hidden@example.com","reply_to":"Answers <re@example.com>",
	"subject":"Grüße, {{contact.first_name}}: 你好 {{custom_variables.plan}}",
	"text":"Hallo {{contact.first_name}}\nZeile 2 <b>",
	"html":"<p>{{webhook.body.markup}}</p><i>{{{webhook.body.markup}}}</i>"}' \
	"$sender" "$alex" '{"plan":"pro"}' "$webhook"
with own_sender '{"id":"m","type":"send_email","to":"a@example.com",
	"from":"Step <step@example.com>","subject":"own_sender","text":"x"}' \
	"$sender"
with house_sender '{"id":"m","type":"send_email","to":"a@example.com",
	"subject":"house_sender","html":"<p>x</p>"}'
with injection '{"id":"m","type":"send_email","to":"a@example.com",
	"subject":"injection {{webhook.body.evil}}","text":"x",
	"reply_to":"R <r@example.com>","from":"S {{{webhook.body.evil}}} <s@example.com>"}' \
	'' "$alex" '' "$webhook"
with bad_address '{"id":"m","type":"send_email","to":"{{custom_variables.to}}",
	"subject":"bad_address","text":"x"}' '' "$alex" \
	'{"to":"a@example.com, b@example.com"}'
with names '{"id":"m","type":"send_email","to":"a@example.com",
	"subject":"names","text":"{{contact.name}}|{{contact.phone_raw}}|{{contact.plan}}|{{contact.custom.plan}}|{{contact.tags}}|{{custom_variables.v}}|{{webhook.query.page}}|{{webhook.headers.x-shop}}|{{inboundWebhookRequest.n}}|{{custom_values.slogan}}|{{workflow.name}}|{{account.name}}|{{run.timezone}}|{{right_now.year}}|{{now}}|{{contact.nothing|there}}|{{#webhook.body.items}}{{sku}};{{/webhook.body.items}}"}' \
	'"timezone":"Asia/Tokyo"' "$alex" '{"v":"V"}' "$webhook"

# --- call_webhook -----------------------------------------------------------

with call_json '{"id":"c","type":"call_webhook","url":"'"$http"'/echo/call_json",
	"headers":{"X-Own":"{{webhook.body.evil}}"},"save_as":"answer",
	"json":{"amount":"{{webhook.body.amount}}","n":"{{webhook.body.n}}",
	"yes":"{{webhook.body.yes}}","items":"{{webhook.body.items}}",
	"none":"{{webhook.body.none}}","text":"n={{webhook.body.n}}",
	"quote":"{{webhook.body.quote}}","deep":{"list":[1,"{{contact.email}}"]}}},
	{"id":"which","type":"if_else","branches":[{"name":"seven","when":
	{"all":[{"field":"steps.c.body.n","is":"equals","value":7},
	{"field":"steps.c.status","is":"equals","value":200},
	{"field":"steps.answer.n","is":"equals","value":7},
	{"field":"steps.answer.status","is":"equals","value":200}]},
	"steps":['"$(set_x seven)"']}],"else":['"$(set_x other)"']}' \
	'' "$alex" '' "$webhook"
with call_text '{"id":"c","type":"call_webhook","url":"'"$http"'/echo/call_text",
	"json":"{\"q\":\"{{webhook.body.quote}}\",\"n\":{{webhook.body.n}}}"}' \
	'' "$alex" '' "$webhook"
with call_value '{"id":"c","type":"call_webhook","url":"'"$http"'/echo/call_value",
	"json":"{{webhook.body.items}}"}' '' "$alex" '' "$webhook"
with call_bad_json '{"id":"c","type":"call_webhook","url":"'"$http"'/echo/call_bad",
	"json":"{\"n\":{{webhook.body.none}}}"}' '' "$alex" '' "$webhook"
with call_form '{"id":"c","type":"call_webhook","method":"PUT",
	"url":"'"$http"'/echo/call_form","form":{"a b":"{{webhook.body.url}}",
	"n":"{{webhook.body.n}}"}}' '' "$alex" '' "$webhook"
with call_body '{"id":"c","type":"call_webhook","method":"PATCH",
	"url":"'"$http"'/echo/call_body","headers":{"Content-Type":"text/csv",
	"Idempotency-Key":"mine"},"body":"a;{{webhook.body.quote}}"}' \
	'' "$alex" '' "$webhook"
with call_get '{"id":"c","type":"call_webhook","method":"GET",
	"url":"'"$http"'/ok/{{webhook.body.url}}?q={{contact.first_name}}&w=call_get"}' \
	'' "$alex" '' "$webhook"
with call_url '{"id":"c","type":"call_webhook","method":"GET",
	"url":"{{custom_variables.url}}"}' '' "$alex" \
	'{"url":"'"$http"'/ok/call_url?a=1&secret=s3"}'
with call_404 '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"}'
with call_404_continue '{"id":"c","type":"call_webhook","on_error":"continue",
	"url":"'"$http"'/status/404"},'"$(set_x on)"
with call_cut '{"id":"c","type":"call_webhook","url":"'"$http"'/endless","save_as":"cut"}'
with call_redirect '{"id":"c","type":"call_webhook","url":"'"$http"'/redirect"}'

# --- branches ---------------------------------------------------------------

is_pro='{"field":"custom_variables.plan","is":"equals","value":"pro"}'
true='{"field":"contact.email","is":"not_empty"}'
branches='{"id":"if","type":"if_else","branches":[
	{"name":"Pro","when":'"$is_pro"',"steps":['"$(set_x pro)"']},
	{"name":"Any","when":'"$true"',"steps":['"$(set_x any)"']}]},
	{"id":"after","type":"set_variable","name":"after","value":"yes"}'
with first_true "$branches" '' "$alex" '{"plan":"PRO"}'
with second_true "$branches" '' "$alex" '{"plan":"free"}'
with nested '{"id":"o","type":"if_else","branches":[{"when":'"$true"',"steps":[
	{"id":"i","type":"if_else","branches":[{"when":'"$is_pro"',"steps":[]}],
	"else":['"$(set_x inner)"']}]}],"else":['"$(set_x outer)"']},
	'"$(set_x last)"
with empty_branch '{"id":"if","type":"if_else","branches":[
	{"when":'"$true"',"steps":[]}],"else":['"$(set_x no)"']},'"$(set_x yes)"
with no_else '{"id":"if","type":"if_else","branches":[
	{"when":'"$is_pro"',"steps":['"$(set_x no)"']}]},'"$(set_x yes)"

# --- waits ------------------------------------------------------------------

with wait_for '{"id":"w","type":"wait","for":"2 days 3 hours"},'"$(set_x on)"
with wait_until '{"id":"w","type":"wait","until":"{{custom_variables.at}}",
	"offset":"-1 day"},'"$(set_x on)" '"timezone":"Europe/Berlin"' "$alex" \
	'{"at":"2030-04-01T09:00"}'
with wait_hours '{"id":"w","type":"wait","until":"2030-03-30T23:30",
	"offset":"5 hours"}' '"timezone":"Europe/Berlin"'
past='"type":"wait","until":"2020-01-01"'
with wait_past '{"id":"w",'"$past"'},'"$(set_x on)"
with wait_skip '{"id":"w",'"$past"',"if_past":"skip_step"},'"$(set_x a)"','"$(set_x b)"
with wait_end '{"id":"w",'"$past"',"if_past":"end"},'"$(set_x on)"
with wait_bad '{"id":"w","type":"wait","until":"{{custom_variables.at}}"}' \
	'' "$alex" '{"at":"next week"}'

# --- variables --------------------------------------------------------------

with variables '{"id":"a","type":"set_variable","name":"num","value":"{{webhook.body.amount}}","as":"number"},
	{"id":"b","type":"set_variable","name":"txt","value":"{{webhook.body.n}}","as":"text"},
	{"id":"c","type":"set_variable","name":"list","value":"{{webhook.body.items}}"},
	{"id":"d","type":"set_variable","name":"bool","value":"yes","as":"boolean"},
	{"id":"e","type":"set_variable","name":"made","value":{"k":"{{contact.email}}"}},
	{"id":"f","type":"set_variable","name":"json","value":"[1,2]","as":"json"},
	{"id":"g","type":"set_variable","name":"all","value":"{{custom_variables}}"},
	{"id":"h","type":"set_variable","name":"again","value":"{{custom_variables}}"},
	{"id":"i","type":"set_variable","name":"see","value":"{{custom_variables.txt}}{{custom_variables.list[1].sku}}"}' \
	'' "$alex" '{"old":1}' "$webhook"
with scope '{"id":"a","type":"set_variable","name":"all","value":[
	"{{account}}","{{workflow}}","{{run}}"]}'
with bad_number '{"id":"a","type":"set_variable","name":"n","value":"{{contact.first_name}}","as":"number","on_error":"continue"},'"$(set_x on)"

# --- contacts ---------------------------------------------------------------

bea=$(contact '{"email":"bea@example.com","company_name":"Bea Ltd",
	"city":"Rome","custom":{"shoe":"38","gone":"x"}}' bea@example.com)
with update '{"id":"u","type":"update_contact","set":{"full_name":"Bea van Dyck",
	"phone":"(030) 901820","email":"BEA.New@example.com","city":null,
	"custom.gone":null,"custom.n":"{{webhook.body.n}}","custom.me":"{{contact}}",
	"website":"{{webhook.body.none}}","company_name":""}},
	{"id":"v","type":"set_variable","name":"seen","value":"{{contact.first_name}}/{{contact.last_name}}/{{contact.phone}}/{{contact.city}}/{{contact.custom.n}}/{{contact.gone}}/{{contact.company_name}}"}' \
	'' "$bea" '' "$webhook"
sql "update hookline.account set default_country = 'DE'"
ben=$(contact '{"email":"ben@example.com"}' ben@example.com)
with taken '{"id":"u","type":"update_contact","set":{"email":"alex@example.com","city":"Bonn"}},'"$(set_x on)" '' "$bea"
with taken_continue '{"id":"u","type":"update_contact","on_error":"continue","set":{"email":"ALEX@example.com","city":"Bonn"}},
	{"id":"v","type":"set_variable","name":"seen","value":"{{contact.city}}-{{contact.email}}"}' '' "$ben"
with bad_zone '{"id":"u","type":"update_contact","set":{"timezone":"Mars/Base","city":"Bonn"}}' '' "$ben"
with bad_phone '{"id":"u","type":"update_contact","set":{"phone":"12"}}' '' "$bea"
tim=$(contact '{"email":"tim@example.com"}' tim@example.com)
sql "update hookline.contact set tags = '{old}' where id = $tim"
with tags '{"id":"a","type":"add_tag","tags":["new"," {{custom_variables.t}} ","OLD","HOT","{{custom_variables.none}}"]},
	{"id":"r","type":"remove_tag","tags":["Old","{{custom_variables.many}}"]},
	{"id":"if","type":"if_else","branches":[{"when":{"field":"contact.tags","is":"contains","value":"hot"},"steps":['"$(set_x hot)"']}]},
	{"id":"v","type":"set_variable","name":"seen","value":"{{contact.tags}}"}' \
	'' "$tim" '{"t":"hot","many":[" NEW","x"]}'
with no_contact '{"id":"a","type":"add_tag","tags":["new"]}' '"contact":"optional"' ''

# --- enrol, end, if, disabled -----------------------------------------------

publish target '' '' '{"id":"t","type":"set_variable","name":"seen","value":"{{custom_variables.v}}{{webhook.body.n}}"},'"$wait_a_day" 2>>"$log"
draft unpublished '' ''
target_id=$(sql "select id from hookline.workflow where name = 'target'")
with enrol_name '{"id":"e","type":"enrol","workflow":"target"},'"$(set_x on)" \
	'' "$alex" '{"v":"V"}' "$webhook"
with enrol_id '{"id":"e","type":"enrol","workflow":"{{custom_variables.id}}"}' \
	'' "$bea" '{"id":'"$target_id"',"v":"W"}' "$webhook"
publish keyed '"reentry_key":"custom_variables.order"' '' "$wait_a_day" 2>>"$log"
for order in 7 8 7; do
	publish "order_$order" '"reentry":"always"' '' '{"id":"s","type":"set_variable","name":"order","value":'$order'},
		{"id":"e","type":"enrol","workflow":"keyed"}' 2>>"$log"
	start "order_$order" >"$dir/started"
	work
done
with enrol_draft '{"id":"e","type":"enrol","workflow":"unpublished"}'
with enrol_nowhere '{"id":"e","type":"enrol","workflow":"none such"}'
with enrol_nobody '{"id":"e","type":"enrol","workflow":"target"}' '"contact":"optional"' ''
with loop '{"id":"e","type":"enrol","workflow":"loop"}'
with ended '{"id":"e","type":"end","reason":"enough, {{contact.first_name}}"},'"$(set_x no)"
with if_and_disabled '{"id":"a","type":"set_variable","name":"a","value":"1","if":'"$is_pro"'},
	{"id":"b","type":"set_variable","name":"b","value":"1","disabled":true},
	{"id":"c","type":"set_variable","name":"c","value":"1","if":'"$true"'}'
publish nothing '' '' ''
start nothing >"$dir/started"

work
is 0 "$exit_status" 'with nothing due any more, hookline-run ends with 0'
settings 'mail_from ='
with no_sender '{"id":"m","type":"send_email","to":"a@example.com","subject":"no_sender","text":"x"}'
work
settings 'outbound_allow ='
with private '{"id":"c","type":"call_webhook","url":"'"$http"'/ok/private"}'
work
settings
collect

# --- send_email -------------------------------------------------------------

subject='Grüße, Zoë: 你好 pro'
is 'completed||m:done' "$(run mail "status, last_error")|$(steps mail)" \
	'send_email: the run goes through'
is 'Zoë Müller <alex@example.com>' "$(message "$subject" to)" \
	'send_email: subject and names beyond ASCII arrive as written'
is '"Läden & Söhne \"AG\"" <shop@example.com>' "$(message "$subject" from)" \
	"send_email: the workflow's sender stands before the installation's"
is 'Ann Lee <ann@example.com>, bob@example.com|Answers <re@example.com>|' \
	"$(message "$subject" cc)|$(message "$subject" reply_to)|$(message "$subject" bcc)" \
	'send_email: cc and reply_to stand in the message, bcc does not'
is '["alex@example.com", "ann@example.com", "bob@example.com", "hidden@example.com"]' \
	"$(message "$subject" rcpt)" 'send_email: everybody gets it'
is 'Hallo Zoë
Zeile 2 <b>' "$(message "$subject" text)" 'send_email: text is text'
is '<p>&lt;b&gt;&amp;&quot;</p><i><b>&"</i>' "$(message "$subject" html)" \
	'send_email: HTML is escaped, unless it is asked not to be'
is '<'"$(detail mail m message_id)"'>' "$(message "$subject" message_id)" \
	"send_email: the Message-ID is in the step's detail"
is 'Step <step@example.com>' "$(message own_sender from)" \
	"send_email: the step's own sender comes first"
is 'House <house@example.com>' "$(message house_sender from)" \
	"send_email: the installation's sender comes last"
is 'failed|step "m": there is no sender: set from in the step, sender in the workflow'"'"'s settings, or mail_from in the configuration' \
	"$(run no_sender 'status, last_error')" \
	'send_email: without any sender it fails and says what to do'
is 'a  Bcc: evil@example.com|["a@example.com"]|f' "$(sql "select
	split_part(m ->> 'subject', 'injection ', 2), m -> 'rcpt',
	m -> 'headers' ? 'bcc' from mail where m ->> 'subject' like 'injection%'")" \
	'send_email: a line break in a value makes no header'
is 'failed|m:failed|1' "$(run bad_address status)|$(steps bad_address)|$(run bad_address last_error | grep -c 'one bare address')" \
	'send_email: a value that is no single address fails at once, and says so'
is 'Zoë Müller|15551234567|pro|pro|["old","vip"]|V|2|S 1|7|We care|names|Shop|Asia/Tokyo|' \
	"$(message names text | cut -d'|' -f1-13)|" \
	'templates see contact, variables, webhook, constants, workflow, account, run'
is "$(TZ=Asia/Tokyo date +%Y)|there|A;B;" \
	"$(message names text | cut -d'|' -f14,16-)" \
	"templates see the year in the run's zone, fallbacks and sections"
case $(message names text | cut -d'|' -f15) in
20[0-9][0-9]-[01][0-9]-[0-3][0-9]T*Z) ok 'templates see now in UTC' ;;
*) fail 'templates see now in UTC' "$(message names text)" ;;
esac

# --- call_webhook -----------------------------------------------------------

is '{"amount":12.50,"n":7,"yes":true,"items":[{"sku":"A"},{"sku":"B"}],"none":null,"text":"n=7","quote":"say \"hi\"\n","deep":{"list":[1,"alex@example.com"]}}' \
	"$(request call_json body)" \
	'call_webhook: JSON by structure; one tag alone keeps its type'
is 'POST|application/json|a  Bcc: evil@example.com' "$(request call_json method)|$(sent call_json content-type)|$(sent call_json x-own)" \
	'call_webhook: POST by default, with its type; no line break in a header'
is 'completed|seven|c:done which:done x_seven:done' \
	"$(run call_json "status, variables ->> 'x'")|$(steps call_json)" \
	"call_webhook: the answer decides a later branch as steps.ID and steps.NAME"
is '7|200' "$(run call_json "variables -> 'answer' -> 'n', results -> 'c' ->> 'status'")" \
	'call_webhook: save_as keeps the answer as a variable'
is '{"q":"say \"hi\"\n","n":7}' "$(request call_text body)" \
	'call_webhook: JSON by a template escapes values'
is '[{"sku":"A"},{"sku":"B"}]' "$(request call_value body)" \
	'call_webhook: JSON by one tag is the value'
is 'failed|c:failed|0' "$(run call_bad_json status)|$(steps call_bad_json)|$(request call_bad method | wc -l)" \
	'call_webhook: what is no JSON is not sent'
is 'PUT|application/x-www-form-urlencoded|a%20b=a%20b%2Fc%3Fd%26e&n=7' \
	"$(request call_form method)|$(sent call_form content-type)|$(request call_form body)" \
	'call_webhook: a form is percent-encoded'
is 'PATCH|text/csv|mine|a;say "hi"' "$(request call_body method)|$(sent call_body content-type)|$(sent call_body idempotency-key)|$(request call_body body)" \
	'call_webhook: a body as it is, and headers of its own go first'
is 'GET|/ok/a%20b%2Fc%3Fd%26e?q=Zo%C3%AB&w=call_get|' \
	"$(request call_get method)|$(request call_get path)|$(request call_get body)" \
	'call_webhook: values in a URL are parts of it'
is 'completed|/ok/call_url?a=1&secret=s3' "$(run call_url status)|$(request secret=s3 path)" \
	'call_webhook: a URL that is one tag alone is used as it is'
is "$http/ok/call_url" "$(detail call_url c url)" \
	"call_webhook: the query, which may hold secrets, is not in the detail"
is 'failed|c:failed|404' "$(run call_404 status)|$(steps call_404)|$(detail call_404 c status)" \
	'call_webhook: 404 is final'
is 'completed|c:failed x_on:done' "$(run call_404_continue status)|$(steps call_404_continue)" \
	'call_webhook: on_error continue goes on'
is 'done|true|t|65536' "$(run call_cut "(select s.status from hookline.run_step s where s.run_id = r.id)")|$(detail call_cut c answer_cut)|$(run call_cut "(select s.detail ->> 'note' like 'the answer is longer than 64 KiB%'
		from hookline.run_step s where s.run_id = r.id),
	length(variables ->> 'cut')")" \
	'call_webhook: of an endless answer the beginning is kept, and the step says so'
is 'failed|302|1' "$(run call_redirect status)|$(detail call_redirect c status)|$(request /redirect method | wc -l)" \
	'call_webhook: a redirect is not followed'
is 'failed|0' "$(run private status)|$(request /ok/private method | wc -l)" \
	'call_webhook: a private address is refused unless allowed'

# --- branches ---------------------------------------------------------------

is 'pro|yes|Pro' "$(run first_true "variables ->> 'x', variables ->> 'after'")|$(detail first_true if branch)" \
	'if_else: the first true branch wins'
is 'any|yes' "$(run second_true "variables ->> 'x', variables ->> 'after'")" \
	'if_else: the second when the first is not true'
is 'o:done i:done x_inner:done x_last:done' "$(steps nested)" \
	'if_else: nested, and out again'
is 'if:done x_yes:done' "$(steps empty_branch)" 'if_else: an empty branch'
is 'if:done x_yes:done' "$(steps no_else)" 'if_else: no else'

# --- waits ------------------------------------------------------------------

is 'waiting|w||t' "$(run wait_for "status, step_id, last_error,
	due_at - started_at between interval '50 h 59 m' and interval '51 h 1 m'")" \
	'wait: for a duration'
is 't' "$(run wait_until "due_at = '2030-03-31T07:00:00Z'")" \
	"wait: until a date in the zone; a day before is a day of that zone's calendar"
is 't' "$(run wait_hours "due_at = '2030-03-31T03:30:00Z'")" \
	'wait: hours of an offset are hours over a change of the clock'
is 'completed|w:done x_on:done' "$(run wait_past status)|$(steps wait_past)" \
	'wait: what is past is over'
is 'completed|w:done x_a:skipped x_b:done' "$(run wait_skip status)|$(steps wait_skip)" \
	'wait: if_past skip_step'
is 'completed|w:done' "$(run wait_end status)|$(steps wait_end)" \
	'wait: if_past end'
is 'failed|w:failed' "$(run wait_bad status)|$(steps wait_bad)" \
	'wait: until what is no date fails'
due_now wait_for
work
is 'completed|w:done x_on:done' "$(run wait_for status)|$(steps wait_for)" \
	'wait: when it is due, the run goes on'

# --- variables --------------------------------------------------------------

is '12.50|"7"|[{"sku": "A"}, {"sku": "B"}]|true|{"k": "alex@example.com"}|[1, 2]|7B' \
	"$(run variables "variables -> 'num', variables -> 'txt',
	variables -> 'list', variables -> 'bool', variables -> 'made',
	variables -> 'json', variables ->> 'see'")" \
	'set_variable: types, and names of earlier steps'
is '1|1|t' "$(run variables "variables -> 'all' -> 'old',
	variables -> 'again' -> 'all' -> 'old', variables -> 'all' -> 'all' is null")" \
	'set_variable: all variables put into one of them are a copy'
is 'default_country,id,name,timezone|id,name,version|id,started_at,timezone' \
	"$(run scope "(select string_agg(keys, '|' order by at) from (
		select at, (select string_agg(k, ',' order by k)
			from jsonb_object_keys(v) k) as keys
		  from jsonb_array_elements(variables -> 'all')
		       with ordinality x (v, at)) y)")" \
	'account, workflow and (without a delivery) run have what publishing takes them to have'
is 'completed|a:failed x_on:done' "$(run bad_number status)|$(steps bad_number)" \
	'set_variable: a value that does not fit fails the step'

# --- contacts ---------------------------------------------------------------

is 'completed|Bea van/Dyck/+4930901820//7//Bea Ltd' "$(run update "status, variables ->> 'seen'")" \
	'update_contact: later steps see what was set'
is "Bea van|Dyck|+4930901820|BEA.New@example.com||Bea Ltd|38|f|7" "$(sql "select
	first_name, last_name, phone, email, city, company_name,
	custom ->> 'shoe', custom ? 'gone', custom -> 'n'
	from hookline.contact where id = $bea")" \
	'update_contact: null clears, empty leaves, custom fields by key'
is "$bea" "$(sql "select contact_id from hookline.contact_identity where value = 'bea.new@example.com'")" \
	'update_contact: the contact is found by its new address'
is "failed|u:failed|step \"u\": the email alex@example.com belongs to contact $alex" \
	"$(run taken status)|$(steps taken)|$(run taken last_error)" \
	"update_contact: another contact's address fails, and says whose it is"
is 'completed|u:failed v:done|-ben@example.com' \
	"$(run taken_continue status)|$(steps taken_continue)|$(run taken_continue "variables ->> 'seen'")" \
	'update_contact: on_error continue goes on, with nothing changed'
is 'failed|u:failed' "$(run bad_phone status)|$(steps bad_phone)" \
	'update_contact: a number that is none fails'
is 'failed|step "u": time zone "Mars/Base" not recognized|' \
	"$(run bad_zone 'status, last_error')|$(sql "select timezone from hookline.contact where id = $ben")" \
	'update_contact: a time zone that is none fails'
is '{hot}|hot|["hot"]' "$(sql "select tags from hookline.contact where id = $tim")|$(run tags "variables ->> 'x', variables ->> 'seen'")" \
	'add_tag, remove_tag: once each whatever the case, trimmed, and later steps see them'
is 'failed|step "a": this run has no contact' "$(run no_contact 'status, last_error')" \
	'add_tag: without a contact it fails'

# --- enrol, end, if, disabled -----------------------------------------------

is "completed|V7|waiting|$(run enrol_name r.id)" "$(run enrol_name status)|$(sql "select
	variables ->> 'seen', status, parent_run_id from hookline.workflow_run
	where id = $(detail enrol_name e run)")" \
	'enrol: by name, with variables and the webhook'
is 'W7' "$(sql "select variables ->> 'seen' from hookline.workflow_run
	where id = $(detail enrol_id e run)")" 'enrol: by id'
is 'failed|step "e": workflow "unpublished" is not published' \
	"$(run enrol_draft 'status, last_error')" 'enrol: not into a draft'
is 'failed|step "e": there is no workflow "none such"' \
	"$(run enrol_nowhere 'status, last_error')" 'enrol: not into nothing'
is 'failed|step "e": this run has no contact, and workflow "target" requires one' \
	"$(run enrol_nobody 'status, last_error')" 'enrol: not without the contact it requires'
start enrol_name >"$dir/started"
work
is 'completed|' "$(run enrol_name status)|$(detail enrol_name e run)" \
	"enrol: the target's re-entry rule holds"
is '7,8|' "$(sql "select string_agg(reentry_key, ',' order by r.id)
	from hookline.workflow_run r join hookline.workflow w on w.id = r.workflow_id
	where w.name = 'keyed'")|$(detail order_7 e run)" \
	"enrol: the target's re-entry rule holds per value of its key"
is '11|10|1' "$(sql "select count(*), max(depth), count(*) filter (where r.status = 'failed')
	from hookline.workflow_run r join hookline.workflow w on w.id = r.workflow_id
	where w.name = 'loop'")" 'enrol: a chain ends when it is 10 deep'
is 'completed|e:done|enough, Zoë' "$(run ended status)|$(steps ended)|$(detail ended e reason)" \
	'end: nothing comes after it'
is 'completed|a:skipped b:skipped c:done' "$(run if_and_disabled status)|$(steps if_and_disabled)" \
	'if and disabled skip a step'
is 'completed|' "$(run nothing 'status, step_id')" 'a workflow without steps completes'
is 'x_on|w|x_last|e|a|c' "$(run wait_for step_id)|$(run wait_end step_id)|$(run nested step_id)|$(run enrol_id step_id)|$(run no_contact step_id)|$(run if_and_disabled step_id)" \
	'the step of a run that is over is the last one of its steps'
is 0 "$(sql "select count(*) from hookline.workflow_run where status = 'running'")" \
	'no run is left leased'
done_testing
