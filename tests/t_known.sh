#!/bin/sh
# t_known.sh - what a process remembers of a hook is never older than the
# database: each change counts for the very next delivery.
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

cli() {
	"$hookline" --config "$conf" "$@" >"$dir/cli" 2>&1 ||
		fail "hookline $*" "$(cat "$dir/cli")"
}

sql_as_postgres() {
	psql -XAtq -U postgres -c "$1"
}

# found: how often the database was asked for a hook
found() {
	sql_as_postgres "select pg_stat_clear_snapshot();
		select coalesce(sum(calls), 0) from pg_stat_user_functions
		 where funcname = 'hook_resolve'" | tail -n 1
}

# The process ends, and with it its sessions, which tell only then how often they
# called what.
ended() {
	kill -TERM "$responder"
	while lives || [ "$(sql "select count(*) from pg_stat_activity
		where application_name = 'hookline:hook'")" != 0 ]; do
		sleep 0.1
	done
}

phone='"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.phone","to":"contact.phone"},
	{"from":"body.size","to":"contact.custom.size"}]'

known_hook() { # known_hook NAME OPTION...: of a process started so
	name=$1
	shift
	publish "$name" '"reentry":"always"' "$phone"
	url=$hook
	start_responder "$@"
	post '{"email":"a@example.com"}'
	for i in 1 2 3 4 5; do
		post "{\"email\":\"a$i@example.com\"}"
	done
	is '200 enrolled' "$(outcome)" "$name: deliveries are taken"

	cli workflow unpublish "$name"
	post '{"email":"a@example.com"}'
	is '200 captured' "$(outcome)" "$name: it was unpublished"
	cli workflow publish "$name"
	post '{"email":"a@example.com"}'
	is '200 enrolled' "$(outcome)" "$name: it was published"

	publish "$name" '"reentry":"always"' "$phone,"'"filter":
		{"field":"webhook.body.plan","is":"equals","value":"pro"}'
	post '{"email":"a@example.com"}'
	is '200 filtered' "$(outcome)" "$name: another version was published"
	publish "$name" '"reentry":"always"' "$phone"

	post '{"email":"a@example.com"}'
	cli account set --country GB
	post '{"email":"gb@example.com","phone":"020 7946 0958"}'
	is '+442079460958' "$(sql "select phone from hookline.contact
		where id = '$(text contact)'")" "$name: the country was changed"
	cli account set --country US
	sql "delete from hookline.contact_identity where kind = 'phone'"

	post '{"email":"size@example.com","size":"7"}'
	sql "insert into hookline.custom_field (account_id, key, type)
		values (1, 'size', 'number')"
	post '{"email":"size@example.com","size":"8"}'
	is '{"size": 8}' "$(sql "select custom from hookline.contact
		where id = '$(text contact)'")" "$name: a field got a type"
	sql 'delete from hookline.custom_field'

	printf 'first' | cli secret set known
	publish "$name" '"reentry":"always"' "$phone,"'"verify":
		{"scheme":"bearer","secret":"secret:known"}'
	post '{"email":"a@example.com"}' 'HTTP_AUTHORIZATION=Bearer first'
	is '200 enrolled' "$(outcome)" "$name: who signs is let in"
	printf 'second' | cli secret set known
	post '{"email":"a@example.com"}' 'HTTP_AUTHORIZATION=Bearer first'
	is 401 "$(status)" "$name: a secret was changed"
	post '{"email":"a@example.com"}' 'HTTP_AUTHORIZATION=Bearer second'
	is '200 enrolled' "$(outcome)" "$name: the new one counts"
	cli secret remove known
	post '{"email":"a@example.com"}' 'HTTP_AUTHORIZATION=Bearer second'
	is 401 "$(status)" "$name: the secret was removed"
	publish "$name" '"reentry":"always"' "$phone"

	hook=$url
	post '{"email":"a@example.com"}'
	cli trigger rotate "$name" --overlap '1 hour'
	post '{"email":"a@example.com"}'
	is '200 enrolled t' "$(outcome) $(delivery used_old_url)" \
		"$name: the URL was rotated, and works for a while"
	sql "update hookline.hook_key set expires_at = now()
		where expires_at is not null"
	post '{"email":"a@example.com"}'
	is 404 "$(status)" "$name: the while is over"
	hook=$(sed -n 's|.*\(/hooks/[A-Za-z0-9_-]*\).*|\1|p' "$dir/cli" |
		head -n 1)
	post '{"email":"a@example.com"}'
	is '200 enrolled' "$(outcome)" "$name: at the new URL it goes on"
	cli trigger rotate "$name"
	post '{"email":"a@example.com"}'
	is 404 "$(status)" "$name: rotated without overlap, it is gone at once"
	ended
}

sql_as_postgres "alter system set track_functions = 'all'" >/dev/null
sql_as_postgres 'select pg_reload_conf()' >/dev/null
known_hook Single
known_hook Threads --threads 4

# Changes in the middle of a crowd, whose requests share their lists.
publish Crowd '"reentry":"always"' "$phone"
start_responder --threads 8
before=$(deliveries)
printf '{"email":"crowd@example.com"}' >"$dir/body"
for i in 1 2 3 4 5 6 7 8; do
	for n in $(seq 60); do
		hook_to "$dir/answer.$i" POST "$hook" application/json "$dir/body"
		sed -n 's/.*"status":"\([a-z]*\)".*/\1/p' "$dir/answer.$i"
	done >"$dir/crowd.$i" &
	crowd="${crowd:-} $!"
done
n=0
# shellcheck disable=SC2086 # a list of ids
while kill -0 $crowd 2>/dev/null && [ $n -lt 1000 ]; do
	n=$((n + 1))
	sql "update hookline.account set default_country = case default_country
		when 'US' then 'GB' else 'US' end"
done
# shellcheck disable=SC2086
wait $crowd
is 480 "$(cat "$dir"/crowd.* | grep -cx enrolled)" 'a crowd is taken while hooks change'
is 480 $(($(deliveries) - before)) 'and all of it is kept'
ended

# What is remembered saves the question.
publish Busy '"reentry":"always"' "$phone"
before=$(found)
began=$(date +%s)
start_responder
for i in 1 2 3 4 5 6; do
	post "{\"email\":\"b$i@example.com\"}"
done
is '200 enrolled' "$(outcome)" 'six deliveries are taken'
ended
# Again after a minute, on a machine as slow as that.
holds 'and the hook was looked for once' \
	[ $(($(found) - before)) -le $((1 + ($(date +%s) - began) / 60)) ]

done_testing
