# shellcheck shell=sh disable=SC2034,SC2154 # shared with the tests
# faults.sh - what may go wrong at the door, a function for each kind, and what
# must hold all the same.  The body that t_faults_lighttpd.sh and
# t_faults_apache.sh share; they say which server.  Each assertion begins with
# its row:
#
#   a1   killed at any moment                a9   the database, all its ways
#   a2   told to stop with work in hand      a10  the database fails over
#   a3   memory runs out                     a11  the primary is lost (a window
#   a4   bodies that break off                    that hook.fcgi(8) names)
#   a5   slow senders                        a12  a wrong clock
#   a6   sizes, and a host that cuts         a13  faulty heads and paths
#   a7   the same again                      a14  rotated and guessed URLs
#   a8   JSON of every kind                  a15  an attack on libfcgi
#
# More of some is shown elsewhere: a2, restarts of the servers themselves, at
# the end of t_lighttpd.sh and t_apache.sh; a4 short_body, a6 large_bodies, a13
# odd_requests in end_to_end.sh; a7 and a8 by CGI in t_door.sh, t_limits.sh and
# t_hook.sh; a9 in t_spool.sh; a14 in t_rate.sh and t_cli.sh.
#
# With HOOKLINE_FULL set, every moment is tried instead of a few; a2, a10 and a11
# are then only.
processes=1 far_over=
# shellcheck source=tests/end_to_end.sh
. "${top_srcdir:-$(dirname "$0")/..}/tests/end_to_end.sh"

faulty=$top_srcdir/tests/faulty_client.py
# No cores of what is killed on purpose; dash and bash know it.
# shellcheck disable=SC3045
ulimit -c 0
port=$(svc_free_port)
settings "base_url = http://127.0.0.1:$port" 'request_deadline_ms = 5000'
sql 'create table answered (key text, status int, outcome text, delivery bigint)'

full() {
	[ -n "${HOOKLINE_FULL-}" ]
}

is_sanitized() {
	grep -q __asan_init "$hook_fcgi"
}

# --- the server, with a hook.fcgi that a row can wrap ------------------------

# mod_fcgid holds back a program that dies often, and looks every three seconds
# for who died.
cat >"$svc_dir/run/apache.more" <<-CONF
	FcgidSpawnScoreUpLimit 100000
	FcgidErrorScanInterval 1
CONF

# What stands in $dir/wrap is done by each hook.fcgi before it is one.
make_bin() {
	bin=$dir/bin
	built=$(cd "$top_builddir" && pwd)
	mkdir -p "$bin/apache" "$bin/lighttpd"
	cp "$built/builder.fcgi" "$bin"
	cp "$built/lighttpd/hookline.conf" "$bin/lighttpd"
	sed 's/^\([	 ]*RequestReadTimeout\) .*/\1 header=3 body=3,MinRate=500/' \
		"$built/apache/hookline.conf" >"$bin/apache/hookline.conf"
	# What a host may set behind its customers' backs.
	cat >>"$bin/apache/hookline.conf" <<-'CONF'
		<If "%{HTTP:X-Host} == 'small'">
			LimitRequestBody 100000
		</If>
	CONF
	cat >"$bin/hook.fcgi" <<-SH
		#!/bin/sh
		. "$dir/wrap"
		exec "$built/hook.fcgi" "\$@"
	SH
	chmod +x "$bin/hook.fcgi"
}
make_bin

# serve [LINE...]: the server anew; lines for $dir/wrap
serve() {
	[ "$server" = lighttpd ] && processes=4 || processes=16
	printf '%s\n' "$@" >"$dir/wrap"
	stop_server
	"svc_$server" "$bin" "$conf" "$port" "$processes" 2 || {
		fail "$server starts"
		exit 1
	}
}

# serve_as_ever: memory may be made to run out, but does not by itself
serve_as_ever() {
	if is_sanitized; then # which has an allocator of its own
		serve
	else
		serve "export LD_PRELOAD='$built/tests/fail_malloc.so'" \
			"export FAIL_MALLOC='$dir/fail'"
	fi
}

# all_begun: Apache starts a process when all that it has are busy; a dead one
# is missed only when it is the last
all_begun() {
	about "begun-$row" >"$dir/sent"
	"$faulty" same "$port" "$hook" "$dir/sent" "begun-$row" 32 >"$dir/begun"
}

stop_server() {
	case $server in
	lighttpd) svc_stop lighttpd INT ;;
	apache) svc_stop apache TERM ;;
	esac
	svc_end_web
}

answers() {
	ask /healthz
	[ "$got" = 200 ]
}

# --- deliveries, and what must hold of them ---------------------------------

n_sent=0 row=
: >"$dir/answered"

# about KEY: a delivery in which everything says which it is
about() {
	printf '{"email":"%s@example.com","first_name":"%s","last_name":"Last %s",
		"phone":"+4930%010d","plan":"%s","source":"faults"}' \
		"$1" "$1" "$1" "$(printf '%s' "$1" | cksum | cut -d' ' -f1)" "$1"
}

# deliver KEY [OPTION...]: what the sender is told is noted
deliver() {
	d_key=$1
	shift
	about "$d_key" >"$dir/sent"
	post_as application/json "$dir/sent" -H "Idempotency-Key: $d_key" "$@"
	d_outcome=
	if [ "$got" = 200 ]; then
		d_outcome=$(member '.status + "," + .delivery')
		printf '%s,%s,%s\n' "$d_key" "$got" "$d_outcome" >>"$dir/answered"
		d_outcome=${d_outcome%,*}
	fi
}

# takes KEY [OPTION...]: the sender tries until it is taken
takes() {
	until_true 60 is_taken "$@"
}

is_taken() {
	deliver "$@"
	[ "$got" = 200 ]
}

# taken KEY WHAT-MUST-HOLD: at once
taken() {
	deliver "$1"
	is '200 enrolled' "$got $d_outcome" "$row: $2"
}

runs_of() {
	sql "select count(*) from hookline.workflow_run
		where variables ->> 'plan' = '$1'"
}

kept() { # rows of deliveries, and entries of the spool
	echo "$(deliveries) $(find "$dir/spool" -maxdepth 1 -name '[0-9]*-*' \
		2>/dev/null | wc -l)"
}

drained() {
	"$hookline" --config "$conf" spool drain >"$dir/drained" 2>>"$log" &&
		! grep -q ' [1-9][0-9]* still waiting' "$dir/drained"
}

# What may have been kept after all waits until its own request must be over.
drain() {
	until_true 60 drained
}

# invariants_hold: once what was spooled is in
invariants_hold() {
	drain
	sql 'truncate answered'
	psql -XAtq -v ON_ERROR_STOP=1 -c \
		"\\copy answered from '$dir/answered' (format csv)"
	is '' "$(psql -XAtq -v ON_ERROR_STOP=1 -f \
		"$top_srcdir/tests/invariants.sql" 2>&1 | head -n 40)" \
		"$row: the invariants hold"
}

once='"reentry":"always"'
by_key="\"dedup\":{\"preset\":\"idempotency-key\"},$map_example"

# begin ROW: a workflow for it
begin() {
	row=$1
	echo "# $row"
	publish "$row" "$once" "$by_key"
}

# --- a1: killed at any moment -----------------------------------------------

may_trace() {
	! is_sanitized && sleep 5 &
	m_target=$!
	strace -o /dev/null -p "$m_target" 2>"$dir/strace" &
	m_tracer=$!
	until_true 3 grep -q attached "$dir/strace"
	m_may=$?
	kill "$m_tracer" "$m_target" 2>/dev/null
	wait "$m_tracer" "$m_target" 2>/dev/null
	! is_sanitized && return "$m_may"
}

# threads_of WHICH: of all hook.fcgi, as options: those that look a hook up
# (find), those that keep (keep), the others, which talk to the server (talk);
# a process without threads does it all
threads_of() {
	for t_process in $(hook_processes); do
		t_n=0
		for t_thread in $(cd "/proc/$t_process/task" && ls | sort -n); do
			t_n=$((t_n + 1))
			case $1$t_n in
			find2 | keep3 | talk1 | talk[4-9]*) echo "-p $t_thread" ;;
			esac
		done
	done
}

# kill_at WHICH CALLS N KEY: such a thread is killed as it enters the N-th of
# these calls; sets $hit to whether there were so many
kill_at() {
	k_threads=$(threads_of "$1")
	# shellcheck disable=SC2086 # a list of options
	strace -o "$dir/trace" -e "trace=$2" -e "inject=$2:signal=SIGKILL:when=$3" \
		$k_threads 2>"$dir/strace" &
	k_tracer=$!
	until_true 60 all_attached
	deliver "$4"
	k_first="$got $d_outcome"
	# Told to end while what it killed is still dying, strace may wait for ever.
	kill "$k_tracer" 2>/dev/null
	until_true 5 tracer_ended || kill -9 "$k_tracer"
	wait "$k_tracer" 2>/dev/null
	hit=0
	! grep -q 'killed by SIGKILL' "$dir/trace" || hit=1
}

tracer_ended() {
	! svc_stamp "$k_tracer" >/dev/null
}

# One that was started meanwhile is not traced.
kill_at_last() {
	for _ in 1 2 3; do
		k_before=$(hook_processes)
		kill_at "$@"
		[ "$hit" = 0 ] && [ "$k_before" != "$(hook_processes)" ] || return 0
	done
}

all_attached() {
	[ "$(grep -c attached "$dir/strace")" -ge \
		"$(printf '%s\n' "$k_threads" | wc -l)" ]
}

# kill_everywhere WHAT WHICH CALL...: each call in turn, until the request is
# through before its N-th; not in full, only the first
kill_everywhere() {
	e_what=$1 e_which=$2 e_n=0 e_answered=
	shift 2
	for e_call; do
		e_at=1
		while kill_once && full; do
			e_at=$((e_at + 1))
		done
	done
	holds "$row: $e_what: killed in $e_n places ($e_which)" [ "$e_n" -gt 0 ]
	is '' "$(echo "$e_answered" | tr ' ' '\n' | grep -v '^5..$' |
		grep -vx 200)" "$row: $e_what: the sender is told to try" \
		"again, or that it is there ($e_which)"
}

kill_once() {
	e_key=kill-$(echo "$e_what" | tr -dc a-z)-$e_which-$e_call-$e_at
	until_true 60 answers
	away_over
	kill_at_last "$e_which" "$e_call" "$e_at" "$e_key"
	[ "$hit" = 1 ] || return 1
	e_n=$((e_n + 1)) e_answered="${e_answered:+$e_answered }$got"
	echo "# killed entering $e_call $e_at: $k_first"
	takes "$e_key" || fail "$row: $e_key: the retry is taken" "$got"
}

a1() {
	begin A1
	if ! may_trace; then
		skip "$row: killed at any moment" 'nobody may trace here'
		return
	fi
	all_begun
	full && a1_more='read recvfrom sendto' || a1_more=
	# shellcheck disable=SC2086 # lists
	kill_everywhere 'the database is there' talk $a1_more write
	if [ "$server" = lighttpd ]; then # which has clerks with threads
		! full || kill_everywhere 'the database is there' find \
			recvfrom sendto
		# shellcheck disable=SC2086 # lists
		kill_everywhere 'the database is there' keep $a1_more recvfrom
	fi
	invariants_hold
	svc_stop postgres INT
	full && a1_more='write fsync' || a1_more=
	# shellcheck disable=SC2086 # lists
	kill_everywhere 'the spool' talk $a1_more renameat
	svc_postgres throwaway
	away_over
	taken after-kills 'the next request is taken'
	invariants_hold
}

# --- a2: told to stop with work in hand -------------------------------------

a2() {
	begin A2
	if ! full; then
		ok "$row: see the graceful restart and stop in t_$server.sh"
		return
	fi
	until_true 60 answers
	a2_process=$(hook_processes | head -n 1)
	hold 0.5
	(deliver stopping && echo "$got $d_outcome" >"$dir/in_flight") &
	sender=$!
	until_true 60 locks 'not granted'
	for a2_process in $(hook_processes); do
		kill -TERM "$a2_process"
	done
	wait "$sender" "$holder"
	is '200 enrolled' "$(cat "$dir/in_flight")" \
		"$row: SIGTERM lets a request in hand finish"
	is 1 "$(runs_of stopping)" "$row: and it is kept once"
	soon 60 "$row: then the process ends" eval '! kill -0 "$a2_process" 2>/dev/null'
	holds "$row: the next request is taken" takes stopped
	invariants_hold
}

# --- a3: memory runs out ----------------------------------------------------

# hunger N once|on KEY: the N-th allocation for this request fails
hunger() {
	rm -f "$dir/fail.hit"
	echo "$1 $2" >"$dir/fail.new"
	mv "$dir/fail.new" "$dir/fail"
	deliver "$3"
	h_got="$got $d_outcome"
	rm -f "$dir/fail"
	case $h_got in
	'200 enrolled' | '200 duplicate' | '200 spooled') ;;
	500* | 502* | 503* | 000*) ;;
	*) a3_odd="$a3_odd $1-$2:$h_got" ;;
	esac
	if [ "$got" != 200 ]; then
		takes "$3" || a3_odd="$a3_odd $1-$2:not-taken-later"
	fi
}

# allocations: how many a request makes, of a process that made some before
allocations() {
	for a3_n in 1 2 3; do
		until_true 60 answers
		rm -f "$dir/fail.count"
		echo '1000000000 once' >"$dir/fail"
		deliver "count-$a3_n"
		answers
	done
	cat "$dir/fail.count" 2>/dev/null || echo 0
}

a3() {
	begin A3
	if is_sanitized; then
		skip "$row: memory runs out" 'a sanitizer has an allocator of its own'
		return
	fi
	all_begun
	a3_all=$(allocations)
	holds "$row: a request allocates $a3_all times" [ "$a3_all" -gt 100 ]
	full && a3_stride=3 || a3_stride=$((a3_all / 4 + 1))
	a3_odd='' a3_hits=0
	for a3_mode in once on; do
		a3_n=1
		while [ "$a3_n" -le "$a3_all" ]; do
			hunger "$a3_n" "$a3_mode" "hunger-$a3_mode-$a3_n"
			[ ! -e "$dir/fail.hit" ] || a3_hits=$((a3_hits + 1))
			a3_n=$((a3_n + a3_stride))
		done
	done
	is '' "$a3_odd" "$row: the sender is never told that it is to blame"
	holds "$row: memory ran out $a3_hits times" [ "$a3_hits" -gt 4 ]
	invariants_hold
}

# --- the other rows ---------------------------------------------------------

# shellcheck source=tests/faults_sender.sh
. "$top_srcdir/tests/faults_sender.sh"
# shellcheck source=tests/faults_database.sh
. "$top_srcdir/tests/faults_database.sh"

# faults: the whole table, or the rows named in FAULTS
faults() {
	serve_as_ever
	for f_row in ${FAULTS:-a1 a2 a3 a4 a5 a6 a7 a8 a9 a13 a14 a15 a12 a10}; do
		"$f_row"
		# What it could do to the next is undone.
		away_over
	done
	cat "$services_log/$server.log" >>"$log"
	done_testing
}
