#!/bin/sh
# t_db.sh - the schema: it is migrated once whoever asks how often, is what
# sql/schema.expected.sql says, keeps the rules of the house (keys by account,
# comments, no extension), fits every statement of sql/query, and lets each
# role do its work and no more.
#
# After a change of the schema the expectation and the manual's part on tables
# are written anew by
#	top_builddir=BUILD sh tests/t_db.sh schema >sql/schema.expected.sql
#	top_builddir=BUILD sh tests/t_db.sh manual >new && mv new man/hookline-sql.7
# shellcheck disable=SC2154 # $dir is set by sql_house.sh
set -u
# shellcheck source=tests/sql_house.sh
. "${top_srcdir:-.}/tests/sql_house.sh"

latest=$(find "$top_srcdir/sql/migrate" -name '[0-9]*.sql' | sed 's|.*/0*\([0-9]*\)_.*|\1|' |
	sort -n | tail -n 1)

# The schema as pg_dump tells it, without what differs between the versions of
# PostgreSQL: settings, the alias before the columns of a view of one table.
# The partitions of months depend on the day and are left out.
dump() {
	echo '-- schema.expected.sql: what the migrations make; written by tests/t_db.sh'
	pg_dump -s -n hookline --no-owner --no-privileges --no-comments |
		awk '
			/^-- Name: / {
				skip = $0 ~ /delivery_[0-9][0-9][0-9][0-9][0-9][0-9]/
				is_view = $0 ~ /; Type: VIEW;/
			}
			skip || /^--/ || /^SET / || /^SELECT pg_catalog.set_config/ || /^\\/ { next }
			is_view { gsub(/ r[.]/, " "); gsub(/[(]r[.]/, "(") }
			/^$/ { blank = 1; next }
			blank { print ""; blank = 0 }
			{ print }'
}

manual=$top_srcdir/man/hookline-sql.7

# The tables and views as mdoc, in the words of their comments.
reference() {
	sql "with rel as (
		select c.oid, c.relname, c.relkind = 'v' as is_view
		  from pg_class c
		 where c.relnamespace = 'hookline'::regnamespace
		   and c.relkind in ('r', 'p', 'v') and not c.relispartition
	), line as (
		select is_view, '' as relname, 0 as at,
		       case when is_view then '.Sh VIEWS' else '.Sh TABLES' end as text
		  from (values (false), (true)) v (is_view)
		union all
		select is_view, relname, 0, format(e'.Ss %s\\n%s.\\n.Bl -tag -width Ds -compact',
			relname, obj_description(oid, 'pg_class')) from rel
		union all
		select is_view, relname, a.attnum, format(e'.It Va %s Pq %s\\n%s.', a.attname,
			format_type(a.atttypid, a.atttypmod), col_description(oid, a.attnum))
		  from rel join pg_attribute a on a.attrelid = oid
		 where a.attnum > 0 and not a.attisdropped
		union all
		select is_view, relname, 10000, '.El' from rel
	)
	select text from line order by is_view, relname, at" |
		sed 's/\.\.$/./; s/\\/\\e/g; s/\.  /.\n/g'
}

# The manual with that part as it should be.
manual() {
	reference >"$dir/reference"
	sed -e '/written by tests\/t_db.sh/r '"$dir/reference" \
		-e '/^\.Sh TABLES/,/^\.Sh EXAMPLES/{/^\.Sh EXAMPLES/!d;}' "$manual"
}

if [ "${1-}" = schema ] || [ "${1-}" = manual ]; then
	database expect
	"$hookline" db migrate >/dev/null || exit
	case $1 in
	schema) dump ;;
	manual) manual ;;
	esac
	exit
fi

# --- one user for everything ------------------------------------------------

# Roles belong to the server, so this comes before anybody makes them.
admin 'create role plain login' >/dev/null
database single plain
PGUSER=plain
"$hookline" db migrate >"$dir/out" 2>"$dir/err"
is 0 $? 'an owner who may not make roles migrates'
like 'schema version' "$(cat "$dir/out")" 'and is told the version'
like 'roles are missing.*hookline_hook hookline_executor hookline_builder hookline_reader' \
	"$(cat "$dir/err")" 'and which roles are missing'
psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql"
is '1 1 published' "$(as_query plain hook_resolve "decode(lpad('1', 24, '0'), 'hex')" |
	cut -d' ' -f2,3,5)" 'one user resolves a hook'
is enrolled "$(sql "select outcome from t.receive('{\"email\":\"a@example.com\"}')")" \
	'receives a delivery'
like '^1 1 1 [0-9]* t$' "$(as_query plain run_claim "'x'" 60 10 5 1)" 'claims the run'
is '0 ok ' "$(as_query plain run_record \
	"'[{\"account_id\":1,\"run_id\":1,\"lease_no\":1,\"status\":\"completed\",\"seq\":1,\"attempt\":0}]'")" \
	'and records it'
PGUSER=hookline

# --- an encoding that can't hold every name ----------------------------------

PGDATABASE=postgres admin "create database latin owner hookline encoding 'LATIN1'
	lc_collate 'C' lc_ctype 'C' template template0" >/dev/null
PGDATABASE=latin
echo 'database = dbname=latin user=hookline' >"$dir/latin.conf"
HOOKLINE_CONFIG=$dir/latin.conf "$hookline" db migrate >"$dir/out" 2>"$dir/err"
is 1 $? 'a database that is not UTF8 is refused'
like "encoding of the database latin is LATIN1, .* needs UTF8: .*ENCODING 'UTF8'" \
	"$(cat "$dir/err")" 'with the way to make one that is'
is f "$(sql "select to_regnamespace('hookline') is not null")" 'and left empty'

# --- migrating --------------------------------------------------------------

database main
is "$latest null null" "$("$hookline" db status --json |
	tr -d ' \n' | sed 's/},{/\n/g' | tr -d '[]{}' |
	sed -n 's/^"version":\([0-9]*\),"name":"[^"]*","applied_at":\([^,]*\),"checksum":\(.*\)/\1 \2 \3/p' |
	tail -n 1)" 'an empty database: nothing is applied'
pids=
for i in 1 2 3 4; do
	"$hookline" db migrate >"$dir/migrate.$i" 2>&1 &
	pids="$pids $!"
done
n=0
for pid in $pids; do
	wait "$pid" || n=$((n + 1))
done
is 0 "$n" 'four migrate at once, and all end well'
is "$latest" "$(cat "$dir"/migrate.* | grep -c '^applied ')" 'each migration was applied once'
[ "$n" = 0 ] || cat "$dir"/migrate.*
is "$latest $latest" "$(sql 'select count(*), max(version) from hookline.migration')" \
	'and is written down'
is "the database has schema version $latest" "$("$hookline" db migrate 2>&1)" \
	'again: nothing to do'
is 'ok' "$("$hookline" db status --json | sed -n 's/.*"checksum": *"\(.*\)".*/\1/p' | sort -u)" \
	'status says so'
is '4 3' "$(sql "select count(*), count(*) filter (where relname > 'delivery_' || to_char(now() at time zone 'UTC', 'YYYYMM'))
	from pg_class where relname ~ '^delivery_[0-9]{6}\$' and relkind = 'r'")" \
	'this month and the next three have their partition'
dump >"$dir/dump"
if diff -u "$top_srcdir/sql/schema.expected.sql" "$dir/dump" >"$dir/diff"; then
	ok 'the schema is as expected'
else
	fail 'the schema is as expected (see the head of this test)' "$(cat "$dir/diff")"
fi

manual | diff -u "$manual" - >"$dir/diff"
is '' "$(cat "$dir/diff")" \
	'the manual tells every table, view and column (see the head of this test)'

database by_hand
"$hookline" db migrate --sql >"$dir/script" 2>"$dir/err"
like 'schema version 0\|^$' "$(cat "$dir/err")" '--sql: no complaint'
psql -XAtq -v ON_ERROR_STOP=1 -f "$dir/script" >"$dir/out" 2>&1
is 0 $? 'what --sql prints can be run'
is "the database has schema version $latest" "$("$hookline" db migrate 2>&1)" \
	'and migrates'
dump | cmp -s - "$dir/dump"
is 0 $? 'to the same schema'
is 2 "$("$hookline" db migrate --sql | grep -c .)" '--sql then has only grants and partitions'
echo 'database = host=/nonexistent' >"$dir/none.conf"
HOOKLINE_CONFIG=$dir/none.conf "$hookline" db migrate --sql 2>"$dir/err" | cmp -s - "$dir/script"
is 0 $? 'without a database --sql prints everything'
like '^note: .*empty database' "$(cat "$dir/err")" 'and says so'

sql "update hookline.migration set checksum = 'x' where version = 2" >/dev/null
like 'migration 0002_functions was applied with another text' "$("$hookline" db migrate 2>&1)" \
	'a migration that was changed since is refused'
is 1 "$("$hookline" db status --json | grep -c '"differs"')" 'status shows which'
sql "delete from hookline.migration where version = 2;
	insert into hookline.migration values (9999, '9999_later', 'x')" >/dev/null
like 'schema version 9999, which this program .* does not know' "$("$hookline" db migrate 2>&1)" \
	'a newer database is refused'
is 1 "$("$hookline" db status --json | grep -c '"unknown"')" 'status shows what is unknown'

# --- statements -------------------------------------------------------------

PGDATABASE=main
for file in "$top_srcdir"/sql/query/*.sql; do
	name=$(basename "$file" .sql)
	printf '\\echo %s\n' "$name"
	printf 'prepare "%s" as\n' "$name"
	cat "$file"
	printf ';\n'
done >"$dir/prepare.sql"
psql -XAtq -v ON_ERROR_STOP=1 -f "$dir/prepare.sql" >"$dir/out" 2>&1
is 0 $? "every statement can be prepared ($(wc -l <"$dir/out"))"
grep -A3 ERROR "$dir/out"
is '' "$(awk 'FNR == 1 { set = 0 }
	/^[ \t]*--/ { next }
	/^[ \t]*set / { set = 1 }
	/^[ \t]*(from|where|returning) / { set = 0 }
	set && /(nextval|random|clock_timestamp|gen_random_uuid|timeofday|statement_timestamp)[ ]*[(]/ {
		print FILENAME ":" FNR }' "$top_srcdir"/sql/query/*.sql)" \
	'no UPDATE sets what a volatile function says'

# --- the rules of the house, by the catalogue -------------------------------

none() { # none WHAT-MUST-HOLD SQL: it finds nothing that breaks the rule
	is '' "$(sql "$2")" "$1"
}

house="c.relnamespace = 'hookline'::regnamespace"
ours="$house and c.relname !~ '^delivery_[0-9]{6}'"
small="'hook_key', 'executor', 'destination', 'login_throttle', 'migration', 'account', 'upkeep'"
none 'no extension is needed' "select extname from pg_extension where extname <> 'plpgsql'"
none 'keys and unique indexes begin with account_id' "
	select c.relname, i.indexrelid::regclass
	  from pg_index i join pg_class c on c.oid = i.indrelid
	 where $ours and i.indisunique and c.relname not in ($small)
	   and (select a.attname from pg_attribute a
		 where a.attrelid = c.oid and a.attnum = i.indkey[0]) is distinct from 'account_id'"
none 'every table has a primary key' "
	select c.relname from pg_class c
	 where $ours and c.relkind in ('r', 'p')
	   and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)"
none 'every foreign key carries account_id' "
	select k.conrelid::regclass, k.conname
	  from pg_constraint k join pg_class c on c.oid = k.conrelid
	 where $ours and k.contype = 'f'
	   and not exists (select from pg_attribute a where a.attrelid = k.conrelid
		and a.attnum = k.conkey[1] and a.attname = 'account_id')"
none 'nothing is deferred or excluded' "
	select k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
	 where $ours and (k.condeferrable or k.contype = 'x')"
none 'nothing refers to deliveries' "
	select conname from pg_constraint
	 where contype = 'f' and confrelid = 'hookline.delivery'::regclass"
none 'statuses are checked' "
	select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
	 where $ours and c.relkind in ('r', 'p') and a.attname in ('status', 'outcome', 'kind', 'type', 'reentry')
	   and c.relname || a.attname <> 'run_steptype'
	   and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
		and k.conkey @> array[a.attnum] and pg_get_constraintdef(k.oid) ~ '= (ANY|''|\\()')"
none 'every table, view and sequence of ours is commented' "
	select c.relname from pg_class c
	 where $house and c.relkind in ('r', 'p', 'v', 'S')
	   and obj_description(c.oid, 'pg_class') is null
	   and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i')"
none 'every column of a table, partition or view is commented' "
	select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
	 where $house and c.relkind in ('r', 'p', 'v') and a.attnum > 0
	   and not a.attisdropped and col_description(c.oid, a.attnum) is null"
none 'every function is commented' "
	select p.oid::regprocedure from pg_proc p
	 where p.pronamespace = 'hookline'::regnamespace and obj_description(p.oid, 'pg_proc') is null"
none 'a function with its owner'\''s rights has a search_path that ends in pg_temp' "
	select p.oid::regprocedure from pg_proc p
	 where p.pronamespace = 'hookline'::regnamespace and p.prosecdef
	   and not 'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}'))"
none 'nobody executes our functions by default' "
	select p.oid::regprocedure from pg_proc p
	 where p.pronamespace = 'hookline'::regnamespace
	   and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
		where x.grantee = 0)"

# --- what the tables refuse -------------------------------------------------

psql -XAtq -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/fixture.sql"
sql "select t.receive('{\"email\":\"a@example.com\",\"phone\":\"+15551230000\",\"first_name\":\"Ann\"}')" >/dev/null

refused() { # refused PATTERN SQL
	like "$1" "$(sql "$2")" "refused: $2"
}

refused 'a published workflow version never changes' \
	"update hookline.workflow_version set document = '{}' where version = 1"
refused workflow_run_failed_says_why \
	"update hookline.workflow_run set status = 'failed', due_at = null, finished_at = now()"
refused workflow_run_leased_has_owner "update hookline.workflow_run set status = 'running'"
refused workflow_run_live_is_due "update hookline.workflow_run set due_at = null"
refused workflow_run_finished_is_final "update hookline.workflow_run set status = 'completed', due_at = null"
refused workflow_run_status_is_known "update hookline.workflow_run set status = 'asleep', due_at = null"
refused workflow_run_chain_is_short "update hookline.workflow_run set depth = 11"
refused workflow_run_data_are_objects "update hookline.workflow_run set variables = '[]'"
refused workflow_published_has_version \
	"insert into hookline.workflow (account_id, name, draft, status) values (1, 'x', '{}', 'published')"
refused workflow_name_is_unique \
	"insert into hookline.workflow (account_id, name, draft) values (1, 'draft', '{}')"
refused contact_phone_is_e164 "update hookline.contact set phone = '0555'"
refused contact_identity_is_normal \
	"insert into hookline.contact_identity values (1, 'email', 'Ann@example.com', 1)"
refused contact_identity_pkey \
	"insert into hookline.contact_identity values (1, 'email', 'a@example.com', 1)"
refused app_user_password_is_hashed \
	"insert into hookline.app_user (account_id, email, password_hash) values (1, 'u@example.com', 'secret')"
refused delivery_rejected_says_why "update hookline.delivery set outcome = 'rejected'"
refused delivery_enrolled_has_run "update hookline.delivery set run_id = null"
refused 'violates foreign key' \
	"update hookline.workflow_run set account_id = 2"

# --- views ------------------------------------------------------------------

sql "update hookline.workflow_run set due_at = now() - interval '10 minutes', step_id = 'first'" >/dev/null
is 'Shop 1 1 always waiting first a@example.com Ann 1' \
	"$(sql 'select account, run_id, workflow_id, workflow, status, step_id, contact, contact_name, delivery_id
		from hookline.run_overview')" \
	'run_overview'
is 'always published 1 1 0' \
	"$(sql "select workflow, status, enrolled, active, completed from hookline.workflow_stats where workflow = 'always'")" \
	'workflow_stats'
is 'always POST 7 192.0.2.1 enrolled 1' \
	"$(sql 'select workflow, method, body_bytes, remote_addr, outcome, run_id from hookline.delivery_overview')" \
	'delivery_overview'
is 'Shop 1 always a@example.com Ann t' \
	"$(sql "select account, run_id, workflow, contact, contact_name, overdue >= interval '10 minutes'
		from hookline.stuck_runs")" 'stuck_runs'
is '1 Shop 1 0' "$(sql 'select account_id, account, due, retries from hookline.due_backlog')" 'due_backlog'

sed -n '/^\.Sh EXAMPLES/,$p' "$manual" |
	sed -n '/^\.Bd/,/^\.Ed/{/^\./!p;}' >"$dir/examples.sql"
is '5 0' "$(grep -c '^select' "$dir/examples.sql") $(psql -XAtq -v ON_ERROR_STOP=1 \
	-f "$dir/examples.sql" >"$dir/out" 2>&1; echo $?)" "the manual's examples can be run"

# --- roles ------------------------------------------------------------------

for role in hook executor builder reader; do
	admin "create role t_$role login in role hookline_$role" >/dev/null
done
denied() { # denied USER SQL
	like 'permission denied' "$(as "$1" "$2")" "$1 may not: $2"
}

tables=$(sql "select c.relname from pg_class c where $ours and c.relkind in ('r', 'p', 'v') order by 1")
readable=
for table in $tables; do
	as t_hook "select 1 from hookline.$table limit 1" | grep -q 'permission denied' ||
		readable="$readable $table"
done
is ' migration' "$readable" 'hook reads no table but the version of the schema'
is '1 1 published' "$(as_query t_hook hook_resolve "decode(lpad('1', 24, '0'), 'hex')" |
	cut -d' ' -f2,3,5)" 'hook resolves'
delivery=$(sql "select jsonb_build_array(t.delivery('{\"contact\":{\"email\":\"b@example.com\"},\"email_key\":\"b@example.com\"}'))")
is enrolled "$(as_query t_hook hook_receive "'$delivery'" "'{\"a\":1}'" | cut -d' ' -f2)" 'hook receives'
is "$latest" "$(as_query t_hook schema_version)" 'hook knows the version'
for call in "contact_patch(1, 1, '{}')" "run_record('[]')" "contact_upsert(1, '{}', null)" \
	"run_start('{}', true)" 'delivery_partition_ensure(1)' 'grant_roles()' \
	'delivery_partition_drop(90)' 'delivery_forget(90, 1)' 'leftovers_forget(604800, 1)'; do
	denied t_hook "select hookline.$call"
done
# A type of the caller's must not stand in for the system's in a function that
# runs with its owner's rights.
is enrolled "$(psql -XAtq -F ' ' -U t_hook -v ON_ERROR_STOP=1 2>&1 <<-EOF | cut -d' ' -f2
	create function pg_temp.seen(text) returns boolean language plpgsql as
		'begin raise exception ''run as %'', current_user; end';
	create domain pg_temp.inet as text check (pg_temp.seen(value));
	select * from hookline.hook_receive('$delivery', '{"a":1}');
EOF
)" 'a temporary type of the hook is not used'

sql "update hookline.workflow_run set due_at = now()" >/dev/null
like '^1 1 1 [0-9]* t$' "$(as_query t_executor run_claim "'x'" 60 1 0 0)" 'executor claims'
like '^1 1 1 1 always ' "$(as_query t_executor run_load "'{1}'" "'{1}'" "'{0}'" "'x'")" 'loads'
like first "$(as_query t_executor version_document 1 1 1)" 'reads the document'
is '0 ok ' "$(as_query t_executor run_record \
	"'[{\"account_id\":1,\"run_id\":1,\"contact_id\":1,\"lease_no\":1,\"status\":\"waiting\",\"seq\":1,\"attempt\":0,\"interval\":\"1 day\",\"timezone\":\"Europe/Berlin\",\"act\":{\"kind\":\"contact\",\"set\":{\"phone\":\"+15551230001\",\"city\":\"Ulm\"},\"add_tags\":[\"t\"]},\"steps\":[{\"seq\":1,\"attempt\":1,\"step_id\":\"first\",\"type\":\"add_tag\",\"status\":\"done\",\"ms\":1,\"is_act\":true}]}]'")" \
	'records, changing the contact'
sql "update hookline.workflow_run set due_at = now() where id = 1" >/dev/null
as_query t_executor run_claim "'x'" 60 10 0 0 >/dev/null
is '0 ok ' "$(as_query t_executor run_record \
	"'[{\"account_id\":1,\"run_id\":1,\"contact_id\":1,\"lease_no\":2,\"status\":\"completed\",\"seq\":2,\"attempt\":0,\"act\":{\"kind\":\"enrol\",\"workflow\":\"never\"}}]'")" \
	'and enrolling it elsewhere'
is '' "$(as_query t_executor executor_seen "'x'")" 'gives a sign of life'
is 0 "$(as_query t_executor partition_ensure 3)" 'finds the partitions there'
is 1 "$(as_query t_executor partition_ensure 4)" 'makes one that is not'
is 1774746000000000 "$(as_query t_executor instant "'2026-03-29T03:00:00'" "'Europe/Berlin'")" \
	'asks for moments'
sql "create table hookline.delivery_200001 partition of hookline.delivery
	for values from ('2000-01-01Z') to ('2000-02-01Z')" >/dev/null
is delivery_200001 "$(as t_executor 'select partition from hookline.delivery_partition_drop(90)')" \
	'drops a month that is old'
is ' ' "$(as t_executor 'select partition, problem from hookline.delivery_partition_drop(1)')" 'and no other'
is 0 "$(as t_executor 'select hookline.delivery_forget(1, 10)')" 'deletes deliveries that are old'
is '0 0 0' "$(as t_executor 'select * from hookline.leftovers_forget(604800, 10)')" \
	'and what has served its time'
like 'for a day at least' "$(as t_executor 'select hookline.delivery_forget(0, 10)')" \
	'but nothing of today'
denied t_executor 'delete from hookline.delivery'
like 'must be owner' "$(as t_executor 'drop table hookline.delivery_default')" \
	'nor any partition otherwise'
for table in app_user user_session trigger hook_key delivery delivery_key delivery_overview; do
	denied t_executor "select 1 from hookline.$table"
done
denied t_executor 'update hookline.custom_field set type = type'
denied t_executor 'delete from hookline.workflow_run'
is Ann "$(as t_reader "select first_name from hookline.contact where id = 1")" 'reader reads'
for table in app_user user_session; do
	denied t_reader "select 1 from hookline.$table"
done
for statement in 'update hookline.contact set city = null' 'delete from hookline.delivery' \
	"insert into hookline.executor (name) values ('x')"; do
	denied t_reader "$statement"
done
is '' "$(as t_builder "update hookline.workflow set draft = '{}' where id = 4")" 'builder writes'
denied t_builder 'delete from hookline.workflow_version'
denied t_builder "update hookline.migration set name = ''"

PGDATABASE=single PGUSER=plain
HOOKLINE_CONFIG=$dir/single.conf "$hookline" db migrate >"$dir/out" 2>&1
is "the database has schema version $latest" "$(cat "$dir/out")" \
	'when an administrator has made the roles, migrating again grants'
is '1 1 published' "$(as_query t_hook hook_resolve "decode(lpad('1', 24, '0'), 'hex')" |
	cut -d' ' -f2,3,5)" 'and the hook resolves'

finish
