#!/bin/sh
# check_layers.sh - the floors of the house: a file includes only what lies on a
# lower floor, siblings do not know each other, and each library to the outside
# has one door.  Prints every offence; says nothing about what the code does.
set -eu
cd "${top_srcdir:-$(dirname "$0")/..}"
bad=0

# sources FOLDER...: the C and C++ files that are there, but what is made of SQL.
sources() {
	for folder; do
		[ ! -d "$folder" ] ||
			find "$folder" -name '*.c' -o -name '*.cc' -o -name '*.h'
	done | grep -vE '/(queries|migrations)\.h$' | LC_ALL=C sort
}
everywhere=$(sources lib web fcgi cron cli)

# among FILES GREP-ARG...: the lines that match, FILE:LINE:TEXT
among() {
	printf '%s\n' "$1" >"$list"
	shift
	xargs grep -nHE "$@" <"$list" || :
}
list=$(mktemp)
trap 'rm -f "$list"' EXIT

# may FOLDER LAYER...: files of FOLDER include these layers and their own.
may() {
	folder=$1
	shift
	allowed=$(printf '%s|' "${folder##*/}" "$@")
	among "$(sources "$folder")" '^[ 	]*#[ 	]*include[ 	]*"[a-z]+/' |
		grep -vE "\"(${allowed%|})/" |
		sed 's|$|   <- not a lower floor|' || :
}

# door HEADER FILE: only FILE includes HEADER.
door() {
	among "$(printf '%s\n' "$everywhere" | grep -vxF "$2")" \
		"^[ 	]*#[ 	]*include[ 	]*[<\"]$1[>\"]" |
		sed "s|\$|   <- only $2 may|"
}

# SQL belongs into sql/: no statement in a program's strings.
no_sql() {
	among "$everywhere" -i "$sql" | sed 's|$|   <- SQL belongs into sql/|'
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
	may web base flow act store engine http front
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
