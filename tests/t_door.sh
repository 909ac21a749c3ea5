#!/bin/sh
# t_door.sh - what a trigger makes of its deliveries: repeats are known by a
# path, a header or the whole body; a list is split; senders get the answer they
# demand, may ask for a receipt, and each delivery says which checks it passed.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

runs() {
	sql 'select count(*) from hookline.workflow_run'
}

map_email='"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.n","to":"custom_variables.n"}]'

# --- once -------------------------------------------------------------------

publish Path '"reentry":"always"' '"dedup":{"from":"body.id"},'"$map_email"
post '{"id":"e1","email":"a@example.com"}'
is '200 enrolled' "$(outcome)" 'dedup by a path: the first is enrolled'
first=$(text delivery) first_run=$(text run) first_contact=$(text contact)
post '{"id":"e1","email":"a@example.com"}'
is '200 duplicate' "$(outcome)" 'its repetition is a duplicate'
is "$first $first_run $first_contact" "$(text delivery) $(text run) $(text contact)" \
	'and is answered with the first one'\''s ids'
is "duplicate|the same key as delivery $first|f" \
	"$(delivery 'outcome, reason, is_conflict')" 'it is kept as such'
post '{"id":"e1","email":"other@example.com"}'
is '200 duplicate' "$(outcome)" 'the same key with another body is a duplicate'
is "conflict: the same key as delivery $first, but another body|t" \
	"$(delivery 'reason, is_conflict')" 'and flagged as a conflict'
post '{"id":"e1"}'
is '200 duplicate' "$(outcome)" 'whatever its mapping would say now'
post '{"id":"e2"}'
is 422 "$(status)" 'what is refused'
post '{"id":"e2","email":"a@example.com"}'
is '200 enrolled' "$(outcome)" 'is not remembered: the corrected one is taken'
post '{"email":"a@example.com"}'
is '200 enrolled' "$(outcome)" 'without a key nothing is recognised'
is 'dedup|noted' "$(delivery "checks -> 2 ->> 'check', checks -> 2 ->> 'verdict'")" \
	'and the delivery says so'

publish Header '"reentry":"always"' '"dedup":{"header":"X-Request-Token"},'"$map_email"
post '{"email":"h@example.com"}' HTTP_X_REQUEST_TOKEN=1
is '200 enrolled' "$(outcome)" 'dedup by a header, also one that is a credential'
post '{"email":"h@example.com"}' HTTP_X_REQUEST_TOKEN=2
is '200 enrolled' "$(outcome)" 'another value is another event'
post '{"email":"h@example.com"}' HTTP_X_REQUEST_TOKEN=1
is '200 duplicate' "$(outcome)" 'the same is a duplicate'
is '[redacted]' "$(delivery "headers ->> 'x-request-token'")" \
	'the header itself is not kept'

publish Preset '"reentry":"always"' '"dedup":{"preset":"github"},'"$map_email"
post '{"email":"g@example.com"}' HTTP_X_GITHUB_DELIVERY=72d3162e
is '200 enrolled' "$(outcome)" 'dedup by what a sender is known to send'
post '{"email":"g@example.com"}' HTTP_X_GITHUB_DELIVERY=72d3162e
is '200 duplicate' "$(outcome)" 'knows its repetition'
post '{"email":"g@example.com"}' HTTP_X_GITHUB_DELIVERY=72d3162f
is '200 enrolled' "$(outcome)" 'and its next event'

publish Whole '"reentry":"always"' '"dedup":{"window":"1 hour"},'"$map_email"
post '{"email":"w@example.com"}'
is '200 enrolled' "$(outcome)" 'dedup by the whole body'
post '{"email":"w@example.com"}'
is '200 duplicate' "$(outcome)" 'within its window'
sql "update hookline.delivery_key set received_at = received_at - interval '61 minutes'"
post '{"email":"w@example.com"}'
is '200 enrolled' "$(outcome)" 'after the window it is taken again'
post '{"email":"w@example.com"}'
is '200 duplicate' "$(outcome)" 'and then remembered anew'

publish Fifty '"reentry":"always"' '"dedup":{"from":"body.id"},'"$map_email"
before=$(runs)
pids=
printf '{"id":"x","email":"fifty@example.com"}' >"$dir/fifty"
for i in $(seq 50); do
	hook_to "$dir/fifty.$i" POST "$hook" application/json "$dir/fifty" &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # a list
wait $pids
is 50 "$(cat "$dir"/fifty.* | grep -c '^Status: 200')" 'fifty copies at once: all are answered 200'
is 1 "$(($(runs) - before))" 'and make one run'
is 1 "$(cat "$dir"/fifty.* | sed -n 's/.*"run":"\([0-9]*\)".*/\1/p' | sort -u | wc -l)" \
	'each is told that run'

# --- split ------------------------------------------------------------------

publish Split '"reentry":"always"' '"split":"body.events","map":[
	{"from":"body.events.email","to":"contact.email"},
	{"from":"body.shop","to":"custom_variables.shop"},
	{"from":"body.plan","to":"custom_variables.plan"}],
	"filter":{"field":"custom_variables.plan","is":"not_equals","value":"free"}'
before=$(runs)
post '{"shop":"S","events":[{"email":"s1@example.com","plan":"pro"},
	{"email":"s2@example.com","plan":"free"},{"plan":"pro"},
	{"email":"s3@example.com","plan":"team"}]}'
is '200 enrolled' "$(outcome)" 'a list is split'
is 'enrolled filtered rejected enrolled' "$(body | jq -r '[.parts[].status] | join(" ")')" \
	'each element has its own outcome'
is 2 "$(($(runs) - before))" 'a run for each that is enrolled'
is 'S|pro
S|team' "$(sql "select variables ->> 'shop', variables ->> 'plan' from hookline.workflow_run
	order by id desc limit 2" | sort)" \
	'with the values of its element and of what is around it'
is 'enrolled|split into 4|0' "$(sql "select outcome, reason, (part_of is not null)::int
	from hookline.delivery where body <> '' order by id desc limit 1")" \
	'the request is one delivery'
is '4|1' "$(sql "select count(*), count(distinct part_of) from hookline.delivery
	where part_of is not null")" 'and each element is one'
post '{"events":[{"plan":"pro"},{}]}'
is 422 "$(status)" 'elements of nobody are refused'
post '{"events":{"email":"s4@example.com","plan":"pro"}}'
is '200 enrolled' "$(outcome)" 'one event without its list is taken'
post '{"events":[]}'
is '200 filtered' "$(outcome)" 'an empty list is nothing'
printf '{"events":[' >"$dir/many"
seq 1001 | sed 's/.*/{},/' >>"$dir/many"
printf '{}]}' >>"$dir/many"
hook POST "$hook" application/json "$dir/many"
is 422 "$(status)" 'too many elements are refused'

publish Array '"reentry":"always"' '"split":"body",'"$map_email"
post '[{"email":"t1@example.com","n":1},{"email":"t2@example.com","n":2}]'
is 'enrolled enrolled' "$(body | jq -r '[.parts[].status] | join(" ")')" \
	'a body that is a list'

publish Strings '"reentry":"always"' '"split":"body.payload.events","map":[
	{"from":"body.payload.events.email","to":"contact.email"},
	{"from":"body.payload.shop","to":"custom_variables.shop"}]'
printf '%s' 'payload={"shop":"S","events":[{"email":"u1@example.com"},{"email":"u2@example.com"}]}' \
	>"$dir/form"
hook POST "$hook" application/x-www-form-urlencoded "$dir/form"
is 'enrolled enrolled' "$(body | jq -r '[.parts[].status] | join(" ")')" \
	'a list inside of JSON in a field of a form'
is 'S u1@example.com
S u2@example.com' "$(sql "select variables ->> 'shop' || ' ' || email
	from hookline.workflow_run r join hookline.contact c on c.id = r.contact_id
	order by r.id desc limit 2" | sort)" 'with what is around it'
publish Strings2 '"reentry":"always"' '"split":"body.mandrill_events","map":[
	{"from":"body.mandrill_events.msg.email","to":"contact.email"}]'
printf '%s' 'mandrill_events=[{"msg":{"email":"v1@example.com"}},{"msg":{"email":"v2@example.com"}}]' \
	>"$dir/form"
hook POST "$hook" application/x-www-form-urlencoded "$dir/form"
is 'enrolled enrolled' "$(body | jq -r '[.parts[].status] | join(" ")')" \
	'a field of a form that is a list as JSON'

# --- answers ----------------------------------------------------------------

publish Answer '"reentry":"always"' '"answer":{"status":202,"content_type":"application/json",
	"body":"{\"ok\":\"{{webhook.body.name}}\",\"id\":\"{{delivery.id}}\"}"},'"$map_email"
post '{"email":"c@example.com","name":"a \"b\""}'
is 202 "$(status)" 'a trigger has an answer of its own'
is 'application/json' "$(header Content-Type)" 'with its type'
is 'a "b" true' "$(body | jq -r '.ok + " " + (.id | test("^[0-9]+$") | tostring)')" \
	'its template is filled, values can'\''t break it'
post '{}'
is 422 "$(status)" 'a refusal is answered as ever'

publish Receipt '"reentry":"always"' "$map_email"
post '{"email":"r@example.com"}'
id=$(text delivery) run=$(text run)
hook GET "$hook/deliveries/$id" '' "$dir/empty"
is "200 enrolled $id $run waiting" \
	"$(status) $(body | jq -r '[.status, .delivery, .run, .run_status] | join(" ")')" \
	'a receipt says what became of a delivery'
hook GET "$hook/deliveries/$first" '' "$dir/empty"
is 404 "$(status)" 'of another hook there is none'
hook GET "$hook/deliveries/0" '' "$dir/empty"
is 404 "$(status)" 'nor of one that is not there'
hook GET "$hook/deliveries/x" '' "$dir/empty"
is 404 "$(status)" 'nor of what is no id'
hook POST "$hook/deliveries/$id" '' "$dir/empty"
is '405 GET, HEAD' "$(status) $(header Allow)" 'a receipt is only read'

# --- checks, and what can't be stored ---------------------------------------

publish Checks '' '"filter":{"field":"custom_variables.n","is":"equals","value":"1"},'"$map_email"
post '{"email":"k@example.com","n":"1"}'
is 'method passed body passed filter passed mapping passed' \
	"$(delivery checks | jq -r '[.[] | .check, .verdict] | join(" ")')" \
	'the checks are kept in their order'
post '{"n":"2"}'
is '200 filtered' "$(outcome)" 'what the filter refuses needs no contact'
is 'method passed body passed filter failed' \
	"$(delivery checks | jq -r '[.[] | .check, .verdict] | join(" ")')" \
	'and its checks end there'

sql "insert into hookline.custom_field (account_id, key, type) values
	(1, 'age', 'number'), (1, 'vip', 'boolean'), (1, 'likes', 'list')"
publish Typed '"reentry":"always"' '"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.age","to":"contact.custom.age"},
	{"from":"body.vip","to":"contact.custom.vip"},
	{"from":"body.likes","to":"contact.custom.likes"}]'
post '{"email":"typed@example.com","age":"41","vip":"yes","likes":"tea"}'
is '{"age": 41, "vip": true, "likes": ["tea"]}' \
	"$(sql "select custom from hookline.contact where email = 'typed@example.com'")" \
	'custom fields take what their type says'
post '{"email":"typed@example.com","age":"abc","vip":"perhaps"}'
is '41 true' "$(sql "select custom ->> 'age' || ' ' || (custom ->> 'vip')
	from hookline.contact where email = 'typed@example.com'")" \
	'what does not fit is not stored'
case $(delivery reason) in
*'body.age: expected a number, found "abc"'*'body.vip: expected true'*)
	ok 'and the delivery says which and why' ;;
*) fail 'and the delivery says which and why' "$(delivery reason)" ;;
esac

publish Nobody '"contact":"optional"' '"map":[{"from":"body.first","to":"contact.first_name"}]'
post '{"first":"Ann"}'
is '200 enrolled' "$(outcome)" 'nobody in particular'
case $(delivery reason) in
*'not stored'*'neither an e-mail address'*) ok 'has no fields, and the delivery says so' ;;
*) fail 'has no fields, and the delivery says so' "$(delivery reason)" ;;
esac

publish Headers '"contact":"optional"' '"map":[
	{"from":"headers.x-auth-key","to":"custom_variables.key"},
	{"from":"headers.idempotency-key","to":"custom_variables.idem"}]'
post '{"a":1}' HTTP_X_AUTH_KEY=hush HTTP_IDEMPOTENCY_KEY=i1
is '[redacted]|i1' "$(delivery "headers ->> 'x-auth-key', headers ->> 'idempotency-key'")" \
	'a credential is crossed out, an idempotency key is none'
is '|i1' "$(sql "select variables ->> 'key', variables ->> 'idem'
	from hookline.workflow_run order by id desc limit 1")" \
	'and is never mapped'

publish Long '"reentry":"never","reentry_key":"custom_variables.n"' "$map_email"
long=$(head -c 3000 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
post "{\"email\":\"long@example.com\",\"n\":\"$long\"}"
is '200 enrolled' "$(outcome)" 'a re-entry key may be long'
post "{\"email\":\"long@example.com\",\"n\":\"$long\"}"
is '200 updated' "$(outcome)" 'and is known again'

# --- refusals are bounded ---------------------------------------------------

configure "$dir/few.conf" 'keep_refused = 3'
publish Refused '' "$map_email"
for i in 1 2 3 4 5; do
	post '{}' HOOKLINE_CONFIG="$dir/few.conf"
	status
done >"$dir/statuses"
is 5 "$(grep -c 422 "$dir/statuses")" 'all that is wrong is refused'
is 3 "$(sql "select count(*) from hookline.delivery d where d.outcome = 'rejected'
	and d.trigger_id = (select max(id) from hookline.trigger)")" \
	'of these as many are kept as configured'

# --- lists --------------------------------------------------------------------

# While the first is held up by a lock, the others gather: they share a
# statement, and one of them is what the database will not take.
psql -XAtq -U postgres -v ON_ERROR_STOP=1 <<-SQL
	create function hookline.poison() returns trigger language plpgsql as \$\$
	begin
		if new.email like 'poison%' then
			raise exception 'poison' using errcode = 'XX000';
		end if;
		return new;
	end \$\$;
	create trigger poison before insert on hookline.contact
		for each row execute function hookline.poison();
SQL
start_responder --threads 16
publish Gathered '' "$map_email"
psql -XAtq -c 'begin; lock table hookline.workflow_run in exclusive mode;
	select pg_sleep(1.5); commit' >/dev/null &
locker=$!
sleep 0.2
pids=
for name in first a b c poison d e f; do
	printf '{"email":"%s@list.example"}' "$name" >"$dir/list.$name"
	hook_to "$dir/listed.$name" POST "$hook" application/json "$dir/list.$name" &
	pids="$pids $!"
	[ "$name" != first ] || sleep 0.3
done
# shellcheck disable=SC2086 # a list
wait $pids "$locker"
is 7 "$(cat "$dir"/listed.* | grep -c '"status":"enrolled"')" \
	'those who share a statement with a faulty one are enrolled'
is 7 "$(sql "select count(*) from hookline.contact where email like '%@list.example'")" \
	'each once'
holds 'the faulty one alone is not' \
	[ -z "$(grep -l enrolled "$dir/listed.poison")" ]
is 1 "$(find "$dir/spool/failed" -name '*.why' | wc -l)" 'and is kept, with the reason'
via=$hook_fcgi
sql 'drop trigger poison on hookline.contact' >/dev/null

# --- locks ------------------------------------------------------------------

publish Locked '' "$map_email"
psql -XAtq -c 'begin; lock table hookline.contact in access exclusive mode;
	select pg_sleep(6); commit' >/dev/null &
locker=$!
for i in $(seq 100); do
	[ "$(sql "select count(*) from pg_locks where granted
		and relation = 'hookline.contact'::regclass
		and mode = 'AccessExclusiveLock'")" = 0 ] || break
	sleep 0.02
done
before=$(deliveries)
post '{"email":"locked@example.com"}'
first=$(outcome)
wait $locker
sleep 0.3
is "$before" "$(deliveries)" 'what waited for a lock too long is not kept later'
is '200 spooled' "$first" 'and its sender was told that it will be'

done_testing
