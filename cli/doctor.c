/*
 * doctor.c - hookline doctor: what a fresh installation can get wrong, a line
 * each, with the fix.  Here the report; what the database and the spool tell is
 * judged in front/findings.h, and the configuration in doctor_conf.c.
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

void
found(struct visit *v, const char *check, const char *status,
      const char *detail, const char *fix)
{
	finding(&v->f, check, status, detail, fix);
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
check_spool(struct visit *v)
{
	struct json_object *status;

	findings_of_spool(&v->f, &v->c->conf, &v->c->secrets, &status);
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
		doctor_healthz, doctor_smtp,	  check_spool,
		check_database,
	};
	struct visit v = { .c = c,
			   .f = { .run_program = SBINDIR "/hookline-run",
				  .conf_path = c->conf_path } };
	size_t i;

	(void)a;
	(void)e;
	findings_begin(&v.f, c->mem);
	doctor_conf(&v);
	for (i = 0; v.has_conf && i < COUNT(with_conf); i++)
		with_conf[i](&v);
	if (v.health != NULL) {
		findings_of_house(&v.f, v.health);
		findings_of_runs(&v.f, v.health);
		check_accounts(&v);
	}
	if (c->is_json)
		print_json(v.f.list);
	else
		print_findings(v.f.list);
	return v.f.has_failed ? 1 : 0;
}
