#!/bin/sh
# t_rate.sh - too many requests: 429 for whoever sends more than is configured,
# counted together by all processes, without a word to the database; and a scan
# of wrong tokens, which the database never hears of either.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

json='{"email":"rate@example.com"}'
from() { # from ADDRESS [VARIABLE=VALUE...]: a delivery by https
	f_address=$1
	shift
	post "$json" HTTPS=on REMOTE_ADDR="$f_address" "$@"
}

# statuses N COMMAND...: of N times the same request, as "STATUS*TIMES ..."
statuses() {
	s_n=$1
	shift
	for _ in $(seq "$s_n"); do
		"$@"
		status
	done | uniq -c | awk '{ printf "%s%s*%s", sep, $2, $1; sep = " " }'
}

# exhaust ADDRESS: also of what has come back to it on a slow machine
exhaust() {
	until [ "$(statuses 1 from "$1")" = '429*1' ]; do
		:
	done
}

publish Rate '"reentry":"always"' "$map_example"
rate_hook=$hook
token=${hook#/hooks/}

# --- without a limit --------------------------------------------------------

is '200*30' "$(statuses 30 from 192.0.2.1)" 'without a limit all are taken'
holds 'and nothing is counted' [ ! -e "$dir/hookline.rate" ]

# --- an address -------------------------------------------------------------

configure "$conf" 'address_rate = 2' 'rate_burst = 5' \
	'trusted_proxies = 10.0.0.0/8'
before=$(deliveries)
is '200*5 429*3' "$(statuses 8 from 192.0.2.1)" \
	'an address may send its burst: the next process knows of the last'
is '600 hookline.rate' "$(stat -c '%a %n' "$dir"/hookline.rate | sed 's|/.*/||')" \
	'the file is made beside the configuration, for its owner alone'
is $((before + 5)) "$(deliveries)" 'what is too much is not kept'
is 'application/problem+json no-store' \
	"$(header Content-Type) $(header Cache-Control)" '429 is a problem document'
is '429 Too Many Requests' "$(body | jq -r '"\(.status) \(.title)"')" 'that says so'
wait_s=$(header Retry-After)
holds 'Retry-After is when the next is taken' \
	[ "${wait_s:-0}" -ge 20 -a "${wait_s:-99}" -le 30 ]
has "$dir/answer" "again in $wait_s seconds" 'the detail says when, too'
is '200*1' "$(statuses 1 from 192.0.2.2)" 'another address is another'
is '200*20' "$(statuses 20 post "$json")" 'this machine is not limited'
is '200*5 429*1' "$(statuses 6 from 2001:db8:1:1::1)" 'an IPv6 address'
exhaust 2001:db8:1:1::1
is '429*1' "$(statuses 1 from 2001:db8:1:1:ffff::2)" 'is its whole /64'
is '200*1' "$(statuses 1 from 2001:db8:1:2::1)" 'and no more'
exhaust 192.0.2.1
is '429*1' "$(statuses 1 from 10.1.2.3 HTTP_X_FORWARDED_FOR=192.0.2.1)" \
	'behind a trusted proxy the sender is limited'
is '200*1' "$(statuses 1 from 10.1.2.3 HTTP_X_FORWARDED_FOR=192.0.2.9)" \
	'not the proxy'
exhaust 192.0.2.1
is '429*1' "$(statuses 1 from 192.0.2.1 HTTP_X_FORWARDED_FOR=192.0.2.8)" \
	'nobody else is believed'
head_from() {
	hook HEAD "$rate_hook" '' "$dir/empty" HTTPS=on REMOTE_ADDR="$1"
}
exhaust 192.0.2.1
is '429*1' "$(statuses 1 head_from 192.0.2.1)" 'HEAD counts'
hook GET /healthz '' "$dir/empty" HTTPS=on REMOTE_ADDR=192.0.2.1
is 200 "$(status)" 'health does not'

# Whoever tries tokens is limited before the token is looked at.
hook=/hooks/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
is '404*5 429*2' "$(statuses 7 from 192.0.2.66)" 'a scan is limited'
hook=/wp-login.php
is '429*1' "$(statuses 1 from 192.0.2.66)" 'wherever it goes'
hook=$rate_hook

# --- a hook -----------------------------------------------------------------

rm "$dir/hookline.rate"
configure "$conf" 'hook_rate = 1' 'rate_burst = 4' 'rate_file = other.rate'
publish Other '"reentry":"always"' "$map_example"
other_hook=$hook
hook=$rate_hook
before=$(deliveries)
is '200*4 429*2' "$(statuses 6 post "$json")" \
	'a hook takes its burst, from this machine too'
holds 'the file is where it is configured' \
	[ -s "$dir/other.rate" -a ! -e "$dir/hookline.rate" ]
has "$dir/answer" 'came to this URL' 'the detail says what is limited'
is $((before + 4)) "$(deliveries)" 'the rest is not kept'
hook GET "$rate_hook/deliveries/1" '' "$dir/empty"
is 429 "$(status)" 'receipts count'
hook OPTIONS "$rate_hook" '' "$dir/empty"
is 429 "$(status)" 'and OPTIONS'
hook=/hooks/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
is '404*9' "$(statuses 9 post "$json")" 'what is no hook has no limit'
hook=$other_hook
is '200*1' "$(statuses 1 post "$json")" 'another hook has its own'

# Damage does no harm, nor is a file that can't be used.
: >"$dir/other.rate"
hook=$rate_hook
is '200*4 429*1' "$(statuses 5 post "$json")" 'an empty file begins anew'
head -c 3000000 /dev/urandom >"$dir/other.rate"
is '200*4 429*1' "$(statuses 5 post "$json")" 'so does one full of anything'
chmod 644 "$dir/other.rate"
is '200*3' "$(statuses 3 post "$json")" \
	'a file that others can use is not used: each counts alone'
has "$log" 'hold for each process alone' 'and the log says so'
rm "$dir/other.rate"

# --- processes at once ------------------------------------------------------

configure "$conf" 'hook_rate = 1' 'rate_burst = 10'
clients=
for i in $(seq 24); do
	hook_to "$dir/at-once.$i" POST "$rate_hook" application/json \
		"$dir/body" &
	clients="$clients $!"
done
# shellcheck disable=SC2086 # a list
wait $clients
is 10 "$(grep -l '^Status: 200' "$dir"/at-once.* | wc -l)" \
	'24 processes at once take what one would'
is 14 "$(grep -l '^Status: 429' "$dir"/at-once.* | wc -l)" 'and refuse the rest'
rm "$dir/hookline.rate"

# --- a scan -----------------------------------------------------------------

# The process has a connection; what its last statement was, and when, the
# server tells.
configure "$conf"
start_responder
post "$json"
is 200 "$(status)" 'a process with a connection'
last_statement() {
	sql "select pid, query_start, state_change, xact_start
		from pg_stat_activity where application_name = 'hookline:hook'"
}
mark=$(last_statement)
case $token in
*A) wrong=${token%?}B ;;
*) wrong=${token%?}A ;;
esac
scan() { # scan METHOD PATH-PATTERN: %s is the token
	n_404=0
	for i in $(seq 60); do
		guess=$(printf '%s%02d' "${wrong%??}" "$i")
		[ "$guess" != "$token" ] || continue
		# shellcheck disable=SC2059 # the pattern is ours
		hook "$1" "$(printf "$2" "$guess")" application/json "$dir/body"
		[ "$(status)" != 404 ] || n_404=$((n_404 + 1))
	done
	holds "$1 $2: 404" [ "$n_404" -ge 59 ]
}
scan POST '/hooks/%s'
scan GET '/hooks/%s?email=a@example.com'
scan HEAD '/hooks/%s'
scan OPTIONS '/hooks/%s'
scan DELETE '/hooks/%s'
scan GET '/hooks/%s/deliveries/1'
scan POST '/hooks/%s/deliveries/1'
scan GET '/hooks/x%s'
holds 'there is a connection to look at' [ -n "$mark" ]
is "$mark" "$(last_statement)" 'a scan of wrong tokens never reaches the database'
hook OPTIONS "$rate_hook" '' "$dir/empty"
holds 'which a right one does' [ "$mark" != "$(last_statement)" ]
lacks "$log" "${wrong%??}" 'no guess is in the log'

done_testing
