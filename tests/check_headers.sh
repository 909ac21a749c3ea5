#!/bin/sh
# check_headers.sh - every header compiles alone, so that the order of includes
# never matters.
set -eu
cd "${top_srcdir:-$(dirname "$0")/..}"
cc=${CC:-cc}
if ! command -v "${cc%% *}" >/dev/null; then
	echo "skipped: no C compiler ($cc)"
	exit 77
fi
flags=$(pkg-config --cflags json-c 2>/dev/null || true)
bad=0 n=0
for header in $(find lib web fcgi cron cli -name '*.h' | LC_ALL=C sort); do
	case $header in
	*/queries.h | */migrations.h) continue ;; # generated
	esac
	n=$((n + 1))
	# shellcheck disable=SC2086 # flags are several words
	if ! $cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
		$flags -Ilib -I. -x c "$header"; then
		echo "not ok - $header does not compile alone"
		bad=1
	fi
done
[ "$bad" = 1 ] || echo "ok - $n headers compile alone"
exit "$bad"
