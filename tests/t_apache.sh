#!/bin/sh
# t_apache.sh - the whole product behind Apache with mod_fcgid, with the
# configuration that is shipped, and as a customer of shared hosting has it;
# what must hold behind any server is end_to_end.sh.
set -u
server=apache
server_program=apache2
processes=16
far_over=500 # instead of 413: mod_fcgid
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

# --- restart ----------------------------------------------------------------

# Three seconds after the signal mod_fcgid sends SIGTERM to all hook.fcgi.
in_flight graceful 5
kill -USR1 "$(svc_pid apache)"
lands graceful 'SIGUSR1 (a graceful restart) lets a request in hand finish'
post_json '{"email":"restarted@example.com"}'
is 200 "$got" 'and the next one is answered'

# --- shared hosting ---------------------------------------------------------

# ~/public_html with the programs and the sample as .htaccess, ~/hookline.conf
# above it, and a host that lets customers set what the sample sets.
home=$dir/home
shared_port=$(svc_free_port)
mkdir -p "$home/public_html"
cp "$top_builddir/hook.fcgi" "$top_builddir/builder.fcgi" "$home/public_html"
cp "$top_srcdir/apache/htaccess.sample" "$home/public_html/.htaccess"
cp "$conf" "$dir/hookline.secret" "$home"
{
	svc_apache_base shared "$shared_port" mpm_event authz_core alias mime \
		rewrite fcgid
	cat <<-CONF
		TypesConfig /dev/null
		DocumentRoot "$home/public_html"
		<Directory "$home/public_html">
			AllowOverride FileInfo AuthConfig Options
			Require all granted
		</Directory>
	CONF
} >"$dir/shared.conf"
svc_spawn shared apache2 -DFOREGROUND -f "$dir/shared.conf"
svc_wait shared 20 svc_listening "$shared_port"
dedicated_port=$port port=$shared_port

pages
publish Shared '"reentry":"always"' "$map_example" "$story_steps"
post_json "$(person Grace 15551234573)" -H 'Authorization: Bearer sesame-open'
arrives Grace
is t "$(delivery "headers ? 'authorization'")" 'Authorization reaches us'
ask "$hook?$(form Heidi 15551234574)"
is 200 "$got" 'GET with a query'
ask "$hook/"
is_problem 404 'a path below a hook'
for path in /.htaccess /hookline.conf /../hookline.conf /hookline.secret; do
	ask "$path" --path-as-is
	lacks "$dir/answer" 'RewriteRule|database =|^[0-9a-f]{64}' \
		"$path is not for visitors ($got)"
done
json_of 131073 big@example.com >"$dir/big"
post_as application/json "$dir/big"
is 500 "$got" "beyond the host's FcgidMaxRequestLen: 500, as the sample says"
port=$dedicated_port

# --- a crash ----------------------------------------------------------------

kill -9 "$(svc_pid apache)"
soon 60 'Apache is dead' eval '! svc_alive apache'
svc_end_web
is '' "$(hook_processes)" 'stopping ends what it had started'
holds 'and nobody listens any more' eval '! svc_listening "$port"'
start_server
post_json '{"email":"crash@example.com"}'
is 200 "$got" 'started again it answers'

no_secret_in_a_log
done_testing
