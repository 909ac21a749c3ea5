# shellcheck shell=bash disable=SC2034,SC2154 # sourced by ./dev
# ingest.sh - deliveries a second, beside PostgreSQL's floor
# Sourced by ./dev bench.  Loads hook.fcgi over keep-alive connections with
# distinct new contacts: under lighttpd with threads, under lighttpd and Apache
# with single-request processes.  Beside it, in the same run, what pgbench reaches
# with the same writes in one statement on the same server (the floor), and what
# lighttpd and hook.fcgi answer without a database (the ceiling).  Then what
# verify, dedup and the spool cost, and in which stages the time of an answer
# goes.  A measurement, not a test: it has no threshold.
#
# What can be set, in the environment:
#   BENCH_SECONDS=8       how long each load takes; some 3 minutes in all
#   BENCH_CONNECTIONS=32  keep-alive connections
#   BENCH_STORED=0        5000000: also with so many deliveries and contacts
#                         stored, beside none; takes 5 minutes and 10 GB more

seconds=${BENCH_SECONDS:-8}
connections=${BENCH_CONNECTIONS:-32}
stored=${BENCH_STORED:-0}
processes=8

# shellcheck source=tests/bench_house.sh
. "$here/tests/bench_house.sh"

# workflow NAME [TRIGGER-MEMBERS]: the sample with more in its trigger; its
# hook's URL
workflow() {
	sed -e "s/\"name\": \"Welcome\"/\"name\": \"$1\"/" \
		-e "s/\"type\": \"inbound_webhook\",/&${2:-}/" \
		"$here/doc/samples/welcome.json" >"$svc_dir/run/$1.json"
	hookline --account Demo workflow import "$svc_dir/run/$1.json" --publish
	remember "hook-$1" "$(hookline --account Demo trigger url "$1")"
}

bench_workflows() {
	hookline account add Demo
	printf 'bench\n' | hookline --account Demo secret set bench
	workflow Plain
	workflow Verify '"verify":{"scheme":"hmac","header":"X-Signature","secret":"secret:bench"},'
	workflow Dedup '"dedup":{"from":"body.email"},'
}

# --- loads ------------------------------------------------------------------

# Numbers that tell the contacts of one phase from those of all others.
next_run() {
	local run
	run=$(recall bench-run)
	remember bench-run $((${run:-0} + 1))
	recall bench-run
}

# load SECONDS [KIND [PAUSE [WORKFLOW]]]: "RATE P50 P99 ERRORS MEAN"; KIND is
# ingest.lua's; each connection pauses PAUSE milliseconds between its requests.
load() {
	wrk -t2 -c"$connections" -d"$1s" --timeout 10s \
		-s "$here/tests/bench/ingest.lua" \
		"$(recall "hook-${4:-Plain}")" -- \
		"$(next_run)" "${3:-0}" "${2:-plain}" | sed -n 's/^result //p'
}

floor_load() { # floor_load CLIENTS: transactions a second
	PGHOST=$(svc_sockets) "$(svc_pg_bin)/pgbench" -n -M prepared \
		-c "$1" -j 2 -T "$seconds" -p 5432 -U hookline \
		-D "run=$(next_run)" -D i=0 -D "account=$account" \
		-D "workflow=$workflow" -D "trigger=$trigger" \
		-f "$here/tests/bench/floor.sql" hookline |
		sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

private_kib() { # of each hook.fcgi, the largest
	local pid
	for pid in $(pgrep -f "^$svc_dir/build/hook.fcgi"); do
		awk '/^Anonymous:/ { print $2 }' "/proc/$pid/smaps_rollup"
	done | sort -n | tail -n 1
}

# under SERVER PROCESSES THREADS [LOG-LEVEL]: that web server, in place of the
# other
under() {
	server=$1 hook_processes=$2 hook_threads=$3
	svc_stop lighttpd INT
	svc_stop apache TERM
	sed -i '/^log_level/d' "$svc_dir/hookline.conf"
	echo "log_level = ${4:-info}" >>"$svc_dir/hookline.conf"
	start_web >/dev/null
}

# --- what is printed --------------------------------------------------------

row() { # row NAME RATE [P50 P99 NOT-2XX [MIB]]
	printf '%-34s %10.0f %8s %8s %7s %7s\n' "$1" "$2" "${3:-}" "${4:-}" \
		"${5:-}" "${6:-}" >>"$svc_dir/bench.table"
}

compare() { # compare WHAT A B
	printf '  %-34s %s\n' "$1" "$(ratio "$2" "$3")" \
		>>"$svc_dir/bench.ratios"
}

# measure NAME [KIND [WORKFLOW]]: the web server that runs; a row, and $rate
measure() {
	local p50 p99 errors
	load 2 "${2:-plain}" 0 "${3:-Plain}" >/dev/null # connect, plan, cache
	settle
	read -r rate p50 p99 errors _ < <(load "$seconds" "${2:-plain}" 0 \
		"${3:-Plain}")
	row "$1" "$rate" "$p50" "$p99" "$errors" \
		"$(awk -v k="$(private_kib)" 'BEGIN { printf "%.1f", k / 1024 }')"
}

# --- phases -----------------------------------------------------------------

# A tenth of the load, and requests that need no database.
measure_light() {
	read -r tenth _ tenth_p99 _ < <(load "$seconds" plain "$(awk \
		-v r="$threads" -v c="$connections" \
		'BEGIN { printf "%d", 10000 * c / r }')")
	ceiling=$(wrk -t2 -c"$connections" -d3s "$(recall url)/healthz" |
		sed -n 's|^Requests/sec: *||p')
}

# The database goes while senders go on, and comes back to what they sent.
measure_spool() {
	local p50 p99 errors began waiting
	svc_stop postgres INT
	load 1 >/dev/null # somebody has to find out
	read -r rate p50 p99 errors _ < <(load "$((seconds / 2 + 1))")
	row '  database away, to the spool' "$rate" "$p50" "$p99" "$errors"
	compare 'to the spool' "$rate" "$threads"
	waiting=$(find "$svc_dir/spool" -maxdepth 1 -name '[0-9]*-*' | wc -l)
	svc_postgres durable
	began=$(date +%s%N)
	hookline spool drain >"$svc_dir/log/drain.log"
	rate=$(awk -v n="$waiting" -v ns="$(($(date +%s%N) - began))" \
		'BEGIN { print n * 1e9 / ns }')
	row '  from the spool' "$rate"
	compare 'from the spool' "$rate" "$threads"
}

# stages NAME PROCESSES THREADS: two columns of the table of stages.  The log
# tells what hook.fcgi sees; what else a sender waits for is the web server's.
stages() {
	local mean
	under lighttpd "$2" "$3" debug
	load 2 >/dev/null
	: >"$svc_dir/log/lighttpd.log"
	settle
	read -r _ _ _ _ mean < <(load "$((seconds / 2 + 1))")
	awk -v sender="$mean" -v name="$1" '
		# in steps of a hundredth of a millisecond
		function count(stage, ms) {
			sum[stage] += ms
			seen[stage, int(ms * 100)]++
		}
		function p99(stage, left, i) {
			left = n * 0.99
			for (i = 0; left > 0; i++)
				left -= seen[stage, i]
			return i / 100
		}
		sub(/.*: delivery .*, ms: /, "") {
			total = 0
			for (i = 1; i < NF; i += 2) {
				stage[(i + 1) / 2] = $i
				count($i, $(i + 1))
				total += $(i + 1)
			}
			n_stages = NF / 2
			count("hook.fcgi", total)
			n++
		}
		END {
			printf "%s\tmean ms\tp99 ms\n", name
			stage[++n_stages] = "hook.fcgi"
			for (i = 1; i <= n_stages && n > 0; i++)
				printf "%s\t%.2f\t%.2f\n", stage[i],
					sum[stage[i]] / n, p99(stage[i])
			printf "sender\t%s\t\n", sender
		}' "$svc_dir/log/lighttpd.log" >"$svc_dir/bench.stages.$1"
}

measure_floor() { # each CLIENTS a row; the best is $best
	local clients tps
	best=0
	for clients; do
		settle
		tps=$(floor_load "$clients")
		row "pgbench, $clients clients" "$tps"
		best=$(awk -v a="$best" -v b="$tps" \
			'BEGIN { print (a > b) ? a : b }')
	done
}

empty() {
	PGOPTIONS='-c client_min_messages=warning' as_superuser -c 'truncate
		hookline.contact, hookline.delivery, hookline.delivery_key cascade'
}

fill() {
	as_superuser -v "stored=$stored" -v "account=$account" \
		-v "workflow=$workflow" -v "trigger=$trigger" \
		-f "$here/tests/bench/stored.sql"
}

# With nothing stored and with much: addresses one after the other as in all
# other loads, and anywhere among those stored.
measure_stored() {
	local before before_scattered
	empty
	under lighttpd 1 32
	measure 'threads, nothing stored'
	before=$rate
	measure '  scattered' scattered
	before_scattered=$rate
	empty
	step "$stored stored" 'See the log.' fill
	measure "threads, $stored stored"
	compare "with $stored stored" "$rate" "$before"
	measure '  scattered' scattered
	compare '  scattered' "$rate" "$before_scattered"
}

fresh_bench
step_all=$((stored > 0 ? 5 : 4))
step 'build' 'See the log.' build_in "$svc_dir/build"
step 'database' 'See the log.' bench_database
step 'schema' 'See the log.' bench_schema
step 'account and workflows' 'See the log.' bench_workflows
account=$(ask "select id from hookline.account where name = 'Demo'")
workflow=$(ask "select id from hookline.workflow where name = 'Plain'")
trigger=$(ask "select id from hookline.trigger where workflow_id = $workflow")

under lighttpd 1 32
measure 'lighttpd, 1 process, 32 threads'
threads=$rate
measure '  with verify (hmac)' signed Verify
compare 'with verify' "$rate" "$threads"
measure '  with dedup' plain Dedup
compare 'with dedup' "$rate" "$threads"
measure_light
measure_spool
stages threads 1 32
stages processes $processes 1
under lighttpd $processes 1
measure "lighttpd, $processes processes"
singles=$rate
under apache $processes ''
measure "Apache mod_fcgid, $processes processes"
apache=$rate
measure_floor 4 8 16 32
[ "$stored" = 0 ] || measure_stored

cat <<TEXT

$connections keep-alive connections, $seconds s each, new contacts, synchronous_commit on

$(printf '%-34s %10s %8s %8s %7s %7s' '' 'per second' 'p50 ms' 'p99 ms' 'not 2xx' 'MiB')
$(cat "$svc_dir/bench.table")

of the floor, $best transactions a second
  lighttpd with threads              $(ratio "$threads" "$best")
  lighttpd, processes                $(ratio "$singles" "$best")
  Apache, processes                  $(ratio "$apache" "$best")
of the same load with threads, without that
$(cat "$svc_dir/bench.ratios")
at $tenth a second         p99 $tenth_p99 ms
without a database         $ceiling a second

where the time goes
$(paste "$svc_dir/bench.stages.threads" "$svc_dir/bench.stages.processes" |
	awk -F '\t' '{ printf "  %-10s %8s %8s   %-10s %8s %8s\n", $1, $2, $3, $4, $5, $6 }')
TEXT
