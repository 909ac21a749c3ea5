#!/bin/sh
# t_hook_process.sh - hook.fcgi as a process: with no more rights than its role
# has, when told to stop, when the database goes and comes, and its memory.
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

publish Process '"reentry":"always","contact":"optional"' "$map_example"

# --- the role hookline_hook -------------------------------------------------

psql -XAtq -U postgres -v ON_ERROR_STOP=1 <<-SQL
	create role web login;
	grant hookline_hook to web;
SQL
sed 's/user=hookline /user=web /' "$conf" >"$dir/web.conf"
post '{"email":"role@example.com","phone":"+12025550143","plan":"x"}' \
	HOOKLINE_CONFIG="$dir/web.conf"
is '200 enrolled' "$(outcome)" 'the role of receiving can receive'
post '{"email":"role@example.com","plan":"x"}' HOOKLINE_CONFIG="$dir/web.conf"
is '200 enrolled' "$(outcome)" 'and match who is there'
post '{"email":' HOOKLINE_CONFIG="$dir/web.conf"
is 400 "$(status)" 'and keep what it refuses'
is 'permission denied for table contact' "$(psql -XAtq -U web -c \
	'select * from hookline.contact' 2>&1 | sed 's/^ERROR:  //')" \
	'and read no contact'

# --- SIGTERM ----------------------------------------------------------------

start_responder
first=$responder
lock_for_a_second() {
	psql -XAtq -c 'begin; lock table hookline.contact in access exclusive mode;
		select pg_sleep(1); commit' >/dev/null &
	locker=$!
	for _ in $(seq 100); do
		[ "$(sql "select count(*) from pg_locks
			where relation = 'hookline.contact'::regclass
			and mode = 'AccessExclusiveLock' and granted")" = 0 ] ||
			return
		sleep 0.02
	done
}

lock_for_a_second
post '{"email":"term@example.com"}' &
client=$!
for _ in $(seq 50); do
	[ "$(sql "select count(*) from pg_stat_activity where
		application_name = 'hookline:hook'
		and wait_event_type = 'Lock'")" = 0 ] || break
	sleep 0.02
done
kill -TERM "$responder"
wait "$client" "$locker"
is '200 enrolled' "$(outcome)" 'SIGTERM lets the request in hand finish'
is 1 "$(sql "select count(*) from hookline.contact
	where email = 'term@example.com'")" 'and what was answered is stored'
for _ in $(seq 50); do
	lives || break
	sleep 0.1
done
holds 'SIGTERM is obeyed then' eval '! lives'

# --- the database goes and comes --------------------------------------------

start_responder
holds 'another process answers' [ "$responder" != "$first" ]
post '{"email":"before@example.com"}'
is 200 "$(status)" 'a process with a connection'
sql "select pg_terminate_backend(pid) from pg_stat_activity
	where application_name = 'hookline:hook'" >/dev/null
post '{"email":"after@example.com"}'
is 200 "$(status)" 'a connection that was cut is made again'
svc_stop postgres INT
post '{"email":"down@example.com"}'
is '200 spooled' "$(outcome)" 'the database is stopped'
post '{"email":"down@example.com"}'
is '200 spooled' "$(outcome)" 'and is not asked for each request'
svc_postgres throwaway
away_over
post '{"email":"up@example.com"}'
is 200 "$(status)" 'the database is back'
sql 'alter database hookline set default_transaction_read_only = on'
sql "select pg_terminate_backend(pid) from pg_stat_activity
	where application_name = 'hookline:hook'" >/dev/null
post '{"email":"read-only@example.com"}'
is '200 spooled' "$(outcome)" 'the database is read-only'
is 1 "$(grep -c 'in a read-only transaction' "$log")" 'and the log says so'
PGOPTIONS='-c default_transaction_read_only=off' \
	sql 'alter database hookline reset default_transaction_read_only'
post '{"email":"writable@example.com"}'
is 200 "$(status)" 'the database is writable again'
holds 'one process has seen it all' lives

# --- memory -----------------------------------------------------------------

# What is the process's own.  (Private_* would count pages of its files too,
# whenever no other process happens to map them.)
private_kib() {
	awk '/^Anonymous:/ { print $2 }' "/proc/$responder/smaps_rollup"
}

mixed() { # mixed N: as many requests, of all kinds
	for i in $(seq "$1"); do
		case $((i % 8)) in
		0) post "{\"email\":\"m$i@example.com\",\"plan\":\"$i\"}" ;;
		1) post "{\"email\":\"m$i@example.com\",,}" ;;
		2) hook GET "$hook?email=m$i@example.com" '' "$dir/empty" ;;
		3) hook POST "$hook" application/x-www-form-urlencoded \
			"$dir/form" ;;
		4) hook POST "$hook" application/json "$dir/large" ;;
		5) hook DELETE "$hook" '' "$dir/empty" ;;
		6) hook POST "/hooks/$i" application/json "$dir/form" ;;
		7) hook HEAD "$hook" '' "$dir/empty" ;;
		esac
		status
	done | sort | uniq -c | tr -s ' \n' ' '
}

printf 'email=form%%40example.com&a[b][]=1&a[b][]=2' >"$dir/form"
{
	printf '{"email":"large@example.com","list":[0'
	seq 20000 | sed 's/.*/,{"n":&.5,"s":"\\u00e9"}/'
	printf ']}'
} >"$dir/large"
for i in $(seq 20); do
	post "{\"email\":\"m$i@example.com\",\"plan\":\"$i\"}"
done
after_20=$(private_kib)
mixed 40 >/dev/null
after_40=$(private_kib)
is ' 125 200 25 400 25 404 25 405 ' "$(mixed 200)" '200 mixed requests'
after_240=$(private_kib)
if grep -q __asan_init "$hook_fcgi"; then
	skip 'memory' 'a sanitizer keeps what was freed'
else
	holds 'memory does not grow' [ $((after_240 - after_40)) -le 512 ]
	echo "# private memory: $after_20 KiB, with large bodies $after_40," \
		"after 200 more $after_240"
fi
holds 'one process answered all' lives

done_testing
