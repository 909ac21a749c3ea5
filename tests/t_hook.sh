#!/bin/sh
# t_hook.sh - what the hook promises to senders (DESIGN section 5): statuses,
# documents, and what is kept of a request, taken or refused.
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

# refused STATUS WHAT: the answer is a problem document of this status
refused() {
	is "$1" "$(status)" "$2: $1"
	is application/problem+json "$(header Content-Type)" "$2: its type"
	is 1 "$(body | grep -c "^{\"type\":\"about:blank\",\"title\":\"[A-Z][A-Za-z ]*\",\"status\":$1,\"detail\":\"")" \
		"$2: its members"
}

kept() { # kept WANT WHAT: status and outcome of the newest delivery
	is "$1" "$(delivery 'http_status, outcome')" "$2"
}

example='{"email":"alex@example.com","first_name":"Alex",
	"last_name":"Johnson","phone":"+15551234567",
	"source":"payment_processor","plan":"professional"}'

# --- taken ------------------------------------------------------------------

draft Draft '' "$map_example"
post "$example"
is '200 captured' "$(outcome)" 'a draft captures'
is application/json "$(header Content-Type)" 'the type of an answer'
is "$(delivery id)" "$(text delivery)" 'a delivery has an id, as a string'
is '0|0' "$(sql 'select (select count(*) from hookline.contact),
	(select count(*) from hookline.workflow_run)')" \
	'a draft makes neither contact nor run'
draft_hook=$hook

publish Once '"reentry":"when_finished"' "$map_example"
post "$example"
is '200 enrolled' "$(outcome)" 'a contact is enrolled'
is "$(delivery 'id, contact_id, run_id')" \
	"$(text delivery)|$(text contact)|$(text run)" \
	'the answer names delivery, contact and run'
is 'read find judge keep answer' "$(spent_on)" 'the log says where its time went'
has "$log" "delivery $(text delivery), ms: read " 'and whose time it was'
is "alex@example.com|+15551234567|Alex|Johnson|payment_processor" \
	"$(sql "select email, phone, first_name, last_name, source
	from hookline.contact where id = $(text contact)")" 'the contact'
is 'waiting|rest|1|{"plan": "professional"}' \
	"$(sql "select status, step_id, version, variables
	from hookline.workflow_run where id = $(text run)")" 'the run'
post "$example"
is '200 updated' "$(outcome)" 'who is in the workflow is updated'
is '' "$(text run)" 'an update names no run'
has "$dir/answer" '"contact":"1"' 'an update names the contact'
once=$hook

publish Unpublished '' "$map_example"
"$hookline" --config "$conf" workflow unpublish Unpublished >/dev/null
post "$example"
is '200 captured' "$(outcome)" 'an unpublished workflow captures'

publish Filter '"reentry":"always"' "$map_example"',"filter":
	{"field":"custom_variables.plan","is":"equals","value":"professional"}'
post "$example"
is '200 enrolled' "$(outcome)" 'the filter lets in'
post '{"email":"new@example.com","plan":"basic"}'
is '200 filtered' "$(outcome)" 'the filter keeps out'
is 0 "$(sql "select count(*) from hookline.contact
	where email = 'new@example.com'")" 'who is filtered is not stored'

publish Dedup '"reentry":"always"' "$map_example"',"dedup":{"from":"body.id"}'
post '{"email":"d@example.com","id":"evt_1"}'
first="$(text delivery) $(text contact) $(text run)"
post '{"email":"other@example.com","id":"evt_1"}'
is '200 duplicate' "$(outcome)" 'the same key is a duplicate'
is "$first" "$(text delivery) $(text contact) $(text run)" \
	"a duplicate gets the first one's ids"
kept '200|duplicate' 'a duplicate is a delivery'
post '{"email":"d@example.com","id":"evt_2"}'
is '200 enrolled' "$(outcome)" 'another key is no duplicate'
post '{"email":"d@example.com"}'
post '{"email":"d@example.com"}'
is '200 enrolled' "$(outcome)" 'without a key nothing is a duplicate'

# --- 400 --------------------------------------------------------------------

hook=$once
post '{"email":
  "a@example.com",,}'
refused 400 'malformed JSON'
has "$dir/answer" 'line 2, column 19' 'malformed JSON: where'
kept '400|rejected' 'malformed JSON is kept'
is '{"email":
  "a@example.com",,}||t' "$(delivery "convert_from(body, 'UTF8'), payload,
	reason ~ 'line 2, column 19'")" 'malformed JSON: bytes and reason'
printf '"a\0b\377"' >"$dir/body"
hook POST "$hook" application/json "$dir/body"
refused 400 'NUL and no UTF-8'
is 22610062ff22 "$(delivery "encode(body, 'hex')")" 'its bytes are kept'
printf 'email=%%ff%%fe' >"$dir/body"
hook POST "$hook" application/x-www-form-urlencoded "$dir/body"
refused 400 'a malformed form'
has "$dir/answer" 'offset 6' 'a malformed form: where'
hook GET "$hook?email=%ff" '' "$dir/empty"
refused 400 'a malformed query'
hook POST "$hook" application/json "$dir/empty"
refused 400 'no body where a type promises one'
hook POST "$hook" '' "$dir/empty"
refused 400 'no body and no type'
printf '{"email":"a@example.com"' >"$dir/body"
hook POST "$hook" application/json "$dir/body" CONTENT_LENGTH=25
refused 400 'fewer bytes than promised'
has "$dir/answer" 'expected a body of 25 bytes' 'what was promised'
is '{"email":"a@example.com"' "$(delivery "convert_from(body, 'UTF8')")" \
	'what came of a cut body is kept'

# --- 404 --------------------------------------------------------------------

token=${once#/hooks/}
case $token in
A*) flipped=B${token#?} ;;
*) flipped=A${token#?} ;;
esac
case $token in
*A) flipped_end=${token%?}B ;;
*) flipped_end=${token%?}A ;;
esac
before=$(deliveries)
not_found() { # not_found WHAT URI
	hook POST "$2" application/json "$dir/body"
	refused 404 "$1"
	cp "$dir/answer" "$dir/not-found.$((n_not_found += 1))"
}
n_not_found=0
not_found 'a flipped first character' "/hooks/$flipped"
not_found 'a flipped last character' "/hooks/$flipped_end"
not_found 'a short token' "/hooks/${token%?}"
not_found 'a long token' "/hooks/${token}A"
not_found 'no token' /hooks/
not_found 'below a token' "$once/more"
not_found 'health is not below a token' "$once/healthz"
hook DELETE /healthz '' "$dir/empty"
is '405 GET, HEAD' "$(status) $(header Allow)" 'health is only for reading'
hook HEAD /healthz '' "$dir/empty"
is 200 "$(status)" 'be it by HEAD'
not_found 'another path' /elsewhere
not_found 'the root' /
sql "update hookline.hook_key set expires_at = now()
	where key = (select hook_key from hookline.trigger
	join hookline.workflow w on w.id = workflow_id and w.name = 'Draft')"
not_found 'a URL that was rotated' "$draft_hook"
publish Archived '' ''
sql "update hookline.workflow set status = 'archived' where name = 'Archived'"
not_found 'an archived workflow' "$hook"
is 1 "$(for f in "$dir"/not-found.*; do cksum <"$f"; done | sort -u | wc -l)" \
	'all of them get the same document'
is "$before" "$(deliveries)" 'what is not found is not kept'

# --- 405, OPTIONS, HEAD -----------------------------------------------------

hook DELETE "$once" '' "$dir/empty"
refused 405 'DELETE'
is 'GET, HEAD, OPTIONS, POST, PUT' "$(header Allow)" 'DELETE: Allow'
kept '405|rejected' 'DELETE is kept'
for method in '' ',' 'GET, HEAD' get POS POSTS; do
	hook "$method" "$once" '' "$dir/empty"
	is 405 "$(status)" "the method '$method'"
done
publish Put '' "$map_example"',"methods":["PUT"]'
post "$example"
refused 405 'POST where only PUT is taken'
is 'PUT, OPTIONS' "$(header Allow)" 'only PUT: Allow'
hook HEAD "$hook" '' "$dir/empty"
is 405 "$(status)" 'HEAD where no GET is taken'
before=$(deliveries)
hook HEAD "$once?email=head@example.com" '' "$dir/empty"
is '200 ' "$(status) $(body)" 'HEAD: 200 and no body'
hook HEAD "$once" '' "$dir/empty"
is '422 ' "$(status) $(body)" 'HEAD: 422 where GET would be'
hook OPTIONS "$once" '' "$dir/empty"
is 204 "$(status)" 'OPTIONS'
is 'GET, HEAD, OPTIONS, POST, PUT' "$(header Allow)" 'OPTIONS: Allow'
hook HEAD "/hooks/$flipped" '' "$dir/empty"
is '404 ' "$(status) $(body)" 'HEAD of a forged token'
is "$before" "$(deliveries)" 'HEAD and OPTIONS keep nothing'

# --- 403, 413, 415, 422 -----------------------------------------------------

before=$(deliveries)
hook=$once
post "$example" REMOTE_ADDR=192.0.2.7
refused 403 'plain HTTP from elsewhere'
is $((before + 1)) "$(deliveries)" 'and is kept, so that its owner sees why'
post "$example" REMOTE_ADDR=192.0.2.7 HTTPS=on
is '200|192.0.2.7' "$(status)|$(delivery 'host(remote_addr)')" \
	'HTTPS from elsewhere'
post "$example" REMOTE_ADDR=::1
is 200 "$(status)" 'plain HTTP from here'
configure "$dir/plain.conf" 'require_https = no' 'max_body = 2000'
post "$example" REMOTE_ADDR=192.0.2.7 HOOKLINE_CONFIG="$dir/plain.conf"
is 200 "$(status)" 'plain HTTP where the configuration allows it'

printf '{"email":"a@example.com","x":"%1968s"}' '' >"$dir/body"
hook POST "$once" application/json "$dir/body" \
	HOOKLINE_CONFIG="$dir/plain.conf"
is '200 2000' "$(status) $(delivery 'octet_length(body)')" \
	'a body of the size that is allowed'
printf ' ' >>"$dir/body"
hook POST "$once" application/json "$dir/body" \
	HOOKLINE_CONFIG="$dir/plain.conf"
refused 413 'one byte more'
kept '413|rejected' 'too large is kept, without its body'

hook POST "$once" application/octet-stream "$dir/body"
refused 415 'an unknown type'
kept '415|rejected' 'an unknown type is kept'
post "$example" CONTENT_TYPE='application/json; charset=EBCDIC-IS'
refused 415 'an unknown charset'

post '{"first_name":"Nobody"}'
refused 422 'nobody'
has "$dir/answer" '"errors":[{"path":"contact","detail":"neither an e-mail' \
	'nobody: the path'
kept '422|rejected' 'nobody is kept'
post '{"email":"no address","phone":"x"}'
refused 422 'an invalid address'
has "$dir/answer" '{"path":"body.email","detail":"\"no address\" is no' \
	'an invalid address: where'
has "$dir/answer" '{"path":"body.phone","detail":"\"x\" is no' \
	'an invalid number: where'
publish Required '' '"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.order.id","to":"custom_variables.order",
	"required":true}]'
post '{"email":"r@example.com","order":{"id":null}}'
refused 422 'what is required is missing'
has "$dir/answer" '"errors":[{"path":"body.order.id","detail":"custom_' \
	'what is required is missing: where'
is 0 "$(sql "select count(*) from hookline.contact
	where email = 'r@example.com'")" 'nobody is stored then'
post '{"order":{}}'
is 'body.order.id contact ' "$(body | grep -o '"path":"[^"]*"' |
	cut -d'"' -f4 | tr '\n' ' ')" 'all that is missing is named at once'
publish Optional '"contact":"optional"' "$map_example"
post '{"plan":"x"}'
is '200 enrolled' "$(outcome)" 'a workflow without contact'
is "|" "$(text contact)|$(sql "select contact_id from hookline.workflow_run
	where id = $(text run)")" 'its run has none'

# --- 503 --------------------------------------------------------------------

hook=$once
unavailable() { # unavailable WHAT [VARIABLE=VALUE...]: there is no spool either
	what=$1
	shift
	away_over
	post "$example" HOOKLINE_CONFIG="$dir/dry.conf" "$@"
	refused 503 "$what"
	is 60 "$(header Retry-After)" "$what: Retry-After"
}
{
	cat "$conf"
	echo 'spool_max_files = 0'
} >"$dir/dry.conf"
sed "s|^database = .*|database = host=$dir/nowhere|" "$dir/dry.conf" \
	>"$dir/down.conf"
unavailable 'no database' HOOKLINE_CONFIG="$dir/down.conf"
lacks "$dir/answer" nowhere 'the answer does not say where it is'
hook POST "/hooks/$flipped" application/json "$dir/body" \
	HOOKLINE_CONFIG="$dir/down.conf"
refused 404 'a forged token is known without a database'
hook GET /healthz '' "$dir/empty" HOOKLINE_CONFIG="$dir/down.conf"
is '200 ok' "$(status) $(text status)" 'health is that of the process'
sql "insert into hookline.migration values (9999, 'x', 'x')"
unavailable 'a newer schema'
has "$log" 'has schema version 9999' 'a newer schema is logged'
sql 'delete from hookline.migration where version = 9999'
sql 'alter database hookline set default_transaction_read_only = on'
unavailable 'a read-only database'
PGOPTIONS='-c default_transaction_read_only=off' \
	sql 'alter database hookline reset default_transaction_read_only'
away_over
post "$example"
is 200 "$(status)" 'it is taken again'

# --- what is kept -----------------------------------------------------------

publish Keep '"reentry":"always","contact":"optional"' '"map":[
	{"from":"body.n","to":"custom_variables.n"},
	{"from":"headers.x-shop","to":"custom_variables.shop"}]' \
	'{"id":"again","type":"set_variable","name":"a",
	"value":"{{webhook.body.used.deep}}{{webhook.headers.x-shop}}"},'"$wait_a_day"
json='{"n":18446744073709551616.12345678901234567890,"used":{"deep":"yes",
"not":1},"nul":"a\u0000b","lone":"\ud800x","huge":1e400,"big":18446744073709551616}'
post "$json" HTTP_AUTHORIZATION='Basic c2VjcmV0' HTTP_COOKIE=c HTTP_X_API_KEY=k \
	HTTP_X_SHOP=Berlin HTTP_USER_AGENT=Test
is '200 enrolled' "$(outcome)" 'numbers and characters of every kind'
run=$(text run)
is "$json" "$(delivery "convert_from(body, 'UTF8')")" 'the body as it came'
is '18446744073709551616.12345678901234567890|1e400|18446744073709551616' \
	"$(delivery "payload->>'n', payload->>'huge', payload->>'big'")" \
	'numbers keep their digits'
is 'a�b|�x' "$(delivery "payload->>'nul', payload->>'lone'")" \
	'characters that PostgreSQL can not hold'
is '18446744073709551616.12345678901234567890|Berlin' \
	"$(sql "select variables->>'n', variables->>'shop'
	from hookline.workflow_run where id = $run")" \
	'a variable keeps its digits too'
is '{"body": {"used": {"deep": "yes"}}, "headers": {"x-shop": "Berlin"}}' \
	"$(sql "select webhook from hookline.workflow_run where id = $run")" \
	'a run keeps what its steps refer to, and no more'
is '[redacted]|[redacted]|[redacted]|Berlin|Test' "$(delivery "
	headers->>'authorization', headers->>'cookie', headers->>'x-api-key',
	headers->>'x-shop', headers->>'user-agent'")" \
	'credentials in headers are redacted'
is t "$(delivery "(select bool_and(k = lower(k))
	from jsonb_object_keys(headers) k)")" 'names of headers are lower-case'
head -c 100000 /dev/urandom >"$dir/body"
hook POST "$hook?a=1&b=%20" application/json "$dir/body"
is "400|a=1&b=%20|POST|application/json|$(sha256sum <"$dir/body" | cut -c1-64)" \
	"$(status)|$(delivery "query, method, content_type,
	encode(sha256(body), 'hex')")" 'every byte is kept'
post null
is 'enrolled|null' "$(text status)|$(delivery payload)" 'null is a body'
is 0 "$(sql "select count(*) from hookline.delivery where outcome = 'rejected'
	and http_status = 400 and payload is not null")" \
	'what could not be decoded has no payload'

# --- secrets ----------------------------------------------------------------

lacks "$log" "$token" 'no token in the log'
lacks "$log" 'alex@|c2VjcmV0' 'nothing of a request in the log'
is 0 "$(sql "select count(*) from hookline.hook_key
	where position(encode(key, 'base64') in '$token') = 1
	and length(encode(key, 'base64')) > 16")" \
	'the database does not hold the token'

done_testing
