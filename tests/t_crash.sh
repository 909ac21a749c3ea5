#!/bin/sh
# t_crash.sh - hookline-run is killed at every call by which it writes, in a
# workflow with one step of each kind: crash.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/crash.sh
. "$top_srcdir/tests/crash.sh"

# all_of STAGE TRACED CALLS [FIRST]: each call; not in full, from the first one
# that has FIRST in it, as nothing is done before it
all_of() {
	unharmed "$1" "$2" "$3"
	a_first=1
	full || a_first=$(calls "${4-}")
	# shellcheck disable=SC2046 # a list
	sweep "$1" "$2" "$3" $(seq "$a_first" "$(calls)")
}

work # the day's housekeeping is done
for stage in first second; do
	all_of $stage traced "$writes" run_claim
	all_of $stage traced_mail "$writes" 'DATA'
	kind=-reads
	! full || all_of $stage traced "$reads"
	kind=
done
sum_up
