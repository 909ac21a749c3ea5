#!/bin/sh
# t_hook_contact.sh - who a delivery is about: the invariants of contacts
# (DESIGN section 4) through the real program, and by many of it at once.
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

contact() { # contact COLUMNS: of the contact of the last answer
	sql "select $1 from hookline.contact where id = $(text contact)"
}

"$hookline" --config "$conf" account add Laden --country DE >/dev/null

# Two accounts from here on: say whose.
import() {
	"$hookline" --config "$conf" --account "$account" --json \
		workflow import "$@" >"$dir/import" || exit 1
	hook=$(sed -n 's|.*"url": *"[^"]*\(/hooks/[^"]*\)".*|\1|p' \
		"$dir/import")
}

map_all='"map":[
	{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.first_name","to":"contact.first_name"},
	{"from":"body.timezone","to":"contact.timezone"},
	{"from":"body.born","to":"contact.date_of_birth"},
	{"from":"body.plan","to":"contact.custom.plan"},
	{"from":"body.size","to":"contact.custom.size","as":"number"},
	{"from":"body.list","to":"contact.custom.list"}]'
account=Laden
publish Alles '"reentry":"always"' "$map_all"
laden=$hook
account=Shop
publish All '"reentry":"always"' "$map_all"

# --- by e-mail --------------------------------------------------------------

post '{"email":" Anna.Maria@Example.COM ","first_name":"Anna"}'
anna=$(text contact)
is 'Anna.Maria@Example.COM|Anna' "$(contact 'email, first_name')" \
	'an address keeps its spelling'
post '{"email":"anna.maria@example.com"}'
is "$anna" "$(text contact)" 'an address matches case-insensitively'
is 'anna.maria@example.com' "$(sql "select value
	from hookline.contact_identity where contact_id = $anna")" \
	'it identifies in lower case'

# --- by phone ---------------------------------------------------------------

post '{"phone":"(202) 555-0143","first_name":"Bob"}'
bob=$(text contact)
is '+12025550143' "$(contact phone)" "a number is of the account's country"
post '{"phone":"+1 202 555 0143"}'
is "$bob" "$(text contact)" 'a number matches however it is written'
hook_us=$hook hook=$laden
post '{"phone":"030 901820"}'
is '+4930901820' "$(contact phone)" 'another account, another country'
post '{"email":"anna.maria@example.com"}'
holds 'accounts do not share contacts' [ "$(text contact)" != "$anna" ]
hook=$hook_us

# --- by both ----------------------------------------------------------------

post '{"email":"bob@example.com","phone":"2025550143"}'
is "$bob|bob@example.com" "$(text contact)|$(contact email)" \
	'who matches by number gets the address'
post '{"email":"bob@example.com"}'
is "$bob" "$(text contact)" 'and is found by it from then on'
post '{"email":"ANNA.maria@example.com","phone":"2025550143","first_name":"An"}'
is "$anna||An" "$(text contact)|$(contact 'phone, first_name')" \
	'where they differ the address wins'
is '+12025550143' "$(sql "select phone from hookline.contact where id = $bob")" \
	'the other contact keeps its number'
is "phone +12025550143 belongs to contact $bob, which keeps it: the e-mail address matched contact $anna" \
	"$(delivery reason)" 'the conflict is said, with both contacts'

# --- by another rule --------------------------------------------------------

"$hookline" --config "$conf" --account Shop account set --match phone_first \
	>/dev/null
post '{"email":"ANNA.maria@example.com","phone":"2025550143","first_name":"Bob"}'
is "$bob" "$(text contact)" 'phone_first: the number wins'
is "e-mail address anna.maria@example.com belongs to contact $anna, which keeps it: the phone matched contact $bob" \
	"$(delivery reason)" 'and the conflict is said'
"$hookline" --config "$conf" --account Shop account set --match both >/dev/null
post '{"email":"bob@example.com","phone":"2025550149"}'
holds 'both: another number is somebody else' [ "$(text contact)" != "$bob" ]
is '|+12025550149' "$(contact 'email, phone')" 'who has what nobody had'
is "e-mail address bob@example.com belongs to contact $bob, which keeps it and has another phone: somebody else" \
	"$(delivery reason)" 'and it is said'
"$hookline" --config "$conf" --account Shop account set --match email_first \
	>/dev/null

# --- international domains --------------------------------------------------

post '{"email":"Jürgen@exämple.com"}'
is 422 "$(status)" 'letters beyond ASCII before the @ are refused'
post '{"email":"J@Exämple.com"}'
idn=$(text contact)
is 'J@Exämple.com' "$(contact email)" 'an international domain keeps its letters'
is 'j@xn--exmple-cua.com' "$(sql "select value
	from hookline.contact_identity where contact_id = $idn")" \
	'and identifies in ASCII'
for spelling in 'j@EXÄMPLE.com' 'J@xn--exmple-cua.com' 'j@XN--EXMPLE-CUA.com'; do
	post "{\"email\":\"$spelling\"}"
	is "$idn" "$(text contact)" "$spelling is the same"
done

# --- what erases nothing ----------------------------------------------------

post '{"email":"c@example.com","first_name":"Carla","phone":"2025550144",
	"plan":"pro","size":4,"list":["a","b"]}'
carla=$(text contact)
sql "update hookline.contact set tags = '{vip}' where id = $carla"
before=$(contact "first_name, phone, custom, tags, updated_at")
post '{"email":"c@example.com"}'
post '{"email":"c@example.com","first_name":null,"phone":null,"plan":null}'
post '{"email":"c@example.com","first_name":"  ","phone":"","list":[],
	"size":"","plan":{}}'
is "$before" "$(contact 'first_name, phone, custom, tags, updated_at')" \
	'absent, null and empty erase nothing, not even the time of change'
post '{"email":"c@example.com","plan":"basic"}'
is 'Carla|{"list": ["a", "b"], "plan": "basic", "size": 4}|{vip}' \
	"$(contact 'first_name, custom, tags')" \
	'one field changes, the others and the tags stay'

# --- what does not fit ------------------------------------------------------

post '{"email":"c@example.com","phone":"12","timezone":"Mars","born":"soon",
	"size":"big","first_name":["x"]}'
is '200 enrolled' "$(outcome)" 'what does not fit refuses nobody'
is 'Carla|+12025550144|||4' \
	"$(contact "first_name, phone, timezone, date_of_birth, custom->'size'")" \
	'what does not fit is not stored'
for path in phone timezone born size first_name; do
	is t "$(delivery "reason like '%not stored: body.$path: %'")" \
		"the reason names body.$path"
done

# --- many at once -----------------------------------------------------------

configure "$dir/many.conf" 'request_deadline_ms = 60000'

# at_once N LOCK FUNCTION: FUNCTION 1 ... FUNCTION N, all released together; on
# a slow machine those that wait by then, since a delivery waits for no lock for
# more than three seconds
at_once() {
	mkfifo "$dir/gate"
	psql -XAtq <"$dir/gate" >"$dir/gate.out" &
	gate=$!
	exec 5>"$dir/gate"
	echo "begin; lock table $2 in exclusive mode; select 'locked';" >&5
	until grep -q locked "$dir/gate.out"; do sleep 0.05; done
	clients=
	late=$(($(date +%s) + 2))
	for i in $(seq "$1"); do
		"$3" "$i" &
		clients="$clients $!"
	done
	while [ "$(date +%s)" -lt "$late" ]; do
		[ "$(sql "select count(*) from pg_stat_activity
			where application_name = 'hookline:hook'
			and wait_event_type = 'Lock'")" != "$1" ] || break
		sleep 0.05
	done
	echo 'commit;' >&5
	exec 5>&-
	for client in $clients; do
		wait "$client"
	done
	wait "$gate"
	rm "$dir/gate"
}

deliver_many() { # deliver_many I: the body is $dir/many.I
	hook_to "$dir/many.$1.answer" POST "$hook" application/json \
		"$dir/many.$1" HOOKLINE_CONFIG="$dir/many.conf"
}

# tally: how many answers have which status and outcome
tally() {
	for i in $(seq 32); do
		echo "$(status "$dir/many.$i.answer")" \
			"$(sed -n 's/.*"status":"\([^"]*\)".*/\1/p' \
				"$dir/many.$i.answer")"
	done | sort | uniq -c | tr -s ' \n' ' '
}

publish Many '"reentry":"when_finished"' "$map_all"
before=$(deliveries)
for i in $(seq 32); do
	printf '{"email":"Many@example.com","phone":"2025550150",
		"first_name":"%s"}' "$i" >"$dir/many.$i"
done
at_once 32 hookline.contact_identity deliver_many
is ' 1 200 enrolled 31 200 updated ' "$(tally)" \
	'32 at once: one is enrolled, 31 are updated, no error'
is '1|1|32' "$(sql "select (select count(*) from hookline.contact
		where lower(email) = 'many@example.com'),
	(select count(*) from hookline.workflow_run r
		join hookline.workflow w on w.id = r.workflow_id
		where w.name = 'Many'),
	(select count(*) from hookline.delivery) - $before")" \
	'32 at once: one contact, one run, 32 deliveries'

publish Mixed '"reentry":"always"' "$map_all"
for i in $(seq 32); do
	case $((i % 2)) in
	0) printf '{"phone":"2025550151"}' ;;
	1) printf '{"email":"Mixed@example.com","phone":"202 555 0151"}' ;;
	esac >"$dir/many.$i"
done
at_once 32 hookline.contact_identity deliver_many
is ' 32 200 enrolled ' "$(tally)" 'by number and by both at once: no error'
is '1|mixed@example.com' "$(sql "select count(*), lower(max(email))
	from hookline.contact where phone = '+12025550151'")" \
	'by number and by both at once: one contact'

publish Crossed '"reentry":"always"' "$map_all"
for i in $(seq 32); do
	printf '{"email":"x%s@example.com","phone":"202555016%s"}' \
		$((i % 4)) $((i / 4 % 4)) >"$dir/many.$i"
done
at_once 32 hookline.contact_identity deliver_many
is ' 32 200 enrolled ' "$(tally)" 'every address with every number: no error'
is 0 "$(sql "select count(*) from hookline.contact c where account_id = 1 and (
	(email is not null and not exists (select from
		hookline.contact_identity i where i.contact_id = c.id
		and i.kind = 'email' and i.value = lower(c.email)))
	or (phone is not null and not exists (select from
		hookline.contact_identity i where i.contact_id = c.id
		and i.kind = 'phone' and i.value = c.phone)))")" \
	"every contact is found by its own address and number"

# The same with every rule: each address and number belongs to one contact.
for rule in phone_first either both; do
	"$hookline" --config "$conf" --account Shop account set --match $rule \
		>/dev/null
	for i in $(seq 32); do
		printf '{"email":"%s%s@example.com","phone":"202555017%s"}' \
			"$rule" $((i % 4)) $((i / 4 % 4)) >"$dir/many.$i"
	done
	at_once 32 hookline.contact_identity deliver_many
	is ' 32 200 enrolled ' "$(tally)" "$rule: every address with every number: no error"
	is '4|0' "$(sql "select count(*) filter (where i.value like '$rule%'),
		count(*) filter (where c.id is null
			or i.kind = 'phone' and c.phone is null)
		from hookline.contact_identity i
		left join hookline.contact c on c.id = i.contact_id
		where i.account_id = 1")" "$rule: four addresses, each of one contact"
	for i in $(seq 32); do
		grep -o '"contact":"[0-9]*"' "$dir/many.$i.answer"
	done | tr -dc '0-9\n' | sort -u >"$dir/of"
	is 0 "$(sql "select count(*) from hookline.contact c
		where c.id in ($(paste -sd, "$dir/of"))
		and not exists (select from hookline.contact_identity i
			where i.contact_id = c.id)")" \
		"$rule: nobody is left without address and number"
done
is 0 "$(sql "select count(*) from (select contact_id from hookline.contact_identity i
	where i.value like 'both%@example.com' or i.value like '+1202555017_'
	group by contact_id having count(*) filter (where kind = 'email') > 1
	and count(*) filter (where value like 'both%') > 1) s")" \
	'both: nobody got a second address'
"$hookline" --config "$conf" --account Shop account set --match email_first \
	>/dev/null

publish Same '"reentry":"always"' "$map_all"',"dedup":{"from":"body.id"}'
for i in $(seq 32); do
	printf '{"email":"same@example.com","id":"evt_9"}' >"$dir/many.$i"
done
at_once 32 hookline.delivery_key deliver_many
is ' 31 200 duplicate 1 200 enrolled ' "$(tally)" \
	'32 copies at once: one run'
is 1 "$(for i in $(seq 32); do
	sed -n 's/.*\("delivery":.*\)/\1/p' "$dir/many.$i.answer"
done | sort -u | wc -l)" "32 copies at once: all get the first one's ids"

done_testing
