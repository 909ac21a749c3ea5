#!/bin/bash
# dev_up.sh - the README's two commands as a newcomer gives them: ./dev up, the
# curl line it prints, the mail that comes of it, ./dev up again, with the
# other web server, ./dev down.  Builds and may install packages, so ./dev check
# runs it and make check does not.
set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
dir=$(mktemp -d "${TMPDIR:-/tmp}/hookline-up.XXXXXX") || exit 99
state=$dir/state
n_failed=0

clean_up() {
	"$top/dev" down --state "$state" >/dev/null 2>&1
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

ok() {
	printf 'ok - %s\n' "$*"
}

fail() { # fail WHAT-MUST-HOLD [FILE]
	printf 'not ok - %s\n' "$1"
	[ $# -lt 2 ] || tail -n 30 "$2" | sed 's/^/#   /'
	n_failed=$((n_failed + 1))
}

holds() { # holds WHAT-MUST-HOLD COMMAND...
	local what=$1
	shift
	if "$@"; then
		ok "$what"
	else
		fail "$what"
	fi
}

soon() { # soon SECONDS WHAT-MUST-HOLD COMMAND...
	local left=$(($1 * 5)) what=$2
	shift 2
	until "$@"; do
		left=$((left - 1))
		if [ $left -le 0 ]; then
			fail "$what"
			return
		fi
		sleep 0.2
	done
	ok "$what"
}

# --- what ./dev does --------------------------------------------------------

up() { # up WHAT-MUST-HOLD OPTION...
	local what=$1
	shift
	if "$top/dev" up --state "$state" "$@" >"$dir/up" 2>&1 9>&-; then
		ok "$what"
	else
		fail "$what" "$dir/up"
		exit 1
	fi
}

# A port that nobody listens on, asked of the kernel.
free_port() {
	/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# all_set NAME...: variables that DIR/env gives
all_set() {
	local name
	for name in "$@"; do
		[ -n "$(with_env printenv "$name")" ] || {
			echo "# $name is not set"
			return 1
		}
	done
}

# with_env COMMAND...: as one who has sourced DIR/env
with_env() {
	(
		set -a
		# shellcheck disable=SC1091 # it is made by ./dev up
		. "$state/env"
		"$@"
	)
}

# printed_curl NAME: give the curl line that was printed, with another name
printed_curl() {
	local line
	line=$(sed -n 's/^ *\(curl .*\)/\1/p' "$dir/up" | head -n 1)
	line=${line//alex@/$1@}
	sh -c "${line//Alex/$1} -sS --noproxy '*'" >"$dir/answer" 2>&1
}

mailed() { # mailed SUBJECT: a message with this subject lies in the mailbox
	grep -lqx "Subject: $1.\?" "$state"/mail/new/* 2>/dev/null
}

answers() { # answers TEXT: the hook said so
	grep -qF "$1" "$dir/answer"
}

n_runs() {
	with_env sh -c 'psql -XAtqc "select count(*) from hookline.workflow_run"'
}

# processes: all that have the state folder in their command line
processes() {
	local file
	for file in /proc/[0-9]*/cmdline; do
		{ tr '\0' ' ' <"$file" | grep -qF "$state/" &&
			echo "${file//[!0-9]/}"; } 2>/dev/null
	done
}

none_left() {
	[ -z "$(processes)" ]
}

refuses() { # refuses TEXT WHAT-MUST-HOLD COMMAND...: with a line that says TEXT
	local text=$1 what=$2
	shift 2
	if "$@" >"$dir/refused" 2>&1; then
		fail "$what: refused" "$dir/refused"
	elif grep -q "^error: .*$text" "$dir/refused"; then
		ok "$what: refused, saying why"
	else
		fail "$what: says why" "$dir/refused"
	fi
}

# --- what can't be ----------------------------------------------------------

refuses 'has a character' 'a folder with a blank in its name' \
	"$top/dev" up --state "$dir/my state"
holds 'and nothing is left behind' [ ! -e "$dir/my state" ]
refuses '--state needs a value' 'down --state without a folder' \
	"$top/dev" down --state

# --- a newcomer's first ten minutes -----------------------------------------

port=$(free_port)
up 'up' --port "$port"
holds 'DIR/env has every variable' all_set HOOKLINE_URL HOOKLINE_USER \
	HOOKLINE_PASSWORD HOOKLINE_CONFIG HOOKLINE_BIN HOOKLINE_MAIL \
	HOOKLINE_SAMPLE_HOOK PGHOST PGPORT PGUSER PGDATABASE
holds 'the builder is where it says' grep -qF "http://127.0.0.1:$port/" \
	"$dir/up"
holds 'and how to stop it' grep -qF "./dev down --state $state stops it" "$dir/up"
holds 'the password is for its owner alone' \
	[ "$(stat -c %a "$state/env")" = 600 ]
printed_curl Alex
holds 'the curl line is answered' answers '"status":"enrolled"'
soon 10 'the mail arrives' mailed 'Welcome to Professional, Alex'
soon 10 'and the one after the wait' mailed 'One question, Alex'
holds 'run list shows the run' with_env sh -c \
	'"$HOOKLINE_BIN/hookline" run list | grep -q Alex'
holds 'run show shows its steps' with_env sh -c \
	'"$HOOKLINE_BIN/hookline" run show 1 | grep -q hello_professional'
holds 'doctor finds nothing wrong' with_env sh -c \
	'"$HOOKLINE_BIN/hookline" doctor >"$1/doctor"' doctor "$dir"
holds 'psql finds the database' [ "$(n_runs)" = 1 ]

# --- again ------------------------------------------------------------------

cp "$state/env" "$dir/env"
up 'up while it runs'
holds 'and changes nothing' cmp -s "$state/env" "$dir/env"
up 'up with the other server' --server apache
holds 'and changes nothing' cmp -s "$state/env" "$dir/env"
printed_curl Berta
holds 'the curl line is answered' answers '"status":"enrolled"'
soon 10 'the mail arrives' mailed 'Welcome to Professional, Berta'

taken=$(free_port)
/usr/bin/python3 -m http.server --bind 127.0.0.1 "$taken" >/dev/null 2>&1 &
other=$!
soon 5 'another program has a port' curl -fsS --noproxy '*' -o /dev/null \
	"http://127.0.0.1:$taken/"
refuses "port $taken is in use" 'up with a port that is taken' \
	"$top/dev" up --state "$state" --port "$taken"
kill "$other"
printed_curl Emil
holds 'and what runs goes on' answers '"status":"enrolled"'

"$top/dev" down --state "$state" >"$dir/down" 2>&1 ||
	fail 'down' "$dir/down"
soon 5 'down leaves no process' none_left
printed_curl Carla
holds 'and nobody answers' [ "$(grep -c enrolled "$dir/answer")" = 0 ]
up 'up after down'
holds 'what was there is there' [ "$(n_runs)" = 3 ]
holds 'and the URLs are the same' cmp -s "$state/env" "$dir/env"
for server in postgres lighttpd apache; do
	[ ! -s "$state/run/$server.pid" ] ||
		kill -9 "$(cut -d' ' -f1 "$state/run/$server.pid")"
done
up 'up after a crash'
printed_curl Dora
soon 10 'a mail arrives' mailed 'Welcome to Professional, Dora'
"$top/dev" down --state "$state" >"$dir/down" 2>&1
soon 5 'down leaves no process' none_left

[ $n_failed = 0 ]
