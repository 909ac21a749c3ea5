# shellcheck shell=bash disable=SC2034,SC2154 # sourced by ./dev
# builder.sh - how long the builder takes for each page, beside much that is stored
# Sourced by ./dev bench.  Fills a database with contacts, runs and deliveries, logs
# in, and asks for each page several times: what the page says of itself ("made in
# 7 ms"), how long the whole request took, and that as a ratio to the floor, the
# style sheet, for which nothing is asked or made.  A measurement, not a test: it
# has no threshold.
#
# What can be set, in the environment:
#   BENCH_STORED=1000000  how many contacts, runs and deliveries there are, each
#   BENCH_TIMES=15        how often each page is asked for

stored=${BENCH_STORED:-1000000}
times=${BENCH_TIMES:-15}
port=$(svc_free_port)
server=lighttpd

# shellcheck source=tests/bench_house.sh
. "$here/tests/bench_house.sh"

fill() {
	publish_sample
	as_superuser -v stored="$stored" \
		-v account="$(ask "select id from hookline.account where name = 'Demo'")" \
		-v workflow="$(ask "select id from hookline.workflow where name = 'Welcome'")" \
		-v trigger="$(ask 'select id from hookline.trigger limit 1')" \
		-f "$here/tests/bench/stored.sql"
	HOOKLINE_CONFIG=$svc_dir/hookline.conf "$svc_dir/build/hookline-run" \
		--linger 0 2>>"$svc_dir/log/executor.log"
	# As minutes later, when the executor has added them to the sums.
	as_superuser -c "update hookline.tally_mark set seen_at = now() - interval '1 hour'"
	while [ "$(ask 'select hookline.workflow_tally(100000)')" = t ]; do :; done
}

browse() { # browse CURL-ARG...: as the one who is logged in
	curl -fsS --noproxy '*' -b "$svc_dir/run/cookies" -c "$svc_dir/run/cookies" "$@"
}

log_in() {
	local url csrf
	url=$(recall url)
	rm -f "$svc_dir/run/cookies"
	csrf=$(browse "$url/login" |
		sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | sed -n 1p)
	browse -o /dev/null --data-urlencode "csrf=$csrf" \
		--data-urlencode 'email=demo@example.com' \
		--data-urlencode "password=$(recall password)" "$url/login"
}

# middle: the middle one of the numbers on stdin, and the largest
middle() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[NR] }'
}

# measure WHAT PATH: a row
measure() {
	local i file=$svc_dir/run/page total made
	for ((i = 0; i < times; i++)); do
		browse -o "$file.$i" -w '%{time_total}\n' "$(recall url)/$2"
	done >"$file.times" || {
		printf '%-28s failed: %s\n' "$1" "$2"
		return
	}
	total=$(awk '{ print $1 * 1000 }' "$file.times" | middle)
	made=$(sed -n 's/.*made in \([0-9]*\) ms.*/\1/p' "$file".[0-9]* | middle)
	printf '%-28s %6s %6s %8.1f %8.2f %8d\n' "$1" "${made% *}" "${made#* }" \
		"${total% *}" "$(ratio "${total% *}" "$floor")" "$(wc -c <"$file.0")"
	rm -f "$file".*
}

# sheet: the style sheet's address
sheet() {
	browse "$(recall url)/" | sed -n 's|.*href="/\(static/[^"]*\)".*|\1|p' | sed -n 1p
}

pages() {
	local run delivery contact workflow
	workflow=$(ask "select id from hookline.workflow where name = 'Welcome'")
	run=$(ask 'select max(id) - 7 from hookline.workflow_run')
	delivery=$(ask 'select max(id) - 7 from hookline.delivery')
	contact=$(ask 'select max(id) - 7 from hookline.contact')
	printf '%-28s %6s %6s %8s %8s %8s\n' page 'made' 'worst' 'ms' 'ratio' 'bytes'
	measure 'workflows' ''
	measure 'a workflow: trigger' "workflows/$workflow/trigger"
	measure 'a workflow: mapping' "workflows/$workflow/mapping"
	measure 'a workflow: steps' "workflows/$workflow"
	measure 'a workflow: one step' "workflows/$workflow/steps/hello"
	measure 'a workflow: try it' "workflows/$workflow/try"
	measure 'a workflow: versions' "workflows/$workflow/versions"
	measure 'a workflow: publish' "workflows/$workflow/publish"
	measure 'runs' 'runs'
	measure 'runs: of a workflow, old' "runs?workflow=$workflow&before=$((stored / 2))"
	measure 'runs: failed' 'runs?status=failed'
	measure 'runs: of a contact' 'runs?contact=Johnson'
	measure 'a run' "runs/$run"
	measure 'deliveries' 'deliveries'
	measure 'deliveries: refused' 'deliveries?outcome=rejected'
	measure 'deliveries: text' 'deliveries?search=nowhere-to-be-found'
	measure 'a delivery' "deliveries/$delivery"
	measure 'contacts' 'contacts'
	measure 'contacts: by name' 'contacts?q=Johnson'
	measure 'contacts: by nobody' 'contacts?q=nobody-is-called-so'
	measure 'contacts: by a tag' 'contacts?tag=customer'
	measure 'a contact' "contacts/$contact"
	measure 'settings' 'settings'
	measure 'custom fields' 'settings/fields'
	measure 'users' 'settings/users'
	measure 'health' 'health'
}

fresh_bench
remember password bench-password
build_in "$svc_dir/build" CFLAGS='-O2 -g' >"$svc_dir/log/build.log" 2>&1
bench_database
bench_schema >/dev/null
make_user >/dev/null
echo "filling: $stored contacts, runs and deliveries"
fill >"$svc_dir/log/fill.log" 2>&1
start_web
log_in
floor=1
sheet=$(sheet)
floor=$(for ((i = 0; i < times; i++)); do
	browse -o /dev/null -w '%{time_total}\n' "$(recall url)/$sheet"
done | awk '{ print $1 * 1000 }' | middle)
floor=${floor% *}
printf 'floor, the style sheet: %.1f ms\n' "$floor"
pages
