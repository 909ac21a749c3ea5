# shellcheck shell=sh disable=SC2034,SC2154 # shared with faults.sh
# faults_sender.sh - the rows of faults.sh in which the sender is at fault, or
# means us harm: a4 to a8, a13 to a15.

# --- a4: bodies that break off ----------------------------------------------

a4() {
	begin A4
	about cut >"$dir/sent"
	before=$(kept)
	"$faulty" cut "$port" "$hook" "$dir/sent" >"$dir/cut"
	is '' "$(grep -vE '(end|reset) (400|408|500|closed)$|others 200$' "$dir/cut")" \
		"$row: half a body is not taken, and nobody else waits"
	is 6 "$(wc -l <"$dir/cut" | tr -d ' ')" "$row: by a length and by chunks"
	is 0 "$(runs_of cut)" "$row: nothing comes of it"
	is "${before#* }" "$(kept | cut -d' ' -f2)" "$row: nothing is spooled"
	if [ "$server" = lighttpd ] && full; then
		half_body_by_stream
	fi
	taken after-cut 'the next request is taken'
	invariants_hold
}

# lighttpd as its own default is not, and ours is not either: called at once
half_body_by_stream() {
	sed -i 's/^\(server.stream-request-body = \)0/\11/' \
		"$bin/lighttpd/hookline.conf"
	serve_as_ever
	about stream >"$dir/sent"
	"$faulty" cut "$port" "$hook" "$dir/sent" >"$dir/cut"
	is '' "$(grep -E '(end|reset) 2' "$dir/cut")" \
		"$row: half a body that reaches us is not taken"
	is 0 "$(runs_of stream)" "$row: nothing comes of it either"
	is '' "$(sql "select outcome from hookline.delivery where http_status <> 400
		and body::text <> '' and id > coalesce((select max(delivery_id)
		from hookline.workflow_run), 0)")" "$row: and it is refused by 400"
	cp "$built/lighttpd/hookline.conf" "$bin/lighttpd"
	serve_as_ever
}

# --- a5: slow senders -------------------------------------------------------

# Apache has fewer places than there are slow senders, so it must send some of
# them away; lighttpd has more.
a5() {
	begin A5
	full && a5_n=500 || a5_n=100
	"$faulty" slow "$port" "$hook" $a5_n >"$dir/slow" 2>&1 &
	a5_slow=$!
	bg="$bg $a5_slow"
	soon 60 "$row: $a5_n senders of a byte a second" grep -q ready "$dir/slow"
	a5_taken=0
	for a5_n in $(seq 10); do
		deliver "beside-$a5_n"
		[ "$got" != 200 ] || a5_taken=$((a5_taken + 1))
	done
	is 10 "$a5_taken" "$row: 10 others are answered"
	end "$a5_slow"
	is '' "$(sql "select count(*) from hookline.contact
		where email = 'slow@example.com' having count(*) > 0")" \
		"$row: nothing comes of the slow ones"
	invariants_hold
}

# --- a6: sizes --------------------------------------------------------------

sized() { # sized BYTES: sets $sent_file, with a key in it
	if [ "$1" -lt 100 ]; then
		head -c "$1" /dev/zero | tr '\0' 1 >"$dir/sized"
	else
		json_of "$1" "size-$1@example.com" >"$dir/sized"
	fi
}

# size BYTES STATUS: with a length and in chunks
size() {
	sized "$1"
	for s_way in '' 'Transfer-Encoding: chunked'; do
		post_as application/json "$dir/sized" -H "X-A: b" ${s_way:+-H "$s_way"}
		is "$2" "$got" "$row: $1 bytes${s_way:+ in chunks}: $2"
		[ "$got" != 200 ] || is "$1" "$(delivery 'octet_length(body)')" \
			"$row: and all are kept"
	done
}

a6() {
	begin A6
	publish Sizes '"reentry":"always","contact":"optional"' "$map_example"
	size 0 400
	size 1 200
	size 1048576 200
	size 1048577 413
	if full; then
		size 131073 200
		size 1048575 200
		size 10000000 413
	fi
	[ "$server" != apache ] || host_cuts
	invariants_hold
}

# mod_fcgid then calls us with nothing, or with what came so far.
host_cuts() {
	before=$(sql "select count(*) from hookline.workflow_run")
	sized 200000
	for h_way in '' 'Transfer-Encoding: chunked'; do
		post_as application/json "$dir/sized" -H 'X-Host: small' \
			${h_way:+-H "$h_way"}
		case $got in
		400 | 413) ok "$row: cut by the host${h_way:+, in chunks}: $got" ;;
		*) fail "$row: cut by the host${h_way:+, in chunks}: 400" "$got" ;;
		esac
	done
	is "$before" "$(sql "select count(*) from hookline.workflow_run")" \
		"$row: what the host cut is never taken"
}

# --- a7: the same again -----------------------------------------------------

a7() {
	begin A7
	taken again 'the first'
	deliver again
	is '200 duplicate' "$got $d_outcome" "$row: its repetition"
	about other >"$dir/sent"
	post_as application/json "$dir/sent" -H 'Idempotency-Key: again'
	is '200 duplicate t' "$got $(member .status) $(delivery is_conflict)" \
		"$row: another body under its key is flagged"
	is 0 "$(runs_of other)" "$row: and is not enrolled"
	about fifty >"$dir/sent"
	is '1 * 200 enrolled, 49 * 200 duplicate' "$("$faulty" same "$port" \
		"$hook" "$dir/sent" fifty 50 | awk -F', ' '{ print $2 ", " $1 }')" \
		"$row: 50 at the same moment"
	is 1 "$(runs_of fifty)" "$row: make one run"
	a7_hook=$hook
	publish Window "$once" '"dedup":{"window":"1 hour"},'"$map_example"
	about window >"$dir/sent"
	post_as application/json "$dir/sent"
	a7_first=$(member .status)
	post_as application/json "$dir/sent"
	is 'enrolled duplicate' "$a7_first $(member .status)" \
		"$row: without a key the whole body counts"
	sql "update hookline.delivery_key
		set received_at = received_at - interval '61 minutes'"
	post_as application/json "$dir/sent"
	is enrolled "$(member .status)" "$row: until its window has passed"
	# Two runs under one key are what was asked for.
	sql "update hookline.workflow_run set variables = '{}'
		where variables ->> 'plan' = 'window'"
	hook=$a7_hook
	invariants_hold
}

# --- a8: JSON of every kind -------------------------------------------------

# zoo STATUS JSON [PAYLOAD]: what comes of it
zoo() {
	# shellcheck disable=SC2059 # bytes by their codes
	printf "$2" >"$dir/zoo"
	post_as application/json "$dir/zoo"
	is "$1" "$got" "$row: $1: $2"
	[ $# -lt 3 ] || is "$3" "$(delivery "payload ->> 'a'")" \
		"$row: and is kept as $3"
}

a8() {
	begin A8
	publish Zoo '"reentry":"always","contact":"optional"' '"map":[
		{"from":"body.a","to":"custom_variables.a"}]'
	zoo 400 '{"a":NaN}'
	zoo 200 '{"a":1e400}' 1e400
	zoo 200 '{"a":18446744073709551616}' 18446744073709551616
	is 18446744073709551616 "$(sql "select variables ->> 'a'
		from hookline.workflow_run order by id desc limit 1")" \
		"$row: a long number is not clamped where it is mapped to"
	zoo 200 '{"a":"x\\u0000y"}' 'x�y'
	zoo 200 '{"a":"\\ud800"}' '�'
	zoo 200 '{"a":1,"a":2}' 2
	zoo 200 '{"a\\u0000b":1,"a":2}' 2
	zoo 200 '\357\273\277{"a":1}' 1
	zoo 400 '{"a":"\377"}'
	zoo 400 '{"a":"\001"}'
	zoo 400 '{"a":1}x'
	zoo 400 '{"a":1'
	zoo 200 'null'
	zoo 200 '["a"]'
	head -c 100000 /dev/zero | tr '\0' '[' >"$dir/sent"
	post_as application/json "$dir/sent"
	is 400 "$got" "$row: 400: 100000 levels"
	{ printf '[0'; head -c 150000 /dev/zero | sed 's/\x00/,0/g'; printf ']'; } \
		>"$dir/sent"
	post_as application/json "$dir/sent"
	is 400 "$got" "$row: 400: more values than are taken"
	sql "update hookline.workflow_run set variables = '{}'
		where variables ? 'a'"
	invariants_hold
}

# --- a13: faulty heads and paths --------------------------------------------

# Apache goes by the chunks, forgets the length and closes the connection (RFC
# 9112, 6.3), so there is nothing to smuggle: it is what a whole request makes.
only_the_chunks() {
	is 'apache length-and-chunks 1' "$server $a13_fault $(sql "select count(*)
		from hookline.delivery where outcome = 'enrolled'
		and payload ->> 'email' = 'head@example.com'")" \
		"$row: $a13_fault: 200, once, for the chunks"
	sql "delete from hookline.run_step s using hookline.contact c,
			hookline.workflow_run r where r.contact_id = c.id
			and s.run_id = r.id and c.email = 'head@example.com'"
	sql "with c as (select id from hookline.contact
			where email = 'head@example.com')
		delete from hookline.workflow_run where contact_id in (table c)"
	sql "delete from hookline.delivery where payload ->> 'email' = 'head@example.com';
		delete from hookline.contact where email = 'head@example.com'"
}

a13() {
	begin A13
	before=$(sql 'select count(*) from hookline.workflow_run')
	"$faulty" heads "$port" "$hook" >"$dir/heads"
	sed 's/^/# /' "$dir/heads"
	while read -r a13_fault a13_status; do
		case $a13_status in
		4?? | 501 | 505 | closed) ok "$row: $a13_fault: $a13_status" ;;
		200) only_the_chunks ;;
		*) fail "$row: $a13_fault: refused" "$a13_status" ;;
		esac
	done <"$dir/heads"
	for a13_method in PATCH DELETE TRACE BREW; do
		post_json '{"email":"head@example.com"}' -X $a13_method
		case $got in
		405 | 501) ok "$row: $a13_method: $got" ;;
		*) fail "$row: $a13_method: refused" "$got" ;;
		esac
	done
	a13_long=$(head -c 8192 /dev/zero | tr '\0' p)
	for a13_path in "$hook/.." "$hook/../x" "/hooks/..${hook#/hooks}" "$hook%00" \
		"$hook/%2e%2e/x" "$hook$a13_long" "/hooks/$a13_long"; do
		ask "$a13_path" --path-as-is -H 'Content-Type: application/json' \
			-d '{"email":"head@example.com"}'
		case $got in
		4??) ok "$row: a path like $(echo "$a13_path" | sed "s|$hook|HOOK|" |
			cut -c1-40): $got" ;;
		*) fail "$row: $a13_path: refused" "$got" ;;
		esac
	done
	seq 100 | sed "s/.*/X-Large-&: $a13_long/" >"$dir/headers"
	post_json '{"email":"head@example.com"}' -H "@$dir/headers"
	case $got in
	4?? | 000) ok "$row: 100 headers of 8 KiB: $got" ;;
	500) is apache "$server" "$row: 100 headers of 8 KiB: 500 by mod_fcgid" ;;
	*) fail "$row: 100 headers of 8 KiB: refused" "$got" ;;
	esac
	is "$before 0" "$(sql "select (select count(*) from hookline.workflow_run) ||
		' ' || count(*) from hookline.contact
		where email = 'head@example.com'")" "$row: nothing comes of it"
	taken after-heads 'the next is taken'
	invariants_hold
}

# --- a14: rotated and guessed URLs ------------------------------------------

rotate() {
	a14_old=$hook
	"$hookline" --config "$conf" trigger rotate "$@" >/dev/null
	hook=$("$hookline" --config "$conf" trigger url A14 |
		sed 's|^[a-z]*://[^/]*||')
}

a14() {
	begin A14
	taken by-first 'the first URL'
	rotate A14 --overlap 1h
	taken by-second 'rotated: the new one'
	a14_new=$hook hook=$a14_old
	taken by-first-still 'and the old one, within its grace'
	sql "update hookline.hook_key set expires_at = now() - interval '1 second'
		where expires_at is not null"
	deliver by-first-late
	is 404 "$got" "$row: and not after it"
	hook=$a14_new
	rotate A14
	taken by-third 'rotated without grace: the new one'
	a14_new=$hook hook=$a14_old
	deliver by-second-late
	is 404 "$got" "$row: and not the old one"
	cp "$dir/answer" "$dir/rotated"
	a14_forged
	hook=$a14_new
	invariants_hold
}

# a14_forged: who guesses learns nothing, and the database is not asked
a14_forged() {
	svc_stop postgres INT
	away_over
	before=$(find "$dir/spool" -name '[0-9]*-*' | wc -l)
	for f_token in AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x \
		"$(printf '%s' "${a14_new##*/}" | tr 'A-Za-z' 'B-ZAb-za')"; do
		hook=/hooks/$f_token
		deliver guessed
		is 404 "$got" "$row: a guess is 404 also without the database"
		holds "$row: and says what a rotated one says" \
			cmp -s "$dir/answer" "$dir/rotated"
	done
	is "$before" "$(find "$dir/spool" -name '[0-9]*-*' | wc -l)" \
		"$row: guesses are not spooled"
	svc_postgres throwaway
	away_over
}

# --- a15: an attack on libfcgi ----------------------------------------------

a15() {
	begin A15
	taken before-attack 'before'
	is 700 "$(stat -c %a "$(svc_sockets)")" \
		"$row: the sockets lie in a folder of their owner's alone"
	[ "$server" != apache ] || is 00 "$(stat -c %a "$(a15_socket)" |
		cut -c2-)" "$row: and so is the socket"
	is '' "$(hook_listens_on_tcp)" "$row: hook.fcgi listens on no port"
	if is_sanitized; then
		skip "$row: lengths that overflow" 'a sanitizer sees libfcgi do it'
		return
	fi
	"$faulty" overflow "$(a15_socket)" >"$dir/overflow" 2>&1
	holds "$row: after lengths that overflow ($(cat "$dir/overflow"))" \
		takes after-attack
	invariants_hold
}

a15_socket() {
	case $server in
	lighttpd) find "$(svc_sockets)" -name 'hook.sock*' ;;
	apache)
		for s_process in $(hook_processes); do
			sed -n 's|^[^ ]*: [^ ]* [^ ]* 00010000 .* \(/.*\)$|\1|p' \
				/proc/net/unix | grep "\.$s_process\." ||
				find "$(svc_sockets)/apache" -type s
		done | head -n 1 ;;
	esac
}

hook_listens_on_tcp() {
	for l_process in $(hook_processes); do
		for l_fd in /proc/"$l_process"/fd/*; do
			l_inode=$(readlink "$l_fd" | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
			[ -z "$l_inode" ] || awk -v inode="$l_inode" \
				'$4 == "0A" && $10 == inode' /proc/net/tcp
		done
	done
}
