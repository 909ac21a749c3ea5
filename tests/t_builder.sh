#!/bin/sh
# t_builder.sh - builder.fcgi, called as a web server calls it: it shows nothing
# in the clear, and its status page says what is known and no more.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u

# shellcheck source=tests/hook_house.sh
. "${top_srcdir:-.}/tests/hook_house.sh"
via=$top_builddir/builder.fcgi

page() { # page [VARIABLE=VALUE...]: the first one
	hook GET /status "" "$dir/empty" "$@"
}

# state WHAT: what the status page says of it
state() {
	body | tr -d '\n' | sed -n "s|.*<dt>$1</dt><dd[^>]*>\([^<]*\)</dd><dd>\([^<]*\)<.*|\1: \2|p"
}

says() { # says PATTERN WHAT-IT-SPEAKS-OF WHAT-MUST-HOLD
	state "$2" >"$dir/state"
	if grep -q -e "$1" "$dir/state"; then
		ok "$3"
	else
		fail "$3" "expected: $1
     got: $(cat "$dir/state")"
	fi
}

# --- in the clear -----------------------------------------------------------

page
is '200 text/html; charset=utf-8' "$(status) $(header Content-Type)" 'a page'
page REMOTE_ADDR=203.0.113.9
is 403 "$(status)" 'plain HTTP from elsewhere is refused'
lacks "$dir/answer" 'Executor|schema' 'with nothing in the answer'
page REMOTE_ADDR=203.0.113.9 HTTPS=on
is 200 "$(status)" 'HTTPS from elsewhere is not'
configure "$dir/plain.conf" 'require_https = no'
page REMOTE_ADDR=203.0.113.9 HOOKLINE_CONFIG="$dir/plain.conf"
is 200 "$(status)" 'plain HTTP where the configuration allows it'
hook PUT / text/plain "$dir/empty"
is '405 GET, HEAD, POST' "$(status) $(header Allow)" 'a page takes no other method'

# --- what the status page knows ---------------------------------------------

page
says '^running: schema version [0-9]' Database 'the database runs'
says '^not seen: never' Executor 'an executor that never ran'
sql "insert into hookline.executor (name) values ('here:1')" >/dev/null
page
says '^running: last seen' Executor 'an executor that runs'
sql "update hookline.executor set seen_at = now() - interval '1 hour'" >/dev/null
page
says '^not seen: .* 3[0-9]* s ago' Executor 'an executor that is late'

PGDATABASE=postgres PGUSER=postgres sql "create database bare owner hookline" >/dev/null
sed 's/dbname=hookline/dbname=bare/' "$conf" >"$dir/bare.conf"
page HOOKLINE_CONFIG="$dir/bare.conf"
says '^not usable: .*another schema.* or none' Database \
	'a database without schema is not called stopped'
says '^unknown: ' Executor 'and of the executor nothing is known'
sql "insert into hookline.migration values (9999, '9999_later', 'x')" >/dev/null
page
says '^not usable: .*another schema' Database 'nor one that is newer'
sql 'delete from hookline.migration where version = 9999' >/dev/null
sed 's/user=hookline/user=stranger/' "$conf" >"$dir/stranger.conf"
sql 'create role stranger login' >/dev/null
page HOOKLINE_CONFIG="$dir/stranger.conf"
says '^not usable: .*user' Database 'nor one whose user may not'
svc_stop postgres INT
page
says '^unknown: .*not reachable' Database 'a database that does not answer'
says '^unknown: ' Executor 'leaves the executor unknown'
lacks "$dir/answer" "$dir|user=|socket" 'and nothing of how it is reached'

done_testing
