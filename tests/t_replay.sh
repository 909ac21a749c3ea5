#!/bin/sh
# t_replay.sh - what came in, looked at and received once more: lists by pages
# and filters, the checks that say why nothing happened, replay and its dry run,
# samples with the mapping that they suggest, and who still uses an old URL.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

HOOKLINE_CONFIG=$conf
export HOOKLINE_CONFIG

# run WORD...: hookline(1); its answer in $dir/out and $dir/err
run() {
	"$hookline" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
}

json() { # json WANT FILTER WHAT: of the last answer
	is "$1" "$(jq -rc "$2" <"$dir/out" 2>&1)" "$3"
}

refused() { # refused TEXT WHAT
	is 1 "$got" "$2: refused"
	has "$dir/err" "$1" "$2: says why"
}

usage() {
	is 2 "$got" "$2: usage"
	has "$dir/err" "$1" "$2: says what is wrong"
}

runs() {
	sql 'select count(*) from hookline.workflow_run'
}

# checks: of the last answer, "name verdict name verdict ..."
checks='[.checks[] | .check, .verdict] | join(" ")'

map_email='"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.name","to":"contact.first_name"},
	{"from":"body.plan","to":"custom_variables.plan"}]'

# --- the checks -------------------------------------------------------------

publish Once '' '"dedup":{"from":"body.id"},'"$map_email"
post '{"id":"1","email":"a@example.com","name":"Ann","plan":"pro"}' \
	HTTP_USER_AGENT=Shop/1 HTTP_AUTHORIZATION='Bearer hush'
first=$(text delivery) contact=$(text contact) first_run=$(text run)
run --json delivery show "$first"
json 'method passed body passed dedup passed mapping passed enrolment passed' \
	"$checks" 'the checks of what was enrolled'
json "run $first_run" '.checks[-1].detail' 'say which run it made'
post '{"id":"1","email":"a@example.com","name":"Ann","plan":"pro"}'
second=$(sql 'select max(id) from hookline.delivery')
run --json delivery show "$second"
json 'dedup failed' '.checks[2] | .check + " " + .verdict' 'a duplicate failed its dedup'
json "the same key as delivery $first" '.checks[2].detail' 'and says whose it repeats'
json 0 '[.checks[] | select(.check == "enrolment")] | length' 'and goes no further'
post '{"id":"2","email":"a@example.com"}'
updated=$(text delivery)
run --json delivery show "$updated"
json 'enrolment failed' '.checks[-1] | .check + " " + .verdict' \
	'who is in the workflow already is not enrolled'
json true '.checks[-1].detail | test("re-entry rule does not allow another run$")' \
	'because of its re-entry rule'
run delivery show "$updated"
has "$dir/out" 're-entry rule does not allow another run' \
	'people read the whole reason'
post '{"id":"1","email":"b@example.com"}'
conflict=$(sql 'select max(id) from hookline.delivery')
run --json delivery show "$conflict"
json true .is_conflict 'a conflict is shown'
run delivery show "$conflict"
has "$dir/out" 'same key came with another body' 'also to people'
post '{"id":"3"}'
rejected=$(sql 'select max(id) from hookline.delivery')
run --json delivery show "$rejected"
json 'method passed body passed dedup passed mapping failed' "$checks" \
	'a refusal ends at its check'

draft Draft '' "$map_email"
post '{"email":"d@example.com"}'
run --json delivery show "$(text delivery)"
json 'captured enrolment failed' '[.outcome, (.checks[-1] | .check, .verdict)] | join(" ")' \
	'a draft enrols nobody'

# --- the list ---------------------------------------------------------------

run --json delivery list --workflow Once --outcome rejected
json "[\"$rejected\"]" '[.[].id]' 'by outcome'
run --json delivery list --workflow Once --limit 2
json "[\"$rejected\",\"$conflict\"]" '[.[].id]' 'the first page'
run --json delivery list --workflow Once --limit 2 --before "$conflict"
json "[\"$updated\",\"$second\"]" '[.[].id]' 'the next one, by its key'
run --json delivery list --search B@EXAMPLE.com
json "[\"$conflict\"]" '[.[].id]' 'by what is in it, in any case'
run --json delivery list --search "100%_nothing'"
json '[]' . 'what is looked for is only text'
sql "update hookline.delivery set received_at = now() - interval '3 days' where id = $first"
run --json delivery list --workflow Once --since '2 days'
json "[\"$rejected\",\"$conflict\",\"$updated\",\"$second\"]" '[.[].id]' 'since two days ago'
run --json delivery list --workflow Once --until '2 days'
json "[\"$first\"]" '[.[].id]' 'until two days ago'
run --json delivery list --since "$(date -u -d '-4 days' +%Y-%m-%dT%H:%M:%SZ)" \
	--until "$(date -u -d '-2 days' +%Y-%m-%d)"
json "[\"$first\"]" '[.[].id]' 'by moments'
there=$(sql "select to_char(received_at at time zone 'Pacific/Auckland', 'YYYY-MM-DD HH24:MI:SS')
	from hookline.delivery where id = $first")
TZ=Pacific/Auckland "$hookline" --json delivery list --workflow Once --until "$there" >"$dir/out"
json '[]' '[.[].id]' 'a moment is in the zone of who reads'
TZ=UTC "$hookline" --json delivery list --workflow Once --until "$there" >"$dir/out"
json "[\"$first\"]" '[.[].id]' 'which is not another'
run delivery list --outcome lost
usage '--outcome is enrolled, updated' 'an outcome that is none'
run delivery list --since soon
usage '--since is a moment' 'a moment that is none'
run delivery list --before x
usage '--before is an id' 'a page that is none'

# --- replay -----------------------------------------------------------------

before=$(runs)
run --json delivery replay "$rejected"
is 0 "$got" 'a delivery is replayed'
json "$rejected rejected" '.[0] | [.replay_of, .status] | join(" ")' \
	'what is refused still is refused again'
publish Once '' '"dedup":{"from":"body.id"},"map":[
	{"from":"body.email","to":"contact.email","default":"nobody@example.com"},
	{"from":"body.name","to":"contact.last_name"},
	{"from":"body.plan","to":"custom_variables.offer","default":"none"}]'
count=$(deliveries)
run --json delivery replay "$rejected" --dry-run
json 'enrolled true null none nobody@example.com' \
	'.[0] | [.status, (.is_new | tostring), (.before | tostring),
		.custom_variables.offer, .after.email] | join(" ")' \
	'a dry run says what today'\''s mapping makes of it'
json '["email"]' '[.[0].changes[] | select(.after != [] ) | .field]' 'and what changes'
json 'dedup noted' '.[0].checks[2] | .check + " " + .verdict' 'with its checks'
is "$count 0 $before" "$(deliveries) $(sql "select count(*) from hookline.contact
	where email = 'nobody@example.com'") $(runs)" 'and leaves nothing behind'
run delivery replay "$rejected" --dry-run
has "$dir/out" 'a new contact' 'people read it too'
run --json delivery replay "$rejected"
json "$rejected enrolled true" '.[0] | [.replay_of, .status, (.run | test("^[0-9]+$") | tostring)] | join(" ")' \
	'replayed, it is enrolled'
replayed=$(jq -r '.[0].delivery' "$dir/out")
is "$rejected|enrolled|{\"id\":\"3\"}" "$(sql "select replay_of, outcome, convert_from(body, 'UTF8')
	from hookline.delivery where id = $replayed")" 'as a delivery of its own, as it was received'
is 1 "$(($(runs) - before))" 'with a run'
run --json delivery show "$replayed"
json "$rejected" .replay_of 'which says what it was'

run --json delivery replay "$first" --dry-run
json "$contact false email" '.[0] | [.contact, (.is_new | tostring), .matched_by[0]] | join(" ")' \
	'whom it would match, and by what'
json '{"field":"last_name","before":null,"after":"Ann"}' '.[0].changes[0]' \
	'what of the contact would change'
json 'Ann null' '.[0] | .before.first_name + " " + (.before.last_name | tostring)' \
	'the contact before'
json 'Ann Ann' '.[0] | .after.first_name + " " + .after.last_name' 'and after'
json 'updated true' '.[0] | [.status, (.checks[-1].detail | test("re-entry") | tostring)] | join(" ")' \
	'and why it would not be enrolled'
is '' "$(sql "select coalesce(last_name, '') from hookline.contact where id = $contact")" \
	'nothing of it was stored'
run delivery replay "$first" --dry-run
has "$dir/out" "contact $contact, matched by email" 'people read whom'
grep -q '^last_name *Ann' "$dir/out" && ok 'and what' || fail 'and what' "$(cat "$dir/out")"

run --json delivery replay 999999 "$first"
refused '1 of 2 were not replayed' 'one that is not there'
json 'not_replayed updated' '[.[].status] | join(" ")' 'does not keep others back'
json true '.[0].reason | test("removed, or never was")' 'and is said to be gone'
sql "update hookline.delivery set body = '', headers = '{}', payload = null,
	reason = 'erased with the contact' where id = $second"
run --json delivery replay "$second"
json true '.[0].reason | test("erased")' 'what was erased is said to be'
sql "update hookline.delivery set body = substr(body, 1, 5) where id = $updated"
run --json delivery replay "$updated"
json true '.[0].reason | test("only 5 of its 34 bytes")' 'what was cut is not taken for whole'
run delivery replay x
refused 'is a number, not "x"' 'an id that is none'
run delivery replay
refused '--workflow, --outcome and --since together' 'replay of nothing'
run delivery replay --workflow Once --since 1d
refused '--workflow, --outcome and --since together' 'replay of too much'
run delivery replay "$first" --outcome rejected
refused "can't be used together" 'ids and a filter'
run --account Shop delivery replay "$first"
is 0 "$got" 'of the account that is named'
run account add Other
run --account Other --json delivery replay "$first"
json not_replayed '.[0].status' 'never of another'
sql "delete from hookline.account where name = 'Other'"

publish Many '"reentry":"always"' "$map_email"
for name in m1 m2 m3; do
	post "{\"name\":\"$name\"}"
	post "{\"name\":\"$name\",\"email\":\"$name@example.com\"}"
done
publish Many '"reentry":"always","contact":"optional"' '"map":[
	{"from":"body.name","to":"custom_variables.name"}]'
run --json delivery replay --workflow Many --outcome rejected --since 1h --limit 2
json 'enrolled enrolled' '[.[].status] | join(" ")' 'many by what became of them'
json true '.[0].replay_of < .[1].replay_of' 'in the order in which they came'
last=$(jq -r '.[-1].replay_of' "$dir/out")
run --json delivery replay --workflow Many --outcome rejected --since 1h --after "$last"
json 1 length 'the rest behind the last one'
run --json delivery replay --workflow Many --outcome enrolled --since 1h --dry-run
json 3 length 'replays are not replayed in a filter'
is 'm1 m2 m3' "$(sql "select string_agg(distinct variables ->> 'name', ' ') from hookline.workflow_run
	where workflow_id = (select id from hookline.workflow where name = 'Many') and contact_id is null")" \
	'each made its run'
run delivery replay --workflow Many --outcome filtered --since 1h
has "$dir/out" 'nothing to replay' 'a filter that finds nothing'

printf 'shop-secret' | "$hookline" secret set shop >/dev/null
publish Proof '"reentry":"always"' '"verify":{"scheme":"shopify","secret":"secret:shop"},'"$map_email"
post '{"email":"forged@example.com"}'
is 401 "$(status)" 'what proves nothing is refused'
forged=$(sql 'select max(id) from hookline.delivery')
run --json delivery replay --workflow Proof --outcome rejected --since 1h
json not_replayed '.[0].status' 'and not replayed among many'
run --json delivery replay "$forged"
json enrolled '.[0].status' 'but by its id: somebody vouches for it'
run --json delivery show "$(jq -r '.[0].delivery' "$dir/out")"
json 'signature noted' '[.checks[] | select(.check == "signature") | .check, .verdict] | join(" ")' \
	'which its checks say'

# --- split ------------------------------------------------------------------

publish Split '"reentry":"always"' '"split":"body.events","map":[
	{"from":"body.events.email","to":"contact.email"},
	{"from":"body.events.plan","to":"custom_variables.plan"}],
	"filter":{"field":"custom_variables.plan","is":"not_equals","value":"free"}'
post '{"events":[{"email":"s1@example.com","plan":"pro"},{"email":"s2@example.com","plan":"free"}]}'
whole=$(body | jq -r .delivery)
run --json delivery show "$whole"
json 'enrolled filtered' '[.parts[].status] | join(" ")' 'a split delivery shows its parts'
part=$(jq -r '.parts[1].delivery' "$dir/out")
run delivery show "$whole"
has "$dir/out" 'PART' 'people see them too'
run --json delivery show "$part"
json "$whole 2" '[.part_of, .part_no] | join(" ")' 'a part knows its whole'
json 'filter failed' "$checks" 'and has checks of its own'
run --json delivery replay "$part" --dry-run
json "$whole enrolled filtered" '.[0] | [.replay_of, .parts[].status] | join(" ")' \
	'a part is replayed by its whole'
json 'false pro' '.[0].parts[0] | [(.is_new | tostring), .custom_variables.plan] | join(" ")' \
	'with what each part would do'
run --json delivery replay "$part"
json 'enrolled filtered' '[.[0].parts[].status] | join(" ")' 'and really'
run --json delivery replay --workflow Split --outcome filtered --since 1h --dry-run
json "[\"$whole\"]" '[.[].replay_of]' 'also by a filter'

# --- samples ----------------------------------------------------------------

publish Sample '"reentry":"always"' "$map_email"
post '{"email":"x@example.com","first_name":"X","odd.key":1,"items":[{"sku":"a"}]}'
sample=$(text delivery)
printf 'no json' >"$dir/body"
hook POST "$hook" application/json "$dir/body"
bad=$(sql 'select max(id) from hookline.delivery')
hook GET "$hook?email=y@example.com&utm=q" '' "$dir/empty"
query=$(text delivery)
run --json trigger samples Sample
json "$query $sample" '[.[].id] | join(" ")' 'what could be read can be the sample'
run --json trigger sample Sample
refused 'no sample was chosen yet' 'before there is one'
run --json trigger sample Sample "$bad"
refused "can't be the sample" 'what could not be read'
run --json trigger sample Sample "$first"
refused "can't be the sample" 'a delivery of another workflow'
run --json trigger sample Sample "$sample"
is 0 "$got" 'a sample is chosen'
json 'body.email text x@example.com' '.paths[0] | [.path, .type, .value] | join(" ")' \
	'it is shown by its paths'
json true '[.paths[].path] | contains(["body[\"odd.key\"]", "body.items[0].sku"])' \
	'quoted as a mapping needs them'
json 'body.email contact.email body.first_name contact.first_name' \
	'[.suggested[:2][] | .from, .to] | join(" ")' 'and suggests a mapping'
is "$sample" "$(sql "select t.sample_id from hookline.trigger t join hookline.workflow w
	on w.id = t.workflow_id where w.name = 'Sample'")" 'it is remembered'
run --json trigger sample Sample
json "$sample" .sample 'and shown again'
run --json trigger samples Sample
json "$sample" '.[] | select(.is_chosen) | .id' 'and marked among the others'
run --json trigger sample Sample "$query"
json 'body.email body.utm' '[.paths[] | select(.path | startswith("body")) | .path] | join(" ")' \
	'a query is the body of a GET'
run trigger sample Sample "$sample"
has "$dir/out" 'custom_variables.odd_key' 'people read the mapping'
run --json trigger sample Sample "$sample"
jq '{format: "hookline/1", name: "Suggested", settings: {}, steps: [],
	trigger: {type: "inbound_webhook", map: .suggested}}' "$dir/out" >"$dir/suggested.json"
run --json workflow validate "$dir/suggested.json"
json true .valid 'what is suggested is a valid mapping'

# --- rotation ---------------------------------------------------------------

publish Rotate '"reentry":"always"' "$map_email"
old=$hook
run --json trigger url Rotate
json 'null null' '[.rotated_at, .old_url_ends_at] | map(tostring) | join(" ")' \
	'a URL that was never rotated'
post '{"email":"r1@example.com"}' HTTP_USER_AGENT=Form/1
run trigger rotate Rotate --overlap 2h
has "$dir/out" 'trigger senders WORKFLOW --old' 'who rotates is told how to see who is late'
run --json trigger url Rotate
json true '(.rotated_at | test("Z$")) and (.old_url_ends_at | test("Z$"))' \
	'it says until when an old one is valid'
hook=$(jq -r .url "$dir/out" | sed 's|https://[^/]*||')
post '{"email":"r2@example.com"}' HTTP_USER_AGENT=Form/2
hook=$old
post '{"email":"r1@example.com"}' HTTP_USER_AGENT=Form/1 REMOTE_ADDR=127.0.0.2
late=$(text delivery)
run --json trigger senders Rotate
json '[["127.0.0.2","Form/1",1,1],["127.0.0.1","Form/2",1,0],["127.0.0.1","Form/1",1,0]]' \
	'[.[] | [.remote_addr, .user_agent, .deliveries, .by_old_url]]' 'who sends here'
run --json trigger senders Rotate --old
json '[["127.0.0.2","Form/1"]]' '[.[] | [.remote_addr, .user_agent]]' 'who is still to be told'
run --json delivery show "$late"
json true .used_old_url 'a delivery says so'
run delivery show "$late"
has "$dir/out" 'URL that had been rotated' 'also to people'
run --json trigger rotate Rotate
json null .old_url_ends_at 'after another rotation without overlap'
run --json trigger senders Rotate --old
json '[]' . 'nobody uses an old one any more'
run trigger senders Rotate --old
has "$dir/out" 'nobody has used an old URL' 'which is said'

done_testing
