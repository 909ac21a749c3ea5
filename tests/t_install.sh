#!/bin/sh
# t_install.sh - what `make install` makes fits together: every sample names the
# places where the programs were put and look, and both web servers take their
# configuration as it is.  In a checkout also: the tarball has every file.
set -u
top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
cd "${top_builddir:-.}" || exit 99
n_failed=0

# shellcheck source=tests/services.sh
. "$top_srcdir/tests/services.sh"

dir=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM
root=$dir/root
# What a make above us hands down is about another target.
unset MAKEFLAGS MFLAGS MAKELEVEL HOOKLINE_CONFIG

ok() {
	printf 'ok - %s\n' "$*"
}

fail() { # fail WHAT-MUST-HOLD [FILE]
	printf 'not ok - %s\n' "$1"
	[ $# -lt 2 ] || head -n 40 "$2" | sed 's/^/#   /'
	n_failed=$((n_failed + 1))
}

has() { # has FILE TEXT WHAT-MUST-HOLD
	if grep -qF -e "$2" "$1"; then
		ok "$3"
	else
		echo "expected: $2" >"$dir/want"
		fail "$3" "$dir/want"
	fi
}

placed() { # placed NAME: where it was installed, without DESTDIR
	find "$root" -type f -path "*/$1" | sed "s|^$root||"
}

# --- places -----------------------------------------------------------------

make -s install DESTDIR="$root" >"$dir/out" 2>&1 || {
	fail 'make install' "$dir/out"
	exit 1
}
hook=$(placed hook.fcgi)
bin=${hook%/*}
run=$(placed hookline-run)
data=$(dirname "$(placed hookline.conf.sample)")
"$root$(placed hookline)" doctor >"$dir/doctor"
conf=$(sed -n 's/.* configuration: \([^:;]*\).*/\1/p' "$dir/doctor")

apache=$root$data/apache/hookline.conf
has "$apache" "Define HOOKLINE_BIN $bin" 'Apache finds the programs'
has "$apache" "Define HOOKLINE_CONF $conf" 'which find their configuration'
has "$apache" "Include $data/apache/hookline.conf" 'and says where it lies'
lighttpd=$root$data/lighttpd/hookline.conf
has "$lighttpd" "var.hookline_bin = \"$bin\"" 'lighttpd finds the programs'
has "$lighttpd" "var.hookline_conf = \"$conf\"" \
	'which find their configuration'
has "$lighttpd" "include \"$data/lighttpd/hookline.conf\"" \
	'and says where it lies'
has "$root$data/cron/crontab.sample" "* * * * * $run" 'cron finds the executor'
has "$root$data/cron/hookline-run.service" "ExecStart=$run" 'systemd does too'
sed -n 's/^ *\(\* \* \* \* \* .*\)/\1/p' "$top_srcdir/README.md" >"$dir/cron"
has "$dir/cron" '/sbin/hookline-run' 'nor does the README count on PATH'
if grep -rn '@[a-z]*@' "$root$data" >"$dir/left"; then
	fail 'every place is filled in' "$dir/left"
else
	ok 'every place is filled in'
fi

# --- web servers ------------------------------------------------------------

svc_init "$dir/services"
if command -v apache2 >/dev/null; then
	{
		svc_apache_base install 8080 mpm_event authz_core alias \
			setenvif fcgid
		echo "Define HOOKLINE_LOG $dir/access.log"
		echo '<VirtualHost 127.0.0.1:8080>'
		sed "s|$bin|$root$bin|g" "$apache"
		echo '</VirtualHost>'
	} >"$dir/apache.conf"
	if apache2 -t -f "$dir/apache.conf" >"$dir/out" 2>&1; then
		ok 'Apache takes the configuration as it is'
	else
		fail 'Apache takes the configuration as it is' "$dir/out"
	fi
else
	echo 'ok - Apache # SKIP no apache2 here'
fi
if command -v lighttpd >/dev/null; then
	{
		echo "server.document-root = \"$dir\""
		sed -n '/^#	var\./,/^#	include/s/^#	//p' "$lighttpd" |
			sed "s|$data|$root$data|; s|/var/log/|$dir/|"
	} >"$dir/lighttpd.conf"
	if lighttpd -t -f "$dir/lighttpd.conf" >"$dir/out" 2>&1; then
		ok 'lighttpd takes the example of its file as it is'
	else
		fail 'lighttpd takes the example of its file as it is' "$dir/out"
	fi
else
	echo 'ok - lighttpd # SKIP no lighttpd here'
fi

# --- the tarball ------------------------------------------------------------

if [ -e "$top_srcdir/.git" ] && command -v git >/dev/null; then
	make -s distdir distdir="$dir/dist" >"$dir/out" 2>&1 ||
		fail 'make distdir' "$dir/out"
	git -C "$top_srcdir" ls-files | grep -v '^\.git' | while read -r file; do
		[ ! -e "$top_srcdir/$file" ] || [ -e "$dir/dist/$file" ] ||
			echo "$file"
	done >"$dir/missing"
	if [ -s "$dir/missing" ]; then
		fail 'the tarball has every file' "$dir/missing"
	else
		ok 'the tarball has every file'
	fi
else
	echo 'ok - the tarball # SKIP this is no checkout'
fi

[ "$n_failed" = 0 ]
