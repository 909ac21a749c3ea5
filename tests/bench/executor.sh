# shellcheck shell=bash disable=SC2034,SC2154 # sourced by ./dev
# executor.sh - steps a second, beside PostgreSQL's floor
# Sourced by ./dev bench.  Lets hookline-run carry out runs of ten local steps, with
# and without changes to contacts, runs with one call to an HTTP sink and with one
# message to an SMTP sink; beside it, in the same run, what pgbench reaches that
# leases and completes runs of ten steps in batches on the same server (the
# floor).  Then how long claiming takes beside many finished runs, and how soon a
# run's first step is done after its webhook.  A measurement, not a test: it has
# no threshold.
#
# What can be set, in the environment:
#   BENCH_RUNS=20000        how many runs each load has
#   BENCH_FINISHED=5000000  finished runs beside those that are claimed; 0: none
#   BENCH_SECONDS=20        how long webhooks come one by one

runs=${BENCH_RUNS:-20000}
finished=${BENCH_FINISHED:-5000000}
seconds=${BENCH_SECONDS:-20}

# shellcheck source=tests/bench_house.sh
. "$here/tests/bench_house.sh"

# --- workflows and runs -----------------------------------------------------

# workflow NAME STEPS
workflow() {
	cat >"$svc_dir/run/$1.json" <<-JSON
		{"format":"hookline/1","name":"$1",
		 "settings":{"reentry":"always","sender":{"email":"bench@example.com"}},
		 "trigger":{"type":"inbound_webhook","map":[
			{"from":"body.email","to":"contact.email"}]},
		 "steps":[$2]}
	JSON
	hookline --account Demo workflow import "$svc_dir/run/$1.json" --publish
}

# Eight steps that need memory alone, for ten.
local_steps() {
	local n
	for n in 1 2 3; do
		printf '{"id":"v%s","type":"set_variable","name":"n%s","value":"{{contact.email}} %s"},' \
			$n $n $n
		printf '{"id":"c%s","type":"if_else","branches":[{"when":{"field":"custom_variables.n%s","is":"contains","value":"@"},"steps":[]}]},' \
			$n $n
	done
	printf '{"id":"sum","type":"set_variable","name":"sum","value":"1.5","multiply":3},'
	printf '{"id":"split","type":"split","branches":[{"percent":50,"steps":[]},{"percent":50,"steps":[]}]}'
}

bench_workflows() {
	hookline account add Demo
	workflow Memory "$(local_steps),
		{\"id\":\"x\",\"type\":\"set_variable\",\"name\":\"x\",\"value\":\"1\"},
		{\"id\":\"y\",\"type\":\"set_variable\",\"name\":\"y\",\"value\":\"2\"}"
	workflow Changes "$(local_steps),
		{\"id\":\"u\",\"type\":\"update_contact\",\"set\":{\"city\":\"Bonn {{run.id}}\"}},
		{\"id\":\"t\",\"type\":\"add_tag\",\"tags\":[\"{{custom_variables.sum}}\"]}"
	workflow Call "{\"id\":\"c\",\"type\":\"call_webhook\",\"method\":\"GET\",\"url\":\"$(recall sink)/sink\"}"
	workflow Mail '{"id":"m","type":"send_email","to":"{{contact.email}}","subject":"Hello","text":"Hello {{contact.first_name|there}}"}'
	workflow First '{"id":"f","type":"set_variable","name":"x","value":"1"}'
}

# Each run has a contact of its own.
contacts() {
	as_superuser -c "insert into hookline.contact (account_id, email, first_name)
		select $account, 'c' || n || '@example.com', 'Alex' from generate_series(1, $runs) n"
}

# enrol NAME HOW-MANY: due at once
enrol() {
	as_superuser -c "insert into hookline.workflow_run (account_id, workflow_id,
		version, contact_id, step_id, reentry)
	select w.account_id, w.id, w.version, c.id, v.document -> 'steps' -> 0 ->> 'id', 'always'
	  from hookline.workflow w
	  join hookline.workflow_version v on v.account_id = w.account_id
	       and v.workflow_id = w.id and v.version = w.version
	 cross join lateral (select id from hookline.contact order by id limit $2) c
	 where w.name = '$1'"
	settle
}

left() {
	ask "select count(*) from hookline.workflow_run where status <> 'completed'"
}

empty() {
	as_superuser -c 'set client_min_messages = warning' -c \
		'truncate hookline.run_step, hookline.workflow_run cascade'
}

# --- what is measured -------------------------------------------------------

private_kib() { # private_kib PROCESS: now
	awk '/^Anonymous:/ { print $2 }' "/proc/$1/smaps_rollup" 2>/dev/null || :
}

# work EXECUTORS: until nothing is due; sets $took (seconds) and $kib (the most
# private memory of one)
work() {
	local began pids='' pid now
	kib=0
	began=$(date +%s%N)
	for _ in $(seq "$1"); do
		HOOKLINE_CONFIG=$svc_dir/hookline.conf \
			"$svc_dir/build/hookline-run" --linger 0 \
			2>>"$svc_dir/log/executor.log" &
		pids="$pids $!"
	done
	for pid in $pids; do
		while kill -0 "$pid" 2>/dev/null; do
			now=$(private_kib "$pid")
			[ "${now:-0}" -le "$kib" ] || kib=$now
			sleep 0.2
		done
		wait "$pid"
	done
	took=$(awk -v ns=$(($(date +%s%N) - began)) 'BEGIN { print ns / 1e9 }')
}

# measure WHAT WORKFLOW STEPS EXECUTORS [RUNS]: a row, and $rate
measure() {
	local n=${5:-$runs}
	empty
	enrol "$2" "$n"
	work "$4"
	[ "$(left)" = 0 ] || echo "  $1: $(left) of $n were not completed" \
		>>"$svc_dir/bench.faults"
	rate=$(awk -v n="$n" -v s="$3" -v t="$took" 'BEGIN { print n * s / t }')
	printf '%-42s %10.0f %9.1f\n' "$1" "$rate" \
		"$(awk -v k="$kib" 'BEGIN { print k / 1024 }')" >>"$svc_dir/bench.table"
}

pgbench() { # pgbench ARG...
	PGHOST=$(svc_sockets) "$(svc_pg_bin)/pgbench" -n -p 5432 -U hookline "$@" hookline
}

measure_floor() { # CLIENTS...: each a row; the best is $best
	local clients tps rate
	best=0
	for clients; do
		empty
		enrol Memory "$runs"
		tps=$(pgbench -M prepared -c "$clients" -j 1 \
			-t $((runs / 50 / clients)) -D "account=$account" \
			-D batch=50 -f "$here/tests/bench/lease.sql" |
			sed -n 's/^tps = \([0-9.]*\).*/\1/p')
		rate=$(awk -v t="$tps" 'BEGIN { print t * 50 * 10 }')
		printf '%-42s %10.0f\n' "pgbench, $clients clients" "$rate" \
			>>"$svc_dir/bench.table"
		[ "$clients" != 1 ] || alone=$rate
		best=$(awk -v a="$best" -v b="$rate" \
			'BEGIN { print (a > b) ? a : b }')
	done
}

# claim_all: how long it takes to claim 50 of 10,000 due runs, the middle one of
# five times 40 claims; without waiting for the disk, which is the same for all
claim_all() {
	local query
	# shellcheck disable=SC2016 # parameters
	query=$(sed 's/\$1/:who/; s/\$2/:lease/; s/\$3/:most/g; s/\$4/:again/; s/\$5/:suspect/' \
		"$here/sql/query/run_claim.sql")
	printf '%s\n' "$query" >"$svc_dir/run/claim.sql"
	for _ in 1 2 3 4 5; do
		PGOPTIONS='-c synchronous_commit=off' pgbench -M prepared -c 1 \
			-t 40 -D who=bench -D lease=300 -D most=50 -D again=0 \
			-D suspect=1 -f "$svc_dir/run/claim.sql" |
			sed -n 's/^latency average = \([0-9.]*\).*/\1/p'
	done | sort -n | sed -n 3p
}

measure_claim() {
	empty
	enrol Memory 10000
	claim_none=$(claim_all)
	empty
	as_superuser -v "account=$account" -v "finished=$finished" \
		-v "workflow=$(ask "select min(id) from hookline.workflow")" \
		-v "contact=$(ask 'select min(id) from hookline.contact')" \
		-f "$here/tests/bench/finished.sql"
	as_superuser -c 'vacuum hookline.workflow_run'
	enrol Memory 10000
	claim_many=$(claim_all)
}

# Webhooks come one by one while an executor lingers.
measure_first() {
	empty
	server=lighttpd hook_processes=1 hook_threads=4
	start_web >/dev/null
	start_executor
	wrk -t1 -c4 -d"${seconds}s" --timeout 10s -s "$here/tests/bench/ingest.lua" \
		"$(hookline --account Demo trigger url First)" -- 1 100 plain >/dev/null
	sleep 2
	first=$(ask "select count(*) || ' webhooks: p50 '
		|| round(1000 * percentile_cont(0.5) within group (order by x.s)::numeric) || ' ms, p99 '
		|| round(1000 * percentile_cont(0.99) within group (order by x.s)::numeric) || ' ms'
	  from (select extract(epoch from s.finished_at - r.started_at) as s
		  from hookline.run_step s join hookline.workflow_run r
		    on r.account_id = s.account_id and r.id = s.run_id) x")
	svc_stop executor -TERM
}

start_sinks() {
	rm -f "$svc_dir/log/smtp-sink.log" # of another time
	svc_spawn smtp-sink /usr/bin/python3 "$here/tests/bench/smtp_sink.py"
	svc_wait smtp-sink 20 grep -q '^port ' "$svc_dir/log/smtp-sink.log"
	sed -i "s|^smtp_url.*|smtp_url = smtp://127.0.0.1:$(sed -n 's/^port //p' \
		"$svc_dir/log/smtp-sink.log")|" "$svc_dir/hookline.conf"
	# A file that a web server gives away, as fast as one can.
	mkdir -p "$svc_dir/sink"
	echo '{"ok":true}' >"$svc_dir/sink/sink"
	cat >"$svc_dir/run/sink.conf" <<-CONF
		server.document-root = "$svc_dir/sink"
		server.bind = "127.0.0.1"
		server.port = $(recall sink-port)
	CONF
	svc_spawn http-sink lighttpd -D -f "$svc_dir/run/sink.conf"
}

fresh_bench
remember sink-port "$(svc_free_port)"
remember sink "http://127.0.0.1:$(recall sink-port)"
step_all=5
step 'build' 'See the log.' build_in "$svc_dir/build"
step 'database' 'See the log.' bench_database
step 'schema' 'See the log.' bench_schema
step 'sinks' 'See the log.' start_sinks
step 'account and workflows' 'See the log.' bench_workflows
account=$(ask "select id from hookline.account where name = 'Demo'")
contacts

measure 'ten steps in memory, 1 executor' Memory 10 1
one=$rate
measure 'ten steps in memory, 2 executors' Memory 10 2
two=$rate
measure 'eight in memory, two change the contact' Changes 10 1
changes=$rate
measure 'one call, 1 executor' Call 1 1 $((runs / 4))
measure 'one message, 1 executor' Mail 1 1 $((runs / 4))
measure_floor 1 2 4
measure_first
[ "$finished" = 0 ] || measure_claim

cat <<TEXT

$runs runs ($((runs / 4)) with a call or a message), synchronous_commit on

$(printf '%-42s %10s %9s' '' 'steps/s' 'MiB')
$(cat "$svc_dir/bench.table")

of the floor
  ten steps in memory, 1 executor    $(ratio "$one" "$alone") of 1 client, $(ratio "$one" "$best") of the best
  ten steps in memory, 2 executors   $(ratio "$two" "$best") of the best
  two of them change the contact     $(ratio "$changes" "$best") of the best
from webhook to first step, $first
$([ "$finished" = 0 ] || echo "claiming 50 of 10,000 due: $claim_none ms beside no finished runs, $claim_many ms
beside $finished: $(ratio "$claim_many" "$claim_none")")
$(cat "$svc_dir/bench.faults" 2>/dev/null)
TEXT
