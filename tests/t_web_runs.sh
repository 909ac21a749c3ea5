#!/bin/sh
# t_web_runs.sh - runs in the builder: the list and its filters, one run's story,
# and what is done to one or many.  Nobody else's are seen or touched.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"
hookline_run=$top_builddir/hookline-run

add_user demo@example.com

post() { # post JSON: to $hook
	printf '%s' "$1" >"$dir/sent"
	hook POST "$hook" application/json "$dir/sent"
}
work() {
	"$hookline_run" --config "$conf" --linger 0 2>>"$dir/run.log"
}
of() { # of NAME: the last run of that contact
	sql "select max(r.id) from hookline.workflow_run r join hookline.contact c on c.id = r.contact_id
		where c.email = '$1@example.com'"
}
state() { # state RUN
	sql "select status from hookline.workflow_run where id = $1"
}
said() { # said TEXT WHAT: the next page says it
	cookie="$cookie; $(cookie_of hookline_said)"
	get "$(location)"
	has "$dir/answer" "$1" "$2"
	cookie=${cookie%%;*}
}
rows() { # how many runs the list has
	body | grep -c 'name="run" value='
}

login demo@example.com
get runs
is 200 "$(status)" 'a list without runs'
has "$dir/answer" 'Nobody was enrolled yet' 'says how there will be some'

publish Orders '"reentry":"always"' "$map_example" '{"id":"hello","type":"set_variable","name":"x","value":"<i>{{contact.first_name}}</i>"},
	{"id":"rest","type":"wait","name":"A <b>day</b> off","for":"1 day"},{"id":"x","type":"add_tag","tags":["late"]}'
post '{"email":"ann@example.com","first_name":"<script>alert(1)</script>","last_name":"O\"H","plan":"<b>pro</b>"}'
post '{"email":"bob@example.com","first_name":"Bob"}'
post '{"email":"eve@example.com","first_name":"Eve"}'
publish Calls '"reentry":"always"' "$map_example" '{"id":"call","type":"call_webhook","url":"http://127.0.0.1:9/in?a=<b>"}'
post '{"email":"dan@example.com","first_name":"Dan"}'
work
ann=$(of ann) bob=$(of bob) eve=$(of eve) dan=$(of dan)
is 'waiting waiting waiting failed' "$(state "$ann") $(state "$bob") $(state "$eve") $(state "$dan")" \
	'three wait, one has failed'

# --- the list -------------------------------------------------------------------

get runs
is 4 "$(rows)" 'all runs are listed'
has "$dir/answer" '&lt;script&gt;alert(1)&lt;/script&gt; O&quot;H' 'a name is shown as it came'
has "$dir/answer" 'A &lt;b&gt;day&lt;/b&gt; off' 'so is the name of the step it is at'
lacks "$dir/answer" '<script>alert|<b>day' 'never as markup'
orders=$(workflow_id Orders) calls=$(workflow_id Calls)
for filter in "workflow=$orders 3" "workflow=$calls 1" 'status=failed 1' 'status=waiting 3' 'status=running 0' \
	"workflow=$orders&step=rest 3" "workflow=$orders&step=hello 0" 'contact=bob@example.com 1' \
	'contact=BOB 1' 'contact=script 1' 'contact=nobody 0' "from=$(date -u +%F) 4" "to=$(date -u +%F) 4" \
	'to=2020-01-01 0' 'from=2099-01-01 0' 'status=nonsense 4' 'workflow=x 4'; do
	get "runs?${filter% *}"
	is "200 ${filter##* }" "$(status) $(rows)" "a filter: ${filter% *}"
done
get 'runs?from=2026-02-31&contact=%22%3E%3Cb%3E'
is 200 "$(status)" 'a day that is none'
has "$dir/answer" 'Give a day as year-month-day' 'is told at its field'
has "$dir/answer" 'value="&quot;&gt;&lt;b&gt;"' 'and what was typed stays'
lacks "$dir/answer" '"><b>' 'as text'

# --- one run --------------------------------------------------------------------

get "runs/$ann"
is 200 "$(status)" 'a run has a page'
has "$dir/answer" "href=\"/deliveries/" 'with the delivery that began it'
has "$dir/answer" 'when its wait for 1 day ends' 'why it waits'
has "$dir/answer" 'Set a variable' 'what it did before'
has "$dir/answer" '&lt;b&gt;pro&lt;/b&gt;' 'and its variables'
lacks "$dir/answer" '<script>alert|<b>pro|<i>' 'never as markup'
has "$dir/answer" 'hx-trigger="every 5s"' 'it is looked at again while it is under way'
partial=1
get "runs/$ann"
partial=
has "$dir/answer" '<div id="run"' 'the part that changes can be had alone'
lacks "$dir/answer" '<html|<h1' 'without the rest'
get "runs/$dan"
has "$dir/answer" 'What went wrong' 'a run that failed says why'
has "$dir/answer" 'Try the step again' 'and what can be done'
lacks "$dir/answer" 'every 5s' 'what is over is not looked at again'
for id in 999999 0 x "$ann'"; do
	get "runs/$id"
	is 404 "$(status)" "there is no run $id"
done

# --- deeds ----------------------------------------------------------------------

get runs
csrf=$(token)
send runs/act order=resume "run=$bob" "one=$bob"
is "303 runs/$bob" "$(status) $(location)" 'one is let go on, and shown'
work
is completed "$(state "$bob")" 'which it does'
send runs/act order=skip "run=$eve"
is '303 runs' "$(status) $(location)" 'a step is skipped'
work
is completed "$(state "$eve")" 'and the run goes on behind it'
send runs/act order=retry "run=$dan" "run=$eve"
said '1 run was tried again, 1 could not be. The first of these: run' 'what could not be is told, with the reason'
is waiting "$(state "$dan")" 'what could be is done'
work
is failed "$(state "$dan")" 'it fails again'
is 2 "$(sql "select count(*) from hookline.run_step where run_id = $dan")" 'as one more attempt'
get "runs/$dan"
has "$dir/answer" 'attempt 2' 'which its page tells'
send runs/act order=cancel "run=$ann" "one=$ann"
is 200 "$(status)" 'before a run is cancelled'
has "$dir/answer" 'does not begin again' 'one is asked'
is waiting "$(state "$ann")" 'and nothing is done yet'
send runs/act order=cancel "run=$ann" "one=$ann" confirmed=1
is "303 runs/$ann" "$(status) $(location)" 'then it is'
is cancelled "$(state "$ann")" 'cancelled'
send runs/act order=retry
said 'No run was ticked' 'nothing ticked, nothing done'
send runs/act order=nonsense "run=$dan"
is 303 "$(status)" 'an order that is none is ignored'
csrf=x
send runs/act order=retry "run=$dan"
is 403 "$(status)" 'without its token a form is refused'
is failed "$(state "$dan")" 'and does nothing'

# --- many -----------------------------------------------------------------------

sql "insert into hookline.workflow_run (account_id, workflow_id, version, contact_id, step_id, reentry, due_at)
	select 1, $orders, 1, (select min(id) from hookline.contact), 'rest', 'always', now() + interval '1 day'
	  from generate_series(1, 120)" >/dev/null
get "runs?status=waiting&workflow=$orders"
csrf=$(token)
is 50 "$(rows)" 'a page has fifty'
body | sed -n 's/.*name="run" value="\([0-9]*\)".*/\1/p' >"$dir/seen"
for turn in 50 20; do
	older=$(body | sed -n 's|.*href="/\(runs?[^"]*before=[0-9]*\)">Older.*|\1|p' | sed 's/&amp;/\&/g')
	get "$older"
	is "$turn" "$(rows)" 'the next one has others'
	body | sed -n 's/.*name="run" value="\([0-9]*\)".*/\1/p' >>"$dir/seen"
done
is 120 "$(sort -u "$dir/seen" | grep -c .)" 'and all of them are seen once'
lacks "$dir/answer" '>Older<' 'nothing is older than the last'
send runs/act order=cancel all=1 status=waiting "workflow=$orders"
has "$dir/answer" 'Cancel 120 runs?' 'all that match are counted before'
is 120 "$(body | grep -c 'name="run" value=')" 'and named'
send runs/act order=resume all=1 status=waiting "workflow=$orders" contact=nobody
said 'No run' 'none that match: nothing is done'
set -- order=cancel confirmed=1 status=waiting "workflow=$orders"
while IFS= read -r id; do
	set -- "$@" "run=$id"
done <"$dir/seen"
send runs/act "$@"
is "303 runs?workflow=$orders&status=waiting" "$(status) $(location)" 'then all are cancelled, and the filter stays'
said '120 runs were cancelled' 'and counted'
is 0 "$(sql "select count(*) from hookline.workflow_run where status = 'waiting'")" 'none waits any more'

# --- others -----------------------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login other@example.com
get runs
is 0 "$(rows)" "another account's runs are not listed"
lacks "$dir/answer" 'Orders' 'nor its workflows named'
get "runs?workflow=$orders"
is 0 "$(rows)" 'nor found by a filter'
get "runs/$dan"
is 404 "$(status)" 'nor shown'
send runs/act order=retry "run=$dan"
said 'could not be' 'nor touched'
is failed "$(state "$dan")" 'at all'
cookie=
get "runs/$dan"
is 303 "$(status)" 'a stranger is asked to log in'

done_testing
