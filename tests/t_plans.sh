#!/bin/sh
# t_plans.sh - what is asked of large tables is answered by their indexes: live
# runs among many that are over, contacts by a custom field.  Told by EXPLAIN, and so
# the same on every machine; claiming is looked at in t_run_trouble.sh.
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

# --- contacts by their fields -------------------------------------------------

sql "insert into hookline.contact (account_id, id, email, first_name, last_name, city, country, custom)
	select 1 + i / 20000, i, 'p' || i || '@example.com', 'First' || i % 100, 'Last' || i % 900,
	       case i % 20 when 0 then 'Żory' end, 'DE',
	       jsonb_build_object('stripe', 'cus_' || i, 'n', i, 'paid', i % 2 = 0,
			'list', jsonb_build_array('A', i), 'none', null)
	  from generate_series(1, 20000) i;
	insert into hookline.contact_identity
	select c.account_id, 'email', c.email, c.id from hookline.contact c;
	analyze hookline.contact, hookline.contact_identity" >/dev/null

match() { # match WAY ARGUMENT...: the plan of contact_match, into $dir/plan
	{
		echo "set plan_cache_mode = force_$1_plan;"
		shift
		query contact_match "$@" | sed 's/^execute q/explain execute q/'
	} | psql -XAtq -v ON_ERROR_STOP=1 >"$dir/plan" 2>&1
}
for way in generic custom; do
	match $way 1 null null null "'{}'" "'{\"stripe\":\"CUS_77\"}'"
	if grep -q 'Bitmap Index Scan on contact_by_mark' "$dir/plan"; then
		ok "find_contact by a custom field: by an index ($way plan)"
	else
		fail "find_contact by a custom field: by an index ($way plan)" "$(cat "$dir/plan")"
	fi
done
is 0 "$(grep -c 'Seq Scan on contact' "$dir/plan")" 'and by no other way'
match custom 1 null "'p77@example.com'" null "'{\"city\":\"x\"}'" "'{}'"
is 0 "$(grep -c 'Seq Scan on contact' "$dir/plan")" 'by an address too'

found() { # found FIELDS CUSTOM: the contact and how many match
	as_query hookline contact_match 1 null null null "'$1'" "'$2'" |
		sed 's/.*"id" : "\([0-9]*\)", "matches" : \([0-9]*\).*/\1 \2/'
}
is '77 1' "$(found '{}' '{"stripe":"CUS_77"}')" 'a text of its own, whatever its case'
is '77 1' "$(found '{}' '{"n":"77"}')" 'a number'
is '2 9999' "$(found '{}' '{"paid":"TRUE"}')" 'a truth'
is '5 1' "$(found '{}' '{"list":"[\"a\", 5]"}')" 'a list'
is '' "$(found '{}' '{"n":"77","stripe":"cus_78"}')" 'all of them must be as wanted'
is '' "$(found '{}' '{"none":"null"}')" 'what it has not, nobody has'
is '' "$(found '{"last_name":"77"}' '{}')" 'nor what another field has'
is '20 999' "$(found '{"city":"żORY"}' '{}')" 'a column'
is '77 23' "$(found '{"full_name":"FIRST77 last77"}' '{}')" 'the whole name'
is '77 1' "$(found '{"full_name":"FIRST77 last77","country":"de"}' '{"n":"77"}')" 'all kinds at once'
is '' "$(found '{}' '{"n":"20000"}')" "another account's contact is not found"
# Two values with one mark, as they might be by chance.
sql "create or replace function hookline.contact_mark(p_account bigint, p_field text, p_value text)
	returns bigint language sql immutable as 'select case when p_value is not null then 1 end';
	reindex index hookline.contact_by_mark" >/dev/null
is '77 1' "$(found '{}' '{"n":"77"}')" 'nor is one whose value only has the same mark'

# --- the builder's lists and sums ----------------------------------------------

# What a page adds to the sums is read by the key, whatever the planner knows.
board=$(sed '/^--/d; s/\$1::bigint/1::bigint/g; s/\$2::boolean/true/g' "$top_srcdir/sql/query/workflow_board.sql")
plan "$board"
is 0 "$(grep -c 'Seq Scan on workflow_run' "$dir/plan")" 'no page counts all runs'
like 'Index Scan using workflow_run_pkey on workflow_run r' "$(cat "$dir/plan")" 'but the newest, by their key'

sql "update hookline.workflow_run set status = 'failed', last_error = 'x' where id % 1000 = 7 and status = 'completed';
	insert into hookline.delivery (trigger_id, account_id, method, http_status, outcome, reason, payload)
	select 1 + i % 3, 1, 'POST', 200, case when i % 1000 = 7 then 'rejected' else 'filtered' end, 'r', '{}'
	  from generate_series(1, 20000) i;
	analyze hookline.workflow_run, hookline.delivery" >/dev/null
# What a function asks is seen by how many rows and pages it read.
reads() { # reads STATEMENT: blocks that it touched
	# Once before, so that what the catalogue tells is known already.
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1" \
		-c "explain (analyze, buffers, costs off, timing off, summary off) $1" >"$dir/reads"
	sed -n 's/.*Buffers: shared hit=\([0-9]*\).*/\1/p' "$dir/reads" | head -n 1
}
all=$(sql "select pg_relation_size('hookline.workflow_run') / current_setting('block_size')::integer")
few=$(reads "select * from hookline.run_search(1, '{\"status\":\"failed\"}', 50)")
is t "$([ "${few:-0}" -gt 0 ] && [ "$few" -lt $((all / 2)) ] && echo t)" "runs that failed are found without reading all ($few of $all)"
few=$(reads "select * from hookline.run_search(1, '{}', 50)")
is t "$([ "${few:-0}" -gt 0 ] && [ "$few" -lt $((all / 2)) ] && echo t)" "the newest too ($few of $all)"
all=$(sql "select (sum(pg_relation_size(i.inhrelid)) / current_setting('block_size')::integer)::integer
	from pg_inherits i where i.inhparent = 'hookline.delivery'::regclass")
few=$(reads "select * from hookline.delivery_search(1, '{\"outcome\":\"rejected\"}', 50)")
is t "$([ "${few:-0}" -gt 0 ] && [ "$few" -lt "$all" ] && echo t)" "deliveries by a rare outcome ($few of $all)"

# A trigger's page: the latest requests, and who still uses its old URL.
sql "update hookline.delivery set used_old_url = true where id % 2000 = 7;
	update hookline.trigger set rotated_at = now() - interval '1 year';
	analyze hookline.delivery" >/dev/null
trigger() { # trigger NAME: the plan of one of its queries
	plan "$(sed '/^--/d; s/\$1::/1::/g; s/\$2::/1::/g; s/\$3::/20::/g' "$top_srcdir/sql/query/trigger_$1.sql")"
}
trigger latest
is 0 "$(grep -c 'Seq Scan on delivery_[0-9]' "$dir/plan")" 'the latest requests are not looked for among all'
like '_account_id_trigger_id_received_at_id_idx' "$(cat "$dir/plan")" 'but read by their index'
trigger old_senders
like '_account_id_trigger_id_received_at_idx' "$(cat "$dir/plan")" \
	'those that came to an old URL have an index of their own'

finish
