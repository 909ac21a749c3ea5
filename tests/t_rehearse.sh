#!/bin/sh
# t_rehearse.sh - hookline workflow try: a rehearsal sends nothing, changes no row
# of any table, and tells what a real run of the same document does; faults are
# told and end nothing.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}
HOOKLINE_CONFIG=$conf
export HOOKLINE_CONFIG

# fingerprint: what stands in all tables
fingerprint() {
	sql "select format('select %L, count(*), md5(string_agg(t::text, '','' order by t::text)) from hookline.%I t;',
			c.relname, c.relname)
	       from pg_class c join pg_namespace n on n.oid = c.relnamespace
	      where n.nspname = 'hookline' and c.relkind in ('r', 'p') order by 1" |
		psql -XAtq -v ON_ERROR_STOP=1
}

# try NAME [OPTION...]: a rehearsal, its result in $dir/out; nothing is changed
try() {
	fingerprint >"$dir/before"
	"$hookline" --json workflow try "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	fingerprint >"$dir/after"
	cmp -s "$dir/before" "$dir/after" ||
		fail "a rehearsal changes no row: $*" "$(diff "$dir/before" "$dir/after")"
	[ "$got" = 0 ] || fail "a rehearsal ends well: $*" "$(cat "$dir/err")"
}

json() { # json WANT FILTER WHAT: of the last rehearsal
	is "$1" "$(jq -rc "$2" <"$dir/out" 2>&1)" "$3"
}

path='[.steps[] | .step + ":" + .verdict] | join(" ")'

# as_run NAME WHAT: the rehearsal's path is that of the last real run
as_run() {
	is "$(steps "$1")" "$(jq -rc '[.steps[] | .step + ":" + (if .verdict == "fault" then "failed"
			elif .verdict == "skipped" then "skipped" else "done" end)] | join(" ")' "$dir/out")" \
		"$2"
}

# sample NAME JSON: a delivery is its sample; sets $sample
sample() {
	post "$2"
	sample=$(sql 'select max(id) from hookline.delivery')
	"$hookline" trigger sample "$1" "$sample" >"$dir/chosen" || fail "a sample of $1"
}

printf 'tok-7"/secret' | "$hookline" secret set token >/dev/null
printf 'a long password\n' | "$hookline" user add boss@example.com --name Boss >"$dir/user" 2>&1 || :

map='"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.name","to":"contact.first_name"},
	{"from":"body.total","to":"custom_variables.total","as":"number"}]'
is_big='{"field":"custom_variables.total","is":"greater_than","value":100}'

# --- a long way -------------------------------------------------------------

publish Other '"reentry":"always"' '' '{"id":"o","type":"end"}'
long='{"id":"tag","type":"add_tag","tags":["buyer","{{contact.first_name}}"]},
	{"id":"upd","type":"update_contact","set":{"last_name":"of {{webhook.body.city}}","custom.size":"{{custom_variables.total}}"}},
	{"id":"var","type":"set_variable","name":"twice","value":"{{custom_variables.total}}","add":"{{custom_variables.total}}"},
	{"id":"if","name":"Big order?","type":"if_else","branches":[
		{"name":"none","when":{"field":"contact.last_name","is":"equals","value":"x"},"steps":[]},
		{"name":"big","when":{"all":['"$is_big"',{"field":"contact.tags","is":"contains","value":"buyer"}]},"steps":[
		{"id":"mail","type":"send_email","to":"{{contact.email}}","subject":"Hello {{contact.first_name}} {{contact.last_name}}",
		"text":"Twice is {{custom_variables.twice}}. Tags: {{contact.tags}}","html":"<p>Dear {{contact.first_name}}</p>"}]}],
		"else":[{"id":"small","type":"end"}]},
	{"id":"call","type":"call_webhook","url":"'"$http"'/mirror/long?k={{secret.token}}","save_as":"told",
		"headers":{"X-Token":"{{secret.token}}"},"json":{"who":"{{contact.email}}","k":"{{secret.token}}"}},
	{"id":"no","type":"add_tag","tags":["never"],"if":{"field":"contact.city","is":"not_empty"}},
	{"id":"enrol","type":"enrol","workflow":"Other"},
	{"id":"bad","type":"enrol","workflow":"Nowhere","on_error":"continue"},
	{"id":"find","type":"find_contact","by":{"email":"{{contact.email}}"},
		"found":[{"id":"f","type":"set_variable","name":"f","value":"found"}],"not_found":[]},
	{"id":"tell","type":"notify","to":"boss@example.com","subject":"{{contact.email}}","text":"bought"}'

draft Long '"reentry":"always","timezone":"Europe/Berlin"' "$map" "$long" 2>"$dir/warn"
sample Long '{"email":"Ada@example.com","name":"Alex <b>","total":150,"city":"Rome"}'
try Long
json completed .status 'a draft is rehearsed to its end'
json 'tag:done upd:done var:done if:done mail:would_send call:would_call no:skipped enrol:done bad:fault find:done f:done tell:would_send' \
	"$path" 'each step has its verdict'
json 'true null Alex <b> enrolled' \
	'.delivery | [(.is_new | tostring), (.before | tostring), .after.first_name, .status] | join(" ")' \
	'what receiving makes of the contact'
json '{"size":150} of Rome ["buyer","Alex <b>"] 300' \
	'[(.contact.custom | tostring), .contact.last_name, (.contact.tags | tostring), (.variables.twice | tostring)] | join(" ")' \
	'contact and variables as they would be in the end'
json 'Hello Alex <b> of Rome|Twice is 300. Tags: ["buyer","Alex <b>"]|<p>Dear Alex &lt;b&gt;</p>|Ada@example.com' \
	'.steps[4].mail | [.subject, .text, .html, .to] | join("|")' 'an e-mail is told as it would be sent'
json 'Big order? none false  big true 150 true' \
	'.steps[3] | [.name, .tests[0].branch, .tests[0].condition.met, .tests[0].condition.saw[9:],
		.tests[1].branch, .tests[1].condition.met, .tests[1].condition.all[0].saw,
		.tests[1].condition.all[1].met] | map(tostring) | join(" ")' 'a branch tells what its conditions saw'
json '{"field":"custom_variables.total","is":"greater_than","met":true,"saw":"150","value":100}' \
	'.steps[3].tests[1].condition.all[0] | to_entries | sort_by(.key) | from_entries' 'each comparison with its values'
json '/mirror/long?k=*** {"who":"Ada@example.com","k":"***"}' \
	'.steps[5].call | (.url | sub("^http://[^/]*"; "")) + " " + .body' 'a call is told without secrets'
json 'X-Token: ***' '.steps[5].call.headers[] | select(startswith("X-Token"))' 'in its headers too'
lacks "$dir/out" 'tok-7' 'no secret anywhere'
json 'there is no workflow "Nowhere"' '.steps[8].detail.error' 'a step that would fail says why'
is '0 0' "$(find "$mail/new" -type f | wc -l) $(find "$requests" -name '*.json' | wc -l)" 'nothing was sent'

publish Long '"reentry":"always","timezone":"Europe/Berlin"' "$map" "$long" 2>"$dir/warn"
try Long
"$hookline" delivery replay "$sample" >"$dir/replayed"
work
is completed "$(run Long status)" 'the same document runs'
as_run Long 'a real run takes the path that the rehearsal told'
/usr/bin/python3 "$top_srcdir/tests/mail_facts.py" "$mail" >"$dir/facts"
is "$(jq -rc '.steps[] | .mail // empty | [.subject, .to, (.text | rtrimstr("\n")), .html]' "$dir/out" | sort)" \
	"$(jq -rc '[.subject, .to, (.text | rtrimstr("\n")), (if .html then .html | rtrimstr("\n") else null end)]' "$dir/facts" | sort)" \
	'and sends the messages that it told'
is "$(jq -rc '.variables | del(.told) | to_entries | sort_by(.key)' "$dir/out")" \
	"$(run Long "variables - 'told'" | jq -rc 'to_entries | sort_by(.key)')" 'with the same variables'
is "$(jq -rc '.contact | [.last_name, .tags, .custom]' "$dir/out")" \
	"$(sql "select jsonb_build_array(last_name, tags, custom) from hookline.contact where email = 'Ada@example.com'" | jq -rc .)" \
	'and the same contact'
try Long
json 'false email' '.delivery | [(.is_new | tostring), .matched_by[0]] | join(" ")' 'a known contact is matched'

# --- waits ------------------------------------------------------------------

waits='{"id":"day","type":"wait","for":"2 days","window":{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"10:00"}},
	{"id":"hour","type":"wait","for":"1 hour"},
	{"id":"cond","type":"wait","until_condition":{"field":"contact.tags","is":"contains","value":"paid"},"timeout":"3 days"},
	{"id":"past","type":"wait","until":"2001-01-01","if_past":"skip_step"},
	{"id":"skipped","type":"add_tag","tags":["x"]},
	{"id":"what","type":"if_else","branches":[{"name":"met","when":{"field":"steps.cond.met","is":"equals","value":true},
		"steps":[{"id":"yes","type":"end"}]}],"else":[{"id":"late","type":"end"}]}'
draft Waits '"reentry":"always","timezone":"America/New_York"' "$map" "$waits"
sample Waits '{"email":"wait@example.com","total":1}'
try Waits
json 'day:would_wait hour:would_wait cond:would_wait past:done skipped:skipped what:done late:done' \
	"$path" 'waits are told and gone beyond'
json true '.steps[0].wait.ends_local | test("(Mon|Tue|Wed|Thu|Fri) .* 09:[0-5]")' \
	'a window is told by the clocks of the zone'
json 3600 '[.steps[0].wait, .steps[1].wait] | map(.ends_at | sub("\\.[0-9]*"; "") | fromdate) | .[1] - .[0]' \
	'a later wait begins when the one before has ended'
json '259200 time' '[.steps[1].wait, .steps[2].wait] | [(map(.ends_at | sub("\\.[0-9]*"; "") | fromdate) | .[1] - .[0]), .[1].ends_by]
	| map(tostring) | join(" ")' 'a condition that is never met ends by its time-out'
json 'false' '.steps[2].tests[0].condition.met' 'which says what the condition saw'
json 'true' '.steps[3].at == .steps[2].wait.ends_at' 'what follows is then'
try Waits --met
json 'cond:would_wait yes:done' '[.steps[2], .steps[-1]] | [.[] | .step + ":" + .verdict] | join(" ")' \
	'or is taken as met'
json 'condition true' '.steps[2] | [.wait.ends_by, (.at == .wait.ends_at | tostring)] | join(" ")' 'at once'
publish Waits '"reentry":"always","timezone":"America/New_York"' "$map" "$waits"
try Waits
"$hookline" delivery replay "$sample" >"$dir/replayed"
work
is "$(jq -r '.steps[0].wait.ends_at[:19]' "$dir/out")" "$(run Waits "to_char(due_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')")" \
	'a real run waits for the same moment'
for turn in 1 2 3; do
	due_now Waits
	work
	: "$turn"
done
as_run Waits 'and takes the same path when its time comes'

# --- what is not enrolled ---------------------------------------------------

draft Picky '"reentry":"never"' '"filter":{"field":"custom_variables.total","is":"greater_than","value":5},'"$map" \
	'{"id":"t","type":"add_tag","tags":["in"]}'
sample Picky '{"email":"p@example.com","total":1}'
try Picky
json 'not_enrolled true null' '[.status, (.reason | test("filter") | tostring), (.steps | tostring)] | join(" ")' \
	'what the filter keeps out starts nothing'
printf '{"email":"none","total":7}' >"$dir/body"
try Picky --body "$dir/body"
json 'not_enrolled rejected' '[.status, .delivery.status] | join(" ")' 'nor what has no contact'
printf '{"email":"new@example.com","total":7,"name":"<script>"}' >"$dir/body"
try Picky --body "$dir/body"
json 'completed t:done <script>' '[.status, ('"$path"'), .contact.first_name] | join(" ")' 'a body that never came is tried'
publish Picky '"reentry":"never"' "$map" '{"id":"t","type":"add_tag","tags":["in"]}'
"$hookline" delivery replay "$sample" >"$dir/replayed"
work
try Picky
json 'completed updated true t:done' '[.status, .delivery.status, (.anyway | test("re-entry") | tostring), ('"$path"')] | join(" ")' \
	'who may not come in again is told, and the steps are told all the same'
try Picky --contact p@example.com
json 'completed p@example.com' '[.status, .contact.email] | join(" ")' 'a contact alone is tried'
draft Split '"reentry":"always"' '"split":"body.orders","map":[{"from":"body.orders.email","to":"contact.email"}]' \
	'{"id":"t","type":"add_tag","tags":["in"]}'
sample Split '{"orders":[{"x":1},{"email":"two@example.com"},{"email":"three@example.com"}]}'
try Split
json 'completed 2 3 two@example.com' '[.status, .part, .parts, .contact.email] | map(tostring) | join(" ")' \
	'of a split delivery one part is told'

# --- loops ------------------------------------------------------------------

draft Loop '"reentry":"always"' "$map" '{"id":"a","type":"set_variable","name":"n","add":1},{"id":"b","type":"go_to","step":"a"}'
sample Loop '{"email":"l@example.com"}'
try Loop
json 'stopped 300 true' '[.status, (.steps | length), (.reason | test("loop"))] | map(tostring) | join(" ")' 'a loop is ended'
draft Loop '"reentry":"always","max_steps":5' "$map" '{"id":"a","type":"wait","for":"1 day"},{"id":"b","type":"go_to","step":"a"}'
try Loop
json 'failed 5 true' '[.status, (.steps | length), (.reason | test("max_steps"))] | map(tostring) | join(" ")' \
	'or by what the workflow allows'

# --- drafts with faults -----------------------------------------------------

draft Faulty '"reentry":"always"' "$map" '{"id":"a","type":"add_tag","tags":["one"]},
	{"id":"b","name":"Broken","type":"send_email","to":"{{contact.email}}","subject":"x","text":"y"},
	{"id":"c","type":"if_else","branches":[{"when":'"$is_big"',"steps":[]}],"else":[
		{"id":"d","type":"wait","for":"1 day"}]},
	{"id":"e","type":"add_tag","tags":["two"]}'
sample Faulty '{"email":"f@example.com","total":1}'
# fault PATH VALUE: the draft gets a fault; a document that is not valid is none that import takes
fault() {
	sql "update hookline.workflow set draft = jsonb_set(draft::jsonb, '$1', '$2')::json where name = 'Faulty'"
}
fault '{steps,1,text}' '"{{#each"'
fault '{steps,2,else,0,for}' '"for ever"'
fault '{steps,3,id}' '"a"'
try Faulty
json 'completed a:done b:fault c:done d:fault left_out_1:fault' \
	"[.status, ($path)] | join(\" \")" 'steps with faults are left out, and the others tried'
json 'Broken send_email true' '.steps[1] | [.name, .type, (.faults[0] | test("text"))] | map(tostring) | join(" ")' \
	'a fault says what is wrong with which step'
json 'true' '[.faults[].path] | contains(["/steps/1/text", "/steps/2/else/0/for", "/steps/3/id"])' 'all are listed'
fault '{trigger,map}' '[{"from":"body.email","to":"nowhere.at.all"}]'
try Faulty
json 'faulty null true' '[.status, .steps, ([.faults[].path] | map(startswith("/trigger/map")) | any)] | map(tostring) | join(" ")' \
	'a trigger with faults can only be told'

# --- what the database does not take ----------------------------------------

draft Odd '"reentry":"always"' "$map" '{"id":"a","type":"wait","until":"{{webhook.body.when}}","on_error":"continue"},
	{"id":"b","type":"set_variable","name":"d","value":"2026-01-01","date_add":"{{webhook.body.days}}","on_error":"continue"},
	{"id":"c","type":"update_contact","set":{"email":"taken@example.com"},"on_error":"continue"},
	{"id":"d","type":"send_sms","to":"+15551234567","text":"hi","on_error":"continue"},
	{"id":"e","type":"add_tag","tags":["end"]}'
contact '{"email":"taken@example.com"}' taken@example.com >"$dir/id"
sample Odd '{"email":"odd@example.com","when":"2026-03-29T99:99:99","days":"90000000 days"}'
try Odd
json 'a:fault c:fault d:fault e:done' "($path) | sub(\"b:(done|fault) \"; \"\")" 'errors of the database end their step alone'
publish Odd '"reentry":"always"' "$map" "$(jq -c '.steps[]' "$dir/document.json" | paste -sd,)"
try Odd
"$hookline" delivery replay "$sample" >"$dir/replayed"
work
is "$(jq -rc '.steps[:3] | [.[] | .step + ":" + (if .verdict == "fault" then "failed" else "done" end)] | join(" ")' "$dir/out")" \
	"$(steps Odd | sed 's/ d:.*//')" 'as they do in a real run'

# --- who may not ------------------------------------------------------------

try Odd --delivery 999999999
json 'not_enrolled true' '[.status, (.reason | test("removed, or never was") | tostring)] | join(" ")' 'a delivery that is gone is told'
try Odd --delivery "$(sql 'select max(id) from hookline.delivery where trigger_id = (select max(id) - 1 from hookline.trigger)')"
json 'not_enrolled true' '[.status, (.reason | test("another workflow") | tostring)] | join(" ")' 'and one of another workflow'
"$hookline" workflow try Nobody >"$dir/out" 2>"$dir/err"
is 1 $? 'a workflow that is not there is refused'
"$hookline" workflow try Long >"$dir/text"
has "$dir/text" 'nothing was sent, and nothing was stored' 'people are told that it was a rehearsal'
has "$dir/text" 'Hello Alex' 'and read what it would do'

done_testing
