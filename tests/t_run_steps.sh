#!/bin/sh
# t_run_steps.sh - the steps that say where a run goes on, that take contacts out
# of workflows, find them and write to users: the real hookline-run, a real
# database and SMTP server.  What the other steps do is t_run.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

set_x() { # set_x VALUE: a step that shows a branch was taken
	printf '{"id":"x_%s","type":"set_variable","name":"x","value":"%s"}' \
		"$1" "$1"
}
tag() { # tag ID TAG
	printf '{"id":"%s","type":"add_tag","tags":["%s"]}' "$1" "$2"
}
has_tag() {
	printf '{"field":"contact.tags","is":"contains","value":"%s"}' "$1"
}
true='{"field":"contact.email","is":"not_empty"}'
is_pro='{"field":"custom_variables.plan","is":"equals","value":"pro"}'

# --- split ------------------------------------------------------------------

publish split '"reentry":"always"' '' '{"id":"s","type":"split","branches":[
	{"name":"A","percent":30,"steps":['"$(set_x A)"']},
	{"name":"none","percent":0,"steps":['"$(set_x none)"']},
	{"name":"B","percent":70,"steps":['"$(set_x B)"']}]},
	{"id":"t","type":"set_variable","name":"first","value":"{{custom_variables.x}}"},
	{"id":"u","type":"split","branches":[
	{"percent":30,"steps":['"$(set_x A | sed 's/x_A/y_A/')"']},
	{"percent":70,"steps":['"$(set_x B | sed 's/x_B/y_B/')"']}]}' 2>"$dir/err"
publish again '"reentry":"always"' '' '{"id":"n","type":"set_variable","name":"n","value":"{{custom_variables.n}}x"},
	{"id":"s","type":"split","branches":[
		{"percent":50,"steps":['"$(set_x a)"']},{"percent":50,"steps":['"$(set_x b)"']}]},
	{"id":"all","type":"set_variable","name":"all","value":"{{custom_variables.all}}{{custom_variables.x}}"},
	{"id":"back","type":"go_to","step":"n","if":{"not":{"field":"custom_variables.n","is":"equals","value":"xxxx"}}}' 2>>"$log"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
	21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
	start split >"$dir/started"
	[ "$i" -gt 8 ] || start again >"$dir/started"
done
work
is 't|t|0|40' "$(sql "select count(*) filter (where v = 'A') between 3 and 22,
		count(*) filter (where v = 'B') between 18 and 37,
		count(*) filter (where v = 'none'), count(*)
	  from (select r.variables ->> 'first' as v from hookline.workflow_run r
		join hookline.workflow w on w.id = r.workflow_id
		where w.name = 'split') x")" \
	'split: runs are divided by percent, and nobody falls into 0'
is 't' "$(sql "select bool_or(variables ->> 'first' <> variables ->> 'x')
	  from hookline.workflow_run where variables ? 'first'")" \
	'split: another split is another decision'
is '8|t' "$(sql "select count(*), bool_and(r.variables ->> 'all' in ('aaaa', 'bbbb'))
	  from hookline.workflow_run r join hookline.workflow w on w.id = r.workflow_id
	 where w.name = 'again'")" \
	'split: the same run always falls the same way'
is "$(run split "variables ->> 'first'")" "$(detail split s branch)" \
	"split: the step's detail says which branch"

# --- go_to, max_steps -------------------------------------------------------

with over '{"id":"g","type":"go_to","step":"in"},'"$(set_x no)"',
	{"id":"if","type":"if_else","branches":[{"when":'"$true"',"steps":[
		'"$(tag in inside)"',{"id":"end","type":"end"}]}]}'
with wanted '{"id":"g","type":"go_to","step":"x_last","if":'"$is_pro"'},
	{"id":"d","type":"go_to","step":"x_last","disabled":true},'"$(set_x on)"','"$(set_x last)"
with loop "$(set_x on)"',{"id":"g","type":"go_to","step":"x_on"}' '"max_steps":7'
with self '{"id":"g","type":"go_to","step":"g"}'
with daily '{"id":"w","type":"wait","for":"1 day"},{"id":"g","type":"go_to","step":"w"}' '"max_steps":5'
work
is 'completed|g:done in:done end:done|in' "$(run over status)|$(steps over)|$(detail over g step)" \
	'go_to: into a branch, and on from there'
is 'completed|g:skipped d:skipped x_on:done x_last:done' "$(run wanted status)|$(steps wanted)" \
	'go_to: if and disabled hold'
is 'failed|7|step "g": the run has executed 7 steps, as many as max_steps allows: a loop?' \
	"$(run loop status)|$(run loop 'seq, last_error')" \
	"go_to: a loop ends by its workflow's max_steps, and says so"
is 'failed|1000' "$(run self 'status, seq')" \
	"go_to: a loop ends by the installation's max_steps"
for i in 1 2 3; do
	due_now daily
	work
done
is 'failed|5' "$(run daily 'status, seq')" 'go_to: a loop with waits ends too'
settings 'max_steps = 3'
with short "$(set_x on)"',{"id":"g","type":"go_to","step":"x_on"}'
work
settings
is 'failed|3' "$(run short 'status, seq')" 'max_steps: the configuration says how many'

# --- goal -------------------------------------------------------------------

goal='{"id":"goal","type":"goal","when":'"$(has_tag bought)"'}'
gus=$(contact '{"email":"gus@example.com"}' gus@example.com)
gil=$(contact '{"email":"gil@example.com"}' gil@example.com)
late='{"id":"w","type":"wait","for":"2 days"},'"$(set_x mail)"','"$goal"','"$(tag on after)"
with goal_waits "$late" '' "$gus"
with goal_unmet "$late" '' "$gil"
with goal_at_once '{"id":"if","type":"if_else","branches":[{"when":'"$true"',"steps":[
	'"$(tag b bought)"',{"id":"w","type":"wait","for":"2 days"}]}]},'"$(set_x no)"','"$goal"','"$(set_x yes)"
kim=$(contact '{"email":"kim@example.com"}' kim@example.com)
goal_end='{"id":"goal","type":"goal","if_not_met":"end","when":'"$(has_tag bought)"'}'
with goal_end "$goal_end"','"$(set_x no)" '' "$kim"
with goal_disabled '{"id":"goal","type":"goal","disabled":true,"if_not_met":"end","when":'"$(has_tag x)"'},'"$(set_x on)" '' "$kim"
with goal_bad '{"id":"a","type":"add_tag","tags":["x"]},{"id":"goal","type":"goal","when":{"field":"contact.email","is":"matches","value":"{{custom_variables.re}}"}}' '' "$kim" '{"re":"("}'
work
sql "update hookline.contact set tags = '{bought}' where id = $gus"
due_now 'goal_%'
work
is 'completed|w:done goal:done on:done|w|true' \
	"$(run goal_waits status)|$(steps goal_waits)|$(detail goal_waits goal jumped_from)|$(detail goal_waits goal met)" \
	'goal: who met it while waiting goes on there'
is 'completed|w:done x_mail:done goal:done on:done|false' \
	"$(run goal_unmet status)|$(steps goal_unmet)|$(detail goal_unmet goal met)" \
	'goal: who did not goes the whole way, and on'
is 'completed|if:done b:done goal:done x_yes:done' "$(run goal_at_once status)|$(steps goal_at_once)" \
	'goal: out of a branch, before a wait begins'
is 'completed|goal:done|the goal is not met' \
	"$(run goal_end status)|$(steps goal_end)|$(detail goal_end goal reason)" \
	'goal: if_not_met end'
is 'completed|goal:skipped x_on:done' "$(run goal_disabled status)|$(steps goal_disabled)" \
	'goal: disabled, it is none'
is 'failed|a:done goal:failed' "$(run goal_bad status)|$(steps goal_bad)" \
	'goal: a faulty condition fails where it stands'

# --- unenrol ----------------------------------------------------------------

ada=$(contact '{"email":"ada@example.com"}' ada@example.com)
ben=$(contact '{"email":"ben@example.com"}' ben@example.com)
with nurture "$wait_a_day" '"reentry":"always"' "$ada"
start nurture "$ada" >"$dir/started"
start nurture "$ben" >"$dir/started"
with other "$wait_a_day" '' "$ada"
work
# Each takes the contact out of the other's; both are claimed at once.
publish duel_b '' '' '{"id":"w","type":"wait","for":"1 day"},{"id":"u","type":"unenrol","workflow":"duel_a"}' 2>>"$log"
with duel_a '{"id":"w","type":"wait","for":"1 day"},{"id":"u","type":"unenrol","workflow":"duel_b"}' '' "$ada"
start duel_b "$ada" >"$dir/started"
work
due_now 'duel_%'
work
is 'cancelled completed' "$(sql "select string_agg(r.status, ' ' order by r.status) from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id where w.name like 'duel_%'")" \
	'unenrol: of two that take each other out, one goes on'
with bought '{"id":"u","type":"unenrol","workflow":"nurture"},'"$(set_x on)" '' "$ada"
with unenrol_nowhere '{"id":"u","type":"unenrol","workflow":"none such"}' '' "$ada"
with unenrol_continue '{"id":"u","type":"unenrol","on_error":"continue","workflow":"none such"},'"$(set_x on)" '' "$ada"
with unenrol_nobody '{"id":"u","type":"unenrol","workflow":"nurture"}' '"contact":"optional"' ''
with leave '{"id":"u","type":"unenrol","workflow":"{{workflow.id}}"},'"$(set_x no)" '' "$ada"
work
is 'completed|u:done x_on:done|2' "$(run bought status)|$(steps bought)|$(detail bought u cancelled)" \
	'unenrol: the run that does it goes on'
is "cancelled,cancelled,waiting|2" "$(sql "select string_agg(r.status, ',' order by r.id),
		count(*) filter (where r.last_error = 'taken out of the workflow by step \"u\" of run $(run bought r.id)')
	  from hookline.workflow_run r join hookline.workflow w on w.id = r.workflow_id
	 where w.name = 'nurture'")" \
	"unenrol: all that contact's live runs end and say why, nobody else's"
is 'waiting' "$(run other status)" 'unenrol: other workflows go on'
is 'failed|step "u": there is no workflow "none such"' "$(run unenrol_nowhere 'status, last_error')" \
	'unenrol: not out of nothing'
is 'completed|u:failed x_on:done' "$(run unenrol_continue status)|$(steps unenrol_continue)" \
	'unenrol: on_error continue goes on'
is 'failed|step "u": this run has no contact' "$(run unenrol_nobody 'status, last_error')" \
	'unenrol: not without a contact'
is "cancelled|u:done|taken out of the workflow by step \"u\" of run $(run leave r.id)" \
	"$(run leave status)|$(steps leave)|$(run leave last_error)" \
	'unenrol: out of its own workflow the run ends too'

# --- notify -----------------------------------------------------------------

"$hookline" --config "$conf" --account Shop user add boss@example.com --name 'Bo Boss' --password-stdin >/dev/null <<'END'
correct horse battery staple
END
"$hookline" --config "$conf" --account Shop user add desk@example.com --name Desk --password-stdin >/dev/null <<'END'
correct horse battery staple
END
with notify '{"id":"n","type":"notify","to":" bo boss, DESK@example.com","subject":"Lead {{contact.first_name}}","text":"{{contact.email}} <b>"},'"$(set_x on)" \
	'"sender":{"name":"Shop","email":"shop@example.com"}'
with notify_nobody '{"id":"n","type":"notify","to":"{{custom_variables.who}}","subject":"x","text":"y"}' \
	'' "$alex" '{"who":"boss@example.com,Nobody"}'
with notify_empty '{"id":"n","type":"notify","to":"{{custom_variables.who}}","subject":"x","text":"y"}'
with notify_skipped '{"id":"n","type":"notify","if":'"$is_pro"',"to":"Desk","subject":"skipped","text":"y"}'
work
collect
is 'completed|n:done x_on:done' "$(run notify status)|$(steps notify)" 'notify: the run goes on'
is '["boss@example.com", "desk@example.com"]|Shop <shop@example.com>|alex@example.com <b>' \
	"$(message 'Lead Zoë' rcpt)|$(message 'Lead Zoë' from)|$(message 'Lead Zoë' text)" \
	'notify: users by name and by address, whatever the case'
is 'failed|1' "$(run notify_nobody status)|$(run notify_nobody last_error | grep -c 'to: there is no user "Nobody"')" \
	'notify: who is no user fails, and says who'
is 'failed|step "n": to: it names nobody' "$(run notify_empty 'status, last_error')" \
	'notify: nobody fails'
is 'n:skipped|0' "$(steps notify_skipped)|$(sql "select count(*) from mail where m ->> 'subject' in ('skipped', 'x')")" \
	'notify: nothing is sent that should not be'

# --- find_contact -----------------------------------------------------------

fay=$(contact '{"email":"Fay@Example.com","phone":"+15550001111","first_name":"Fay","last_name":"Ray","city":"Rome","custom":{"stripe":"cus_1","n":42}}' fay@example.com)
fee=$(contact '{"email":"fee@example.com","first_name":"Fee","city":"Rome"}' fee@example.com)
find() { # find NAME BY [SETTINGS [CONTACT [VARIABLES]]]
	with "$1" '{"id":"f","type":"find_contact","by":'"$2"',
		"found":['"$(set_x found)"'],"not_found":['"$(set_x none)"']},
		{"id":"who","type":"set_variable","name":"who","value":"{{contact.first_name}}/{{contact.city}}/{{steps.f.found}}"},
		'"$(tag t "$1")" "${3-"contact":"optional"}" "${4-}" "${5-}"
}
optional='"contact":"optional"'
find by_custom '{"custom.stripe":"CUS_1"}' "$optional"
find by_number '{"custom.n":"{{custom_variables.n}}"}' "$optional" '' '{"n":42}'
find by_email '{"email":" fay@EXAMPLE.com"}' "$optional"
find by_phone '{"phone":"(555) 000-1111"}' "$optional"
find by_name '{"full_name":"fay ray"}' "$optional"
find by_id '{"id":"'"$fay"'"}' "$optional"
find by_two '{"city":"rome","first_name":"Fee"}' "$optional"
find by_many '{"city":"Rome"}' "$optional"
find by_both '{"email":"fay@example.com","city":"Paris"}' "$optional"
find by_email_phone '{"email":"fee@example.com","phone":"+15550001111"}' "$optional"
find by_empty '{"custom.stripe":"{{custom_variables.none}}"}' "$optional"
find by_bad '{"email":"{{custom_variables.e}}","phone":"+15550001111"}' "$optional" '' '{"e":"no address"}'
find by_bad_id '{"id":"7; drop"}' "$optional"
find instead '{"custom.stripe":"cus_1"}' '' "$alex"
find keeps '{"custom.stripe":"nobody"}' '' "$alex"
find itself '{"email":"alex@example.com"}' '' "$alex"
find once '{"email":"fee@example.com"}' '"contact":"optional","reentry":"never"'
start once '' >"$dir/started"
with found_skipped '{"id":"f","type":"find_contact","disabled":true,"by":{"id":1},"found":['"$(set_x found)"'],"not_found":['"$(set_x none)"']},'"$(set_x on)"
work
for name in by_custom by_number by_email by_phone by_name by_id; do
	is "completed|f:done x_found:done who:done t:done|$fay|Fay/Rome/true" \
		"$(run "$name" status)|$(steps "$name")|$(run "$name" "contact_id, variables ->> 'who'")" \
		"find_contact $name"
done
is 1 "$(sql "select count(*) from hookline.contact where id = $fay and tags @> '{by_custom,by_id}'")" \
	'find_contact: later steps change the contact that was found'
is "$fee|1" "$(run by_two contact_id)|$(detail by_two f matches)" 'find_contact: all fields must match'
is "$fay|2" "$(run by_many contact_id)|$(detail by_many f matches)" \
	'find_contact: of several the one that was there first'
for name in by_both by_email_phone by_empty by_bad by_bad_id; do
	is 'f:done x_none:done who:done t:failed|' "$(steps "$name")|$(run "$name" contact_id)" \
		"find_contact $name: nobody"
done
is 'custom.stripe is empty' "$(detail by_empty f reason)" 'find_contact: an empty value finds nobody'
is "$fay|Fay/Rome/true" "$(run instead "contact_id, variables ->> 'who'")" \
	"find_contact: who is found becomes the run's contact"
is "$alex|Zoë//false" "$(run keeps "contact_id, variables ->> 'who'")" \
	'find_contact: where nobody is, the run keeps its contact'
is "$alex|x_found" "$(run itself contact_id)|$(steps itself | grep -o x_found)" \
	"find_contact: the run's own contact"
is "1|1|t" "$(sql "select count(*) filter (where r.status = 'completed'),
		count(*) filter (where r.status = 'failed' and r.contact_id is null),
		bool_or(r.last_error like 'step \"f\": contact $fee is or was in this workflow%')
	  from hookline.workflow_run r join hookline.workflow w on w.id = r.workflow_id
	 where w.name = 'once'")" "find_contact: the workflow's re-entry rule holds for whom it finds"
is 'f:skipped x_on:done' "$(steps found_skipped)" 'find_contact: disabled, neither branch'

# --- custom fields with types -------------------------------------------------

"$hookline" --config "$conf" field add size --type number >/dev/null
"$hookline" --config "$conf" field add hobbies --type list >/dev/null
tom=$(contact '{"email":"tom@example.com","custom":{"size":41}}' tom@example.com)
with typed '{"id":"u","type":"update_contact","set":{"custom.size":"{{custom_variables.n}}","custom.hobbies":"chess","custom.any":"{{custom_variables.n}}"}}' \
	'' "$tom" '{"n":"42"}'
with untyped '{"id":"u","type":"update_contact","on_error":"continue","set":{"custom.size":"large"}},
	{"id":"v","type":"update_contact","set":{"custom.size":"{{custom_variables.none}}","custom.any":null}}' '' "$tom"
work
is 'failed|set.custom.size: expected a number, found "large"' \
	"$(steps untyped | sed 's/u:\([a-z]*\).*/\1/')|$(detail untyped u error)" \
	"update_contact: a value that does not fit the field's type fails"
is '{"size": 42, "hobbies": ["chess"]}' "$(sql "select custom from hookline.contact where id = $tom")" \
	"update_contact: values become what their field is; nothing leaves it, null clears"

# --- what publishing says ---------------------------------------------------

publish unreachable '' '' '{"id":"a","type":"end"},'"$(set_x no)" 2>"$dir/err"
is 1 "$(grep -c '/steps/1.*no run can come to this step' "$dir/err")" \
	'publishing warns of steps that no run can come to'
publish unknown '' '' '{"id":"a","type":"unenrol","workflow":"nowhere"},
	{"id":"b","type":"unenrol","workflow":"bought"},
	{"id":"c","type":"notify","to":"Desk, Ghost, {{contact.email}}","subject":"x","text":"y"},
	{"id":"d","type":"notify","to":"Desk, Ghost","subject":"x","text":"y"},
	{"id":"e","type":"find_contact","by":{"custom.size":1,"custom.weight":1},"found":[
		{"id":"f","type":"enrol","workflow":"nowhere"}]}' 2>"$dir/err"
is '/steps/4/by/custom.weight /steps/0/workflow /steps/3/to /steps/4/found/0/workflow ' \
	"$(grep -o '/steps[^:]*' "$dir/err" | tr '\n' ' ')" \
	'publishing warns of workflows, users and custom fields that are not there'

is 0 "$(sql "select count(*) from hookline.workflow_run where status = 'running'")" \
	'no run is left leased'
done_testing
