# shellcheck shell=sh
# services.sh - the servers that ./dev and the shell tests need: PostgreSQL,
# lighttpd, Apache, a mailbox that takes every message, the minutely executor.
# A library for POSIX sh: source it, then svc_init DIR.
#
# Everything of one set of servers lies below its folder: DIR/run/NAME.pid,
# DIR/log/NAME.log, DIR/pg, DIR/mail.  Servers are started detached and stopped
# by the process id that was written down together with the process's start
# time, so a pid file left over by a reboot names nobody.  No function installs
# anything or knows what a Hookline command prints.

# svc_init DIR: work below DIR (made when absent) from now on.
svc_init() {
	case $1 in
	/*) svc_check_path "$1" ;;
	*) svc_check_path "$PWD/$1" ;;
	esac
	mkdir -p "$1" || svc_die "cannot make the folder $1"
	svc_dir=$(cd "$1" && pwd -P) || svc_die "cannot enter $1"
	svc_check_path "$svc_dir"
	mkdir -p "$svc_dir/run" "$svc_dir/log"
	chmod 0700 "$svc_dir/run"
	PATH=$PATH:/usr/sbin:/sbin
	svc_way=
}

# Neither make nor the servers' configurations take every character.
svc_check_path() {
	case $1 in
	*[!A-Za-z0-9_./+@-]*)
		svc_die "the path $1 has a character that server" \
			"configurations can't take; use letters, digits and" \
			". _ - + @ (for ./dev: --state DIR)" ;;
	esac
}

svc_die() {
	printf '%s\n' "error: $*" >&2
	exit 1
}

# --- who runs the servers ---------------------------------------------------

# PostgreSQL refuses to be root.  A user namespace with one user in it lets
# root start a server that believes to be postgres while its files stay root's,
# so it reaches every folder that root reaches.  Where namespaces are switched
# off, the user postgres does it and gets the folder.
svc_find_way() {
	[ -z "$svc_way" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		svc_way=plain
		return
	fi
	id -u postgres >/dev/null 2>&1 ||
		svc_die "there is no user postgres; install PostgreSQL:" \
			"apt-get install postgresql"
	if unshare -U --map-user="$(id -u postgres)" \
		--map-group="$(id -g postgres)" -- true 2>/dev/null; then
		svc_way=unshare
		return
	fi
	svc_way=setpriv
	setpriv --reuid postgres --regid postgres --init-groups -- \
		test -x "$svc_dir" 2>/dev/null ||
		svc_die "PostgreSQL does not run as root, user namespaces are" \
			"switched off here, and the user postgres can't reach" \
			"$svc_dir. Run this as an ordinary user, or choose a" \
			"folder that postgres can reach" \
			"(for ./dev: --state /var/tmp/hookline)"
	chown -R postgres: "$svc_dir"
}

# svc_as CMD...: run CMD as the servers are run, in the foreground.
svc_as() {
	svc_find_way
	case $svc_way in
	unshare)
		set -- unshare -U --map-user="$(id -u postgres)" \
			--map-group="$(id -g postgres)" -- "$@" ;;
	setpriv)
		set -- setpriv --reuid postgres --regid postgres \
			--init-groups -- "$@" ;;
	esac
	"$@"
}

# --- processes --------------------------------------------------------------

# svc_stamp PID: what tells this process from a later one with its number; fails
# when there is no such process or it is dead and not yet waited for.
svc_stamp() {
	[ -r "/proc/$1/stat" ] || return 1
	svc_stat=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) || return 1
	case $svc_stat in
	'' | [ZX]*) return 1 ;;
	esac
	printf '%s %s\n' "$(printf '%s' "$svc_stat" | cut -d' ' -f20)" \
		"$(cat /proc/sys/kernel/random/boot_id)"
}

# svc_pid NAME: print the process id of a server that lives, or fail.
svc_pid() {
	[ -s "$svc_dir/run/$1.pid" ] || return 1
	read -r svc_p svc_s <"$svc_dir/run/$1.pid" || return 1
	[ -n "$svc_s" ] && [ "$(svc_stamp "$svc_p")" = "$svc_s" ] || return 1
	printf '%s\n' "$svc_p"
}

svc_alive() {
	svc_pid "$1" >/dev/null
}

# svc_spawn NAME CMD...: start CMD detached, as svc_as would, and note its id.
svc_spawn() {
	svc_name=$1
	shift
	svc_find_way
	case $svc_way in
	unshare)
		set -- unshare -U --map-user="$(id -u postgres)" \
			--map-group="$(id -g postgres)" -- "$@" ;;
	setpriv)
		set -- setpriv --reuid postgres --regid postgres \
			--init-groups -- "$@"
		# Apache opens its log by name once more.
		: >>"$svc_dir/log/$svc_name.log"
		chown postgres: "$svc_dir/log/$svc_name.log" ;;
	esac
	# 9 is the lock of ./dev: a server must not hold it.
	setsid "$@" </dev/null >>"$svc_dir/log/$svc_name.log" 2>&1 9>&- &
	svc_p=$!
	printf '%s %s\n' "$svc_p" "$(svc_stamp "$svc_p")" \
		>"$svc_dir/run/$svc_name.pid"
}

# svc_stop NAME [SIGNAL]: end a server; SIGKILL when it takes over 15 seconds.
# A leading dash (-TERM) signals its whole process group.
svc_stop() {
	if svc_p=$(svc_pid "$1"); then
		case ${2:-TERM} in
		-*) svc_to=-$svc_p svc_sig=${2#-} ;;
		*) svc_to=$svc_p svc_sig=${2:-TERM} ;;
		esac
		kill -s "$svc_sig" -- "$svc_to" 2>/dev/null
		svc_n=0
		while svc_alive "$1"; do
			svc_n=$((svc_n + 1))
			if [ "$svc_n" -gt 150 ]; then
				kill -s KILL -- "$svc_to"
				break
			fi
			sleep 0.1
		done
	fi
	rm -f "$svc_dir/run/$1.pid"
}

# svc_end LISTER SIGNAL: end the processes that LISTER prints the ids of, SIGKILL
# when they take over 5 seconds.
svc_end() {
	svc_n=0
	while svc_list=$("$1") && [ -n "$svc_list" ]; do
		svc_n=$((svc_n + 1))
		case $svc_n in
		1) svc_sig=$2 ;;
		50) svc_sig=KILL ;;
		100) return 1 ;;
		*) svc_sig=0 ;;
		esac
		# shellcheck disable=SC2086 # a list of ids
		kill -s "$svc_sig" $svc_list 2>/dev/null || :
		sleep 0.1
	done
}

# svc_stop_all: everything that runs below the folder, consumers first.
svc_stop_all() {
	svc_stop executor -TERM
	svc_stop lighttpd INT
	svc_stop apache TERM
	svc_end_web
	svc_stop mail TERM
	svc_stop postgres INT
	for svc_m in "$svc_dir"/run/*.pid; do # what a test started by itself
		[ ! -e "$svc_m" ] || svc_stop "$(basename "$svc_m" .pid)"
	done
	if [ -s "$svc_dir/run/socket-dir" ]; then
		rm -rf "$(cat "$svc_dir/run/socket-dir")"
		rm -f "$svc_dir/run/socket-dir"
	fi
}

# svc_wait NAME SECONDS CMD...: until CMD succeeds; fails with the end of the
# log when the server dies or the time is up.
svc_wait() {
	svc_name=$1
	svc_n=$(($2 * 10))
	shift 2
	until "$@" >/dev/null 2>&1; do
		svc_n=$((svc_n - 1))
		if ! svc_alive "$svc_name"; then
			echo "$svc_name ended; its log $svc_dir/log/$svc_name.log:"
		elif [ "$svc_n" -le 0 ]; then
			echo "$svc_name does not answer; its log" \
				"$svc_dir/log/$svc_name.log:"
		else
			sleep 0.1
			continue
		fi >&2
		tail -n 15 "$svc_dir/log/$svc_name.log" >&2
		svc_stop "$svc_name"
		return 1
	done
}

# --- ports and sockets ------------------------------------------------------

# svc_listening PORT: does anything listen on this TCP port?
svc_listening() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		awk -v port="$(printf '%04X' "$1")" '
			$4 == "0A" && $2 ~ (":" port "$") { found = 1 }
			END { exit !found }'
}

# svc_free_port: print one nobody listens on, below the range the kernel gives
# to outgoing connections; by chance, so that tests side by side do not meet.
svc_free_port() {
	svc_n=0
	while [ "$svc_n" -lt 100 ]; do
		svc_n=$((svc_n + 1))
		svc_p=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
		svc_p=$((20000 + svc_p % 12000))
		if ! svc_listening "$svc_p"; then
			printf '%s\n' "$svc_p"
			return
		fi
	done
	svc_die "no free TCP port between 20000 and 32000"
}

# svc_sockets: print the folder for Unix sockets.  The kernel takes 107 bytes
# for a socket's whole path, so a folder far down gets one in /tmp instead.
svc_sockets() {
	if [ ${#svc_dir} -le 75 ]; then
		svc_s=$svc_dir/run/sock
		[ -d "$svc_s" ] || mkdir -m 0700 "$svc_s"
	elif [ -s "$svc_dir/run/socket-dir" ] &&
		[ -d "$(cat "$svc_dir/run/socket-dir")" ]; then
		svc_s=$(cat "$svc_dir/run/socket-dir")
	else
		svc_s=$(mktemp -d /tmp/hookline.XXXXXX) ||
			svc_die "cannot make a folder for sockets in /tmp"
		printf '%s\n' "$svc_s" >"$svc_dir/run/socket-dir"
	fi
	if [ "$svc_way" = setpriv ]; then
		chown postgres: "$svc_s"
	fi
	printf '%s\n' "$svc_s"
}

# --- PostgreSQL -------------------------------------------------------------

# svc_pg_bin: print the folder of the newest PostgreSQL server's programs.
svc_pg_bin() {
	svc_b=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres |
		sort -t/ -k5n | tail -n 1)
	if [ ! -x "$svc_b" ]; then
		svc_b=$(command -v postgres) ||
			svc_die "no PostgreSQL server found;" \
				"apt-get install postgresql"
	fi
	dirname "$svc_b"
}

# svc_postgres durable|throwaway: a PostgreSQL of our own: a socket in a private
# folder and no TCP, so trust is safe.  Exports PGHOST, PGPORT, PGUSER and
# PGDATABASE: the role hookline owns the database hookline and may make roles,
# but is no superuser (that one is postgres).  `throwaway` gives up durability
# for speed; never for data that somebody wants to keep.
svc_postgres() {
	svc_find_way
	PGHOST=$(svc_sockets) || exit 1
	PGPORT=5432 PGUSER=hookline PGDATABASE=hookline
	export PGHOST PGPORT PGUSER PGDATABASE
	unset PGPASSWORD PGSERVICE PGOPTIONS PGHOSTADDR
	svc_pg=$(svc_pg_bin)
	PATH=$svc_pg:$PATH # Debian's own psql is a script that looks for this one
	if [ ! -s "$svc_dir/pg/PG_VERSION" ]; then
		svc_pg_init "$1" || return 1
	fi
	svc_alive postgres && return
	svc_have=$(cat "$svc_dir/pg/PG_VERSION")
	svc_n=$("$svc_pg/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
	if [ "$svc_have" != "$svc_n" ]; then
		svc_pg=/usr/lib/postgresql/$svc_have/bin
		[ -x "$svc_pg/postgres" ] ||
			svc_die "$svc_dir/pg was made by PostgreSQL" \
				"$svc_have, which is not installed any more:" \
				"apt-get install postgresql-$svc_have"
	fi
	# What a server leaves behind that had no time to clean up: processes
	# that still end, and the files that say it lives.
	svc_end svc_backends TERM
	rm -f "$svc_dir/pg/postmaster.pid" "$PGHOST/.s.PGSQL.$PGPORT" \
		"$PGHOST/.s.PGSQL.$PGPORT.lock"
	svc_spawn postgres "$svc_pg/postgres" -D "$svc_dir/pg" \
		-c "unix_socket_directories=$PGHOST"
	svc_wait postgres 60 "$svc_pg/pg_isready" -q -t 1 || return 1
	svc_pg_database
}

svc_backends() {
	for svc_f in /proc/[0-9]*/cwd; do
		[ "$(readlink "$svc_f")" != "$svc_dir/pg" ] ||
			printf '%s\n' "$svc_f" | tr -dc '0-9\n'
	done 2>/dev/null
}

svc_pg_init() {
	rm -rf "$svc_dir/pg"
	[ "$1" = throwaway ] && svc_sync=--no-sync || svc_sync=
	svc_as "$svc_pg/initdb" -D "$svc_dir/pg" -U postgres -A trust \
		-E UTF8 --locale=C.UTF-8 ${svc_sync:+"$svc_sync"} \
		>"$svc_dir/log/initdb.log" 2>&1 || {
		echo "initdb failed; its log $svc_dir/log/initdb.log:" >&2
		tail -n 15 "$svc_dir/log/initdb.log" >&2
		rm -rf "$svc_dir/pg"
		return 1
	}
	cat >>"$svc_dir/pg/postgresql.conf" <<-CONF
		listen_addresses = ''
		unix_socket_permissions = 0700
		logging_collector = off
		log_line_prefix = '%m [%p] %a '
		shared_buffers = 64MB
	CONF
	[ "$1" != throwaway ] || cat >>"$svc_dir/pg/postgresql.conf" <<-CONF
		fsync = off
		full_page_writes = off
	CONF
}

svc_pg_database() {
	svc_n=$("$svc_pg/psql" -XAtq -U postgres -d postgres -c \
		"select 1 from pg_database where datname = 'hookline'") ||
		return 1
	[ -z "$svc_n" ] || return 0
	"$svc_pg/psql" -XAtq -U postgres -d postgres -v ON_ERROR_STOP=1 \
		-c "create role hookline login createrole" \
		-c "create database hookline owner hookline"
}

# --- mail -------------------------------------------------------------------

# svc_mail PORT: an SMTP server that takes every message for every address and
# puts it as a file into DIR/mail/new/.
svc_mail() {
	svc_alive mail && return
	# Debian's python3, not one that a version manager put before it.
	svc_python=/usr/bin/python3
	"$svc_python" -c 'import aiosmtpd' 2>/dev/null ||
		svc_die "the catch-all mail server needs python3-aiosmtpd:" \
			"apt-get install python3-aiosmtpd"
	svc_spawn mail "$svc_python" -m aiosmtpd -n -l "127.0.0.1:$1" \
		-c aiosmtpd.handlers.Mailbox "$svc_dir/mail"
	svc_wait mail 20 svc_listening "$1"
}

# --- web servers ------------------------------------------------------------

# Both take BIN (the folder of the programs), the configuration they hand to
# them, PORT on 127.0.0.1, and how many hook.fcgi there are.  They include the
# very files that are installed, with their own values for what a site changes.

# svc_end_web: what a web server left behind that died without ending it, its
# own processes and the programs it had started.
svc_end_web() {
	svc_alive lighttpd || svc_alive apache || {
		svc_end svc_server_left KILL # Apache's do not hear TERM without it
		svc_end svc_web_left TERM
	}
}

# svc_left PATTERN: processes whose command line, NUL bytes and all, has it
svc_left() {
	grep -laE "$1" /proc/[0-9]*/cmdline 2>/dev/null |
		sed 's|^/proc/\([0-9]*\)/.*|\1|'
}

svc_server_left() {
	svc_left "^(lighttpd|apache2).*$svc_dir/run/[la][a-z]*\.conf"
}

svc_web_left() {
	svc_c=$(cat "$svc_dir/run/web-conf" 2>/dev/null) || return 0
	for svc_p in $(svc_left '^[^ ]*/(hook|builder)\.fcgi'); do
		! grep -qzxF "HOOKLINE_CONFIG=$svc_c" "/proc/$svc_p/environ" ||
			printf '%s\n' "$svc_p"
	done 2>/dev/null
}

# svc_lighttpd BIN CONF PORT [PROCESSES [THREADS]]
svc_lighttpd() {
	svc_alive lighttpd && return
	svc_find_way
	svc_end_web
	printf '%s\n' "$2" >"$svc_dir/run/web-conf"
	svc_s=$(svc_sockets)
	mkdir -p "$svc_dir/run/lighttpd-upload"
	[ "$svc_way" != setpriv ] || chown -R postgres: "$svc_dir/run"
	cat >"$svc_dir/run/lighttpd.conf" <<-CONF
		server.bind = "127.0.0.1"
		server.port = $3
		server.document-root = "$svc_dir/run"
		server.upload-dirs = ("$svc_dir/run/lighttpd-upload")
		var.hookline_bin = "$1"
		var.hookline_conf = "$2"
		var.hookline_hook_conf = "$2"
		var.hookline_sockets = "$svc_s"
		var.hookline_log = "$svc_dir/log/access.log"
		var.hookline_hook_processes = ${4:-1}
		var.hookline_hook_threads = ${5:-32}
		var.hookline_builder_processes = 2
		include "$1/lighttpd/hookline.conf"
	CONF
	svc_spawn lighttpd lighttpd -D -f "$svc_dir/run/lighttpd.conf"
	svc_wait lighttpd 20 svc_listening "$3"
}

# svc_apache BIN CONF PORT [PROCESSES]; what a test wants of the whole server
# beside that stands in DIR/run/apache.more
svc_apache() {
	svc_alive apache && return
	svc_find_way
	svc_end_web
	printf '%s\n' "$2" >"$svc_dir/run/web-conf"
	svc_apache_base apache "$3" mpm_event authz_core alias setenvif \
		reqtimeout fcgid >"$svc_dir/run/apache.conf"
	cat >>"$svc_dir/run/apache.conf" <<-CONF
		IncludeOptional "$svc_dir/run/apache.more"
		Define HOOKLINE_BIN "$1"
		Define HOOKLINE_CONF "$2"
		Define HOOKLINE_LOG "$svc_dir/log/access.log"
		Define HOOKLINE_HOOK_PROCESSES ${4:-4}
		<VirtualHost 127.0.0.1:$3>
		Include "$1/apache/hookline.conf"
		</VirtualHost>
	CONF
	[ "$svc_way" != setpriv ] || chown -R postgres: "$svc_dir/run"
	svc_spawn apache apache2 -DFOREGROUND -f "$svc_dir/run/apache.conf"
	svc_wait apache 20 svc_listening "$3"
}

# svc_apache_base NAME PORT MODULE...: print what every Apache of ours begins
# with; fcgid is among the modules.
svc_apache_base() {
	svc_s=$(svc_sockets)/$1
	mkdir -p "$svc_s"
	[ "$svc_way" != setpriv ] || chown postgres: "$svc_s"
	cat <<-CONF
		ServerRoot "$svc_dir"
		ServerName 127.0.0.1
		Listen 127.0.0.1:$2
		PidFile "$svc_dir/run/$1.httpd"
		DefaultRuntimeDir "$svc_dir/run"
		Mutex file:$svc_dir/run
		ErrorLog "$svc_dir/log/$1.log"
		DocumentRoot "$svc_dir/run"
	CONF
	svc_name=$1
	shift 2
	for svc_m; do
		printf 'LoadModule %s_module %s/mod_%s.so\n' "$svc_m" \
			"$(svc_apache_modules)" "$svc_m"
	done
	cat <<-CONF
		FcgidIPCDir "$svc_s"
		FcgidProcessTableFile "$svc_dir/run/$svc_name.shm"
	CONF
}

svc_apache_modules() {
	for svc_m in /usr/lib/apache2/modules /usr/lib64/httpd/modules; do
		if [ -e "$svc_m/mod_fcgid.so" ]; then
			printf '%s\n' "$svc_m"
			return
		fi
	done
	svc_die "Apache's mod_fcgid is missing:" \
		"apt-get install apache2 libapache2-mod-fcgid"
}

# --- executor ---------------------------------------------------------------

# svc_executor BIN CONF: what cron does: start hookline-run at once and then at
# every full minute, whether or not the last one has ended.
svc_executor() {
	svc_alive executor && return
	# shellcheck disable=SC2016 # the inner shell expands these
	svc_spawn executor env HOOKLINE_CONFIG="$2" sh -c '
		while :; do
			"$1/hookline-run" &
			sleep $((60 - $(date +%s) % 60))
		done' hookline-cron "$1"
}
