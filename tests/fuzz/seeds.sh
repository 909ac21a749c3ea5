#!/bin/sh
# seeds.sh - what the fuzzers begin with: tests/fuzz/seeds.sh FOLDER makes
# FOLDER/NAME/ for each of them, a file per seed.  Payloads of real senders are
# added where the shared test data is.
set -eu
out=${1:?usage: seeds.sh FOLDER}
shared=${HOOKLINE_SHARED:-$(dirname "$0")/../../../shared}
n=0

# seed NAME FORMAT [ARG...]: one seed, as printf makes it.
seed() {
	name=$1
	n=$((n + 1))
	shift
	mkdir -p "$out/fuzz_$name"
	# shellcheck disable=SC2059 # the format is the seed
	printf -- "$@" >"$out/fuzz_$name/$n"
}

seed json '{"a":[1,-2.50,1e3,true,null],"b\\u00e9":"\\ud83d\\ude00\\n"}'
seed json '\357\273\277 [184467440737095516161,[[{}]]] '
seed json 'a,b\n1,"2"\n'

seed form 'a=1&b=x+y%%20z&c[]=1&c[]=2&d[e][f]=3&d[0][g]=4&a=5'
seed form 'payload=%%7B%%22a%%22%%3A1%%7D&x=%%E9'
seed form '{"a":"b=c&d"}'
seed form 'application/json; charset="utf-8"'

field='Content-Disposition: form-data; name'
seed multipart "\r\n--B\r\n$field=\"a[b][]\"\r\n\r\n1\r\n--B--\r\n"
seed multipart "--B\r\n$field=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\\211PNG\r\n--B\r\n$field=a\r\n\r\n\r\n--B--"
seed multipart "--B \r\n$field=_charset_\r\n\r\nlatin1\r\n--B\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n$field=\"%%22\"; filename*=UTF-8''%%c3%%b6\r\n\r\n\r\n--Bx\r\n--B--\r\n"
seed multipart "boundary=\"x y\"\\0--x y\r\n$field=a\r\nContent-Transfer-Encoding: 8bit\r\n\r\n1\r\n--x y--"

seed xml '<?xml version="1.0" encoding="UTF-8"?>\n<a b="1&amp;">x<c/><c>2</c></a>'
seed xml '<s:a xmlns:s="u"><![CDATA[<>]]>&lt;&#65;<!-- c --><?p i?></s:a>'
seed xml '<!DOCTYPE a [<!ENTITY b "c"><!ATTLIST a d CDATA "e">]><a>&b;</a>'
seed xml '<!DOCTYPE a SYSTEM "a.dtd"><a x:nil="true" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"/>'
seed xml '<a>1</a><b nil="1"/>'
seed xml '<?xml version="1.0" encoding="iso-8859-1"?><a>\351</a>'

for path in 'body.a[1].b' 'body["a.b"]' 'body.a[*][-1]' 'body.a[?b=c].b' \
	'body[a][0]' 'body.json.a[0].b[0]' 'body.a[? "b" = "\u0063" ]' \
	'body.json[*].a'; do
	seed path '%s\0{"body":[{"a":"{\\"b\\":1}"}]}' "$path"
done

scope='{"a":{"b":"<x>","l":[1,{"c":"d"}]},"s":"[{\\"c\\":1}]","n":1.50}'
for template in '{{a.b}} {{{a.b}}} {{&n}}' '{{#a.l}}{{c}}{{.}}{{/a.l}}' \
	'{{^x}}{{x|y}}{{/x}}{{! no }}' '{{=<% %>=}}<%#s%><%c%><%/s%>' \
	'{{a.l[*].c}}' '"{{s}}" <{{a.b}}>'; do
	seed template '%s\0%s' "$template" "$scope"
done

seed token 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
seed token '0123456789ab\037\001'

source='{"body":{"email":"a@b.de","phone":"+12813322575","n":"{\\"x\\":[1]}"},"query":{"q":"1"}}'
seed map '[{"from":"body.email","to":"contact.email"},{"from":"body.phone","to":"contact.phone","required":true},{"from":"body.n.x[*]","to":"custom_variables.x","as":"json"},{"value":1,"to":"contact.custom.k","default":2}]\0%s' "$source"
seed map '{"all":[{"field":"body.email","is":"contains","value":"{{query.q}}"},{"not":{"field":"body.n.x[0]","is":"between","value":[1,2]}},{"any":[{"field":"body.email","is":"matches","value":"^a.*"}]}]}\0%s' "$source"
seed map '[["body","n","x"],["query"],["body","email","y"],[]]\0%s' "$source"

# real FOLDER PATTERN: payloads of real senders, where they are.
real() {
	[ ! -d "$shared/payloads" ] ||
		find "$shared/payloads" -name "$2" -size -16k -exec \
			sh -c 'd=$1; shift; for f; do cp "$f" \
			"$d/$(echo "$f" | cksum | cut -d" " -f1)"; done' \
			sh "$out/fuzz_$1" {} +
}
real json '*.json'
real form '*.form'
real xml '*.xml'
