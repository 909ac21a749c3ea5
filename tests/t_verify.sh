#!/bin/sh
# t_verify.sh - who may send: signatures by named secrets, several of them, logging
# alone, addresses, also through proxies, and what providers ask before they send.
# The schemes themselves are check_verify.c's part.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

cli() {
	"$hookline" --config "$conf" "$@"
}

mac() { # mac SECRET TEXT
	printf '%s' "$2" | openssl dgst -sha256 -hmac "$1" | sed 's/.*= //'
}

map_email='"map":[{"from":"body.email","to":"contact.email"}]'
example='{"email":"v@example.com"}'

# --- secrets ----------------------------------------------------------------

printf 'first-secret\n' | cli secret set shop >"$dir/out"
is 0 $? 'a secret is kept'
printf 'second' | cli secret set other --json >"$dir/out"
is made "$(jq -r .status "$dir/out")" 'and another'
printf 'first' | cli secret set shop --json >"$dir/out"
is replaced "$(jq -r .status "$dir/out")" 'the first one is replaced'
is 'other shop' "$(cli secret list --json | jq -r '[.[].name] | join(" ")')" 'their names are listed'
is 0 "$(pg_dump -a -t hookline.secret | grep -c 'first')" 'the database does not have them in clear'
printf '' | cli secret set empty 2>"$dir/err"
is 1 $? 'an empty one is refused'
printf 'x' | cli secret set 'a b' 2>"$dir/err"
is 1 $? 'so is a name with a blank'
document Missing '' '"verify":{"scheme":"github-256","secret":"secret:nowhere"},'"$map_email" \
	>"$dir/document.json"
cli workflow import "$dir/document.json" --publish 2>"$dir/err"
is 1 $? 'a workflow whose secret is missing is not published'
has "$dir/err" 'hookline secret set nowhere' 'and is told how to mend it'

is '["shop"]' "$(
	publish Named '' '"verify":{"scheme":"github-256","secret":"secret:shop"},'"$map_email"
	sql "select json_agg(k) from hookline.trigger t,
		hookline.hook_resolve(t.hook_key) h, json_object_keys(h.secrets) k
		where t.id = (select max(id) from hookline.trigger)"
)" 'receiving is handed the secrets that the trigger names, and no others'

# --- signatures -------------------------------------------------------------

publish Signed '"reentry":"always"' '"verify":{"scheme":"github-256","secret":["secret:shop","secret:other"]},'"$map_email"
post "$example" HTTP_X_HUB_SIGNATURE_256="sha256=$(mac first "$example")"
is '200 enrolled' "$(outcome)" 'a good signature'
is 'signature passed' "$(delivery checks | jq -r '.[] | select(.check == "signature") | .check + " " + .verdict')" \
	'is told with the checks'
post "$example" HTTP_X_HUB_SIGNATURE_256="sha256=$(mac second "$example")"
is '200 enrolled' "$(outcome)" 'by the other secret'
post "$example" HTTP_X_HUB_SIGNATURE_256="sha256=$(mac third "$example")"
is 401 "$(status)" 'a wrong one is refused'
is 'rejected|401' "$(delivery 'outcome, http_status')" 'and kept'
post "$example"
is 401 "$(status)" 'none is refused'
printf 'new' | cli secret set shop >/dev/null
post "$example" HTTP_X_HUB_SIGNATURE_256="sha256=$(mac first "$example")"
is 401 "$(status)" 'a secret that was replaced'
cli secret remove other >/dev/null
post "$example" HTTP_X_HUB_SIGNATURE_256="sha256=$(mac second "$example")"
is 401 "$(status)" 'or removed is of no use'

now=$(date +%s)
publish Stripe '"reentry":"always"' '"verify":{"scheme":"stripe-v1","secret":"secret:shop"},'"$map_email"
post "$example" HTTP_STRIPE_SIGNATURE="t=$now,v1=$(mac new "$now.$example")"
is '200 enrolled' "$(outcome)" 'a signature with its time'
old=$((now - 3600))
post "$example" HTTP_STRIPE_SIGNATURE="t=$old,v1=$(mac new "$old.$example")"
is 401 "$(status)" 'an old one is refused'

publish Log '"reentry":"always"' '"verify":{"scheme":"github-256","secret":"secret:shop","mode":"log"},'"$map_email"
post "$example"
is '200 enrolled' "$(outcome)" 'mode log refuses nothing'
is noted "$(delivery checks | jq -r '.[] | select(.check == "signature") | .verdict')" \
	'and notes what it would have refused'

publish Token '"reentry":"always"' '"verify":{"scheme":"header","header":"X-Shop","secret":"secret:shop"},'"$map_email"
post "$example" HTTP_X_SHOP=new
is '200 enrolled' "$(outcome)" 'a secret in a header'
is '[redacted]' "$(delivery "headers ->> 'x-shop'")" 'is crossed out'
post "$example" HTTP_X_SHOP=old
is 401 "$(status)" 'a wrong one is refused'

publish Basic '"reentry":"always"' '"verify":{"scheme":"basic","secret":"secret:shop"},'"$map_email"
printf 'user:pass' | cli secret set shop >/dev/null
post "$example" HTTP_AUTHORIZATION="Basic $(printf 'user:pass' | base64)"
is '200 enrolled' "$(outcome)" 'user and password'
post "$example" HTTP_AUTHORIZATION="Basic $(printf 'user:no' | base64)"
is 401 "$(status)" 'or the wrong ones'

# --- addresses --------------------------------------------------------------

configure "$dir/proxy.conf" 'trusted_proxies = 127.0.0.0/8' 'require_https = no'
publish Address '"reentry":"always"' '"verify":{"from":["203.0.113.0/24"]},'"$map_email"
post "$example"
is 403 "$(status)" 'an address that may not send'
post "$example" HTTP_X_FORWARDED_FOR=203.0.113.9
is 403 "$(status)" 'says what it likes'
post "$example" HTTP_X_FORWARDED_FOR='203.0.113.1, 203.0.113.9' HOOKLINE_CONFIG="$dir/proxy.conf"
is '200 enrolled' "$(outcome)" 'one that may, behind a proxy of ours'
is 203.0.113.9 "$(delivery 'host(remote_addr)')" 'is who sent it'
post "$example" HTTP_X_FORWARDED_FOR='203.0.113.1, 192.0.2.5' HOOKLINE_CONFIG="$dir/proxy.conf"
is 403 "$(status)" 'another is told apart'

# --- what providers ask first -----------------------------------------------

publish Open '' "$map_email"
post '{"token":"t","challenge":"c0ffee","type":"url_verification"}'
is '200 {"challenge":"c0ffee"}' "$(status) $(body)" 'Slack asks'
is filtered "$(delivery outcome)" 'and enrols nobody'
publish Meta '' '"verify":{"scheme":"github-256","secret":"secret:shop"},'"$map_email"
printf 'meta' | cli secret set shop >/dev/null
hook GET "$hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meta" '' "$dir/empty"
is '200 1158201444' "$(status) $(body)" 'Meta asks'
is '' "$(delivery query)" 'its token is not kept'
hook GET "$hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=no" '' "$dir/empty"
is 403 "$(status)" 'somebody else asks'

lacks "$log" 'first-secret|user:pass' 'no secret is ever logged'
done_testing
