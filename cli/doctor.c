/*
 * doctor.c - hookline doctor: what a fresh installation can get wrong, a line
 * each, with the fix.  Here the report and what the database tells; the
 * configuration is examined in doctor_conf.c.
 */
#include "config.h"

#include "doctor.h"
#include "print.h"

#include "base/json.h"
#include "engine/connect.h"
#include "store/db.h"
#include "store/health.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define APPLICATION "hookline:doctor"
#define DATABASE_MS 10000
#define OLDEST_SERVER 130000

/* Seconds since an executor was seen: as it should be with cron each minute,
 * and as it can be with cron each 15 minutes. */
#define SEEN_OK_S 150
#define SEEN_MAX_S 1000

/* Seconds that the oldest due run may wait. */
#define OVERDUE_OK_S 300
#define OVERDUE_MAX_S 3600

/* Seconds since old deliveries were removed, which is done daily. */
#define PRUNED_OK_S (3 * 86400)

#define COUNTED_MAX 10000 /* as sql/query/health.sql does */

void
found(struct visit *v, const char *check, const char *status,
      const char *detail, const char *fix)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "check", check);
	json_set_string(o, "status", status);
	json_set_string(o, "detail", detail);
	json_object_object_add(
		o, "fix", fix != NULL ? json_object_new_string(fix) : NULL);
	json_object_array_add(v->list, o);
	if (strcmp(status, "fail") == 0)
		v->has_failed = 1;
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* One migration: 0 when it is as this program knows it, else 1 with what is
 * wrong and how to mend it. */
static int
is_migration_wrong(struct visit *v, struct json_object *o, const char **detail,
		   const char **fix)
{
	const char *sum = json_get_string(o, "checksum");
	const char *name = json_get_string(o, "name");

	if (sum == NULL) {
		*detail = SAY(v, "migration %s is missing", name);
		*fix = "hookline db migrate";
	} else if (strcmp(sum, "differs") == 0) {
		*detail = SAY(v,
			      "migration %s was applied with another text than "
			      "this program's",
			      name);
		*fix = "install the programs of the build that made this "
		       "database, or name an empty database and migrate that";
	} else if (strcmp(sum, "unknown") == 0) {
		*detail =
			SAY(v, "migration %s is newer than this program", name);
		*fix = "install the newer programs";
	} else {
		return 0;
	}
	return 1;
}

static void
check_schema(struct visit *v, struct json_object *list)
{
	struct err e = ERR_INIT;
	const char *detail, *fix;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (is_migration_wrong(v, json_object_array_get_idx(list, i),
				       &detail, &fix)) {
			found(v, "schema", "fail", detail, fix);
			return;
		}
	found(v, "schema", "ok", SAY(v, "version %d", migrate_version()), NULL);
	if (health_read(v->c->db, v->c->mem, &v->health, &e) == -1)
		found(v, "database", "fail", e.text,
		      "let the user in the configuration's `database` be the "
		      "one that ran `hookline db migrate`");
}

static void
check_database(struct visit *v)
{
	struct cli *c = v->c;
	struct err e = ERR_INIT;
	struct json_object *list;

	c->db = engine_db_any_schema(&c->conf, APPLICATION, DATABASE_MS, &e);
	if (c->db == NULL || migrate_status(c->db, &list, &e) == -1) {
		found(v, "database", "fail", e.text,
		      "start PostgreSQL, or correct `database` in the "
		      "configuration; psql with the same words says more");
		return;
	}
	json_pool(c->mem, list);
	check_schema(v, list);
}

static void
check_server(struct visit *v)
{
	const char *version = json_get_string(v->health, "server_version");
	const char *encoding = json_get_string(v->health, "encoding");

	if (strcmp(encoding, "UTF8") != 0)
		found(v, "database", "fail",
		      SAY(v,
			  "its encoding is %s: names that do not fit it are "
			  "refused",
			  encoding),
		      "make one by CREATE DATABASE name ENCODING 'UTF8' "
		      "TEMPLATE template0, and move the data by pg_dump");
	if (json_get_int(v->health, "server_version_num", 0) < OLDEST_SERVER)
		found(v, "database", "fail",
		      SAY(v, "PostgreSQL %s is too old", version),
		      "PostgreSQL 13 or newer is needed");
	else
		found(v, "database", "ok",
		      SAY(v, "PostgreSQL %s, as %s", version,
			  json_get_string(v->health, "role")),
		      NULL);
}

static void
check_roles(struct visit *v)
{
	struct json_object *roles = json_get(v->health, "missing_roles");
	const char *names = "";
	size_t i, n = json_object_array_length(roles);

	for (i = 0; i < n; i++)
		names = SAY(v, "%s%s%s", names, i > 0 ? ", " : "",
			    json_object_get_string(
				    json_object_array_get_idx(roles, i)));
	if (n == 0)
		found(v, "roles", "ok", "all four are there", NULL);
	else
		found(v, "roles", "warn",
		      SAY(v,
			  "%s missing: one role does all, so whoever breaks "
			  "into hook.fcgi can read contacts",
			  names),
		      "let an administrator CREATE ROLE each with NOLOGIN, "
		      "then run `hookline db migrate` again; on shared hosting "
		      "live with it");
}

/* Which database user a program that is connected just now has. */
static const char *
user_of(struct visit *v, struct json_object *o, const char *text)
{
	return SAY(v, "%s%s%s as %s", text, text[0] != '\0' ? ", " : "",
		   json_get_string(o, "program"), json_get_string(o, "role"));
}

static void
check_users(struct visit *v)
{
	struct json_object *list = json_get(v->health, "programs"), *o;
	const char *text = "";
	int is_risky = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		text = user_of(v, o, text);
		if (json_get_bool(o, "is_risky", 0))
			is_risky = 1;
	}
	if (is_risky)
		found(v, "users", "warn",
		      SAY(v,
			  "%s: whoever breaks into hook.fcgi can read contacts",
			  text),
		      "give hook.fcgi a configuration of its own, with a "
		      "database user in role hookline_hook: hookline-sql(7); "
		      "on shared hosting live with it");
	else
		found(v, "users", "ok",
		      text[0] != '\0' ? text
				      : "no program is connected just now",
		      NULL);
}

static void
check_partition(struct visit *v)
{
	const char *name = json_get_string(v->health, "partition");

	if (json_get_bool(v->health, "has_partition", 0))
		found(v, "partition", "ok", name, NULL);
	else
		found(v, "partition", "warn",
		      SAY(v,
			  "next month's %s is not there; deliveries would go "
			  "to the default partition",
			  name),
		      "hookline db migrate makes it; a running hookline-run "
		      "does too");
}

static void
check_default_partition(struct visit *v)
{
	int64_t n = json_get_int(v->health, "in_default_partition", 0);

	if (n > 0)
		found(v, "default partition", "warn",
		      SAY(v,
			  "%" PRId64 "%s deliveries are in none of the months' "
			  "partitions; a month that has some there gets none",
			  n, n >= COUNTED_MAX ? " or more" : ""),
		      "let hookline-run run, so that partitions are there "
		      "before their month begins; these go one by one when "
		      "keep_days have passed");
}

static void
check_prune(struct visit *v)
{
	int64_t s = json_get_int(v->health, "pruned_s", -1);
	int64_t since = json_get_int(v->health, "prune_added_s", 0);
	const char *when =
		s < 0 ? "never" : SAY(v, "%" PRId64 " hours ago", s / 3600);

	if (s < 0 ? since <= PRUNED_OK_S : s <= PRUNED_OK_S)
		found(v, "prune", "ok", SAY(v, "last done: %s", when), NULL);
	else
		found(v, "prune", "warn",
		      SAY(v, "old deliveries were last removed: %s", when),
		      "hookline prune does it now and says what is in the way; "
		      "a running hookline-run does it daily");
}

static void
check_executor(struct visit *v)
{
	int64_t seen = json_get_int(v->health, "executor_seen_s", -1);
	const char *cron = SAY(v,
			       "as the user that hook.fcgi runs as, add to "
			       "crontab -e: * * * * * " SBINDIR
			       "/hookline-run --config %s",
			       v->c->conf_path);

	if (seen < 0)
		found(v, "executor", "fail",
		      "hookline-run was never seen: no step is carried out",
		      cron);
	else if (seen <= SEEN_OK_S)
		found(v, "executor", "ok",
		      SAY(v, "seen %" PRId64 " s ago", seen), NULL);
	else
		found(v, "executor", seen <= SEEN_MAX_S ? "warn" : "fail",
		      SAY(v, "last seen %" PRId64 " minutes ago", seen / 60),
		      cron);
}

static void
check_overdue(struct visit *v)
{
	int64_t s = json_get_int(v->health, "overdue_s", 0);
	int64_t due = json_get_int(v->health, "due", 0);

	if (s <= OVERDUE_OK_S)
		found(v, "backlog", "ok",
		      SAY(v, "%" PRId64 " runs are due now", due), NULL);
	else
		found(v, "backlog", s <= OVERDUE_MAX_S ? "warn" : "fail",
		      SAY(v,
			  "%" PRId64 " runs are due, the oldest since %" PRId64
			  " minutes",
			  due, s / 60),
		      "see that hookline-run is started each minute; more of "
		      "them may run side by side");
}

static void
check_destinations(struct visit *v)
{
	struct json_object *list = json_get(v->health, "destinations"), *o;
	size_t i, n = json_object_array_length(list);
	int64_t more =
		json_get_int(v->health, "destinations_held", 0) - (int64_t)n;
	const char *key;

	if (n == 0)
		found(v, "destinations", "ok", "none is left alone", NULL);
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		key = json_get_string(o, "key");
		found(v, "destinations", "warn",
		      SAY(v,
			  "%s is left alone until %s, and %" PRId64
			  " runs wait: %s",
			  key, json_get_string(o, "until"),
			  json_get_int(o, "waiting", 0),
			  json_get_string(o, "reason")),
		      SAY(v,
			  "mend what it says; it is tried again by itself, and "
			  "at once by hookline destination close %s",
			  key));
	}
	if (more > 0)
		found(v, "destinations", "warn",
		      SAY(v, "%" PRId64 " more are left alone", more),
		      "hookline destination list");
}

static void
check_accounts(struct visit *v)
{
	int64_t n = json_get_int(v->health, "accounts", 0);

	if (n > 0)
		found(v, "accounts", "ok", SAY(v, "%" PRId64, n), NULL);
	else
		found(v, "accounts", "warn", "there is none yet",
		      "hookline account add NAME");
}

static void
print_findings(struct json_object *list)
{
	struct json_object *o;
	const char *fix;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		fix = json_get_string(o, "fix");
		printf("%-4s  %s: %s%s%s\n", json_get_string(o, "status"),
		       json_get_string(o, "check"),
		       json_get_string(o, "detail"),
		       fix != NULL ? "; fix: " : "", fix != NULL ? fix : "");
	}
}

CLI_COMMAND(cmd_doctor)
{
	static void (*const with_conf[])(struct visit *) = {
		doctor_secrets, doctor_passwords, doctor_base_url,
		doctor_healthz, doctor_smtp,	  doctor_spool,
		check_database,
	};
	static void (*const with_database[])(struct visit *) = {
		check_server,
		check_roles,
		check_users,
		check_partition,
		check_default_partition,
		check_prune,
		check_executor,
		check_overdue,
		check_destinations,
		check_accounts,
	};
	struct visit v = { .c = c };
	size_t i;

	(void)a;
	(void)e;
	v.list = json_pool(c->mem, json_object_new_array());
	doctor_conf(&v);
	for (i = 0; v.has_conf && i < COUNT(with_conf); i++)
		with_conf[i](&v);
	for (i = 0; v.health != NULL && i < COUNT(with_database); i++)
		with_database[i](&v);
	if (c->is_json)
		print_json(v.list);
	else
		print_findings(v.list);
	return v.has_failed ? 1 : 0;
}
