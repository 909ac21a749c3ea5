#!/bin/sh
# t_call.sh - what a call_webhook step sends, its login too, and what becomes of
# the answer; secrets leave by the call and are seen nowhere else.
# With a real database and HTTP sink; what other steps do is t_run.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

cli() {
	"$hookline" --config "$conf" "$@"
}

# call NAME MEMBERS [NEXT-STEPS]: a workflow that calls, and a run in it
call() {
	with "$1" '{"id":"c","type":"call_webhook",'"$2}${3-}"
}

# --- secrets ----------------------------------------------------------------

printf 'tok-7"/é' | cli secret set token >/dev/null
printf 'under-score' | cli secret set my.own >/dev/null
printf '%s' "$http/mirror/hook-in-secret" | cli secret set slack >/dev/null
printf 'gone-soon' | cli secret set gone >/dev/null

call secret '"url":"'"$http"'/mirror/{{secret.token}}/secret?k={{secret.token}}",
	"headers":{"Authorization":"Bearer {{secret.token}}"},"save_as":"told",
	"json":{"k":"{{secret.token}}","o":"{{secret[\"my.own\"]}}"}' \
	',{"id":"m","type":"send_email","to":"a@example.com","subject":"told",
	"text":"{{steps.c.body}} {{custom_variables.told}}"}'
call secret_form '"url":"'"$http"'/mirror/secret_form",
	"form":{"k":"{{secret.token}}"}'
call secret_body '"url":"'"$http"'/mirror/secret_body","body":"<{{secret.token}}>"'
call secret_cut '"method":"GET","url":"'"$http"'/tell/65518/{{secret.token}}"'
call secret_url '"method":"GET","url":"{{secret.slack}}"'
call secret_gone '"url":"'"$http"'/ok/secret_gone","headers":{"X":"{{secret.gone}}"}'
call secret_header '"url":"'"$http"'/ok/secret_header","json":"{\"k\":{{secret.token}}}"'
# --- methods, query, logins -------------------------------------------------

told='{"id":"v","type":"set_variable","name":"told","value":"{{steps.c.status}} {{steps.c.headers.x-path}} {{steps.c.headers.x-two}} {{steps.c.headers.content-type}} {{steps.c.body.path}}"}'
for method in GET POST PUT PATCH DELETE; do
	call "by_$method" '"method":"'$method'","url":"'"$http"'/mirror/by_'$method'?a=1#frag",
		"query":{"b c":"{{custom_variables.q}}","n":7,"yes":true}' ",$told"
done
sql "update hookline.workflow_run set variables = '{\"q\":\"x&y=ü\"}'"
call basic '"url":"'"$http"'/mirror/basic","auth":{"type":"basic",
	"username":"{{contact.email}}","password":"{{secret.token}}"}'
call basic_user '"url":"'"$http"'/mirror/basic_user","auth":{"type":"basic","username":"key"}'
call basic_colon '"url":"'"$http"'/mirror/basic_colon","auth":{"type":"basic","username":"a{{contact.x|:}}b"}'
call bearer '"url":"'"$http"'/mirror/bearer","auth":{"type":"bearer","token":"{{secret.token}}"}'
call bearer_none '"url":"'"$http"'/mirror/bearer_none","auth":{"type":"bearer","token":"{{custom_variables.none}}"}'
call key_header '"url":"'"$http"'/mirror/key_header","auth":{"type":"api_key","name":"X-Key","value":"{{secret.token}}"}'
call key_query '"method":"GET","url":"'"$http"'/mirror/key_query?","auth":{"type":"api_key","in":"query","name":"api key","value":"{{secret.token}}"}'
call no_login '"url":"'"$http"'/mirror/no_login","auth":{"type":"none"}'
cli secret remove gone >/dev/null
is '{{secret["my.own"]}}' "$(printf 'under-score' |
	cli secret set my.own --json | jq -r .use_in_calls)" \
	'setting a secret tells how calls name it'
work
call secret_lost '"url":"'"$http"'/ok/secret_lost","headers":{"X":"{{secret.token}}"}'
cp "$dir/hookline.secret" "$dir/kept.secret"
openssl rand -hex 32 >"$dir/hookline.secret"
work
cp "$dir/kept.secret" "$dir/hookline.secret"
collect

is 'completed|/mirror/tok-7%22%2F%C3%A9/secret?k=tok-7%22%2F%C3%A9' \
	"$(run secret status)|$(request 'secret?k=%' path)" \
	'a secret in a URL is a part of it'
is 'Bearer tok-7"/Ã©|{"k":"tok-7\"/Ã©","o":"under-score"}' \
	"$(sent 'secret?k=%' authorization)|$(request 'secret?k=%' body)" \
	'in a header and in JSON, it is sent as it is'
is 'k=tok-7%22%2F%C3%A9|<tok-7"/Ã©>' \
	"$(request secret_form body)|$(request secret_body body)" \
	'and in a form and a body'
is "$http/mirror/***/secret" "$(detail secret c url)" \
	"the step's detail has *** in its place"
is 'Bearer ***' "$(run secret "results -> 'c' -> 'body' -> 'headers' ->> 'authorization'")" \
	'and so has an answer that tells what it got'
is 'xxx/tell/65518/***' "$(run secret_cut "right(results -> 'c' ->> 'body', 18)")" \
	'also where the answer was cut within it'
is '***' "$(detail secret_url c url)" 'a URL that is all secret is not shown'
is '1' "$(request hook-in-secret method | sort -u | wc -l)" 'but called'
is 'failed|step "c": there is no secret "gone"; keep it with hookline secret set gone|0' \
	"$(run secret_gone 'status, last_error')|$(request secret_gone path | wc -l)" \
	'a secret that is missing fails the step, and nothing is sent'
is "failed|step \"c\": the secret \"token\" can't be opened: the installation's secret has changed; set it anew with hookline secret set token" \
	"$(run secret_lost 'status, last_error')" 'so does one that nobody can open'
is 'failed' "$(run secret_header status)" 'JSON that it breaks is not sent'
for method in GET POST PUT PATCH DELETE; do
	path="/mirror/by_$method?a=1&b%20c=x%26y%3D%C3%BC&n=7&yes=true"
	is "$method $path|completed|200 $path a, b application/json $path" \
		"$(request "by_$method?a=1&b%20c=x%26y%3D%C3%BC&n=7&yes=true" method) $path|$(run "by_$method" "status, variables ->> 'told'")" \
		"$method with a query; later steps see status, headers and body"
done
is "Basic $(printf 'alex@example.com:tok-7"/é' | base64)|Basic a2V5Og==" \
	"$(sent /basic authorization)|$(sent /basic_user authorization)" 'a login by name and password'
is 'failed|step "c": auth: username: a name of HTTP'"'"'s basic login has no colon' \
	"$(run basic_colon 'status, last_error')" 'a name with a colon would be another one'
is 'Bearer tok-7"/Ã©' "$(sent /bearer authorization)" 'a login by a token'
is 'failed|step "c": auth: token: expected text, found nothing|0' \
	"$(run bearer_none 'status, last_error')|$(request /bearer_none path | wc -l)" \
	'a token that comes out empty is not sent'
is 'tok-7"/Ã©|/mirror/key_query?api%20key=tok-7%22%2F%C3%A9' \
	"$(sent /key_header x-key)|$(request %C3%A9 path | grep key_query)" \
	'a login by a key, in a header or the query'
is '|/mirror/no_login' "$(sent /no_login authorization)|$(request /no_login path)" 'no login'
is "$http/mirror/key_query" "$(detail key_query c url)" "a query is not in the step's detail"
is 'Basic ***' "$(run basic "results -> 'c' -> 'body' -> 'headers' ->> 'authorization'")" \
	'a login made of a secret is hidden, too'
pg_dump -a -T '*.mail' -T '*.request' >"$dir/dump" 2>/dev/null
coded=$(printf 'alex@example.com:tok-7"/é' | base64)
for text in tok-7 under-score hook-in-secret "$coded"; do
	is 0 "$(cat "$dir/dump" "$log" | grep -c -e "$text")" \
		"neither the database nor the log has $text"
done
is 0 "$(cat "$mail"/new/* 2>/dev/null | grep -c -e tok-7 -e under-score)" \
	'nor an e-mail that tells the answer'
is 'basic bearer key_header key_query secret secret_body secret_cut secret_form secret_header secret_lost' "$(cli secret list --json |
	jq -r '.[] | select(.name == "token") | .used_by | join(" ")')" \
	'secret list says which workflows use one'

# --- publishing -------------------------------------------------------------

refused() { # refused POINTER WORDS WHAT STEP
	document Refused '' '' "$4" >"$dir/refused.json"
	cli workflow import "$dir/refused.json" --publish >"$dir/out" 2>"$dir/err"
	is 1 $? "$3"
	has "$dir/err" "$1: " 'and the place is named'
	has "$dir/err" "$2" 'with what to do'
}
refused /steps/0/headers/X 'hookline secret set nowhere' 'a secret that is not there' \
	'{"id":"c","type":"call_webhook","url":"'"$http"'","headers":{"X":"{{secret.nowhere}}"}}'
refused /steps/0/auth/token 'hookline secret set nowhere' 'nor one in the login' \
	'{"id":"c","type":"call_webhook","url":"'"$http"'","auth":{"type":"bearer","token":"{{secret.nowhere}}"}}'
refused /steps/0/text 'only in what a call_webhook' 'a secret in an e-mail' \
	'{"id":"m","type":"send_email","to":"a@example.com","subject":"x","text":"{{secret.token}}"}'
done_testing
