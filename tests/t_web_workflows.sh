#!/bin/sh
# t_web_workflows.sh - workflows as a whole in the builder: made from each template,
# brought in, renamed, duplicated, taken out, archived; and nobody else's.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

add_user demo@example.com
login demo@example.com

# --- making -------------------------------------------------------------------

get ''
has "$dir/answer" 'No workflow yet' 'a new account is told what to do'
get workflows/new
for template in blank order lead appointment milestone handover; do
	has "$dir/answer" "value=\"$template\"" "there is a template: $template"
done
for template in order lead appointment milestone handover; do
	send workflows "template=$template" 'name='
	is 303 "$(status)" "a workflow is made from it: $template"
	id=$(location | sed 's|[^0-9]||g')
	"$hookline" --config "$conf" workflow publish "$id" >"$dir/publish" 2>&1
	is 0 $? "which can be published as it is: $template"
done
send workflows template=blank 'name=<b>Zoë & "Co"</b>'
id=$(location | sed 's|[^0-9]||g')
is "workflows/$id/trigger" "$(location)" 'a new workflow begins at its trigger'
get ''
has "$dir/answer" '&lt;b&gt;Zoë &amp; &quot;Co&quot;&lt;/b&gt;' 'a name is shown as it was typed'
lacks "$dir/answer" '<b>Zoë' 'never as markup'
send workflows template=blank 'name=Twice'
send workflows template=blank 'name=Twice'
is 1 "$(sql "select count(*) from hookline.workflow where name = 'Twice 2' and draft->>'name' = 'Twice 2'")" \
	'a name that is taken gets a number'
send workflows template=blank "name=$(printf '%0201d' 1)"
is 422 "$(status)" 'a name that is too long is refused'
has "$dir/answer" "value=\"$(printf '%0201d' 1)\"" 'and stays in the form'

# --- settings -----------------------------------------------------------------

get "workflows/$id/settings"
is 200 "$(status)" 'a workflow has settings'
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
settings() { # settings [NAME=VALUE...]
	send "workflows/$id/settings" "rev=$rev" "$@"
}
settings name=Shoes reentry=always reentry_key=custom_variables.order contact=optional \
	timezone=Europe/Berlin sender_name=Shop sender_email=shop@example.com max_steps=50
is "303 workflows/$id/settings" "$(status) $(location)" 'they are saved'
is '{"reentry":"always","reentry_key":"custom_variables.order","contact":"optional","timezone":"Europe/Berlin","sender":{"name":"Shop","email":"shop@example.com"},"max_steps":50}' \
	"$(sql "select draft->'settings' from hookline.workflow where id = $id")" 'as they were typed'
is Shoes "$(sql "select name from hookline.workflow where id = $id and draft->>'name' = 'Shoes'")" \
	'and the workflow has its new name'
settings name=Boots
is 409 "$(status)" 'what another window changed meanwhile is not written over'
get "workflows/$id/settings"
has "$dir/answer" 'value="Europe/Berlin"' 'the form shows what was saved'
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
settings name=Shoes timezone=Nowhere sender_email=nobody max_steps=0
is 422 "$(status)" 'what can not be is refused'
is 3 "$(body | grep -c 'class="fault"')" 'each field says what is wrong with it'
has "$dir/answer" 'value="Nowhere"' 'and keeps what was typed'
get "workflows/$id/settings"
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
settings name=Sandals reentry=never
send "workflows/$id/undo"
is 'Sandals Sandals' "$(sql "select name || ' ' || (draft->>'name') from hookline.workflow where id = $id")" \
	'undoing settings does not part the draft from its name'
get "workflows/$id/settings"
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
settings name=Shoes reentry=always reentry_key=custom_variables.order contact=optional \
	timezone=Europe/Berlin sender_name=Shop sender_email=shop@example.com max_steps=50
get "workflows/$id/settings"
rev=$(body | sed -n 's/.*name="rev" value="\([^"]*\)".*/\1/p' | sed -n 1p)
settings name=Twice
is 422 "$(status)" 'a name of another workflow is refused'
has "$dir/answer" 'there is another workflow' 'saying so'

# --- in and out ---------------------------------------------------------------

get "workflows/$id/export"
is 'application/json attachment; filename="Shoes.json"' \
	"$(header Content-Type) $(header Content-Disposition)" 'a workflow is taken out as a file'
body >"$dir/exported"
send workflows/import "document=$(cat "$dir/exported")"
copy=$(location | sed 's|[^0-9]||g')
is "$(sql "select draft::jsonb - 'name' from hookline.workflow where id = $id")" \
	"$(sql "select draft::jsonb - 'name' from hookline.workflow where id = $copy")" \
	'and comes in as it was'
send workflows/import 'document={"format":"hookline/1","name":"x","steps":[{"id":"a","type":"fly"}]}'
is 422 "$(status)" 'a document with faults is refused'
has "$dir/answer" '/steps/0/type' 'naming each place'
has "$dir/answer" 'trigger' 'all of them at once'
send "workflows/$id/duplicate"
copy=$(location | sed 's|[^0-9]||g')
is 'Shoes 3 draft' "$(sql "select name || ' ' || status from hookline.workflow where id = $copy")" \
	'a duplicate is a draft of its own'
is 2 "$(sql "select count(distinct hook_key) from hookline.trigger where workflow_id in ($id, $copy)")" \
	'with a URL of its own'
send "workflows/$copy/archive"
is archived "$(sql "select status from hookline.workflow where id = $copy")" 'a workflow is archived'
get "workflows/$copy/settings"
is 404 "$(status)" 'and is no more to be changed'

# --- nobody else's ------------------------------------------------------------

"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login other@example.com
get ''
lacks "$dir/answer" 'Shoes' 'another account sees nothing of it'
for page in settings export; do
	get "workflows/$id/$page"
	is 404 "$(status)" "not by its address either: $page"
done
for deed in settings duplicate archive; do
	send "workflows/$id/$deed" name=Stolen
	is 404 "$(status)" "nor does it do anything: $deed"
done
is Shoes "$(sql "select name from hookline.workflow where id = $id and status <> 'archived'")" \
	'which is as it was'
for id in 0 -1 1x 99999999999999999999 '%00'; do
	get "workflows/$id/settings"
	is 404 "$(status)" "no such workflow: $id"
done

done_testing
