#!/bin/sh
# t_spool.sh - what the database can't take is not lost: it goes to the spool,
# is answered in time, and is brought in once, in order, whoever is killed
# meanwhile; what can't be brought in is named.
# shellcheck disable=SC2154,SC2086 # set by hook_house.sh; lists of processes
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

spool=$dir/spool
hookline_run=$top_builddir/hookline-run
name='[0-9]*-*'

drain() {
	"$hookline" --config "$conf" spool drain "$@" 2>>"$log"
}

waiting() {
	find "$spool" -maxdepth 1 -name "$name" | wc -l
}

failed() {
	find "$spool/failed" -name "$name" ! -name '*.why' 2>/dev/null | wc -l
}

# runs_of N: how often the delivery with this number became a run
runs_of() {
	sql "select count(*) from hookline.workflow_run
		where variables ->> 'n' = '$1'"
}

doctor() { # doctor: what it says of the spool, "STATUS DETAIL"
	"$hookline" --config "$conf" doctor 2>/dev/null |
		sed -n 's/^\([a-z]*\) *spool: /\1 /p'
}

# send N [VARIABLE=VALUE...]: a delivery; sets $took to the milliseconds
send() {
	s_n=$1
	shift
	s_began=$(date +%s%N)
	post "{\"n\":$s_n}" "$@"
	took=$((($(date +%s%N) - s_began) / 1000000))
}

# spooled N WHAT [VARIABLE=VALUE...]: goes to the spool
spooled() {
	s_what=$2
	away_over
	s_before=$(waiting)
	s_number=$1
	shift 2
	send "$s_number" "$@"
	is "200 {\"status\":\"spooled\"} $((s_before + 1))" \
		"$(status) $(body) $(waiting)" "$s_what: spooled"
	echo "# answered after $took ms"
}

publish Spool '"reentry":"always","contact":"optional"' \
	'"map":[{"from":"body.n","to":"custom_variables.n"}]'
token=${hook##*/}
mac=$(printf '%s' "$token" | cut -c17-)

# --- the ways to be away ----------------------------------------------------

send 1
is '200 enrolled' "$(outcome)" 'the database takes it'
holds 'there is no spool before it is needed' [ ! -e "$spool" ]

svc_stop postgres INT
spooled 10 'stopped'
is '700 600' "$(stat -c %a "$spool") $(stat -c %a "$spool"/$name)" \
	'the spool is for its owner alone'
lacks "$(echo "$spool"/$name)" "$mac" 'what opens the hook is not in the file'
send 11
is '200 spooled' "$(outcome)" 'stopped: the next one'
is 'read spool answer' "$(spent_on)" 'its time went to the spool'
holds 'is not even asked then' [ "$(grep -c 'goes to the spool' "$log")" = 1 ]
send 12
is '200 spooled' "$(outcome)" 'stopped: and the next'
away_over
hook HEAD "$hook" '' "$dir/empty"
is 503 "$(status)" 'HEAD does not go to the spool'
hook OPTIONS "$hook" '' "$dir/empty"
is 503 "$(status)" 'nor does OPTIONS'
hook GET "$hook/deliveries/1" '' "$dir/empty"
is 503 "$(status)" 'nor does a receipt'
forged=$(printf '%s' "$hook" | sed 's/.$//')
case $hook in *A) forged=${forged}B ;; *) forged=${forged}A ;; esac
hook POST "$forged" application/json "$dir/body"
is "404 3" "$(status) $(waiting)" 'a forged token does not reach the spool'
away_over
post '{"n":'
is "400 4" "$(status) $(waiting)" \
	'what is refused anyway is refused, and kept for its owner'
is 'warn 4 deliveries wait for the database' "$(doctor | sed 's| since.*||')" \
	'doctor says that they wait'
is 4 "$("$hookline" --config "$conf" --json spool status |
	sed -n 's/.*"waiting": *\([0-9]*\).*/\1/p')" 'status counts'
# On the disk before it is answered: the file, then its name.
is_on_disk_first() {
	if ! strace -o /dev/null true 2>/dev/null ||
		grep -q __asan_init "$hook_fcgi"; then
		skip 'the order of writing' 'nobody may trace here'
		return
	fi
	via="strace -f -s 16 -o $dir/trace
		-e trace=write,fsync,rename,renameat,renameat2 $hook_fcgi"
	away_over
	send 90
	via=$hook_fcgi
	is 'write fsync renameat fsync answer' "$(sed -n '
		s/^[0-9]* *write(1, "Status:.*/answer/p
		s/^[0-9]* *write(\([3-9]\|[1-9][0-9]\), "{\\"format.*/write/p
		s/^[0-9]* *\(fsync\|renameat\)[2]*(.* = 0$/\1/p' "$dir/trace" |
		tr '\n' ' ' | sed 's/ $//')" 'it is on the disk before it is answered'
	rm -f "$(find "$spool" -name "$name" -exec ls -t {} + | head -n 1)"
}
is_on_disk_first

drain >/dev/null 2>&1
is '1 4' "$? $(waiting)" 'draining waits for the database'
svc_postgres throwaway
is '4 brought in, 0 failed, 0 still waiting' "$(drain)" \
	'the database is back: all are brought in'
is '0 0 ' "$(waiting) $(failed) $(find "$spool" -name '.[0-9]*')" \
	'nothing is left in the spool'
is '10 11 12' "$(sql "select string_agg(variables ->> 'n', ' ' order by id)
	from hookline.workflow_run where variables ->> 'n' like '1_'")" \
	'once, in the order of arrival'
is '400 rejected' "$(sql "select http_status || ' ' || outcome
	from hookline.delivery order by received_at desc limit 1")" \
	'and the refused one can be seen'
is 0 "$(sql "select count(*) from hookline.delivery d
	join hookline.spool_entry s on s.delivery_id = d.id
	where abs(extract(epoch from d.received_at) * 1000000
	          - left(s.name, 20)::numeric) > 1")" \
	'received_at is when it arrived'

sql 'alter database hookline set default_transaction_read_only = on'
spooled 20 'read-only'
PGOPTIONS='-c default_transaction_read_only=off' \
	sql 'alter database hookline reset default_transaction_read_only'

sql "insert into hookline.migration values (9999, 'x', 'x')"
spooled 21 'another schema'
sql 'delete from hookline.migration where version = 9999'

psql -XAtq -U postgres -c 'alter role hookline connection limit 0'
spooled 22 'out of connections'
psql -XAtq -U postgres -c 'alter role hookline connection limit -1'

# lock SECONDS: nobody makes a run meanwhile
lock() {
	psql -XAtq -c 'begin; lock table hookline.workflow_run in exclusive mode' \
		-c "select pg_sleep($1)" -c commit >/dev/null &
	locker=$!
	for _ in $(seq 100); do
		[ "$(sql "select count(*) from pg_locks
			where relation = 'hookline.workflow_run'::regclass
			and mode = 'ExclusiveLock' and granted")" = 0 ] || return
		sleep 0.02
	done
}
lock 4
spooled 23 'a lock that is held'
wait "$locker"
is 0 "$(runs_of 23)" 'what waited for the lock is not kept behind our back'

# A statement that takes too long, and whose end the server does tell.
sql "create function slow() returns trigger language plpgsql as \$f\$
	begin perform pg_sleep(8); return new; end \$f\$;
	create trigger slow before insert on hookline.workflow_run
		for each row execute function slow()"
spooled 24 'too slow'
has "$log" 'no answer within 4000 ms' 'the log says why'
holds 'the server was told to stop' [ "$(sql "select count(*)
	from pg_stat_activity where application_name = 'hookline:hook'
	and state = 'active'")" = 0 ]
sql 'drop trigger slow on hookline.workflow_run'
is '5 brought in, 0 failed, 0 still waiting' "$(drain)" 'all of them come'
is '20 21 22 23 24' "$(sql "select string_agg(variables ->> 'n', ' ' order by id)
	from hookline.workflow_run where variables ->> 'n' like '2_'")" \
	'once, in the order of arrival'

# --- by FastCGI, many threads at a time too ---------------------------------

start_responder
send 30
is '200 enrolled' "$(outcome)" 'a process with a connection'
svc_stop postgres INT
spooled 31 'FastCGI, stopped'
svc_postgres throwaway
sleep 1.1
send 32
is '200 enrolled' "$(outcome)" 'a second later the database is asked again'
drain >/dev/null
is '1 1' "$(runs_of 31) $(runs_of 32)" 'and both are there'
start_responder --threads 8
send 33
is '200 enrolled' "$(outcome)" 'a process with threads and connections'
svc_stop postgres INT
away_over
pids=
for i in $(seq 16); do
	hook_to "$dir/thread.$i" POST "$hook" application/json "$dir/body" &
	pids="$pids $!"
done
wait $pids
is '16 16' "$(grep -l '"status":"spooled"' "$dir"/thread.* | wc -l) $(waiting)" \
	'threads: all that is under way is spooled'
svc_postgres throwaway
drain >/dev/null
is 17 "$(runs_of 33)" 'threads: and comes in'
via=$hook_fcgi

# --- what is not known ------------------------------------------------------

# The server stops in the middle of the statement, and goes on later.
backend_of() {
	sql "select pid from pg_stat_activity where state = 'active'
		and application_name = 'hookline:hook'
		and query like '%hook_receive%' and wait_event_type = 'Lock'"
}
freeze() { # freeze N: a delivery whose server process stands still
	away_over
	lock 4
	send "$1" >/dev/null 2>&1 &
	sender=$!
	for _ in $(seq 200); do
		backend=$(backend_of)
		[ -z "$backend" ] || break
		sleep 0.02
	done
	kill -STOP "$backend"
	wait "$locker" "$sender"
}
freeze 40
is "1 spooled" "$(waiting) $(text status)" 'the end was not heard: spooled'
has "$(echo "$spool"/$name)" '"may_be_kept":true' 'it may have been kept'
is '0 brought in, 0 failed, 1 still waiting' "$(drain)" \
	'it is not tried while the first try may go on'
away_over
send 41
kill -CONT "$backend"
for _ in $(seq 100); do
	[ -n "$(sql "select 1 from pg_stat_activity where pid = $backend")" ] ||
		break
	sleep 0.05
done
is 0 "$(runs_of 40)" 'what goes on after its time keeps nothing'

# ripe: the time after which the entry may be tried has come.  The file is
# written anew, with the right checksum.
ripe() {
	for file in "$spool"/$name; do
		head -c -73 "$file" | sed '1s/"try_after_us":[0-9]*/"try_after_us":1/' \
			>"$dir/ripe"
		printf '\nsha256 %s\n' "$(sha256sum <"$dir/ripe" | cut -c1-64)" \
			>>"$dir/ripe"
		cat "$dir/ripe" >"$file"
	done
}
ripe
is '1 brought in, 0 failed, 0 still waiting' "$(drain)" 'then it is tried'
is '1 1' "$(runs_of 40) $(runs_of 41)" 'and is there once'

# The answer is there, but the process stood still beyond its time.
start_responder
away_over
sql "create function late() returns trigger language plpgsql as \$f\$
	begin perform pg_sleep(2); return null; end \$f\$;
	create constraint trigger late after insert on hookline.workflow_run
		deferrable initially deferred
		for each row execute function late()"
send 42 >/dev/null 2>&1 &
sender=$!
for _ in $(seq 100); do
	[ -z "$(backend_of)" ] || break
	sleep 0.02
done
kill -STOP "$responder"
sleep 5
kill -CONT "$responder"
wait "$sender"
sql 'drop trigger late on hookline.workflow_run'
is '200 enrolled 0 1' "$(outcome) $(waiting) $(runs_of 42)" \
	'a process that stood still beyond its time tells what was kept'
via=$hook_fcgi

# As above, made by hand: kept by its first try, and in the spool as unknown.
svc_stop postgres INT
spooled 43 'to be made unknown'
svc_postgres throwaway
uid=$(echo "$spool"/$name | sed 's/.*-//')
sql "insert into hookline.delivery (account_id, trigger_id, method, http_status,
	outcome, request_uid, received_at)
	select account_id, id, 'POST', 200, 'filtered', decode('$uid', 'hex'), now()
	from hookline.trigger limit 1"
file=$(echo "$spool"/$name)
head -c -73 "$file" | sed '1s/"may_be_kept":false/"may_be_kept":true/' \
	>"$dir/unknown"
printf '\nsha256 %s\n' "$(sha256sum <"$dir/unknown" | cut -c1-64)" >>"$dir/unknown"
cat "$dir/unknown" >"$file"
drain >/dev/null
is '0 0 1' "$(waiting) $(runs_of 43) $(sql "select count(*)
	from hookline.delivery where request_uid = decode('$uid', 'hex')")" \
	'what its first try kept is not kept again'

# --- killed half-way, and many at once --------------------------------------

svc_stop postgres INT
away_over
for i in $(seq 100 219); do
	post "{\"n\":$i}"
done
is 120 "$(waiting)" 'many wait'
svc_postgres throwaway
for i in $(seq 1 12); do
	before=$(waiting)
	"$hookline" --config "$conf" spool drain >/dev/null 2>&1 &
	drainer=$!
	while [ "$(waiting)" = "$before" ] && kill -0 "$drainer" 2>/dev/null; do
		:
	done
	kill -9 "$drainer" 2>/dev/null
	wait "$drainer" 2>/dev/null
done
left=$(waiting)
echo "# after 12 drainers that were killed, $left are left"
holds 'they were killed half-way' [ "$left" -lt 120 ]
pids=
for _ in 1 2 3 4; do
	"$hookline" --config "$conf" spool drain >/dev/null 2>&1 &
	pids="$pids $!"
done
wait $pids
is '0 120 120' "$(waiting) $(sql "select count(*) || ' ' ||
	count(distinct variables ->> 'n') from hookline.workflow_run
	where (variables ->> 'n')::numeric between 100 and 219")" \
	'killed drainers, and four at once: each once'
is t "$(sql "select array_agg((variables ->> 'n')::numeric order by id) =
	array_agg((variables ->> 'n')::numeric order by (variables ->> 'n')::numeric)
	from hookline.workflow_run
	where (variables ->> 'n')::numeric between 100 and 219")" 'in order'

# Committed, but not yet removed when it was killed.
svc_stop postgres INT
spooled 300 'to be tried twice'
cp -p "$spool"/$name "$dir/"
svc_postgres throwaway
drain >/dev/null
cp -p "$dir"/[0-9]*-* "$spool/"
drain >/dev/null
is '0 1' "$(waiting) $(runs_of 300)" 'an entry that was tried twice is there once'

# --- the executor -----------------------------------------------------------

psql -XAtq -U postgres -c 'create role least login in role hookline_executor'
sed 's/user=hookline /user=least /' "$conf" >"$dir/run.conf"
svc_stop postgres INT
spooled 310 'for the executor'
svc_postgres throwaway
"$hookline_run" --config "$dir/run.conf" --linger 0 2>>"$log"
is '0 1' "$(waiting) $(runs_of 310)" 'the executor brings it in when it starts'
"$hookline_run" --config "$dir/run.conf" --linger 120 2>>"$log" &
executor=$!
sql 'alter database hookline set default_transaction_read_only = on'
spooled 311 'while the executor lingers'
PGOPTIONS='-c default_transaction_read_only=off' \
	sql 'alter database hookline reset default_transaction_read_only'
for _ in $(seq 300); do
	[ "$(runs_of 311)" = 0 ] || break
	sleep 0.1
done
is '0 1' "$(waiting) $(runs_of 311)" 'and while it lingers'
kill "$executor"
wait "$executor"

# An executor that cron starts meanwhile waits for the database.
svc_stop postgres INT
spooled 312 'before the executor starts'
"$hookline_run" --config "$dir/run.conf" --linger 300 2>"$dir/executor" &
executor=$!
bg="$bg $executor"
waits() { # waits HOW-OFTEN: it has said that it does
	for _ in $(seq 300); do
		[ "$(grep -c 'waiting for it$' "$dir/executor")" -lt "$1" ] || return
		sleep 0.1
	done
}
comes_in() { # comes_in N WHEN-IT-WAS-AWAY
	for _ in $(seq 300); do
		[ "$(runs_of "$1")" = 0 ] || break
		sleep 0.1
	done
	is '0 1' "$(waiting) $(runs_of "$1")" \
		"$2: the same executor brings it in when the database is back"
}
waits 1
svc_postgres throwaway
comes_in 312 'away at the start'
svc_stop postgres INT
spooled 313 'while the executor waits again'
waits 2
svc_postgres throwaway
comes_in 313 'away later'
kill "$executor"
wait "$executor"
is "0 2" "$? $(grep -c 'waiting for it$' "$dir/executor")" \
	'it ends well, and has said once each time that it waits'
has "$dir/executor" '2 deliveries of the spool were brought in, 0 failed' \
	'and what it brought in'
svc_stop postgres INT
for linger in 2 0; do
	"$hookline_run" --config "$dir/run.conf" --linger "$linger" 2>"$dir/executor"
	echo "$? $(grep -c 'waiting for it$' "$dir/executor")"
	grep -o 'the database is .*away.*: database: ' "$dir/executor"
done >"$dir/out"
is '75 1|the database is still away: database: |75 0|the database is away: database: |' \
	"$(tr '\n' '|' <"$dir/out")" \
	'the time is up and it is still away: status and message; without lingering at once'
svc_postgres throwaway
cat "$dir/executor" >>"$log"

# --- who only asks ----------------------------------------------------------

# A server that takes connections, and says nothing, instead of the database.
/usr/bin/python3 "$top_srcdir/tests/black_hole.py" >"$dir/hole" &
bg="$bg $!"
for _ in $(seq 100); do
	[ ! -s "$dir/hole" ] || break
	sleep 0.1
done
configure "$dir/hole.conf" 'request_deadline_ms = 1000'
hole_port=$(sed -n 's/^port //p' "$dir/hole")
sed -i "s|^database = .*|database = host=127.0.0.1 port=$hole_port dbname=hookline|" \
	"$dir/hole.conf"
ask() { # ask METHOD URI [VARIABLE=VALUE...]
	a_method=$1 a_uri=$2
	shift 2
	hook "$a_method" "$a_uri" '' "$dir/empty" "$@"
}
# unasked METHOD URI WHAT: answered 503 without a look at the database, then,
# when nothing is known of it, after one
unasked() {
	touch -d '+60 seconds' "$spool/away"
	u_before=$(grep -c connection "$dir/hole")
	ask "$1" "$2" HOOKLINE_CONFIG="$dir/hole.conf"
	is "503 60 $u_before" \
		"$(status) $(header Retry-After) $(grep -c connection "$dir/hole")" \
		"known to be away: $3 does not ask the database"
	away_over
	ask "$1" "$2" HOOKLINE_CONFIG="$dir/hole.conf"
	is "503 60 $((u_before + 1))" \
		"$(status) $(header Retry-After) $(grep -c connection "$dir/hole")" \
		"else $3 does"
	holds 'and finds out for all' [ -e "$spool/away" ]
	touch -d '-5 seconds' "$spool/away"
	ask "$1" "$2"
	is '2 gone' "$(status | cut -c1) $([ -e "$spool/away" ] || echo gone)" \
		"who finds it back says so: $3"
}
unasked OPTIONS "$hook" 'OPTIONS'
unasked GET "$hook/deliveries/$(sql "select min(d.id) from hookline.delivery d
	join hookline.trigger t on t.id = d.trigger_id
	join hookline.workflow w on w.id = t.workflow_id where w.name = 'Spool'")" 'a receipt'
unasked HEAD "$hook?n=1" 'HEAD'

# --- order by hook ----------------------------------------------------------

first=$hook
publish Neighbour '"reentry":"always","contact":"optional"' \
	'"map":[{"from":"body.n","to":"custom_variables.n"},
	{"from":"body.email","to":"contact.email"}]'
second=$hook
sql "insert into hookline.contact (account_id, email)
	select id, 'locked@example.com' from hookline.account;
	insert into hookline.contact_identity
	select c.account_id, 'email', c.email, c.id from hookline.contact c
	where c.email = 'locked@example.com'"
svc_stop postgres INT
away_over
post '{"n":400,"email":"locked@example.com"}'
post '{"n":401,"email":"free@example.com"}'
hook=$first
send 402
svc_postgres throwaway
psql -XAtq -c "begin; select from hookline.contact
	where email = 'locked@example.com' for update" \
	-c 'select pg_sleep(5)' -c commit >/dev/null &
locker=$!
sleep 0.5
is '1 brought in, 0 failed, 2 still waiting' "$(drain)" \
	'a hook that has to wait does not hold up another'
is '0 0 1' "$(runs_of 400) $(runs_of 401) $(runs_of 402)" \
	'but what is behind it at the same hook'
wait "$locker"
drain >/dev/null
is '400 401' "$(sql "select string_agg(variables ->> 'n', ' ' order by id)
	from hookline.workflow_run where variables ->> 'n' in ('400', '401')")" \
	'which comes after it'

# --- what can't be brought in -----------------------------------------------

hook=$first
svc_stop postgres INT
away_over
send 500
send 501
hook=$second
send 502
svc_postgres throwaway
torn=$(find "$spool" -maxdepth 1 -name "$name" | sort | head -n 1)
head -c 300 "$torn" >"$dir/torn"
cat "$dir/torn" >"$torn"
sql "update hookline.workflow set status = 'archived' where name = 'Neighbour'"
drain >"$dir/out"
is '1|1 brought in, 2 failed, 0 still waiting' "$?|$(cat "$dir/out")" \
	'draining says that some failed'
is 1 "$(grep -c '^the file is torn: ' "$spool"/failed/*.why | grep -c ':1$')" \
	'a torn file is told apart'
is 1 "$(grep -c 'its hook is not there any more' "$spool"/failed/*.why |
	grep -c ':1$')" 'as is one whose hook has gone'
is 1 "$(runs_of 501)" 'the others come in'
"$hookline" --config "$conf" spool status >"$dir/status"
has "$dir/status" 'its hook is not there' 'status says why'
is 'fail 2 deliveries could not be brought in' "$(doctor | sed 's/:.*//')" \
	'doctor says so'
sql "update hookline.workflow set status = 'published' where name = 'Neighbour'"
is '1 brought in, 1 failed, 0 still waiting' "$(drain --failed)" \
	'what failed can be tried again'
is '1 1' "$(runs_of 502) $(failed)" 'and comes in when it can'
rm -f "$spool"/failed/*

# Our own fault: a database that does not do as it should.
hook=$first
sql "create function broken() returns trigger language plpgsql as \$f\$
	begin raise exception 'broken' using errcode = 'XX000'; end \$f\$;
	create trigger broken before insert on hookline.workflow_run
		for each row execute function broken()"
away_over
send 510
is '200 spooled 0 1' "$(outcome) $(waiting) $(failed)" \
	'what fails by our fault is kept in failed/'
has "$(echo "$spool"/failed/*.why)" 'broken (XX000)' 'with the reason'
sql 'drop trigger broken on hookline.workflow_run'
drain >/dev/null
is '1 0' "$(failed) $(runs_of 510)" 'where it stays'
drain --failed >/dev/null
is '0 1' "$(failed) $(runs_of 510)" 'until somebody wants it tried again'

# --- bounds and permissions -------------------------------------------------

bound() { # bound WHAT LINE: with this setting the third of three is too much
	configure "$dir/bound.conf" "spool_dir = $dir/bound" "$2"
	sed -i "s|^database = .*|database = host=$dir/nowhere|" "$dir/bound.conf"
	rm -rf "$dir/bound"
	got=
	for i in 1 2 3; do
		rm -f "$dir/bound/away"
		send "60$i" HOOKLINE_CONFIG="$dir/bound.conf"
		got="$got$(status) "
	done
	is '200 200 503 ' "$got" "$1: the third is too much"
	is 60 "$(header Retry-After)" "$1: Retry-After"
	find "$dir/bound" -name "$name" | head -n 1 | xargs rm
	sleep 1.1
	send 604 HOOKLINE_CONFIG="$dir/bound.conf"
	is '200 spooled' "$(outcome)" "$1: where one went there is room again"
	pids=
	for i in $(seq 12); do
		hook_to "$dir/answer.$i" POST "$hook" application/json \
			"$dir/body" HOOKLINE_CONFIG="$dir/bound.conf" &
		pids="$pids $!"
	done
	wait $pids
	is '12 2' "$(grep -l '^Status: 503' "$dir"/answer.* | wc -l) $(find \
		"$dir/bound" -name "$name" | wc -l)" \
		"$1: many at once do not exceed it"
}
bound 'files' 'spool_max_files = 2'
send 601 HOOKLINE_CONFIG="$dir/bound.conf"
size=$(stat -c %s "$dir/bound"/$name | head -n 1)
bound 'bytes' "spool_max_bytes = $((size * 2 + size / 2))"

chmod 750 "$dir/bound"
send 610 HOOKLINE_CONFIG="$dir/bound.conf"
is 503 "$(status)" 'a spool that others can read is not used'
has "$log" "found mode 0750; run: chmod 700 $dir/bound" 'the log says the fix'
configure "$dir/bound.conf" "spool_dir = $dir/no/where"
"$hookline" --config "$dir/bound.conf" doctor >"$dir/out" 2>&1
has "$dir/out" "spool: $dir/no/where" 'doctor says when there can be none'
is 0 "$(grep -c -e "$mac" -e '"n":' "$log")" 'no token and no body in the log'

done_testing
