#!/bin/sh
# t_limits.sh - what is too large, too deep or too much ends in 400 or 413, and
# what is just within is taken: by the real program, a row of the table each.
# shellcheck disable=SC2154 # set by hook_house.sh
set -u

# shellcheck source=tests/hook_house.sh
. "$top_srcdir/tests/hook_house.sh"

# repeat N TEXT: TEXT so often
repeat() {
	awk -v n="$1" -v s="$2" 'BEGIN { while (n-- > 0) printf "%s", s }'
}

# fields N: a form of N pairs
fields() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "%sk%d=1", i ? "&" : "", i }'
}

# padded N: an object of N bytes
padded() {
	printf '{"a":"%s"}' "$(repeat $(($1 - 8)) x)"
}

# parts N: a multipart body with as many files
parts() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "--b\r\nContent-Disposition: form-data; name=\"k%d\"\r\n\r\n1\r\n", i
		printf "--b--\r\n" }'
}

json=application/json
form=application/x-www-form-urlencoded
configure "$conf" 'max_body = 1000000'
publish Limits '"reentry":"always","contact":"optional"' ''

# row STATUS TYPE WHAT COMMAND...: the body is what the command prints
row() {
	r_status=$1 r_type=$2 r_what=$3
	shift 3
	"$@" >"$dir/body"
	hook POST "$hook" "$r_type" "$dir/body"
	is "$r_status" "$(status)" "$r_status: $r_what"
}

# deep N OPEN VALUE CLOSE
deep() {
	repeat "$1" "$2"
	printf '%s' "$3"
	repeat "$1" "$4"
}

row 200 $json '64 lists in each other'        deep 64 '[' 1 ']'
row 400 $json '65'                            deep 65 '[' 1 ']'
row 200 $json '64 objects in each other'      deep 64 '{"a":' 1 '}'
row 400 $json '65 objects'                    deep 65 '{"a":' 1 '}'
row 400 $json '50000 that never close'        repeat 50000 '['
row 200 $json 'a body of all bytes there are' padded 1000000
row 413 $json 'one byte more'                 padded 1000001
row 413 text/plain 'so with text'             padded 1000001
row 413 $form 'so with a form'                padded 1000001
row 413 image/png 'a type that is not taken'  padded 1000001
row 200 $form '10000 fields'                  fields 10000
row 400 $form '10001 fields'                  fields 10001
row 200 $form 'a name of 64 keys'             deep 63 '[a]' '=1' ''
row 400 $form 'a name of 66 keys'             printf 'a%s=1' "$(repeat 65 '[a]')"
row 200 $json '20000 members'                 printf '{%s"z":1}' "$(repeat 20000 '"a":1,')"
case $(parts 1 >"$dir/body"
	hook POST "$hook" 'multipart/form-data; boundary=b' "$dir/body"
	status) in
200) row 400 'multipart/form-data; boundary=b' '10001 parts' parts 10001 ;;
*) skip 'parts of multipart' 'no multipart yet' ;;
esac

# A query is bounded like a form, whatever the method.
fields 10001 >"$dir/query"
hook GET "$hook?$(cat "$dir/query")" '' "$dir/empty"
is 400 "$(status)" '400: a query of 10001 fields'
hook GET "$hook?$(fields 2000)" '' "$dir/empty"
is 200 "$(status)" '200: a query of 2000 fields'

# What is promised counts, not only what comes.
printf '{}' >"$dir/body"
hook POST "$hook" $json "$dir/body" CONTENT_LENGTH=1000001
is 413 "$(status)" '413: what promises too much is not waited for'
hook POST "$hook" $json "$dir/body" CONTENT_LENGTH=99999999999999999999
case $(status) in
400 | 413) ok "$(status): a length beyond all numbers" ;;
*) fail '400 or 413: a length beyond all numbers' "$(cat "$dir/answer")" ;;
esac
hook POST "$hook" $json "$dir/body" CONTENT_LENGTH=-1
case $(status) in
400 | 413) ok "$(status): a negative length" ;;
*) fail '400 or 413: a negative length' "$(cat "$dir/answer")" ;;
esac
post '{"a":1}'
is 200 "$(status)" 'the next request is taken as ever'

done_testing
