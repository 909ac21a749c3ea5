# shellcheck shell=sh disable=SC2034,SC2154 # shared with faults.sh
# faults_database.sh - the rows of faults.sh in which the database is away, or a
# clock is wrong: a9 to a12.

# --- a9: the database, in all its ways to be away ----------------------------

gone() { # gone HOW: a delivery goes to the spool
	away_over
	deliver "gone-$1"
	is '200 spooled' "$got $d_outcome" "$row: $1: spooled"
}

back() { # back HOW: no error is left over for whoever comes next
	away_over
	taken "back-$1" "$1 no more: the next is taken"
	taken "second-$1" "$1 no more: and the one behind it"
}

by_admin() {
	psql -XAtq -v ON_ERROR_STOP=1 -U postgres "$@"
}

# cut_off: a process has to connect anew
cut_off() {
	by_admin -c "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'hookline:hook'" >/dev/null
}

a9() {
	begin A9
	taken before-all 'there is a connection'
	svc_stop postgres INT
	gone refused
	! full || black_hole
	! full || echo 'max_connections = 20' >>"$svc_dir/pg/postgresql.conf"
	svc_postgres throwaway
	back refused
	frozen
	if full; then
		all_connected
		sed -i '/^max_connections = 20/d' "$svc_dir/pg/postgresql.conf"
	fi
	a9_refusals
	if full; then
		a9_more_refusals
		disk_full
	fi
	invariants_hold
}

black_hole() {
	b_socket=$PGHOST/.s.PGSQL.$PGPORT
	"$faulty" hole "$b_socket" >"$dir/hole" &
	b_hole=$!
	bg="$bg $b_hole"
	until_true 60 grep -q ready "$dir/hole"
	gone black-hole
	end "$b_hole" KILL
	rm -f "$b_socket"
}

frozen() {
	# shellcheck disable=SC2046 # a list
	kill -STOP $(svc_backends)
	gone frozen
	# shellcheck disable=SC2046 # a list
	kill -CONT $(svc_backends)
	back frozen
}

# all_connected: to the last connection that an ordinary role may have
all_connected() {
	a_hogs=
	hog 17
	cut_off
	hog 6
	until_true 60 is_full
	gone max-connections
	by_admin -c "select pg_terminate_backend(pid) from pg_stat_activity
		where query like '%pg_sleep(60)'" >/dev/null
	# shellcheck disable=SC2086 # a list
	wait $a_hogs
	until_true 60 eval '! is_full'
	back max-connections
}

hog() {
	for _ in $(seq "$1"); do
		psql -XAtq -c 'select pg_sleep(60)' >/dev/null 2>&1 &
		a_hogs="$a_hogs $!"
	done
	until_true 60 is_full
}

is_full() {
	sql 'select 1' 2>&1 | grep -q 'reserved\|too many'
}

# What the database says no to.
a9_refusals() {
	by_admin -c 'alter role hookline connection limit 0'
	cut_off
	gone connection-limit
	by_admin -c 'alter role hookline connection limit -1'
	back connection-limit
	by_admin -c 'alter database hookline set default_transaction_read_only = on'
	cut_off
	gone read-only
	PGOPTIONS='-c default_transaction_read_only=off' by_admin \
		-c 'alter database hookline reset default_transaction_read_only'
	back read-only
}

a9_more_refusals() {
	sql 'create table newest as select * from hookline.migration
		order by version desc limit 1;
	     delete from hookline.migration m using newest n
		where m.version = n.version'
	cut_off
	gone older-schema
	sql 'insert into hookline.migration select * from newest;
	     drop table newest'
	back older-schema
	cp "$svc_dir/pg/pg_hba.conf" "$dir/pg_hba"
	echo 'local all hookline reject' | cat - "$dir/pg_hba" \
		>"$svc_dir/pg/pg_hba.conf"
	by_admin -c 'select pg_reload_conf()' >/dev/null
	until_true 60 eval '! sql "select 1" >/dev/null 2>&1'
	cut_off
	gone authentication
	cat "$dir/pg_hba" >"$svc_dir/pg/pg_hba.conf"
	by_admin -c 'select pg_reload_conf()' >/dev/null
	until_true 60 eval 'sql "select 1" >/dev/null 2>&1'
	back authentication
	sql "insert into hookline.migration values (9999, 'x', 'x')"
	cut_off
	gone newer-schema
	sql 'delete from hookline.migration where version = 9999'
	back newer-schema
}

# disk_full: where the deliveries lie there is no page left
disk_full() {
	mkdir "$dir/small"
	if ! mount -t tmpfs -o size=4m,mode=0777 none "$dir/small" 2>/dev/null; then
		skip "$row: disk-full" 'nobody may mount here'
		return
	fi
	trap 'umount -l "$dir/small" 2>/dev/null; clean_up' EXIT
	mkdir "$dir/small/table"
	[ "$svc_way" != setpriv ] || chown postgres: "$dir/small/table"
	by_admin -c "create tablespace small location '$dir/small/table'" \
		-c 'grant create on tablespace small to hookline'
	d_of='select table_to_move from (select inhrelid::regclass as table_to_move
		from pg_inherits where inhparent in ($$hookline.delivery$$::regclass)) t'
	for d_table in $(sql "$d_of"); do
		sql "alter table $d_table set tablespace small"
	done
	dd if=/dev/zero of="$dir/small/rest" bs=64k >/dev/null 2>&1
	away_over
	{
		about gone-disk-full | sed 's/}$/,"filler":"/'
		head -c 60000 /dev/urandom | base64 -w 0
		printf '"}'
	} >"$dir/sent"
	post_as application/json "$dir/sent" -H 'Idempotency-Key: gone-disk-full'
	is '200 spooled' "$got $(member .status)" "$row: disk-full: spooled"
	has "$services_log/$server.log" 53100 "$row: disk-full: the log says so"
	echo 'gone-disk-full,200,spooled,' >>"$dir/answered"
	rm "$dir/small/rest"
	back disk-full
	for d_table in $(sql "$d_of"); do
		sql "alter table $d_table set tablespace pg_default"
	done
	by_admin -c 'drop tablespace small'
	umount -l "$dir/small" # a server process may have a file of it open
}

# --- a12: a wrong clock -----------------------------------------------------

clock_library() {
	for c_library in /usr/lib/*/faketime/libfaketimeMT.so.1; do
		[ ! -e "$c_library" ] || echo "$c_library"
	done
}

# signed_post BODY [SECONDS]: signed as by Standard Webhooks, so long from now
signed_post() {
	printf '%s' "$1" >"$dir/sent"
	s_now=$(($(date +%s) + ${2-0}))
	s_signature=$(printf 'id-%s.%s.%s' "$s_now" "$s_now" "$1" |
		openssl dgst -sha256 -mac HMAC -macopt "key:$clock_secret" -binary |
		base64 -w 0)
	post_as application/json "$dir/sent" -H "webhook-id: id-$s_now" \
		-H "webhook-timestamp: $s_now" \
		-H "webhook-signature: v1,$s_signature"
}

clock() { # clock OFFSET: of the web server's machine
	echo "$1" >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

a12() {
	begin A12
	a12_library=$(clock_library)
	if is_sanitized; then
		skip "$row: a wrong clock" 'a sanitizer must be loaded first'
		return
	fi
	if [ -z "$a12_library" ]; then
		skip "$row: a wrong clock" 'no libfaketime here (Debian: faketime)'
		return
	fi
	clock_secret=0123456789abcdef01234567
	printf 'whsec_%s' "$(printf '%s' "$clock_secret" | base64)" |
		"$hookline" --config "$conf" secret set clock >/dev/null
	clock +0
	serve "export LD_PRELOAD='$a12_library' FAKETIME_NO_CACHE=1" \
		"export FAKETIME_TIMESTAMP_FILE='$dir/clock'" \
		'export DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1'
	for a12_clock in +1h -1h; do
		clock $a12_clock
		taken "clock$a12_clock" "$a12_clock: taken"
		is t "$(sql "select abs(extract(epoch from due_at - now())) < 300 and
			abs(extract(epoch from started_at - now())) < 300
			from hookline.workflow_run
			where variables ->> 'plan' = 'clock$a12_clock'")" \
			"$row: $a12_clock: what is due is due by the database's clock"
		is t "$(delivery "abs(extract(epoch from received_at - now())) < 300")" \
			"$row: $a12_clock: so is when it came"
	done
	clock +2h
	deliver clock+1h
	is '200 duplicate' "$got $d_outcome" "$row: a jump: a repetition is known"
	! full || clock_in_hand
	a12_signed
	invariants_hold
}

clock_in_hand() {
	hold 0.5
	(deliver clock-jumps && echo "$got $d_outcome" >"$dir/in_flight") &
	sender=$!
	until_true 60 locks 'not granted'
	clock -1d
	wait "$sender" "$holder"
	is '200 enrolled' "$(cat "$dir/in_flight")" "$row: a jump while one is in hand"
}

# The time of a signature is held against the database's clock too.
a12_signed() {
	a12_hook=$hook
	publish Signed "$once" '"verify":{"scheme":"standard-webhooks",
		"secret":"secret:clock"},'"$map_example"
	for a12_clock in +0 +1h -1h; do
		clock $a12_clock
		signed_post '{"email":"signed@example.com"}'
		is '200 enrolled' "$got $(member .status)" \
			"$row: signed now, and our clock is $a12_clock"
	done
	before=$(sql 'select count(*) from hookline.workflow_run')
	for a12_ahead in 3600 -3600; do
		signed_post '{"email":"skewed@example.com"}' $a12_ahead
		is 401 "$got" "$row: a sender $a12_ahead seconds ahead"
		is t "$(delivery "checks::text ~ 'signed 3[56]..' and
			checks::text ~* 'clock'")" \
			"$row: and the delivery says how far, and that a clock is wrong"
	done
	is "$before" "$(sql 'select count(*) from hookline.workflow_run')" \
		"$row: nothing comes of it"
	! full || signed_and_spooled
	hook=$a12_hook
}

# What waited in the spool is judged as of its arrival, by the only clock there
# was: a wrong one refuses what is right, and says so, but takes nothing wrong.
signed_and_spooled() {
	svc_stop postgres INT
	away_over
	clock +1h
	signed_post '{"email":"skewed@example.com"}'
	s_told="$got $(member .status)"
	clock +0
	away_over
	signed_post '{"email":"signed@example.com"}'
	svc_postgres throwaway
	away_over
	drain
	is '200 spooled, 401|rejected|t' "$s_told, $(sql "select http_status, outcome,
		checks::text ~* 'clock' from hookline.delivery
		where received_at > now() + interval '30 minutes'")" \
		"$row: spooled while our clock was wrong: the delivery says so"
	is "$((before + 1))" "$(sql 'select count(*) from hookline.workflow_run')" \
		"$row: spooled with the clock right: taken"
}

# --- a10, a11: the database fails over --------------------------------------

# The last row: from here on the standby is the database.
a10() {
	begin A10
	if ! full; then
		skip "$row: failover" 'the full check (HOOKLINE_FULL) makes a standby'
		skip 'A11: what was answered outlives the primary' 'so here'
		return
	fi
	make_standby
	sed -i 's/^database = .*/database = host=HOST,HOST port=5432,5433 user=hookline dbname=hookline target_session_attrs=read-write/
		s|HOST|'"$PGHOST|g" "$conf"
	serve
	taken on-primary 'two servers to choose from'
	hold 0.5
	(deliver in-failover && echo "$got $d_outcome" >"$dir/in_flight") &
	sender=$!
	until_true 60 locks 'not granted'
	# shellcheck disable=SC2046 # a list
	kill -9 $(svc_backends) 2>/dev/null
	wait "$sender" "$holder" 2>/dev/null
	echo "# the one in hand was told: $(cat "$dir/in_flight" 2>/dev/null)"
	promote
	holds "$row: the standby is primary: the sender's retry is taken" \
		takes in-failover
	soon 60 "$row: what was spooled meanwhile arrives" spool_is_empty
	is 1 "$(runs_of in-failover)" "$row: once in all"
	deliver on-primary
	is '200 duplicate' "$got $d_outcome" "$row: what came before is known there"
	invariants_hold
	row=A11
	is 20 "$(grep -c ',200,enrolled,' "$dir/beyond")" \
		"$row: 20 were answered just before"
	is 20 "$(sql "select count(*) from hookline.workflow_run
		where variables ->> 'plan' like 'beyond-%'")" \
		"$row: with a synchronous standby none of them is lost"
}

spool_is_empty() {
	drain
	[ "$(kept | cut -d' ' -f2)" = 0 ]
}

# A standby that each commit waits for, and what is answered meanwhile.
make_standby() {
	svc_as "$svc_pg/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U postgres \
		-D "$svc_dir/standby" -R -X stream -c fast >"$dir/basebackup" 2>&1 ||
		fail "$row: a standby is made" "$(cat "$dir/basebackup")"
	svc_spawn standby "$svc_pg/postgres" -D "$svc_dir/standby" \
		-c "unix_socket_directories=$PGHOST" -c port=5433
	svc_wait standby 60 "$svc_pg/pg_isready" -q -t 1 -h "$PGHOST" -p 5433
	by_admin -c "alter system set synchronous_standby_names = '*'" \
		-c 'select pg_reload_conf()' >/dev/null
	until_true 60 is_synchronous
	serve
	for m_n in $(seq 20); do
		deliver "beyond-$m_n"
	done
	grep '^beyond-' "$dir/answered" >"$dir/beyond"
}

is_synchronous() {
	[ "$(by_admin -c "select count(*) from pg_stat_replication
		where sync_state = 'sync'")" = 1 ]
}

promote() {
	PGPORT=5433
	by_admin -c 'alter system reset synchronous_standby_names' \
		-c 'select pg_promote()' >/dev/null 2>&1 ||
		by_admin -c 'select pg_promote()' >/dev/null
	by_admin -c "alter system set synchronous_standby_names = ''" \
		-c 'select pg_reload_conf()' >/dev/null
}
