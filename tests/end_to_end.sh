# shellcheck shell=sh disable=SC2034,SC2154 # shared with the tests
# end_to_end.sh - the whole product behind a real web server: a webhook comes
# in, a mail goes out, and what the server can do to a request in between is
# seen to.  The body that t_lighttpd.sh and t_apache.sh share, as functions;
# they say which server ($server) and in which order.  What does not depend on
# the server is asked by t_hook*.sh and t_run*.sh.
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

PATH=$PATH:/usr/sbin:/sbin
for program in "$server_program" jq curl; do
	command -v "$program" >/dev/null || {
		echo "skipped: no $program here (Debian: $program)"
		exit 77
	}
done

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

client=$top_srcdir/tests/http_client.py
services_log=$svc_dir/log
: >"$services_log/access.log"

# Time enough for a request that waits while the server is told to restart.
port=$(svc_free_port)
settings "base_url = http://127.0.0.1:$port" 'request_deadline_ms = 9000' \
	'linger_seconds = 60'

# --- the server -------------------------------------------------------------

# Nothing of the server's own environment may reach the programs: a proxy set
# there would see every outgoing call.
http_proxy=http://127.0.0.1:9 && export http_proxy

start_server() {
	"svc_$server" "$(cd "$top_builddir" && pwd)" "$conf" "$port" \
		"$processes" || {
		fail "$server starts"
		exit 1
	}
}

# hook_processes: the ids of the hook.fcgi that this server started
hook_processes() {
	grep -lx hook.fcgi /proc/[0-9]*/comm 2>/dev/null |
		while IFS=/ read -r _ _ e_process _; do
			if process_environment "$e_process" |
				grep -qxF "HOOKLINE_CONFIG=$conf"; then
				echo "$e_process"
			fi
		done
}

# process_environment PROCESS: one variable a line; none of a dead one
process_environment() {
	{ tr '\0' '\n' <"/proc/$1/environ"; } 2>/dev/null
}

# --- requests ---------------------------------------------------------------

# ask PATH [OPTION...]: by curl; sets $got to the status, $seconds to the time
# it took; the answer is in $dir/head and $dir/answer.
ask() {
	a_path=$1
	shift
	: >"$dir/answer"
	a_out=$(curl -sS --noproxy '*' -m 30 -D "$dir/head" \
		-o "$dir/answer" -w '%{http_code} %{time_total}' "$@" \
		"http://127.0.0.1:$port$a_path" 2>>"$dir/curl.log")
	got=${a_out% *} seconds=${a_out#* }
}

# post_as TYPE FILE [OPTION...]: to the hook published last
post_as() {
	p_type=$1 p_file=$2
	shift 2
	ask "$hook" -H "Content-Type: $p_type" --data-binary "@$p_file" "$@"
}

post_json() { # post_json JSON [OPTION...]
	printf '%s' "$1" >"$dir/sent"
	shift
	post_as application/json "$dir/sent" "$@"
}

headers() { # headers NAME: its values in the answer, 100 Continue left out
	tr -d '\r' <"$dir/head" | awk -v name="$1" '
		/^HTTP/ { value = "" }
		index(tolower($0), tolower(name) ": ") == 1 {
			value = substr($0, length(name) + 3)
		}
		END { print value }'
}

member() { # member FILTER: of the last answer
	jq -r "$1" <"$dir/answer" 2>&1
}

is_problem() { # is_problem STATUS WHAT
	is "$1 $1 application/problem+json" \
		"$got $(member .status) $(headers Content-Type)" "$2"
}

# refused_and_kept STATUS WHAT: a problem document, and a row of the delivery
refused_and_kept() {
	is_problem "$1" "$2"
	is "$1 rejected" "$(delivery 'http_status || $$ $$ || outcome')" \
		"$2: kept, so that the user can see it"
}

# --- first light ------------------------------------------------------------

story_steps='{"id":"which","type":"if_else","branches":[{"name":"Pro",
	"when":{"field":"custom_variables.plan","is":"equals",
		"value":"professional"},
	"steps":[{"id":"hello","type":"send_email","to":"{{contact.email}}",
		"subject":"Hello {{contact.first_name}}",
		"text":"Dear {{contact.first_name}} {{contact.last_name}}"}]}],
	"else":[{"id":"other","type":"end","reason":"not professional"}]},
	{"id":"rest","type":"wait","for":"1 second"},
	{"id":"follow","type":"send_email","to":"{{contact.email}}",
		"subject":"Follow {{contact.first_name}}","text":"Still there?"}'

is_completed() { # is_completed RUN
	[ "$(sql "select status from hookline.workflow_run
		where id = $1")" = completed ]
}

# arrives NAME: the request just made became a run, the run two mails to NAME
arrives() {
	is '200 enrolled' "$got $(member .status)" "$1: enrolled"
	[ "$got" = 200 ] || return
	story_run=$(member .run)
	soon 60 "$1: the run completes" is_completed "$story_run"
	collect
	is "Dear $1 Johnson" "$(message "Hello $1" text)" \
		"$1: the mail has the contact's name"
	is Still\ there? "$(message "Follow $1" text)" \
		"$1: the step after the wait is carried out"
}

# person NAME PHONE, form NAME PHONE: the issue's example
person() {
	printf '{"email":"%s@example.com","first_name":"%s",
		"last_name":"Johnson","phone":"+%s","plan":"professional",
		"source":"payment_processor"}' "$1" "$1" "$2"
}

form() {
	printf '%s&%s' "email=$1%40example.com&first_name=$1&phone=%2B$2" \
		'last_name=Johnson&source=payment_processor&plan=professional'
}

first_light() {
	publish Story '"reentry":"always"' "$map_example" "$story_steps"
	svc_executor "$(cd "$top_builddir" && pwd)" "$conf"
	post_json "$(person Alex 15551234567)"
	arrives Alex
	"$hookline" --config "$conf" doctor >"$dir/doctor"
	has "$dir/doctor" "ok    healthz: http://127.0.0.1:$port/healthz answers" \
		'doctor sees that the hook answers'
	has "$dir/doctor" 'hook.fcgi as hookline' 'and as which user'
	show_run "$story_run"
	ask "$hook" -d "$(form Berta 15551234568)"
	arrives Berta
	ask "$hook?$(form Carla 15551234569)"
	arrives Carla
	post_json "$(person Dora 15551234570)" -X PUT
	arrives Dora
	is 'POST POST GET PUT' "$(sql "select string_agg(method, ' ' order by id)
		from hookline.delivery")" 'each by its own method'
	post_json "$(person Eve 15551234571)" \
		-H 'X-Forwarded-For: 192.0.2.1' -H 'Proxy: http://127.0.0.1:9'
	is '200 127.0.0.1' "$got $(delivery 'host(remote_addr)')" \
		'nobody can choose the address that is kept'
}

# show_run RUN: what hookline(1) says of the first run
show_run() {
	"$hookline" --config "$conf" --json run show "$1" >"$dir/run.json"
	is 'which:done hello:done rest:done follow:done' \
		"$(jq -r '[.steps[] | .step + ":" + .status] | join(" ")' \
			<"$dir/run.json" 2>&1)" 'run show: the steps, in order'
	is true "$(jq '.status == "completed" and all(.steps[];
		.started_at <= .finished_at) and ([.steps[].started_at] |
		. == sort)' <"$dir/run.json" 2>&1)" 'run show: with their times'
	is "$(message 'Hello Alex' message_id)" "$(jq -r \
		'.steps[] | select(.step == "hello").detail.message_id |
		"<" + . + ">"' <"$dir/run.json" 2>&1)" \
		'run show: the Message-ID is that of the mail'
}

# --- every status that passes a server --------------------------------------

# json_of BYTES EMAIL: a document of exactly so many
json_of() {
	printf '{"email":"%s","x":"' "$2"
	head -c "$(($1 - 19 - ${#2}))" /dev/zero | tr '\0' x
	printf '"}'
}

statuses() {
	publish Statuses '' "$map_example,\"methods\":[\"POST\",\"GET\"]"
	ask /hooks/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
	is_problem 404 'a token that nobody gave out'
	post_json '{"email":"del@example.com"}' -X DELETE
	refused_and_kept 405 'a method that no hook takes'
	is 'POST, GET, HEAD, OPTIONS' "$(headers Allow)" '405 says which it takes'
	post_json '{"email":"put@example.com"}' -X PUT
	refused_and_kept 405 'a method that this hook does not take'
	post_json '{"email":'
	refused_and_kept 400 'JSON that ends too early'
	printf 'PK' >"$dir/sent"
	post_as application/zip "$dir/sent"
	refused_and_kept 415 'a type that is not taken'
	post_json '{"plan":"pro"}'
	refused_and_kept 422 'neither e-mail nor phone'
	is true "$(member '.errors | length > 0')" '422 says which is missing'
	post_json ''
	refused_and_kept 400 'no body where the type promises one'
	questions
	short_body
	large_bodies
}

questions() {
	before=$(deliveries)
	ask "$hook?email=head@example.com" -I
	is '200 application/json ' \
		"$got $(headers Content-Type) $(headers Content-Length)" \
		'HEAD answers as GET would'
	ask "$hook" -I
	is '422 application/problem+json' "$got $(headers Content-Type)" \
		'HEAD is refused as GET would be'
	ask "$hook" -X OPTIONS
	is '204 POST, GET, HEAD, OPTIONS' "$got $(headers Allow)" \
		'OPTIONS lists the methods'
	is "$before" "$(deliveries)" 'neither leaves a trace'
}

short_body() {
	printf '{"email":"short@example.com"}' >"$dir/short"
	short_got=$("$client" short "$port" "$hook" application/json \
		"$dir/short")
	case $short_got in
	400 | 408 | 500 | closed)
		ok "half a body is not taken ($short_got)" ;;
	*) fail 'half a body is not taken' "got: $short_got" ;;
	esac
	printf 'email=short@example.com&x=' >"$dir/short"
	"$client" short "$port" "$hook" application/x-www-form-urlencoded \
		"$dir/short" >/dev/null
	is 0 "$(sql "select count(*) from hookline.contact
		where email = 'short@example.com'")" 'and makes no contact'
	ask /healthz
	is 200 "$got" 'and leaves the server as it was'
}

large_bodies() {
	json_of 1048576 big@example.com >"$dir/big"
	post_as application/json "$dir/big"
	is '200 1048576' "$got $(delivery 'octet_length(body)')" \
		'a body of 1 MiB is taken'
	json_of 1048577 big@example.com >"$dir/big"
	post_as application/json "$dir/big"
	refused_and_kept 413 'a byte more is not'
	json_of 16000000 big@example.com >"$dir/big"
	post_as application/json "$dir/big"
	refused_and_kept 413 'nor are many'
	before=$(deliveries)
	json_of 34000000 big@example.com >"$dir/big"
	post_as application/json "$dir/big"
	is "$far_over" "$got" 'far more is refused by the server'
	is "$before" "$(deliveries)" 'which does not call us'
	post_as application/json "$dir/big" -H 'Transfer-Encoding: chunked'
	is "$far_over $before" "$got $(deliveries)" 'chunked or not'
}

# --- ways to send -----------------------------------------------------------

ways_to_send() {
	publish Ways '"reentry":"always"' "$map_example"
	json_of 200000 chunked@example.com >"$dir/chunked"
	post_as application/json "$dir/chunked" -H 'Transfer-Encoding: chunked'
	is '200 200000' "$got $(delivery 'octet_length(body)')" \
		'a chunked body is taken whole'
	post_as application/json "$dir/chunked" -H 'Expect: 100-continue'
	is 200 "$got" 'who expects 100 Continue is answered'
	has "$dir/head" 'HTTP/1.1 100 Continue' 'and gets it'
	post_json '{"email":"login@example.com"}' \
		-H 'Authorization: Bearer sesame-open'
	is 200 "$got" 'Authorization'
	is t "$(delivery "headers ? 'authorization' and
		not headers::text ~ 'sesame'")" 'reaches us, and is not kept'
	seq 95 | sed 's/.*/X-Many-&: &/' >"$dir/headers"
	post_json '{"email":"many@example.com"}' -H "@$dir/headers"
	is '200 95' "$got $(sql "select count(*) from hookline.delivery d,
		jsonb_object_keys(d.headers) k where k ~ '^x-many-'
		and d.id = (select max(id) from hookline.delivery)")" \
		'100 headers'
	long=$(head -c 8192 /dev/zero | tr '\0' q)
	ask "$hook?email=long%40example.com&x=$long"
	is '200 8192' "$got $(delivery "length(payload ->> 'x')")" \
		'8 KiB in the query'
	post_json '{"email":"two@example.com"}' --http1.0
	is 200 "$got" 'HTTP/1.0'
}

# --- what a server might refuse, rewrite, or write into a log ----------------

odd_requests() {
	publish Odd '"reentry":"always"' "$map_example"
	odd_queries
	odd_paths
	"$client" faulty "$port" "$hook" >"$dir/faulty"
	is '' "$(tr ' ' '\n' <"$dir/faulty" | grep -vE '^4..$|^501$|^closed$')" \
		"a fault in the head is refused ($(cat "$dir/faulty"))"
	large=$(head -c 12000 /dev/zero | tr '\0' h)
	post_json '{"email":"header@example.com"}' -H "X-Large: $large"
	is '200 12000' "$got $(delivery "length(headers ->> 'x-large')")" \
		'a header of 12000 bytes'
	seq 300 | sed 's/.*/X-Many-&: &/' >"$dir/headers"
	post_json '{"email":"many@example.com"}' -H "@$dir/headers"
	is 200 "$got" '300 headers'
}

odd_queries() {
	for e_odd in 1%0A2 1%0D2 1%092 1%7F2 1%002 'a+b' '%2B' '' '//' '/../' \
		'%2e%2e' ':;,@!$' %zz 100%; do
		case $e_odd in
		%zz | 100%) e_want=400 ;; # by us, and kept
		*) e_want=200 ;;
		esac
		e_query="email=odd%40example.com&x=$e_odd"
		ask "$hook?$e_query"
		is "$e_want $e_query" "$got $(delivery query)" \
			"a query with '$e_odd' comes as it was sent"
	done
}

odd_paths() {
	ask "$hook%2F"
	is_problem 404 'a token with an encoded slash'
	for e_n in 300 5000; do
		ask "$hook$(head -c "$e_n" /dev/zero | tr '\0' t)"
		is_problem 404 "a token that no file could be called ($e_n)"
	done
	ask "$hook%00"
	case $got in
	400 | 404) ok 'a token with a zero byte is refused' ;;
	*) fail 'a token with a zero byte is refused' "got: $got" ;;
	esac
	before=$(deliveries)
	for e_path in "/x/..$hook" "/$hook" "/.$hook" "/%68${hook#/h}" \
		"${hook%/*}/../${hook#/}" "/static/%2e%2e$hook"; do
		ask "$e_path?email=odd%40example.com" --path-as-is
		lacks "$dir/answer" "$dir|pg_|secret =" "GET ${e_path%/*}/... ($got)"
	done
	ask '/../../../../etc/passwd' --path-as-is
	lacks "$dir/answer" root: 'no file is served'
}

# --- what goes wrong behind the server --------------------------------------

within_5_s() {
	awk -v s="$seconds" 'BEGIN { exit !(s < 5) }'
}

database_away() {
	publish Away '"reentry":"always"' "$map_example" "$story_steps"
	svc_stop postgres INT
	post_json "$(person Frieda 15551234573)"
	is '200 {"status":"spooled"}' "$got $(cat "$dir/answer")" \
		'the database is away'
	holds 'said within 5 seconds' within_5_s
	ask /status
	has "$dir/answer" 'not reachable' 'the builder says so as well'
	svc_postgres throwaway
	soon 60 'what went to the spool arrives' is_known Frieda
	away_over
	post_json "$(person Fred 15551234572)"
	arrives Fred
}

is_known() { # is_known FIRST-NAME
	[ "$(sql "select count(*) from hookline.workflow_run r
		join hookline.contact c on c.id = r.contact_id
		where c.first_name = '$1'")" = 1 ]
}

# hold SECONDS: makes a request that enrols wait so long, half of it for each of
# two tables: no single lock is waited for longer than 3 seconds
hold() {
	psql -XAtq -c 'begin; lock table hookline.delivery in exclusive mode' \
		-c 'savepoint half; lock table hookline.contact in exclusive mode' \
		-c "select pg_sleep($1 / 2.0)" -c 'rollback to half' \
		-c "select pg_sleep($1 / 2.0)" -c commit >/dev/null &
	holder=$!
	until_true 60 locks "mode = 'ExclusiveLock' and granted and
		relation = 'hookline.contact'::regclass"
}

locks() {
	[ "$(sql "select count(*) from pg_locks where $1")" -gt 0 ]
}

# in_flight NAME SECONDS: a request that takes so long is on its way
in_flight() {
	publish "$1" '"reentry":"always"' "$map_example"
	hold "$2"
	(
		ask "$hook" -H 'Content-Type: application/json' \
			-d "{\"email\":\"$1@example.com\"}"
		echo "$got $(member .status)" >"$dir/in_flight"
	) &
	sender=$!
	until_true 60 locks 'not granted'
}

# lands NAME WHAT-MUST-HOLD
lands() {
	wait "$sender" "$holder"
	is '200 enrolled' "$(cat "$dir/in_flight")" "$2"
	is 1 "$(sql "select count(*) from hookline.delivery d
		join hookline.contact c on c.id = d.contact_id
		where c.email = '$1@example.com' and d.outcome = 'enrolled'")" \
		'and is kept once'
}

a_process_dies() {
	publish Dies '"reentry":"always"' "$map_example"
	ask /healthz
	for e_process in $(hook_processes | head -n 1); do
		kill -9 "$e_process"
	done
	post_json '{"email":"next@example.com"}'
	is 200 "$got" 'a process that died is not missed'
}

# More than there are processes, so most of them queue.
a_crowd() {
	publish Crowd '"reentry":"always"' \
		"\"dedup\":{\"preset\":\"idempotency-key\"},$map_example"
	printf '%s' '{"email":"crowd@example.com","phone":"+12025550199",
		"first_name":"Crowd","plan":"x"}' >"$dir/crowd"
	is '64 200' "$("$client" crowd "$port" "$hook" \
		"$dir/crowd" 32)" '32 clients at once, twice, all answered 200'
	is '1 64 64' "$(sql "select count(distinct c.id) || ' ' ||
		count(*) || ' ' || count(distinct d.run_id)
		from hookline.contact c join hookline.delivery d
		on d.contact_id = c.id where c.email = 'crowd@example.com'
		and d.outcome <> 'duplicate'")" \
		'one contact, a delivery and a run for each'
}

# --- the other pages --------------------------------------------------------

# What well-known services send, each under its own content type.
real_payloads() {
	if [ ! -e "$shared/payloads/INDEX.json" ]; then
		skip 'real payloads' "no $shared/payloads"
		return
	fi
	python3 "$top_srcdir/tests/payloads.py" "$hookline" "$conf" \
		"http://127.0.0.1:$port" "$shared/payloads" "$dir" \
		>"$dir/payloads" 2>&1 || fail 'real payloads' "$(tail -n 5 "$dir/payloads")"
	cat "$dir/payloads"
	n_failed=$((n_failed + $(grep -c '^not ok' "$dir/payloads")))
	holds 'all real payloads were sent' \
		[ "$(grep -c 'ok - payload' "$dir/payloads")" -gt 50 ]
}

pages() {
	ask /healthz
	is '200 ok' "$got $(member .status)" 'healthz'
	ask /
	is '200 text/html; charset=utf-8' "$got $(headers Content-Type)" \
		'the builder'
	# An image of no bytes is the pages' icon: nothing is asked for it.
	headers Content-Security-Policy | sed "s/img-src 'self' data:;//" >"$dir/csp"
	has "$dir/csp" "default-src 'none'" 'its policy begins with nothing'
	lacks "$dir/csp" 'unsafe|\*|http:|data:' 'and opens no hole'
	style=$(sed -n 's/.*<link rel="stylesheet" href="\([^"]*\)".*/\1/p' \
		"$dir/answer")
	ask "$style"
	is '200 text/css; charset=utf-8' "$got $(headers Content-Type)" \
		"its style sheet ($style)"
	ask /no/such/page
	is '404 text/html; charset=utf-8' "$got $(headers Content-Type)" \
		'a page that is not there'
}

# --- what is left behind ----------------------------------------------------

environment() {
	ask /healthz
	for e_process in $(hook_processes); do
		process_environment "$e_process"
	done >"$dir/environment"
	has "$dir/environment" "HOOKLINE_CONFIG=$conf" 'programs are configured'
	lacks "$dir/environment" '^http_proxy=' \
		"and inherit nothing of the server's environment"
}

# no_secret_in_a_log: of all who wrote one; the servers are stopped first
no_secret_in_a_log() {
	for e_name in $(sql 'select name from hookline.workflow'); do
		"$hookline" --config "$conf" trigger url "$e_name" |
			sed 's|.*/hooks/||'
	done >"$dir/tokens"
	is "$(sql 'select count(*) from hookline.workflow')" \
		"$(grep -cE '^[A-Za-z0-9_-]{32}$' "$dir/tokens")" \
		'the tokens are known'
	svc_stop_all
	is '' "$(cd "$dir" && grep -rlFf tokens services/log ./*.log)" \
		'no token in any log'
	is '' "$(cd "$dir" && grep -rlF -e sesame-open services/log ./*.log)" \
		'no credential in any log'
	is '' "$(grep -lE 'example.com|qqqq' "$services_log/access.log")" \
		"nobody's data in the access log"
	has "$services_log/access.log" '/(hook)' 'which says that a hook was called'
	for e_name in "$server" access executor; do
		cat "$services_log/$e_name.log"
	done >>"$log"
}
