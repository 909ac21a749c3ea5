/*
 * connect.c - from the configuration to a database.  See connect.h.
 */
#include "config.h"

#include "engine/connect.h"

#include "store/db.h"
#include "store/migrate.h"

#include <stddef.h>

#include "base/banned.h"

/* Databases borrow it: it lives as long as the process, which has one
 * configuration. */
static char *password;

static struct db *
open_db(const struct conf *c, struct db_options *o, struct err *e)
{
	if (password == NULL &&
	    conf_read_secret(c->database_password_file, &password, e) == -1) {
		err_context(e, "database_password_file");
		return NULL;
	}
	o->conninfo = c->database;
	o->password = password;
	o->prepared = c->prepared_statements;
	return db_new(o);
}

struct db *
engine_db(const struct conf *c, const char *application, int deadline_ms,
	  struct err *e)
{
	struct db_options o = { .application = application,
				.deadline_ms = deadline_ms,
				.schema_version = migrate_version() };

	return open_db(c, &o, e);
}

struct db *
engine_db_any_schema(const struct conf *c, const char *application,
		     int deadline_ms, struct err *e)
{
	struct db_options o = { .application = application,
				.deadline_ms = deadline_ms };

	return open_db(c, &o, e);
}
