#!/bin/sh
# t_cli.sh - what hookline(1) promises to people and scripts: every command,
# its exit status, what it prints as JSON and as text, and that no name can
# mean more than a name.
# shellcheck disable=SC2015 # ok never fails, so A && ok || fail is if-else
set -u
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}
TZ=Europe/Berlin
export TZ

# shellcheck source=tests/hook_house.sh
. "${top_srcdir:-.}/tests/hook_house.sh"

HOOKLINE_CONFIG=$conf
export HOOKLINE_CONFIG

# run WORD...: hookline(1); its answer in $dir/out and $dir/err
run() {
	"$hookline" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ "$got" -lt 126 ] || fail "hookline $* ends by itself" "$(cat "$dir/err")"
}

# done_ WHAT, refused PATTERN WHAT, usage PATTERN WHAT: how the last run ended
done_() {
	is 0 "$got" "$1: done"
	[ "$got" = 0 ] || sed 's/^/#   /' "$dir/err"
}

refused() {
	is 1 "$got" "$2: refused"
	grep -q -e "$1" "$dir/err" && ok "$2: says why" ||
		fail "$2: says why" "expected: $1
     got: $(cat "$dir/err")"
}

usage() {
	is 2 "$got" "$2: usage"
	has "$dir/err" "$1" "$2: says what is wrong"
	has "$dir/err" 'usage: hookline ' "$2: shows the usage"
}

json() { # json WANT FILTER WHAT: of the last answer
	is "$1" "$(jq -rc "$2" <"$dir/out" 2>&1)" "$3"
}

# --- words of the command line ----------------------------------------------

run --version
done_ --version
has "$dir/out" 'hookline 0' '--version'
run --help
done_ --help
has "$dir/out" 'workflow import FILE [--publish]' '--help lists commands'
"$hookline" --help | sed -n '/^  [a-z]/s/^  \([a-z]* *[a-z]*\).*/\1/p' |
	sed 's/ *$//' >"$dir/commands"
is 60 "$(wc -l <"$dir/commands" | tr -d ' ')" 'all commands are listed'
while read -r command; do
	grep -q "^\.It Cm $command" "$top_srcdir/man/hookline.1" ||
		fail "the manual has $command"
	# shellcheck disable=SC2086 # noun and verb
	"$hookline" $command --help | grep -q "^usage: .* $command" ||
		fail "$command --help"
done <"$dir/commands"

run
usage '--help' 'no command'
run paint
usage 'there is no command "paint"' 'an unknown noun'
run run
usage 'run cancel ID' 'a noun without a verb'
run run walk
usage 'run has no verb "walk"' 'an unknown verb'
is 'hookline: run has no verb "walk"' "$(head -n 1 "$dir/err")" \
	'what is wrong comes first'
run account list too
is 'usage: hookline [--config FILE] [--account NAME] [--json] account list' \
	"$(tail -n 1 "$dir/err")" 'a usage ends with its last word'
run run --help
done_ 'the help of a noun'
run run show
usage 'hookline: ID is missing' 'a missing operand'
run run show 1 2
usage '"2" is one word too many' 'an operand too many'
run run list --colour
usage 'there is no option --colour' 'an unknown option'
run workflow show -dash
usage 'there is no option -d here; a word that begins with - stands behind --' \
	'an unknown letter'
run workflow import x --publish=now
usage 'hookline: --publish takes no value' 'a flag with a value'
for value in '--limit x' '--limit 0' '--limit 10001' '--limit' '--status lost'; do
	# shellcheck disable=SC2086 # option and value
	"$hookline" --config "$dir/nowhere" run list $value >"$dir/out" 2>"$dir/err"
	got=$?
	usage "hookline: ${value% *}" "run list $value"
done
run run list --limit
usage '--limit needs a value' 'an option without its value'
run --nonsense
is 2 "$got" 'an unknown option before the noun'
run run show -- -5
refused 'the id of a run is a number, not "-5"' 'what follows -- is an operand'
run --config "$dir/nowhere" account list
refused 'nowhere' 'a configuration that is not there'
run account list --config "$conf"
done_ 'common options may stand at the end'
printf 'database = host=%s dbname=nosuch\nsecret_file = hookline.secret\n' \
	"$PGHOST" >"$dir/away.conf"
run --config "$dir/away.conf" account list
refused 'nosuch' 'a database that is not there'
sed 's/dbname=nosuch/dbname=postgres user=hookline/' "$dir/away.conf" >"$dir/bare.conf"
run --config "$dir/bare.conf" account list
refused 'no Hookline schema yet: run .hookline db migrate' \
	'a database without our schema'
"$hookline" account list >/dev/full 2>"$dir/err"
is 1 $? 'an answer that can not be written is no success'

# --- accounts and users -----------------------------------------------------

run --json account list
json '["Shop"]' '[.[].name]' 'one account'
run run list
done_ 'the only account need not be named'
run --json account add "O'Brien \"&\" Söhne'; drop table x;--" \
	--timezone europe/berlin --country de
done_ 'a name is only a name'
json "O'Brien \"&\" Söhne'; drop table x;--" .name 'every character is kept'
json 'string Europe/Berlin DE' \
	'[(.id|type), .timezone, .country]|join(" ")' 'zone and country'
run account add Shop
refused 'there is an account "Shop" already' 'a name that is taken'
run account add X --timezone Mars/Base
refused 'no time zone "Mars/Base"' 'an unknown zone'
run account add X --country XX
usage 'hookline: --country is the code of a country' 'an unknown country'
run account add ''
refused '1 to 200 bytes' 'an empty name'
run account add "$(printf 'bad\377')"
refused 'not UTF-8 at byte 4' 'a name that is no UTF-8'
run account list
has "$dir/out" '  Europe/Berlin  DE       email_first' 'accounts as a table'
run --account 2 --json account set --match phone_first --country at --timezone utc
json 'phone_first AT UTC' '[.match, .country, .timezone]|join(" ")' 'what is set'
run --account 2 --json account set --match both
json 'both AT UTC' '[.match, .country, .timezone]|join(" ")' 'the rest stays'
run --account 2 account set
refused 'say what to set' 'nothing to set'
run --account 2 account set --match any
usage '--match is email_first, phone_first, either or both, not "any"' 'an unknown rule'
run --account 2 account set --country XX
usage '--country is the code of a country' 'no country to set'
run --account 2 account set --timezone Mars/Base
refused 'no time zone "Mars/Base"' 'no zone to set'
run --account 1 --json account list
json 'email_first,both' '[.[].match]|sort|reverse|join(",")' 'each account has its own rule'
run contact list
refused "several accounts.*O'Brien.*\"Shop\"" 'several accounts: which?'
run contact list --account Nobody
refused 'no account "Nobody"; there is' 'an unknown account'
run --account 1 --json contact list
json '[]' . 'an account by its id'

# --- custom fields and values ------------------------------------------------

run --account 2 --json field add size --type number --label 'Shoe size'
done_ 'a custom field'
json 'size number Shoe size {{contact.custom.size}}' '[.key,.type,.label,.use]|join(" ")' \
	'says how to use it'
run --account 2 field add size
refused 'there is a field "size" already' 'a field twice'
run --account 2 field add email
refused 'every contact has a field "email"' 'a field of every contact'
run --account 2 field add 'shoe size'
refused 'letters, digits and _' 'a field that templates could not name'
run --account 2 field add x --type money
usage '--type is text, number, date, boolean or list' 'an unknown type'
run --account 2 field add note
done_ 'a field is text unless told'
sql "insert into hookline.contact (account_id, custom) values (2, '{\"size\":\"42\"}')"
run --account 2 --json field set size --type text
json 'text Shoe size 1' '[.type,.label,.contacts]|join(" ")' 'a field is changed, its values stay'
run --account 2 field set size
refused 'say what to set' 'a change of nothing'
run --account 2 field set sise --label x
refused 'there is no field "sise"' 'a field that is not there'
run --account 2 --json field list
json 'note:text size:text' '[.[]|.key+":"+.type]|join(" ")' 'field list'
run --account 1 --json field list
json '[]' . "an account has its own fields"
run --account 2 --json field remove size
json 'removed 1' '[.status,.contacts]|join(" ")' 'a field is forgotten'
is 42 "$(sql "select custom ->> 'size' from hookline.contact where account_id = 2 and custom ? 'size'")" \
	'and its values stay'
sql 'delete from hookline.contact where account_id = 2'
run --account 2 field remove size
refused 'there is no field "size"' 'a field twice forgotten'

run --account 2 --json value set slogan 'We "care" €'
json 'made {{custom_values.slogan}}' '[.status,.use]|join(" ")' 'a value'
run --account 2 --json value set slogan -- '-5 %'
json replaced .status 'a value is replaced'
run --account 2 --json value list
json 'slogan=-5 %' '[.[]|.name+"="+.value]|join(" ")' 'value list'
run --account 1 --json value list
json '[]' . 'an account has its own values'
run --account 2 value set 1st x
refused 'no digit first' 'a value that templates could not name'
run --account 2 value set v "$(printf 'a\377')"
refused 'UTF-8; byte 2' 'a value that is no text'
run --account 2 value remove slogan
done_ 'a value is forgotten'
run --account 2 value remove slogan
refused 'there is no value "slogan"' 'a value twice forgotten'
is '{}' "$(sql 'select constants from hookline.account where id = 2')" 'nothing of it stays'

# As the other one, unless a test says more.
shop() {
	run --account Shop "$@"
}

shop --json user add Ann@Example.com --name 'Ann "A" Lee'
done_ 'a user without a password'
json 'ann@example.com 20' '[.email, (.password|length)]|join(" ")' \
	'gets one that is made up'
shop user add ann@EXAMPLE.com
refused 'there is a user "ann@example.com" already' 'a user twice'
shop user add nobody
refused 'is no e-mail address' 'a user needs an address'
echo 'a long enough one' |
	"$hookline" --account Shop --json user passwd ann@example.com \
		--password-stdin >"$dir/out"
json 'null' .password 'a password that was given is not printed'
is t "$(sql "select password_hash like '\$y\$%' from hookline.app_user")" \
	'a password is hashed'
echo short | "$hookline" --account Shop user passwd ann@example.com \
	--password-stdin 2>"$dir/err" >"$dir/out"
is 1 $? 'a short password is refused'
shop user passwd bob@example.com
refused 'there is no user "bob@example.com"' 'a password for nobody'
shop --json user list
json '[["ann@example.com","Ann \"A\" Lee"]]' '[.[]|[.email, .name]]' 'users'
is '' "$(jq -r '.[].password_hash // empty' <"$dir/out")" 'without hashes'
run --account 2 --json user list
json '[]' . 'users belong to one account'

# --- documents --------------------------------------------------------------

document Orders '"timezone":"Europe/Berlin"' "$map_example" >"$dir/orders.json"
"$hookline" --config /nonexistent workflow validate "$dir/orders.json" \
	>"$dir/out" 2>"$dir/err"
is '0 valid' "$? $(cat "$dir/out")" 'checking needs no configuration'
cat >"$dir/faulty.json" <<'JSON'
{"format":"hookline/1","name":"","trigger":{"type":"inbound_webhook","x/y":1},
"steps":[{"id":"a","type":"wait","for":"soon"},{"id":"a","type":"jump"}]}
JSON
run workflow validate "$dir/faulty.json"
is 1 "$got" 'a faulty document'
for pointer in /name /trigger/x~1y /steps/0/for /steps/1/id /steps/1/type; do
	grep -q "^$pointer: ." "$dir/err" && ok "a fault at $pointer" ||
		fail "a fault at $pointer" "$(cat "$dir/err")"
done
run --json workflow validate "$dir/faulty.json"
is 1 "$got" 'a faulty document, as JSON'
json 'false true true' '[.valid, (.faults|length >= 5),
	(.faults|all(has("path") and has("detail")))]|join(" ")' 'its faults'
cp "$dir/out" "$dir/faults"
shop workflow import "$dir/faulty.json" --publish
refused "has $(jq '.faults|length' "$dir/faults") faults" \
	'a faulty document is not imported'
is "$(jq -r '.faults[]|.path+": "+.detail' "$dir/faults" | sort)" \
	"$(grep '^/' "$dir/err" | sort)" 'with all its faults'
shop --json workflow import "$dir/faulty.json"
refused 'the workflow document has' 'as JSON'
is "$(jq -c .faults "$dir/faults")" "$(jq -c .faults "$dir/out")" \
	'the faults are the answer'
is 0 "$(sql 'select count(*) from hookline.workflow')" 'nothing was written'
printf '{"a":' >"$dir/broken.json"
run workflow validate "$dir/broken.json"
refused '^the document: this is no JSON: .* at line 1, column 6' \
	'text that is no JSON'
run workflow validate "$dir/none.json"
refused 'none.json: No such file' 'no such file'
document Orders '' '"verify":{"scheme":"stripe-v1","secret":"secret:s"}' \
	>"$dir/verify.json"
shop workflow import "$dir/verify.json" --publish
refused '^/trigger/verify/secret: there is no secret "s"' 'a secret that is missing'
is 0 "$(sql 'select count(*) from hookline.workflow')" 'and nothing written'
document Orders '"timezone":"Mars/Base"' '' >"$dir/zone.json"
shop workflow import "$dir/zone.json" --publish
refused '^/settings/timezone: PostgreSQL knows no' 'a zone nobody knows'
shop workflow import "$dir/zone.json"
done_ 'a draft may name it'
has "$dir/err" 'warning: /settings/timezone: PostgreSQL knows no' \
	'with a warning'
shop --json workflow publish Orders
refused 'has 1 fault' 'but it is not published'
json 'false /settings/timezone' '[.valid, .faults[0].path]|join(" ")' \
	'and JSON says why'
sql "delete from hookline.hook_key; delete from hookline.trigger;
	delete from hookline.workflow" >/dev/null
document Chain '' '' '{"id":"a","type":"enrol","workflow":"Nowhere"}' \
	>"$dir/chain.json"
shop workflow import "$dir/chain.json" --publish
done_ 'an enrol step that leads nowhere is published'
has "$dir/err" 'warning: /steps/0/workflow: there is no workflow "Nowhere"' \
	'with a warning'

# --- workflows --------------------------------------------------------------

shop --json workflow import "$dir/orders.json"
done_ 'a document is imported'
json '["workflow","name","version","status","url"]' keys_unsorted 'its answer'
json 'Orders null draft true' '[.name, (.version|tostring), .status,
	(.url|test("^https://hooks.example.com/hooks/[A-Za-z0-9_-]{32}$"))]
	|join(" ")' 'a draft has no version, but a URL'
url=$(jq -r .url "$dir/out")
shop --json workflow import "$dir/orders.json" --publish
json "1 published $url" '[.version, .status, .url]|join(" ")' \
	'published, the URL stays'
shop --json workflow publish Orders
json 1 .version 'the same document makes no new version'
has "$dir/err" 'was published as it is already: nothing changed' 'and is told so'
jq '.steps[0].for = "2 days" | .name = "Orders"' "$dir/orders.json" |
	"$hookline" --account Shop --json workflow import - >"$dir/out"
json '1 published' '[.version, .status]|join(" ")' 'a new draft, from stdin'
shop --json workflow show Orders
json '1 true 1' '[.version, .draft_differs, (.versions|length)]|join(" ")' \
	'the draft differs'
shop workflow publish Orders
done_ 'the draft is published'
shop --json workflow show Orders
json '2 false [2,1] 0 false' '[.version, .draft_differs,
	([.versions[].version]|tostring), .enrolled, has("hook_key")]|join(" ")' \
	'as version 2'
shop workflow export Orders --version 1
jq -S . "$dir/orders.json" >"$dir/want"
jq -S . "$dir/out" | cmp -s - "$dir/want" && ok 'version 1 as it was' ||
	fail 'version 1 as it was' "$(cat "$dir/out")"
shop workflow export Orders
cp "$dir/out" "$dir/export.json"
json '2 days' '.steps[0].for' 'the draft as it is'
shop workflow import "$dir/export.json" --publish
shop --json workflow show Orders
json 2 .version 'an export that is imported changes nothing'
shop workflow export Orders --version 9
refused 'has no version 9' 'no such version'
shop workflow export Orders --version x
usage 'hookline: --version is a number' 'no version at all'
shop --json workflow unpublish Orders
json '2 draft' '[.version, .status]|join(" ")' 'a draft again, version kept'
shop --json workflow unpublish Orders
json '2 draft' '[.version, .status]|join(" ")' 'it stays a draft'
has "$dir/err" 'was unpublished already: nothing changed' 'and is told so'
shop --json workflow publish Orders
json '2 published' '[.version, .status]|join(" ")' 'published again'
id=$(jq -r .workflow "$dir/out")
shop --json workflow show "$id"
json Orders .name 'a workflow by its id'
shop workflow show "x' or '1'='1"
refused "no workflow \"x' or '1'='1\"" 'a name is no SQL'
run --account 2 workflow show Orders
refused 'no workflow "Orders"' 'workflows belong to one account'
odd=$(printf "It's \"42\" %% \\\\ 日本\342\200\256x; --")
jq --arg name "$odd" '.name = $name' "$dir/orders.json" >"$dir/odd.json"
shop --json workflow import "$dir/odd.json"
is "$odd" "$(jq -r .name "$dir/out")" 'an odd name'
shop --json trigger url "$odd"
is "$odd" "$(jq -r .name "$dir/out")" 'is found by that name'
jq --arg name "$id" '.name = $name' "$dir/orders.json" >"$dir/number.json"
shop --json workflow import "$dir/number.json"
is false "$(jq --arg id "$id" '.workflow == $id' "$dir/out")" \
	'a name that looks like an id makes a workflow of its own'
shop --json workflow list
json '4 true' '[length, all(.id|type == "string")]|join(" ")' 'all workflows'
shop workflow list
has "$dir/out" 'Orders  ' 'as a table'

# --- triggers and deliveries ------------------------------------------------

shop trigger url Orders
is "$url" "$(cat "$dir/out")" 'the URL alone'
hook=${url#https://hooks.example.com}
post '{"email":"alex@example.com","first_name":"Zoë \u001b[31m","phone":"+15551234567","plan":"pro"}' \
	HTTP_AUTHORIZATION='Bearer hush'
is '200 enrolled' "$(outcome)" 'a delivery'
delivery=$(text delivery) contact=$(text contact) run=$(text run)
shop --json trigger rotate Orders --overlap 24h
json true '.old_url_ends_at|test("Z$")' 'the old URL has an end'
is 0 "$(grep -cF "$url" "$dir/out")" 'a new URL'
post '{"email":"alex@example.com"}'
is '200 updated' "$(outcome)" 'the old URL is valid in the overlap'
shop --json trigger rotate Orders
json null .old_url_ends_at 'a new URL without one'
post '{"email":"alex@example.com"}'
is 404 "$(status)" 'the old URL has ended'
hook=$(jq -r .url "$dir/out" | sed 's|https://[^/]*||')
printf '\377\000\001\r\033]0;x' >"$dir/body"
hook POST "$hook" application/json "$dir/body"
is 400 "$(status)" 'the new URL is there'
is 1 "$(sql "select count(*) from hookline.hook_key k
	join hookline.trigger t on t.id = k.trigger_id where t.workflow_id = $id")" \
	'old keys are gone'
shop trigger rotate Orders --overlap ' -1 day'
usage 'negative' 'an overlap in the past'
shop trigger rotate Orders --overlap soon
usage 'hookline: --overlap' 'an overlap that is none'

shop --json delivery list
json 'rejected,updated,enrolled true' '[([.[].outcome]|join(",")),
	all(.id|type == "string")]|join(" ")' 'deliveries, newest first'
bad=$(jq -r '.[0].id' "$dir/out")
shop --json delivery list --workflow Orders --limit 1
json 1 length 'of one workflow, at most one'
shop --json delivery list --workflow "$odd"
json '[]' . 'another workflow has none'
shop --json delivery show "$delivery"
json "enrolled $contact $run text [redacted] pro" '[.outcome, .contact, .run,
	.body_encoding, .headers.authorization, .payload.plan]|join(" ")' \
	'a delivery'
json true '(.body|fromjson) == .payload' 'its body as it came'
shop --json delivery show "$bad"
json 'rejected base64 /wABDRtdMDt4' '[.outcome, .body_encoding, .body]|join(" ")' \
	'a body that is no text'
shop delivery show "$bad"
done_ 'such a body for people'
is 0 "$(tr -d '\n\t\040-\176\200-\377' <"$dir/out" | wc -c | tr -d ' ')" \
	'nothing that a terminal obeys'
run --account 2 delivery show "$delivery"
refused "no delivery $delivery" 'deliveries belong to one account'
shop delivery show 1x
refused 'is a number, not "1x"' 'an id is a number'
shop delivery show 99999999999999999999
refused 'is a number' 'an id fits a bigint'

# --- contacts and runs ------------------------------------------------------

shop --json contact list
json '[["alex@example.com","+15551234567"]]' '[.[]|[.email, .phone]]' contacts
for by in "$contact" ALEX@example.COM +15551234567 '(555) 123-4567'; do
	shop --json contact show "$by"
	json "$contact" .id "a contact by $by"
done
json "email,phone $run Orders {}" '[([.identities[].kind]|join(",")),
	.runs[0].id, .runs[0].workflow_name, (.custom|tostring)]|join(" ")' \
	'identities and runs'
shop contact show nobody@example.com
refused 'no contact "nobody@example.com"' 'no such contact'
shop contact show '?'
refused 'no id, e-mail address or' 'no contact at all'
run --account 2 contact show alex@example.com
refused 'no contact' 'contacts belong to one account'
shop contact list
is 0 "$(tr -d '\n\040-\176\200-\377' <"$dir/out" | wc -c | tr -d ' ')" \
	'a name can not command the terminal'

shop --json run list
json "$run $id Orders $contact waiting rest" '.[0]|[.id, .workflow,
	.workflow_name, .contact, .status, .step]|join(" ")' 'a run'
shop --json run list --workflow Orders --status waiting --contact "$contact"
json 1 length 'runs by workflow, status and contact'
shop --json run list --status failed
json '[]' . 'no failed runs'
shop --json run show "$run"
json 'waiting rest 2 pro array' '[.status, .step, .version, .variables.plan,
	(.steps|type)]|join(" ")' 'a run with its variables'
json true '.due_at|test("^20[0-9-]*T[0-9:.]*Z$")' 'times are RFC 3339'
sql "insert into hookline.run_step (account_id, run_id, seq, attempt, step_id,
	type, status, started_at, finished_at, detail)
	select account_id, id, 1, a, 'mail', 'send_email',
	case a when 1 then 'retrying' else 'done' end, now(), now(),
	'{\"to\":\"x\"}' from hookline.workflow_run, generate_series(1, 2) a
	where id = $run" >/dev/null
shop --json run show "$run"
json '[[1,"mail","send_email","retrying",1,"x"],[1,"mail","send_email","done",2,"x"]]' \
	'[.steps[]|[.seq, .step, .type, .status, .attempt, .detail.to]]' \
	'its steps in order'
shop run show "$run"
grep -q '20[0-9-]* [0-9:]* CES\{0,1\}T' "$dir/out" &&
	ok 'times for people are in their zone' ||
	fail 'times for people are in their zone' "$(cat "$dir/out")"
run --account 2 run cancel "$run"
refused "no run $run" 'runs belong to one account'
sql "update hookline.workflow_run set status = 'running', leased_by = 'x',
	lease_no = 1 where id = $run" >/dev/null
shop --json run cancel "$run"
json "$run cancelled" '[.run, .status]|join(" ")' 'a leased run is cancelled'
is 'cancelled|t|t|t' "$(sql "select status, due_at is null, leased_by is null,
	finished_at is not null from hookline.workflow_run where id = $run")" \
	'in every column'
shop run cancel "$run"
refused 'is cancelled already' 'only once'
shop run cancel 99
refused 'no run 99' 'no such run'

# --- doctor -----------------------------------------------------------------

run --json doctor
is 1 "$got" 'without an executor something fails'
json 'ok ok ok ok fail' '[(.[]|select(.check|IN("configuration", "secret_file",
	"schema", "database", "executor")).status)]|sort_by(. == "fail")|join(" ")' \
	'doctor knows what is right and what is not'
json true 'all(.status == "ok" or (.fix|type == "string"))' \
	'a fix for everything'
sql "insert into hookline.executor (name) values ('here:1')" >/dev/null
json warn '.[]|select(.check == "spool").status' 'no spool yet: a warning'
mkdir -m 700 "$dir/spool"
mail=$(svc_free_port)
svc_mail "$mail" || exit 99
echo "smtp_url = smtp://127.0.0.1:$mail" >>"$conf"
# finding STATUS CHECK PATTERN WHAT: a line of doctor's report
finding() {
	grep -q "^$1 *$2: $3" "$dir/out" && ok "$4" ||
		fail "$4" "expected: $1 $2: $3
     got: $(cat "$dir/out")"
}

# with_line LINE: doctor with another configuration, for everybody to read
with_line() {
	{
		grep -v "^${1%% *} " "$conf"
		echo "$1"
	} >"$dir/other.conf"
	chmod "${2-644}" "$dir/other.conf"
	run --config "$dir/other.conf" doctor
}

run doctor
done_ 'everything is well'
is 'warn  healthz' "$(grep -v '^ok  ' "$dir/out" | cut -d: -f1)" \
	'every line is ok, but that nobody answers at the example URL'

chmod 644 "$dir/hookline.secret"
run doctor
is 1 "$got" 'a secret that others can read'
finding fail secret_file '.*0644.*fix: chmod 600 ' 'names file and fix'
chmod 600 "$dir/hookline.secret"
mv "$dir/hookline.secret" "$dir/kept.secret"
run doctor
finding fail secret_file '.*fix: .*backup.*umask 077; set -C; openssl' \
	'a secret that is missing can be made, where there were no URLs'
echo no-secret >"$dir/hookline.secret"
chmod 600 "$dir/hookline.secret"
run doctor
finding fail secret_file '.*fix: restore ' 'a secret that is none: the backup'
lacks "$dir/out" 'openssl' 'and nothing that would replace it'
mv "$dir/kept.secret" "$dir/hookline.secret"

uri="postgresql://hookline:s3cret@/hookline?host=$PGHOST&port=$PGPORT"
with_line "database = $uri"
is 1 "$got" 'a password in a file that everybody can read'
finding fail configuration '.*holds a password.*database_password_file' \
	'is found in a URI too'
lacks "$dir/out" s3cret 'and not told'
with_line "database = $uri" 646
is 'fail warn' "$(sed -n 's/^\([a-z]*\) *configuration: .*/\1/p' "$dir/out" |
	sort | tr '\n' ' ' | sed 's/ $//')" 'that others may write it is said as well'
with_line "database = $uri" 600
finding ok configuration '' 'a password that nobody sees'
with_line 'database = host= = x'
finding fail configuration '.*connection string' 'no connection string'
with_line 'base_url = http://localhost.evil.com'
finding fail base_url '.*everybody on the way' 'a name that begins like ours'
with_line 'base_url = http://127.0.0.1:1'
finding warn base_url '.*only this machine' 'this machine'
finding warn healthz '.*127.0.0.1:1/healthz: .*onnect' 'where nobody answers'

admin_says() {
	PGUSER=postgres psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}
# connected ROLE: a program of that user is connected, for this once
connected() {
	admin_says "create role $1 login in role $2" >/dev/null
	PGUSER=$1 PGAPPNAME=hookline:hook psql -XAtq -c 'select pg_sleep(60)' \
		>/dev/null 2>&1 &
	connection=$!
	bg="$bg $connection"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(sql "select count(*) from pg_stat_activity
			where usename = '$1'")" = 0 ] || break
		sleep 0.2
	done
	run doctor
	kill "$connection"
	admin_says "select pg_terminate_backend(pid) from pg_stat_activity
		where usename = '$1'" >/dev/null
}
run doctor
finding ok users 'no program is connected' 'nobody is connected'
connected web hookline_hook
finding ok users '\(.*, \)*hook.fcgi as web' 'a hook with the least rights'
connected everybody hookline
finding warn users '.*hook.fcgi as everybody.*can read contacts.*hookline_hook' \
	'a hook that could read contacts'

sql 'alter table hookline.migration disable trigger all' >/dev/null
sum=$(sql 'select checksum from hookline.migration where version = 1')
sql "update hookline.migration set checksum = 'x' where version = 1" >/dev/null
run doctor
finding fail schema '.*applied with another text.*fix: install the programs' \
	'a schema of another build'
lacks "$dir/out" 'hookline db migrate' 'which migrating would not mend'
sql "update hookline.migration set checksum = '$sum' where version = 1" >/dev/null
sql "insert into hookline.migration values (9999, '9999_later', 'x')" >/dev/null
run doctor
finding fail schema '.*newer than this program.*fix: install the newer' \
	'a schema that is newer'
run --config "$dir/bare.conf" doctor
finding fail schema '.*0001_tables is missing.*fix: hookline db migrate' \
	'a schema that is missing'

done_testing
