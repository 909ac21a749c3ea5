#!/bin/sh
# t_crash_database.sh - PostgreSQL dies under hookline-run when it has committed
# and not yet said so, in a workflow with one step of each kind: crash.sh.
set -u
: "${top_srcdir:=$(dirname "$0")/..}" "${top_builddir:=.}"

# shellcheck source=tests/crash.sh
. "$top_srcdir/tests/crash.sh"

# after_commits: which answers of the last trace come right after something was
# written, from the claim on
after_commits() {
	awk '/sendto\(/ {
			n++
			claimed = claimed || /account_id/
			if (claimed && last ~ /^pwrite64/)
				print n
		}
		{ last = $2 }' "$dir/trace"
}

work # the day's housekeeping is done
for stage in first second; do
	unharmed $stage traced_backend "$commits"
	if full; then
		# shellcheck disable=SC2046 # a list
		sweep $stage traced_backend "$commits" $(seq "$(calls)")
	else # the first of them, and then by a fixed rule
		# shellcheck disable=SC2046 # a list
		sweep $stage traced_backend sendto \
			$(after_commits | awk 'NR % 3 == 1')
	fi
done
sum_up
