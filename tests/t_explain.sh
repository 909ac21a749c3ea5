#!/bin/sh
# t_explain.sh - a run's story in words (hookline run explain), and what a
# monitoring system is told (hookline metrics).
# shellcheck disable=SC2154 # set by run_house.sh
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"
settings 'retry_schedule = 1h' "spool_dir = $dir/spool"

explain() { # explain NAME: its last run, in $dir/out; as JSON in $dir/json
	"$hookline" --config "$conf" run explain "$(run "$1" id)" >"$dir/out" 2>&1
	"$hookline" --config "$conf" --json run explain "$(run "$1" id)" >"$dir/json"
}
says() { # says TEXT WHAT-MUST-HOLD
	has "$dir/out" "$1" "$2"
}
json() { # json WANT FILTER WHAT-MUST-HOLD
	is "$1" "$(jq -rc "$2" <"$dir/json" 2>&1)" "$3"
}
in_zone() { # in_zone NAME COLUMN: as it is told
	sql "select to_char(($2) at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') || ' Asia/Tokyo'
		from hookline.workflow_run where id = $(run "$1" id)"
}
set_x() {
	printf '{"id":"%s","type":"set_variable","name":"x","value":"1"}' "$1"
}
rest='{"id":"rest","type":"wait","for":"2 days"}'
tokyo='"timezone":"Asia/Tokyo"'
is_pro='{"field":"custom_variables.plan","is":"equals","value":"pro"}'
any='{"any":[{"field":"contact.email","is":"empty"},{"not":{"field":"contact.tags","is":"contains","value":"vip"}}]}'

# --- where it is ------------------------------------------------------------

with new "$rest" "$tokyo"
explain new
says "Run $(run new id) takes Zoë Müller <alex@example.com> through workflow \"new\", version 1, since $(in_zone new started_at)." \
	'who, through what, since when in the zone of the workflow'
says "It is due since $(in_zone new due_at), at step \"rest\" (wait: for 2 days); no executor was ever seen" \
	'a run that nobody carries out'
says 'No step was carried out yet.' 'nothing before'
json 'rest' '.next | map(.step) | join(" ")' 'it begins with its first step'

with waits "{\"id\":\"which\",\"type\":\"if_else\",\"branches\":[
	{\"name\":\"Pro\",\"when\":$is_pro,\"steps\":[$(set_x pro)]},
	{\"name\":\"Any\",\"when\":{\"all\":[$any,$is_pro]},\"steps\":[]}],\"else\":[$(set_x other)]},
	{\"id\":\"odd\",\"type\":\"set_variable\",\"name\":\"x\",\"value\":\"1\",\"if\":$any},
	$rest,$(set_x after),{\"id\":\"fork\",\"type\":\"if_else\",\"branches\":[
	{\"name\":\"Pro\",\"when\":{\"all\":[$any,$is_pro]},\"steps\":[]}]},$(set_x last)" \
	"$tokyo" "$alex" '{"plan":"pro"}'
sql "update hookline.contact set tags = '{vip}'" >/dev/null
work
explain waits
says "It waits at step \"rest\" (wait: for 2 days) until $(in_zone waits due_at)" \
	'where it waits, until when in the zone of the workflow'
says '"which" (if_else) done: took branch "Pro", the first whose condition was true: custom_variables.plan equals "pro"' \
	'why a branch was taken'
says '"odd" (set_variable) skipped: its condition is not met: contact.email is empty or not (contact.tags contains "vip")' \
	'why a step was skipped'
json 'which:done pro:done odd:skipped' '.before | map("\(.step):\(.status)") | join(" ")' 'what came before'
json 'after fork' '.next | map(.step) | join(" ")' 'what comes next, up to where nobody knows'
says '"fork" (if_else): branch "Pro" if (contact.email is empty or not (contact.tags contains "vip")) and custom_variables.plan equals "pro"' \
	'and on what it depends'
json 'waiting false Asia/Tokyo' '"\(.status) \(.paused) \(.zone)"' 'for programs too'

with else_ "{\"id\":\"which\",\"type\":\"if_else\",\"branches\":[{\"when\":$is_pro,\"steps\":[]}],
	\"else\":[{\"id\":\"s\",\"type\":\"split\",\"branches\":[{\"name\":\"All\",\"percent\":100,\"steps\":[]},
	{\"name\":\"None\",\"percent\":0,\"steps\":[]}]}]},
	{\"id\":\"f\",\"type\":\"find_contact\",\"by\":{\"email\":\"nobody@example.com\"},\"found\":[],\"not_found\":[]},
	{\"id\":\"jump\",\"type\":\"go_to\",\"step\":\"g\"},$(set_x left_out),
	{\"id\":\"g\",\"type\":\"goal\",\"when\":$is_pro,\"if_not_met\":\"end\"}"
work
explain else_
says "took else, since no branch's condition was true" 'else'
says 'fell into branch "All" (100 percent)' 'a split'
says '"f" (find_contact) done: found nobody' 'who was not found'
says 'went to "g"' 'a jump'
says 'the goal was not met: custom_variables.plan equals "pro"' 'a goal'
says "It came to its end at $(sql "select to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
	from hookline.workflow_run where id = $(run else_ id)")." 'that it is over, in the zone of the account'
json 0 '.next | length' 'nothing comes after the end'

with again '{"id":"c","type":"call_webhook","url":"'"$http"'/status/503"}' "$tokyo"
work
explain again
says "It waits until $(in_zone again due_at) to try step \"c\" (call_webhook: $http/status/503) again: attempt 1 ended with: step \"c\":" \
	'a step that is tried again, and why'
with broken '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"}' "$tokyo"
work
explain broken
says "It failed at $(in_zone broken finished_at): step \"c\":" 'a run that failed, and why'
says '"c" (call_webhook) failed: result HTTP 404' 'and at which step'
with ended "$rest" "$tokyo"
"$hookline" --config "$conf" run cancel "$(run ended id)" >"$dir/out"
explain ended
says "It was cancelled at $(in_zone ended finished_at)." 'a run that was cancelled'

"$hookline" --config "$conf" workflow unpublish waits >"$dir/out"
explain waits
says 'It is paused, since its workflow is not published. It stands at step "rest" (wait: for 2 days) and waits there until' \
	'a run that is paused'
due_now waits
work
explain waits
says "and waits there until $(in_zone waits paused_due_at)" 'also when it was set aside'
json 'true null' '"\(.paused) \(.due_at)"' 'with no due time'

sql "update hookline.workflow_run set status = 'running', leased_by = 'other:1', attempt = 1,
	due_at = now() + interval '1 minute' where id = $(run new id)" >/dev/null
explain new
says 'Executor other:1 carries it out just now, at step "rest" (wait: for 2 days), attempt 1; it holds it until' \
	'a run that is carried out'
lapse new
explain new
says "Executor other:1 had it at step \"rest\" (wait: for 2 days) and did not come back by $(in_zone new due_at); an executor takes it up" \
	'a run whose executor died'
"$hookline" --config "$conf" run explain 99999 >"$dir/out" 2>&1
is 1 $? 'no such run is refused'
says 'there is no run 99999' 'and says so'

# --- metrics ----------------------------------------------------------------

metrics() {
	"$hookline" --config "$conf" metrics >"$dir/out" 2>"$dir/err"
	is 0 $? "metrics, $1"
	well_formed "$1"
}
# As the standard says: each family once, in one piece, TYPE and UNIT before
# HELP before samples; units end names; # EOF ends it.
well_formed() {
	if awk '
		/^# EOF$/ { if (done++) bad("two ends"); next }
		done { bad("what follows the end") }
		/^# TYPE / {
			if (seen[$3]++) bad("a family twice")
			if ($4 != "gauge") bad("a type")
			family = $3; state = 1; next
		}
		/^# UNIT / {
			if ($3 != family || state != 1 || $3 !~ "_" $4 "$") bad("a unit")
			next
		}
		/^# HELP / { if ($3 != family || state != 1 || NF < 4) bad("a help"); state = 2; next }
		/^[a-z_]+({[a-z]+="[a-z]+"})? -?[0-9]+(\.[0-9]+)?$/ {
			name = $1; sub(/{.*/, "", name)
			if (name != family || state != 2) bad("a sample")
			if (sample[$1]++) bad("a sample twice")
			next
		}
		{ bad("a line") }
		function bad(why) { print why ": " $0; failed = 1 }
		END { if (!done) bad("no end"); exit failed }
	' "$dir/out" >"$dir/bad"; then
		ok "$1: it is OpenMetrics"
	else
		fail "$1: it is OpenMetrics" "$(cat "$dir/bad")"
	fi
}
sample() { # sample NAME: its value
	sed -n "s/^$1 //p" "$dir/out"
}
sql "update hookline.workflow_run set due_at = now() - interval '100 seconds' where id = $(run new id);
	insert into hookline.workflow_run (account_id, workflow_id, version, contact_id, due_at, reentry)
	select account_id, workflow_id, version, contact_id, now() - interval '1 hour', 'always'
	  from hookline.workflow_run where id = $(run again id)" >/dev/null
for status in waiting running completed failed cancelled; do
	sql "select '$status ' || count(*) from hookline.workflow_run where status = '$status'"
done >"$dir/want"
metrics 'of a house that is up'
is 1 "$(sample hookline_database_up)" 'the database is up'
is "$(sql "select count(*) from hookline.workflow_run where status = 'waiting' and workflow_id <> (
	select id from hookline.workflow where name = 'waits')") 1 1" \
	"$(sample 'hookline_runs{status="waiting"}') $(sample 'hookline_runs{status="paused"}') $(sample 'hookline_runs{status="running"}')" \
	'live runs by status, paused ones apart'
for status in completed failed cancelled; do
	is "$(sed -n "s/^$status //p" "$dir/want")" "$(sample "hookline_runs{status=\"$status\"}")" \
		"runs that are $status"
done
is 2 "$(sample hookline_due_runs)" 'how many are due'
for pair in due_oldest_age:3600 lease_overrun:100; do
	age=$(sample "hookline_${pair%:*}_seconds")
	is t "$(sql "select ${age:-0} between ${pair#*:} and ${pair#*:} + 600")" "${pair%:*}: $age"
done
is 0 "$(sample 'hookline_spool_entries{state="waiting"}')" 'the spool'
post '{}'
metrics 'after a delivery'
is 1 "$(sample 'hookline_deliveries_last_day{outcome="rejected"}')" 'deliveries of a day by outcome'
is 0 "$(sample 'hookline_deliveries_last_day{outcome="enrolled"}')" 'those of which there are none are 0'
sql "insert into hookline.delivery (account_id, trigger_id, method, http_status, outcome, reason, received_at)
	select account_id, id, 'POST', 400, 'rejected', 'x', now() - interval '25 hours' from hookline.trigger limit 1" >/dev/null
metrics 'after a day'
is 1 "$(sample 'hookline_deliveries_last_day{outcome="rejected"}')" 'not older ones'
as_reader=$dir/reader.conf
sql 'create role looker login in role hookline_reader' >/dev/null
sed 's/user=hookline/user=looker/' "$conf" >"$as_reader"
"$hookline" --config "$as_reader" metrics >"$dir/out" 2>&1
is 1 "$(sample hookline_database_up)" 'a role that only reads is enough'
settings 'database = host=/nowhere dbname=none' "spool_dir = $dir/spool"
hook POST "$hook" application/json "$dir/body"
metrics 'of a house without its database'
is '0 1' "$(sample hookline_database_up) $(sample 'hookline_spool_entries{state="waiting"}')" \
	'it says so, and what waits in the spool'
is '' "$(grep hookline_runs "$dir/out")" 'and invents nothing'

done_testing
