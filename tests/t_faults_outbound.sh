#!/bin/sh
# t_faults_outbound.sh - destinations that misbehave, and how each ends: in
# which status, when it is tried again, what the step's detail says, and that a
# repetition has the identity of the first attempt.  Each assertion begins with
# its row:
#
#   c1  relays, at each stage of SMTP        c6  names that change their address
#   c2  text messages                        c7  proxies of the environment
#   c3  HTTP                                 c8  TLS
#   c4  private addresses, in any spelling   c9  names that are not found
#   c5  redirects to them
#
# c2 is t_sms.sh; c6, and what of c9 needs a resolver of one's own,
# check_names.c.  The destinations are faulty_server.py's, a port each.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

# --- the tables: what is called, and how it ends -----------------------------

# ROW NAME RUN STEP STATUS AGAIN WORDS: "-" is none; AGAIN is how long the run
# waits, in seconds, by the "schedule", or until the "date" it was told; WORDS
# stand in the step's detail.
http_cells='
c3 http-ok completed done 200 - HTTP 200 from 127.0.0.2 in
c3 http-204 completed done 204 - HTTP 204
c3 http-slow completed done 200 - HTTP 200
c5 http-redirect failed failed 302 - redirects are not followed: use the final URL
c5 http-redirect-inside failed failed 302 - redirects are not followed
c3 http-target completed done 200 - HTTP 200
c3 http-304 failed failed 304 - redirects are not followed
c3 http-400 failed failed 400 - "answer": "as asked"
c3 http-401 failed failed 401 - HTTP 401
c3 http-403 failed failed 403 - HTTP 403
c3 http-404 failed failed 404 - HTTP 404
c3 http-410 failed failed 410 - HTTP 410
c3 http-408 waiting retrying 408 schedule HTTP 408
c3 http-425 waiting retrying 425 schedule HTTP 425
c3 http-429 waiting retrying 429 schedule HTTP 429
c3 http-429-after-300 waiting retrying 429 300 HTTP 429
c3 http-429-after-date waiting retrying 429 date HTTP 429
c3 http-500 waiting retrying 500 schedule "answer": "as asked"
c3 http-502 waiting retrying 502 schedule HTTP 502
c3 http-503 waiting retrying 503 schedule HTTP 503
c3 http-503-after-45 waiting retrying 503 45 HTTP 503
c3 http-503-after-99999999 waiting retrying 503 86400 HTTP 503
c3 http-504 waiting retrying 504 schedule HTTP 504
c3 http-endless completed done 200 - longer than 64 KiB, or broke off
c3 http-bomb completed done 200 - HTTP 200
c3 http-half completed done 200 - longer than 64 KiB, or broke off
c3 http-head-long completed done 200 - HTTP 200
c3 http-continue completed done 200 - HTTP 200
c3 http-drop waiting unknown - schedule so it may have been done
c3 http-garbage waiting unknown - schedule so it may have been done
c3 http-refused waiting retrying - schedule Failed to connect
c8 https-good completed done 200 - HTTP 200
c8 https-expired waiting retrying - schedule certificate has expired
c8 https-self waiting retrying - schedule self-signed certificate
c8 https-other waiting retrying - schedule matches target host name
c8 https-old waiting retrying - schedule 127.0.0.2:
c8 https-plain waiting retrying - schedule 127.0.0.2:'

# The same for what never answers.
http_silent='
c3 http-silent waiting unknown - schedule so it may have been done
c3 http-drip completed done 200 - longer than 64 KiB, or broke off
c3 http-head-drip waiting unknown - schedule so it may have been done
c3 http-interims waiting unknown - schedule so it may have been done
c3 http-hole waiting retrying - schedule 127.0.0.2:'

# ROW URL WORDS: all fail for good, and nobody is reached.
blocked='
c4 http://127.0.0.1:TRAP/ is no public address
c4 http://127.1:TRAP/ no public address
c4 http://2130706433:TRAP/ no public address
c4 http://0x7f000001:TRAP/ no public address
c4 http://0x7f.1:TRAP/ no public address
c4 http://0177.0.0.1:TRAP/ no public address
c4 http://0:TRAP/ no public address
c4 http://localhost:TRAP/ no public address
c4 http://LOCALHOST:TRAP/ no public address
c4 http://%6c%6f%63%61lhost:TRAP/ no public address
c4 http://[::1]:TRAP/ no public address
c4 http://[::]:TRAP/ no public address
c4 http://[0:0:0:0:0:0:0:1]:TRAP/ no public address
c4 http://[::127.0.0.1]:TRAP/ no public address
c4 http://[::ffff:127.0.0.1]:TRAP/ no public address
c4 http://[::ffff:7f00:1]:TRAP/ no public address
c4 http://[::ffff:169.254.169.254]/ no public address
c4 http://[64:ff9b::7f00:1]:TRAP/ no public address
c4 http://[64:ff9b:1::7f00:1]:TRAP/ no public address
c4 http://[2002:7f00:1::]:TRAP/ no public address
c4 http://[2001:0:7f00:1::]:TRAP/ no public address
c4 http://[fe80::1]/ no public address
c4 http://[fd00:ec2::254]/ no public address
c4 http://[fec0::1]/ no public address
c4 http://[ff02::1]/ no public address
c4 http://169.254.169.254/latest/meta-data/ no public address
c4 http://10.0.0.1/ no public address
c4 http://172.16.0.1/ no public address
c4 http://192.168.0.1/ no public address
c4 http://100.64.0.1/ no public address
c4 http://192.0.0.1/ no public address
c4 http://198.18.0.1/ no public address
c4 http://224.0.0.1/ no public address
c4 http://255.255.255.255/ no public address
c4 http://127.0.0.1:22/ no public address
c4 http://127.0.0.1:25/ no public address
c4 http://localhost:POSTGRES/ no public address
c4 http://127.0.0.2@127.0.0.1:TRAP/ no user name or password
c4 http://127.0.0.2:x@127.0.0.1:TRAP/ no user name or password
c4 http://127.0.0.1:TRAP\@127.0.0.2/ no user name or password
c4 file:///etc/passwd begins with https:// or http://
c4 gopher://127.0.0.1:TRAP/_x begins with https:// or http://
c4 ftp://127.0.0.1:TRAP/ begins with https:// or http://
c4 dict://127.0.0.1:TRAP/x begins with https:// or http://'

# ROW NAME RUN STEP STATUS AGAIN LAST: the last line of the dialogue.
mail_cells='
c1 none completed done 250 - -
c1 dot-slow completed done 250 - -
c1 mail-421 waiting retrying 421 schedule < 421 4.3.2 come back later, says mail
c1 mail-452 waiting retrying 452 schedule < 452 4.3.1 no space, says mail
c1 mail-550 failed failed 550 - < 550 5.1.1 no such user, says mail
c1 rcpt-450 waiting retrying 450 schedule < 450 4.2.1 mailbox busy, says rcpt
c1 rcpt-451 waiting retrying 451 schedule < 451 4.7.1 greylisted, says rcpt
c1 rcpt-550 failed failed 550 - < 550 5.1.1 no such user, says rcpt
c1 rcpt-552 failed failed 552 - < 552 5.2.2 mailbox full, says rcpt
c1 data-451 waiting retrying 451 schedule < 451 4.7.1 greylisted, says data
c1 data-554 failed failed 554 - < 554 5.6.0 refused, says data
c1 data-drop waiting retrying - schedule > DATA
c1 dot-451 waiting retrying 451 schedule < 451 4.7.1 greylisted, says dot
c1 dot-452 waiting retrying 452 schedule < 452 4.3.1 no space, says dot
c1 dot-554 failed failed 554 - < 554 5.6.0 refused, says dot
c1 dot-drop waiting unknown - schedule < 354 go ahead'
mail_silent='
c1 mail-silent waiting retrying - schedule > MAIL FROM:<mail-silent@example.com> SIZE=N
c1 rcpt-silent waiting retrying - schedule > RCPT TO:<rcpt-silent@example.org>
c1 data-silent waiting retrying - schedule > DATA
c1 dot-silent waiting unknown - schedule < 354 go ahead'

# The same for what goes wrong before a message is named: a relay each.
relay_cells='
c1 smtp-refused waiting retrying - schedule -
c1 smtp-banner-421 waiting retrying 421 schedule < 421 4.3.2 come back later, says banner
c1 smtp-banner-554 waiting retrying 554 schedule < 554 5.6.0 refused, says banner
c1 smtp-banner-drop waiting retrying - schedule -
c1 smtp-ehlo-550 waiting retrying 550 schedule < 550 5.1.1 no such user, says ehlo
c1 smtp-starttls-missing waiting retrying - schedule < 250 HELP
c1 smtp-starttls-454 waiting retrying 454 schedule < 454 4.7.0 not now, says starttls
c1 smtp-starttls-drop waiting retrying - schedule > STARTTLS
c1 smtp-starttls-plain waiting retrying - schedule < 220 2.0.0 go ahead
c1 smtp-tls-good completed done 250 - -
c1 smtp-tls-expired waiting retrying - schedule < 220 2.0.0 go ahead
c1 smtp-tls-self waiting retrying - schedule < 220 2.0.0 go ahead
c1 smtp-tls-other waiting retrying - schedule < 220 2.0.0 go ahead
c1 smtp-tls-old waiting retrying - schedule < 220 2.0.0 go ahead
c1 smtp-auth-454 waiting retrying 454 schedule < 454 4.7.0 not now, says auth'
relay_silent='
c1 smtp-hole waiting retrying - schedule -
c1 smtp-banner-silent waiting retrying - schedule -
c1 smtp-ehlo-silent waiting retrying - schedule > EHLO N
c1 smtp-starttls-silent waiting retrying - schedule > STARTTLS
c1 smtp-auth-silent waiting retrying - schedule > ***'

names() { # names CELLS
	printf '%s\n' "$1" | cut -s -d ' ' -f 2
}

# --- certificates -----------------------------------------------------------

certs=$dir/certs
mkdir "$certs"
umask 077

# certificate NAME SUBJECT-ALTERNATIVE DAYS: signed by our authority
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$certs/$1.key" -out "$certs/$1.csr" 2>>"$log"
	echo "subjectAltName=$2" >"$certs/$1.ext"
	openssl x509 -req -in "$certs/$1.csr" -CA "$certs/ca.crt" \
		-CAkey "$certs/ca.key" -CAcreateserial -days "$3" \
		-extfile "$certs/$1.ext" -out "$certs/$1.crt" 2>>"$log"
	cat "$certs/$1.crt" "$certs/$1.key" >"$certs/$1.pem"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \
	-keyout "$certs/ca.key" -out "$certs/ca.crt" 2>>"$log"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=self \
	-addext subjectAltName=IP:127.0.0.2 \
	-keyout "$certs/self.key" -out "$certs/self.crt" 2>>"$log"
cat "$certs/self.crt" "$certs/self.key" >"$certs/self.pem"
certificate good IP:127.0.0.2 2
certificate expired IP:127.0.0.2 -1
certificate other DNS:other.example.com 2

# --- the destinations -------------------------------------------------------

seen=$dir/seen
# shellcheck disable=SC2046 # names
serve faulty "$top_srcdir/tests/faulty_server.py" --log "$seen" \
	--certs "$certs" relay-1 relay-2 relay-3 relay-4 trap \
	$(names "$http_cells") $(names "$http_silent") \
	$(names "$relay_cells") $(names "$relay_silent")
until_true 60 grep -q '^ready' "$dir/faulty.out"

port_of() {
	sed -n "s/^port $1 //p" "$dir/faulty.out"
}
trap_port=$(port_of trap)

# met NAME EVENT: how often it happened there
met() {
	jq -r "select(.name == \"$1\" and .event == \"$2\") | .name" "$seen" |
		wc -l
}
has_met() {
	[ "$(met "$1" "$2")" -ge 1 ]
}

# Loopback alone is reached at 127.0.0.2; what is not, at 127.0.0.1.
printf 'pass-word' >"$dir/relay.password"
base='lease_seconds = 60
outbound_allow = 127.0.0.2/32
max_in_flight = 200
claim_batch = 200
per_destination = 32
retry_schedule = 60s 120s'
patient='http_timeout = 45
smtp_timeout = 45'
hasty='http_timeout = 3
smtp_timeout = 3'

# destinations TIMES [LINE...]: the configuration
destinations() {
	d_times=$1
	shift
	settings "$base" "$d_times" "http_ca_file = $certs/ca.crt" \
		"smtp_ca_file = $certs/ca.crt" "$@"
}

# What cron may have in its environment, c7.
for name in http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
	export "$name=http://127.0.0.1:$trap_port"
done
export no_proxy=

# is_begun NAME: its run was claimed
is_begun() {
	[ "$(sql "select attempt from hookline.workflow_run
		where variables ->> 'cell' = '$1'")" = 1 ]
}

# --- runs -------------------------------------------------------------------

publish call '"reentry":"always"' '' '{"id":"c","type":"call_webhook",
	"url":"{{custom_variables.url}}","json":{"padding":"'"$(printf '%03000d' 1)"'"}}'
publish mail '"reentry":"always"' '' '{"id":"c","type":"send_email",
	"from":"{{custom_variables.cell}}@example.com","subject":"x",
	"to":"{{custom_variables.cell}}@example.org","text":"{{custom_variables.text}}"}'
publish relay '"reentry":"always"' '' '{"id":"c","type":"send_email",
	"from":"a@example.com","to":"b@example.org","subject":"x","text":"y"}'

# enrol WORKFLOW: a run for each line of stdin, JSON with its variables
enrol() {
	sql "select count(hookline.run_start(jsonb_build_object(
		'account_id', v.account_id, 'workflow_id', v.workflow_id,
		'version', v.version, 'contact_id', '$alex',
		'step_id', 'c', 'reentry', 'always', 'variables', x.v), false))
	  from hookline.workflow w join hookline.workflow_version v
	    on v.workflow_id = w.id and v.version = w.version,
	       jsonb_array_elements(\$j\$[$(paste -s -d , -)]\$j\$) x (v)
	 where w.name = '$1'" >"$dir/enrolled"
}

# calls CELLS, mails CELLS
calls() {
	printf '%s\n' "$1" | awk '
		FNR == NR { if ($1 == "port") port[$2] = $3; next }
		NF == 0 { next }
		{ split($2, kind, "-")
		  printf "{\"cell\":\"%s\",\"url\":\"%s://127.0.0.2:%s/\"}\n",
			$2, kind[1], port[$2] }' "$dir/faulty.out" - | enrol call
}
mails() {
	names "$1" | sed 's/.*/{"cell":"&","text":"Hello"}/' | enrol mail
}

# facts: how the last attempt of each run went
facts() {
	sql "select concat_ws('|', r.variables ->> 'cell', r.status, s.status,
		coalesce(s.detail ->> 'status', '-'),
		case when again is null then '-'
		     when abs(extract(epoch from r.due_at - s.finished_at) - again) > 0.01
		     then 'not when the detail says'
		     when again between first * 48 and first * 72 then 'schedule'
		     when again between 73 and 121 then 'date'
		     else round(again)::text end,
		coalesce(regexp_replace(s.detail -> 'dialogue' ->> -1,
			'(?<=SIZE=)\d+|(?<=EHLO ).*', 'N'), '-'), s.detail)
	  from hookline.workflow_run r
	  join hookline.run_step s on s.run_id = r.id and s.attempt = r.attempt,
	       lateral (select (s.detail ->> 'again_in_s')::numeric again,
			case r.attempt when 1 then 1 else 2 end as first) a" \
		>"$dir/facts"
}

# judge WHAT CELLS: are the facts as the table says?  WHAT is what its last
# column is, words or the dialogue's last line.
judge() {
	printf '%s\n' "$2" | awk -v what="$1" '
	function is(want, got, name) {
		if (want == got || what == "words" && name ~ /why$/ &&
		    index(got, want) > 0)
			print "ok - " name
		else
			print "not ok - " name "\n#   expected: " want \
				"\n#        got: " got
	}
	FNR == NR {
		n = split($0, f, "|")
		got[f[1]] = f[2] " " f[3] " " f[4] " " f[5]
		last[f[1]] = f[6]
		detail[f[1]] = substr($0, index($0, "|{") + 1)
		next
	}
	NF == 0 { next }
	{
		rest = $0
		for (i = 0; i < 6; i++)
			sub(/^[^ ]* /, "", rest)
		is($3 " " $4 " " $5 " " $6, got[$2], $1 ": " $2)
		if (what == "words")
			is(rest, detail[$2], $1 ": " $2 " says why")
		else
			is(rest, last[$2], $1 ": " $2 ", what was said last")
	}' "$dir/facts" - >"$dir/judged"
	told
}

# told: what an awk above found
told() {
	cat "$dir/judged"
	[ -s "$dir/judged" ] || fail 'the table was read'
	n_failed=$((n_failed + $(grep -c '^not ok' "$dir/judged")))
}

# judge_again CELLS: what is tried again has the identity of the first attempt,
# in the detail and at the destination, if it came there
judge_again() {
	sql "select r.variables ->> 'cell', coalesce(s.detail ->> 'message_id',
			s.detail ->> 'idempotency_key')
	  from hookline.workflow_run r join hookline.run_step s on s.run_id = r.id" \
		>"$dir/ours"
	jq -r 'select(.identity != null) | .name + "|" + .identity' "$seen" |
		tr -d '<>' >"$dir/theirs"
	printf '%s\n' "$1" | awk '
	function add(all, name, id) {
		all[name] = all[name] " " id
	}
	FILENAME ~ /ours$/ { split($0, f, "|"); add(ours, f[1], f[2]); next }
	FILENAME ~ /theirs$/ { split($0, f, "|"); add(theirs, f[1], f[2]); next }
	$3 != "waiting" { next }
	{
		split(ours[$2], id, " ")
		want = " " id[1] " " id[1]
		if (ours[$2] == want && (theirs[$2] == want || theirs[$2] == ""))
			print "ok - " $1 ": " $2 ", twice under one identity"
		else
			print "not ok - " $1 ": " $2 ", twice under one identity\n#  " \
				ours[$2] "\n#  " theirs[$2]
	}' "$dir/ours" "$dir/theirs" - >"$dir/judged"
	told
}

# says NAME WORDS: the detail of c1
says() {
	case $(fact "$1" 7-) in
	*"$2"*) ok "c1: $1 says why" ;;
	*) fail "c1: $1 says why" "expected '$2' in: $(fact "$1" 7-)" ;;
	esac
}

# fact NAME FIELD...
fact() {
	grep "^$1|" "$dir/facts" | cut -d '|' -f "$2"
}

# --- c3, c8: HTTP -----------------------------------------------------------

destinations "$patient" "smtp_url = smtp://127.0.0.2:$(port_of relay-1)"
calls "$http_cells"

# --- c4: addresses that nobody may reach -------------------------------------

printf '%s\n' "$blocked" | sed "/^$/d; s/TRAP/$trap_port/; s/POSTGRES/$PGPORT/" |
	awk '{ sub(" ", " blocked-" NR " "); print }' >"$dir/blocked"
awk '{ gsub("\\\\", "&&", $3)
	print "{\"cell\":\"" $2 "\",\"url\":\"" $3 "\"}" }' "$dir/blocked" |
	enrol call

# --- c9: a name that nobody knows -------------------------------------------

unknown='c9 unknown waiting retrying - schedule Could not resolve host'
echo '{"cell":"unknown","url":"http://nobody.invalid/"}' | enrol call

# --- c1: messages -----------------------------------------------------------

mails "$mail_cells"
long=$(printf '%05000d' 7)
enrol mail <<-JSON
	{"cell":"text-dots","text":".\\n..\\n.x\\n.\\nend"}
	{"cell":"text-long","text":"$long"}
	{"cell":"text-bare","text":"a\\nb\\r\\nc\\rd\\n"}
	{"cell":"text-8bit","text":"Zoë, 15 €"}
	{"cell":"zoë","text":"an address beyond ASCII"}
JSON

work
is 0 "$exit_status" 'the executor ends well'
facts
judge words "$http_cells"
judge words "$unknown"
judge last "$mail_cells"
judge words "$(cut -d ' ' -f 1,2,4- "$dir/blocked" |
	sed 's/^[^ ]* [^ ]*/& failed failed - -/')"
is '0 0' "$(met trap connection) $(met trap request)" \
	'c4, c5, c7: no private address, redirect or proxy was followed'
is 1 "$(met http-target request)" 'c5: nor one to an address that may be reached'
is 1 "$(met http-continue request)" 'c3: no call waits for "100 Continue"'
is 0 "$(met https-old request)" 'c8: nothing is sent by old TLS'
for name in expired self other; do
	is 0 "$(met "https-$name" request)" "c8: nor to a server that is $name"
done
is 't|t' "$(sql "select length(results #>> '{c,body}') = 65536,
	not results -> 'c' -> 'body' ? 'x' from hookline.workflow_run
	where variables ->> 'cell' = 'http-endless'")" \
	'c3: of an endless body 64 KiB are kept'
is 't' "$(sql "select coalesce(length(results #>> '{c,body}'), 0) < 20000
	from hookline.workflow_run where variables ->> 'cell' = 'http-bomb'")" \
	'c3: what is compressed stays so'

message() { # message NAME FIELD
	jq -r "select(.name == \"$1\" and .event == \"message\") | .$2" "$seen"
}
for name in text-dots text-long text-bare text-8bit; do
	is 'completed true false' "$(fact "$name" 2) $(message "$name" is_7bit) $(message "$name" has_bare)" \
		"c1: $name, in 7 bits, with whole line ends"
	holds "c1: $name, no line longer than 998" \
		[ "$(message "$name" longest)" -le 998 ]
done
is '. .. .x . end' "$(message text-dots text | tr -d '\r' | tr '\n' ' ' | sed 's/ *$//')" \
	'c1: lone dots arrive'
is "$long" "$(message text-long text | tr -d '\r\n')" 'c1: a long line arrives'
is 'a b c d' "$(message text-bare text | tr -s '\r\n' ' ' | sed 's/ *$//')" \
	'c1: bare line ends arrive as line ends'
is 'Zoë, 15 €' "$(message text-8bit text | tr -d '\r\n')" \
	'c1: letters beyond ASCII arrive without 8BITMIME'
is 'failed|failed' "$(fact zoë 2-3)" 'c1: an address that needs SMTPUTF8 is refused'
says zoë 'expected an address'

# Again, at another port of the relay.
destinations "$patient" "smtp_url = smtp://127.0.0.2:$(port_of relay-2)"
due_now
work
judge_again "$http_cells"
judge_again "$mail_cells"
facts
is 'waiting unknown - schedule' "$(fact http-drop 2-5 | tr '|' ' ')" \
	'the second wait is by the schedule, too'
sql 'delete from hookline.run_step; delete from hookline.workflow_run'

# --- what never answers -----------------------------------------------------

destinations "$hasty" "smtp_url = smtp://127.0.0.2:$(port_of relay-3)"
calls "$http_silent"
mails "$mail_silent"
work
facts
judge words "$http_silent"
judge last "$mail_silent"
destinations "$hasty" "smtp_url = smtp://127.0.0.2:$(port_of relay-4)"
due_now
work
judge_again "$http_silent"
judge_again "$mail_silent"
sql 'delete from hookline.run_step; delete from hookline.workflow_run'

# --- relays that refuse us, one after the other -------------------------------

# relay NAME TIMES: its configuration, and a run
relay() {
	set -- "$1" "$2" "smtp_url = smtp://127.0.0.2:$(port_of "$1")"
	case $1 in
	smtp-auth-*)
		set -- "$@" 'smtp_user = house' 'smtp_password_file = relay.password'
		;;
	smtp-tls-* | smtp-starttls-*) set -- "$@" 'smtp_tls = required' ;;
	esac
	r_name=$1
	shift
	destinations "$@"
	echo "{\"cell\":\"$r_name\"}" | enrol relay
}
for name in $(names "$relay_cells"); do
	relay "$name" "$patient"
	work
done
# These wait at once; told to stop, an executor finishes and claims no more.
crew=
for name in $(names "$relay_silent"); do
	relay "$name" "$hasty"
	start_executor --linger 0
	crew="$crew $executor"
	until_true 60 is_begun "$name"
	kill -TERM "$executor"
done
for executor in $crew; do
	wait "$executor" || fail "executor $executor ends well"
done
facts
judge last "$relay_cells"
judge last "$relay_silent"
says smtp-starttls-missing 'offers no STARTTLS'
says smtp-tls-expired 'certificate has expired'
says smtp-tls-self 'self-signed certificate'
says smtp-tls-other 'target host name'
is '' "$(jq -r 'select((.event == "mail" or .event == "message") and
	(.name | startswith("smtp-starttls-") or startswith("smtp-tls-"))) |
	.name' "$seen" | sort -u | grep -v '^smtp-tls-good$')" \
	'c1: where TLS fails, nothing is sent without'
holds 'c1: the login was tried' has_met smtp-auth-454 login
is '> AUTH PLAIN' "$(sql "select s.detail #>> '{dialogue,-5}'
	from hookline.workflow_run r join hookline.run_step s on s.run_id = r.id
	where r.variables ->> 'cell' = 'smtp-auth-454' limit 1")" 'c1: and how is said'
pg_dump -a >"$dir/dump" 2>/dev/null
is 0 "$(cat "$dir/dump" "$log" | grep -c -e pass-word \
	-e "$(printf '\0house\0pass-word' | base64)")" \
	'c1: neither the database nor the log has the password'
done_testing
