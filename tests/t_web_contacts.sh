#!/bin/sh
# t_web_contacts.sh - the contacts' pages: finding, making, changing, tagging,
# stopping, merging, forgetting, taking in files, giving them out; and that
# nobody reaches another account's.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

nasty='<script>alert(1)</script>"'\''&'
add_user demo@example.com
publish Welcome '' '"map":[{"from":"body.email","to":"contact.email"}]' '{"id":"rest","type":"wait","for":"2 days"}' 2>>"$log"
"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
login demo@example.com || fail 'a login' "$(cat "$dir/answer")"

# id ADDRESS: of the contact with this address
id() {
	sql "select contact_id from hookline.contact_identity where kind = 'email' and value = '$1'"
}

# names: what the list shows, in its order
names() {
	body | sed -n 's|^<tr><th scope="row"><a href="/contacts/[0-9]*">\(.*\)</a></th><td data-label="E-mail.*|\1|p' |
		tr '\n' ' ' | sed 's/ $//'
}

said() { # what the next page will say
	header Set-Cookie | sed -n 's/^hookline_said=.\([^;]*\).*/\1/p' |
		sed 's/%20/ /g; s/%3A/:/g; s/%2C/,/g'
}

# --- making and finding ---------------------------------------------------------

get contacts
has "$dir/answer" 'No contacts yet' 'an account begins without contacts'
get contacts/new
is 200 "$(status)" 'there is a form for a new one'
send contacts 'email=Alex@Example.com' 'first_name=Alex' 'last_name=Johnson' \
	'phone=555 123 4567' 'tags=vip, customer' 'company_name=Acme Trading'
alex=$(id alex@example.com)
is "303 contacts/$alex" "$(status) $(location)" 'a contact is made, and shown'
is 'Alex@Example.com +15551234567 {vip,customer}' \
	"$(sql "select email || ' ' || phone || ' ' || tags::text from hookline.contact where id = $alex")" \
	'its number and its tags as everywhere'
send contacts 'email=alex@example.com' 'first_name=Alexa'
is 422 "$(status)" 'an address that somebody has is refused'
has "$dir/answer" "Alex Johnson (contact $alex)" 'saying whose it is'
has "$dir/answer" "href=\"/contacts/$alex\"" 'with a way there'
has "$dir/answer" 'value="Alexa"' 'and what was typed stays'
send contacts 'first_name=Nobody'
is 422 "$(status)" 'one without address and number is refused'
send contacts 'email=no address' 'timezone=Mars/Base'
has "$dir/answer" 'no address&quot; is no e-mail address' 'a faulty address is named'
has "$dir/answer" 'there is no such time zone' 'so is a zone that does not exist, at once'
send contacts 'email=maria@example.com' "first_name=$nasty" "company_name=$nasty" "tags=$nasty"
maria=$(id maria@example.com)
lacks "$dir/answer" '<script>alert' 'markup is shown as text'
get "contacts/$maria"
is 200 "$(status)" 'on its own page'
lacks "$dir/answer" '<script>alert|"'\''&' 'too'
get contacts
lacks "$dir/answer" '<script>alert' 'and in the list'
for i in 1 2 3; do
	send contacts "email=p$i@shop.example" "last_name=Parker $i" "phone=+49171000000$i"
done
p2=$(id p2@shop.example)

# finds QUERY NAMES WHAT-MUST-HOLD
finds() {
	get "contacts?$1"
	is "$2" "$(names)" "$3"
}
finds q=alex 'Alex Johnson' 'a first name is found'
finds q=JOHNS 'Alex Johnson' 'so is the beginning of a last name, whatever the case'
finds 'q=johnson+alex' 'Alex Johnson' 'and both, in any order'
finds 'q=acme+tra' 'Alex Johnson' 'a company of two words'
finds q=ALEX%40exam 'Alex Johnson' 'the beginning of an address'
finds q=%2B49171 'Parker 3 Parker 2 Parker 1' 'the beginning of a number, the newest first'
finds 'q=(555)+123-4567' 'Alex Johnson' 'a number as it is dialled at home'
finds q=parker%25 '' 'no character means any'
finds q=%5C '' 'nor is one special'
finds tag=VIP 'Alex Johnson' 'a tag is found whatever its case'
finds 'q=parker&tag=vip' '' 'both must hold'
finds 'q=nobody' '' 'who is not there is not found'
has "$dir/answer" 'Nobody is like that' 'and the page says so'
has "$dir/answer" 'value="nobody"' 'with the words still there'
finds "q=%3Cscript%3E&tag=%22%3E%3Cb%3E" '' 'markup as words'
lacks "$dir/answer" '<script>|"><b>' 'is shown as text'
sql "insert into hookline.contact (account_id, email, last_name)
	select 1, 'row' || i || '@example.net', 'Row' || i from generate_series(1, 120) i;
	insert into hookline.contact_identity select account_id, 'email', email, id
	  from hookline.contact where last_name like 'Row%'" >/dev/null
get contacts
is 'Row120 50' "$(names | cut -d' ' -f1) $(names | wc -w)" 'a list has 50 rows'
get "$(body | sed -n 's|.*<nav class="pager"[^>]*><a href="/\([^"]*\)".*|\1|p' | sed 's/&amp;/\&/g')"
is 'Row70 50' "$(names | cut -d' ' -f1) $(names | wc -w)" 'and leads to the next'
get "contacts?q=row&before=$(id row54@example.net)"
is 'Row53' "$(names | cut -d' ' -f1)" 'also when it is narrowed'
get 'contacts?before=x%27&tag=%00'
is 200 "$(status)" 'a key that is none does no harm'

# --- changing -------------------------------------------------------------------------

"$hookline" --config "$conf" --account Shop field add size --type number --label 'Shoe size' >/dev/null
"$hookline" --config "$conf" --account Shop field add langs --type list >/dev/null
"$hookline" --config "$conf" --account Shop field add paid --type boolean >/dev/null
get "contacts/$alex/edit"
has "$dir/answer" 'Shoe size' 'custom fields are in the form'
send "contacts/$alex/edit" email=alex.new@example.com phone=+15551234567 first_name=Alex \
	last_name= 'company_name=Acme Trading' 'custom[size]=42' 'custom[langs]=de, en' \
	'custom[paid]=true' 'custom[other]=x'
is "303 contacts/$alex" "$(status) $(location)" 'a contact is changed'
is 'alex.new@example.com|Alex||{"paid": true, "size": 42, "langs": ["de", "en"]}' \
	"$(sql "select email, first_name, last_name, custom from hookline.contact where id = $alex")" \
	'field by field, by their types; empty clears'
is "$alex|" "$(id alex.new@example.com)|$(id alex@example.com)" 'and is found by its new address alone'
send "contacts/$alex/edit" seen=2026-01-01T00:00:00.000Z first_name=Old
is 409 "$(status)" 'what changed since the form was shown is not written over'
is Alex "$(sql "select first_name from hookline.contact where id = $alex")" 'and is as it was'
send "contacts/$alex/edit" email=alex.new@example.com 'custom[size]=large'
is 422 "$(status)" 'a value that does not fit is refused'
has "$dir/answer" 'value="large"' 'and stays in the form'
send "contacts/$alex/edit" email=maria@example.com phone=+15551234567
is 422 "$(status)" "another contact's address is refused"
has "$dir/answer" "href=\"/contacts/$alex/merge?with=$maria\"" 'with a way to merge the two'
is 'alex.new@example.com' "$(sql "select email from hookline.contact where id = $alex")" 'and nothing is changed'
send "contacts/$alex/edit" email=ALEX.new@example.com phone=
is "$alex 1" "$(id alex.new@example.com) $(sql "select count(*) from hookline.contact_identity where contact_id = $alex")" \
	'an address in other letters is the same; a number that is cleared leads nowhere'
send "contacts/$alex/edit" email= phone=
is 422 "$(status)" 'the last of what identifies stays'
get "contacts/$alex"
has "$dir/answer" '<dt>Shoe size</dt><dd>42</dd>' 'the page shows them by their labels'

send "contacts/$alex/tags" 'add=New one; VIP, second'
is '{vip,customer,"New one",second}' "$(sql "select tags from hookline.contact where id = $alex")" \
	'tags are added, each once'
send "contacts/$alex/tags" remove=VIP
is '{customer,"New one",second}' "$(sql "select tags from hookline.contact where id = $alex")" 'and removed'
for channel in email sms marketing; do
	send "contacts/$alex/stop" channel=$channel is_stopped=yes
done
is '{email,sms} t' "$(sql "select do_not_contact::text || ' ' || (unsubscribed_at is not null)::text::char from hookline.contact where id = $alex")" \
	'writing to it is stopped by each channel'
send "contacts/$alex/stop" channel=email is_stopped=no
is '{sms}' "$(sql "select do_not_contact from hookline.contact where id = $alex")" 'and allowed again'
send "contacts/$alex/stop" channel='{email' is_stopped=yes
is 404 "$(status)" 'by no other channel'

# --- its history ------------------------------------------------------------------------

sql "insert into hookline.delivery (account_id, trigger_id, method, http_status, outcome, contact_id, received_at)
	select 1, 1, 'POST', 200, 'updated', $p2, now() - interval '1 hour' * (61 - i) from generate_series(1, 60) i" >/dev/null
for i in 1 2; do
	post "{\"email\":\"p2@shop.example\",\"n\":$i}"
done
get "contacts/$p2"
has "$dir/answer" '<a href="/runs/1">Run 1</a>' 'its runs are on its page'
has "$dir/answer" '<a href="/deliveries/62">Webhook 62</a>' 'and its webhooks'
has "$dir/answer" 'Welcome' 'with their workflow'
is 50 "$(body | grep -c '<th scope="row"><a href="/[rd]')" 'a page of it has 50'
get "$(body | sed -n 's|.*<nav class="pager"[^>]*><a href="/\([^"]*\)".*|\1|p')"
is 13 "$(body | grep -c '<th scope="row"><a href="/[rd]')" 'and leads to the rest'

# --- merging ------------------------------------------------------------------------------

p1=$(id p1@shop.example)
get "contacts/$p1/merge?q=parker"
has "$dir/answer" "with=$p2\">Parker 2" 'the other one is looked for'
lacks "$dir/answer" "with=$p1\"" 'not among itself'
get "contacts/$p1/merge?with=$p2"
is 200 "$(status)" 'and looked at with this one'
has "$dir/answer" '1 runs and' 'what would move is told'
is 2 "$(sql "select count(*) from hookline.contact where id in ($p1, $p2)")" 'and nothing has'
send "contacts/$p1/merge" "with=$p2"
is "303 contacts/$p1" "$(status) $(location)" 'then they are one'
is "$p1" "$(id p2@shop.example)" 'found by both addresses'
get "contacts/$p2"
is "303 contacts/$p1" "$(status) $(location)" 'the address of the one that is gone leads on'
get "contacts/$p1"
has "$dir/answer" 'p2@shop.example</span><form' 'its other address can be taken from it'
get contacts/merges
has "$dir/answer" '/contacts/merges/1/undo' 'the ledger offers to undo it'
send contacts/merges/1/undo
is "303 contacts/$p2" "$(status) $(location)" 'which makes two of them again'
is "$p2" "$(id p2@shop.example)" 'each with its own address'
send contacts/merges/1/undo
is '303 contacts/merges' "$(status) $(location)" 'once'
send "contacts/$p1/merge" "with=$p1"
is 404 "$(status)" 'nobody is merged with itself'

# --- forgetting ----------------------------------------------------------------------------

get "contacts/$maria/erase"
is 200 "$(status)" 'erasing asks first'
lacks "$dir/answer" '<script>alert' 'with the name as text'
send "contacts/$p2/erase" confirm=yes
is 422 "$(status)" 'for the name to be typed'
is "$p2" "$(id p2@shop.example)" 'until then nothing is erased'
send "contacts/$p2/erase" 'confirm=parker 2'
is '303 contacts' "$(status) $(location)" 'then it is'
is '' "$(id p2@shop.example)" 'and found by nothing'
get "contacts/$p2"
has "$dir/answer" 'This contact was erased' 'its page says so'
for deed in edit merge erase; do
	get "contacts/$p2/$deed"
	is "303 contacts/$p2" "$(status) $(location)" "and offers nothing more: $deed"
done

# --- files ------------------------------------------------------------------------------------

# upload FILE NAME: as a browser sends it
upload() {
	{
		printf -- '--B0\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n' "$csrf"
		printf -- '--B0\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n' "$2"
		cat "$1"
		printf '\r\n--B0\r\nContent-Disposition: form-data; name="text"\r\n\r\n\r\n--B0--\r\n'
	} >"$dir/form"
	web POST contacts/import "$dir/form" 'multipart/form-data; boundary=B0'
}

get contacts/import
is 200 "$(status)" 'there is a page for files'
send contacts/import text=
is 422 "$(status)" 'which wants one'
cat >"$dir/list.csv" <<-CSV
	Contact,Who,Shoe size,Size,Remarks,Labels
	new1@example.org,New One,41,1,"a ""quoted"" one, two",red
	new2@example.org,<script>alert(1)</script>'&,42,2,b,"red,blue"
	alex.new@example.com,Alex,43,3,,
	no address,X,44,4,,
CSV
upload "$dir/list.csv" "C:\\list$nasty.csv"
job=$(location)
is 303 "$(status)" 'a file is brought'
get "$job"
lacks "$dir/answer" '<script>alert' 'its name and what it holds are text'
# chosen COLUMN: what is chosen for it
chosen() {
	body | sed -n "s|.*<select id=\"c$1\" name=\"c\[\]\">.*value=\"\([^\"]*\)\" selected>.*|\1|p"
}
is 'email|custom.size|tags' "$(chosen 0)|$(chosen 2)|$(chosen 5)" \
	'columns are guessed: by what they hold, by the label of a field, by their name'
has "$dir/answer" '<option value="custom.remarks">New field: Remarks</option>' 'a new field is offered'
send "$job" 'c[]=' 'c[]=full_name' 'c[]=custom.size' 'c[]=' 'c[]=' 'c[]=' do=preview
is 422 "$(status)" 'without an address or a number nobody is found'
has "$dir/answer" 'choose which column is the e-mail address' 'and it says what to do'
send "$job" 'c[]=email' 'c[]=full_name' 'c[]=custom.size' 'c[]=custom.size' 'c[]=' 'c[]=' do=preview
has "$dir/answer" 'two columns are to become &quot;custom.size&quot;' 'no two columns are one field'
map='c[]=email c[]=full_name c[]=custom.size c[]= c[]=custom.remarks c[]=tags'
# shellcheck disable=SC2086 # words
send "$job" $map do=preview
is 200 "$(status)" 'a preview'
has "$dir/answer" '2 would be created, 1 updated, 0 stay as they are, and 1 be skipped' 'tells what would happen'
lacks "$dir/answer" '<script>alert' 'with values as text'
is '' "$(id new1@example.org)" 'and does nothing'
# shellcheck disable=SC2086
send "$job" $map do=import
is "303 $job" "$(status) $(location)" 'it is started'
get "$job"
has "$dir/answer" 'All of it was taken in' 'and done'
has "$dir/answer" '<dt>Contacts created</dt><dd>2</dd>' 'with a report'
has "$dir/answer" 'is no e-mail address' 'that names the line that was not taken'
is 'New|One|{"size": 41, "remarks": "a \"quoted\" one, two"}|{red}' \
	"$(sql "select first_name, last_name, custom, tags from hookline.contact where id = $(id new1@example.org)")" \
	'a contact has what its line says'
is 'Remarks' "$(sql "select label from hookline.custom_field where key = 'remarks'")" 'the new field is there'
is '0|done' "$(sql "select octet_length(content), state from hookline.import_job where id = ${job##*/}")" \
	'and the file is kept no longer'
get "$job"
is '' "$(header Refresh)" 'a page of something done stays still'

awk 'BEGIN { print "email;first_name"
	for (i = 1; i <= 20000; i++) printf "bulk%d@example.org;%080d\n", i % 500, i % 500 }' >"$dir/bulk.csv"
upload "$dir/bulk.csv" bulk.csv
job=$(location)
send "$job" 'c[]=email' 'c[]=first_name' do=import
n=0
while get "$job" && [ -n "$(header Refresh)" ] && [ $n -lt 200 ]; do
	n=$((n + 1))
done
holds 'a long file takes several pages' [ "$n" -gt 0 ]
is '20000|500|20000' "$(sql "select lines, created, created + updated + unchanged + skipped from hookline.import_job where id = ${job##*/}")" \
	'which take in each line once'
is 500 "$(sql "select count(*) from hookline.contact where email like 'bulk%'")" 'whole'
send contacts/import "text=email
pasted@example.org"
job=$(location)
send "$job/remove"
get "$job"
is 404 "$(status)" 'a file can be thrown away'
printf 'E-Mail;Name\r\nlatin@example.org;M\374ller\r\n' >"$dir/latin.csv"
upload "$dir/latin.csv" latin.csv
send "$(location)" 'c[]=email' 'c[]=full_name' do=preview
has "$dir/answer" 'Müller' 'letters of an old spreadsheet are right'
printf '\377\376e\000m\000a\000i\000l\000\n\000x\000@\000e\000.\000d\000e\000\n\000' >"$dir/wide.csv"
upload "$dir/wide.csv" wide.csv
get "$(location)"
has "$dir/answer" 'x@e.de' 'and those of a wide one'

sql "update hookline.contact set first_name = '=cmd()' where id = $alex" >/dev/null
get contacts/export
is 'text/csv; charset=utf-8' "$(header Content-Type)" 'an export is a file'
is "$(sql 'select count(*) + 1 from hookline.contact where account_id = 1 and erased_at is null')" "$(body | grep -c .)" 'of all contacts'
has "$dir/answer" "'=cmd()" 'in which nothing is a formula'
get 'contacts/export?q=parker'
is '3 Parker 1' "$(body | grep -c .) $(body | sed -n 2p | cut -d, -f5)" 'or of those that were looked for'
get 'contacts/export?q=bulk'
is 501 "$(body | grep -c .)" 'however many'

# --- who comes from elsewhere ------------------------------------------------------------------

login other@example.com
for path in "contacts/$alex" "contacts/$alex/edit" "contacts/$alex/merge" "contacts/$alex/erase" \
	"contacts/1/merge?with=$alex" "contacts/import/1" contacts/0 contacts/x contacts/99999999999999999999; do
	get "$path"
	is 404 "$(status)" "another account's: $path"
done
before=$(sql "select md5(string_agg(c::text, '')) from hookline.contact c")
for deed in edit tags stop identity merge erase; do
	send "contacts/$alex/$deed" email=x@y.example add=x channel=email is_stopped=yes \
		kind=email value=alex.new@example.com with="$maria" confirm=Alex
	is 404 "$(status)" "nor can it be changed: $deed"
done
send contacts/merges/1/undo
is '303 contacts/merges' "$(status) $(location)" 'no merge of it is undone'
send contacts/import/1 'c[]=email' do=import
is 404 "$(status)" 'no import is begun'
is "$before" "$(sql "select md5(string_agg(c::text, '')) from hookline.contact c")" 'nothing was changed by all that'
get contacts
has "$dir/answer" 'No contacts yet' 'its list has its own alone'
get contacts/export
is 1 "$(body | grep -c .)" 'so has its export'
cookie=
get "contacts/$alex"
is 303 "$(status)" 'a stranger is sent to the login'

lacks "$log" ' error: ' 'the log has no error'
done_testing
