#!/bin/sh
# t_browser.sh - the builder in a real browser, behind lighttpd, with a database, an
# executor and a mailbox: what a person does there, walked by the scripts in browser/.
# Pictures of every page are left in tests/screenshots of the build, to be looked
# at.
# shellcheck disable=SC2154 # set by web_house.sh
set -u

# shellcheck source=tests/web_house.sh
. "${top_srcdir:-.}/tests/web_house.sh"

# --- a browser, and what drives it -----------------------------------------------

modules=$top_builddir/tests/browser-modules
packages='playwright-core@1.65.1 axe-core@4.14.1'
for chromium in chromium chromium-browser google-chrome; do
	CHROMIUM=$(command -v "$chromium") && break
done
for program in lighttpd node npm python3 "${CHROMIUM:-chromium}"; do
	command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
		echo "skipped: no $program here"
		exit 77
	}
done
mkdir -p "$modules"
# shellcheck disable=SC2086 # two packages
[ -e "$modules/node_modules/axe-core" ] ||
	npm install --silent --no-save --no-audit --no-fund --ignore-scripts \
		--prefix "$modules" $packages >"$dir/npm" 2>&1 || {
	echo "skipped: npm could not fetch $packages: $(tail -n 1 "$dir/npm")"
	exit 77
}

# --- the house -------------------------------------------------------------------

port=$(svc_free_port)
smtp_port=$(svc_free_port)
svc_mail "$smtp_port" || exit 99
base_url=http://127.0.0.1:$port
configure "$conf" 'linger_seconds = 60' \
	"smtp_url = smtp://127.0.0.1:$smtp_port" 'smtp_tls = none' \
	'mail_from = Shop <shop@example.com>' 'outbound_allow = 127.0.0.0/8'
add_user demo@example.com
"$hookline" --config "$conf" account add Other >/dev/null
add_user other@example.com Other
svc_lighttpd "$top_builddir" "$conf" "$port" || exit 99
svc_executor "$top_builddir" "$conf" || exit 99

export BUILDER_URL="$base_url" BROWSER_MODULES="$modules/node_modules" CHROMIUM
export BROWSER_SHOTS="${BROWSER_SHOTS:-$top_builddir/tests/screenshots}"
export BROWSER_MAIL="$dir/services/mail" BROWSER_CORPUS="$shared/corpora/blns"
export BROWSER_USER=demo@example.com BROWSER_PASSWORD="$password"
mkdir -p "$BROWSER_SHOTS"

# --- the walks -------------------------------------------------------------------

for walk in ${BROWSER_WALKS:-door story tour}; do
	timeout 900 node "$top_srcdir/tests/browser/$walk.js" >"$dir/walk" 2>&1
	walked=$?
	cat "$dir/walk"
	[ "$walked" -eq 0 ] || n_failed=$((n_failed + 1))
	grep -q '^ok' "$dir/walk" || fail "the walk $walk was walked"
done
done_testing
