#!/bin/sh
# lint.sh - what ./dev lint runs: the rules of the house, formatting, shell
# scripts, manuals.  One line a check ("ok - ..." or "not ok - ..."), the
# offences below it.
# shellcheck disable=SC2086,SC2046,SC2317 # lists of files; called by name
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

# lint WHAT COMMAND...: run a checker that is silent when all is well.
lint() {
	what=$1
	shift
	if out=$("$@" 2>&1); then
		echo "ok - $what"
	else
		echo "not ok - $what"
		printf '%s\n' "$out" | sed 's/^/    /' | head -n 60
		bad=1
	fi
}

tracked() {
	if [ -e .git ]; then
		git ls-files -co --exclude-standard -- "$@"
	else
		for spec in "$@"; do
			find . -type f -name "$spec"
		done
	fi
}

parse() {
	for file in "$@"; do
		case $(head -n 1 "$file") in
		*bash*) bash -n "$file" || return 1 ;;
		*) sh -n "$file" || return 1 ;;
		esac
	done
}

scripts="dev .ci/run $(tracked '*.sh')"
for rule in layers headers house; do
	sh "tests/check_$rule.sh" || bad=1
done
lint 'clang-format' clang-format --dry-run -Werror $(tracked '*.c' '*.h')
lint 'every script parses' parse $scripts
lint 'shellcheck' shellcheck -S warning $scripts
manuals=$(tracked '*.[1-8]' | grep '^man/')
if [ -n "$manuals" ]; then
	lint 'manuals' mandoc -Tlint -Wwarning $manuals
fi
exit "$bad"
