#!/bin/sh
# t_prune.sh - what is kept no longer goes, by the command and by executors, a
# month at a time where it can be; what is younger, what runs need, and what
# comes in meanwhile stays whole.
# shellcheck disable=SC2154 # set by run_house.sh
set -u

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

prune() { # prune [OPTION...]: its answer in $dir/prune, as JSON
	"$hookline" --config "$conf" --json prune "$@" >"$dir/prune" \
		2>"$dir/prune.err"
	exit_status=$?
}

went() { # went: "PARTITIONS DELIVERIES KEYS ENTRIES SESSIONS" of the answer
	jq -r '[(.partitions | map(.partition) | join(",")), .deliveries,
		.dedup_keys, .spool_entries, .sessions] | join(" ")' "$dir/prune"
}

# month N: the name of the partition of N months ago
month() {
	sql "select 'delivery_' || to_char(now() at time zone 'UTC'
		- make_interval(months => $1), 'YYYYMM')"
}

# make_month N: a partition of N months ago
make_month() {
	sql "do \$\$ declare
		v timestamp := date_trunc('month', now() at time zone 'UTC') - interval '$1 months';
	begin
		execute format('create table hookline.%I partition of hookline.delivery for values from (%L) to (%L)',
			'delivery_' || to_char(v, 'YYYYMM'), v at time zone 'UTC',
			(v + interval '1 month') at time zone 'UTC');
	end \$\$"
}

# old AGE [N]: N deliveries of so long ago
old() {
	sql "insert into hookline.delivery (account_id, trigger_id, method, received_at,
			http_status, outcome)
		select t.account_id, t.id, 'POST', now() - interval '$1', 200, 'captured'
		  from hookline.trigger t cross join generate_series(1, ${2-1})
		 where t.id = (select max(id) from hookline.trigger)"
}

older() { # older AGE: how many deliveries are
	sql "select count(*) from hookline.delivery
		where received_at < now() - interval '$1'"
}

publish Prune '"reentry":"always"' "$map_example"',"dedup":{"from":"body.id"}' \
	'{"id":"rest","type":"wait","for":"1 minute"},
	{"id":"then","type":"set_variable","name":"got","value":"{{webhook.body.plan}}"}'
post '{"email":"young@example.com","id":"1","plan":"pro"}'
is '200 enrolled' "$(outcome)" 'a delivery comes in'
run=$(text run) young=$(text delivery)
work # the run begins to wait

# --- by hand ----------------------------------------------------------------

for i in 5 6 7; do
	make_month $i
done
first=$(month 7),$(month 6),$(month 5)
sql "insert into hookline.delivery (account_id, trigger_id, method, received_at, http_status, outcome)
	select t.account_id, t.id, 'POST', date_trunc('month', now() at time zone 'UTC')
		at time zone 'UTC' - make_interval(months => m) + interval '3 days', 200, 'captured'
	  from hookline.trigger t cross join generate_series(5, 7) m"
old '100 days' 2500 # in no month's partition
old '89 days' 3
key() { # key AGE: a dedup key of so long ago
	sql "insert into hookline.delivery_key (account_id, trigger_id, key, delivery_id, received_at)
		select account_id, id, sha256('$1'), 1, now() - interval '$1'
		  from hookline.trigger where id = (select max(id) from hookline.trigger)"
}
key '9 days'
key '7 days'
sql "insert into hookline.spool_entry select 1, age::text, 1, now() - age
	from unnest('{29 days,31 days}'::interval[]) age;
	insert into hookline.app_user (account_id, id, email, password_hash)
	values (1, 99, 'p@example.com', '\$y\$');
	insert into hookline.user_session (account_id, token_hash, user_id, expires_at)
	select 1, sha256(convert_to(e::text, 'UTF8')), 99, now() + e
	from unnest('{-1 minutes,1 hour}'::interval[]) e;
	insert into hookline.import_job (account_id, made_by, filename, content, size, expires_at)
	select 1, 'p@example.com', e::text, 'email', 5, now() + e
	from unnest('{-1 minutes,1 hour}'::interval[]) e"

prune --dry-run
is "0 $first 2500 1 1 1" "$exit_status $(went)" '--dry-run says what would go'
is 2507 "$(deliveries)" 'and removes nothing'
has "$dir/prune" '"bytes"' 'the size of a month is told'
prune
is "0 $first 2500 1 1 1" "$exit_status $(went)" 'it goes'
is '0 4' "$(older '90 days') $(deliveries)" 'and what is younger is there'
is 0 "$(sql "select count(*) from pg_class where relname in ('$(month 5)', '$(month 6)', '$(month 7)')")" \
	'months were dropped'
is '1 1 1' "$(sql 'select (select count(*) from hookline.delivery_key where received_at < now() - interval '\''1 day'\''),
	(select count(*) from hookline.spool_entry), (select count(*) from hookline.user_session)' | tr '|' ' ')" \
	'keys of 7 days, young entries and logins stay'
is '01:00:00' "$(sql 'select filename from hookline.import_job')" \
	'and of the files that were to be imported those of today'
prune
is '0  0 0 0 0' "$exit_status $(went)" 'the next time there is nothing'
"$hookline" --config "$conf" prune --days 1 --dry-run >"$dir/out"
is '3' "$(sed -n 's/^would remove \([0-9]*\) deliveries.*/\1/p' "$dir/out")" \
	'--days says how old, and people can read it'
"$hookline" --config "$conf" prune --days 0 >/dev/null 2>&1
is 2 $? '--days takes a day at least'
sed 's/^keep_refused.*//; $a keep_days = 0' "$conf" >"$dir/ever.conf"
old '1000 days'
"$hookline" --config "$dir/ever.conf" prune >/dev/null
is 1 "$(older '900 days')" 'keep_days = 0 keeps deliveries for ever'

publish Window '"reentry":"always"' '"dedup":{"from":"body.id","window":"30 days"},'"$map_example"
key '20 days'
key '40 days'
prune
is 1 "$(jq .dedup_keys "$dir/prune")" 'keys are kept for the longest window in use'
hook=$("$hookline" --config "$conf" trigger url Prune | sed 's|.*\(/hooks/\)|\1|')
post '{"email":"young@example.com","id":"1","plan":"pro"}'
is "200 duplicate $young" "$(outcome) $(text delivery)" \
	'a delivery whose key was kept is known again'

# A run needs nothing of its delivery.
sql "update hookline.delivery set received_at = now() - interval '200 days'
	where id = $young"
prune
is 0 "$(sql "select count(*) from hookline.delivery where id = $young")" \
	'the delivery of a live run goes'
sql "update hookline.workflow_run set due_at = now() where id = $run"
work
is 'completed|pro' "$(sql "select status, variables ->> 'got'
	from hookline.workflow_run where id = $run")" 'the run goes on without it'

# --- a month that is being read ---------------------------------------------

make_month 6
PGAPPNAME=reader psql -XAtq -c "begin; select count(*) from hookline.delivery;
	select pg_sleep(30)" >/dev/null 2>&1 &
reader=$!
bg="$bg $reader"
reads() {
	[ "$(sql "select count(*) from pg_stat_activity where application_name
		= 'reader' and wait_event = 'PgSleep'")" = 1 ]
}
soon 60 'somebody reads' reads
prune
is 1 "$exit_status" 'what is being read stays'
has "$dir/prune.err" "$(month 6) could not be dropped: it is being read" \
	'and people are told'
is 'it is being read' "$(jq -r '.partitions[0].problem' "$dir/prune")" \
	'and programs'
end "$reader"
sql "select pg_terminate_backend(pid) from pg_stat_activity
	where application_name = 'reader'" >/dev/null
prune
is "0 $(month 6)" "$exit_status $(jq -r '.partitions[0].partition' "$dir/prune")" \
	'the next time it goes'

# --- while deliveries come in -----------------------------------------------

for i in 6 7 8 9 10; do
	make_month $i
done
: >"$dir/flow"
(
	while [ ! -e "$dir/enough" ]; do
		hook_to "$dir/flow.answer" POST "$hook" application/json "$dir/body"
		status "$dir/flow.answer" >>"$dir/flow"
	done
) &
flow=$!
bg="$bg $flow"
flows() {
	[ "$(wc -l <"$dir/flow")" -ge "$1" ]
}
soon 60 'deliveries come in' flows 5
prune
is 5 "$(jq '.partitions | length' "$dir/prune")" 'five months are dropped meanwhile'
soon 60 'and more come in' flows 10
: >"$dir/enough"
wait "$flow"
is '' "$(grep -v 200 "$dir/flow")" 'none of them fails'

# --- executors --------------------------------------------------------------

pruned() {
	sql "select done_at is not null and next_at > now() + interval '23 hours'
		from hookline.upkeep where task = 'prune'"
}
doctor() { # doctor CHECK: "STATUS DETAIL"
	"$hookline" --config "$conf" --json doctor | jq -r --arg c "$1" \
		'.[] | select(.check == $c) | "\(.status) \(.detail)"'
}
make_month 6
old '100 days' 2500
sql "update hookline.upkeep set next_at = now(), done_at = null"
case $(doctor 'default partition') in
'warn 2'[0-9]*' deliveries'*) ok 'doctor warns of rows in the default partition' ;;
*) fail 'doctor warns of rows in the default partition' "$(doctor 'default partition')" ;;
esac
is 'ok last done: never' "$(doctor prune)" 'doctor waits for the first time'
sql "update hookline.upkeep set added_at = now() - interval '4 days'"
is 'warn old deliveries were last removed: never' "$(doctor prune)" \
	'but not for ever'
work
is '0 t' "$exit_status $(pruned)" 'an executor prunes, with the least rights'
is '0 0' "$(older '90 days') $(sql "select count(*) from pg_class
	where relname = '$(month 6)'")" 'all that is old'
has "$log" "$(month 6) was dropped" 'and the log says so'
is 'ok last done: 0 hours ago' "$(doctor prune)" 'doctor is content'
old '100 days'
work
is 1 "$(older '90 days')" 'once a day is enough'
sql "update hookline.upkeep set done_at = now() - interval '80 hours'"
is 'warn old deliveries were last removed: 80 hours ago' "$(doctor prune)" \
	'doctor sees that it was not done'

# A month that is being read does not hold up runs, nor the next day.
make_month 6
sql "update hookline.upkeep set next_at = now()"
PGAPPNAME=reader psql -XAtq -c "begin; select count(*) from hookline.delivery;
	select pg_sleep(30)" >/dev/null 2>&1 &
reader=$!
bg="$bg $reader"
soon 60 'somebody reads' reads
post '{"email":"busy@example.com","id":"2","plan":"busy"}'
run=$(text run)
work
is '0 t' "$exit_status $(sql "select step_started_at is not null
	from hookline.workflow_run where id = $run")" 'runs go on'
has "$log" "$(month 6) is kept until tomorrow: it is being read" 'the log says why'
is '1 t' "$(sql "select count(*) from pg_class where relname = '$(month 6)'") $(pruned)" \
	'it is tried again the next day'
end "$reader"

done_testing
