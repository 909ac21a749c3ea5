#!/bin/sh
# t_tally.sh - the sums of runs that the builder shows are what a plain count
# says: whatever became of the runs, summed or not yet, and whoever sums at the
# same time.
# shellcheck disable=SC2154 # $dir is set by sql_house.sh
set -u
# shellcheck source=tests/sql_house.sh
. "${top_srcdir:-.}/tests/sql_house.sh"

database tally
"$hookline" db migrate >/dev/null || exit 99
psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql" || exit 99
sql "update hookline.account set timezone = 'Asia/Tokyo' where id = 1" >/dev/null

# What the board says of an account's workflows, and a plain count: a line each.
board() {
	as_query "${2-hookline}" workflow_board "$1" true >"$dir/board"
	sed 's/ : /:/g' "$dir/board" | while IFS= read -r line; do
		sql "select x ->> 'id', x ->> 'enrolled', x ->> 'active', x ->> 'completed', x ->> 'failed',
			x ->> 'cancelled', coalesce((x ->> 'last_enrolled_at')::timestamptz::text, '-'), x -> 'days'
			from (select \$j\$$line\$j\$::json as x) x"
	done | tr -d ' ' | sort
}
count() {
	sql "select w.id, count(r.id), count(r.id) filter (where r.status in ('waiting', 'running')),
		count(r.id) filter (where r.status = 'completed'), count(r.id) filter (where r.status = 'failed'),
		count(r.id) filter (where r.status = 'cancelled'),
		coalesce(date_trunc('milliseconds', (array_agg(r.started_at order by r.id desc))[1])::text, '-'),
		(select json_agg((select count(*) from hookline.workflow_run x where x.workflow_id = w.id
			and (x.started_at at time zone a.timezone)::date = (now() at time zone a.timezone)::date - 13 + i)
			order by i) from generate_series(0, 13) i)
	  from hookline.workflow w join hookline.account a on a.id = w.account_id
	  left join hookline.workflow_run r on r.workflow_id = w.id
	 where w.account_id = $1 group by w.id, a.timezone" | tr -d ' ' | sort
}
same() { # same WHAT-MUST-HOLD
	is "$(count 1)" "$(board 1)" "$1"
}
days() { # what the sums by day say, against those in all
	sql "select count(*) from (select workflow_id, sum(enrolled), sum(completed), sum(failed), sum(cancelled)
		from hookline.workflow_day group by 1
		except select workflow_id, enrolled, completed, failed, cancelled from hookline.workflow_total) x"
}
tally() { # tally [MOST]: what is minutes old
	sql "update hookline.tally_mark set seen_at = seen_at - interval '3 minutes'" >/dev/null
	as_query hookline workflow_tally "${1-1000}"
}
runs() { # runs HOW-MANY [DAYS-AGO]: in workflow 1 and 2
	sql "insert into hookline.workflow_run (account_id, workflow_id, version, step_id, reentry, started_at)
		select 1, 1 + i % 2, 1, 'first', 'always', now() - interval '${2-0} days' from generate_series(1, $1) i" >/dev/null
}
become() { # become STATUS WHERE
	sql "update hookline.workflow_run set status = '$1', due_at = null, finished_at = now(), last_error = 'x'
		where $2" >/dev/null
}

same 'without any run'
runs 20
same 'runs that began just now are counted by the page'
tally >/dev/null
same 'seen, but not summed: one with a lower id may be about to be committed'
is 0 "$(sql 'select coalesce(sum(enrolled), 0) from hookline.workflow_total')" 'these are left for later'
as_query hookline workflow_tally 1000 >/dev/null
is 0 "$(sql 'select coalesce(sum(enrolled), 0) from hookline.workflow_total')" 'also by whoever sums within minutes'
runs 10 3
tally >/dev/null
is 20 "$(sql 'select sum(enrolled) from hookline.workflow_total')" 'minutes later they are summed'
same 'and with them the newer ones are right'

become completed 'id % 10 < 5'
become failed 'id % 10 = 6'
become cancelled 'id % 10 = 7'
same 'ends that were not summed yet are counted by the page'
tally >/dev/null
is 0 "$(sql 'select count(*) from hookline.tally_delta')" 'then they are'
same 'and all is right'
sql "update hookline.workflow_run set status = 'waiting', due_at = now(), finished_at = null
	where status = 'failed'" >/dev/null
same 'runs that are tried again are active'
sql "update hookline.workflow_run set finished_at = now() - interval '5 days' where id = 7" >/dev/null
become completed 'id = 6'
become cancelled "status = 'completed' and id < 3"
tally >/dev/null
same 'and end otherwise'
is 0 "$(days)" 'the sums by day are those in all'
is 0 "$(sql 'select count(*) from hookline.workflow_day where least(enrolled, completed, failed, cancelled) < 0')" \
	'none is below nothing'
sql "update hookline.workflow_run set status = 'running', leased_by = 'x', lease_no = lease_no + 1
	where status = 'waiting'" >/dev/null
is 0 "$(sql 'select count(*) from hookline.tally_delta')" 'leasing is not noted'

# --- in pieces ----------------------------------------------------------------

runs 500 1
become completed 'id > 100'
tally >/dev/null
n=0
while [ "$(tally 40)" = t ] && [ $n -lt 100 ]; do
	n=$((n + 1))
done
is 't 0' "$([ $n -ge 10 ] && [ $n -lt 100 ] && echo t) $(sql 'select count(*) from hookline.tally_delta')" \
	'a little at a time is enough'
same 'and no run is forgotten or counted twice'
is 0 "$(days)" 'by day neither'

# --- at once -------------------------------------------------------------------

runs 300
become failed 'id > 600 and id % 3 = 0'
tally >/dev/null
sql "update hookline.tally_mark set seen_at = seen_at - interval '3 minutes'" >/dev/null
pids=
for i in 1 2 3 4; do
	for _ in 1 2 3 4 5 6 7 8; do
		as_query hookline workflow_tally 50
	done >"$dir/at_once.$i" 2>&1 &
	pids="$pids $!"
done
runs 50
for pid in $pids; do
	wait "$pid"
done
is '' "$(cat "$dir"/at_once.* | grep -v '^[tf]$')" 'four that sum at once do not hinder each other'
same 'and count nothing twice'
tally >/dev/null
tally >/dev/null
same 'nor forget any'
is 0 "$(days)" 'by day neither'

# --- who may -------------------------------------------------------------------

admin 'create role t_executor login in role hookline_executor' >/dev/null
admin 'create role t_builder login in role hookline_builder' >/dev/null
like '^[tf]$' "$(as_query t_executor workflow_tally 10)" 'an executor sums'
sql 'truncate hookline.tally_delta' >/dev/null
as t_executor "update hookline.workflow_run set status = 'cancelled', leased_by = null, due_at = null,
	finished_at = now() where id = (select min(id) from hookline.workflow_run where status = 'running')"
is cancelled "$(sql 'select status from hookline.tally_delta')" 'and ends runs'
is "$(count 1)" "$(board 1 t_builder)" 'the builder reads them'
is 0 "$(board 2 | grep -c .)" "another account's are not among them"
sql "insert into hookline.account (id, name) values (3, 'New');
	insert into hookline.workflow (account_id, name, draft) values (3, 'n', '{}')" >/dev/null
is "$(count 3)" "$(board 3)" 'a new account has a board'

# --- what was there before ------------------------------------------------------

# The sums made anew by the migration are the same.
sql "truncate hookline.workflow_total, hookline.workflow_day, hookline.tally_mark, hookline.tally_delta" >/dev/null
sed -n '/^insert into hookline.tally_mark (account_id, counted_to/,/^ group by s.account_id;/p' \
	"$top_srcdir/sql/migrate/0008_builder.sql" | psql -XAtq -v ON_ERROR_STOP=1 >/dev/null
same 'runs of before are in the sums'
is 0 "$(days)" 'by day too'

finish
