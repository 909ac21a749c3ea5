/*
 * db.c - hookline db: bring the database to this program's schema, or say how
 * it stands.  What a migration is and does is store/migrate.c's business.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "store/migrate.h"

#include <stdio.h>

#include "base/banned.h"

/* Without a database the whole script is printed: for a DBA who makes it. */
static int
print_sql(struct cli *c, struct err *e)
{
	struct buf script = BUF_INIT;
	int rc;

	rc = migrate_sql(c->db, &script, e);
	if (rc == -1 && e->kind == ERR_TEMP) {
		fprintf(stderr,
			"note: %s; this is the script for an empty database\n",
			e->text);
		rc = migrate_sql(NULL, &script, e);
	}
	if (rc == 0)
		fwrite(script.s, 1, script.len, stdout);
	buf_free(&script);
	return rc;
}

static void
print_missing_roles(struct json_object *roles)
{
	size_t i, n = json_object_array_length(roles);

	if (n == 0)
		return;
	fputs("note: these roles are missing, and this database user may not "
	      "make them:",
	      stderr);
	for (i = 0; i < n; i++)
		fprintf(stderr, " %s",
			json_object_get_string(
				json_object_array_get_idx(roles, i)));
	fputs("\nnote: one user for everything works; to separate them, let an "
	      "administrator make the roles (CREATE ROLE name NOLOGIN), then "
	      "run `hookline db migrate` again\n",
	      stderr);
}

static void
print_applied(struct json_object *o)
{
	struct json_object *list = json_get(o, "applied");
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		printf("applied %s\n",
		       json_get_string(json_object_array_get_idx(list, i),
				       "name"));
	printf("the database has schema version %d\n",
	       (int)json_get_int(o, "version", 0));
}

CLI_COMMAND(cmd_db_migrate)
{
	struct json_object *o;

	if (args_option(a, "sql") != NULL)
		return print_sql(c, e);
	if (migrate_up(c->db, &o, e) == -1)
		return -1;
	json_pool(c->mem, o);
	if (c->is_json)
		print_json(o);
	else
		print_applied(o);
	print_missing_roles(json_get(o, "missing_roles"));
	return 0;
}

CLI_COMMAND(cmd_db_status)
{
	struct json_object *list;

	(void)a;
	if (migrate_status(c->db, &list, e) == -1)
		return -1;
	json_pool(c->mem, list);
	if (c->is_json)
		print_json(list);
	else
		print_table(list, "version name applied_at checksum",
			    "this program has no migrations");
	return 0;
}
