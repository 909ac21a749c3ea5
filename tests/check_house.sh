#!/bin/sh
# check_house.sh - the rules of the house that a script can hold: a first
# comment in every file, short functions and files, tabs, nothing left undone,
# no path of somebody's machine, banned.h as every C file's last include.
# shellcheck disable=SC2046,SC2086 # lists of files; no name has a blank
set -eu
cd "${top_srcdir:-$(dirname "$0")/..}"

# What is looked at: what git knows, or in an unpacked tarball what was shipped.
files() {
	if [ -e .git ]; then
		git ls-files -co --exclude-standard -- "$@"
	else
		for spec in "$@"; do
			find . -name _build -prune -o -name _inst -prune -o \
				-type f -name "$spec" -print | cut -c3-
		done
	fi | LC_ALL=C sort -u | while read -r file; do
		# Other people's text and what is generated have their own ways.
		case $file in
		*/queries.h | */migrations.h | config.h) continue ;;
		esac
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

say() { # say FILE:LINE... WHAT, for each line read
	sed "s|\$|   <- $1|"
}

code=$(files '*.c' '*.h' '*.cc')
scripts=$(files '*.sh' '*.awk' 'dev')
sql=$(files '*.sql')

# begins LINES PATTERN FILE...: none of the first LINES matches
begins() {
	lines=$1 pattern=$2
	shift 2
	awk -v lines="$lines" -v pattern="$pattern" '
		FNR == 1 { found = 0 }
		FNR <= lines && $0 ~ pattern { found = 1 }
		FNR == lines && !found { print FILENAME ":1" }' "$@" |
		say 'say first what this file is for'
}

out=$(
	begins 1 '^/[*]' $code
	begins 1 '^--' $sql
	begins 2 '^# ' $scripts
	awk -f tests/functions.awk $(printf '%s\n' $code | grep '\.c$') |
		say 'shorter, please'
	awk 'FNR == 701 { print FILENAME }' $code $scripts |
		say 'longer than 700 lines'
	awk '
		function judge() {
			if (file != "" && last !~ /"base\/banned\.h"/)
				print file
		}
		FNR == 1 { judge(); file = FILENAME; last = "" }
		/^#include/ { last = $0 }
		END { judge() }' \
		$(files '*.c' | grep -E '^(lib|fcgi|cron|cli|web)/') |
		say 'include "base/banned.h" last'
	grep -nE '\b(TOD[O]|FIXM[E]|XX[X])\b' $code $scripts $sql |
		say 'do it, or do not'
	grep -nE '(/wor[k]/|/roo[t]/|/hom[e]/[a-z])' $code $scripts $sql \
		$(files '*.conf' '*.in' '*.am' '*.ac' '*.md' '*.[1-9]' '*.json') |
		say 'a path of one machine'
	grep -nE '^ {8}' $code $scripts | say 'indent by tabs'
	grep -nE '[ 	]+$' $code $scripts $sql | say 'blanks at the end'
) || true
if [ -n "$out" ]; then
	printf '%s\n' "$out" | sed 's/^/not ok - /'
	exit 1
fi
echo "ok - $(printf '%s\n' $code $scripts $sql | wc -l) files keep the rules"
