#!/bin/sh
# t_web_try.sh - the page "Try it": a rehearsal with a stored or a pasted request
# shows the way and what would be sent, changes nothing, and shows markup as text;
# the real test is another button, which needs a published workflow.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

add_user demo@example.com

# counts: of what a rehearsal could have left
counts() {
	sql 'select (select count(*) from hookline.contact), (select count(*) from hookline.delivery),
		(select count(*) from hookline.workflow_run), (select count(*) from hookline.run_step),
		(select count(*) from hookline.workflow_version)'
}

map='"map":[{"from":"body.email","to":"contact.email"},{"from":"body.name","to":"contact.first_name"},
	{"from":"body.total","to":"custom_variables.total","as":"number"}]'
steps='{"id":"tag","type":"add_tag","tags":["{{contact.first_name}}"]},
	{"id":"if","name":"A <big> order?","type":"if_else","branches":[
		{"name":"Yes & thanks","when":{"field":"custom_variables.total","is":"greater_than","value":100},"steps":[
		{"id":"mail","name":"Thank you","type":"send_email","from":"shop@example.com","to":"{{contact.email}}",
		"subject":"Thank you, {{contact.first_name}}","text":"Text for {{contact.first_name}}",
		"html":"<p style=\"color:#060\">For {{contact.first_name}}</p>"}]}],
		"else":[{"id":"small","name":"Small one","type":"add_tag","tags":["small"]}]},
	{"id":"rest","type":"wait","for":"2 days"},
	{"id":"paid","type":"wait","until_condition":{"field":"contact.tags","is":"contains","value":"paid"},"timeout":"3 days"},
	{"id":"call","type":"call_webhook","url":"https://crm.example.com/in?x={{contact.first_name}}","json":{"total":"{{custom_variables.total}}"},
		"headers":{"Authorization":"Bearer in-clear-7"}}'

draft Orders '"reentry":"always"' "$map" "$steps"
orders=$(workflow_id Orders)
page=workflows/$orders/try

# --- before the first request -------------------------------------------------

get "$page"
is '303' "$(status)" 'a stranger is sent to the login'
holds 'login works' login demo@example.com
get "$page"
is 200 "$(status)" 'the page is there before a request came'
has "$dir/answer" 'No request that could be read has come in yet' 'and says what to do'
has "$dir/answer" 'Nothing is sent and nothing is stored' 'what a rehearsal does'
has "$dir/answer" 'This sends.' 'and what the real test does'
has "$dir/answer" 'The workflow is not published' 'which needs a published workflow'
get workflows/999999/try
is 404 "$(status)" 'another workflow is not found'
get "workflows/x'/try"
is 404 "$(status)" 'what is no id neither'

# --- a rehearsal ----------------------------------------------------------------

evil='<script>alert(1)</script>"&'
post '{"email":"ann@example.com","name":"<script>alert(1)</script>\"&","total":150}'
delivery=$(sql 'select max(id) from hookline.delivery')
before=$(counts)
get "$page"
has "$dir/answer" "<option value=\"$delivery\" selected>" 'the newest request is offered'
lacks "$dir/answer" 'What would happen' 'nothing is tried unasked'
get "$page?delivery=$delivery&waits=up&go=1"
is 200 "$(status)" 'a rehearsal with it'
is "$before" "$(counts)" 'leaves nothing behind'
lacks "$dir/answer" '<script>alert' "markup in what came ($evil) is shown as text"
has "$dir/answer" 'It would make a new contact, <strong>&lt;script&gt;alert(1)' 'it says whom it is about'
has "$dir/answer" 'would reach the end of the workflow' 'and how it would end'
has "$dir/answer" 'A &lt;big&gt; order?' 'the steps are there'
has "$dir/answer" 'Yes &amp; thanks <span class="badge good">taken</span>' 'with the branch that is taken'
has "$dir/answer" 'custom_variables.total' 'and what its condition looked at'
has "$dir/answer" 'it is <q>150</q>' 'and saw'
has "$dir/answer" 'Thank you, &lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;' 'the subject of the e-mail'
has "$dir/answer" 'Text for &lt;script&gt;' 'its text'
has "$dir/answer" '<iframe class="mail" sandbox=""' 'its HTML in a frame without rights'
has "$dir/answer" 'srcdoc="&lt;p style=&quot;color:#060&quot;&gt;For &amp;lt;script&amp;gt;' 'where values are escaped twice'
has "$dir/answer" "style-src 'self' 'unsafe-inline'" 'whose styles are allowed on this page'
has "$dir/answer" 'Its time is up then' 'waits are told'
has "$dir/answer" 'It would wait 2 days, until <strong>' 'with the moment when they would end'
has "$dir/answer" 'POST https://crm.example.com/in?x=%3Cscript%3E' 'a call is told'
has "$dir/answer" 'Authorization: ***' 'without its login'
lacks "$dir/answer" 'in-clear-7' 'nowhere'
is 1 "$(body | grep -c 'Small one.*not on the way')" 'what is not on the way is said not to be'
get "$page?delivery=$delivery&waits=met&go=1"
has "$dir/answer" 'taken as met at once' 'or a condition is met'
get "$page?delivery=999999999&go=1"
is 200 "$(status)" 'a request that is gone'
has "$dir/answer" 'it was removed, or never was' 'is said to be'
get "$page?delivery=x&go=1"
is 404 "$(status)" 'what is no id is not found'
get "$page"
lacks "$dir/answer" 'unsafe-inline' 'without mail the policy is strict'

# --- a pasted request -----------------------------------------------------------

send "$page" 'body={"email":"bob@example.com","name":"Bob <i>","total":5}' waits=up
is 200 "$(status)" 'a pasted request is tried'
has "$dir/answer" 'Bob &lt;i&gt;' 'and shown'
has "$dir/answer" 'Else <span class="badge good">taken</span>' 'by another way'
is "$before" "$(counts)" 'and leaves nothing behind'
send "$page" 'body={"email": </textarea><script>x</script>' waits=up
is 422 "$(status)" 'what is no JSON is refused'
has "$dir/answer" 'This is no JSON' 'with the reason'
has "$dir/answer" '{&quot;email&quot;: &lt;/textarea&gt;&lt;script&gt;x' 'and stays as it was typed'
send "$page" 'body=' waits=up
has "$dir/answer" 'There is nothing here' 'nothing is not tried'
saved=$csrf
csrf=wrong
send "$page" 'body={}' waits=up
is 403 "$(status)" 'a form without its token is refused'
send "$page/real" "delivery=$delivery"
is 403 "$(status)" 'the real one too'
csrf=$saved

# --- for real -------------------------------------------------------------------

send "$page/real" "delivery=$delivery"
is "303 $page" "$(status) $(location)" 'a draft runs for nobody'
is "$before" "$(counts)" 'and nothing was done'
publish Orders '"reentry":"always"' "$map" "$steps"
get "$page"
has "$dir/answer" 'Run it for real' 'when it is published, there is a button'
send "$page/real" "delivery=$delivery"
run=$(sql 'select max(id) from hookline.workflow_run')
is "303 runs/$run" "$(status) $(location)" 'which leads to the run'
is "$delivery" "$(sql "select d.replay_of from hookline.delivery d where d.run_id = $run")" \
	'of the same request'
send "$page/real" "delivery=$delivery" 'email=Ann@Example.com'
is "303 runs/$((run + 1))" "$(status) $(location)" "the newest request of an address's contact"
for email in nobody@example.com 'no address'; do
	send "$page/real" "delivery=$delivery" "email=$email"
	is "303 $page" "$(status) $(location)" "nobody for $email"
done
draft Another '' "$map" "$steps"
post '{"email":"other@example.com"}'
send "$page/real" "delivery=$(sql 'select max(id) from hookline.delivery')"
is 404 "$(status)" 'a request of another workflow is not found'
is 2 "$(sql 'select count(*) from hookline.workflow_run')" 'and runs for nobody'

# --- another account's ----------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
holds 'another account logs in' login other@example.com
get "$page?delivery=$delivery&go=1"
is 404 "$(status)" "another account's workflow is not found"
send "$page" 'body={}'
is 404 "$(status)" 'nor tried'
send "$page/real" "delivery=$delivery"
is 404 "$(status)" 'nor run'

# --- a draft with faults --------------------------------------------------------

holds 'the first one again' login demo@example.com
sql "update hookline.workflow set draft = jsonb_set(jsonb_set(draft::jsonb, '{steps,0,tags}', '\"<b>no list\"'),
	'{steps,4,name}', '\"<i>\"')::json where id = $orders"
get "$page?delivery=$delivery&go=1"
has "$dir/answer" 'This step has faults' 'a faulty step says so'
has "$dir/answer" 'steps/tag#f-f[tags]' 'and leads to where'
has "$dir/answer" 'would reach the end of the workflow' 'the others are tried'
lacks "$dir/answer" '<b>no list|<i>' 'without their markup'
sql "update hookline.workflow set draft = jsonb_set(draft::jsonb, '{steps}', '[1, {\"type\": 5}, []]')::json where id = $orders"
get "$page?delivery=$delivery&go=1"
is 200 "$(status)" 'a draft that is none is told too'
sql "update hookline.workflow set draft = jsonb_set(draft::jsonb, '{steps}', '[]')::json where id = $orders"
get "$page?delivery=$delivery&go=1"
has "$dir/answer" 'has no steps yet' 'and one without steps'

done_testing
