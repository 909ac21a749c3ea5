# shellcheck shell=sh disable=SC2034,SC2154 # shared with the tests
# crash.sh - hookline-run and PostgreSQL killed at every moment of a workflow
# with one step of each kind, and what must hold all the same.  The body that
# t_crash.sh and t_crash_database.sh share.
#
# A point is the N-th call of a set of system calls in one of two stages: from
# the start of a run to its wait, and from there to its end.  One clean run under
# strace counts the calls; each point then has runs of its own, whose executor is
# killed there by strace.  Its lease lapses by SQL, the next executor carries on,
# and invariants.sql compares the database with what reached the sinks.
#
# With HOOKLINE_FULL set, more kinds of calls are tried, and recoveries die too.
# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

PATH=$svc_pg:$PATH # psql itself, without the wrapper that Debian has

# No cores of what is killed on purpose; dash and bash know it.
# shellcheck disable=SC3045
ulimit -c 0

full() {
	[ -n "${HOOKLINE_FULL-}" ]
}

if ! strace -f -o /dev/null true 2>"$dir/strace" ||
	grep -q __asan_init "$hookline_run"; then
	echo 'skipped: nobody may trace here, or not this program'
	exit 77
fi

# --- the workflow -----------------------------------------------------------

# How an executor writes, and how a server process of PostgreSQL commits and
# answers.
writes=write,writev,pwrite64,sendto,sendmsg,sendmmsg,connect,shutdown,fsync
writes=$writes,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat
reads=recvfrom,recvmsg,read
commits=pwrite64,fdatasync,sendto

umask 077
secrets='smtp-word sms-word crm-word'
echo smtp-word >"$dir/smtp.password"
echo sms-word >"$dir/sms.password"
printf crm-word | "$hookline" --config "$conf" secret set crm >/dev/null
smtp --auth house:smtp-word --hold "$dir/greet"
: >"$dir/greet"
settings 'smtp_user = house' \
	'smtp_password_file = smtp.password' 'sms_gateway = http' \
	"sms_url = $http/ok/sms" 'sms_header = X-Key: {{password}}' \
	'sms_body = {"to":"{{to}}","text":"{{text}}"}' 'sms_from = Shop' \
	'lease_seconds = 60' 'http_timeout = 20' 'smtp_timeout = 20' \
	'retry_schedule = 30s 60s 60s' 'log_level = warning' "$@"
"$hookline" --config "$conf" --account Shop user add ann@example.com \
	--name Ann --password-stdin >/dev/null <<'END'
correct horse battery staple
END

# Steps that tell by their effect how often they were carried out: n counts, and
# a contact's trails grow.
count() { # count ID
	printf '{"id":"%s","type":"set_variable","name":"n","add":1}' "$1"
}
trail() { # trail ID NAME
	printf '{"id":"%s","type":"update_contact","set":{"custom.%s":"{{contact.custom.%s}}x"}}' \
		"$1" "$2" "$2"
}
publish child '"reentry":"always"' '' \
	'{"id":"rest","type":"wait","for":"1 day"},'"$(trail never never)" 2>>"$log"
publish sister '"reentry":"always"' '' "$(trail mark sister),$(count sister)" \
	2>>"$log"
publish crash '"reentry":"always","sender":{"name":"Shop","email":"shop@example.com"}' \
	'"split":"body.list","map":[
	{"from":"body.list.email","to":"contact.email"},
	{"from":"body.list.phone","to":"contact.phone"},
	{"from":"body.list.point","to":"custom_variables.point"},
	{"from":"body.list.no","to":"custom_variables.no"}]' \
	"$(count one),$(trail mark own)"',
	{"id":"tag","type":"add_tag","tags":["crash","gone"]},
	{"id":"untag","type":"remove_tag","tags":["gone"]},
	{"id":"mail","type":"send_email","to":"{{contact.email}}",
		"subject":"mail {{custom_variables.no}}","text":"Hello"},
	{"id":"sms","type":"send_sms","to":"{{contact.phone}}","text":"Hi"},
	{"id":"call","type":"call_webhook","url":"'"$http"'/mirror/call",
		"headers":{"X-Crm":"{{secret.crm}}"},
		"json":{"no":"{{custom_variables.no}}"}},
	{"id":"which","type":"if_else","branches":[{"when":
		{"field":"steps.call.status","is":"equals","value":200},
		"steps":['"$(count two)"']}],
		"else":[{"id":"odd","type":"end","reason":"no answer"}]},
	{"id":"enrol","type":"enrol","workflow":"child"},
	{"id":"unenrol","type":"unenrol","workflow":"child"},
	{"id":"also","type":"enrol","workflow":"sister"},
	{"id":"rest","type":"wait","for":"1 hour"},
	{"id":"share","type":"split","branches":[
		{"percent":50,"steps":['"$(count left)"']},
		{"percent":50,"steps":['"$(count right)"']}]},
	{"id":"find","type":"find_contact",
		"by":{"custom.partner_of":"{{custom_variables.no}}"},
		"found":['"$(trail found found)"'],"not_found":[]},
	{"id":"tell","type":"notify","to":"Ann","text":"Look",
		"subject":"tell {{custom_variables.no}}"},
	{"id":"jump","type":"go_to","step":"four"},'"$(count never)"','"$(count four)"',
	{"id":"reached","type":"goal","when":{"field":"custom_variables.n",
		"is":"equals","value":4}},'"$(trail last last)"',
	{"id":"over","type":"end"}' 2>>"$log"

# --- points and their runs ---------------------------------------------------

each=2 # runs of a point
sql 'create table answered (key text, status int, outcome text, delivery bigint)'

# enrol_points POINT...: runs for each, by one delivery, at rest until they are
# told to begin; an executor has nothing to do with them before
enrol_points() {
	for p_point; do
		p_n=0
		while [ "$p_n" -lt "$each" ]; do
			p_n=$((p_n + 1))
			echo "$p_point $p_point.$p_n"
		done
	done | awk -v first="$n_enrolled" '
		BEGIN { printf "{\"list\":[" }
		{
			printf "%s{\"email\":\"%s@example.com\",", (NR > 1 ? "," : ""), $2
			printf "\"phone\":\"+4930%08d\",", first + NR
			printf "\"point\":\"%s\",\"no\":\"%s\"}", $1, $2
		}
		END { printf "]}" }' >"$dir/points"
	hook POST "$hook" application/json "$dir/points"
	is '200 enrolled' "$(outcome)" "$# points have their runs"
	n_enrolled=$((n_enrolled + $# * each))
	sql "insert into answered values (null, 200, 'enrolled', $(text delivery));
	     update hookline.workflow_run set due_at = 'infinity' where status = 'waiting';
	     select hookline.contact_upsert(account_id, jsonb_build_object(
		'email', 'partner-' || (variables ->> 'no') || '@example.com',
		'custom', jsonb_build_object('partner_of', variables ->> 'no')),
		'partner-' || (variables ->> 'no') || '@example.com')
	       from hookline.workflow_run where due_at = 'infinity'" >"$dir/partners"
}
n_enrolled=0

# begin POINT: its runs are due; what other points hold is not
begin() {
	sql "update hookline.workflow_run set due_at = 'infinity'
	      where status in ('running', 'waiting') and variables ->> 'point' <> '$1';
	     update hookline.workflow_run r set due_at = now(), woken_by = null
	       from hookline.workflow w
	      where r.status in ('running', 'waiting') and w.id = r.workflow_id
		and r.variables ->> 'point' = '$1' and w.name <> 'child'"
}

# all_lapse: every lease is over, and what waits to be tried again is due; a run
# at its wait goes on resting
all_lapse() {
	sql "update hookline.workflow_run r set due_at = now()
	      where r.status = 'running'
		 or (r.status = 'waiting' and r.step_id <> 'rest')"
}
wake_all() {
	sql "update hookline.workflow_run r set due_at = now(), woken_by = null
	       from hookline.workflow w
	      where r.status = 'waiting' and w.id = r.workflow_id and w.name <> 'child'"
}

# traced OPTION...: an executor under strace; sets $exit_status
traced() {
	strace -f -o "$dir/trace" "$@" \
		"$hookline_run" --config "$run_conf" --linger 0 2>>"$log" &
	wait $! 2>/dev/null
	exit_status=$?
}

# calls [PATTERN]: how many the busiest thread of the last trace made; or when it
# made the first one that has PATTERN in it
calls() {
	awk -v pattern="${1-}" '
		$2 !~ /^[a-z0-9_]+\(/ { next }
		{ n[$1]++ }
		n[$1] > most { most = n[$1] }
		pattern != "" && $0 ~ pattern { most = n[$1]; exit }
		END { print most + 0 }' "$dir/trace"
}

was_killed() {
	grep -q 'killed by SIGKILL' "$dir/trace"
}

# threads: of $executor, all but its first
threads() {
	for t_thread in /proc/"$executor"/task/*; do
		[ "${t_thread##*/}" = "$executor" ] || echo "-p ${t_thread##*/}"
	done
}

all_attached() {
	[ "$(grep -c attached "$dir/strace")" -ge "$each" ]
}

n_threads() {
	[ "$(threads | wc -l)" -ge "$each" ]
}

# traced_mail OPTION...: the threads that speak SMTP alone are traced, from the
# greeting on, which the server holds back until then; sets $exit_status
traced_mail() {
	rm "$dir/greet"
	start_executor --linger 0
	until_true 60 n_threads || fail 'SMTP has its threads'
	# shellcheck disable=SC2046 # a list of options
	strace -o "$dir/trace" "$@" $(threads) 2>"$dir/strace" &
	tracer=$!
	until_true 60 all_attached || fail 'strace has its threads'
	: >"$dir/greet"
	wait "$executor" 2>/dev/null
	exit_status=$?
	wait "$tracer" 2>/dev/null
}

# traced_backend OPTION...: the server process that the executor talks to is
# traced, from its first statement on; sets $exit_status to the executor's
traced_backend() {
	: >"$dir/early"
	strace -o "$dir/early" -e trace=sendto \
		-e inject=sendto:signal=SIGSTOP:when=3 \
		"$hookline_run" --config "$run_conf" --linger 0 2>>"$log" &
	executor=$!
	until_true 60 grep -q 'stopped by SIGSTOP' "$dir/early" ||
		fail 'the executor stops when it is connected'
	b_backend=$(sql "select pid from pg_stat_activity
		where application_name = 'hookline:run'")
	strace -f -o "$dir/trace" "$@" -p "$b_backend" 2>"$dir/strace" &
	tracer=$!
	until_true 60 grep -q attached "$dir/strace" ||
		fail 'strace has the server process'
	kill -CONT "$(pgrep -P "$executor")"
	wait "$executor" 2>/dev/null
	exit_status=$?
	wait "$tracer" 2>/dev/null
	until_true 60 "$svc_pg/pg_isready" -q -t 1 || fail 'PostgreSQL is back'
}

# sweep STAGE TRACED CALLS N...: a point for each N: whom TRACED means is killed
# entering the N-th of these calls; in full, so is the one that carries on, unless
# by then there may be no mail for its threads
sweep() {
	s_stage=$1 s_traced=$2 s_calls=$3 s_killed=0
	shift 3
	s_points=
	for s_n; do
		s_points="$s_points $s_stage-$s_traced$kind-$s_n"
	done
	# shellcheck disable=SC2086 # a list
	enrol_points $s_points
	[ "$s_stage" = first ] || to_the_wait
	for s_n; do
		begin "$s_stage-$s_traced$kind-$s_n"
		kill_at "$s_n"
		if full && was_killed && [ "$s_traced" != traced_mail ]; then
			begin "$s_stage-$s_traced$kind-$s_n"
			kill_at $((15 + s_n * 7 % 30))
		fi
	done
	finish_all
	all_hold "$s_stage stage, $s_traced, killed at $s_killed of $# points"
	n_points=$((n_points + $#)) n_killed=$((n_killed + s_killed))
}
n_points=0 n_killed=0
kind= # of calls, in the points' names: each has contacts of its own

kill_at() {
	"$s_traced" -e "trace=$s_calls" \
		-e "inject=$s_calls:signal=SIGKILL:when=$1"
	! was_killed || s_killed=$((s_killed + 1))
}

# unharmed STAGE TRACED CALLS: for the counting
unharmed() {
	enrol_points "$1-$2$kind-unharmed"
	[ "$1" = first ] || to_the_wait
	begin "$1-$2$kind-unharmed"
	"$2" -e "trace=$3"
	is 0 "$exit_status" "$1 stage, $2: nobody is killed"
}

# to_the_wait: the runs that have not begun go through the first stage
to_the_wait() {
	sql "update hookline.workflow_run set due_at = now()
	      where status = 'waiting' and seq = 0"
	work
}

# --- what must hold ---------------------------------------------------------

# What invariants.sql can't know: that every local step of this workflow had its
# effect once, and that no run of it failed.
whole="select 'whole: ' || (r.variables ->> 'no') || ' of ' || w.name || ' is '
	|| r.status || coalesce(': ' || r.last_error, '') || ', n is '
	|| coalesce(r.variables ->> 'n', 'none') || ', contacts '
	|| coalesce(string_agg(c.tags::text || c.custom::text, ' ' order by c.id), 'none')
	|| ', runs begun ' || (select count(*) from hookline.workflow_run x
		where x.parent_run_id = r.id)
	from hookline.workflow_run r
	join hookline.workflow w on w.id = r.workflow_id and w.name = 'crash'
	left join hookline.contact c on c.email in ((r.variables ->> 'no') || '@example.com',
		'partner-' || (r.variables ->> 'no') || '@example.com')
       where r.due_at is distinct from 'infinity'
       group by r.account_id, r.id, w.name
      having r.status <> 'completed' or r.variables ->> 'n' <> '4'
	  or string_agg(c.tags::text || c.custom::text, ' ' order by c.id)
	     is distinct from '{crash}{\"own\": \"x\", \"sister\": \"x\"} '
		|| '{}{\"last\": \"x\", \"found\": \"x\", \"partner_of\": \"'
		|| (r.variables ->> 'no') || '\"}'
	  or (select array_agg(x.status order by x.id) from hookline.workflow_run x
	       where x.parent_run_id = r.id) is distinct from '{cancelled,completed}'"

breaches() {
	psql -XAtq -v ON_ERROR_STOP=1 -v attempts=7 \
		-f "$top_srcdir/tests/invariants.sql" 2>&1
	sql "$whole" 2>&1
}

all_hold() { # all_hold WHAT
	load_delivered
	is '' "$(breaches | head -n 40)" "$1: the invariants hold"
}

# finish_all: the next executor carries on, twice for the wait
finish_all() {
	all_lapse
	work
	is 0 "$exit_status" 'the next executor ends well'
	wake_all
	work
	all_lapse
	work
}

# sum_up: how much was seen, once all invariants held; secrets are nowhere
sum_up() {
	echo "# $n_killed kills at $n_points points;" \
		"$(sql "select coalesce(sum(n - 1), 0) from (select count(*) as n
			from delivered group by identity) x") effects were repeated," \
		"$(sql "select count(*) from hookline.run_step
			where status = 'unknown'") outcomes unknown"
	holds 'somebody was killed' [ "$n_killed" -gt 0 ]
	pg_dump -a -n hookline >"$dir/dump" 2>"$dir/pg_dump"
	for u_secret in $secrets "$(cat "$dir/hookline.secret")"; do
		is '' "$(grep -lF -e "$u_secret" "$log" "$dir/dump" "$svc_dir"/log/*)" \
			'I8: a secret is in no log and nowhere in the database'
	done
	done_testing
}
