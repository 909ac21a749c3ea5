#!/bin/sh
# embed.sh - text files, one after the other, become one C array packed by gzip,
# with a tag that changes with the content: sh embed.sh NAME FILE...
set -eu
name=$1
shift
echo "/* Made by web/embed.sh; do not edit. */"
printf 'static const unsigned char %s[] = {' "$name"
cat "$@" | gzip -9n | od -An -v -tu1 | sed 's/[0-9][0-9]*/&,/g'
echo '};'
printf 'static const char %s_tag[] = "%s";\n' "$name" \
	"$(cat "$@" | cksum | cut -d ' ' -f 1)"
