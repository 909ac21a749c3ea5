#!/bin/sh
# t_run_variables.sh - what set_variable does with texts, numbers and dates: the
# real hookline-run and a real database, which knows the zones.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/run_house.sh
. "$top_srcdir/tests/run_house.sh"

n=0
steps='' # of the workflow "all"
set_v() { # set_v NAME MEMBERS: one more step that sets v_NAME
	n=$((n + 1))
	steps="$steps${steps:+,}"'{"id":"s'$n'","type":"set_variable","name":"v_'$1'",'$2'}'
}
v() { # v NAME: its JSON
	sql "select r.variables -> 'v_$1' from hookline.workflow_run r
	       join hookline.workflow w on w.id = r.workflow_id where w.name = 'all'"
}

set_v sum '"value":"{{webhook.body.a}}","add":"{{webhook.body.b}}"'
set_v price '"value":"{{webhook.body.price}}","multiply":"{{webhook.body.n}}"'
set_v gross '"value":"{{webhook.body.price}}","multiply":1.19,"round":2'
set_v third '"value":"100","divide":3,"round":2'
set_v all '"value":10,"add":2,"subtract":4,"multiply":3,"divide":8,"round":1'
set_v large '"value":"12345678901234567890.12","add":0.01'
set_v text '"value":"{{webhook.body.price}}","add":1,"as":"text"'
set_v count '"add":1'
set_v count '"add":1'
set_v name '"value":"  Dr. Zoë Müller ","replace":{"find":"Dr. ","with":""},"trim":true,"upper":true'
set_v lower '"value":"{{webhook.body.code}}","lower":true,"upper":false'
set_v part '"value":"{{webhook.body.code}}","substring":{"from":-3,"length":2}'
set_v list '"value":"{{webhook.body.tags}}","split":"; "'
set_v cm '"value":"180 cm","replace":{"find":" cm"},"as":"number"'
set_v cents '"value":"1.234,50","replace":{"find":"."},"trim":true'
set_v cents '"replace":{"find":",","with":"."},"multiply":100,"round":0'
set_v day '"value":"2028-02-28","date_add":"1 day"'
set_v month '"value":"2027-01-31","date_add":"1 month"'
set_v before '"value":"2027-01-01","date_add":"-1 week"'
set_v spring '"value":"2027-03-27T12:00","date_add":"1 day"'
set_v hours '"value":"2027-03-27T12:00","date_add":"24 hours"'
set_v form '"value":"2027-03-28T10:30:00Z","date_format":"FMDay, DD.MM.YYYY HH24:MI"'
set_v deadline '"value":"{{webhook.body.at}}","date_add":"{{webhook.body.days}} days","date_format":"YYYY-MM-DD"'
set_v today '"value":"now","date_format":"YYYY"'
publish all '"timezone":"Europe/Berlin"' '' "$steps" 2>>"$log"
start all "$alex" '' '{"body":{"a":0.1,"b":"0.2","price":19.90,"n":3,"code":"ÄB-12x",
	"tags":"a; b;c","at":"2027-12-30","days":5}}' >"$dir/started"
with no_number '{"id":"a","type":"set_variable","name":"x","value":"{{webhook.body.none}}","add":1}'
with no_divisor '{"id":"a","type":"set_variable","name":"x","value":1,"divide":"{{custom_variables.zero}}"}' '' "$alex" '{"zero":0}'
with no_date '{"id":"a","type":"set_variable","name":"x","value":"soon","date_add":"1 day","on_error":"continue"},
	{"id":"b","type":"set_variable","name":"x","value":"now","date_add":"{{custom_variables.none}} days"}'
work

is completed "$(run all status)" 'the run goes through'
while IFS="|" read -r name want what; do
	is "$want" "$(v "$name")" "$what"
done <<'END'
sum|0.3|0.1 and 0.2 are 0.3
price|59.70|prices keep their cents
gross|23.68|a product is rounded, a half upwards
third|33.33|a quotient is rounded
all|3.0|in the order add, subtract, multiply, divide, round
large|12345678901234567890.13|long numbers lose no digit
text|"20.90"|as comes last
count|2|a variable counts itself, from 0
name|"ZOË MÜLLER"|replace, trim, upper
lower|"äb-12x"|lower, in all of Unicode; false changes nothing
part|"12"|a part from the end
list|["a", "b;c"]|a text is split to a list
cm|180|a text becomes a number
cents|123450|in two steps
day|"2028-02-29"|a day plus a day is a day
month|"2027-02-28"|months end where the calendar says
before|"2026-12-25"|dates go backwards too
spring|"2027-03-28T10:00:00Z"|a day is a day of the run's zone
hours|"2027-03-28T11:00:00Z"|hours are hours
form|"Sunday, 28.03.2027 12:30"|a date is written in the run's zone
deadline|"2028-01-04"|what is added may be a template
END
is "\"$(TZ=Europe/Berlin date +%Y)\"" "$(v today)" 'now is a date'
is 'failed|step "a": add: expected a number, found null' "$(run no_number 'status, last_error')" \
	'what is not there is no number'
is 'failed|step "a": divide: nothing can be divided by 0' "$(run no_divisor 'status, last_error')" \
	'nothing is divided by 0'
is 'a:failed b:failed|1' "$(steps no_date)|$(detail no_date a error | grep -c '^date_add: expected a date')" \
	'what is no date fails, and says what was expected'
done_testing
