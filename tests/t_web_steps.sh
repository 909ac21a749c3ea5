#!/bin/sh
# t_web_steps.sh - the steps of a workflow in the builder, without a script:
# put in, filled in, moved, undone, checked, published and run; and no form
# changes what nobody changed in it.
# shellcheck disable=SC2154 # set by run_house.sh and web_house.sh
set -u

# shellcheck source=tests/run_house.sh
. "${top_srcdir:-.}/tests/run_house.sh"
# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

add_user demo@example.com
login demo@example.com || fail 'a login'

draft_of() { # draft_of NAME
	sql "select draft from hookline.workflow where name = '$1' and status <> 'archived'"
}

# at PATH: of the draft of Built, as text
at() {
	sql "select draft #>> '{$1}' from hookline.workflow where name = 'Built'"
}

outline() { # the types in their order, branches in brackets
	draft_of "${1-Built}" |
		/usr/bin/python3 "$top_srcdir/tests/web_forms.py" outline
}

saved() { # saved WHAT: the form was taken
	is 303 "$(status)" "$1"
}

# --- an empty workflow ----------------------------------------------------------

draft Built '"reentry":"always"' '"map":[{"from":"body.email","to":"contact.email"},
	{"from":"body.plan","to":"custom_variables.plan"}]' ''
id=$(workflow_id Built)
get "workflows/$id"
is 200 "$(status)" 'a workflow without steps has its page'
has "$dir/answer" "/workflows/$id/add?at=0" 'with a place for the first step'
get "workflows/$id/add?at=0"
has "$dir/answer" 'value="send_email"' 'kinds of step are offered'
for bad in nonsense 5 x.0.0; do
	send "workflows/$id/add" "at=$bad" type=end
	is 404 "$(status)" "a step at no place ($bad) is refused"
done
send "workflows/$id/add" at=0 type=nonsense
is 422 "$(status)" 'and one of no kind'
is '' "$(outline)" 'and changed nothing'

# --- every kind -----------------------------------------------------------------

# add PLACE TYPE: $step is its id then
add() {
	send "workflows/$id/add" "at=$1" "type=$2"
	saved "a $2 step is put in at $1"
	step=$(location | sed 's|.*/||')
	get "$(location)"
	is 200 "$(status)" 'and its form is shown'
}

fill() { # fill NAME=VALUE...: of the step $step; NAME is the path of a field
	set -- "$@" end=
	while [ "$1" != end= ]; do
		set -- "$@" "f[${1%%=*}]=${1#*=}"
		shift
	done
	shift
	send "workflows/$id/steps/$step" "$@"
	saved "the form of $step is taken"
}

add 0 send_email
has "$dir/answer" 'fill it in' 'what it lacks is said at the field'
fill 'subject=Welcome {{custom_variables.plan|friend}}' 'text=Your plan: {{custom_variables.plan}}' 'name=Welcome'
add 1 wait
fill 'for=1 minute'
add 2 set_variable
fill name=total 'value=2' add=3
add 3 if_else
choice=$step
fill 'branches][0][name=Pro' 'branches][0][when][how=any' \
	'branches][0][when][rows][0][field=custom_variables.plan' \
	'branches][0][when][rows][0][is=equals' \
	'branches][0][when][rows][0][value=pro' \
	'branches][0][when][rows][1][field=custom_variables.plan' \
	'branches][0][when][rows][1][is=any_of' \
	'branches][0][when][rows][1][value=gold, silver'
is '{"any":[{"field":"custom_variables.plan","is":"equals","value":"pro"},{"field":"custom_variables.plan","is":"any_of","value":["gold","silver"]}]}' \
	"$(at steps,3,branches,0,when)" 'rows become a condition'
send "workflows/$id/steps/$choice" branch=add.0
is 2 "$(sql "select json_array_length(draft #> '{steps,3,branches}') from hookline.workflow where id = $id")" \
	'a branch is added'
send "workflows/$id/steps/$choice" branch=remove.1
is 1 "$(sql "select json_array_length(draft #> '{steps,3,branches}') from hookline.workflow where id = $id")" \
	'and removed'
send "workflows/$id/steps/$choice" 'remove=f[branches][0][when][rows][1]' \
	'f[branches][0][when][how]=any' \
	'f[branches][0][when][rows][0][field]=custom_variables.plan' \
	'f[branches][0][when][rows][0][is]=equals' \
	'f[branches][0][when][rows][0][value]=pro' \
	'f[branches][0][when][rows][1][field]=custom_variables.plan' \
	'f[branches][0][when][rows][1][is]=any_of' \
	'f[branches][0][when][rows][1][value]=gold, silver'
is '{"field":"custom_variables.plan","is":"equals","value":"pro"}' \
	"$(at steps,3,branches,0,when)" 'a row is removed by its button'
add "$choice.0.0" add_tag
fill 'tags=customer
{{custom_variables.plan}}'
add "$choice.else.0" remove_tag
fill tags=customer
add 4 split
fill 'branches][0][percent=100' 'branches][1][percent=0'
add 5 update_contact
fill 'set][0][name=city' 'set][0][value=Köln' 'set][1][name=' 'set][1][value='
add 6 find_contact
fill 'by][0][name=email' 'by][0][value={{contact.email}}'
add 7 call_webhook
fill "url=$http/status/200" 'json={"mail":"{{contact.email}}"}' save_as=crm
add 8 send_sms
fill 'text=Hi' disabled=true
add 9 notify
fill to=demo@example.com subject=New 'text=A new one'
add 10 goal
fill 'when][rows][0][field=contact.tags' 'when][rows][0][is=contains' 'when][rows][0][value=never'
add 11 unenrol
fill workflow=Other
add 12 enrol
fill workflow=Other
add 13 end
last=$step
fill reason=done 'if][rows][0][field=contact.email' 'if][rows][0][is=not_empty' 'if][rows][0][value='
add 13 go_to
fill "step=$last"
for kind in wait.until wait.until_condition wait.window; do
	add 14 $kind
	send "workflows/$id/steps/$step/delete"
	saved 'and deleted again'
done
is "send_email wait set_variable if_else[add_tag][remove_tag] split[][] update_contact find_contact[][] call_webhook send_sms notify goal unenrol enrol go_to end" \
	"$(outline)" 'all kinds of step stand in the workflow'

# --- the list -------------------------------------------------------------------

get "workflows/$id"
is 200 "$(status)" 'the list is shown'
has "$dir/answer" 'to {{contact.email}}: Welcome {{custom_variables.plan|friend}}' 'a step says what it does'
has "$dir/answer" "at=$choice.else.1" 'each branch has its places'
has "$dir/answer" 'custom_variables.plan is pro' 'a branch says when'
has "$dir/answer" 'switched off' 'and a step that it is switched off'
send "workflows/$id/steps/$choice/copy"
saved 'a step is copied'
is 2 "$(outline | tr ' ' '\n' | grep -c if_else)" 'with its branches'
send "workflows/$id/steps/${choice}_2/up"
saved 'a step is moved up'
send "workflows/$id/steps/${choice}_2/move" 'to=0'
is if_else "$(at steps,0,type)" 'and to another place'
get "workflows/$id/steps/${choice}_2/move"
has "$dir/answer" "value=\"$choice.else.0\"" 'places within branches are offered'
lacks "$dir/answer" "value=\"${choice}_2\\.0" 'but none within itself'
send "workflows/$id/steps/${choice}_2/move" "to=${choice}_2.0.0"
is 422 "$(status)" 'where it can not go'
before=$(draft_of Built)
send "workflows/$id/steps/${choice}_2/delete"
get "workflows/$id"
has "$dir/answer" 'formaction="/workflows/'"$id"'/undo"' 'what was deleted can be undone'
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
send "workflows/$id/undo" "rev=$rev"
is "$before" "$(draft_of Built)" 'and is back as it was'
send "workflows/$id/steps/$last/disable" "rev=$rev"
is 409 "$(status)" 'who did not see the last change changes nothing'
send "workflows/$id/steps/${choice}_2/delete"
send "workflows/$id/steps/$last/disable"
send "workflows/$id/steps/$last/enable"
is "$before" "$(send "workflows/$id/undo"; send "workflows/$id/undo"; send "workflows/$id/undo"; draft_of Built)" \
	'several changes are undone one by one'
send "workflows/$id/steps/${choice}_2/delete"
for nothing in "steps/gone" "steps/gone/move" add?at=x; do
	get "workflows/$id/$nothing"
	is 404 "$(status)" "there is no $nothing"
done
send "workflows/$id/steps/$last/nonsense"
is 404 "$(status)" 'nor such a deed'

# --- saving by itself -----------------------------------------------------------

step=$last
undos() {
	sql "select count(*) from hookline.workflow_undo where workflow_id = $id"
}
n=$(undos)
partial=1
send "workflows/$id/steps/$last" 'f[reason]=a'
send "workflows/$id/steps/$last" 'f[reason]=all done'
is 200 "$(status)" 'a draft saves by itself'
has "$dir/answer" 'Saved at ' 'and says when'
lacks "$dir/answer" '<html' 'in a part of a page'
partial=
is 'all done' "$(sql "select s ->> 'reason' from hookline.workflow, json_array_elements(draft -> 'steps') s where id = $id and s ->> 'id' = '$last'")" \
	'it was saved'
is $((n < 50 ? n + 1 : 50)) "$(undos)" 'and is undone at once, however often it saved'

# --- checking and publishing ----------------------------------------------------

add 15 go_to
get "workflows/$id/check"
has "$dir/answer" 'To be mended:' 'a fault is counted'
has "$dir/answer" "/workflows/$id/steps/$step#f-f[step]" 'and leads to its field'
get "workflows/$id"
has "$dir/answer" 'class="faults"' 'it stands at its step too'
get "workflows/$id/publish"
lacks "$dir/answer" 'Publish version' 'with a fault nothing can be published'
send "workflows/$id/publish"
is 422 "$(status)" 'by no way'
is '' "$(sql "select version from hookline.workflow where id = $id")" 'it is not'
send "workflows/$id/steps/$step/delete"
publish Other '' '' ''
get "workflows/$id/publish"
has "$dir/answer" 'Publish version 1' 'without, it can'
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
send "workflows/$id/steps/$last/disable"
send "workflows/$id/publish" "rev=$rev"
is '' "$(sql "select version from hookline.workflow where id = $id")" 'but not what nobody looked at'
send "workflows/$id/steps/$last/enable"
send "workflows/$id/publish"
saved 'it is published'
is 'published 1' "$(sql "select status || ' ' || version from hookline.workflow where id = $id")" 'as a version'

hook=$("$hookline" --config "$conf" trigger url Built | sed 's|^https\?://[^/]*||')
post '{"email":"alex@example.com","plan":"pro"}'
is '200 enrolled' "$(outcome)" 'a contact comes in'
work
get "workflows/$id"
has "$dir/answer" '1 here now' 'the list shows who is at a step'
due_now Built
work
is 'completed ' "$(run Built "status || ' ' || coalesce(last_error, '')")" 'the run goes through all steps'
is 5 "$(run Built "variables ->> 'total'")" 'which do what was filled in'
is '{customer,pro}' "$(sql "select tags from hookline.contact where id = $alex")" 'the branch was taken'
holds 'the e-mail was sent' mailed 'Welcome pro'
holds 'and the webhook called' asked /status/200

# --- versions -------------------------------------------------------------------

send "workflows/$id/steps/$last" 'f[reason]=other <script>x</script>'
get "workflows/$id/publish"
has "$dir/answer" 'step changed' 'what is different is shown before it is published'
lacks "$dir/answer" '<script>x' 'as text'
send "workflows/$id/publish"
get "workflows/$id/versions"
has "$dir/answer" "from=1&amp;to=2" 'versions are listed'
get "workflows/$id/versions?from=1&to=2"
has "$dir/answer" 'all done' 'with what was before'
has "$dir/answer" 'other &lt;script&gt;' 'and after'
get "workflows/$id/versions?from=1&to=9"
is 404 "$(status)" 'there are no others'
send "workflows/$id/versions/1/restore"
saved 'a version becomes the draft'
get "workflows/$id/versions?from=1&to=draft"
has "$dir/answer" 'they are the same' 'as it was'
get "workflows/$id/publish"
has "$dir/answer" 'Unpublish' 'it can be unpublished'
send "workflows/$id/unpublish"
saved 'it is'
is draft "$(sql "select status from hookline.workflow where id = $id")" 'a draft again'

# --- what nobody changed --------------------------------------------------------

/usr/bin/python3 "$top_srcdir/tests/web_forms.py" document \
	"$top_srcdir/doc/workflow.schema.json" 'Odd <b>"steps"' >"$dir/odd.json"
import "$dir/odd.json"
sed 's/"name": *"[^"]*"/"name":"Welcome again"/' "$top_srcdir/doc/samples/welcome.json" >"$dir/welcome.json"
import "$dir/welcome.json"
# as a sender's values come in: markup in the sample
post '{"email":"eve@example.com","<script>alert(3)</script>":"<img src=x onerror=alert(4)>"}'
for name in 'Odd <b>"steps"' 'Welcome again' Built; do
	id=$(workflow_id "$name")
	sql "update hookline.trigger t set sample_id = (select max(id) from hookline.delivery)
		where workflow_id = $id" >/dev/null
	before=$(draft_of "$name")
	n=0
	for step in $(printf '%s' "$before" | /usr/bin/python3 "$top_srcdir/tests/web_forms.py" ids); do
		get "workflows/$id/steps/$step"
		lacks "$dir/answer" '<script>alert|onerror=alert\(4\)>' "what $step says is text"
		body | /usr/bin/python3 "$top_srcdir/tests/web_forms.py" fields \
			"/workflows/$id/steps/$step" >"$dir/form"
		web POST "workflows/$id/steps/$step" "$dir/form" application/x-www-form-urlencoded
		[ "$(status)" = 303 ] || fail "the form of $step is taken" "$(body)"
		[ "$before" = "$(draft_of "$name")" ] || {
			draft_of "$name" >"$dir/after"
			fail "the form of $step changes nothing" "$(printf '%s\n' "$before" | diff - "$dir/after")"
			break
		}
		n=$((n + 1))
	done
	holds "$n forms of $name, saved as they were shown, change nothing" [ $n -gt 2 ]
	get "workflows/$id"
	lacks "$dir/answer" '<script>alert' 'nor does the list take it for markup'
done

# --- another account ------------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login other@example.com
for page in '' /add?at=0 "/steps/$last" "/steps/$last/move" /check /publish /versions; do
	get "workflows/$id$page"
	is 404 "$(status)" "another account sees no workflow$page"
done
for deed in /undo /add "/steps/$last" "/steps/$last/delete" /publish /unpublish /versions/1/restore; do
	send "workflows/$id$deed" at=0 type=end
	is 404 "$(status)" "nor does it do $deed to it"
done

done_testing
