# shellcheck shell=sh disable=SC2034 # what is set here is read by the tests
# sql_house.sh - a throw-away PostgreSQL for the tests of the schema and of its
# functions, asked by psql: no program stands between.  A library for POSIX sh;
# says nothing about what must hold.
#
# Sourced, it sets up everything below a new folder $dir and takes it down when
# the test ends.  Each assertion prints "ok - ..." or "not ok - ...".

top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
hookline=$top_builddir/hookline
n_failed=0

# shellcheck source=tests/services.sh
. "$top_srcdir/tests/services.sh"

dir=$(mktemp -d) || exit 99

clean_up() {
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
	[ $# -lt 2 ] || printf '%s\n' "$2" | head -n 40 | sed 's/^/#   /'
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

like() { # like PATTERN GOT WHAT-MUST-HOLD: a basic regular expression
	if printf '%s\n' "$2" | grep -q -e "$1"; then
		ok "$3"
	else
		fail "$3" "expected something like: $1
     got: $2"
	fi
}

finish() {
	[ "$n_failed" = 0 ]
	exit
}

# --- databases --------------------------------------------------------------

svc_init "$dir"
svc_postgres throwaway >"$dir/services" 2>&1 || {
	cat "$dir/services"
	exit 99
}

as() { # as USER SQL: its last answer, or its error
	psql -XAtq -F ' ' -U "$1" -v ON_ERROR_STOP=1 -c "$2" 2>&1
}

sql() { # sql SQL: as the owner
	as "$PGUSER" "$1"
}

admin() {
	as postgres "$1"
}

# database NAME [OWNER]: a new, empty one, which all that follows uses
database() {
	PGDATABASE=postgres admin "create database $1 owner ${2:-hookline}" ||
		exit 99
	PGDATABASE=$1
	printf "database = dbname=%s user=%s\nlog_target = stderr\n" \
		"$1" "${2:-hookline}" >"$dir/$1.conf"
	HOOKLINE_CONFIG=$dir/$1.conf
	export HOOKLINE_CONFIG
}

# query NAME ARGUMENT...: a file of sql/query with SQL values as parameters
query() {
	printf 'prepare q as\n'
	cat "$top_srcdir/sql/query/$1.sql"
	shift
	printf ';\n'
	if [ $# = 0 ]; then
		printf 'execute q;\n'
	else
		(
			IFS=,
			printf 'execute q (%s);\n' "$*"
		)
	fi
}

as_query() { # as_query USER NAME ARGUMENT...: its answer, or its error
	asker=$1
	shift
	query "$@" | psql -XAtq -F ' ' -U "$asker" -v ON_ERROR_STOP=1 2>&1
}
