#!/bin/sh
# t_record_sql.sh - what hookline.run_record promises, asked in SQL with the
# very statements of the executor: the lease decides, acts and their failures,
# when a run goes on, chains of enrol steps.
# shellcheck disable=SC2154 # $dir is set by sql_house.sh
set -u
# shellcheck source=tests/sql_house.sh
. "${top_srcdir:-.}/tests/sql_house.sh"

database record
"$hookline" db migrate >/dev/null || exit 99
psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql" || exit 99

claim() { # claim EXECUTOR: account, run and number of each lease
	as_query hookline run_claim "'$1'" 60 10 5 1 | cut -d' ' -f1-3
}

begin() { # begin ADDRESS: a new run, leased; sets $run, $contact and $lease
	sql "update hookline.workflow_run set status = 'cancelled', due_at = null,
		paused_due_at = null, leased_by = null, finished_at = now()
		where finished_at is null" >/dev/null
	run=$(sql "select run_id from t.receive('{\"email\":\"$1\"}')")
	contact=$(sql "select contact_id from hookline.workflow_run where id = $run")
	lease=$(claim test:1 | cut -d' ' -f3)
	seq=1
}

# entry MORE: of the list, for the run that was begun, with its step number $seq
entry() {
	printf '{"account_id":"1","run_id":"%s","contact_id":"%s","lease_no":"%s",' \
		"$run" "$contact" "$lease"
	printf '"status":"waiting","step_id":"second","seq":%s,"attempt":0,' "$seq"
	printf '"steps":[{"seq":%s,"attempt":1,"step_id":"first","type":"x",' "$seq"
	printf '"status":"done","ms":1500,"is_act":true,"detail":{"a":1}}]'
	printf '%s}' "${1:+,$1}"
}

record() { # record MORE: verdict and problem
	as_query hookline run_record "'[$(entry "${1-}")]'" | cut -d' ' -f2-
}

the_run() { # the_run COLUMNS
	sql "select $1 from hookline.workflow_run where id = $run"
}

the_step() {
	sql "select $1 from hookline.run_step where run_id = $run order by seq desc, attempt desc limit 1"
}

# --- the lease --------------------------------------------------------------

begin lease@example.com
is 'running test:1 1 1 0' "$(the_run 'status, leased_by, lease_no, attempt, lost_leases')" \
	'claiming leases, counts the attempt'
is '' "$(claim test:2)" 'nobody else gets it'
like "^1 $run 1 1 always 1 $contact first 1 0 0 f " \
	"$(as_query hookline run_load "'{1}'" "'{$run}'" "'{0}'" "'test:1'")" \
	'its holder loads it'
is '' "$(as_query hookline run_load "'{1}'" "'{$run}'" "'{0}'" "'test:2'")" \
	'nobody else loads it'
sql "update hookline.workflow_run set due_at = now() - interval '1 second' where id = $run" >/dev/null
is "1 $run 2" "$(claim test:2)" \
	'a lease that ended is claimed again'
is 'test:2 2 1' "$(the_run 'leased_by, attempt, lost_leases')" \
	'and counted as lost'
is 'lost ' "$(record)" 'who lost the lease records nothing'
is 'running 0' "$(the_run "status, (select count(*) from hookline.run_step s where s.run_id = id)")" \
	'and changes nothing'
lease=2
is 'ok ' "$(record)" 'who holds it does'
is 'waiting second 0 0 1 t' "$(the_run 'status, step_id, attempt, lost_leases, seq, leased_by is null')" \
	'the run waits at its next step'
is 'first 1 done 1500 {"a": 1}' "$(the_step "step_id, attempt, status,
	round(extract(epoch from finished_at - started_at) * 1000), detail")" \
	'the step is written down'
is 'lost ' "$(record)" 'twice is once'
begin paused@example.com
sql "update hookline.workflow set status = 'draft'" >/dev/null
is 'ok ' "$(record '"status":"running","lease_s":60')" 'a call that is under way goes on when its workflow is withdrawn'
is 'paused ' "$(record '"status":"running","lease_s":60,"may_pause":true,"attempt":1')" 'the next one does not begin'
is 'waiting second infinity t 0 t' "$(the_run "status, step_id, due_at, paused_due_at is not null,
	attempt, leased_by is null")" 'the run is set aside'
sql "update hookline.workflow set status = 'published' where version is not null" >/dev/null
begin cancel@example.com
as_query hookline run_cancel 1 "$run" >/dev/null
is 'cancelled ' "$(record)" 'of a run that was cancelled meanwhile the executor is told'
is 'cancelled 0' "$(the_run "status, (select count(*) from hookline.run_step s where s.run_id = id)")" \
	'it stays cancelled, and no step is written down'
is 'cancelled ' "$(record '"steps":[{"seq":1,"attempt":1,"step_id":"call","type":"call_webhook",
	"status":"retrying","ms":1500,"is_call":true,"detail":{"status":503,"again_in_s":30}},
	{"seq":2,"attempt":1,"step_id":"later","type":"add_tag","status":"done","ms":0,"detail":{}}]')" \
	'but a call that was on its way'
is 'call failed {"status": 503}' "$(the_step 'step_id, status, detail')" \
	'is, as what it is without another attempt'
is 'cancelled first 0' "$(the_run 'status, step_id, seq')" 'and changes nothing else'
lease=99
is 'lost ' "$(record)" 'under another lease it is lost'

# --- acts -------------------------------------------------------------------

act() { # act ON_ERROR MORE
	printf '"act":{"step_id":"first","on_error":"%s",%s}' "$1" "$2"
}

begin act@example.com
is 'ok ' "$(record "$(act fail '"kind":"contact","set":{"first_name":"Al","city":null,"phone":"+15553000001"},"add_tags":["b","a","b"]')")" \
	'a contact is changed'
is 'act@example.com +15553000001 Al {b,a}' "$(sql "select t.contact($contact)")" \
	'fields and tags, in the order they were added'
is "$contact" "$(sql "select contact_id from hookline.contact_identity where value = '+15553000001'")" \
	'its new number is found'
begin again@example.com
sql "update hookline.workflow_run set seq = 1 where id = $run;
	insert into hookline.run_step (account_id, run_id, seq, attempt, step_id, type, status,
		started_at, finished_at, detail)
	select 1, $run, 1, n, 'first', 'x', case n when 1 then 'failed' else 'done' end, now(), now(),
	       case n when 1 then '{\"error\":\"old\"}' else '{}' end::jsonb from generate_series(1, 2) n" >/dev/null
is 'ok ' "$(record "$(act fail '"kind":"contact","add_tags":["z"]')")" \
	'a record that was taken before, of an act that had failed once'
is '{}' "$(sql "select tags from hookline.contact where id = $contact")" 'is not carried out a second time'
begin refused@example.com
sql "update hookline.workflow_run set seq = 4, attempt = 2 where id = $run" >/dev/null
record '"status":"failed","last_error":"refused","seq":null,"attempt":null' >/dev/null
is 'failed 4 2' "$(the_run 'status, seq, attempt')" 'who can say no seq leaves it as it was'
begin both@example.com
own=$(entry "$(act fail '"kind":"contact","add_tags":["q"]')")
other=$run
run=$(sql "insert into hookline.workflow_run (account_id, workflow_id, version, contact_id, step_id,
	reentry, status, leased_by, lease_no, due_at) select 1, 2, 1, r.contact_id, 'first', 'always',
	'running', 'test:1', 1, now() + interval '60 seconds' from hookline.workflow_run r where r.id = $run returning id")
is 'cancelled ok ' "$(as_query hookline run_record "'[$own,$(entry "$(act fail \
	'"kind":"unenrol","workflow":"1","step_id":"first"')")]'" | cut -d' ' -f2- | tr '\n' ' ' | tr -s ' ')" \
	'an act, and one that takes its run out of the workflow'
run=$other
is 'first done {"a": 1}' "$(the_step 'step_id, status, detail')" 'what was done before is written down'
begin act@example.com
record "$(act fail '"kind":"contact","add_tags":["A","ä","Ä"]')" >/dev/null
is '{b,a,ä}' "$(sql "select tags from hookline.contact where id = $contact")" \
	'a tag in another case is the same tag, as it was spelled first'
begin act@example.com
record "$(act fail '"kind":"contact","remove_tags":["Ä"]')" >/dev/null
begin act@example.com
is 'ok ' "$(record "$(act fail '"kind":"contact","set":{"first_name":null},"add_tags":["c"],"remove_tags":["B"]')")" \
	'tags are removed'
is 'act@example.com +15553000001 {a,c}' "$(sql "select t.contact($contact)")" \
	'null clears a field here'
sql "begin; select hookline.contact_patch(1, $contact, '{\"add_tags\":[\"x\"]}');
	select pg_sleep(0.7); commit" >/dev/null &
sleep 0.3
sql "select hookline.contact_patch(1, $contact, '{\"add_tags\":[\"y\"]}')" >/dev/null
wait $!
is '{a,c,x,y}' "$(sql "select tags from hookline.contact where id = $contact")" \
	'two tags at once both stay'

begin other@example.com
is "failed the phone +15553000001 belongs to contact $(sql "select contact_id from hookline.contact_identity where value = 'act@example.com'")" \
	"$(record "$(act fail '"kind":"contact","set":{"phone":"+15553000001","city":"Bonn"}')")" \
	'a number that another has fails the act'
like '^failed first t .*the phone ' "$(the_run 'status, step_id, finished_at is not null, last_error')" \
	'on_error fail: the run failed there and says why'
like '^failed .*belongs to contact' "$(the_step 'status, detail')" 'so does the step'
is 'other@example.com' "$(sql "select t.contact($contact)")" 'and nothing was changed'
begin other@example.com
like '^ok the phone ' "$(record "$(act continue '"kind":"contact","set":{"phone":"+15553000001"}')")" \
	'on_error continue: the problem is told'
is 'waiting second' "$(the_run 'status, step_id')" 'and the run goes on'
is failed "$(the_step status)" 'the step failed'

begin good@example.com
good=$(entry "$(act fail '"kind":"contact","set":{"city":"Bonn"}')")
good_run=$run
run=$(sql "select run_id from hookline.hook_receive(jsonb_build_array(t.delivery('{}')), '')")
contact=
lease=$(claim test:1 | cut -d' ' -f3)
bad=$(entry "$(act fail '"kind":"contact","set":{"city":"Bonn"}')" | sed 's/"contact_id":"",//')
is "0 ok |1 failed this run has no contact" \
	"$(as_query hookline run_record "'[$good,$bad]'" | paste -sd'|')" \
	'a list: one fails, the other does not'
is waiting "$(sql "select status from hookline.workflow_run where id = $good_run")" \
	'the runs beside it were recorded'
begin phone@example.com
like '^failed .*contact_' "$(record "$(act fail '"kind":"contact","set":{"phone":"nonsense"}')")" \
	'a value that the table refuses fails its act alone'

begin enrol@example.com
is 'ok ' "$(record "$(act fail '"kind":"enrol","workflow":"when_finished"')")" 'a contact is enrolled'
child=$(sql "select id from hookline.workflow_run where parent_run_id = $run")
is "2 1 $contact waiting first 1 {\"plan\": \"pro\"}" "$(sql "select workflow_id, version, contact_id, status, step_id, depth, variables
	from hookline.workflow_run where id = $child")" 'with the variables it had'
like "\"run\": \"$child\"" "$(the_step detail)" 'and the step says in which run'
lease=$(sql "update hookline.workflow_run set status = 'running', leased_by = 'test:1', lease_no = 9
	where id = $run returning lease_no")
seq=2
is 'ok ' "$(record "$(act fail '"kind":"enrol","workflow":"2"')")" \
	'twice, by its number: nothing to complain about'
is 1 "$(sql "select count(*) from hookline.workflow_run where parent_run_id = $run")" \
	'and no second run, by its re-entry rule'
sql "insert into hookline.workflow (account_id, id, name, draft) values (1, 5, 'keyed', '{}');
	insert into hookline.workflow_version (account_id, workflow_id, version, document)
	values (1, 5, 1, '{\"settings\":{\"reentry\":\"never\",\"reentry_key\":\"custom_variables.order\"},\"steps\":[{\"id\":\"first\",\"type\":\"end\"}]}');
	update hookline.workflow set status = 'published', version = 1 where id = 5" >/dev/null
for order in 7 8 7; do
	begin enrol@example.com
	record "$(act fail '"kind":"enrol","workflow":"keyed"'),\"variables\":{\"order\":$order}" >/dev/null
done
is '7 8' "$(sql "select string_agg(reentry_key, ' ' order by id) from hookline.workflow_run
	where workflow_id = 5 and variables ->> 'order' = reentry_key")" \
	'what this record sets goes along, and the re-entry key is taken from it'

for case in 'nowhere|there is no workflow' 'draft|is not published'; do
	begin enrol@example.com
	like "^failed .*${case#*|}" "$(record "$(act fail "\"kind\":\"enrol\",\"workflow\":\"${case%|*}\"")")" \
		"enrol: ${case#*|}"
done
begin deep@example.com
sql "update hookline.workflow_run set depth = 9 where id = $run" >/dev/null
is 'ok ' "$(record "$(act fail '"kind":"enrol","workflow":"when_finished"')")" \
	'a chain may be 10 long'
begin deeper@example.com
sql "update hookline.workflow_run set depth = 10 where id = $run" >/dev/null
like '^failed the chain of enrol steps is 10 long' \
	"$(record "$(act fail '"kind":"enrol","workflow":"when_finished"')")" 'but not longer'

# --- when a run goes on -----------------------------------------------------

# Days from now until after the clocks in Berlin change the next time.
days=$(sql "select min(d) from generate_series(1, 366) d
	where extract(epoch from ((now() at time zone 'Europe/Berlin' + make_interval(days => d))
		at time zone 'Europe/Berlin') - now()) <> d * 86400")
begin wait@example.com
is "$days days f" "$(psql -XAtq -F ' ' <<-EOF | tail -n 1
	begin;
	select hookline.run_record('[$(entry "\"interval\":\"$days days\",\"timezone\":\"Europe/Berlin\",\"is_wait\":true")]');
	select (due_at at time zone 'Europe/Berlin') - (now() at time zone 'Europe/Berlin'),
	       due_at - now() = interval '24 hours' * $days
	  from hookline.workflow_run where id = $run;
	commit;
EOF
)" 'days are days of the clock on the wall, over a change of daylight saving'
is t "$(the_run 'step_started_at is not null')" 'and the wait began'
# What clocks in a zone show, and moments, where they are put forward and back.
moment() { # moment LOCAL ZONE
	sql "select to_char(hookline.moment_of('$1', '$2') at time zone 'UTC', 'MM-DD HH24:MI:SS')"
}
is '03-29 01:00:00' "$(moment '2026-03-29 02:30:17' Europe/Berlin)" \
	'a time that clocks jump over is the moment they jump'
is '03-29 00:59:59' "$(moment '2026-03-29 01:59:59' Europe/Berlin)" 'before, all is as ever'
is '03-29 01:00:00' "$(moment '2026-03-29 03:00' Europe/Berlin)" 'and after'
is '10-25 00:30:00' "$(moment '2026-10-25 02:30' Europe/Berlin)" \
	'of two moments that are told alike it is the first'
is '04-04 14:45:00' "$(moment '2026-04-05 01:45' Australia/Lord_Howe)" \
	'also where clocks are put back by half an hour'
is '12-30 10:00:00' "$(moment '2011-12-30 12:00' Pacific/Apia)" \
	'and where a whole day is left out'
after() { # after UTC SPAN ZONE
	sql "select to_char(hookline.moment_after('$1Z', '$2', '$3') at time zone 'UTC', 'MM-DD HH24:MI')"
}
is '10-25 01:45' "$(after '2026-10-25 00:45' '1 hour' Europe/Berlin)" \
	'an hour is an hour, also out of the first of two that are told alike'
is '10-25 02:45' "$(after '2026-10-25 01:45' '1 hour' Europe/Berlin)" 'and out of the second'
is '03-29 01:00' "$(after '2026-03-28 01:30' '1 day' Europe/Berlin)" \
	'a day that leads to where there is no such time'
is '03-30 00:30' "$(after '2026-03-28 01:30' '2 days' Europe/Berlin)" 'and one that leads over it'

window() { # window UTC WINDOW ZONE
	sql "select to_char(hookline.window_opens('$1Z', '$2', '$3') at time zone 'UTC', 'Dy MM-DD HH24:MI')"
}
office='{"days":["mon","tue","wed","thu","fri"],"from":"09:00","to":"17:00"}'
night='{"from":"22:00","to":"06:00"}'
friday='{"days":["fri"],"from":"22:00","to":"06:00"}'
is 'Mon 03-30 07:00' "$(window '2026-03-27 16:00' "$office" Europe/Berlin)" \
	'a window: from Friday evening to Monday, over a change of the clock'
is 'Fri 03-27 15:59' "$(window '2026-03-27 15:59' "$office" Europe/Berlin)" 'while it is open: at once'
is 'Fri 03-27 08:00' "$(window '2026-03-27 03:00' "$office" Europe/Berlin)" 'in the morning: later that day'
is 'Fri 03-27 13:00' "$(window '2026-03-27 03:00' "$office" America/New_York)" 'by the clocks of a zone'
is 'Fri 03-27 23:10' "$(window '2026-03-27 23:10' "$night" Europe/Berlin)" 'over midnight: open after it'
is 'Fri 03-27 21:00' "$(window '2026-03-27 09:00' "$night" Europe/Berlin)" 'over midnight: closed at day'
is 'Sat 03-28 04:59' "$(window '2026-03-28 04:59' "$friday" Europe/Berlin)" "a Friday's night ends on Saturday"
is 'Fri 04-03 20:00' "$(window '2026-03-28 05:00' "$friday" Europe/Berlin)" 'and the next one begins a week later'
is 'Sun 03-29 01:00' "$(window '2026-03-29 00:10' '{"from":"02:15","to":"03:30"}' Europe/Berlin)" \
	'a window that begins where there is no such time opens when the clocks jump'
is 'Mon 03-30 00:15' "$(window '2026-03-29 00:10' '{"from":"02:15","to":"02:45"}' Europe/Berlin)" \
	'one of which nothing is left is left out'
is 'Sun 10-25 00:15' "$(window '2026-10-24 20:00' '{"from":"02:15","to":"02:45"}' Europe/Berlin)" \
	'one that comes twice opens the first time'
is 'Sat 03-28 23:00' "$(window '2026-03-28 12:00' '{"days":["sun"]}' Europe/Berlin)" 'a whole day'
is 'Europe/Berlin Asia/Tokyo Asia/Tokyo' "$(sql "select hookline.zone_known('Europe/Berlin', 'Asia/Tokyo')
	|| ' ' || hookline.zone_known('Mars/Base', 'Asia/Tokyo') || ' ' || hookline.zone_known(null, 'Asia/Tokyo')")" \
	'a time zone that nobody knows is not taken'

due() { # due MORE: in how many seconds
	begin due@example.com
	psql -XAtq <<-EOF | tail -n 1
		begin;
		select hookline.run_record('[$(entry "$1")]');
		select round(extract(epoch from due_at - now()), 1)
		  from hookline.workflow_run where id = $run;
		commit;
	EOF
}
is 0.0 "$(due '')" 'at once, where nothing is said'
is 7.5 "$(due '"delay_s":7.5')" 'after seconds'
is 90.0 "$(due '"status":"running","lease_s":90')" 'while it is held: at the end of the lease'
begin at@example.com
record '"due_at":"2031-05-06T07:08:09Z"' >/dev/null
is '2031-05-06 07:08:09' "$(the_run "due_at at time zone 'UTC'")" 'at a moment'
begin done@example.com
record '"status":"completed","variables":{"v":1},"results":{"r":2}' >/dev/null
is 'completed t t {"v": 1} {"r": 2}' "$(the_run 'status, due_at is null, finished_at is not null, variables, results')" \
	'a run that is completed is due no more'
begin retry@example.com
record '"attempt":1,"delay_s":30,"last_error":"451 later"' >/dev/null
is 'waiting 1 451 later' "$(the_run 'status, attempt, last_error')" 'a retry keeps its count and reason'

# --- ends -------------------------------------------------------------------

holds() { # a run that waits for its destination, in a wait
	begin "$1"
	record '"attempt":1,"delay_s":30,"held_by":"http://example.com:80"' >/dev/null
	sql "update hookline.workflow_run set wait = '{\"for\":\"1 day\"}' where id = $run" >/dev/null
}
over='status, held_by is null, wait is null'
holds cancel@example.com
as_query hookline run_cancel 1 "$run" >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'a run that was cancelled waits for nothing'
holds unenrol@example.com
sql "select hookline.run_unenrol(1, 0, $contact, 'always', 'u')" >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'nor does one that was taken out'
holds archive@example.com
as_query hookline workflow_end_runs 1 1 >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'nor one whose workflow was archived'
holds erase@example.com
sql "select hookline.contact_erase(1, $contact)" >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'nor one whose contact was erased'
holds unowned@example.com
sql "select hookline.unowned_runs_erase(1, array[$run])" >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'nor one that names who was erased'
keep=$(sql "select contact_id from t.receive('{\"email\":\"keep@example.com\"}', '{\"workflow_id\":\"2\"}')")
run=$(sql "select run_id from t.receive('{\"email\":\"other@example.com\"}', '{\"workflow_id\":\"2\"}')")
contact=$(the_run contact_id)
sql "update hookline.workflow_run set held_by = 'http://example.com:80', wait = '{}' where id = $run;
	select hookline.contact_merge(1, $keep, $contact, '', false)" >/dev/null
is 'cancelled t t' "$(the_run "$over")" 'nor one that a merge ended'

# --- a run that find_contact gave to another --------------------------------

# adopted NAME: a run of NAME@example.com, which somebody else has since
adopted() {
	begin "$1@example.com"
	first=$contact
	contact=$(sql "select contact_id from t.receive('{\"email\":\"to-$1@example.com\"}', '{\"workflow_id\":\"3\"}')")
	record "\"variables\":{\"who\":\"$1\"},\"act\":{\"kind\":\"adopt\",\"contact\":\"$contact\",\"step_id\":\"f\",\"on_error\":\"fail\"}" >/dev/null
	is "waiting t $1" "$(the_run "status, contact_id = $contact, variables ->> 'who'")" 'a run has another contact'
}
emptied="status, variables, held_by is null, lease_no, (select string_agg(detail::text, '') from hookline.run_step where run_id = id)"
adopted former
is '1 1' "$(sql "select e ->> 'cancelled_runs', e ->> 'runs' from hookline.contact_erase(1, $first) e")" \
	'erasing the one that it had counts it'
is 'cancelled {} t 2 {}' "$(the_run "$emptied")" 'ends it, and empties it'
adopted merged
other=$(sql "select contact_id from t.receive('{\"email\":\"keeper@example.com\"}', '{\"workflow_id\":\"3\"}')")
sql "select hookline.contact_merge(1, $other, $first, '', false);
	select hookline.contact_erase(1, $other)" >/dev/null
is 'cancelled {} t 2 {}' "$(the_run "$emptied")" 'also where that one was merged into another'
adopted parted
other=$(sql "select contact_id from t.receive('{\"email\":\"parted2@example.com\"}', '{\"workflow_id\":\"3\"}')")
sql "select hookline.contact_merge(1, $other, $first, '', false);
	select hookline.contact_unmerge(1, (select max(id) from hookline.contact_merge), '');
	select hookline.contact_erase(1, $other)" >/dev/null
is 'waiting parted' "$(the_run "status, variables ->> 'who'")" 'but not since that was undone'
sql "select hookline.contact_erase(1, $first)" >/dev/null
is 'cancelled {} t 2 {}' "$(the_run "$emptied")" 'then it is the first one again'

finish
