#!/bin/sh
# t_erase.sh - a person who is erased while runs are on their way: what an
# executor holds at that moment writes nothing back, what is paused ends too,
# and nothing of the person stays in any column.
# shellcheck disable=SC2154 # set by run_house.sh
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"
settings 'retry_schedule = 60s'

erase() { # erase CONTACT: $dir/dump has all that is left
	"$hookline" --config "$conf" --json contact erase "$1" >"$dir/out" || {
		fail "contact $1 is erased" "$(cat "$dir/out")"
	}
}
dump() {
	pg_dump -a -n hookline -T hookline.secret >"$dir/dump" 2>/dev/null
}
person() { # person KEY: sets $id
	id=$(contact "{\"email\":\"$1@example.com\",\"first_name\":\"Se$1\"}" "$1@example.com")
}
ended='status, due_at is null, paused_due_at is null, leased_by is null, last_error'
was_erased='cancelled|t|t|t|the contact was erased'
both="\"url\":\"$http/slow/{{contact.email}}?seconds=SECONDS\",\"json\":{\"n\":\"{{custom_variables.n}}\"}"
call='{"id":"c","type":"call_webhook",'$both',"save_as":"answer"}'
keep='{"id":"keep","type":"set_variable","name":"copy","value":"{{contact.first_name}}"}'
rest='{"id":"rest","type":"wait","for":"1 day"}'

# --- held by an executor ----------------------------------------------------

person held
with held "$keep,$(echo "$call" | sed 's/SECONDS/8/')" '' "$id" '{"n":"Seheld"}'
start_executor --linger 0
soon 60 'an executor holds a run and calls' asked 'held%40example.com?seconds=8'
dump
has "$dir/dump" 'Seheld' 'the run has data of the person'
erase "$id"
wait "$executor"
has "$log" "run $(run held id): the lease was lost" 'the executor is told'
is "$was_erased" "$(run held "$ended")" 'the run has ended, and says why'
dump
lacks "$dir/dump" 'held(@|%40)|Seheld' 'what it held of the person is not written back'

# An act of the contact's: a field that is set, a chain of runs.
person acted
publish other '"reentry":"always"' '' "$rest"
with acted "$(echo "$call" | sed 's/SECONDS/8.5/'),
	{\"id\":\"u\",\"type\":\"update_contact\",\"set\":{\"city\":\"{{custom_variables.n}}\"}},
	{\"id\":\"e\",\"type\":\"enrol\",\"workflow\":\"other\"}" '' "$id" '{"n":"Seacted"}'
start_executor --linger 0
soon 60 'another one is about to change the contact' asked 'acted%40example.com?seconds=8.5'
erase "$id"
wait "$executor"
dump
lacks "$dir/dump" 'acted(@|%40)|Seacted' 'nor is it given to the contact'
is '' "$(run other id)" 'nor to another run'

# --- paused, waiting, over --------------------------------------------------

person paused
with paused "$keep,$rest" '' "$id" '{"n":"Sepaused"}'
"$hookline" --config "$conf" workflow unpublish paused >"$dir/out"
work
is t "$(run paused 'paused_due_at is not null')" 'a run is paused'
erase "$id"
is "$was_erased" "$(run paused "$ended")" 'it ends when its contact is erased'
"$hookline" --config "$conf" workflow publish paused >"$dir/out"
is "$was_erased" "$(run paused "$ended")" 'and does not come back when it is published'

person waits
with over "$(echo "$call" | sed 's/SECONDS/0/')" '' "$id" '{"n":"Sewaits"}' \
	'{"body":{"who":"Sewaits"}}'
with waits "$keep,{\"id\":\"m\",\"type\":\"send_email\",\"to\":\"{{contact.email}}\",
	\"subject\":\"for {{custom_variables.n}}\",\"text\":\"x\"},$rest" '' "$id" '{"n":"Sewaits"}' \
	'{"body":{"who":"Sewaits"}}'
work
dump
is 'waiting completed' "$(run waits status) $(run over status)" 'one run waits, one is over'
has "$dir/dump" 'waits@example.com' 'they and their steps name the person'
erase "$id"
is "$was_erased" "$(run waits "$ended")" 'what waits ends'
is '' "$(run waits wait)" 'what it waited for is forgotten'
is 'completed|t|t|t|' "$(run over "$ended")" 'what is over stays as it ended'
dump
lacks "$dir/dump" 'waits(@|%40)|Sewaits|paused(@|%40)|Sepaused' \
	'variables, webhook, results and steps have nothing of the person'
erase "$id"
is "$was_erased" "$(run waits "$ended")" 'erasing again changes nothing'

# What has failed does not begin again with nobody.
person again
with again '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"},'"$rest" '' "$id"
work
is failed "$(run again status)" 'a run has failed'
erase "$id"
for order in retry skip; do
	is "hookline: run $(run again id): its contact was erased, and its data with it; there is nobody to go on with" \
		"$("$hookline" --config "$conf" run $order "$(run again id)" 2>&1)" "$order: not of somebody who was erased"
done
is failed "$(run again status)" 'it stays as it was'

# --- without a contact ------------------------------------------------------

person named
with nobodys "$rest" '"contact":"optional"' '' '{"n":"named@example.com"}'
sql "update hookline.workflow_run set contact_id = null where id = $(run nobodys id)" >/dev/null
erase "$id"
is 'cancelled|t|t|t|somebody whom it names was erased' "$(run nobodys "$ended")" \
	'a run of nobody that names the person ends too'
dump
lacks "$dir/dump" 'named(@|%40)' 'and does not name it any more'

done_testing
