#!/bin/sh
# t_web_login.sh - the builder's door: who may come in, who may not, how long a
# login lasts, and that no other site can send a form.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

add_user demo@example.com

# to_the_door: a stranger who looks at the login form
to_the_door() {
	cookie=
	get login
	csrf=$(token)
	cookie=$(cookie_of hookline_form)
}

# --- strangers ----------------------------------------------------------------

get ''
is 200 "$(status)" 'a stranger gets a page'
has "$dir/answer" '<h1>Log in</h1>' 'which asks for a login'
lacks "$dir/answer" 'Workflows|Contacts' 'and shows nothing else'
get 'workflows/1/settings?x=1&y=%2F'
is '303 login?next=workflows%2F1%2Fsettings%3Fx%3D1%26y%3D%252F' \
	"$(status) $(location)" 'a page within leads to the login, and remembers where'
partial=1
get workflows/new
is '/login' "$(header HX-Redirect)" 'a part of a page sends the whole page there'
partial=

# --- failing ------------------------------------------------------------------

to_the_door
generic='That address and password do not belong together.'
send login email=nobody@example.com password=wrong-password
is 422 "$(status)" 'an unknown address is refused'
has "$dir/answer" "$generic" 'in words that do not tell what was wrong'
has "$dir/answer" 'value="nobody@example.com"' 'and what was typed stays'
send login email=demo@example.com password=wrong-password
is 422 "$(status)" 'a wrong password is refused'
has "$dir/answer" "$generic" 'in the same words'
lacks "$log" 'wrong-password' 'no password reaches the log'
send login 'email=<script>alert(1)</script>' 'password="><b>'
lacks "$dir/answer" '<script>alert|"><b>' 'markup in an address is shown as text'

printf '{"email":"demo@example.com"}' >"$dir/body"
web POST login "$dir/body" application/json
is 415 "$(status)" 'only forms are taken'
head -c 20000 /dev/zero | tr '\0' a >"$dir/body"
web POST login "$dir/body" application/x-www-form-urlencoded
is 413 "$(status)" 'and from strangers no long ones'

site=cross-site
send login email=demo@example.com "password=$password"
is 403 "$(status)" 'a login that another site sends is refused'
site=same-origin
saved=$csrf
csrf=0123456789abcdef
send login email=demo@example.com "password=$password"
is 403 "$(status)" 'and one without its token'
csrf=$saved

# --- logging in ---------------------------------------------------------------

send login email=DEMO@example.com "password=$password" next=contacts?x=1
is '303 contacts?x=1' "$(status) $(location)" 'the right password leads on, to where one was going'
has "$dir/answer" 'HttpOnly; SameSite=Lax' 'with a cookie that scripts and other sites do not get'
lacks "$dir/answer" 'hookline_session=[^;]*;.*Secure' 'over plain HTTP on this machine'
for next in //evil.example https://evil.example '/\evil.example' 'javascript:alert(1)'; do
	to_the_door
	send login email=demo@example.com "password=$password" "next=$next"
	is '/' "$(header Location)" "never to another site: $next"
done
holds 'login works' login demo@example.com
is 0 "$(sql "select count(*) from hookline.user_session where strpos(encode(token_hash, 'hex'), '${cookie##*.}') > 0")" \
	'the database does not hold what is in the cookie'
get ''
has "$dir/answer" '<h1>Workflows</h1>' 'the first page shows the workflows'
has "$dir/answer" 'Shop' 'and whose they are'
get login
is '303 ' "$(status) $(location)" 'who is logged in needs no login'

# --- forms --------------------------------------------------------------------

get nowhere
is 404 "$(status)" 'there is no other page'
site=cross-site
send logout
is 403 "$(status)" 'another site can not send a form'
site='' origin=https://evil.example
send logout
is 403 "$(status)" 'which an old browser tells by its origin'
site=same-origin origin=''
saved=$csrf
csrf=
send logout
is 403 "$(status)" 'nor one without token'
csrf=$saved
get logout
is 405 "$(status)" 'a deed is no page'
get ''
is 1 "$(body | grep -c '<h1>Workflows</h1>')" 'after all that the login is as it was'

# --- leaving ------------------------------------------------------------------

kept=$cookie
send logout
is '303 login' "$(status) $(location)" 'logging out leads to the door'
cookie=$kept
get ''
has "$dir/answer" '<h1>Log in</h1>' 'and the cookie is worth nothing any more'
login demo@example.com
sql "update hookline.user_session set last_seen_at = now() - interval '4 days'" >/dev/null
get ''
has "$dir/answer" '<h1>Log in</h1>' 'a login that is not used for days ends'
login demo@example.com
sql "update hookline.user_session set expires_at = now() - interval '1 s'" >/dev/null
get ''
has "$dir/answer" '<h1>Log in</h1>' 'and each after two weeks'
login demo@example.com
printf '%s\n' 'another password' | "$hookline" --config "$conf" user passwd \
	demo@example.com --password-stdin >/dev/null
get ''
has "$dir/answer" '<h1>Log in</h1>' 'a new password ends the logins with the old one'

# --- throttling ---------------------------------------------------------------

sql 'delete from hookline.login_throttle' >/dev/null
to_the_door
for _ in 1 2 3 4 5; do
	send login email=demo@example.com password=wrong-password
done
is 422 "$(status)" 'five tries are free'
is 5 "$(sql "select failures from hookline.login_throttle where key = sha256('demo@example.com')")" \
	'but counted'
# The wait grows with each failure; this machine may be slower than the first ones.
sql 'update hookline.login_throttle set failures = failures + 10' >/dev/null
send login email=demo@example.com 'password=another password'
is 429 "$(status)" 'then even the right password must wait'
holds 'and it says how long' test "$(header Retry-After)" -ge 1
sql "update hookline.login_throttle set failed_at = now() - interval '1 hour'" >/dev/null
send login email=demo@example.com 'password=another password'
is 303 "$(status)" 'after the wait it is taken'
is 0 "$(sql "select count(*) from hookline.login_throttle where key = sha256('demo@example.com')")" \
	'and the failures are forgotten'
sql "insert into hookline.login_throttle (key, failures)
	select sha256('127.0.0.1'), 40
	on conflict (key) do update set failures = 40, failed_at = now()" >/dev/null
to_the_door
send login email=demo@example.com 'password=another password'
is 429 "$(status)" 'an address that fails for many people waits too'
sql 'delete from hookline.login_throttle' >/dev/null

# --- several accounts ---------------------------------------------------------

"$hookline" --config "$conf" account add Agency >/dev/null
printf '%s\n' 'another password' | "$hookline" --config "$conf" --account Agency \
	user add demo@example.com --password-stdin >/dev/null
to_the_door
send login email=demo@example.com 'password=another password'
is 200 "$(status)" 'who has two accounts is asked which'
has "$dir/answer" '>Agency</option>' 'among those'
csrf=$(token)
agency=$(sql "select id from hookline.account where name = 'Agency'")
send login email=demo@example.com 'password=another password' "account=$agency"
cookie=$(cookie_of hookline_session)
get ''
has "$dir/answer" 'Agency' 'and comes into the one that was chosen'

done_testing
