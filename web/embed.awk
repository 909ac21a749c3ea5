# embed.awk - a text file becomes a C string: awk -v name=NAME -f embed.awk FILE
BEGIN { print "/* Made by web/embed.awk; do not edit. */"
	printf "static const char %s[] =\n", name }
{ gsub(/\\/, "&&"); gsub(/"/, "\\\""); print "\t\"" $0 "\\n\"" }
END { print "\t\"\";" }
