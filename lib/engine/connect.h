/*
 * connect.h - from the configuration to a database: what every program does
 * once when it starts.  No connection is made here; the first statement opens
 * it (store/db.h).
 */
#ifndef ENGINE_CONNECT_H
#define ENGINE_CONNECT_H

#include "base/conf.h"
#include "base/err.h"

struct db;

/*
 * The database of `c`, for db_free.  `application` is what a DBA sees in
 * pg_stat_activity: "hookline:hook".  `deadline_ms` holds for one statement,
 * 0: no limit.  A database of another schema than this program's is refused
 * when the first statement is run.  Borrows both texts and `c`.
 *
 * NULL with *e set: the password file can't be used.
 */
MUSTUSE struct db *engine_db(const struct conf *c, const char *application,
			     int deadline_ms, struct err *e);

/* The same for whoever mends or examines a database: takes any schema. */
MUSTUSE struct db *engine_db_any_schema(const struct conf *c,
					const char *application,
					int deadline_ms, struct err *e);

#endif
