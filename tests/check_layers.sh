#!/bin/sh
# check_layers.sh - the floors of the house: a file includes only what lies on a
# lower floor, siblings do not know each other, and each library to the outside
# has one door.  Prints every offence; says nothing about what the code does.
set -eu
cd "${top_srcdir:-$(dirname "$0")/..}"
bad=0

# sources FOLDER: its C and C++ files, sorted.
sources() {
	[ ! -d "$1" ] || find "$1" -name '*.c' -o -name '*.cc' -o -name '*.h' |
		LC_ALL=C sort
}

# may FOLDER LAYER...: files of FOLDER include these layers and their own.
may() {
	folder=$1
	shift
	allowed=$(printf '%s|' "${folder##*/}" "$@")
	for file in $(sources "$folder"); do
		grep -nE '^[ 	]*#[ 	]*include[ 	]*"[a-z]+/' "$file" |
			grep -vE "\"(${allowed%|})/" |
			sed "s|^|$file:|; s|\$|   <- not a lower floor|" ||
			continue
	done
}

# door HEADER FILE: only FILE includes HEADER.
door() {
	for file in $(sources lib; sources web; sources fcgi; sources cron;
		sources cli); do
		[ "$file" != "$2" ] || continue
		grep -nE "^[ 	]*#[ 	]*include[ 	]*[<\"]$1[>\"]" "$file" |
			sed "s|^|$file:|; s|\$|   <- only $2 may|" || continue
	done
}

# SQL belongs into sql/: no statement in a program's strings.
no_sql() {
	for file in $(sources lib; sources web; sources fcgi; sources cron;
		sources cli); do
		case $file in
		*/queries.h | */migrations.h) continue ;;
		esac
		grep -niE "$sql" "$file" |
			sed "s|^|$file:|; s|\$|   <- SQL belongs into sql/|" ||
			continue
	done
}
sql='"[^"]*\b(select [a-z0-9_.*(]+.*\bfrom |select (1|\$|[a-z_]+\()'
sql="$sql|insert into [a-z]|update [a-z_.]+ set |delete from [a-z])"

out=$(
	may lib/base
	may lib/flow base
	may lib/http base
	may lib/act base
	may lib/store base
	may lib/engine base flow act store
	may web base flow act store engine http
	may lib/front base engine http
	may fcgi base flow act store engine http web front
	may cron base flow act store engine front
	may cli base flow act store engine front
	door 'libpq[-a-z/]*\.h' lib/store/db.c
	door 'curl/.*' lib/act/net.c
	door 'fcgi[a-z_]*\.h' lib/http/req_fcgi.c
	door 'libxml/.*' lib/http/xml.c
	door 'phonenumbers/.*' lib/base/phone.cc
	door 'idn2\.h' lib/base/idn.c
	no_sql
)
if [ -n "$out" ]; then
	printf '%s\n' "$out" | sed 's/^/not ok - /'
	bad=1
else
	echo "ok - floors, doors and SQL are where they belong"
fi
exit "$bad"
