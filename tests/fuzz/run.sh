#!/bin/bash
# run.sh - build every tests/fuzz/fuzz_*.c with clang's libFuzzer, ASan and
# UBSan, and run each for a while: tests/fuzz/run.sh [SECONDS [NAME...]], 60
# seconds by default.  NAME is fuzz_xml or xml.  A finding fails; its input is
# left in the folder that is printed.  Where HOOKLINE_CORPUS names a folder,
# what was learned is kept there.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
seconds=${1:-60}
[ $# = 0 ] || shift
scratch=$(mktemp -d "${TMPDIR:-/tmp}/hookline-fuzz.XXXXXX") || exit 1
findings=$scratch/findings
corpus=${HOOKLINE_CORPUS:-$scratch/corpus}
mkdir -p "$findings" "$corpus" "$scratch/seeds" "$scratch/build"

leave() {
	rmdir "$findings" 2>/dev/null
	if [ -d "$findings" ]; then
		rm -rf "$scratch/build" "$scratch/corpus" "$scratch/seeds"
	else
		rm -rf "$scratch"
	fi
}
trap leave EXIT
trap 'exit 130' INT TERM

skip() {
	echo "skip - fuzzers: $1"
	exit 77
}

# Is there all that is needed?  And may leaks be looked for (that needs ptrace,
# which some containers forbid)?
probe() {
	command -v clang >/dev/null && command -v clang++ >/dev/null ||
		skip 'no clang (apt install clang)'
	echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) {
		return d == 0 && n > 0; }' >"$scratch/probe.c"
	clang -fsanitize=fuzzer,address,undefined "$scratch/probe.c" \
		-o "$scratch/probe" 2>"$scratch/probe.log" ||
		skip 'clang has no libFuzzer (apt install libclang-rt-dev)'
	leaks=1
	"$scratch/probe" -runs=1 >/dev/null 2>&1 || leaks=0
	[ $leaks = 1 ] || echo '# leaks are not looked for: no ptrace here'
}

# The house's libraries, once, with coverage for the fuzzers.
build() {
	cd "$scratch/build" || exit 1
	[ -e "$here/configure" ] || (cd "$here" && autoreconf -i) &&
		"$here/configure" -q --enable-sanitizers CC=clang CXX=clang++ \
			CFLAGS='-g -O1 -fsanitize=fuzzer-no-link' \
			CXXFLAGS='-g -O1 -fsanitize=fuzzer-no-link' &&
		make -s -j"$(nproc)" fuzz-libs
}

# link NAME: the fuzzer itself.
link() {
	local log=$scratch/build/$1.log
	make -s -C "$scratch/build" fuzzer FUZZER="$1" >"$log" 2>&1 && return
	echo "not ok - $1 does not build"
	sed 's/^/    /' "$log"
	return 1
}

# fuzz NAME: one line of result.
fuzz() {
	local name=$1 log=$scratch/build/$1.log
	mkdir -p "$corpus/$name" "$scratch/seeds/$name"
	# phone.cc shares C++ containers with a library that is not watched.
	if ASAN_OPTIONS=detect_leaks=$leaks:detect_container_overflow=0 \
		UBSAN_OPTIONS=print_stacktrace=1 \
		"$scratch/build/$name" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=1024 -max_len=16384 -detect_leaks="$leaks" \
		-print_final_stats=1 -artifact_prefix="$findings/$name-" \
		"$corpus/$name" "$scratch/seeds/$name" >"$log" 2>&1; then
		echo "ok - $name: $(sed -n \
			's/^stat::number_of_executed_units: *//p' "$log") inputs"
		return 0
	fi
	echo "not ok - $name: see $findings"
	grep -vE '^#|^INFO' "$log" | head -n 60 | sed 's/^/    /'
	return 1
}

probe
if ! build >"$scratch/build.log" 2>&1; then
	echo 'not ok - the libraries do not build for fuzzing'
	tail -n 30 "$scratch/build.log" | sed 's/^/    /'
	exit 1
fi
sh "$here/tests/fuzz/seeds.sh" "$scratch/seeds"

names=() failed=0
for file in "$here"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$file" .c)
	case " $* " in
	'  ' | *" $name "* | *" ${name#fuzz_} "*) ;;
	*) continue ;;
	esac
	if link "$name"; then
		names+=("$name")
	else
		failed=1
	fi
done
[ ${#names[@]} -gt 0 ] || exit 1

# As many at once as there are processors.
export scratch findings corpus seconds leaks
export -f fuzz
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I NAME bash -c 'fuzz NAME' ||
	failed=1
exit $failed
