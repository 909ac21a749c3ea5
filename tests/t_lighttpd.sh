#!/bin/sh
# t_lighttpd.sh - the whole product behind lighttpd, with the configuration that
# is shipped; what must hold behind any server is end_to_end.sh.
set -u
server=lighttpd
server_program=lighttpd
processes=4
far_over=413
# shellcheck source=tests/end_to_end.sh
. "${top_srcdir:-$(dirname "$0")/..}/tests/end_to_end.sh"

start_server
pages
environment
first_light
real_payloads
statuses
ways_to_send
odd_requests
database_away
a_process_dies
a_crowd

# --- restarts ---------------------------------------------------------------

in_flight graceful 2
kill -USR1 "$(svc_pid lighttpd)"
lands graceful 'SIGUSR1 (a graceful restart) lets a request in hand finish'
until_true 60 svc_listening "$port"
post_json '{"email":"restarted@example.com"}'
is 200 "$got" 'and the next one is answered'

in_flight stopping 2
kill -INT "$(svc_pid lighttpd)"
lands stopping 'SIGINT (a graceful stop) lets a request in hand finish'
has_ended() {
	! svc_alive lighttpd
}
soon 60 'and then it ends' has_ended
have_ended() {
	[ -z "$(hook_processes)" ]
}
soon 60 'with all that it started, which clears up behind it' have_ended
start_server
post_json '{"email":"again@example.com"}'
is 200 "$got" 'started again it answers'

# --- a crash ----------------------------------------------------------------

kill -9 "$(svc_pid lighttpd)" "$(svc_pid postgres)"
soon 60 'both servers are dead' eval '! svc_alive lighttpd && ! svc_alive postgres'
holds 'the database starts again at once' svc_postgres throwaway
start_server
post_json '{"email":"crash@example.com"}'
is 200 "$got" 'and the web server, which answers'
is "$processes" "$(hook_processes | wc -l | tr -d ' ')" \
	'what the dead one had started is gone'
kill -9 "$(svc_pid lighttpd)"
soon 60 'killed once more' eval '! svc_alive lighttpd'
svc_end_web
is '' "$(hook_processes)" 'stopping ends what it had started'

no_secret_in_a_log
done_testing
