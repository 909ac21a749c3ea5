# shellcheck shell=sh disable=SC2034,SC2154 # shared with the tests
# run_house.sh - what the tests of hookline-run need beyond hook_house.sh: an
# SMTP server and an HTTP sink that keep what they get, workflows and runs made
# by name, and what became of them.  A library for POSIX sh; says nothing about
# what must hold.

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

hookline_run=$top_builddir/hookline-run
log=$dir/run.log # all that hookline-run ever says
mail=$dir/mail
requests=$dir/requests
run_conf=$dir/run.conf # with the least rights, unlike $conf
mkdir -p "$mail/new" "$requests"

/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || {
	echo 'skipped: no aiosmtpd here (Debian: python3-aiosmtpd)'
	exit 77
}

# --- servers ----------------------------------------------------------------

# serve NAME PROGRAM [OPTION...]: starts it; sets $port and $process
serve() {
	s_out=$dir/$1.out
	shift
	: >"$s_out"
	/usr/bin/python3 "$@" >"$s_out" 2>&1 </dev/null &
	process=$!
	bg="$bg $process"
	until_true 60 grep -q '^port ' "$s_out" || {
		fail "a server starts: $*" "$(cat "$s_out")"
		exit 1
	}
	port=$(sed -n 's/^port //p' "$s_out")
}

# smtp [OPTION...]: the relay; again: another one at the same port
smtp() {
	[ -z "${smtp_process-}" ] || end "$smtp_process"
	serve smtp "$top_srcdir/tests/smtp_server.py" --maildir "$mail" \
		--port "${smtp_port-0}" "$@"
	smtp_process=$process smtp_port=$port
}

# end PROCESS [SIGNAL]: of ours; returns when it is gone
end() {
	kill -s "${2-TERM}" "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# until_true SECONDS CMD...: try again and again
until_true() {
	u_left=$(($1 * 10))
	shift
	until "$@"; do
		u_left=$((u_left - 1))
		[ "$u_left" -gt 0 ] || return 1
		sleep 0.1
	done
}

# soon SECONDS WHAT-MUST-HOLD CMD...
soon() {
	s_seconds=$1 s_what=$2
	shift 2
	if until_true "$s_seconds" "$@"; then
		ok "$s_what"
	else
		fail "$s_what"
	fi
}

# settings [LINE...]: the configuration; these lines go before others
settings() {
	configure "$dir/all.conf" "smtp_url = smtp://127.0.0.1:$smtp_port" \
		'smtp_tls = none' 'outbound_allow = 127.0.0.0/8' \
		'mail_from = House <house@example.com>' "$@"
	tac "$dir/all.conf" | awk '!seen[$1]++' >"$conf"
	sed 's/user=hookline/user=least/' "$conf" >"$run_conf"
}

# --- the executor -----------------------------------------------------------

# work [OPTION...]: until nothing is due; sets $exit_status
work() {
	"$hookline_run" --config "$run_conf" --linger 0 "$@" 2>>"$log"
	exit_status=$?
}

# start_executor [OPTION...]: in the background; sets $executor
start_executor() {
	"$hookline_run" --config "$run_conf" "$@" 2>>"$log" &
	executor=$!
	bg="$bg $executor"
}

# --- runs -------------------------------------------------------------------

# contact FIELDS KEY: made or matched; prints its id
contact() {
	sql "select contact_id from hookline.contact_upsert(
		(select id from hookline.account), \$j\$$1\$j\$::jsonb, '$2')"
}

# start NAME [CONTACT [VARIABLES [WEBHOOK]]]: enrol into the workflow NAME
# without a delivery; prints the run's id
start() {
	start_many 1 "$@"
}

start_many() {
	sql "select hookline.run_start(jsonb_build_object(
		'account_id', v.account_id, 'workflow_id', v.workflow_id,
		'version', v.version, 'contact_id', nullif('${3-$alex}', ''),
		'step_id', v.document -> 'steps' -> 0 ->> 'id',
		'reentry', v.document -> 'settings' ->> 'reentry',
		'variables', \$j\$${4:-{\}}\$j\$::jsonb,
		'webhook', \$j\$${5:-{\}}\$j\$::jsonb), false)
	  from hookline.workflow w join hookline.workflow_version v
	    on v.workflow_id = w.id and v.version = w.version
	 cross join generate_series(1, $1) where w.name = '$2'"
}

# with NAME STEPS [SETTINGS [CONTACT [VARIABLES [WEBHOOK]]]]: a workflow of its
# own, and a run in it
with() {
	publish "$1" "\"reentry\":\"always\"${3:+,$3}" '' "$2" 2>>"$log"
	start "$1" "${4-$alex}" "${5-}" "${6-}" >"$dir/started"
}

# run NAME COLUMNS: of the last run of workflow NAME
run() {
	sql "select $2 from hookline.workflow_run r where r.workflow_id = (
		select w.id from hookline.workflow w where w.name = '$1')
	      order by r.id desc limit 1"
}

# steps NAME: how its last run went, "id:status id:status ..."
steps() {
	sql "select coalesce(string_agg(s.step_id || ':' || s.status, ' '
			order by s.seq, s.attempt), '')
	       from hookline.run_step s
	      where s.run_id = (select max(r.id) from hookline.workflow_run r
		join hookline.workflow w on w.id = r.workflow_id
		where w.name = '$1')"
}

# detail NAME STEP KEY: of the last attempt
detail() {
	sql "select s.detail ->> '$3' from hookline.run_step s
	      where s.step_id = '$2' and s.run_id = (
		select max(r.id) from hookline.workflow_run r
		  join hookline.workflow w on w.id = r.workflow_id
		 where w.name = '$1')
	      order by s.seq desc, s.attempt desc limit 1"
}

# due_now [NAME]: what waits is due at once
due_now() {
	sql "update hookline.workflow_run r set due_at = now()
	      from hookline.workflow w
	     where w.id = r.workflow_id and r.status = 'waiting'
	       and w.name like '${1-%}'"
}

# lapse NAME: the lease of what runs passes at once
lapse() {
	sql "update hookline.workflow_run r set due_at = now()
	      from hookline.workflow w
	     where w.id = r.workflow_id and r.status = 'running'
	       and w.name like '$1'"
}

# is_at NAME STATUS [HOW-MANY]: for until_true
is_at() {
	[ "$(sql "select count(*) from hookline.workflow_run r
		    join hookline.workflow w on w.id = r.workflow_id
		   where w.name = '$1' and r.status = '$2'")" = "${3-1}" ]
}

# asked PATH [HOW-MANY]: so many requests with this path have come
asked() {
	[ "$(cat "$requests"/*.json 2>/dev/null |
		grep -o "\"path\": \"[^\"]*$1\"" | wc -l)" -ge "${2-1}" ]
}

# mailed SUBJECT [HOW-MANY]
mailed() {
	[ "$(cat "$mail"/new/* 2>/dev/null | grep -c "^Subject: $1")" -ge \
		"${2-1}" ]
}

# --- what came out ----------------------------------------------------------

sql 'create table mail (m jsonb); create table request (r jsonb);
     create table delivered (identity text)'

load_lines() { # load_lines TABLE COLUMN: JSON lines from stdin
	psql -XAtq -v ON_ERROR_STOP=1 -c "\\copy $1 ($2) from pstdin with (format csv, quote e'\\x01', delimiter e'\\x02')"
}

# collect: the tables mail and request say all that went out so far
collect() {
	sql 'truncate mail, request'
	/usr/bin/python3 "$top_srcdir/tests/mail_facts.py" "$mail" |
		load_lines mail m
	for c_file in "$requests"/*.json; do
		[ ! -e "$c_file" ] || { cat "$c_file" && echo; }
	done | load_lines request r
}

# load_delivered: the table delivered says under which identities it went out
load_delivered() {
	{
		cat "$mail"/new/* 2>/dev/null |
			sed -n 's/^Message-I[Dd]: *<\([^@>]*\)@.*/\1/p'
		cat "$requests"/*.json 2>/dev/null |
			sed 's/\["Idempotency-Key", "/\n&/g' |
			sed -n 's/^\["Idempotency-Key", "\([^"]*\)".*/\1/p'
	} >"$dir/identities"
	sql 'truncate delivered'
	psql -XAtq -v ON_ERROR_STOP=1 -c "\\copy delivered from '$dir/identities'"
}

# message SUBJECT KEY
message() {
	sql "select m ->> '$2' from mail where m ->> 'subject' = '$1'"
}

# request PATH KEY: of the requests whose path ends so
request() {
	sql "select r ->> '$2' from request where r ->> 'path' like '%$1'
	      order by r::text"
}

# sent NAME HEADER: with the requests whose path ends so
sent() {
	sql "select h ->> 1 from request, jsonb_array_elements(r -> 'headers') h
	      where r ->> 'path' like '%$1' and lower(h ->> 0) = lower('$2')"
}

sql 'create role least login in role hookline_executor'
smtp
serve http "$top_srcdir/tests/http_server.py" --requests "$requests"
http=http://127.0.0.1:$port
settings
alex=$(contact '{"email":"alex@example.com","first_name":"Zoë",
	"last_name":"Müller","phone":"+15551234567","custom":{"plan":"pro"}}' \
	alex@example.com)
