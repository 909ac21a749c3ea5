#!/bin/sh
# t_pause.sh - unpublishing a workflow pauses its runs, publishing lets them go
# on, archiving ends them; none is lost however these meet with executors.  And
# how many runs are where.
# shellcheck disable=SC2154 # set by run_house.sh
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"
settings 'lease_seconds = 15' 'http_timeout = 4' 'smtp_timeout = 4' \
	'retry_schedule = 60s 120s'

cli() { # cli WORD...: its answer as JSON in $dir/out, or why not in $dir/err
	"$hookline" --config "$conf" --json "$@" >"$dir/out" 2>"$dir/err"
}
answer() { # answer FILTER
	jq -rc "$1" <"$dir/out" 2>&1
}
unpublish() {
	cli workflow unpublish "$1"
}
republish() {
	cli workflow publish "$1"
}
facts='status, due_at = '\''infinity'\'', paused_due_at is not null, attempt, seq, lost_leases'
note='{"id":"note","type":"set_variable","name":"x","value":"yes"}'
rest='{"id":"rest","type":"wait","for":"1 day"}'

# --- a run that is due ------------------------------------------------------

with due "$note"
sql "update hookline.workflow_run set due_at = now() - interval '1 hour'" >/dev/null
was_due=$(run due due_at)
unpublish due
is 'draft 1' "$(answer '"\(.status) \(.paused)"')" 'unpublishing says how many runs it pauses'
is '0|0' "$(sql "select (select count(*) from hookline.due_backlog),
	(select count(*) from hookline.stuck_runs)")" 'what is paused is not overdue'
cli run show "$(run due id)"
is 'true null' "$(answer '"\(.paused) \(.due_at)"')" 'run show says so before an executor came by'
work
is 0 "$exit_status" 'an executor ends, since nothing is due'
is 'waiting|t|t|0|0|0' "$(run due "$facts")" \
	'it sets the run aside: no attempt is counted'
is '' "$(steps due)" 'and no step is written down'
is "$was_due" "$(run due paused_due_at)" 'the run keeps the time it was due at'
lease=$(run due lease_no)
work
is "$lease" "$(run due lease_no)" 'it costs one claim, not one each minute'
cli run list
is 'true null' "$(answer '.[0] | "\(.paused) \(.due_at)"')" 'run list: paused, due never'
"$hookline" --config "$conf" run list >"$dir/out"
has "$dir/out" 'paused: the workflow is not published' 'also to people'
"$hookline" --config "$conf" run show "$(run due id)" >"$dir/out"
has "$dir/out" 'paused: the workflow is not published' 'as run show does'
is 't|' "$(sql 'select is_paused, due_at from hookline.run_overview')" 'and run_overview'
republish due
is 'published 1 [{"version":1,"step":"note","count":1}]' \
	"$(answer '"\(.status) \(.active) \(.runs|tojson)"')" \
	'publishing says how many runs are where'
is "waiting|f|f|0|0|0" "$(run due "$facts")" 'and lets the run go on'
is "$was_due" "$(run due due_at)" 'due when it was'
work
is 'completed note:done' "$(run due status) $(steps due)" 'it goes on'

# --- in the middle of something ---------------------------------------------

with resting "$rest,$note"
work
sql "update hookline.workflow_run set step_started_at = step_started_at - interval '1 day',
	due_at = now() where status = 'waiting'" >/dev/null
unpublish resting
work
is 'waiting|t|t|0|0|0' "$(run resting "$facts")" 'a wait that is over is set aside'
republish resting
work
is 'completed rest:done note:done' "$(run resting status) $(steps resting)" 'and goes on behind it'
is t "$(sql "select finished_at - started_at >= interval '1 day' from hookline.run_step
	where step_id = 'rest'")" 'having waited since it began'

with early "$rest"
work
unpublish early
work
is 'waiting|f|f|0|0|0' "$(run early "$facts")" 'a wait that is not over goes on meanwhile'
republish early
is 't' "$(run early "due_at > now() + interval '23 hours'")" 'and ends in its own time'
sql "update hookline.workflow_run set status = 'cancelled', due_at = null, finished_at = now()
	where status = 'waiting'" >/dev/null

with again '{"id":"c","type":"call_webhook","url":"'"$http"'/status/503"},'"$note"
work
due_now again
unpublish again
work
is 'waiting|t|t|1|0|0' "$(run again "$facts")" 'a retry is set aside with its attempts'
is 'c:retrying' "$(steps again)" 'without another'
republish again
work
is 'c:retrying c:retrying 2' "$(steps again) $(run again attempt)" 'and is tried again later'
cli run cancel "$(run again id)"

with died '{"id":"c","type":"call_webhook","url":"'"$http"'/ok/died"},'"$note"
sql "update hookline.workflow_run set status = 'running', leased_by = 'gone:1', lease_no = 1,
	attempt = 1 where id = $(run died id)" >/dev/null
unpublish died
work
is 'waiting|t|t|1|0|1' "$(run died "$facts")" 'a lease whose executor died is set aside, and known as lost'
republish died
work
is 'c:unknown c:done note:done' "$(steps died)" 'what that executor did stays unknown'

with suspect "$note"
sql "update hookline.workflow_run set status = 'running', leased_by = 'gone:1', lease_no = 2,
	attempt = 2, lost_leases = 1 where id = $(run suspect id)" >/dev/null
unpublish suspect
work
is 'waiting|t|t|2|0|1' "$(run suspect "$facts")" 'one that lost two leases begins to be counted anew'
cli run cancel "$(run suspect id)"

with busy '{"id":"c","type":"call_webhook","url":"'"$http"'/slow?seconds=2"},'"$rest"
start_executor --linger 0
soon 60 'a call is under way' asked '/slow?seconds=2'
unpublish busy
wait "$executor"
is 'waiting c:done rest' "$(run busy status) $(steps busy) $(run busy step_id)" \
	'a step that was under way is finished and written down'
cli run cancel "$(run busy id)"

with calls '{"id":"c1","type":"call_webhook","url":"'"$http"'/slow?seconds=2&a=first"},
	{"id":"c2","type":"call_webhook","url":"'"$http"'/ok/second"}'
start_executor --linger 0
soon 60 'a call is under way, and another one is next' asked '/slow?seconds=2&a=first'
unpublish calls
wait "$executor"
is "waiting|t|t|0|1|0 c1:done c2" "$(run calls "$facts") $(steps calls) $(run calls step_id)" \
	'the next one is not made'
republish calls
work
is 'completed c1:done c2:done 1' \
	"$(run calls status) $(steps calls) $(run calls "(select max(attempt) from hookline.run_step s where s.run_id = r.id)")" \
	'before the workflow is published again'

# --- still in the workflow --------------------------------------------------

publish once '' '' "$note"
start once >"$dir/started"
unpublish once
work
is '' "$(start once)" 'a contact whose run is paused is in the workflow still'
cli run cancel "$(run once id)"
is 'cancelled|f' "$(run once 'status, paused_due_at is not null')" 'a paused run can be cancelled'
republish once
start once >"$dir/started"
unpublish once
work
with taker '{"id":"u","type":"unenrol","workflow":"once"}'
work
is "cancelled|f|taken out of the workflow by step \"u\" of run $(run taker id)" \
	"$(run once 'status, paused_due_at is not null, last_error')" 'and taken out by a step'
republish once

# --- publishing meets an executor -------------------------------------------

# open_session: a transaction that goes on until close_session
open_session() {
	rm -f "$dir/pipe"
	mkfifo "$dir/pipe"
	psql -XAtq -v ON_ERROR_STOP=1 <"$dir/pipe" >"$dir/session" 2>&1 &
	session=$!
	bg="$bg $session"
	exec 7>"$dir/pipe"
	printf "set application_name = 'held'; begin;\n%s;\nselect 'held';\n" "$1" >&7
	until_true 60 grep -q held "$dir/session"
}
close_session() {
	echo 'commit;' >&7
	exec 7>&-
	wait "$session"
}
is_waiting() { # for a lock, behind the session
	[ "$(sql "select count(*) from pg_stat_activity a
		   join pg_stat_activity h on h.pid = any (pg_blocking_pids(a.pid))
		  where h.application_name = 'held'")" = 1 ]
}
raced() { # raced NAME: a due run in an unpublished workflow
	with "$1" "$note"
	unpublish "$1"
	id=$(sql "select id from hookline.workflow where name = '$1'")
	publishing="select hookline.workflow_publish(1, $id, v.document::text, v.webhook_refs::text)
		from hookline.workflow_version v where v.workflow_id = $id"
}
claiming=$(sed -e "s/\$1::/'race:1'::/g; s/\$2::/'15'::/; s/\$[345]::/'5'::/g" \
	"$top_srcdir/sql/query/run_claim.sql")

raced claimed_late
open_session "$publishing"
sql "$claiming" >"$dir/claimed" &
claimer=$!
soon 60 'who claims waits for a workflow that is being published' is_waiting
close_session
wait "$claimer"
is 'running|race:1|1' "$(run claimed_late 'status, leased_by, attempt')" 'and has the run then'

raced claimed_early
open_session "$claiming"
sql "$publishing" >"$dir/published" &
publisher=$!
soon 60 'who publishes waits for one that sets runs aside' is_waiting
close_session
wait "$publisher"
is 'waiting|f|f|0|0|0' "$(run claimed_early "$facts")" 'and finds the run that was set aside'
work
is completed "$(run claimed_early status)" 'which goes on'

raced held
work
open_session "select from hookline.workflow_run where id = $(run held id) for update"
sql "$publishing" >"$dir/published" &
publisher=$!
close_session
wait "$publisher"
is 'waiting|f|f|0|0|0' "$(run held "$facts")" 'a run that somebody holds is not forgotten'
sql "update hookline.workflow_run set status = 'cancelled', due_at = null, leased_by = null,
	finished_at = now() where finished_at is null" >/dev/null

# --- where the runs are -----------------------------------------------------

publish places '"reentry":"always"' '' "$rest"
start_many 3 places >"$dir/started"
work
start places >"$dir/started"
publish places '"reentry":"always"' '' '{"id":"second","type":"wait","for":"2 days"}'
is '4 [{"version":1,"step":"rest","count":4}]' "$(jq -rc '"\(.active) \(.runs|tojson)"' "$dir/import")" \
	'importing and publishing says where runs are, by version and step'
start_many 2 places >"$dir/started"
cli workflow show places
is '[{"version":2,"step":"second","count":2},{"version":1,"step":"rest","count":4}]' \
	"$(answer .runs)" 'and so does workflow show'
"$hookline" --config "$conf" workflow show places | tail -n 3 >"$dir/out"
is 'VERSION STEP RUNS 2 second 2 1 rest 4' "$(tr -s ' \n' ' ' <"$dir/out" | sed 's/ $//')" \
	'to people as a table'
unpublish places
is 6 "$(answer .paused)" 'unpublishing counts all of them'
republish places

# --- archive ----------------------------------------------------------------

post '{}'
is 422 "$(status)" 'the hook is there'
unpublish places
sql "update hookline.workflow_run set due_at = now() where id = $(run places id)" >/dev/null
work
is t "$(run places 'paused_due_at is not null')" 'one run is paused'
id=$(sql "select id from hookline.workflow where name = 'places'")
open_session "select from hookline.workflow_run where id = $(run places id) for update"
cli workflow archive places &
archiver=$!
is_archived() {
	[ "$(sql "select count(*) from hookline.workflow_run where workflow_id = $id
		and status = 'cancelled'")" = 5 ]
}
soon 60 'archiving cancels what nobody holds' is_archived
close_session
wait "$archiver"
is 'archived 6' "$(answer '"\(.status) \(.cancelled)"')" 'and what somebody held, when it is free'
is 'cancelled|the workflow was archived|6' "$(sql "select distinct status, last_error, count(*) over ()
	from hookline.workflow_run where workflow_id = $id")" 'the runs say why'
post '{}'
is 404 "$(status)" 'its hook is gone'
cli workflow list
is false "$(answer 'any(.name == "places")')" 'it is not listed'
cli workflow list --all
is '["archived"]' "$(answer 'map(select(.name == "places").status)')" 'but for --all'
cli workflow archive places
is 1 $? 'it can not be archived twice'
has "$dir/err" 'there is no workflow "places"' 'that is said'
sql "insert into hookline.workflow_run (account_id, workflow_id, version, contact_id, step_id)
	values (1, $id, 2, $alex, 'second')" >/dev/null
work
is 'cancelled|the workflow was archived|0|' "$(run places 'status, last_error, attempt, leased_by')" \
	'what began in that moment ends when it is due'
publish places '' '' "$note"
is t "$(sql "select count(*) = 2 from hookline.workflow where name = 'places'")" 'its name is free'

done_testing
