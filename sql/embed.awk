# embed.awk - SQL files become C: awk -v kind=query|migration -f embed.awk FILE...
# Each query NAME.sql becomes `static const struct sql SQL_NAME`; migrations
# become one table in order.  Comment lines of queries are left out, so that
# the text the server sees is the statement alone.

function quoted(line) {
	gsub(/\\/, "&&", line)
	gsub(/"/, "\\\"", line)
	return "\t\"" line "\\n\""
}

BEGIN {
	print "/* Made by sql/embed.awk; do not edit. */"
}

FNR == 1 {
	finish()
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.sql$/, "", name)
	if (kind == "query") {
		printf "__attribute__((unused)) static const struct sql SQL_%s = {\n\t\"%s\",\n",
			toupper(name), name
	} else if (n == 0) {
		print "static const struct migration_file migration_files[] = {"
	}
	if (kind == "migration")
		printf "\t{ %d, \"%s\",\n", substr(name, 1, 4), name
	n++
}

kind == "query" && /^[ \t]*--/ { next }

{ print quoted($0) }

function finish() {
	if (n > 0)
		print kind == "query" ? "};" : "\t},"
}

END {
	finish()
	if (kind == "migration")
		print "};"
}
