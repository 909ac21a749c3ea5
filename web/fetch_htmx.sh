#!/bin/sh
# fetch_htmx.sh - htmx, by npm, into the file that is named; refused when it is not
# the one that was looked at.
set -eu
version=2.0.11
sum=d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717
out=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "${out%/*}"
npm pack --silent --pack-destination "$folder" "htmx.org@$version" >/dev/null
tar -xzf "$folder/htmx.org-$version.tgz" -C "$folder" package/dist/htmx.min.js
got=$(sha256sum "$folder/package/dist/htmx.min.js")
[ "${got%% *}" = "$sum" ] || {
	echo "fetch_htmx.sh: htmx.org $version is not what it was" >&2
	exit 1
}
mv "$folder/package/dist/htmx.min.js" "$out"
