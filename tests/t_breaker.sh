#!/bin/sh
# t_breaker.sh - destinations that keep failing: they are left alone, waiting
# for them costs no attempts, one call tries them again for all executors, and
# they hold up nobody else.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

times='lease_seconds = 100
http_timeout = 80
smtp_timeout = 20
retry_schedule = 60s 120s 120s 120s'
settings "$times"

call() { # call URL [MORE]: a step
	printf '{"id":"c","type":"call_webhook","url":"%s"%s}' "$1" "${2:+,$2}"
}
mail() { # mail SUBJECT [MORE]
	printf '{"id":"m","type":"send_email","to":"a@example.com",%s"text":"x","subject":"%s"}' \
		"${2:+$2,}" "$1"
}
many() { # many NUMBER NAME STEPS: runs of a workflow of its own
	publish "$2" '"reentry":"always"' '' "$3" 2>>"$log"
	start_many "$1" "$2" >"$dir/started"
}
cli() {
	"$hookline" --config "$conf" "$@" 2>"$dir/err"
}
of() { # of DESTINATION COLUMNS
	sql "select $2 from hookline.destination where key = '$1'"
}
count() { # count NAME WHAT: runs of a workflow of which this is true
	sql "select count(*) from hookline.workflow_run
	      where workflow_id = (select w.id from hookline.workflow w
		where w.name = '$1') and ($2)"
}
tried() { # tried NAME: how many attempts were written down
	sql "select count(*) from hookline.run_step s
	       join hookline.workflow_run r on r.id = s.run_id
	       join hookline.workflow w on w.id = r.workflow_id
	      where w.name = '$1'"
}
time_passes() { # time_passes DESTINATION: it may be tried again
	sql "update hookline.destination set open_until = now() where key = '$1'"
	due_now
}
says() { # says FILE REGEX WHAT-MUST-HOLD
	holds "$3" grep -q "$2" "$1"
}
requests() { # how many came
	find "$requests" -name '*.json' | wc -l
}

# --- nobody there -----------------------------------------------------------

dead_port=$(svc_free_port)
dead=http://127.0.0.1:$dead_port
many 4 dead "$(call "$dead/slow?seconds={{custom_variables.seconds}}")"
work
is 'closed|4' "$(of "$dead" 'state, failures')" 'four failures are written down'
start dead >"$dir/started"
work
is 'open|5|1|t' "$(of "$dead" "state, failures, open_count,
	open_until between now() + interval '10 s' and now() + interval '73 s'")" \
	'the fifth in a row, of another executor: left alone for a minute'
is 5 "$(tried dead)" 'each was tried once'

start_many 5 dead >"$dir/started"
due_now
work
is '5|5|5' "$(tried dead)|$(count dead "attempt = 0 and step_id = 'c'")|$(count dead 'attempt = 1')" \
	'runs that wait for it lose no attempt, and write no step down'
is 10 "$(count dead "held_by = '$dead' and status = 'waiting' and due_at > (
	select open_until from hookline.destination)")" \
	'they wait until it may be tried'
cli --json run show "$(run dead id)" >"$dir/out"
says "$dir/out" "\"last_error\": *\"$dead is left alone until 20[-0-9 :]* UTC: 127.0.0.1: .*$dead_port" \
	'run show says until when, and why'
says "$dir/out" "\"held_by\": *\"$dead\"" 'and what it waits for'
cli destination list >"$dir/out"
says "$dir/out" "^$dead  *open .* 10 .*127.0.0.1: " 'destination list too'
cli doctor >"$dir/out"
says "$dir/out" "^warn  destinations: $dead is left alone until .* and 10 runs wait: .*fix: .* hookline destination close $dead" \
	'doctor too'

time_passes "$dead"
work
is "6|open|6|2|t" "$(tried dead)|$(of "$dead" "state, failures, open_count,
	open_until between now() + interval '20 s' and now() + interval '145 s'")" \
	'when the time has passed, one call tries it; in vain: twice as long'

sql "update hookline.destination set open_until = now()"
crew=
for n in 1 2 3 4 5 6 7 8; do
	{
		echo 'prepare probe (text, text, integer) as'
		cat "$top_srcdir/sql/query/destination_probe.sql"
		echo "; execute probe ('$dead', 'executor $n', 100);"
	} | psql -XAtq >"$dir/probe.$n" &
	crew="$crew $!"
done
for n in $crew; do
	wait "$n"
done
is 1 "$(cat "$dir"/probe.* | grep -c "^$dead")" 'of many executors one tries it'

serve revived "$top_srcdir/tests/http_server.py" --port "$dead_port" \
	--requests "$requests"
takes() { # takes SECONDS: each call to it
	sql "update hookline.workflow_run set variables = '{\"seconds\": $1}'"
}
takes 60
time_passes "$dead"
start_executor --linger 300
first=$executor
start_executor --linger 300
until_true 60 asked 'slow?seconds=60'
others_wait() {
	[ "$(count dead "status = 'waiting' and last_error like
		'$dead is being tried again after: 127.0.0.1: %'")" = 9 ]
}
soon 60 'while it is tried, the others wait' others_wait
is '1|half_open' "$(requests)|$(of "$dead" state)" 'of two executors one tries it'
end "$executor" KILL
end "$first" KILL
takes 0
due_now
work
is '1|half_open|6' "$(requests)|$(of "$dead" state)|$(tried dead)" \
	'its executor dies: nobody else tries it as long as it might be back'
time_passes "$dead"
work
is '2|' "$(requests)|$(of "$dead" state)" 'then somebody does, and it works'
says "$log" "info: $dead works again" 'which the log says'
lapse dead
due_now
work
is '10|11' "$(count dead "status = 'completed' and held_by is null")|$(requests)" \
	'and all that waited go on'

# --- answers that it can do nothing -----------------------------------------

failing=http://localhost:$port
many 12 refused "$(call "$failing/status/404")"
many 12 throttled "$(call "$failing/status/429")"
work
is '12|' "$(count refused "status = 'failed'")|$(of "$failing" state)" \
	'what refuses single calls, or wants fewer, is not left alone'
many 9 failing "$(call "$failing/status/500")"
work
is 'closed|0|9' "$(of "$failing" 'state, failures, window_failures')" \
	'nine failures make no rate'
many 9 working "$(call "$failing/ok")"
work
start failing >"$dir/started"
work
is 'closed|19|10' "$(of "$failing" 'state, window_calls, window_failures')" \
	'half of the calls fail: not left alone'
sql "update hookline.destination set window_started_at = now() - interval '6 minutes'"
start_many 10 failing >"$dir/started"
work
is 'open|10' "$(of "$failing" 'state, window_calls')" \
	'ten of ten within five minutes: left alone'
cli destination close "$failing" >"$dir/out"
is "0|DESTINATION  $failing|WOKEN        0" "$?|$(paste -sd'|' "$dir/out")" \
	'destination close'
cli destination close "$failing"
is 1 "$?" 'and once only'
has "$dir/err" "no destination \"$failing\" fails" 'with that reason'

settings "$times" 'per_destination = 2'
silent=http://127.0.0.1:$(svc_free_port)
many 30 queued "$(call "$silent/")"
work
is 't|30|t' "$(sql "select count(*) between 5 and 12 from hookline.run_step s
	where s.step_id = 'c' and s.detail ->> 'url' = '$silent/'")|$(count queued "status = 'waiting'")|$(sql "select count(*) >= 18
	from hookline.workflow_run where attempt = 0 and held_by = '$silent'")" \
	'calls that wait for their turn when it is left alone are not made'
settings "$times"

sql "update hookline.destination set open_until = now() + interval '10 minutes'"
are_held() { # are_held NUMBER
	[ "$(count queued 'held_by is not null')" = "$1" ]
}
held=$(count queued 'held_by is not null')
start_executor --linger 300
start queued >"$dir/started"
until_true 60 are_held $((held + 1))
serve silent "$top_srcdir/tests/http_server.py" --port "${silent##*:}"
cli destination close "$silent" >"$dir/out"
soon 60 'what is closed is called at once, by an executor that just left it alone' \
	are_held 0
end "$executor"

# --- the relay does not take the login --------------------------------------

smtp --auth house:right
relay=smtp://127.0.0.1:$smtp_port
echo wrong >"$dir/smtp.password"
chmod 600 "$dir/smtp.password"
settings "$times" 'smtp_user = house' "smtp_password_file = $dir/smtp.password"
with locked "$(mail locked '"on_error":"fail"')"
work
with behind "$(mail behind)"
work
is "waiting|0|$relay|waiting|0|$relay|" \
	"$(run locked 'status, attempt, held_by')|$(run behind 'status, attempt, held_by')|$(steps locked)$(steps behind)" \
	'535: no message fails, and no attempt is lost'
is 'open|SMTP 535' "$(of "$relay" 'state, substr(last_error, 1, 8)')" \
	'the relay is left alone at once'
says "$log" "warning: $relay is left alone for .* SMTP 535" 'and the log says so'
echo right >"$dir/smtp.password"
work
is waiting "$(run locked status)" 'another password alone tells nobody'
is "$relay 2" "$(cli --json destination close "$relay" |
	sed -n 's/.*"destination": *"\([^"]*\)".*/\1/p; s/.*"woken": *\([0-9]*\).*/\1/p' | paste -sd' ')" \
	'destination close wakes those that wait'
work
collect
is 'completed|m:done|completed|m:done|1|1|' \
	"$(run locked status)|$(steps locked)|$(run behind status)|$(steps behind)|$(message locked subject | wc -l)|$(message behind subject | wc -l)|$(of "$relay" state)" \
	'each message is sent once'

# --- secrets ----------------------------------------------------------------

printf 'Hidden.LocalHost' | cli secret set host >"$dir/out"
with secret "$(call "http://{{secret.host}}:$dead_port/status/500")"
work
is '1|0' "$(sql "select count(*) filter (where key ~ '^http://\*\*\*:$dead_port \([0-9a-f]{16}\)\$'),
	count(*) filter (where d::text ~* 'hidden') from hookline.destination d")" \
	'a host that comes out of a secret has no name here'

# --- others go on -----------------------------------------------------------

# More destinations than an executor remembers.
publish scattered '"reentry":"always"' '' "$(call 'http://{{custom_variables.host}}:9/')" 2>>"$log"
start_many 1200 scattered >"$dir/started"
sql "update hookline.workflow_run r
	set variables = jsonb_build_object('host', '127.2.' || r.id / 250 % 250 || '.' || r.id % 250)
	from hookline.workflow w where w.id = r.workflow_id and w.name = 'scattered'"
work
is '1200|1200' "$(tried scattered)|$(sql "select count(*) from hookline.destination
	where key like 'http://127.2.%' and failures = 1")" \
	'thousands of destinations that fail'

serve hole "$top_srcdir/tests/black_hole.py"
settings "$times" 'max_in_flight = 20' 'per_destination = 4'
many 200 hole "$(call "http://127.0.0.1:$port/")"
start_executor --linger 300
until_true 60 grep -q '^connection' "$s_out"
many 30 healthy "$(call "$http/ok/healthy")"
soon 60 'calls to a server that says nothing hold up no others' \
	is_at healthy completed 30
is '0|0' "$(tried hole)|$(sql "select count(*) from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id
	where w.name = 'hole' and (attempt > 1 or lost_leases > 0)")" \
	'while none of these is over, or has lost an attempt'
end "$executor" KILL
done_testing
