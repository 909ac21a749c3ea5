# shellcheck shell=sh disable=SC2034,SC2154 # set by and for others
# web_house.sh - a house for the tests of builder.fcgi: hook_house.sh's, with a
# user who is logged in.  A library for POSIX sh; says nothing about what must
# hold.
#
# get, send and login leave their answer in $dir/answer, for status, header, body,
# has and lacks.

# A test that also runs the executor has taken run_house.sh before.
# shellcheck source=tests/hook_house.sh
[ -n "${hook_fcgi-}" ] || . "${top_srcdir:-.}/tests/hook_house.sh"
builder=$top_builddir/builder.fcgi
cookie=
password='a long password'
account_name=Shop

# add_user ADDRESS [ACCOUNT]
add_user() {
	printf '%s\n' "$password" | "$hookline" --config "$conf" \
		--account "${2:-$account_name}" user add "$1" --password-stdin >/dev/null
}

# web METHOD PATH FILE TYPE: PATH without the first slash; with $cookie
web() {
	via=$builder
	hook "$1" "/$2" "$4" "$3" HTTP_COOKIE="$cookie" HTTP_HOST=127.0.0.1 \
		HTTP_SEC_FETCH_SITE="${site-same-origin}" \
		HTTP_ORIGIN="${origin-}" ${partial:+HTTP_HX_REQUEST=true}
	via=$hook_fcgi
}

get() { # get PATH
	web GET "$1" "$dir/empty" ''
}

encode() { # encode TEXT: percent-encoded
	printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'
}

# send PATH [NAME=VALUE...]: a form, with the token that the page shown last has
send() {
	s_path=$1
	shift
	printf 'csrf=%s' "$csrf" >"$dir/form"
	for pair; do
		printf '&%s=%s' "$(encode "${pair%%=*}")" "$(encode "${pair#*=}")"
	done >>"$dir/form"
	web POST "$s_path" "$dir/form" application/x-www-form-urlencoded
}

# token: of the form that was shown
token() {
	body | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | sed -n 1p
}

# cookie_of NAME: "NAME=VALUE" as the answer sets it
cookie_of() {
	tr -d '\r' <"$dir/answer" | sed -n "/^\$/q; s/^Set-Cookie: \($1=[^;]*\).*/\1/p"
}

# login ADDRESS [PASSWORD]: sets $cookie and $csrf
login() {
	cookie=
	get login
	csrf=$(token)
	cookie=$(cookie_of hookline_form)
	send login "email=$1" "password=${2-$password}"
	cookie=$(cookie_of hookline_session)
	[ -n "$cookie" ] || return 1
	get ''
	csrf=$(token)
}

# location: where the answer sends, without the first slash
location() {
	header Location | sed 's|^/||'
}

# workflow_id NAME
workflow_id() {
	sql "select id from hookline.workflow where name = '$1' and status <> 'archived'"
}
