#!/bin/sh
# t_waits.sh - what a wait waits for and what ends it: the real hookline-run and a
# real database.  When that is on the clock is t_record_sql.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

set_x() { # set_x VALUE: a step that shows a branch was taken
	printf '{"id":"x_%s","type":"set_variable","name":"x","value":"%s"}' \
		"$1" "$1"
}
has_tag='{"field":"contact.tags","is":"contains","value":"paid"}'
goal='{"id":"goal","type":"goal","when":'"$has_tag"'}'
hookline() {
	"$top_builddir/hookline" --config "$conf" --account 1 "$@"
}
by_hand() { # by_hand ORDER NAME: to the last run of the workflow
	hookline run "$1" "$(run "$2" r.id)" 2>&1
}
# ago NAME SPAN: what waits was due so long ago
ago() {
	sql "update hookline.workflow_run r set due_at = now() - interval '$2'
	      from hookline.workflow w
	     where w.id = r.workflow_id and r.status = 'waiting' and w.name like '$1'"
}
tag() { # tag CONTACT TAG
	sql "update hookline.contact set tags = tags || '$2'::text where id = $1"
}
# one CONTACT-NAME: made, without tags; sets $one
one() {
	one=$(contact "{\"email\":\"$1@example.com\"}" "$1@example.com")
}

# --- until a condition ------------------------------------------------------

condition='{"id":"w","type":"wait","until_condition":'"$has_tag"',"timeout":"3 days"}'
met='{"id":"x","type":"set_variable","name":"met","value":"{{steps.w.met}}"}'
one cora
with cond_later "$condition,$met" '' "$one"
with cond_up "$condition,$met" '' "$one"
with cond_skip "${condition%?},\"if_timeout\":\"skip_step\"},$(set_x a),$(set_x b)" '' "$one"
with cond_end "${condition%?},\"if_timeout\":\"end\"},$(set_x a)" '' "$one"
with cond_hand "$condition,$met" '' "$one"
cora=$one
one cody
tag "$one" paid
with cond_now "$condition,$met" '' "$one"
work
is 'completed|w:done x:done|true' "$(run cond_now status)|$(steps cond_now)|$(run cond_now "variables ->> 'met'")" \
	'a condition that is met is not waited for'
is 'waiting|t|t|t|{"until", "timeout", "condition"}' "$(run cond_later "status, is_listening,
	due_at between now() + interval '71 hours' and now() + interval '72 hours',
	(wait ->> 'until')::timestamptz = due_at,
	(select array_agg(quote_ident(k) order by length(k)) from jsonb_object_keys(wait) k)" | tr -d '"' |
	sed 's/{until,timeout,condition}/{"until", "timeout", "condition"}/')" \
	'one that is not is, for its timeout at most'
sql "update hookline.contact set city = 'Bonn' where id = $cora"
is 't|contact' "$(run cond_later 'due_at <= now(), woken_by')" 'a change of the contact wakes the run'
work
is 'waiting|w|t|t||t' "$(run cond_later "status, step_id, is_listening, due_at > now() + interval '71 hours', woken_by,
	due_at = (wait ->> 'until')::timestamptz")" \
	'and one that does not meet the condition lets it wait as before'
is 't' "$(run cond_later "step_started_at < now() - interval '0' and step_started_at is not null")" \
	'since it began'
by_hand resume cond_hand >"$dir/said"
ago cond_up '1 minute'
ago cond_skip '1 minute'
ago cond_end '1 minute'
work
is 'completed|w:done x:done|false|its time was up' \
	"$(run cond_up status)|$(steps cond_up)|$(run cond_up "variables ->> 'met'")|$(detail cond_up w reason)" \
	'its time is up: the run goes on, and knows'
is 'completed|w:done x_a:skipped x_b:done' "$(run cond_skip status)|$(steps cond_skip)" 'if_timeout skip_step'
is 'completed|w:done' "$(run cond_end status)|$(steps cond_end)" 'if_timeout end'
is 'completed|w:done x:done|false|hand' \
	"$(run cond_hand status)|$(steps cond_hand)|$(run cond_hand "variables ->> 'met'")|$(detail cond_hand w ended_by)" \
	'resumed by hand it is not met'
tag "$cora" paid
work
is 'completed|w:done x:done|true' "$(run cond_later status)|$(steps cond_later)|$(run cond_later "variables ->> 'met'")" \
	'the change that meets it ends the wait'

# A contact that changes after the run was loaded and before it waits: here
# between the step before and the wait, within one lease.
one carl
publish cond_race '"reentry":"always"' '' '{"id":"c","type":"call_webhook","url":"'"$http/slow?seconds=1"'"},'"$condition,$met" 2>>"$log"
start cond_race "$one" >"$dir/started"
start_executor --linger 300
until_true 60 is_at cond_race running && until_true 60 asked "/slow?seconds=1"
tag "$one" paid
soon 60 'a change while the run was on its way there is not missed' is_at cond_race completed
end "$executor"
is 'true' "$(run cond_race "variables ->> 'met'")" 'and meets the condition'

# --- a goal ahead -----------------------------------------------------------

one gina
with goal_wakes '{"id":"w","type":"wait","for":"20 days"},'"$(set_x mail)"','"$goal"','"$(set_x after)" '' "$one"
with no_goal '{"id":"w","type":"wait","for":"20 days"},'"$(set_x mail)" '' "$one"
with goal_behind "$goal"',{"id":"w","type":"wait","for":"20 days"}' '' "$one"
work
is 't|f|f' "$(run goal_wakes is_listening)|$(run no_goal is_listening)|$(run goal_behind is_listening)" \
	'a run listens where a goal is ahead'
tag "$one" other
work
is 'waiting' "$(run goal_wakes status)" 'a change that does not meet the goal lets it wait'
tag "$one" paid
is 'contact||' "$(run goal_wakes woken_by)|$(run no_goal woken_by)|$(run goal_behind woken_by)" 'nobody else is woken'
work
is 'completed|w:done goal:done x_after:done|goal|w' \
	"$(run goal_wakes status)|$(steps goal_wakes)|$(detail goal_wakes w ended_by)|$(detail goal_wakes goal jumped_from)" \
	'a goal that is met ends the wait at once'

# --- windows ----------------------------------------------------------------

# Two windows by the clock of now: one that is open for an hour and more, one
# that opens tomorrow at the same time.
sql "update hookline.account set timezone = 'UTC'"
clock() { sql "select to_char(now() at time zone 'UTC' + interval '$1', 'HH24:MI')"; }
open="{\"from\":\"$(clock '-2 hours')\",\"to\":\"$(clock '2 hours')\"}"
shut="{\"from\":\"$(clock '-4 hours')\",\"to\":\"$(clock '-2 hours')\"}"
far="{\"from\":\"$(clock '-16 hours')\",\"to\":\"$(clock '-15 hours')\",\"timezone\":\"contact\"}"
with win_open '{"id":"w","type":"wait","window":'"$open"'},'"$(set_x on)"
with win_shut '{"id":"w","type":"wait","window":'"$shut"'},'"$(set_x on)"
with win_for '{"id":"w","type":"wait","for":"2 days","window":'"$shut"'},'"$(set_x on)"
with win_past '{"id":"w","type":"wait","until":"2020-01-01","window":'"$shut"'},'"$(set_x on)"
one wim
sql "update hookline.contact set timezone = 'Etc/GMT-10' where id = $one"
with win_zone '{"id":"w","type":"wait","window":'"$far"'},'"$(set_x on)" '' "$one"
one wes
sql "update hookline.contact set timezone = 'Mars/Base' where id = $one"
with win_nowhere '{"id":"w","type":"wait","window":'"$far"'},'"$(set_x on)" '' "$one"
one wilma
with win_cond "${condition%?},\"window\":$shut},$met" '' "$one"
work
is 'completed|w:done x_on:done' "$(run win_open status)|$(steps win_open)" 'a window that is open lets through'
is 'waiting|t' "$(run win_shut "status, due_at between now() + interval '19 hours' and now() + interval '20 hours'")" \
	'one that is shut is waited for'
is 't|t' "$(run win_for "due_at between now() + interval '67 hours' and now() + interval '68 hours',
	(wait ->> 'until')::timestamptz = due_at")" \
	'a duration, and then the window'
is 'waiting|t' "$(run win_past "status, due_at > now() + interval '19 hours'")" \
	'a date that is past, and then the window'
is 't' "$(run win_zone "due_at between now() + interval '21 hours' and now() + interval '22 hours'
	or due_at between now() - interval '3 hours' and now() + interval '22 hours' and due_at > now()")" \
	"by the contact's clocks"
is 't' "$(run win_nowhere "due_at between now() + interval '7 hours' and now() + interval '8 hours'")" \
	"a contact whose time zone nobody knows has the workflow's"
tag "$one" paid
work
is 'waiting|true|t' "$(run win_cond "status, wait ->> 'met', due_at between now() + interval '19 hours' and now() + interval '20 hours'")" \
	'a condition that is met, and then the window'
due_now 'win_%'
work
is 'completed|w:done x:done|true' "$(run win_cond status)|$(steps win_cond)|$(run win_cond "variables ->> 'met'")" \
	'and then the run goes on'
is 'completed|w:done x_on:done' "$(run win_shut status)|$(steps win_shut)" 'and so does the one that waited for its window'

# --- nobody was there -------------------------------------------------------

day='"type":"wait","for":"1 day"'
with late_run '{"id":"w",'"$day"'},'"$(set_x a)"
with late_skip '{"id":"w",'"$day"',"if_late":"skip_step"},'"$(set_x a)"','"$(set_x b)"
with late_a_bit '{"id":"w",'"$day"',"if_late":"skip_step"},'"$(set_x a)"
with late_after '{"id":"w",'"$day"',"if_late":"skip_step","late_after":"10 minutes"},'"$(set_x a)"','"$(set_x b)"
with late_shut '{"id":"w",'"$day"',"window":'"$shut"'},'"$(set_x a)"
with late_open '{"id":"w",'"$day"',"window":'"$open"'},'"$(set_x a)"
with late_all_the_same '{"id":"w",'"$day"',"if_late":"run","window":'"$shut"'},'"$(set_x a)"
work
ago 'late_%' '3 days'
ago late_a_bit '50 minutes'
ago late_after '50 minutes'
work
is 'completed|w:done x_a:done|late' "$(run late_run status)|$(steps late_run)|$(sql "select case
	when '$(detail late_run w late_s)' >= '259200' then 'late' end")" \
	'a run that is late goes on, and its step says how late'
is 'completed|w:done x_a:skipped x_b:done' "$(run late_skip status)|$(steps late_skip)" 'if_late skip_step'
is 'completed|w:done x_a:done' "$(run late_a_bit status)|$(steps late_a_bit)" 'less than an hour is not late'
is 'completed|w:done x_a:skipped x_b:done' "$(run late_after status)|$(steps late_after)" 'unless late_after says so'
is 'waiting|t|t' "$(run late_shut "status, due_at between now() + interval '19 hours' and now() + interval '20 hours',
	(wait ->> 'late_s')::integer >= 259200")" \
	'with a window: until it is open again'
is 'completed|w:done x_a:done|2' "$(run late_open status)|$(steps late_open)|$(run late_open lease_no)" \
	'at once, where it is open, not behind all others that are due'
is 'completed|w:done x_a:done' "$(run late_all_the_same status)|$(steps late_all_the_same)" 'if_late run, whatever the window'

# --- by hand ----------------------------------------------------------------

with hand_resume '{"id":"w",'"$day"'},'"$(set_x on)"
with hand_skip '{"id":"w",'"$day"'},'"$(set_x on)"
with hand_again '{"id":"c","type":"call_webhook","url":"'"$http"'/status/503"},'"$(set_x on)"
with hand_past '{"id":"c","type":"call_webhook","url":"'"$http"'/status/503"},'"$(set_x on)"
with hand_retry '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"},'"$(set_x on)"
with hand_over '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"},'"$(set_x on)"
with hand_act '{"id":"n","type":"enrol","workflow":"nowhere yet"},'"$(set_x on)"
with hand_died '{"id":"c","type":"call_webhook","url":"'"$http"'/ok/died"},'"$(set_x on)"
sql "update hookline.workflow_run set status = 'running', leased_by = 'gone:1', lease_no = 1,
	attempt = 1, lost_leases = 2, due_at = now() where id = $(run hand_died r.id)" >/dev/null
publish hand_twice '' '' '{"id":"c","type":"call_webhook","url":"'"$http"'/status/404"}' 2>>"$log"
start hand_twice >"$dir/started"
work
is "run $(run hand_resume r.id) goes on now" "$(by_hand resume hand_resume)" 'resume says what it did'
by_hand skip hand_skip >"$dir/said"
by_hand resume hand_again >"$dir/said"
by_hand skip hand_past >"$dir/said"
is 'failed' "$(run hand_retry status)" 'a run has failed'
by_hand retry hand_retry >"$dir/said"
is 'waiting|t|0|1|' "$(run hand_retry 'status, due_at <= now(), seq, attempt, finished_at')" 'retry: it waits to try once more'
by_hand skip hand_over >"$dir/said"
is 'failed|1' "$(run hand_act 'status, seq')" 'a run has failed at what the database does'
publish 'nowhere yet' '"reentry":"always"' '' "$(set_x t)" 2>>"$log"
by_hand retry hand_act >"$dir/said"
is 'failed|0|c:unknown' "$(run hand_died 'status, seq')|$(steps hand_died)" 'a run has failed since its executors died'
by_hand retry hand_died >"$dir/said"
first=$(run hand_twice r.id)
start hand_twice >"$dir/started"
is "hookline: run $first: its contact is in the workflow again; end that run first" \
	"$(hookline run retry "$first" 2>&1)" 'retry: not beside a second run of the contact'
work
is 'completed|w:done x_on:done|hand' "$(run hand_resume status)|$(steps hand_resume)|$(detail hand_resume w ended_by)" \
	'resume: the wait is over'
is 'completed|w:skipped x_on:done|skipped by hand' "$(run hand_skip status)|$(steps hand_skip)|$(detail hand_skip w reason)" \
	'skip: the wait is left out'
is 'waiting|c:retrying c:retrying|2' "$(run hand_again status)|$(steps hand_again)|$(run hand_again attempt)" \
	'resume: the step is tried again before its time'
is 'completed|c:retrying c:skipped x_on:done' "$(run hand_past status)|$(steps hand_past)" \
	'skip: the step is not tried again'
is 'failed|c:failed c:failed|1' "$(run hand_retry status)|$(steps hand_retry)|$(sql "select count(distinct seq) from hookline.run_step
	where run_id = $(run hand_retry r.id)")" 'retry: one more attempt of the same step'
collect
is '1' "$(sql "select count(distinct k.v) from (select h ->> 1 as v from request,
	jsonb_array_elements(r -> 'headers') h where lower(h ->> 0) = 'idempotency-key'
	 and h ->> 1 like '$(run hand_retry r.id).%') k")" 'under the same identity'
is 'completed|c:unknown c:done x_on:done|1 2' "$(run hand_died status)|$(steps hand_died)|$(sql "select string_agg(attempt::text, ' ' order by attempt)
	from hookline.run_step where run_id = $(run hand_died r.id) and step_id = 'c'")" \
	'retry: also where no executor came back from it'
is 'completed|c:failed c:skipped x_on:done' "$(run hand_over status)|$(steps hand_over)" 'skip: behind the step that failed'
is 'completed|n:failed n:done x_on:done' "$(run hand_act status)|$(steps hand_act)" \
	'retry: what the database did not do then, it does now'
is "hookline: run $(run hand_over r.id): it is completed; what is over does not begin again" "$(by_hand retry hand_over)" \
	'what is over is over'
is "hookline: run $(run hand_again r.id): it has not failed; \"resume\" lets it go on now" "$(by_hand retry hand_again)" \
	'retry is for what failed'
is "hookline: run $(run hand_retry r.id): it has failed; \"retry\" does its step again, \"skip\" goes on behind it" \
	"$(by_hand resume hand_retry)" 'resume is for what waits'
is 'hookline: there is no run 99999' "$(hookline run skip 99999 2>&1)" 'a run that is not there'
sql "update hookline.workflow_run set status = 'running', leased_by = 'x:1' where id = $(run hand_again r.id)"
is "hookline: run $(run hand_again r.id): an executor is at work on it; try again in a moment" "$(by_hand skip hand_again)" \
	'what an executor holds is left alone'

# --- what people see --------------------------------------------------------

one shay
with show_for '{"id":"w","type":"wait","for":"2 days"},'"$goal" '"timezone":"Europe/Berlin"' "$one"
with show_cond "${condition%?},\"window\":$shut}" '' "$one"
with show_date '{"id":"w","type":"wait","until":"2099-03-30T09:00","offset":"-1 day"}' '"timezone":"Europe/Berlin"' "$one"
work
goes_on() { # goes_on NAME
	hookline --json run show "$(run "$1" r.id)" | jq -r .goes_on
}
case $(goes_on show_for) in
*' Europe/Berlin, when its wait for 2 days ends; sooner when the contact meets the goal ahead')
	ok 'run show: a duration' ;;
*) fail 'run show: a duration' "$(goes_on show_for)" ;;
esac
case $(goes_on show_cond) in
*' UTC, 3 days after its wait began, or as soon as the contact meets its condition, in its window '??:??-??:??)
	ok 'run show: a condition and a window' ;;
*) fail 'run show: a condition and a window' "$(goes_on show_cond)" ;;
esac
is 'Sun 2099-03-29 09:00:00 Europe/Berlin, when its wait until 2099-03-30T09:00 with an offset of -1 day ends' \
	"$(goes_on show_date)" 'run show: a date'
case $(hookline run show "$(run hand_skip r.id)") in
*'goes on'*) fail 'run show: what is over does not go on' ;;
*) ok 'run show: what is over does not go on' ;;
esac

hookline account add Other >"$dir/said"
is "hookline: there is no run $first" "$("$top_builddir/hookline" --config "$conf" --account Other run skip "$first" 2>&1)" "another account's run"

done_testing
