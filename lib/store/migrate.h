/*
 * migrate.h - brings a database to this program's schema.  The migrations of
 * sql/migrate are compiled in; each is applied in its own transaction, once.
 * Which schema a program accepts is db.h's business (options.schema_version).
 *
 * Give these functions a connection with schema_version 0 and, since a
 * migration takes its time, deadline_ms 0.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/buf.h"
#include "store/db.h"

#include <json-c/json_object.h>

/* The newest migration that is compiled in: this program's schema version. */
int migrate_version(void);

/*
 * Apply what is missing, grant the roles and make the partitions of the next
 * months.  Any number may do it at once: one works, the others wait and find
 * it done.  ERR_PERM: the database is newer than the program, or a migration
 * that was applied is not the one that is compiled in.
 *
 * *out (the caller's): {"version", "applied": [{"version", "name"}],
 * "missing_roles": [NAME], "partitions_made"}.
 */
MUSTUSE int migrate_up(struct db *db, struct json_object **out, struct err *e);

/*
 * Every migration, compiled in or applied, in order: *out (the caller's) is a
 * list of {"version", "name", "applied_at", "checksum"}.  applied_at is null
 * for what is missing; checksum is null then, else "ok", "differs", or
 * "unknown" for a migration that this program does not have.
 */
MUSTUSE int migrate_status(struct db *db, struct json_object **out,
			   struct err *e);

/*
 * Append what migrate_up would do as a script for psql: for what is missing,
 * or for everything when `db` is NULL.  Refuses what migrate_up refuses.
 */
MUSTUSE int migrate_sql(struct db *db, struct buf *out, struct err *e);

#endif
