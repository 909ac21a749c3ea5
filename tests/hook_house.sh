# shellcheck shell=sh disable=SC2034 # what is set here is read by the tests
# hook_house.sh - a house for the tests of hook.fcgi: a throw-away PostgreSQL,
# an account, and the real program, called as a web server calls it.  A library
# for POSIX sh; says nothing about what must hold.
#
# Sourced, it sets up everything below a new folder $dir and takes it down when
# the test ends.  Each assertion prints "ok - ..." or "not ok - ...".

hook_fcgi=$top_builddir/hook.fcgi
hookline=$top_builddir/hookline
shared=${HOOKLINE_SHARED:-$top_srcdir/../shared}
n_failed=0

# shellcheck source=tests/services.sh
. "$top_srcdir/tests/services.sh"

dir=$(mktemp -d) || exit 99
conf=$dir/hookline.conf
log=$dir/hook.log # all that hook.fcgi ever says
bg=               # processes to end with us

command -v cgi-fcgi >/dev/null || {
	echo 'skipped: no cgi-fcgi here (Debian: libfcgi-bin)'
	exit 77
}
clean_up() {
	for process in $bg; do
		kill -9 "$process" 2>/dev/null
	done
	svc_stop_all
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

# --- assertions -------------------------------------------------------------

ok() {
	printf 'ok - %s\n' "$*"
}

fail() { # fail WHAT-MUST-HOLD [DETAIL]
	printf 'not ok - %s\n' "$1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/#   /'
	n_failed=$((n_failed + 1))
}

is() { # is WANT GOT WHAT-MUST-HOLD
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		fail "$3" "expected: $1
     got: $2"
	fi
}

holds() { # holds WHAT COMMAND...
	h_what=$1
	shift
	if "$@"; then
		ok "$h_what"
	else
		fail "$h_what"
	fi
}

lacks() { # lacks FILE REGEX WHAT-MUST-HOLD: no line of FILE matches
	if found=$(grep -E -m 5 -e "$2" "$1"); then
		fail "$3" "$found"
	else
		ok "$3"
	fi
}

has() { # has FILE TEXT WHAT-MUST-HOLD: TEXT stands in FILE
	if grep -qF -e "$2" "$1"; then
		ok "$3"
	else
		fail "$3" "expected '$2' in: $(head -c 1500 "$1")"
	fi
}

done_testing() {
	lacks "$log" 'ERROR: |runtime error:|Sanitizer' \
		'no sanitizer has anything to say'
	[ "$n_failed" -eq 0 ] || {
		echo "# $n_failed failed; the log of hook.fcgi ends:"
		tail -n 20 "$log" | sed 's/^/#   /'
		exit 1
	}
}

# --- requests ---------------------------------------------------------------

# hook METHOD URI TYPE FILE [VARIABLE=VALUE...]: a request as CGI, its answer in
# $dir/answer, taken apart by the next three.
hook() {
	hook_to "$dir/answer" "$@"
}

# hook_to ANSWER METHOD URI TYPE FILE [VARIABLE=VALUE...]
hook_to() {
	h_answer=$1 h_method=$2 h_uri=$3 h_type=$4 h_file=$5
	shift 5
	case $h_uri in
	*\?*) h_query=${h_uri#*\?} ;;
	*) h_query= ;;
	esac
	env -i HOOKLINE_CONFIG="$conf" REQUEST_METHOD="$h_method" \
		REQUEST_URI="$h_uri" QUERY_STRING="$h_query" \
		CONTENT_TYPE="$h_type" CONTENT_LENGTH="$(wc -c <"$h_file")" \
		REMOTE_ADDR=127.0.0.1 "$@" $via <"$h_file" >"$h_answer" \
		2>>"$log"
}
via=$hook_fcgi # or, after start_responder, cgi-fcgi and its options

# start_responder [OPTION...]: from here on one process answers, by FastCGI; its id is in
# $responder.  cgi-fcgi closes the stderr of what it starts.
start_responder() {
	cat >"$dir/responder" <<-SH
		#!/bin/sh
		echo \$\$ >"$dir/responder.pid"
		HOOKLINE_CONFIG="$conf" exec "$hook_fcgi" $* 2>>"$log"
	SH
	chmod +x "$dir/responder"
	rm -f "$dir/socket" "$dir/responder.pid"
	cgi-fcgi -start -connect "$dir/socket" "$dir/responder" \
		>"$dir/start" 2>&1
	via="cgi-fcgi -bind -connect $dir/socket"
	hook GET /healthz '' "$dir/empty"
	responder=$(cat "$dir/responder.pid")
	bg="$bg $responder"
}

# lives: does the responder?  A dead one that init has yet to collect does not.
lives() {
	kill -0 "$responder" 2>/dev/null &&
		! grep -q '^State:.*Z' "/proc/$responder/status" 2>/dev/null
}

skip() { # skip WHAT WHY: a part of the test that can't be done here
	printf 'ok - %s # SKIP %s\n' "$1" "$2"
}

# post JSON [VARIABLE=VALUE...]: to the hook published last
post() {
	printf '%s' "$1" >"$dir/body"
	shift
	hook POST "$hook" application/json "$dir/body" "$@"
}

status() { # [ANSWER]
	sed -n '1s/^Status: \([0-9]*\).*/\1/p' "${1:-$dir/answer}"
}

header() { # header NAME
	tr -d '\r' <"$dir/answer" | sed -n "/^\$/q; s/^$1: //p"
}

body() {
	tr -d '\r' <"$dir/answer" | sed '1,/^$/d'
}

text() { # text NAME: a string member of the answer
	body | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# spent_on: the stages that the last delivery's time went to; `wait` may be none
spent_on() {
	sed -n '$ { /, ms: /!d; s/.*, ms: //; s/wait [0-9.]* //
		s/[a-z]* 0\.000 *//g; s/ [0-9.]*$//; s/ [0-9.]* / /g; p; }' "$log"
}

# outcome: "STATUS OUTCOME" of the answer
outcome() {
	echo "$(status) $(text status)"
}

# --- the database -----------------------------------------------------------

sql() { # sql STATEMENT: what it returns, columns parted by |
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

delivery() { # delivery COLUMNS: of the newest delivery
	sql "select $1 from hookline.delivery
		where id = (select max(id) from hookline.delivery)"
}

deliveries() {
	sql 'select count(*) from hookline.delivery'
}

# away_over: the next request asks the database whatever the one before found
away_over() {
	rm -f "$dir/spool/away"
}

# --- workflows --------------------------------------------------------------

wait_a_day='{"id":"rest","type":"wait","for":"1 day"}'

# document NAME SETTINGS TRIGGER [STEPS]: each as members of JSON
document() {
	cat <<-JSON
		{"format":"hookline/1","name":"$1","settings":{$2},
		"trigger":{"type":"inbound_webhook"${3:+,$3}},
		"steps":[${4-$wait_a_day}]}
	JSON
}

# draft, publish NAME SETTINGS TRIGGER [STEPS]: sets $hook to its URL's path
draft() {
	document "$@" >"$dir/document.json"
	import "$dir/document.json"
}

publish() {
	document "$@" >"$dir/document.json"
	import "$dir/document.json" --publish
}

import() {
	"$hookline" --config "$conf" --json workflow import "$@" \
		>"$dir/import" || {
		fail "a workflow is imported: $*" "$(cat "$dir/document.json")"
		exit 1
	}
	hook=$(sed -n 's|.*"url": *"[^"]*\(/hooks/[^"]*\)".*|\1|p' \
		"$dir/import")
}

# What the issue's example maps.
map_example='"map":[
	{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.first_name","to":"contact.first_name"},
	{"from":"body.last_name","to":"contact.last_name"},
	{"from":"body.source","to":"contact.source"},
	{"from":"body.plan","to":"custom_variables.plan"}]'

# --- the house --------------------------------------------------------------

# configure FILE [LINE...]
configure() {
	c_file=$1
	shift
	{
		echo "database = host=$PGHOST port=$PGPORT user=hookline" \
			"dbname=hookline"
		echo "base_url = ${base_url:-https://hooks.example.com}"
		echo 'secret_file = hookline.secret'
		echo 'log_target = stderr'
		echo 'log_level = debug'
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$c_file"
}

: >"$log"
: >"$dir/empty"
svc_init "$dir/services"
svc_postgres throwaway || exit 99
(umask 077 && od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' \
	>"$dir/hookline.secret" && echo >>"$dir/hookline.secret")
configure "$conf"
"$hookline" --config "$conf" db migrate >"$dir/migrate" &&
	"$hookline" --config "$conf" account add Shop >"$dir/account" || {
	cat "$dir/migrate"
	exit 99
}
