#!/bin/sh
# check_settings.sh - every setting of conf.c's table stands in the manual and
# in the sample with its default and its bounds, in the same order, and there
# is nothing else in them; the sample without its '#' can be used.
set -eu
top=${top_srcdir:-$(dirname "$0")/..}
print=${top_builddir:-.}/tests/print_settings
manual=$top/man/hookline.conf.5
sample=$top/doc/hookline.conf.sample
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

same() { # same WANT GOT WHAT
	if diff -u "$1" "$2"; then
		echo "ok - $3"
	else
		echo "not ok - $3"
		bad=1
	fi
}

"$print" >"$dir/table"
[ "$(wc -l <"$dir/table")" -ge 20 ] || {
	echo "not ok - the table has settings"
	exit 1
}

awk -F ';' '{
	line = ".It Ic " $1 " No ="
	if ($3 != "")
		line = line " Ar " $3
	if ($4 != "")
		line = line " Pq " $4
	print line
}' "$dir/table" >"$dir/manual.want"
grep '^\.It Ic ' "$manual" >"$dir/manual.got"
same "$dir/manual.want" "$dir/manual.got" 'the manual has every setting'

awk -F ';' '{ print "#" $1 " =" ($3 != "" ? " " $3 : "") }' "$dir/table" \
	>"$dir/sample.want"
grep '^#[^ ]' "$sample" >"$dir/sample.got" || true
same "$dir/sample.want" "$dir/sample.got" 'the sample has every setting'
if grep -v '^#' "$sample" | grep .; then
	echo 'not ok - the sample sets nothing'
	bad=1
fi

# A comment stands before every block of settings of the sample.
awk '/^#[^ ]/ && before == "" { print "no comment: " $0; bad = 1 }
	{ before = $0 } END { exit bad }' "$sample" || {
	echo 'not ok - the sample explains every setting'
	bad=1
}

sed 's/^#\([^ ]\)/\1/' "$sample" >"$dir/all.conf"
: >"$dir/none.conf"
"$print" "$dir/all.conf" >"$dir/all"
"$print" "$dir/none.conf" >"$dir/none"
same "$dir/none" "$dir/all" 'the sample with all settings is the defaults'

if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$manual" >"$dir/lint" 2>&1 || true
	: >"$dir/clean"
	same "$dir/clean" "$dir/lint" 'the manual is faultless'
else
	echo 'skipped: mandoc is not installed'
fi
exit "$bad"
