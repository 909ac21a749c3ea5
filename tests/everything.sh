#!/bin/bash
# everything.sh - what ./dev check runs, in a scratch folder outside of the
# tree: make check, make check under sanitizers, make distcheck, ./dev up with
# all that follows from it, lint; with HOOKLINE_FULL set also races
# between threads, valgrind, the fuzzers and what the tests themselves call long.
# Ends with one line: "N passed, N failed, N skipped".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/hookline-check.XXXXXX") || exit 1
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
jobs=$(nproc)
at_once=$((jobs + 1)) # tests: they wait more than they work

# Test data too large for the tree lies beside it; a copy made by distcheck
# would not find it.
if [ -z "${HOOKLINE_SHARED:-}" ] && [ -d "$here/../shared" ]; then
	HOOKLINE_SHARED=$(cd "$here/../shared" && pwd -P)
	export HOOKLINE_SHARED
fi

# run LOG COMMAND...: show the end of the log when it fails.
run() {
	local log=$1 rc=0
	shift
	"$@" >"$log" 2>&1 || rc=$?
	if [ "$rc" != 0 ]; then
		failed=$((failed + 1))
		echo "FAILED: $*"
		tail -n 40 "$log" | sed 's/^/    /'
	fi
	return $rc
}

# twice LOG COMMAND...: what fails is shown and tried once more: that tells a fault
# from a machine too busy for a test.
twice() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 && return
	echo "--- FAIL, tried again: $*"
	grep -E -A 8 '^not ok|:[EF]:' "$log" | head -n 60 | sed 's/^/    /'
	"$@" >"$log" 2>&1
}

# count_log RESULT LOG: what a finished test says of its parts: Check's closing
# line, or lines "ok", "not ok", "skip"; a test that says neither is one.
count_log() {
	local result=$1 log=$2 p f s
	read -r p f s < <(awk '
		/^[0-9]+%: Checks: / {
			gsub(/,/, "")
			p += $3 - $5 - $7
			f += $5 + $7
		}
		/^ok .*# [Ss][Kk][Ii][Pp]/ || /^skip/ { s++; next }
		/^ok( |$)/ { p++ }
		/^not ok( |$)/ { f++ }
		END { print p + 0, f + 0, s + 0 }' "$log")
	case $result in
	PASS) [ $((p + s)) -gt 0 ] || p=1 ;;
	SKIP) s=$((s + 1)) ;;
	*) [ "$f" -gt 0 ] || f=1 ;;
	esac
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# count FOLDER: add up the tests of a build, show those that failed or skipped.
count() {
	local trs log result
	for trs in "$1"/tests/*.trs; do
		[ -e "$trs" ] || continue
		result=$(sed -n 's/^:test-result: //p' "$trs" | head -n 1)
		log=${trs%.trs}.log
		count_log "$result" "$log"
		case $result in
		PASS) grep -E '^skip|^ok .*# [Ss][Kk][Ii][Pp]' "$log" |
			sed "s|^|skipped: $(basename "$log" .log): |" ;;
		SKIP) echo "skipped: $(basename "$log" .log):" \
			"$(grep -v '^SKIP' "$log" | head -n 1)" ;;
		*)
			echo "--- $result: $(basename "$log" .log)"
			tail -n 60 "$log" | sed 's/^/    /'
			;;
		esac
	done
}

# What failed beside others is tried once more by itself, see above.
again() {
	local trs
	grep -lE '^:test-result: (FAIL|ERROR)' tests/*.trs | while read -r trs; do
		echo "--- FAIL beside others, tried again alone:" \
			"$(basename "$trs" .trs)"
		grep -E -A 8 '^not ok|:[EF]:' "${trs%.trs}.log" | head -n 60 |
			sed 's/^/    /'
	done
	make recheck "$@" >recheck.log 2>&1 && rc=0
}

# suite NAME CONFIGURE-ARG...: build in a folder of its own and make check; with
# the variables of make that $with has.  A test that hangs is ended.
suite() {
	local name=$1 began=$SECONDS rc=0
	shift
	mkdir "$scratch/$name"
	cd "$scratch/$name" || exit 1
	echo "== $name: building"
	run configure.log "$here/configure" -q "$@" &&
		run make.log make -j"$jobs" &&
		run make-check-programs.log make -j"$jobs" check TESTS= ||
		return 1
	echo "== $name: testing"
	set -- LOG_COMPILER=timeout LOG_FLAGS='-k 30 1200' ${with+"${with[@]}"}
	make -j"$at_once" check "$@" >check.log 2>&1 || rc=$?
	! grep -q '^# TOTAL:' check.log || [ "$rc" = 0 ] || again "$@"
	count "$scratch/$name"
	if [ "$rc" != 0 ] && ! grep -q '^# TOTAL:' check.log; then
		failed=$((failed + 1))
		tail -n 40 check.log | sed 's/^/    /'
	fi
	echo "== $name: $((SECONDS - began)) s"
}

# The same programs behind the other server, and below a browser, are for the full
# check.
sanitized() {
	local with=(SOURCE_TESTS=)

	[ -n "${HOOKLINE_FULL:-}" ] || with+=(APACHE_TESTS= BROWSER_TESTS=)
	suite sanitized --enable-werror --enable-sanitizers CFLAGS='-O1 -g'
}

distribution() {
	local began=$SECONDS rc=0 few='tests/t_lighttpd.sh tests/t_install.sh'

	echo '== distcheck'
	cd "$scratch/normal" || exit 1
	# What this adds to the above: the tarball has every file, builds from a
	# read-only tree, and uninstalls what it installs.
	few="$few tests/t_hook.sh tests/t_run.sh tests/check_house.sh"
	twice distcheck.log make -j"$at_once" distcheck "TESTS=$few" \
		DISTCHECK_CONFIGURE_FLAGS='--enable-werror CFLAGS=-O0' || rc=$?
	[ "$rc" != 0 ] || whole_tarball >>distcheck.log || rc=$?
	if [ "$rc" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		tail -n 40 distcheck.log | sed 's/^/    /'
	fi
	echo "== distcheck: $((SECONDS - began)) s"
}

# whole_tarball: it has all that git knows but what is for git and CI alone
whole_tarball() {
	[ -e "$here/.git" ] || return 0
	! comm -23 <(cd "$here" && git ls-files | grep -v '^\.gitignore$' | sort) \
		<(tar -tf hookline-*.tar.* | sed 's|^[^/]*/||' | sort) |
		grep . | sed 's/$/ is not in the tarball/' | grep .
}

# The unit tests once more: valgrind sees reads of what was never written.
memory() {
	local began=$SECONDS rc=0
	echo '== valgrind'
	cd "$scratch/normal" || exit 1
	CK_FORK=no run valgrind.log make check APACHE_TESTS= BROWSER_TESTS= \
		SHELL_TESTS= SOURCE_TESTS= LOG_COMPILER=valgrind LOG_FLAGS='-q
		--error-exitcode=99 --leak-check=full --trace-children=no' ||
		rc=$?
	[ "$rc" = 0 ] && passed=$((passed + 1))
	echo "== valgrind: $((SECONDS - began)) s"
}

# A minute for each parser that strangers can reach.
fuzzers() {
	local began=$SECONDS rc=0
	echo '== fuzzers'
	bash "$here/tests/fuzz/run.sh" "${HOOKLINE_FUZZ_SECONDS:-60}" \
		>"$scratch/fuzz.log" 2>&1 || rc=$?
	grep -v '^#' "$scratch/fuzz.log"
	case $rc in
	0 | 77) count_log PASS "$scratch/fuzz.log" ;;
	*) count_log FAIL "$scratch/fuzz.log" ;;
	esac
	echo "== fuzzers: $((SECONDS - began)) s"
}

# What the README promises: ./dev up, a webhook, a mail, ./dev down.
newcomer() {
	local began=$SECONDS rc=0
	echo '== dev up'
	twice "$scratch/dev_up.log" bash "$here/tests/dev_up.sh" || rc=$?
	if [ "$rc" = 0 ]; then
		count_log PASS "$scratch/dev_up.log"
	else
		count_log FAIL "$scratch/dev_up.log"
		sed 's/^/    /' "$scratch/dev_up.log"
	fi
	echo "== dev up: $((SECONDS - began)) s"
}

# Where request threads meet, nothing is touched by two of them at once.
races() {
	local with=(TESTS='tests/t_known.sh tests/t_door.sh tests/t_lighttpd.sh')

	suite threads CFLAGS='-O1 -g -fsanitize=thread' \
		CXXFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread
}

lint() {
	echo '== lint'
	sh "$here/tests/lint.sh" | tee "$scratch/lint.log"
	count_log PASS "$scratch/lint.log"
}

suite normal --enable-werror CFLAGS='-O2 -g'
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
# LeakSanitizer needs ptrace, which some containers forbid.
if ! leaks_work=$(echo 'int main(void){return 0;}' |
	cc -fsanitize=address -x c -o "$scratch/probe" - 2>&1 &&
	"$scratch/probe" 2>&1); then
	echo "no leak detection here: ${leaks_work##*$'\n'}"
	ASAN_OPTIONS=detect_leaks=0:abort_on_error=0
fi
export UBSAN_OPTIONS=print_stacktrace=1
sanitized
unset ASAN_OPTIONS UBSAN_OPTIONS
distribution
newcomer
[ -z "${HOOKLINE_FULL:-}" ] || races
[ -z "${HOOKLINE_FULL:-}" ] || memory
[ -z "${HOOKLINE_FULL:-}" ] || fuzzers
lint
echo "everything took $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
