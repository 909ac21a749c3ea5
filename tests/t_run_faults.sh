#!/bin/sh
# t_run_faults.sh - what may go wrong in the executor's world, and what must hold
# all the same.  Each assertion begins with its row; those that are shown
# elsewhere are
#
#   b1   killed at any moment: t_crash.sh, t_crash_database.sh
#   b2   two and five executors at once: "many" in t_run_trouble.sh
#   b3   stopped for longer than its lease: "stopped" in t_run_trouble.sh
#   b5   documents that can't be carried out, a call that kills its executor:
#        "poison" and "deadly" in t_run_trouble.sh
#   b7   executors that overlap: "many" there
#   b8   the database restarts: "restart" there
#   b12  another schema than the program's, at the start: there
#
# Of b4, time zones and daylight saving are t_run_variables.sh's and t_db.sh's.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

# No cores of what is killed on purpose; dash and bash know it.
# shellcheck disable=SC3045
ulimit -c 0

times='lease_seconds = 15
http_timeout = 4
smtp_timeout = 4
retry_schedule = 60s 120s'
settings "$times"
PATH=$svc_pg:$PATH # psql itself, without the wrapper that Debian has
built=$(cd "$top_builddir" && pwd)

is_sanitized() {
	grep -q __asan_init "$hookline_run"
}
count='{"id":"count","type":"set_variable","name":"n","add":1}'
call='{"id":"call","type":"call_webhook","url":"'$http'/ok/call"}'

# by_status NAME: how many runs of workflow NAME have which status
by_status() {
	sql "select coalesce(string_agg(status || ' ' || n, ', ' order by status), '')
	       from (select r.status, count(*) as n from hookline.workflow_run r
		       join hookline.workflow w on w.id = r.workflow_id
		      where w.name = '$1' group by r.status) x"
}

# --- b5: a step that its executor does not survive --------------------------

# deadly_work: executors, until one ends by itself; sets $n_died
deadly_work() {
	n_died=0
	while [ "$n_died" -lt 20 ]; do
		LD_PRELOAD=$built/tests/die_on_match.so "$hookline_run" \
			--config "$run_conf" --linger 0 2>>"$log" &
		wait $! 2>/dev/null && return
		n_died=$((n_died + 1))
		sql "update hookline.workflow_run set due_at = now()
		      where status = 'running'"
	done
}

b5() {
	if is_sanitized; then
		skip 'B5: a deadly step' 'a sanitizer must be loaded first'
		return
	fi
	publish deadly '"reentry":"always"' '' \
		"$count"',{"id":"which","type":"if_else","branches":[{"when":
		{"field":"custom_variables.is","is":"matches","value":"^d"},
		"steps":['"$count2"']}]},'"$call"
	start_many 20 deadly "$alex" '{"is":"harmless"}' >"$dir/started"
	start deadly "$alex" '{"is":"deadly"}' >"$dir/started"
	start_many 20 deadly "$alex" '{"is":"harmless"}' >"$dir/started"
	deadly_work
	is 'completed 40, failed 1' "$(by_status deadly)" \
		'B5: the deadly run fails, and its neighbours go on'
	is '3|step "count": its executor died 3 times' "$n_died|$(sql "select last_error
		from hookline.workflow_run where status = 'failed'")" \
		'B5: three executors died, and the run says so'
	load_delivered
	is '40|t' "$(sql "select count(distinct identity), count(*) <= 40 + (select count(*)
		from hookline.run_step where status = 'unknown') from delivered
		where split_part(identity, '.', 1)::bigint in (select r.id
		from hookline.workflow_run r join hookline.workflow w
		  on w.id = r.workflow_id where w.name = 'deadly')")" \
		'B5: what was on its way beside it may be repeated, and says so'
}
count2='{"id":"count2","type":"set_variable","name":"n","add":1}'

# A variable that doubles 1000 times, and one that a template makes of it.
b5_expands() {
	with doubles '{"id":"v","type":"set_variable","name":"v","value":"{{custom_variables.v|x}}{{custom_variables.v|x}}"},
		{"id":"again","type":"go_to","step":"v"}'
	with other "$count"
	work
	is "0|failed|t|completed" "$exit_status|$(run doubles "status,
		last_error like 'step \"v\": %bytes%'")|$(run other status)" \
		'B5: a text that grows without end fails its run, and no other'
	is t "$(sql "select max(pg_column_size(variables)) < 1100000 from hookline.workflow_run")" \
		'B5: before it is large'
}

# --- b7: not more connections than there are --------------------------------

b7() {
	publish few '"reentry":"always"' '' "$count,$call"
	start_many 50 few >"$dir/started"
	by_admin -c 'alter role least connection limit 1'
	b7_crew=
	for _ in 1 2 3 4 5; do
		start_executor --linger 300
		b7_crew="$b7_crew $executor"
	done
	soon 60 'B7: one connection for five executors: all is done' is_at few completed 50
	by_admin -c 'alter role least connection limit -1'
	start_many 50 few >"$dir/started"
	soon 60 'B7: and more so with five' is_at few completed 100
	for executor in $b7_crew; do
		end "$executor"
	done
	is '100|100' "$(sql "select count(*), count(distinct run_id) from hookline.run_step s
		where s.step_id = 'call' and s.status = 'done' and run_id in (select id
		from hookline.workflow_run where workflow_id = (select id
		from hookline.workflow where name = 'few'))" | tr ' ' '|')" 'B7: once each'
}

# --- b2: twenty executors at once -------------------------------------------

b2() {
	settings "$times" 'claim_batch = 5'
	publish twenty '"reentry":"always"' '' "$count,$trail,$call"
	sql "select (x).contact_id from (select hookline.contact_upsert(a.id,
		jsonb_build_object('email', 'twenty-' || n || '@example.com'),
		'twenty-' || n || '@example.com') as x
		from hookline.account a, generate_series(1, 100) n) y" >"$dir/contacts"
	start twenty "$alex" >"$dir/started"
	sql "insert into hookline.workflow_run (account_id, workflow_id, version, contact_id, step_id, reentry)
	     select r.account_id, r.workflow_id, r.version, c.id, r.step_id, r.reentry
	       from hookline.contact c, hookline.workflow_run r
	      where r.id = $(cat "$dir/started") and c.email like 'twenty-%'"
	b2_crew=
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		start_executor --linger 0
		b2_crew="$b2_crew $executor"
	done
	b2_status=
	for executor in $b2_crew; do
		wait "$executor" || b2_status="$b2_status $?"
	done
	is '' "$b2_status" 'B2: twenty executors end well'
	is 'completed 101' "$(by_status twenty)" 'B2: together they carry out all'
	load_delivered
	is '303|303|101|101|101' "$(sql "select count(*), count(*) filter (where status = 'done'),
		(select count(*) from hookline.contact where custom ->> 'trail' = 'x'),
		(select count(*) from delivered),
		(select count(distinct identity) from delivered) from hookline.run_step")" \
		'B2: each step once, by the contacts and by the sink too'
	settings "$times"
}
trail='{"id":"trail","type":"update_contact","set":{"custom.trail":"{{contact.custom.trail}}x"}}'

# --- b4: the clock of the executor's machine --------------------------------

b4() {
	b4_library=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2>/dev/null)
	if is_sanitized || [ -z "$b4_library" ]; then
		skip 'B4: a wrong clock' 'no libfaketime (Debian: faketime) here, or a sanitizer before it'
		return
	fi
	for b4_clock in +2h -2h; do
		b4_name=clock$b4_clock
		with "$b4_name" "$count"',{"id":"rest","type":"wait","for":"1 hour"},
			{"id":"slow","type":"call_webhook","url":"'"$http"'/slow?seconds=2&'"$b4_clock"'"}'
		with "again$b4_clock" '{"id":"c","type":"call_webhook","url":"'"$http"'/status/503"}'
		clocked --linger 0
		wait "$executor"
		is 'waiting|t' "$(run "$b4_name" "status, due_at - now()
			between interval '55 minutes' and interval '1 hour'")" \
			"B4: $b4_clock: a wait ends by the database's clock"
		is 'waiting|t' "$(run "again$b4_clock" "status, due_at - now()
			between interval '0 s' and interval '75 s'")" \
			"B4: $b4_clock: so does one before the next try"
		clocked --linger 0
		wait "$executor"
		is waiting "$(run "$b4_name" status)" \
			"B4: $b4_clock: nothing is due before its time"
		due_now "$b4_name"
		clocked --linger 0
		until_true 60 asked "slow?seconds=2&$b4_clock"
		is 'running|t' "$(run "$b4_name" "status, due_at - now()
			between interval '1 s' and interval '15 s'")" \
			"B4: $b4_clock: a lease ends by the database's clock"
		wait "$executor"
		is 'completed|count:done rest:done slow:done' \
			"$(run "$b4_name" status)|$(steps "$b4_name")" "B4: $b4_clock: all is done"
	done
}
clocked() { # clocked OPTION...: an executor by $b4_clock, in the background
	LD_PRELOAD=$b4_library FAKETIME=$b4_clock DONT_FAKE_MONOTONIC=1 \
		FAKETIME_DONT_FAKE_MONOTONIC=1 "$hookline_run" \
		--config "$run_conf" "$@" 2>>"$log" &
	executor=$!
	bg="$bg $executor"
}

# --- b8: what the database refuses for a moment, or dies of -----------------

by_admin() {
	psql -XAtq -v ON_ERROR_STOP=1 -U postgres "$@"
}

# fail_once STATE: the next record fails so, and what it did is undone
fail_once() {
	sql "set client_min_messages = warning; drop sequence if exists tried;
	     create sequence tried; grant usage on sequence tried to public;
	     create or replace function fail_once() returns trigger language plpgsql as \$\$
	     begin
		if nextval('hookline.tried') = 1 then
			raise exception 'for a moment' using errcode = '$1';
		end if;
		return new;
	     end \$\$;
	     create or replace trigger fail_once before insert on hookline.run_step
		for each row when (new.step_id = 'call') execute function fail_once()"
}

b8() {
	b8_call='{"id":"call","type":"call_webhook","url":"'$http'/ok/refused"}'
	for b8_state in 40001 40P01 55P03 53100 57P01; do
		fail_once $b8_state
		with "state_$b8_state" "$count,$b8_call,$count2"
		work
		is "completed|2|count:done call:done count2:done" \
			"$(run "state_$b8_state" "status, variables -> 'n'")|$(steps "state_$b8_state")" \
			"B8: a record that fails with $b8_state is made again"
	done
	sql 'drop trigger fail_once on hookline.run_step'
	collect
	is 5 "$(request /ok/refused method | wc -l)" 'B8: and no call is made again'
	b8_deadlock
	b8_frozen
	b8_dies
}

# It does not answer for longer than a statement may take.
b8_frozen() {
	publish frozen '"reentry":"always"' '' "$count,$call,$count2"
	start_executor --linger 300
	until_true 60 b8_polls
	start_many 20 frozen >"$dir/started"
	# shellcheck disable=SC2046 # a list
	kill -STOP $(svc_backends)
	sleep 32
	# shellcheck disable=SC2046 # a list
	kill -CONT $(svc_backends)
	until_true 60 is_at frozen completed 20 || sql "update hookline.workflow_run
		set due_at = now() where status = 'running'"
	soon 60 'B8: a server that stood still: all goes on' is_at frozen completed 20
	end "$executor"
	is '20|t' "$(sql "select count(distinct run_id), count(*) filter (where step_id = 'count') = 20
		from hookline.run_step s where run_id in (select id
		from hookline.workflow_run where workflow_id = (select id
		from hookline.workflow where name = 'frozen'))")" 'B8: a server that stood still: local steps once'
}
b8_polls() {
	[ "$(sql "select count(*) from pg_stat_activity
		where application_name = 'hookline:run'")" -ge 1 ]
}

# The executor records contact 1, then waits for 2; another has 2, and wants 1.
b8_deadlock() {
	b8_bo=$(contact '{"email":"bo@example.com"}' bo@example.com)
	publish deadlock '"reentry":"always"' '' "$trail"
	start deadlock "$alex" >"$dir/started"
	start deadlock "$b8_bo" >"$dir/started"
	{
		echo "begin; update hookline.contact set city = 'x' where id = $b8_bo;"
		until_true 60 b8_waits >&2
		echo "update hookline.contact set city = 'x' where id = $alex; commit;"
	} | psql -XAtq 2>"$dir/deadlock" &
	b8_other=$!
	until_true 60 b8_holds
	work
	wait "$b8_other"
	is 'completed 2' "$(by_status deadlock)" 'B8: a deadlock: the executor tries again'
	is 2 "$(sql "select count(*) from hookline.run_step s
		join hookline.workflow_run r on r.id = s.run_id
		join hookline.workflow w on w.id = r.workflow_id
		where w.name = 'deadlock'")" 'B8: a deadlock: each step once'
}
b8_holds() {
	[ "$(sql "select count(*) from pg_stat_activity
		where state = 'idle in transaction'")" = 1 ]
}
b8_waits() {
	[ "$(by_admin -c "select count(*) from pg_stat_activity
		where application_name = 'hookline:run'
		  and wait_event_type = 'Lock'")" = 1 ]
}

# In the middle of a record, which waits for a lock, it dies at once.
b8_dies() {
	with dies "$count,$trail,$call,$count2"
	{
		echo "begin; update hookline.contact set city = 'x' where id = $alex;"
		sleep 60
	} | psql -XAtq >/dev/null 2>&1 &
	b8_other=$!
	bg="$bg $b8_other"
	until_true 60 b8_holds
	start_executor --linger 0
	until_true 60 b8_waits
	svc_stop postgres QUIT
	svc_postgres throwaway
	wait "$executor"
	b8_status=$?
	sql "update hookline.workflow_run set due_at = now() where status = 'running'"
	work
	is 'completed|2|count:done trail:done call:done count2:done' \
		"$(run dies "status, variables -> 'n'")|$(steps dies)" \
		"B8: PostgreSQL dies in the middle of a record: all goes on ($b8_status)"
}

# --- b9: full disks ---------------------------------------------------------

b9() {
	with full_log "$count,$call,$count2"
	"$hookline_run" --config "$run_conf" --linger 0 2>/dev/full
	is '0|completed' "$?|$(run full_log status)" 'B9: no room for the log: work goes on'
	mkdir "$dir/small"
	if ! mount -t tmpfs -o size=2m,mode=0777 none "$dir/small" 2>/dev/null; then
		skip 'B9: no room for the database' 'nobody may mount here'
		return
	fi
	trap 'umount -l "$dir/small" 2>/dev/null; clean_up' EXIT
	mkdir "$dir/small/table"
	[ "$svc_way" != setpriv ] || chown postgres: "$dir/small/table"
	by_admin -c "create tablespace small location '$dir/small/table'" \
		-c 'grant create on tablespace small to hookline'
	sql 'delete from hookline.run_step; alter table hookline.run_step set tablespace small'
	dd if=/dev/zero of="$dir/small/rest" bs=4k >/dev/null 2>&1
	publish full '"reentry":"always"' '' "$count,$call,$count2"
	start_many 300 full >"$dir/started"
	start_executor --linger 60
	soon 60 'B9: no room for the database: the log says so' \
		grep -q 'recording .*53100' "$log"
	rm "$dir/small/rest"
	soon 60 'B9: room again: all is done without hand work' is_at full completed 300
	end "$executor"
	collect
	is "300|900" "$(sql "select count(distinct h ->> 1)
		from request, jsonb_array_elements(r -> 'headers') h,
		     hookline.workflow_run w
		where h ->> 0 = 'Idempotency-Key' and split_part(h ->> 1, '.', 1)::bigint = w.id
		  and w.workflow_id = (select id from hookline.workflow where name = 'full')")|$(sql "select count(*)
		from hookline.run_step s where status = 'done' and run_id in (select id
		from hookline.workflow_run where workflow_id = (select id
		from hookline.workflow where name = 'full'))")" 'B9: each call and each step once'
	sql 'alter table hookline.run_step set tablespace pg_default'
	by_admin -c 'drop tablespace small'
	umount -l "$dir/small" # a server process may have a file of it open
}

# --- b12: the schema becomes newer than the program --------------------------

b12() {
	start_executor --linger 60
	with before_newer "$count"
	until_true 60 is_at before_newer completed
	sql "insert into hookline.migration values (9999, 'later', 'x')"
	by_admin -c "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'hookline:run'" >/dev/null
	sql "select hookline.run_start(jsonb_build_object('account_id', account_id,
		'workflow_id', workflow_id, 'version', version, 'contact_id', contact_id,
		'step_id', 'count', 'reentry', reentry), false)
		from hookline.workflow_run r where id = $(run before_newer id)" >"$dir/started"
	soon 60 'B12: a newer schema: it says what to do, and waits' grep -q \
		'schema version 9999, this program needs [0-9]*: install the newer programs; waiting' "$log"
	is 'waiting|0' "$(run before_newer 'status, seq')" 'B12: and touches nothing'
	sql 'delete from hookline.migration where version = 9999'
	soon 60 'B12: and goes on when they fit again' is_at before_newer completed 2
	end "$executor"
}

for row in ${FAULTS:-b2 b4 b5 b5_expands b7 b8 b9 b12}; do
	"$row"
done
done_testing
