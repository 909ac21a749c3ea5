#!/bin/sh
# t_fcgi.sh - a request is the same by FastCGI and by CGI, bodies that were cut
# are noticed, and SIGTERM ends a responder only after the request in hand.
set -u

echo_fcgi=${top_builddir:-.}/tests/echo_fcgi
command -v cgi-fcgi >/dev/null || {
	echo 'skipped: no cgi-fcgi here (Debian: libfcgi-bin)'
	exit 77
}
dir=$(mktemp -d) || exit 99
socket=$dir/socket
pid=
n_failed=0

clean_up() {
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

fail() {
	echo "FAILED: $*" >&2
	n_failed=$((n_failed + 1))
}

has() { # has FILE TEXT WHAT-MUST-HOLD
	grep -qF -e "$2" "$1" || fail "$3; expected '$2' in: $(head -c 600 "$1")"
}

# The body is stdin, the arguments are CGI variables.
by_cgi() {
	env -i REQUEST_METHOD=POST "$@" "$echo_fcgi"
}

by_fcgi() {
	env -i REQUEST_METHOD=POST "$@" cgi-fcgi -bind -connect "$socket"
}

# cgi-fcgi closes the stderr of what it starts, where sanitizers complain.
cat >"$dir/responder" <<-EOF
	#!/bin/sh
	exec "$echo_fcgi" 2>>"$dir/stderr"
EOF
chmod +x "$dir/responder"

start() {
	rm -f "$socket"
	cgi-fcgi -start -connect "$socket" "$dir/responder" >"$dir/start" 2>&1
	pid=$(by_fcgi REQUEST_URI=/pid </dev/null | tail -n 1)
	case $pid in
	'' | *[!0-9]*)
		pid=
		fail "the responder starts: $(cat "$dir/start")"
		exit 1
		;;
	esac
}

runs() { # a dead one that init has yet to collect does not
	kill -0 "$pid" 2>/dev/null &&
		! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null
}

gone() { # gone WHAT-MUST-HOLD: the responder ends within 5 seconds
	i=0
	while runs; do
		i=$((i + 1))
		if [ $i -gt 50 ]; then
			fail "$1"
			kill -9 "$pid"
			break
		fi
		sleep 0.1
	done
	pid=
}

# same FILE VARIABLE=VALUE...: both ways give the same answer to a body.
same() {
	body=$1
	shift
	by_cgi "$@" <"$body" >"$dir/cgi" 2>&1
	by_fcgi "$@" <"$body" >"$dir/fcgi" 2>&1
	cmp -s "$dir/cgi" "$dir/fcgi" ||
		fail "CGI and FastCGI agree on $*: $(diff "$dir/cgi" "$dir/fcgi")"
	has "$dir/cgi" 'Status: 200 OK' "an answer to $*"
}

: >"$dir/empty"
printf 'hello' >"$dir/hello"
head -c 1048576 /dev/zero | tr '\0' x >"$dir/limit"
head -c 3000000 /dev/zero | tr '\0' x >"$dir/over"

start

# the same both ways
same "$dir/empty" REQUEST_METHOD=GET REQUEST_URI=/hooks/%C3%BC?a=%41 \
	QUERY_STRING=a=%41 REMOTE_ADDR=192.0.2.7 HTTPS=on
has "$dir/fcgi" 'GET /hooks/ü?a=%41' 'the path is decoded, the query is not'
has "$dir/fcgi" 'addr=192.0.2.7 https=1 length=-1' 'variables are read'
same "$dir/hello" REQUEST_URI=/x CONTENT_LENGTH=5 CONTENT_TYPE=text/plain \
	HTTP_X_A=1 HTTP_USER_AGENT='a "b"'
has "$dir/fcgi" 'body=0:5:hello' 'a body arrives'
has "$dir/fcgi" '"x-a":"1"' 'headers arrive'
same "$dir/hello" REQUEST_URI=/x CONTENT_LENGTH=9
has "$dir/fcgi" 'expected a body of 9 bytes (Content-Length), got 5' \
	'a body that was cut is noticed'
same "$dir/hello" REQUEST_URI=/x CONTENT_LENGTH=5x
has "$dir/fcgi" 'expected a number of bytes as Content-Length' \
	'a length that is no number is refused'
same "$dir/limit" REQUEST_URI=/x CONTENT_LENGTH=1048576
has "$dir/fcgi" 'body=0:1048576:' 'a body of the limit is taken'
same "$dir/over" REQUEST_URI=/x CONTENT_LENGTH=3000000
has "$dir/fcgi" 'body=1:0:' 'a body over the limit is refused'
same "$dir/over" REQUEST_URI=/unread CONTENT_LENGTH=3000000
has "$dir/fcgi" 'body=-2:0:' 'a body may be left unread'
same "$dir/over" REQUEST_URI=/big CONTENT_LENGTH=3000000
same "$dir/empty" REQUEST_METHOD=HEAD REQUEST_URI=/x
has "$dir/fcgi" 'Content-Length:' 'HEAD gets the length'
[ "$(tail -c 4 "$dir/fcgi" | od -An -tx1 | tr -d ' ')" = 0d0a0d0a ] ||
	fail 'HEAD gets no body'

# a request without an answer does no harm to the next
by_fcgi REQUEST_URI=/silent </dev/null >"$dir/silent" 2>&1
[ ! -s "$dir/silent" ] || fail "no answer is no answer: $(cat "$dir/silent")"
by_fcgi REQUEST_URI=/pid </dev/null >"$dir/fcgi"
has "$dir/fcgi" "$pid" 'one process has answered all of them'

# SIGTERM while idle
kill -TERM "$pid"
gone 'SIGTERM ends an idle responder'

# SIGTERM while the body arrives
start
{
	printf hel
	sleep 1
	printf lo
} | by_fcgi REQUEST_URI=/x CONTENT_LENGTH=5 >"$dir/fcgi" 2>&1 &
client=$!
sleep 0.5
kill -TERM "$pid"
wait "$client"
has "$dir/fcgi" 'body=0:5:hello' 'SIGTERM leaves a half-read body alone'
gone 'SIGTERM is obeyed after the body came'

# SIGTERM while the answer is being made
start
by_fcgi REQUEST_URI=/slow CONTENT_LENGTH=5 <"$dir/hello" >"$dir/fcgi" 2>&1 &
client=$!
sleep 0.5
kill -TERM "$pid"
wait "$client"
has "$dir/fcgi" 'body=0:5:hello' 'SIGTERM lets a request in hand finish'
gone 'SIGTERM is obeyed after the answer'

[ ! -s "$dir/stderr" ] || fail "it has nothing to say: $(cat "$dir/stderr")"

# a network socket, open to whoever reaches the port, is refused
port=$((20000 + $$ % 20000))
cgi-fcgi -start -connect "localhost:$port" "$dir/responder" \
	>"$dir/start" 2>&1
sleep 0.5
has "$dir/stderr" 'expected a Unix socket as file descriptor 0' \
	'a network socket is refused, with the reason'

[ "$n_failed" -eq 0 ] || exit 1
echo 'all hold'
