#!/bin/sh
# t_receive_sql.sh - what hookline.hook_receive promises, asked in SQL: whom a
# delivery matches, what it may change, when it begins a run, and that many at
# once neither make a contact twice nor wait for each other in a circle.
# shellcheck disable=SC2154 # $dir is set by sql_house.sh
set -u
# shellcheck source=tests/sql_house.sh
. "${top_srcdir:-.}/tests/sql_house.sh"

database receive
"$hookline" db migrate >/dev/null || exit 99
psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql" || exit 99

receive() { # receive CONTACT [MORE]: outcome, contact, run, reason
	sql "select outcome, contact_id, run_id, reason
	       from t.receive('$1', '${2-{\}}')"
}

# --- whom it matches --------------------------------------------------------

is 'enrolled 1 1 ' "$(receive '{"email":"Ann@Example.com","phone":"+15551000001","first_name":"Ann","city":"Bonn"}')" \
	'a new contact is made and enrolled'
is 'Ann@Example.com +15551000001 Ann Bonn' "$(sql 'select t.contact(1)')" \
	'its fields are kept, the address as it was spelled'
is 'enrolled 1 2 ' "$(receive '{"email":"ANN@example.COM","last_name":"Lee"}')" \
	'an address matches in any case'
is 'ANN@example.COM +15551000001 Ann Lee Bonn' "$(sql 'select t.contact(1)')" \
	'absent fields stay, new ones are added'
is 'enrolled 1 3 ' "$(receive '{"phone":"+15551000001","city":"Berlin"}')" \
	'a number matches where no address does'
is 'enrolled 1 4 ' "$(receive '{"email":"ann@work.example","phone":"+15551000001"}')" \
	'an unknown address with a known number is the same contact'
is 'enrolled 1 5 ' "$(receive '{"email":"ann@example.com"}')" \
	'the former address still leads to it'
is 'enrolled 2 6 ' "$(receive '{"email":"bob@example.com","phone":"+15551000002"}')" \
	'somebody else is somebody else'
like '^enrolled 2 7 phone +15551000001 belongs to contact 1, which keeps it' \
	"$(receive '{"email":"bob@example.com","phone":"+15551000001","first_name":"Bob"}')" \
	'address and number of two: the address wins, and reason says so'
is 'bob@example.com +15551000002 Bob' "$(sql 'select t.contact(2)')" \
	'the one that won keeps its own number'
is 1 "$(sql "select contact_id from hookline.contact_identity where value = '+15551000001'")" \
	'the other keeps the number'
like ' belongs to contact .*; also this$' \
	"$(receive '{"email":"bob@example.com","phone":"+15551000001"}' '{"reason":"also this"}')" \
	'a reason that was there stays'
is 5 "$(sql "select http_status / 40 from hookline.delivery where reason like '%also this'")" \
	'the reason is kept with the delivery'
is 'enrolled  9 ' "$(sql "select outcome, contact_id, run_id, reason
	from hookline.hook_receive(jsonb_build_array(t.delivery('{}')), '{\"a\":1}')")" \
	'without contact a run begins all the same'
is '1 1 1' "$(sql "insert into hookline.contact (account_id, id, email) values (2, 900, 'ann@example.com');
	insert into hookline.contact_identity values (2, 'email', 'ann@example.com', 900);
	select (select contact_id from t.receive('{\"email\":\"ann@example.com\"}')),
	       count(*) filter (where account_id = 1), count(*) filter (where account_id = 2)
	  from hookline.contact_identity where value = 'ann@example.com'")" \
	'two accounts may know the same address'

like '^enrolled [0-9]* [0-9]* not stored: contact.timezone: there is no time zone "Mars/Base"$' \
	"$(receive '{"email":"zoe@example.com","timezone":"Mars/Base","city":"Ulm"}')" \
	'a new contact in a time zone that is none is told'
like ' not stored: contact.timezone: ' \
	"$(receive '{"email":"ZOE@example.com","timezone":"Mars/Base"}')" 'and so is one that is known'
is 'Ulm ' "$(sql "select city, timezone from hookline.contact where email ilike 'zoe@%'")" \
	'the rest is stored'
receive '{"email":"zoe@example.com","timezone":"Europe/Berlin"}' >/dev/null
is Europe/Berlin "$(sql "select timezone from hookline.contact where email ilike 'zoe@%'")" \
	'a time zone that is one is stored'

# --- what it may change -----------------------------------------------------

before=$(sql 'select t.contact(1)')
receive '{"email":"ann@example.com","first_name":null,"city":null,"phone":null,"custom":{"size":null}}' \
	>/dev/null
is "$before" "$(sql 'select t.contact(1)')" 'null erases nothing'
sql "update hookline.contact set tags = '{vip,new}', custom = '{\"size\":\"L\",\"list\":[1,null]}' where id = 1" \
	>/dev/null
receive '{"email":"ann@work.example","custom":{"colour":"red"}}' >/dev/null
is '{"list": [1, null], "size": "L", "colour": "red"} {vip,new}' \
	"$(sql 'select custom, tags from hookline.contact where id = 1')" \
	'tags and other custom fields stay'
at=$(sql 'select updated_at from hookline.contact where id = 1')
receive '{"email":"ann@work.example","first_name":"Ann","custom":{"colour":"red"}}' >/dev/null
is "$at" "$(sql 'select updated_at from hookline.contact where id = 1')" \
	'what changes nothing is not written'
sql "begin; select t.receive('{\"email\":\"ann@work.example\",\"city\":\"Ulm\"}');
	select pg_sleep(0.7); commit" >/dev/null &
sleep 0.3
receive '{"email":"ann@work.example","last_name":"Li"}' >/dev/null
wait $!
is 'Li Ulm' "$(sql 'select last_name, city from hookline.contact where id = 1')" \
	'two that change different fields at once both count'

# --- whom it matches, by the account's rule ---------------------------------

rule() { # rule NAME
	sql "update hookline.account set match_rule = '$1' where id = 1" >/dev/null
}

who() { # who E P: of whom the delivery with address E and number P is, and why
	sql "select t.receive(jsonb_strip_nulls(jsonb_build_object('email', nullif('$1', ''),
		'phone', nullif('$2', ''), 'first_name', 'W')))" >/dev/null
	sql "select (select string_agg(i.value, ',' order by i.value) from hookline.contact_identity i
			where i.account_id = 1 and i.contact_id = d.contact_id), d.reason
	       from hookline.delivery d order by d.id desc limit 1"
}

# Two people, each known by one: $1@m.example came first, then 1555300000$2.
two() { # two LETTER DIGIT
	who "$1@m.example" '' >/dev/null
	who '' "+1555300000$2" >/dev/null
}

rule phone_first
two a 1
like '^+15553000001 e-mail address a@m.example belongs to contact [0-9]*, which keeps it: the phone matched contact [0-9]*$' \
	"$(who a@m.example +15553000001)" 'phone_first: the number wins, and reason says so'
is ' W' "$(sql "select c.email, c.first_name from hookline.contact c where c.phone = '+15553000001'")" \
	'and the winner does not get the address of the other'
is '+15553000001,a2@m.example ' "$(who a2@m.example +15553000001)" \
	'phone_first: who is found by the number alone gets the address'
is '+15553000091,a@m.example ' "$(who a@m.example +15553000091)" \
	'phone_first: who is found by the address alone gets the number'

rule either
two b 2
like '^b@m.example phone +15553000002 belongs to .* the e-mail address matched .*, which was there first$' \
	"$(who b@m.example +15553000002)" 'either: the one that was there first'
who '' +15553000003 >/dev/null
who c@m.example '' >/dev/null
like '^+15553000003 e-mail address c@m.example belongs to ' "$(who c@m.example +15553000003)" \
	'either: also where that is the one with the number'

rule both
who d@m.example +15553000004 >/dev/null
is '+15553000004,d@m.example ' "$(who d@m.example +15553000004)" 'both: the same address and number'
is '+15553000004,d@m.example ' "$(who d@m.example '')" 'both: the address alone is enough'
like '^+15553000005 e-mail address d@m.example belongs to contact [0-9]*, which keeps it and has another phone: somebody else$' \
	"$(who d@m.example +15553000005)" 'both: another number is somebody else, with the number alone'
like '^+15553000005 e-mail address d@m.example belongs to .* the phone matched ' \
	"$(who d@m.example +15553000005)" 'and the next time the same'
like '^e@m.example phone +15553000004 belongs to contact [0-9]*, which keeps it and has another e-mail address' \
	"$(who e@m.example +15553000004)" 'both: another address is somebody else, with the address alone'
who f@m.example '' >/dev/null
is '+15553000006,f@m.example ' "$(who f@m.example +15553000006)" \
	'both: who has no number yet gets it'
who g@m.example +15553000007 >/dev/null
like '^+15553000006,f@m.example phone +15553000007 belongs to .* the e-mail address matched ' \
	"$(who f@m.example +15553000007)" 'both: where nothing is left, the one that was found'
is 0 "$(sql "select count(*) from hookline.contact c where c.account_id = 1 and (
	c.email is not null and not exists (select from hookline.contact_identity i
		where i.contact_id = c.id and i.value = lower(c.email))
	or c.phone is not null and not exists (select from hookline.contact_identity i
		where i.contact_id = c.id and i.value = c.phone))")" \
	'whatever the rule, everybody is found by what they have'
rule email_first

# --- re-entry ---------------------------------------------------------------

outcomes() { # outcomes WORKFLOW MORE: of two deliveries, and after the run ended
	one="select outcome from t.receive('{\"email\":\"$3@example.com\"}', '{\"workflow_id\":\"$1\"$2}')"
	sql "$one" && sql "$one" &&
		sql "update hookline.workflow_run r set status = 'completed', due_at = null, finished_at = now()
			from hookline.contact c where c.id = r.contact_id and c.email = '$3@example.com'" &&
		sql "$one"
}

is 'enrolled enrolled enrolled ' "$(outcomes 1 '' r1 | tr '\n' ' ')" \
	'always: each delivery begins a run'
is 'enrolled updated enrolled ' "$(outcomes 2 '' r2 | tr '\n' ' ')" \
	'when_finished: not while one is under way'
is 'enrolled updated updated ' "$(outcomes 3 '' r3 | tr '\n' ' ')" \
	'never: once'
is 'enrolled updated enrolled ' "$(outcomes 2 ',"reentry_key":"b"' r2 | tr '\n' ' ')" \
	'when_finished holds per value of the key'
is 'enrolled updated updated ' "$(outcomes 3 ',"reentry_key":"b"' r3 | tr '\n' ' ')" \
	'never holds per value of the key'
like 're-entry rule does not allow' \
	"$(receive '{"email":"r3@example.com"}' '{"workflow_id":"3"}')" \
	'an update without a run says why'
sql "update hookline.workflow_run set reentry = 'always' where workflow_id = 2" >/dev/null
receive '{"email":"r4@example.com"}' '{"workflow_id":"2","reentry":"always"}' >/dev/null
like '^updated' "$(receive '{"email":"r4@example.com"}' '{"workflow_id":"2"}')" \
	'a run that began under another rule counts'

# --- dedup, and what is only kept -------------------------------------------

key='"dedup_key":"'$(printf '%064d' 7)'"'
is 'enrolled' "$(receive '{"email":"d@example.com"}' "{$key}" | cut -d' ' -f1)" \
	'the first with a key is enrolled'
is 't t t duplicate' "$(sql "select d.id = r.delivery_id, d.contact_id = r.contact_id, d.run_id = r.run_id, r.outcome
	from t.receive('{\"email\":\"e@example.com\"}', '{$key}') r, hookline.delivery d
	where d.outcome = 'enrolled' order by d.id desc limit 1")" \
	'the second is answered with delivery, contact and run of the first'
is 0 "$(sql "select count(*) from hookline.contact where email = 'e@example.com'")" \
	'a duplicate makes no contact'
is 'duplicate' "$(sql 'select outcome from hookline.delivery order by id desc limit 1')" \
	'a duplicate is kept as a delivery'
is 'enrolled' "$(receive '{"email":"d@example.com"}' "{$key,\"trigger_id\":\"2\"}" | cut -d' ' -f1)" \
	'another trigger may see the same key'
for outcome in captured filtered rejected; do
	is "$outcome   because" "$(receive '{"email":"f@example.com"}' \
		"{\"outcome\":\"$outcome\",\"reason\":\"because\",\"http_status\":422}")" \
		"$outcome: kept, no contact, no run"
done
is 0 "$(sql "select count(*) from hookline.contact where email = 'f@example.com'")" \
	'what is not enrolled makes no contact'
is 'enrolled filtered updated ' "$(sql "select outcome
	from hookline.hook_receive(jsonb_build_array(
		t.delivery('{\"workflow_id\":\"2\",\"contact\":{\"email\":\"l@example.com\"},\"email_key\":\"l@example.com\",\"body_len\":3}'),
		t.delivery('{\"outcome\":\"filtered\",\"body_at\":3,\"body_len\":0}'),
		t.delivery('{\"workflow_id\":\"2\",\"contact\":{\"email\":\"l@example.com\"},\"email_key\":\"l@example.com\",\"body_at\":3,\"body_len\":2}')),
		'abcde')" | tr '\n' ' ')" 'a list: a row each, in order'
is 'enrolled-abc filtered- updated-de' "$(sql "select string_agg(d.outcome || '-' || convert_from(d.body, 'UTF8'), ' ' order by d.id)
	from (select * from hookline.delivery order by id desc limit 3) d")" \
	'each delivery of a list has its own part of the bodies'
keyed() { # keyed CONTACT KEY: a delivery with a dedup key, as SQL
	echo "t.delivery('{\"contact\":{\"email\":\"$1@example.com\"},\"email_key\":\"$1@example.com\",\"dedup_key\":\"$(
		printf '%064d' "$2")\",\"body_hash\":\"$(printf '%064d' 1)\"}')"
}
is 'enrolled duplicate enrolled enrolled ' "$(sql "select outcome from hookline.hook_receive(jsonb_build_array(
	$(keyed k1 1), $(keyed k2 1), $(keyed k3 3), $(keyed k3 4)), '')" | tr '\n' ' ')" \
	'a list with a key twice and a person twice: each counts once'
is duplicate "$(sql "select outcome from hookline.hook_receive(jsonb_build_array($(keyed k4 4)), '')")" \
	'the key of one whose contact was claimed by its neighbour is known'
is '0 k1 k3' "$(sql "select count(*) filter (where d.id is null or f.outcome <> 'enrolled'),
		(select string_agg(split_part(c.email, '@', 1), ' ' order by c.email)
		   from hookline.contact c where c.email like 'k_@example.com')
	from hookline.delivery_key k
	left join hookline.delivery d on d.id = k.delivery_id and d.received_at = k.received_at
	left join hookline.delivery f on f.id = k.delivery_id")" \
	'every key leads to the delivery that was enrolled, and nobody was made in vain'
before=$(sql 'select count(*) from hookline.delivery')
is 'enrolled stale ' "$(sql "select outcome
	from hookline.hook_receive(jsonb_build_array(
		t.delivery('{\"contact\":{\"email\":\"s1@example.com\"},\"email_key\":\"s1@example.com\"}'),
		t.delivery('{\"stamp\":\"-1\",\"contact\":{\"email\":\"s2@example.com\"},\"email_key\":\"s2@example.com\"}')),
		'')" | tr '\n' ' ')" 'one judged by a hook that has changed is stale, its neighbour is not'
is "$((before + 1)) s1@example.com" "$(sql "select count(*), (select string_agg(email, ' ')
		from hookline.contact where email like 's_@example.com')
	from hookline.delivery")" 'and only the neighbour is kept'
stamp=$(sql 'select hooks_stamp from hookline.account where id = 1')
like '^enrolled ' "$(receive '{"email":"s2@example.com"}' "{\"stamp\":\"$stamp\"}")" \
	'by one that has not, it is kept'

# --- many at once -----------------------------------------------------------

runs=$(sql 'select count(*) from hookline.workflow_run')
start=$(sql 'select extract(epoch from now())::bigint + 3')
i=0
pids=
while [ $i -lt 32 ]; do
	i=$((i + 1))
	sql "select pg_sleep($start - extract(epoch from clock_timestamp()));
		select outcome, contact_id from t.receive(
			'{\"email\":\"Many@example.com\",\"phone\":\"+15551009999\"}')" \
		>"$dir/many.$i" &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # a list
wait $pids
is "32 enrolled $(sql "select contact_id from hookline.contact_identity where value = 'many@example.com'")" \
	"$(cat "$dir"/many.* | grep . | sort | uniq -c | sed 's/^ *//')" \
	'32 at once with one new contact: 32 times enrolled, one contact'
is '1 2 32' "$(sql "select (select count(*) from hookline.contact where email = 'Many@example.com'),
	(select count(*) from hookline.contact_identity where value in ('many@example.com', '+15551009999')),
	(select count(*) from hookline.workflow_run) - $runs")" \
	'and one row of it, two identities, 32 runs'

i=0
pids=
key='"dedup_key":"'$(printf '%064d' 8)'"'
start=$(sql 'select extract(epoch from now())::bigint + 2')
while [ $i -lt 8 ]; do
	i=$((i + 1))
	sql "select pg_sleep($start - extract(epoch from clock_timestamp()));
		select outcome, delivery_id from t.receive('{\"email\":\"dup$i@example.com\"}', '{$key}')" \
		>"$dir/dup.$i" &
	pids="$pids $!"
done
# shellcheck disable=SC2086
wait $pids
is '7 duplicate 1 enrolled 1' "$(cat "$dir"/dup.* | grep . |
	awk '{ n[$1]++; id[$2] = 1 } END { for (d in id) ids++
		print n["duplicate"], "duplicate", n["enrolled"], "enrolled", ids }')" \
	'8 at once with one key: one is enrolled, all are answered with its delivery'

# Every address with every number, while some are forgotten, and contacts are
# joined, parted and erased, and executors change them, by every rule.
cat >"$dir/crossing.sql" <<-'EOF'
	\set e random(1, 8)
	\set p random(1, 8)
	\set n random(1, 1000000)
	select outcome from t.receive(jsonb_build_object('email', 'x' || :e || '@example.com',
		'phone', '+1555200000' || :p, 'first_name', 'N' || :n),
		jsonb_build_object('workflow_id', (:n % 3 + 1)::text));
	\if :n < 50000
	delete from hookline.contact_identity
	 where value = case :n % 2 when 0 then 'x' || :e || '@example.com' else '+1555200000' || :p end;
	\elif :n < 150000
	select hookline.contact_merge(1, min(i.contact_id), max(i.contact_id), 'test', :n % 5 = 0)
	  from hookline.contact_identity i where i.value in ('x' || :e || '@example.com', '+1555200000' || :p)
	having min(i.contact_id) < max(i.contact_id);
	\elif :n < 200000
	select hookline.contact_unmerge(1, m.id, 'test') from hookline.contact_merge m
	 where m.unmerged_at is null order by m.id desc limit 1;
	\elif :n < 210000
	select hookline.contact_erase(1, max(i.contact_id)) from hookline.contact_identity i
	 where i.value = 'x' || :e || '@example.com' having count(*) > 0;
	\elif :n < 300000
	select count(*) from hookline.contact_import(1, jsonb_build_array(
		jsonb_build_object('contact', jsonb_build_object('email', 'x' || :e || '@example.com', 'city', 'C' || :n),
			'email_key', 'x' || :e || '@example.com', 'tags', '["t"]'::jsonb)), false);
	\elif :n < 500000
	update hookline.workflow_run r
	   set status = 'running', leased_by = 'c' || :client_id, lease_no = r.lease_no + 1, attempt = 1
	  from (select w.account_id, w.id from hookline.workflow_run w
		 where w.status = 'waiting' limit 1 for update skip locked) due
	 where r.account_id = due.account_id and r.id = due.id;
	select count(*) from hookline.run_record((
		select coalesce(jsonb_agg(jsonb_build_object('account_id', 1, 'run_id', r.id,
			'contact_id', r.contact_id, 'lease_no', r.lease_no, 'seq', r.seq + 1, 'attempt', 0,
			'status', case :n % 2 when 0 then 'waiting' else 'completed' end,
			'act', jsonb_build_object('kind', 'contact', 'set', jsonb_build_object('city', 'R' || :n)))), '[]')
		  from hookline.workflow_run r where r.status = 'running' and r.leased_by = 'c' || :client_id));
	\endif
EOF
for rule in email_first phone_first either both; do
	rule "$rule"
	pgbench -n -c 32 -j 2 --max-tries=50 -T "${HOOKLINE_CROSSING_SECONDS:-4}" -f "$dir/crossing.sql" \
		>"$dir/crossing" 2>&1
	is 0 $? "$rule: 32 sessions with crossing addresses and numbers: no error$(
		sed -n 's/^number of transactions actually processed: /, /p' "$dir/crossing")"
	grep -i 'error\|aborted' "$dir/crossing" | head -n 3
	is 0 "$(sql "select count(*) from hookline.contact c where c.email like 'x_@example.com'
		and c.tags = '{}' and not exists (select from hookline.delivery d where d.contact_id = c.id)")" \
		"$rule: no contact is left over that no delivery made"
	is 0 "$(sql "select count(*) from hookline.delivery d where d.contact_id is not null
		and not exists (select from hookline.contact c where c.id = d.contact_id)")" \
		"$rule: no delivery is of a contact that is gone"
	is 0 "$(sql "select count(*) from hookline.contact_identity i
		join hookline.contact c on c.id = i.contact_id where c.erased_at is not null")" \
		"$rule: nothing leads to who was erased"
done
rule email_first
is 0 "$(grep -c 'deadlock detected' "$svc_dir/log/postgres.log")" \
	'none of them waited in a circle'

# --- who waits for whom -------------------------------------------------------

# when_waiting: what a session runs until another one waits for a lock
when_waiting="do \$\$ begin
	for i in 1 .. 1000 loop
		perform pg_stat_clear_snapshot();
		exit when exists (select from pg_stat_activity a
			where a.wait_event_type = 'Lock' and a.datname = current_database());
		perform pg_sleep(0.02);
	end loop;
end \$\$"

for table in contact_identity delivery; do
	psql -XAtq -c "begin; lock table hookline.$table in access exclusive mode" \
		-c "$when_waiting" -c 'select pg_sleep(30)' >/dev/null 2>&1 &
	holder=$!
	until [ "$(sql "select count(*) from pg_locks where granted
		and relation = 'hookline.$table'::regclass
		and mode = 'AccessExclusiveLock'")" = 1 ]; do
		sleep 0.05
	done
	like 'canceling statement due to lock timeout' \
		"$(receive '{"email":"waits@example.com"}')" \
		"$table is locked: it ends before its request does"
	admin "select pg_terminate_backend(l.pid) from pg_locks l
		where l.relation = 'hookline.$table'::regclass and l.mode = 'AccessExclusiveLock'" >/dev/null
	wait "$holder"
done
is 0 "$(sql "select count(*) from hookline.contact where email = 'waits@example.com'")" \
	'and is not kept'

# Erasing looks for a while, and holds nothing meanwhile that another erasure,
# which has the account, wants.
receive '{"email":"gone@example.com"}' >/dev/null
receive '{}' '{"outcome":"filtered","payload":{"e":"gone@example.com"}}' >/dev/null
named=$(sql 'select max(id) from hookline.delivery')
psql -XAtq -v ON_ERROR_STOP=1 -c "begin; select id from hookline.account where id = 1 for no key update" \
	-c "$when_waiting" -c "update hookline.delivery set reason = 'seen' where id = $named" \
	-c 'commit' >"$dir/holder" 2>&1 &
holder=$!
until [ "$(sql "select count(*) from pg_stat_activity where state <> 'idle' and query like 'do %'
	and datname = current_database()")" = 1 ]; do
	sleep 0.05
done
like '"unowned_deliveries": 1' "$(sql "select hookline.contact_erase(1, (
	select contact_id from hookline.contact_identity where value = 'gone@example.com'))")" \
	'two erasures do not wait for each other in a circle'
wait "$holder"
is 0 "$(grep -c ERROR "$dir/holder")" 'neither of them'
is 'erased with the contact' "$(sql "select reason from hookline.delivery where id = $named")" \
	'and what names the person is emptied'

# --- plans ------------------------------------------------------------------

# The worst that can happen to a plan: it is made of statistics that say there
# is nothing, and kept while the tables grow.
admin 'truncate hookline.contact, hookline.delivery, hookline.delivery_key, hookline.workflow_run cascade;
	analyze' >/dev/null
scans() { # scans FILTER: how often tables, or indexes, were read
	admin "$1" | tail -n 1
}
tables="select pg_stat_clear_snapshot(); select coalesce(sum(seq_scan), 0) from pg_stat_user_tables
	where relname ~ '^(contact|contact_identity|workflow_run|delivery.*)$'"
wrong="select pg_stat_clear_snapshot(); select idx_scan from pg_stat_user_indexes
	where indexrelname = 'contact_identity_by_contact'"
receive_20() { # receive_20 CONTACT: of I it is made
	sql "do \$\$ begin for i in 1 .. 20 loop perform t.receive($1); end loop; end \$\$"
}
before=$(scans "$tables")/$(scans "$wrong")
receive_20 "jsonb_build_object('email', 'p' || i || '@example.com', 'phone', '+1555' || 1000000 + i)"
is "$before" "$(scans "$tables")/$(scans "$wrong")" \
	'new people: no table is read as a whole, whatever the statistics said'
before=$(scans "$tables")
receive_20 "jsonb_build_object('email', 'p' || i || '@example.com')"
is "$before" "$(scans "$tables")" 'known people: nor'
is '20 40' "$(sql 'select (select count(*) from hookline.contact), count(*) from hookline.delivery')" \
	'all were taken'

finish
