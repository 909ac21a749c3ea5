#!/bin/sh
# t_web_deliveries.sh - deliveries in the builder: the list and its filters, why
# nothing happened, what would happen now, replays; and health.  Nobody else's are
# seen or replayed.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

add_user demo@example.com

post() { # post JSON [VARIABLE=VALUE...]: to $hook
	printf '%s' "$1" >"$dir/sent"
	shift
	hook POST "$hook" application/json "$dir/sent" "$@"
}
last() {
	sql 'select max(id) from hookline.delivery'
}
said() { # said TEXT WHAT: the next page says it
	cookie="$cookie; $(cookie_of hookline_said)"
	get "$(location)"
	has "$dir/answer" "$1" "$2"
	cookie=${cookie%%;*}
}
rows() {
	body | grep -c 'name="delivery" value='
}

login demo@example.com
get deliveries
has "$dir/answer" 'Nothing came in yet' 'a list without deliveries says how there will be some'

publish Orders '"reentry":"always"' "$map_example"',"filter":{"field":"custom_variables.plan","is":"not_equals","value":"free"}'
post '{"email":"ann@example.com","first_name":"<script>alert(1)</script>","plan":"<b>pro</b>","odd":"\"><i>x"}' \
	HTTP_AUTHORIZATION='Bearer very-secret' HTTP_X_MARK='<u>mark</u>'
ann=$(last)
post '{"email":"bob@example.com","plan":"free"}'
bob=$(last)
post '{"email":'
bad=$(last)
post '{"first_name":"Nobody"}'
nobody=$(last)
draft Later '' "$map_example"
post '{"email":"eve@example.com","plan":"pro"}'
eve=$(last)
is 'enrolled filtered rejected rejected captured' \
	"$(sql "select string_agg(outcome, ' ' order by id) from hookline.delivery")" 'five came in'

# --- the list ---------------------------------------------------------------------

get deliveries
is 5 "$(rows)" 'all are listed'
has "$dir/answer" 'neither an e-mail address nor a telephone number' 'with the reason'
lacks "$dir/answer" '<script>alert|<b>pro|"><i>' 'nothing of it is markup'
orders=$(workflow_id Orders)
for filter in "workflow=$orders 4" 'outcome=rejected 2' "outcome=filtered&workflow=$orders 1" 'outcome=enrolled 1' \
	'outcome=duplicate 0' 'text=ann@EXAMPLE.com 1' 'text=neither 1' 'text=%3Cscript%3E 1' 'text=nowhere 0' \
	"from=$(date -u +%F)&to=$(date -u +%F) 5" "workflow=$orders&to=2020-01-01 0" 'to=2020-01-01 0' 'from=2099-01-01 0'; do
	get "deliveries?${filter% *}"
	is "200 ${filter##* }" "$(status) $(rows)" "a filter: ${filter% *}"
done
get 'deliveries?to=nonsense'
has "$dir/answer" 'Give a day as year-month-day' 'a day that is none is told at its field'

# --- one delivery -------------------------------------------------------------------

get "deliveries/$ann"
is 200 "$(status)" 'a delivery has a page'
has "$dir/answer" '&lt;script&gt;alert(1)&lt;/script&gt;' 'its content is shown as it came'
has "$dir/answer" 'body.first_name' 'its values by their paths'
has "$dir/answer" '&lt;u&gt;mark&lt;/u&gt;' 'its headers too'
lacks "$dir/answer" '<script>alert|<b>pro|<u>mark|"><i>' 'never as markup'
lacks "$dir/answer" 'very-secret' 'credentials are not'
has "$dir/answer" "href=\"/runs/$(sql "select run_id from hookline.delivery where id = $ann")\"" 'it leads to the run'
has "$dir/answer" "href=\"/contacts/" 'and to the contact'
get "deliveries/$bob"
has "$dir/answer" 'Why did nothing happen?' 'one that did nothing says why'
has "$dir/answer" 'filter did not let it pass' 'in words'
has "$dir/answer" 'Filter lets it pass' 'check by check'
get "deliveries/$bad"
has "$dir/answer" 'the body is not valid JSON' 'what could not be read says where'
get "deliveries/$eve"
has "$dir/answer" 'Publish the workflow, then replay' 'what came too early says what to do'
for id in 999999 0 x; do
	get "deliveries/$id"
	is 404 "$(status)" "there is no delivery $id"
done

# --- once more -----------------------------------------------------------------------

before=$(deliveries)
get "deliveries/$eve/again"
is "200 $before" "$(status) $(deliveries)" 'what would be is tried, and nothing stays'
get "deliveries/$ann/again"
has "$dir/answer" 'matched by email' 'it says whom it means'
has "$dir/answer" '&lt;b&gt;pro&lt;/b&gt;' 'and with which values'
lacks "$dir/answer" '<b>pro' 'never as markup'
csrf=$(token)
send deliveries/replay "delivery=$ann" confirmed=ticked
new=$(last)
is "303 deliveries/$new" "$(status) $(location)" 'one is replayed, and what came of it shown'
said 'Replayed: 1 enrolled' 'with its outcome'
has "$dir/answer" "href=\"/deliveries/$ann\"" 'it names what it is a replay of'
get "deliveries/$ann"
has "$dir/answer" 'Its replays' 'which names it in turn'
before=$(deliveries)
send deliveries/replay "delivery=$bob" "delivery=$bad" "delivery=$nobody"
has "$dir/answer" 'Replay 3 deliveries?' 'several: one is asked before'
is "$before" "$(deliveries)" 'and nothing is done yet'
send deliveries/replay "delivery=$bob" "delivery=$eve" confirmed=ticked
said '1 captured, 1 filtered' 'then they are, and counted'
is "$((before + 2))" "$(deliveries)" 'each once'
send deliveries/replay
said 'No delivery was ticked' 'nothing ticked, nothing done'
send deliveries/replay all=1 outcome=enrolled
has "$dir/answer" 'Replay 1 delivery?' 'all that match: replays are not replayed again'
csrf=x
send deliveries/replay "delivery=$ann" confirmed=ticked
is 403 "$(status)" 'without its token a form is refused'

# --- many -----------------------------------------------------------------------------

sql "insert into hookline.delivery (trigger_id, account_id, method, http_status, outcome, reason, payload, received_at)
	select t.id, t.account_id, 'POST', 422, 'rejected', 'r' || i, jsonb_build_object('n', i), now() - make_interval(secs => 1000 - i)
	  from hookline.trigger t cross join generate_series(1, 120) i where t.workflow_id = $orders" >/dev/null
for filter in outcome=rejected "workflow=$orders"; do
	get "deliveries?$filter"
	body | sed -n 's/.*name="delivery" value="\([0-9]*\)".*/\1/p' >"$dir/seen"
	n=1
	while [ $n -lt 6 ]; do
		older=$(body | sed -n 's|.*href="/\(deliveries?[^"]*before=[^"]*\)">Older.*|\1|p' | sed 's/&amp;/\&/g')
		[ -n "$older" ] || break
		get "$older"
		body | sed -n 's/.*name="delivery" value="\([0-9]*\)".*/\1/p' >>"$dir/seen"
		n=$((n + 1))
	done
	case $filter in
	outcome*) want=$(sql "select count(*) from hookline.delivery where outcome = 'rejected'") ;;
	*) want=$(sql "select count(*) from hookline.delivery d join hookline.trigger t on t.id = d.trigger_id where t.workflow_id = $orders") ;;
	esac
	is "$want $want" "$(grep -c . "$dir/seen") $(sort -u "$dir/seen" | grep -c .)" "page after page, each once: $filter"
done
sql "insert into hookline.delivery (trigger_id, account_id, method, http_status, outcome, payload, run_id)
	select t.id, t.account_id, 'POST', 200, 'enrolled', '{}', 1
	  from hookline.trigger t cross join generate_series(1, 1100) i where t.workflow_id = $orders" >/dev/null
get 'deliveries?text=ann@example.com'
has "$dir/answer" 'Search further back' 'a search by text looks at so many, and says so'
older=$(body | sed -n 's|.*href="/\(deliveries?[^"]*before=[^"]*\)">Search.*|\1|p' | sed 's/&amp;/\&/g')
get "$older"
is 2 "$(rows)" 'and goes on from there'

# --- health ------------------------------------------------------------------------------

get health
is 200 "$(status)" 'health has a page'
has "$dir/answer" 'hookline-run was never seen' 'it says what is wrong'
has "$dir/answer" 'crontab' 'and what to do'

# --- others -------------------------------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login other@example.com
get deliveries
is 0 "$(rows)" "another account's deliveries are not listed"
lacks "$dir/answer" 'Orders' 'nor its workflows named'
get 'deliveries?text=ann@example.com'
is 0 "$(rows)" 'nor found'
for page in "deliveries/$ann" "deliveries/$ann/again"; do
	get "$page"
	is 404 "$(status)" "nor shown: ${page##*/}"
done
before=$(deliveries)
send deliveries/replay "delivery=$ann" confirmed=ticked
is "$before" "$(deliveries)" 'nor replayed'
sql "insert into hookline.destination (key, state, opened_at, open_until, last_error)
	values ('https://secret.example.com:443', 'open', now(), now() + interval '1 hour', 'refused');
	update hookline.workflow_run set held_by = 'https://secret.example.com:443' where status = 'waiting'" >/dev/null
get health
lacks "$dir/answer" 'secret.example.com' 'nor are the servers that its runs call'
login demo@example.com
get health
has "$dir/answer" 'secret.example.com' 'of which it reads itself'

done_testing
