#!/bin/sh
# t_contacts.sh - people through hookline(1): two that are one are joined and
# parted, with their runs and deliveries; a person is forgotten everywhere; and
# files of contacts come in and go out without losing or inventing anything.
# shellcheck disable=SC2015 # ok never fails, so A && ok || fail is if-else
set -u
command -v jq >/dev/null || {
	echo 'skipped: no jq here (Debian: jq)'
	exit 77
}
# shellcheck source=tests/hook_house.sh
. "${top_srcdir:-.}/tests/hook_house.sh"

HOOKLINE_CONFIG=$conf
export HOOKLINE_CONFIG

run() { # run WORD...: hookline(1) --json; its answer in $dir/out and $dir/err
	"$hookline" --json "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ "$got" = 0 ] || sed 's/^/#   /' "$dir/err"
}

json() { # json WANT FILTER WHAT: of the last answer
	is "$1" "$(jq -rc "$2" <"$dir/out" 2>&1)" "$3"
}

refused() { # refused PATTERN WHAT
	is 1 "$got" "$2: refused"
	grep -q -e "$1" "$dir/err" && ok "$2: says why" ||
		fail "$2: says why" "$(cat "$dir/err")"
}

row() { # row COLUMNS ID: of a contact
	sql "select $1 from hookline.contact where account_id = 1 and id = $2"
}

# Everything but the times at which rows were written.
state() {
	sql "select to_jsonb(c) - 'updated_at' from hookline.contact c order by id"
	sql 'select kind, value, contact_id from hookline.contact_identity order by 1, 2'
	sql 'select id, contact_id, status, reentry, last_error from hookline.workflow_run order by 1'
	sql 'select id, contact_id, outcome, reason from hookline.delivery order by 1'
}

map='"map":[
	{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.first_name","to":"contact.first_name"},
	{"from":"body.city","to":"contact.city"},
	{"from":"body.size","to":"contact.custom.size"},
	{"from":"body.plan","to":"contact.custom.plan"},
	{"from":"body.plan","to":"custom_variables.plan"}]'
publish Often '"reentry":"always"' "$map"
often=$hook
publish Whole '"reentry":"when_finished"' "$map"
whole=$hook
publish Ever '"reentry":"never"' "$map"
ever=$hook

# person JSON: one delivery at each of the three; sets $who
person() {
	for hook in "$often" "$whole" "$ever"; do
		post "$1"
	done
	who=$(text contact)
}

# --- merge ------------------------------------------------------------------

person '{"email":"Ann@example.com","first_name":"Ann","size":"L","plan":"pro"}'
ann=$who
person '{"phone":"2025550143","first_name":"Anna","city":"Bonn","size":"M"}'
nan=$who
sql "update hookline.contact set tags = '{vip,old}' where id = $ann;
	update hookline.contact set tags = '{old,new}',
		custom = custom || '{\"colour\":\"red\"}' where id = $nan"
before=$(state)
run contact merge "$ann" "$nan" --dry-run
json "null $ann $nan true +12025550143 Bonn red 3 3 2" '[(.merge|tostring), .contact,
	.other, .dry_run, .filled.phone, .filled.city, .filled.custom.colour, .runs,
	.deliveries, (.cancelled_runs|length)]|join(" ")' 'a dry run tells all'
is "$before" "$(state)" 'a dry run changes nothing'
is 0 "$(sql 'select count(*) from hookline.contact_merge')" 'not even the ledger'

run contact merge ann@example.com 2025550143
json "1 $ann $nan false" '[.merge, .contact, .other, .dry_run]|map(tostring)|join(" ")' \
	'by address and number'
is 'Ann@example.com|+12025550143|Ann|Bonn|{"plan": "pro", "size": "L", "colour": "red"}|{vip,old,new}' \
	"$(row 'email, phone, first_name, city, custom, tags' "$ann")" \
	'what it lacked is filled, what it had stays, tags are united'
is '' "$(row id "$nan")" 'the other is gone'
is "$ann $ann" "$(sql "select string_agg(contact_id::text, ' ' order by kind)
	from hookline.contact_identity where value in ('ann@example.com', '+12025550143')")" \
	'address and number lead to one'
is '6|6' "$(sql "select (select count(*) from hookline.workflow_run where contact_id = $ann),
	(select count(*) from hookline.delivery where contact_id = $ann)")" \
	'its runs and deliveries are all of them'
is 'Ever cancelled|Ever waiting|Often waiting|Often waiting|Whole cancelled|Whole waiting|' \
	"$(sql "select w.name || ' ' || r.status from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id
	where contact_id = $ann order by 1" | tr '\n' '|')" \
	'it is in each workflow as often as the rule allows'
is "the contact was merged into contact $ann, which is in the workflow already" \
	"$(sql "select distinct last_error from hookline.workflow_run where status = 'cancelled'")" \
	'a cancelled run says why'
hook=$ever
post '{"phone":"2025550143"}'
is "updated $ann" "$(text status) $(text contact)" 'never holds for both of them'
run contact show "$nan"
json "$ann" .id 'the id of one that is gone leads to the one that has it'
run contact merges
json "1 $ann $nan $(id -un) null" '[.[0]|.id, .contact, .other, .merged_by,
	(.unmerged_at|tostring)]|join(" ")' 'the ledger knows who'
run contact merge "$ann" "$nan"
refused 'is one contact' 'with itself'
run contact merge "$ann" nobody@example.com
refused 'no contact "nobody@example.com"' 'with nobody'
"$hookline" account add Other >/dev/null
run --account Other contact merge "$ann" "$nan"
refused "no contact \"$ann\"" "another account's"

# --- unmerge ----------------------------------------------------------------

run --account Other contact unmerge 1
refused 'no merge 1' "another account's merge"
run --account Shop contact unmerge 1
json "$ann $nan [] 2" '[.contact, .other, (.kept|tostring), (.still_cancelled_runs|length)]
	|map(tostring)|join(" ")' 'nothing was changed since'
# The delivery above began since, and stays; cancelled runs stay cancelled.
# settled: a state without the status of the other's runs, nor that delivery
settled() {
	sed "/^7|/d; s/^\([0-9]*|$nan|\)[wc][^|]*|\([^|]*\).*/\1?|\2/"
}
is "$(printf '%s\n' "$before" | settled)" "$(state | settled)" 'both are as they were'
is "Ever cancelled|Often waiting|Whole cancelled|" \
	"$(sql "select w.name || ' ' || r.status from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id
	where contact_id = $nan order by 1" | tr '\n' '|')" 'but for what was cancelled'
is never "$(sql "select reentry from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id
	where r.contact_id = $nan and w.name = 'Ever'")" 'its rule is back'
run --account Shop contact unmerge 1
refused 'undone already' 'only once'
run --account Shop contact unmerge x
refused 'is a number' 'no merge at all'
run --account Shop contact unmerge 99
refused 'no merge 99' 'no such merge'

run --account Shop contact merge "$ann" "$nan"
hook=$often
post '{"email":"ann@example.com","city":"Ulm","size":"XL","first_name":"Änne"}'
post '{"phone":"2025550143","plan":"basic"}'
sql "update hookline.contact set custom = custom || '{\"colour\":\"blue\"}',
	tags = tags || '{later}' where id = $ann"
run --account Shop contact unmerge 2
json 'city,custom.colour' '.kept|sort|join(",")' 'what was changed since is named'
is 'ann@example.com||Änne|Ulm|{"plan": "basic", "size": "XL", "colour": "blue"}|{vip,old,later}' \
	"$(row 'email, phone, first_name, city, custom, tags' "$ann")" \
	'what was changed since stays, the rest goes back'
is '|+12025550143|Anna|Bonn|{"size": "M", "colour": "red"}|{old,new}' \
	"$(row 'email, phone, first_name, city, custom, tags' "$nan")" \
	'the other is as it was'
hook=$often
post '{"phone":"2025550143"}'
is "$nan" "$(text contact)" 'and is found by its number'

# An address of the other's that was taken over is given back with it.
post '{"email":"one@example.com"}'
one=$(text contact)
post '{"email":"two@example.com"}'
two=$(text contact)
run --account Shop contact merge "$one" "$two"
post '{"email":"TWO@example.com"}'
is "$one TWO@example.com" "$(text contact) $(row email "$one")" 'the address used last'
run --account Shop contact unmerge 3
is 'one@example.com two@example.com' "$(row email "$one") $(row email "$two")" \
	'each has its own again'

# Chains: the last first.
post '{"email":"three@example.com"}'
three=$(text contact)
run --account Shop contact merge "$two" "$three"
run --account Shop contact merge "$one" "$two"
run --account Shop contact show "$three"
json "$one" .id 'a chain of merges leads to its end'
run --account Shop contact unmerge 4
refused "contact $two was merged into contact $one (merge 5): undo that first" \
	'not in another order'
run --account Shop contact unmerge 5
run --account Shop contact unmerge 4
is '3 three@example.com' "$(sql "select count(distinct contact_id)
	from hookline.contact_identity where value ~ '^(one|two|three)@'") $(row email "$three")" \
	'the chain is undone'

# What waits for a change of its contact looks at the one that it has now, which
# changes neither by this merge nor by this unmerge.
hook=$often
post '{"email":"keeps@example.com","first_name":"Kay","city":"Rome","size":"S","plan":"pro"}'
keeps=$(text contact)
post '{"email":"listens@example.com"}'
listens=$(text contact)
post '{"email":"listens@example.com"}'
waits="update hookline.workflow_run set due_at = now() + interval '1 day', woken_by = null,
	is_listening = id = (select min(id) from hookline.workflow_run where contact_id = $listens)
	where contact_id = $listens"
woken() { # woken CONTACT: of its last two runs, are they due, and why
	sql "select string_agg(is_due || woken, ' ') from (
		select due_at <= now() as is_due, coalesce(' ' || woken_by, '') as woken
		  from hookline.workflow_run where contact_id = $1 order by id desc limit 2) r"
}
sql "$waits" >/dev/null
run --account Shop contact merge "$keeps" "$listens"
is 'false true contact' "$(woken "$keeps")" 'merged: runs that listen are due, others are not'
run --account Shop contact unmerge "$(jq -r .merge "$dir/out")"
sql "$waits" >/dev/null
run --account Shop contact merge "$keeps" "$listens"
sql "update hookline.workflow_run set due_at = now() + interval '1 day', woken_by = null
	where contact_id = $keeps" >/dev/null
run --account Shop contact unmerge "$(jq -r .merge "$dir/out")"
is 'false true contact' "$(woken "$listens")" 'and so are they when it is undone'

# --- erase ------------------------------------------------------------------

hook=$often
post '{"email":"secret.person@example.com","first_name":"Secretia","city":"Secretville",
	"plan":"secretplan"}' HTTP_X_NOTE=secretheader
gone=$(text contact)
hook="$often?q=secretquery"
post '{"phone":"2025550199","first_name":"Secretia"}'
alias=$(text contact)
run --account Shop contact merge "$gone" "$alias"
merge=$(jq -r .merge "$dir/out")
sql "update hookline.workflow_run set results = '{\"a\":\"secretresult\"}',
		last_error = 'secreterror', reentry_key = 'secretkey'
		where contact_id = $gone;
	insert into hookline.run_step (account_id, run_id, seq, step_id, type, status,
		started_at, finished_at, detail)
	select 1, min(id), 1, 'x', 'send_email', 'done', now(), now(),
		'{\"to\":\"secretdetail\"}' from hookline.workflow_run where contact_id = $gone"
import() { # there are several accounts by now
	"$hookline" --account Shop --json workflow import "$@" >"$dir/import" || exit 1
	hook=$(sed -n 's|.*"url": *"[^"]*\(/hooks/[^"]*\)".*|\1|p' "$dir/import")
}
publish Split '"reentry":"always"' '"split":"body.people","map":[
	{"from":"body.email","to":"contact.email"}]'
post '{"people":[{"email":"secret.person@example.com"},{"email":"ann@example.com"}]}'
is 200 "$(status)" 'a list with the person in it'
outcomes=$(sql "select id, outcome, received_at, http_status, contact_id, run_id
	from hookline.delivery order by id")
run --account Shop contact erase secret.person@example.com
json "$gone 2 3 3 4 1" '[.contact, .identities, .runs, .cancelled_runs, .deliveries,
	.merges]|map(tostring)|join(" ")' 'says what was emptied'
pg_dump -a -n hookline -T hookline.secret >"$dir/dump" 2>/dev/null
lacks "$dir/dump" '[sS]ecret|2025550199' 'nothing of the person is left'
for text in secret.person Secretia; do
	hex=$(printf %s "$text" | od -An -tx1 | tr -d ' \n')
	lacks "$dir/dump" "$hex" "nor in any body: $text"
done
is "$outcomes" "$(sql "select id, outcome, received_at, http_status, contact_id, run_id
	from hookline.delivery order by id")" 'deliveries keep outcome and times'
is 'cancelled' "$(sql "select distinct status from hookline.workflow_run where contact_id = $gone")" \
	'nothing goes on'
has "$dir/dump" 'nn@example.com' 'others are still there'
run --account Shop contact show "$gone"
json 'null true 0' '[(.email|tostring), (.erased_at|type == "string"),
	(.identities|length)]|map(tostring)|join(" ")' 'an empty shell is left'
run --account Shop contact list
json false "any(.id == \"$gone\")" 'which no list shows'
run --account Shop contact unmerge "$merge"
refused 'the person was erased' 'its merge can not be undone'
run --account Shop contact merge "$ann" "$gone"
refused "contact $gone was erased" 'nor merged'
run --account Shop contact erase "$gone"
json 0 .identities 'erasing again is fine'
hook=$often
post '{"email":"secret.person@example.com"}'
holds 'who comes again is a new contact' [ "$(text contact)" != "$gone" ]
run --account Shop contact erase 99
refused 'no contact "99"' 'nobody'

# --- erase: what belongs to nobody ------------------------------------------

# forms WHAT PATTERN: how it is found; each line of the input is t or f (is it
# to be found?) and a text, which is looked for as text and as a body's bytes
forms() {
	f_wrong=$(while read -r f_want f_text; do
		sql "select \$t\$$f_text\$t\$ where array['$f_want', '$f_want']::boolean[] <>
			array[\$t\$$f_text\$t\$ ~* $2,
			encode(convert_to(\$t\$$f_text\$t\$, 'UTF8'), 'escape') ~* $2]"
	done)
	is '' "$f_wrong" "$1"
}
forms 'an address is found in its forms, and no other' \
	"hookline.address_pattern('ann.o''x+1@bücher.example')" <<-'EOF'
	t ann.o'x+1@bücher.example
	t {"e":"Ann.O'x+1@BüCHER.Example"}
	t a=b&e=ann.o%27x%2B1%40b%C3%BCcher.example&x
	t a=ann.o%2527x%252B1%2540b%25C3%25BCcher.example&x
	t {"e":"ann.o\u0027x+1\u0040b\u00fccher.example"}
	t {\"e\":\"ann.o\\u0027x+1@b\\u00FCcher.example\"}
	t p=%7B%22e%22%3A%22ann.o%5Cu0027x%2B1%5Cu0040b%5Cu00fccher.example%22%7D
	t x%22ann.o%27x%2B1%40b%C3%BCcher.example
	t x\nann.o'x+1@bücher.example.
	t “ann.o'x+1@bücher.example”
	f joann.o'x+1@bücher.example
	f jo.ann.o'x+1@bücher.example
	f ann.o'x+1@bücher.example.org
	f ann.o'x+1@bücher.examples
	f annxo'x+1@bücher.example
EOF
forms 'and so is one beyond the basic plane' "hookline.address_pattern('😀@b.example')" <<-'EOF'
	t 😀@b.example
	t \ud83d\ude00@b.example
	t %F0%9F%98%80%40b.example
	f 😁@b.example
EOF
forms 'nor somebody with a longer one' "hookline.address_pattern('ann@shop.example')" <<-'EOF'
	t <ann@shop.example>
	t 'ann@shop.example'
	t a=ann%40shop.example
	t %20ann@shop.example
	f bob+ann@shop.example
	f bob%2Bann%40shop.example
	f o'ann@shop.example
	f o%27ann%40shop.example
	f jo%2Eann%40shop.example
	f éann@shop.example
	f \u00e9ann@shop.example
EOF
forms 'letters whose capital is another letter' "hookline.address_pattern('a@ışık.example')" <<-'EOF'
	t a@ışık.example
	f a@ssık.example
EOF
forms 'and are no more than themselves' "hookline.address_pattern('sam@ſhop.example')" <<-'EOF'
	t sam@ſhop.example
	f sam@phop.example
EOF
forms 'so is a number, with its country code and without' \
	"hookline.number_pattern('+4915112345678')" <<-'EOF'
	t +4915112345678
	t 4915112345678
	t 004915112345678
	t +49 (0)151 / 1234-5678
	t p=%2B4915112345678&x
	t p=0151+12345678
	f 15112345678
	t {"p":"0151 1234 5678"}
	t %2B49%20151%2012345678
	t +49 151‑12345678
	f 49151123456789
	f 9915112345678
	f 5112345678
	f 0.4915112345679
EOF
forms 'in North America without a 0' "hookline.number_pattern('+12125550123')" <<-'EOF'
	t +1 (212) 555-0123
	t "phone":"2125550123"
	t tel=212-555-0123
	f 21255501.23
	f 2.125550123
	f +44 212 555 0123
	f 44-212-555-0123
EOF
forms 'what could be a date or a time is no number' "hookline.number_pattern('+4520240115')" <<-'EOF'
	t +45 20 24 01 15
	t 004520240115
	f "ordered_at":"2024-01-15T10:00:00Z"
	f 20240115
	f 2024.01.15
EOF
forms 'nor what could be an epoch' "hookline.number_pattern('+491701234567')" <<-'EOF'
	t 0170 1234567
	f "created":1701234567
EOF

named_map='"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.plan","to":"custom_variables.plan"}]'
publish Judged '"reentry":"always"' '"dedup":{"from":"body.key"},
	"filter":{"field":"custom_variables.plan","is":"not_equals","value":"free"},'"$named_map"
judged=$hook
publish Faceless '"contact":"optional"' '"map":[{"from":"body.note","to":"custom_variables.note"}]'
faceless=$hook
publish Parts '"reentry":"always"' '"split":"body.people",
	"filter":{"field":"custom_variables.plan","is":"not_equals","value":"free"},"map":[
	{"from":"body.people.email","to":"contact.email"},
	{"from":"body.people.plan","to":"custom_variables.plan"}]'
parts=$hook
document Drafted '' "$named_map" >"$dir/document.json"
import "$dir/document.json"
drafted=$hook
drafted_id=$(jq -r .workflow "$dir/import")

# raw TYPE TEXT: to $hook, as it is
raw() {
	printf %s "$2" >"$dir/raw"
	hook POST "$hook" "$1" "$dir/raw"
}
# naming: puts her, by each of the ways to belong to nobody, into the account
naming() {
	hook=$judged
	post '{"email":"Lost.Soul@Example.com","plan":"free","first_name":"Lostia"}'
	raw application/x-www-form-urlencoded \
		'plan=free&first_name=Lostia&email=lost.soul%40example.com'
	raw application/json '{"first_name":"Lostia","email":"lost.soul\u0040example.com",'
	raw application/x-www-form-urlencoded 'first_name=Lostia&%%&email=LOST.SOUL%40EXAMPLE.COM'
	raw text/plain 'Lostia <lost.soul@example.com>'
	post '{"first_name":"Lostia","plan":"free","phone":"+49 (0)30 / 1234-5678"}'
	post '{"first_name":"Lostia","plan":"free","mobile":"030 12345678"}'
	hook="$judged?plan=free&first_name=Lostia&email=lost.soul%40example.com"
	post '{}'
	hook=$judged
	post '{"plan":"free","first_name":"Lostia"}' HTTP_X_FROM='<lost.soul@example.com>'
	post '{"key":"once","email":"first@example.com"}'
	post '{"key":"once","email":"lost.soul@example.com","first_name":"Lostia"}'
	hook=$faceless
	post '{"note":"Lostia, lost.soul@example.com"}'
	hook=$parts
	post '{"people":[{"email":"first@example.com"},
		{"email":"lost.soul@example.com","plan":"free","first_name":"Lostia"}]}'
	hook=$drafted
	post '{"email":"lost.soul@example.com","first_name":"Lostia"}'
}
naming
is captured "$(text status)" 'a draft captures'
run --account Shop trigger sample "$drafted_id" "$(text delivery)"
json true '.paths|length > 1' 'and what it captured is a sample'
hook=$judged
for text in ost.soul@example.com the-lost.soul@example.com lost.soul@example.com.au \
	lost.soul@example.community lostxsoul@example.com; do
	post "{\"email\":\"$text\",\"plan\":\"free\",\"first_name\":\"Othera\"}"
done
for text in 1493012345678 49301234567812 30123456789 3012345; do
	post "{\"order\":\"$text\",\"plan\":\"free\",\"first_name\":\"Othera\"}"
done
import "$dir/document.json"
other=$("$hookline" --account Other --json workflow import "$dir/document.json" |
	sed -n 's|.*"url": *"[^"]*\(/hooks/[^"]*\)".*|\1|p')
hook=$other
post '{"email":"lost.soul@example.com","first_name":"Otherwhere"}'
is captured "$(text status)" 'another account has one, too'
# kept: ids and outcomes, with what holds no data
kept() {
	sql 'select id, outcome, http_status, contact_id, run_id, received_at,
		is_conflict, part_of from hookline.delivery order by id'
}
# left TEXT: deliveries and runs that say it
left() {
	sql "select (select count(*) from hookline.delivery d
		where encode(body, 'escape') || concat_ws(' ', payload, query, headers, checks, reason) like '%$1%')
		+ (select count(*) from hookline.workflow_run r where concat_ws(' ', variables, webhook) like '%$1%')"
}
before=$(kept)
is 9 "$(left Othera)" 'others are there'
holds 'she is there' [ "$(left Lostia)" -gt 14 ]
run --account Shop contact erase lost.soul@example.com
json "12 1" '[.unowned_deliveries, .unowned_runs]|join(" ")' 'without a contact, by the address: counted'
is 2 "$(left Lostia)" 'all that has the address is empty, in whatever form'
run --account Shop contact erase +493012345678
json '2 0' '[.unowned_deliveries, .unowned_runs]|map(tostring)|join(" ")' 'by the number'
is "0 9 1" "$(left Lostia) $(left Othera) $(left Otherwhere)" \
	'nobody else is emptied, nor another account'
is "$before" "$(kept)" 'outcomes and times stay'
is 'cancelled{}' "$(sql "select r.status || r.variables from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id where w.name = 'Faceless'")" \
	'a run of nobody that names her goes no further'
run --account Shop trigger sample "$drafted_id"
refused 'was erased: choose another' 'a sample that was she'
run --account Shop delivery replay "$(sql "select min(d.id) from hookline.delivery d
	join hookline.trigger t on t.id = d.trigger_id
	join hookline.workflow w on w.id = t.workflow_id where w.name = 'Judged'")"
json '"its content was erased with its contact"' 'first(.. | .reason? // empty) | tojson' \
	'nor is it replayed'
run --account Shop contact erase lost.soul@example.com
refused 'no contact "lost.soul@example.com", and no delivery' 'when there is nothing more'
run --account Shop contact erase 3012345678
refused 'there is no contact "3012345678"' 'a number that may be an id'

naming
hook=$judged
post '{"email":"lost.soul@example.com","phone":"+493012345678","first_name":"Lostia"}'
is enrolled "$(text status)" 'she comes again, as a contact too'
run --account Shop contact erase "$(text contact)"
json '2 1 1 14 1' '[.identities, .runs, .deliveries, .unowned_deliveries, .unowned_runs]
	|map(tostring)|join(" ")' 'with a contact: both are counted'
is "0 9 1" "$(left Lostia) $(left Othera) $(left Otherwhere)" 'and nothing else is left'

# --- erase: what is in the spool --------------------------------------------

spool=$dir/spool
svc_stop postgres INT
away_over
hook=$judged
post '{"email":"lost.soul\u0040example.com","plan":"free","first_name":"Lostia"}'
post '{"email":"somebody.else@example.com","plan":"free"}'
hook=$other
post '{"email":"lost.soul@example.com","first_name":"Otherwhere"}'
svc_postgres throwaway
before=$(kept)
run --account Shop contact erase lost.soul@example.com
refused 'nothing was erased: .* wait in the spool (1); .* hookline spool drain' \
	'who waits in the spool'
is "$before" "$(kept)" 'and nothing was written'
run --account Shop contact erase nobody@example.com
refused 'no contact "nobody@example.com"' 'who does not is not held up by it'
mkdir -m 700 "$spool/failed"
for file in "$spool"/[0-9]*-*; do
	grep -q Lostia "$file" && mv "$file" "$spool/failed/"
done
run --account Shop contact erase lost.soul@example.com
refused "could not be brought in name the person (1); .*$spool/failed/$(basename "$spool"/failed/[0-9]*)\\*" \
	'nor who failed to come in'
chmod 750 "$spool"
run --account Shop contact erase lost.soul@example.com
refused 'found mode 0750' 'nor when nobody may look'
chmod 700 "$spool"
run spool drain --failed
run --account Shop contact erase lost.soul@example.com
json 1 .unowned_deliveries 'after draining she is erased'
is 0 "$(left Lostia)" 'from what waited, too'

# --- import -----------------------------------------------------------------

"$hookline" account add Bücher --country DE >/dev/null
shop() {
	run --account Bücher "$@"
}
sql "insert into hookline.custom_field (account_id, key, type)
	select id, 'size', 'number' from hookline.account where name = 'Bücher'"

printf '\357\273\277E-Mail;First Name;Telefon;Telephone;custom.size;Tags;Notes\r\n%s\r\n%s\r\n%s\r\n%s\r\n%s\r\n\r\n%s\r\n%s\r\n' \
	'Karl@Exämple.com;Karl;x;030 901820;4.5;"vip,new";-' \
	'kaputt;Ohne;;;;;' \
	'"unclosed@example.com;x' \
	'zwei@example.com;"Zwei; ""2""";;12;groß;;' \
	';Nur Telefon;;+49 30 901821;;;' \
	'KARL@xn--exmple-cua.com;Karla;;;;vip;' \
	'zu@example.com;a;b;c;d;e;f;g' >"$dir/people.csv"
shop contact import "$dir/people.csv" --dry-run
dry=$(jq -c 'del(.dry_run)' "$dir/out")
json '7 3 1 0 3 true' '[.lines, .created, .updated, .unchanged, .skipped, .dry_run]
	|map(tostring)|join(" ")' 'a dry run counts'
is 0 "$(sql "select count(*) from hookline.contact where account_id = 3")" 'and writes nothing'
shop contact import "$dir/people.csv"
is "$dry" "$(jq -c 'del(.dry_run)' "$dir/out")" 'the import is what the dry run told'
json '3 skipped,4 skipped,5 noted,9 skipped' '[.problems[]|"\(.line) \(.status)"]|join(",")' \
	'faulty lines are named, in order'
json 'true true true true' '[.problems|(.[0].reason|test("\"kaputt\" is no e-mail address")),
	(.[1].reason|test("behind a closing quote")),
	(.[2].reason|test("not stored: Telephone: .*; custom.size: expected a number")),
	(.[3].reason|test("8 fields, the first line names 7"))]|map(tostring)|join(" ")' \
	'with what is wrong'
json '["Telefon","Notes"]' .ignored 'columns that are no field are named'
is 'KARL@xn--exmple-cua.com|Karla|+4930901820|{"size": 4.5}|{vip,new}
zwei@example.com|Zwei; "2"||{}|{}
|Nur Telefon|+4930901821|{}|{}' "$(sql "select email, first_name, phone, custom, tags
	from hookline.contact where account_id = 3 order by email collate \"C\"")" \
	'by the same matching as deliveries, the last line counts'
shop contact import "$dir/people.csv"
json '0 2' '[.created, .unchanged]|map(tostring)|join(" ")' 'a second time makes nobody'
printf 'Mail,Wohnort\nzwei@example.com,Ulm\n' >"$dir/mapped.csv"
shop contact import "$dir/mapped.csv" --map Wohnort=city,Mail=email
json 1 .updated 'columns by --map'
is Ulm "$(sql "select city from hookline.contact where email = 'zwei@example.com'")" \
	'are stored there'
shop contact import "$dir/mapped.csv" --map Ort=city
refused 'no column "Ort"' 'a column that is not there'
printf 'a,b\n1,2\n' >"$dir/none.csv"
shop contact import "$dir/none.csv"
refused 'no column is an e-mail address' 'a file of something else'
shop contact import "$dir/empty"
refused 'is empty' 'an empty file'
"$hookline" account set --account Bücher --match phone_first >/dev/null
printf 'email,phone\nzwei@example.com,+4930901821\n' >"$dir/cross.csv"
shop contact import "$dir/cross.csv"
json 'noted' '.problems[0].status' "a conflict is told, by the account's rule"
json true '.problems[0].reason|test("e-mail address zwei@example.com belongs to contact .* the phone matched")' \
	'with both contacts'
"$hookline" account set --account Bücher --match email_first >/dev/null
{
	echo email,first_name
	seq 1000 | sed 's/.*/bulk&@example.com,N&/'
	echo broken,x
	seq 995 1005 | sed 's/.*/bulk&@example.com,N&/'
} >"$dir/bulk.csv"
shop contact import "$dir/bulk.csv"
json '1005 6 1' '[.created, .unchanged, .skipped]|map(tostring)|join(" ")' \
	'a thousand, over several commits'
json 1002 '.problems[0].line' 'with the right line'

# --- export -----------------------------------------------------------------

post_odd='=cmd|'"' /C calc'"'!A0'
printf 'email,first_name,last_name,custom.note,tags\nodd@example.com,"%s","O""Brien, Jr","two\nlines","a b,c"\n' \
	"$post_odd" >"$dir/odd.csv"
shop contact import "$dir/odd.csv"
"$hookline" --account Bücher contact export >"$dir/export.csv"
is 1009 "$(grep -c '@\|+49' "$dir/export.csv")" 'everybody is exported'
is 'id,email,phone,first_name,last_name,company_name,address1,city,state,postal_code,country,timezone,date_of_birth,source,website,tags,do_not_contact,unsubscribed_at,created_at,updated_at,custom.note,custom.size' \
	"$(head -n 1 "$dir/export.csv" | tr -d '\r')" 'with custom fields'
has "$dir/export.csv" ",'=cmd|' /C calc'!A0," 'formulas are defused'
has "$dir/export.csv" ",'+4930901820," 'numbers too'
has "$dir/export.csv" '"O""Brien, Jr"' 'quotes are doubled'
shop contact export
json '1009 true' '[length, all(.id|type == "string")]|map(tostring)|join(" ")' 'as JSON'
before=$(sql "select jsonb_agg(to_jsonb(c) - 'updated_at' order by id)
	from hookline.contact c where account_id = 3")
shop contact import "$dir/export.csv"
json '1009 1009' '[.lines, .unchanged]|map(tostring)|join(" ")' 'an export changes nothing'
is "$before" "$(sql "select jsonb_agg(to_jsonb(c) - 'updated_at' order by id)
	from hookline.contact c where account_id = 3")" 'to the letter'
run --account Other contact export
json '[]' . 'of nobody: an empty list'
is 1 "$("$hookline" --account Other contact export | wc -l | tr -d ' ')" 'or the first line alone'
run --account Shop contact export
json false "any(.id == \"$gone\")" 'who was erased is not exported'

done_testing
