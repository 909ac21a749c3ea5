#!/bin/sh
# t_plans.sh - what is asked of large tables is answered by their indexes: live
# runs among many that are over.  Told by EXPLAIN, and so the same on every
# machine; claiming is looked at in t_run_trouble.sh.
# shellcheck disable=SC2154 # $dir is set by sql_house.sh
set -u
# shellcheck source=tests/sql_house.sh
. "${top_srcdir:-.}/tests/sql_house.sh"

database plans
"$hookline" db migrate >/dev/null || exit 99
psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql" || exit 99

plan() { # plan STATEMENT: into $dir/plan
	psql -XAtq -v ON_ERROR_STOP=1 -c "explain $1" >"$dir/plan" 2>&1 ||
		fail 'it is a statement' "$(cat "$dir/plan")"
}

# by_index TABLE INDEXES WHAT: $dir/plan reads TABLE by these and no other way
by_index() {
	got=$(sed -n "s/.* Seq Scan on $1\\( .*\\)*\$/all of it/p
		s/.* Scan using \\($1_[a-z_]*\\) .*/\\1/p
		s/.* Scan on \\($1_[a-z_]*\\) .*/\\1/p" "$dir/plan" | sort -u | tr '\n' ' ')
	if [ "$2 " = "$got" ]; then
		ok "$3"
	else
		fail "$3" "by $got
$(cat "$dir/plan")"
	fi
}

# --- live runs --------------------------------------------------------------

# Of 20,000 runs 300 are live: new ones, some that are tried again, and some
# that wait for their destination.
sql "insert into hookline.workflow_run (account_id, workflow_id, version, step_id,
		reentry, status, due_at, finished_at, attempt, held_by)
	select 1, 1 + i % 3, 1, 'first', 'always',
	       case when x.is_live then 'waiting' else 'completed' end,
	       case when x.is_live then now() - interval '1 hour' end,
	       case when not x.is_live then now() end,
	       case when i % 300 = 1 then 1 else 0 end,
	       case when x.is_live and i % 300 = 2 then 'http://example.com:80' end
	  from generate_series(1, 20000) i
	 cross join lateral (select i % 100 < 3 and i <= 10000 as is_live) x" >/dev/null
sql 'analyze hookline.workflow_run' >/dev/null
live='workflow_run_due_again workflow_run_due_new'

# A function in SQL that sets something is planned by itself, as this is.
plan "$(sql "select regexp_replace(regexp_replace(prosrc, 'p_(account|workflow)', '1', 'g'), '--[^\n]*', '', 'g')
	from pg_proc where oid = 'hookline.live_runs(bigint, bigint)'::regprocedure")"
by_index workflow_run "$live" 'the live runs of a workflow'
is '300 34' "$(sql "select count(*), count(*) filter (where r.attempt > 0)
	  from generate_series(1, 3) w, hookline.live_runs(1, w) l
	  join hookline.workflow_run r on r.id = l.id")" 'are each found once'
plan 'select * from hookline.stuck_runs'
by_index workflow_run "$live" 'runs that are overdue'
is 300 "$(sql 'select count(*) from hookline.stuck_runs')" 'are each found'
plan 'select * from hookline.due_backlog'
by_index workflow_run "$live" 'what is due'
is '300 68' "$(sql 'select due, retries from hookline.due_backlog')" 'is counted once'
plan "$(sed -n '/^with live/,/^)/{/^)/!p;}' "$top_srcdir/sql/query/metrics.sql")) select * from live"
by_index workflow_run "$live" 'what is live, for metrics'

finish
