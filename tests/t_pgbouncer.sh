#!/bin/sh
# t_pgbouncer.sh - pgbouncer in transaction mode between the programs and the
# database, with one connection for all: everything works, and who forgot
# prepared_statements = no is told so.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u
PATH=$PATH:/usr/sbin:/sbin
command -v pgbouncer >/dev/null || {
	echo 'skipped: no pgbouncer here (Debian: pgbouncer)'
	exit 77
}

# shellcheck source=tests/hook_house.sh
. "${top_srcdir:-.}/tests/hook_house.sh"

pool=$svc_dir/pool
mkdir "$pool"
echo '"hookline" ""' >"$pool/users"
cat >"$pool/pgbouncer.ini" <<-INI
	[databases]
	* = host=$PGHOST port=$PGPORT
	[pgbouncer]
	listen_port = 6432
	unix_socket_dir = $PGHOST
	auth_type = trust
	auth_file = $pool/users
	pool_mode = transaction
	default_pool_size = 1
INI
[ "$svc_way" != setpriv ] || chown -R postgres: "$pool"
svc_spawn pgbouncer pgbouncer "$pool/pgbouncer.ini"
svc_wait pgbouncer 10 psql -XAtq -p 6432 -c 'select 1' || exit 99

behind() { # behind FILE yes|no: the configuration by way of the pooler
	configure "$1" "prepared_statements = $2"
	sed -i 's/port=5432/port=6432/' "$1"
}

behind "$conf" no
"$hookline" --config "$conf" db migrate >"$dir/out" 2>&1
is 0 $? 'migrating'
publish Pooled '"reentry":"always"' "$map_example" \
	'{"id":"tag","type":"add_tag","tags":["pooled"]}'
for i in 1 2 3; do
	post "{\"email\":\"p$i@example.com\"}"
	is '200 enrolled' "$(outcome)" "delivery $i"
done
"$top_builddir/hookline-run" --config "$conf" --linger 0 2>>"$log"
is 0 $? 'the executor'
is 3 "$(sql "select count(*) from hookline.workflow_run where status = 'completed'")" \
	'carries the runs out'

behind "$dir/prepared.conf" yes
for i in 1 2 3; do
	"$hookline" --config "$dir/prepared.conf" account list
done >"$dir/out" 2>&1
if grep -q '(42P05)\|(26000)' "$dir/out"; then
	has "$dir/out" 'behind pgbouncer set prepared_statements = no' \
		'prepared statements: the error says what to do'
else
	skip 'prepared statements' "$(pgbouncer --version | head -n 1) has them"
fi

done_testing
