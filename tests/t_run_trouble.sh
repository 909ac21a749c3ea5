#!/bin/sh
# t_run_trouble.sh - what hookline-run does when things go wrong: retries,
# outcomes that nobody knows, executors that are killed, stopped or many, a
# database that goes away, runs that can't be carried out.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

# Small times; the lease is as short as it can be, and lapses by SQL.
times='lease_seconds = 15
http_timeout = 4
smtp_timeout = 4
retry_schedule = 60s 120s'
settings "$times"

# What fails here fails on purpose: nothing is written down of a destination, so
# that it is never left alone (t_breaker.sh).
sql "create function forget() returns trigger language plpgsql as 'begin return null; end';
	create trigger forget before insert on hookline.destination
	for each row execute function forget()"

mail() { # mail SUBJECT [MORE]: a step
	printf '{"id":"m","type":"send_email","to":"a@example.com",%s"text":"x","subject":"%s"}' \
		"${2:+$2,}" "$1"
}
call() { # call PATH [MORE]
	printf '{"id":"c","type":"call_webhook","url":"%s%s"%s}' "$http" "$1" \
		"${2:+,$2}"
}
next='{"id":"next","type":"set_variable","name":"next","value":"yes"}'
at_most_once='"delivery":"at_most_once"'

# --- exit statuses ----------------------------------------------------------

exits() { # exits STATUS WHAT-MUST-HOLD OPTION...
	e_want=$1 e_what=$2
	shift 2
	"$hookline_run" "$@" 2>"$dir/err"
	is "$e_want" $? "$e_what: $(tail -n 1 "$dir/err" | cut -c1-60)"
}
exits 2 'an unknown option is a usage error' --nonsense
exits 2 'an argument is a usage error' --config "$conf" now
exits 2 'a wrong --linger is a usage error' --config "$conf" --linger soon
exits 78 'no configuration' --config "$dir/none.conf"
settings 'retry_schedule = now'
exits 78 'a faulty setting' --config "$conf" --linger 0
settings 'database = host=/nowhere dbname=none'
exits 75 'no database' --config "$conf" --linger 0
settings "$times"
sql "insert into hookline.migration values (9999, 'later', 'x')"
exits 75 'a database of another schema' --config "$conf" --linger 0
sql 'delete from hookline.migration where version = 9999'

# --- stopped: told below, when its lease is over ----------------------------

all_of_stopped() {
	sql "select r, s from hookline.workflow_run r
	       join hookline.run_step s on s.run_id = r.id
	      where r.id in ($(run stopped id), $(run queued id))
	      order by r.id, s.seq, s.attempt"
}
settings "$times" 'http_timeout = 10' 'lease_seconds = 20' 'per_destination = 1'
with stopped "$(call '/slow?seconds=60&once=stopped'),$next"
start_executor --linger 300
stopped=$executor
until_true 60 asked 'once=stopped'
with queued "$(call /ok/queued),$next"
until_true 60 is_at queued running
kill -STOP "$stopped"
stopped_at=$(date +%s)
lapse stopped
lapse queued
settings "$times"

# --- retries ----------------------------------------------------------------

# How long after its last attempt a run is due.
after='due_at - (select max(s.finished_at) from hookline.run_step s where s.run_id = r.id)'
with http_503 "$(call /first/503/again),$next"
with retry_after "$(call '/status/429?retry-after=3600')"
with always_503 "$(call /status/503)"
with fail_503 "$(call /status/503 '"on_error":"fail"')"
with continue_503 "$(call /status/503 '"on_error":"continue"'),$next"
with timeout "$(call '/slow?seconds=20'),$next"
with timeout_once "$(call '/slow?seconds=21' "$at_most_once"),$next"
smtp --fail 451-rcpt
with mail_451 "$(mail mail_451)"
work
smtp --fail 550-rcpt
with mail_550 "$(mail mail_550)"
work
end "$smtp_process"
with mail_down "$(mail mail_down)"
work
smtp
is 'waiting|1|t|c:retrying' "$(run http_503 "status, attempt,
	$after between interval '47 s' and interval '73 s'")|$(steps http_503)" \
	'503: tried again by the schedule'
is 't' "$(run retry_after "$after between interval '59 m' and interval '61 m'")" \
	'429: Retry-After is honoured'
is 'failed|c:failed' "$(run fail_503 status)|$(steps fail_503)" \
	'on_error fail: the first failure is the last'
is 'waiting|c:unknown' "$(run timeout status)|$(steps timeout)" \
	'no answer in time: unknown, and sent again'
is 'completed|c:unknown next:done' "$(run timeout_once status)|$(steps timeout_once)" \
	'no answer in time, at most once: unknown, and on'
is 'waiting|m:retrying|451' "$(run mail_451 status)|$(steps mail_451)|$(detail mail_451 m status)" \
	'SMTP 451: tried again'
is 'failed|m:failed|550' "$(run mail_550 status)|$(steps mail_550)|$(detail mail_550 m status)" \
	'SMTP 550: final'
is 'waiting|m:retrying|t' "$(run mail_down status)|$(steps mail_down)|$(run mail_down 'last_error is not null')" \
	'SMTP down: tried again, and says why'
# Another secret makes the tokens from here on.
{
	tr -dc a-f0-9 </dev/urandom | head -c 64
	echo
	cat "$dir/hookline.secret"
} >"$dir/secrets" && cat "$dir/secrets" >"$dir/hookline.secret"
due_now
work
is 'waiting|2|t' "$(run always_503 "status, attempt,
	$after between interval '95 s' and interval '145 s'")" \
	'the second wait is longer'
due_now
work
collect
is 'completed||c:retrying c:done next:done' "$(run http_503 'status, last_error')|$(steps http_503)" \
	'503, then 200: done, and the error is forgotten'
is '2|1' "$(sent /again idempotency-key | wc -l)|$(sent /again idempotency-key | sort -u | wc -l)" \
	'a retry has the Idempotency-Key of the first attempt, also under a new secret'
is 'failed|c:retrying c:retrying c:failed|step "c": ' "$(run always_503 status)|$(steps always_503)|$(run always_503 "substr(last_error, 1, 10)")" \
	'when the schedule ends, the run fails and says where'
is 'completed|c:failed next:done' "$(run continue_503 status)|$(steps continue_503)" \
	'on_error continue: on at once, without retries'
is 'failed|c:unknown c:unknown c:unknown' "$(run timeout status)|$(steps timeout)" \
	'an outcome that is not known stays so at the end'
is 'completed|completed' "$(run mail_451 status)|$(run mail_down status)" \
	'SMTP back: delivered later'
is '1|1' "$(message mail_451 subject | wc -l)|$(message mail_down subject | wc -l)" \
	'each once'

# --- killed -----------------------------------------------------------------

smtp --fail slow-dot:60
with killed "$(mail killed),$next"
with killed_once "$(mail killed_once "$at_most_once"),$next"
start_executor --linger 300
until_true 60 mailed killed 2 || fail 'the messages are sent'
end "$executor" KILL
smtp
is 'running|1' "$(run killed 'status, attempt')" 'killed: the run stays leased'
lapse 'killed%'
work
collect
is 'completed|m:unknown m:done next:done' "$(run killed status)|$(steps killed)" \
	'killed between sending and recording: unknown, then sent again'
is '2|1' "$(message killed message_id | wc -l)|$(message killed message_id | sort -u | wc -l)" \
	'and under the same Message-ID'
is 'completed|m:unknown next:done|1' "$(run killed_once status)|$(steps killed_once)|$(message killed_once message_id | wc -l)" \
	'killed, at most once: not sent again, and on'

with deadly "$(call '/slow?seconds=30')"
for n in 1 2 3; do
	start_executor --linger 300
	until_true 60 asked 'slow?seconds=30' "$n"
	end "$executor" KILL
	lapse deadly
done
work
is 'failed|c:unknown c:unknown c:unknown|step "c": its executor died 3 times' \
	"$(run deadly status)|$(steps deadly)|$(run deadly last_error)" \
	'a step that killed three executors fails'

# --- stopped, and continued when the lease was over -------------------------

is 'completed|c:unknown c:done next:done' "$(run stopped status)|$(steps stopped)" \
	'a lapsed lease is taken over'
is 'completed|c:unknown c:done next:done' "$(run queued status)|$(steps queued)" \
	'and so is that of a call that waited for its turn'
passed() {
	[ "$(date +%s)" -gt $((stopped_at + 21)) ]
}
until_true 60 passed
before=$(all_of_stopped)
kill -TERM "$stopped"
kill -CONT "$stopped"
wait "$stopped"
is 0 $? 'the loser ends well'
has "$log" "run $(run stopped id): the lease was lost" 'and says that it lost'
is "$before" "$(all_of_stopped)" 'and changed nothing'
collect
is 1 "$(request /ok/queued method | wc -l)" \
	'and did not begin the call that waited for its turn'

# The second call is still on its way when its lease has to be renewed; the
# third waits for its turn behind it.
settings "$times" 'http_timeout = 10' 'lease_seconds = 20' 'per_destination = 1'
with cancelled "$(call '/slow?seconds=3'),$next"
with cancelled_late "$(call '/slow?seconds=9'),$next"
with cancelled_unsent "$(call /ok/unsent),$next"
start_executor --linger 300
until_true 60 asked 'slow?seconds=3'
"$hookline" --config "$conf" run cancel "$(run cancelled id)" >"$dir/cancel"
until_true 60 asked 'slow?seconds=9'
for name in cancelled_late cancelled_unsent; do
	"$hookline" --config "$conf" run cancel "$(run $name id)" >"$dir/cancel"
done
late_is_recorded() {
	[ -n "$(steps cancelled_late)" ]
}
until_true 60 late_is_recorded
end "$executor"
settings "$times"
is 'cancelled|c|c:done' "$(run cancelled 'status, step_id')|$(steps cancelled)" \
	'a run cancelled while leased goes no further, but its call is recorded'
is 'cancelled|c:done|200' "$(run cancelled_late status)|$(steps cancelled_late)|$(detail cancelled_late c status)" \
	'also where the lease had to be renewed meanwhile'
collect
is 'cancelled||0' "$(run cancelled_unsent status)|$(steps cancelled_unsent)|$(request /ok/unsent method | wc -l)" \
	'a call that waits for its turn is not made'

with term "$(call '/slow?seconds=1.6'),{\"id\":\"d\",\"type\":\"call_webhook\",\"url\":\"$http/ok/second\"}"
with term_last "$(call '/slow?seconds=1.7')"
start_executor --linger 300
until_true 60 asked 'slow?seconds=1.6' && until_true 10 asked 'slow?seconds=1.7'
end "$executor"
is 'completed|c:done' "$(run term_last status)|$(steps term_last)" \
	'SIGTERM: what is in flight is finished and recorded'
is 'waiting|d|0|c:done' "$(run term 'status, step_id, attempt')|$(steps term)" \
	'SIGTERM: what comes then is given back, without an attempt'
work
is 'completed|c:done d:done' "$(run term status)|$(steps term)" \
	'and the next executor takes it'

# --- many -------------------------------------------------------------------

settings "$times" 'claim_batch = 7'
publish many '"reentry":"always"' '' "$next,$(mail many),$(call /ok/many),
	{\"id\":\"tag\",\"type\":\"add_tag\",\"tags\":[\"many\"]}"
many() { # many EXECUTORS RUNS
	sql 'delete from hookline.run_step; delete from hookline.workflow_run'
	rm -f "$mail"/new/* "$requests"/*
	start_many "$2" many >"$dir/started"
	crew=
	for n in $(seq "$1"); do
		start_executor --linger 0
		crew="$crew $executor"
	done
	for executor in $crew; do
		wait "$executor" || fail "executor $executor ends well"
	done
	collect
	is "$2|$2|$2|$2" "$(sql "select
		(select count(*) from hookline.workflow_run where status = 'completed'),
		count(*), count(distinct m ->> 'message_id'),
		(select count(distinct h ->> 1) from request,
			jsonb_array_elements(r -> 'headers') h
		  where h ->> 0 = 'Idempotency-Key') from mail")" \
		"$1 executors, $2 runs: each message and each call once"
	is "$2|$(($2 * 4))" "$(sql 'select (select count(*) from request),
		count(*) from hookline.run_step')" 'and each step'
}
many 2 40
many 5 200
settings "$times"

# --- lingering --------------------------------------------------------------

start_executor --linger 300
sleep 1
with linger "$next"
soon 60 'a new run begins while an executor lingers' is_at linger completed

with restart "$(call '/slow?seconds=2.5'),$next"
with restart_mail "$(mail restart_mail),$next"
until_true 60 asked 'slow?seconds=2.5' && until_true 10 mailed restart_mail
svc_stop postgres INT
sleep 1
svc_postgres throwaway
with restarted "$next"
until_true 60 is_at restart completed
is 'completed|c:done next:done|1' "$(run restart status)|$(steps restart)|$(asked 'slow?seconds=2.5' 2 || echo 1)" \
	'the database restarts: what was in flight is recorded, and not done twice'
is 'completed|m:done next:done' "$(run restart_mail status)|$(steps restart_mail)" \
	'the database restarts: mail too'
soon 60 'the database restarts: the executor goes on' is_at restarted completed
end "$executor"

# --- runs that can't be carried out -----------------------------------------

publish poison '"reentry":"always"' '' "$next,$(mail poison)"
poison() { # poison NUMBER: the version of the document that stdin is
	sql "insert into hookline.workflow_version (account_id, workflow_id, version, document)
		select account_id, id, $1, \$j\$$(cat)\$j\$ from hookline.workflow where name = 'poison'"
	start poison >"$dir/started"
	sql "update hookline.workflow_run set version = $1 where id = $(cat "$dir/started")"
}
poison 2 <<-'JSON'
	{"settings":{"timezone":"Mars/Base"},"steps":[{"id":"next","type":"end"}]}
JSON
zone=$(cat "$dir/started")
poison 3 <<-'JSON'
	{"steps":[{"id":"next"}]}
JSON
typeless=$(cat "$dir/started")
poison 4 <<-'JSON'
	{"steps":[{"id":"next","type":"set_variable","name":"bad","value":1}]}
JSON
unrecorded=$(cat "$dir/started")
sql "alter table hookline.workflow_run add constraint no_bad check (not variables ? 'bad')"
vanished=$(start poison)
sql "update hookline.workflow_run set step_id = 'gone' where id = $vanished"
good=$(start poison)
work
is 0 "$exit_status" 'poison: the executor goes on'
reason() {
	sql "select status, last_error from hookline.workflow_run where id = $1"
}
is 'failed|database: time zone "Mars/Base" not recognized (22023)' \
	"$(reason "$zone")" 'poison: a time zone that is none'
is 'failed|unknown type of step' "$(reason "$typeless")" 'poison: a step without type'
is 'failed|step "gone" is not in version 1 of the workflow' \
	"$(reason "$vanished")" 'poison: a step that vanished'
case $(reason "$unrecorded") in
'failed|it can'"'"'t be recorded: '*no_bad*) ok 'poison: a run the database refuses' ;;
*) fail 'poison: a run the database refuses' "$(reason "$unrecorded")" ;;
esac
is 'completed|' "$(reason "$good")" 'poison: the neighbour is carried out'
sql 'alter table hookline.workflow_run drop constraint no_bad'

# --- a backlog --------------------------------------------------------------

settings "$times" 'max_in_flight = 4' 'http_timeout = 30' 'lease_seconds = 60'
publish backlog '"reentry":"always"' '' "$(call '/slow?seconds=40')"
start_many 40 backlog >"$dir/started"
sql "update hookline.workflow_run set attempt = 1 where status = 'waiting'"
start_executor --linger 300
until_true 60 asked 'slow?seconds=40'
publish fresh '"reentry":"always"' '' "$next"
start_many 10 fresh >"$dir/started"
soon 60 'new runs get through while retries hold their places' is_at fresh completed 10
end "$executor" KILL
sql "delete from hookline.run_step; delete from hookline.workflow_run"

# The lease is 15 s; the calls take 2 s each, one after the other.
settings "$times" 'max_in_flight = 9' 'per_destination = 1'
publish queue '"reentry":"always"' '' "$(call '/slow?seconds=2.01')"
start_many 12 queue >"$dir/started"
start_executor --linger 17
sleep 16.5
is 't|0' "$(sql "select count(*) > 0, count(*) filter (where due_at <= now())
	from hookline.workflow_run where status = 'running'")" \
	'calls that queue for their destination keep their leases'
wait "$executor"
is 0 $? 'the deadline ends it although more is due'
is '0|t' "$(sql "select count(*) filter (where status = 'running' or lost_leases > 0),
	count(*) filter (where status = 'waiting' and attempt = 0) >= 3
	from hookline.workflow_run")" \
	'what did not begin is given back, without an attempt'
collect
is "$(sql "select count(*) from hookline.workflow_run where status = 'completed'")" \
	"$(request seconds=2.01 method | wc -l)" 'and no call is made for nothing'
# A large backlog does not make claiming slow.
start_many 20000 queue >"$dir/started"
sql "update hookline.workflow_run set attempt = 1
	where status = 'waiting' and id % 2 = 0"
sql 'analyze hookline.workflow_run'
{
	echo 'prepare claim (text, integer, integer, integer, integer) as'
	cat "$top_srcdir/sql/query/run_claim.sql"
	echo "; explain execute claim ('x', 60, 50, 25, 1);"
} | psql -XAtq >"$dir/plan"
is '1|1|1|0' "$(grep -c 'Index Scan using workflow_run_due_new' "$dir/plan")|$(grep -c 'Index Scan using workflow_run_suspect' "$dir/plan")|$(grep -c 'Index Scan using workflow_run_due_again' "$dir/plan")|$(grep -cE 'Seq Scan on workflow_run|Sort|(Hash|Merge)( Left)? Join' "$dir/plan")" \
	'claiming reads by the partial indexes, and sorts nothing'
done_testing
