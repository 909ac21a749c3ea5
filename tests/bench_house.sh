# shellcheck shell=bash disable=SC2154 # sourced by tests/bench/NAME.sh
# bench_house.sh - what benchmarks share: a database of their own, and ratios.
# Says nothing about what is measured.

ask() { # ask SQL: one value
	PGHOST=$(svc_sockets) psql -XAtq -p 5432 -U hookline -d hookline -c "$1"
}

as_superuser() { # as_superuser PSQL-ARG...
	PGHOST=$(svc_sockets) psql -XAtq -v ON_ERROR_STOP=1 -p 5432 \
		-U postgres -d hookline "$@"
}

# Each phase begins with clean buffers, and with plans that know that the tables
# are not empty; autovacuum would tell in the middle of one.
settle() {
	as_superuser -c analyze -c checkpoint
}

# More memory than a developer's database has, and no checkpoint in the middle of
# a load: the same for everything that is measured.
bench_database() {
	start_database
	as_superuser -c "alter system set shared_buffers = '512MB'" \
		-c "alter system set max_wal_size = '8GB'"
	svc_stop postgres INT
	svc_postgres durable
}

bench_schema() {
	migrate
	ask 'select hookline.delivery_partition_ensure(1)' # as executors do
}

ratio() { # ratio A B
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# fresh_bench: nothing runs, nothing is stored, ports are chosen
fresh_bench() {
	trap svc_stop_all EXIT
	svc_stop_all
	rm -rf "$svc_dir/pg" "$svc_dir/spool" "$svc_dir"/run/*-sum \
		"$svc_dir/run/bench-run"
	rm -f "$svc_dir"/bench.*
	remember port "$(svc_free_port)"
	remember url "http://127.0.0.1:$(recall port)"
	remember smtp-port 9
}
