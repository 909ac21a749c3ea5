#!/bin/sh
# t_sms.sh - text messages: what a send_sms step sends to Twilio's Messages API
# and to a gateway that the configuration describes, what their refusals do, and
# that none is sent twice.  With a real database and a sink that answers as
# Twilio does; no network.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

cli() {
	"$hookline" --config "$conf" "$@"
}

# sms NAME TEXT [MEMBERS [CONTACT [VARIABLES]]]: a workflow that sends one and
# goes on, and a run in it
sms() {
	case ${3-} in *'"to"'*) s_to= ;; *) s_to='"to":"{{contact.phone}}",' ;; esac
	with "$1" '{"id":"s","type":"send_sms",'"$s_to"'"text":"'"$2"'"'"${3:+,$3}"'},
		{"id":"on","type":"set_variable","name":"told","value":"{{steps.s.status}} {{steps.s.body.status}} {{steps.s.sid}}"}' \
		'' "${4-$alex}" "${5-}"
}

# twilio [LINE...]: the configuration
twilio() {
	settings 'sms_gateway = twilio' "sms_url = $http/" 'sms_user = AC123' \
		'sms_password_file = sms.password' 'sms_from = +1 (500) 555-0006' \
		'retry_schedule = 30s 60s' 'http_timeout = 2' "$@"
}

# said NAME PARAMETER: of the message whose text has NAME
said() {
	sql "select r ->> 'body' from request where r ->> 'body' like '%$1%'" |
		tr '&' '\n' | sed -n "s/^$2=//p"
}

# sent_times TEXT: how many times the sink got it
sent_times() {
	grep -l -e "$1" "$requests"/*.json 2>/dev/null | wc -l
}

umask 077
echo token >"$dir/sms.password"
bob=$(contact '{"email":"bob@example.com"}' bob@example.com)
sql "update hookline.account set default_country = 'DE'"

# --- no gateway -------------------------------------------------------------

sms nowhere one
work
is 'waiting|s:retrying' "$(run nowhere status)|$(steps nowhere)" \
	'without a gateway it is tried again later'
case $(run nowhere last_error) in
*'set sms_gateway in the configuration') ok 'and says what to do' ;;
*) fail 'and says what to do' "$(run nowhere last_error)" ;;
esac

# --- Twilio -----------------------------------------------------------------

twilio
sms plain 'Hi {{contact.first_name}} & <you> +1 \"{{custom_variables.v}}\"' '' "$alex" '{"v":"ü%\n"}'
sms national national '"to":"(030) 901 820"'
sms own_from own_from '"from":"+44 7700 900123"'
sms name_from name_from '"from":"Shop"'
sms service service '"from":"MG0123456789abcdef0123456789abcdef"'
sms nobody nobody '' "$bob"
sms no_number no_number '"to":"{{contact.email}}"'
sms no_text '{{custom_variables.none}} '
sms invalid invalid '"to":"+15005550001"'
sms invalid_on invalid_on '"to":"+15005550001","on_error":"continue"'
sms limited '/status/429?a=limited'
sms limited_after '/status/429?retry-after=3600'
sms broken_after '/status/503?retry-after=3600&a=broken'
sms broken '/status/503?a=broken'
sms once_503 '/first/503/once'
sms silent '/slow?seconds=30&a=silent'
sms silent_again '/slow?seconds=30&a=again' '"delivery":"at_least_once"'
sms dropped '/drop?a=dropped'
work
is 0 "$exit_status" 'hookline-run ends well'
collect

is 'completed|201 queued SM00000000000000000000000000000000|s:done on:done' \
	"$(run plain "status, variables ->> 'told'")|$(steps plain)" \
	'Twilio takes a message, and later steps see its answer'
is 'POST|application/x-www-form-urlencoded|Basic QUMxMjM6dG9rZW4=' "$(sql "select r ->> 'method',
	r -> 'headers' @> '[[\"Content-Type\", \"application/x-www-form-urlencoded\"]]'
	from request where r ->> 'body' like '%Body=Hi%'" | sed 's/|t$/|application\/x-www-form-urlencoded/')|$(sql "select h ->> 1 from request, jsonb_array_elements(r -> 'headers') h
	where r ->> 'body' like '%Body=Hi%' and h ->> 0 = 'Authorization'")" \
	'by a form, with a basic login'
is '/2010-04-01/Accounts/AC123/Messages.json' "$(sql "select r ->> 'path' from request where r ->> 'body' like '%Body=Hi%'")" \
	"at the account's address"
is '%2B15551234567|%2B15005550006|Hi%20Zo%C3%AB%20%26%20%3Cyou%3E%20%2B1%20%22%C3%BC%25%0A%22' \
	"$(said Body=Hi To)|$(said Body=Hi From)|$(said Body=Hi Body)" \
	'numbers are in E.164, text is as written'
is '%2B4930901820' "$(said national To)" "a number without country is one of the account's"
is '%2B447700900123|Shop' "$(said own_from From)|$(said name_from From)" \
	"the step's own sender comes first"
is 'MG0123456789abcdef0123456789abcdef|' "$(said service MessagingServiceSid)|$(said service From)" \
	'a messaging service is named as one'
is "+15551234567|+15005550006" "$(detail plain s to)|$(detail plain s from)" \
	"the step's detail says from whom to whom"
is 'failed|step "s": to: expected a telephone number, found none|s:failed' \
	"$(run nobody 'status, last_error')|$(steps nobody)" 'without a number it fails, and says so'
is 'failed|step "s": to: expected a telephone number such as +15551234567, found "alex@example.com"' \
	"$(run no_number 'status, last_error')" 'what is no number is not sent'
is 'failed|step "s": text: expected text, found nothing' \
	"$(run no_text 'status, last_error')" 'nor is nothing'
is 0 "$(sent_times 'Body=nobody\|Body=no_number')" 'nothing went out for these'
is "failed|s:failed|400|1" "$(run invalid status)|$(steps invalid)|$(detail invalid s status)|$(sent_times 'Body=invalid"')" \
	'what Twilio refuses for good fails at once'
case $(run invalid last_error) in
'step "s": HTTP 400 from 127.0.0.1 in '*" ms: 21211 The 'To' number +15005550001 is not valid.")
	ok 'with the reason that it gives' ;;
*) fail 'with the reason that it gives' "$(run invalid last_error)" ;;
esac
is 'completed|s:failed on:done' "$(run invalid_on status)|$(steps invalid_on)" \
	'on_error continue goes on'
again="(select (s.detail ->> 'again_in_s')::numeric between 23 and 37 from hookline.run_step s where s.run_id = r.id)"
is 'waiting|t|s:retrying|waiting|t|s:retrying' \
	"$(run limited "status, $again")|$(steps limited)|$(run broken "status, $again")|$(steps broken)" \
	'429 and 503 are tried again by the schedule'
is 'waiting|t' "$(run limited_after "status, due_at > now() + interval '58 minutes'")" \
	'and not before Retry-After'
is 'waiting|t' "$(run broken_after "status, due_at > now() + interval '58 minutes'")" \
	'nor with 503'
is 'completed|s:unknown on:done|completed|s:unknown on:done' \
	"$(run silent status)|$(steps silent)|$(run dropped status)|$(steps dropped)" \
	'a message that may have been sent is recorded as unknown, and the run goes on'
is 'waiting|s:unknown' "$(run silent_again status)|$(steps silent_again)" \
	'unless the step says at_least_once'
sql 'delete from hookline.destination' # so many failures are not its own
due_now
work
is '1 1 2' "$(sent_times a%3Dsilent) $(sent_times a%3Ddropped) $(sent_times a%3Dagain)" \
	'then alone it is sent again'
is 'completed|s:retrying s:done on:done|2' "$(run once_503 status)|$(steps once_503)|$(sent_times first%2F503)" \
	'what was refused for now is sent later'

sql 'delete from hookline.destination'
for n in 500 502 504; do
	sms gone_$n "/status/$n?a=gone"
done
work
due_now 'gone_%'
work
for n in 500 502 504; do
	is 'completed|s:unknown on:done' "$(run gone_$n status)|$(steps gone_$n)" \
		"$n does not say that nothing was sent"
done
is 3 "$(sent_times a%3Dgone)" 'so it is not sent again'

# --- an executor that dies --------------------------------------------------

sql 'delete from hookline.destination'
sms dies '/slow?seconds=60&a=dies'
start_executor --linger 300
is_on_its_way() {
	[ "$(sent_times a%3Ddies)" -ge 1 ]
}
soon 60 'a message is on its way' is_on_its_way
end "$executor" KILL
lapse dies
work
is 'completed|s:unknown on:done|1' "$(run dies status)|$(steps dies)|$(sent_times a%3Ddies)" \
	'a message whose executor dies is unknown, and not sent again'

twilio 'per_destination = 1'
for n in 1 2 3; do
	sms "crowd_$n" "/slow?seconds=60&a=crowd_$n"
done
start_executor --linger 300
one_of_them() {
	[ "$(sent_times a%3Dcrowd_)" -ge 1 ]
}
soon 60 'one of several is on its way, the others wait for their turn' one_of_them
end "$executor" KILL
lapse 'crowd_%'
work
is '1 1 1' "$(for n in 1 2 3; do sent_times "a%3Dcrowd_$n"; done | tr '\n' ' ' | sed 's/ $//')" \
	'those whose turn had not come are sent by the next executor'
is 't t t' "$(for n in 1 2 3; do run "crowd_$n" "status = 'completed'"; done | tr '\n' ' ' | sed 's/ $//')" \
	'and all go on'

# --- logins -----------------------------------------------------------------

twilio 'sms_from ='
sms no_sender no_sender
work
is 'failed|step "s": there is no sender: set from in the step, or sms_from in the configuration' \
	"$(run no_sender 'status, last_error')" 'without a sender it fails'
twilio 'sms_user = AC999'
echo wrong-token >"$dir/sms.password"
sms wrong wrong
work
is 'waiting|0||open' "$(run wrong 'status, attempt')|$(steps wrong)|$(sql 'select state from hookline.destination')" \
	'a wrong login of the installation fails no message: the gateway is left alone'
sql 'delete from hookline.destination'
printf 'AC777' | cli secret set twilio_sid >/dev/null
printf 'token' | cli secret set twilio.token >/dev/null
twilio 'sms_user = {{secret.twilio_sid}}'
echo '{{secret["twilio.token"]}}' >"$dir/sms.password"
sms account account
work
printf 'wrong' | cli secret set twilio.token >/dev/null
sms own_wrong own_wrong
work
is 'failed|401|0' "$(run own_wrong status)|$(detail own_wrong s status)|$(sql "select count(*) from hookline.destination where state <> 'closed'")" \
	"a wrong login of the account's own is its fault alone"
collect
is 'completed|/2010-04-01/Accounts/AC777/Messages.json' \
	"$(run account status)|$(sql "select r ->> 'path' from request where r ->> 'body' like '%Body=account'")" \
	"the login may be the account's own, by its secrets"
cli secret remove twilio_sid >/dev/null
sms no_secret no_secret
work
is 'failed|step "s": there is no secret "twilio_sid"; keep it with hookline secret set twilio_sid' \
	"$(run no_secret 'status, last_error')" 'a secret that is missing fails the step'

# --- a gateway of one's own -------------------------------------------------

gateway() {
	settings 'sms_gateway = http' 'sms_password_file = sms.password' "$@"
}
echo 'key-in-file' >"$dir/sms.password"
gateway "sms_url = $http/mirror/json?ref={{id}}" 'sms_header = X-Key: {{password}}' \
	'sms_body = {"to":"{{to}}","text":"{{text}}","from":"{{from}}"}' 'sms_from = Shop'
sms json 'say \"hi\"\n{{custom_variables.v}}' '' "$alex" '{"v":"\",\"to\":\"+1"}'
work
gateway "sms_url = $http/mirror/get?to={{to}}&text={{text}}" 'sms_user = user'
sms get 'a b&c'
work
gateway "sms_url = $http/mirror/form" 'sms_body_type = application/x-www-form-urlencoded' \
	'sms_body = to={{to}}&msg={{text}}&id={{id}}'
sms form 'x&to=+1'
work
collect
id=$(sent 'mirror/json?ref=%' idempotency-key)
is 'POST|application/json|key-in-file' "$(request 'mirror/json?ref=%' method)|$(sent 'mirror/json?ref=%' content-type)|$(sent 'mirror/json?ref=%' x-key)" \
	'a gateway by the template of the configuration'
is '{"to":"+15551234567","text":"say \"hi\"\n\",\"to\":\"+1","from":"Shop"}|/mirror/json?ref='"$id" \
	"$(request 'mirror/json?ref=%' body)|$(request 'mirror/json?ref=%' path)" \
	'whose JSON no value breaks, with the identity'
is '***' "$(run json "results -> 's' -> 'body' -> 'headers' ->> 'x-key'")" \
	'its password is not kept with an answer that tells it'
is 'GET|/mirror/get?to=%2B15551234567&text=a%20b%26c|Basic dXNlcjprZXktaW4tZmlsZQ==' \
	"$(request 'mirror/get?%' method)|$(request 'mirror/get?%' path)|$(sent 'mirror/get?%' authorization)" \
	'without a body by GET, with a login'
is "to=%2B15551234567&msg=x%26to%3D%2B1&id=$(sent mirror/form idempotency-key)" \
	"$(request mirror/form body)" 'or by a form'
pg_dump -a -T '*.mail' -T '*.request' >"$dir/dump" 2>/dev/null
is 0 "$(cat "$dir/dump" "$log" | grep -c -e key-in-file -e wrong-token -e QUMxMjM6dG9rZW4)" \
	'neither the database nor the log has a password'

# --- a configuration that can't be used -------------------------------------

unusable() { # unusable WORDS WHAT LINE...
	u_words=$1 u_what=$2
	shift 2
	settings "$@"
	"$hookline_run" --config "$run_conf" --linger 0 2>"$dir/err"
	is 78 $? "$u_what"
	has "$dir/err" "$u_words" 'and it is said why'
}
unusable 'sms_gateway = twilio needs sms_user' 'Twilio without a login' 'sms_gateway = twilio'
unusable 'sms_gateway = http needs sms_url' 'a gateway without a URL' 'sms_gateway = http'
unusable 'sms_body: nothing is called {{txt}}' 'a name that nobody gives' \
	'sms_gateway = http' "sms_url = $http/" 'sms_body = {{to}} {{txt}}'
unusable 'sms_header: expected "Name: value"' 'a header that is none' \
	'sms_gateway = http' "sms_url = $http/" 'sms_header = key'
done_testing
