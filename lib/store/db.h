/*
 * db.h - the one door to PostgreSQL: db.c is the only file that includes
 * libpq.  A connection is opened when first needed, checked and reopened
 * when it broke; every wait ends at a deadline.  Statements come from sql/
 * (queries.h); parameters are always bound.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>

struct db;

/* One statement of sql/query/NAME.sql, made by sql/embed.awk. */
struct sql {
	const char *name;
	const char *text;
};

struct db_options {
	const char *conninfo;
	const char *password;	 /* "" when none */
	const char *application; /* "hookline:hook" */
	int prepared;		 /* named prepared statements? */
	int deadline_ms;	 /* for one statement, connecting and trying
				  * again included; 0: no limit */
	int schema_version;	 /* refuse a database of another schema;
				  * 0: take any */
};

/* A parameter: text (NULL is SQL's null), or `len` bytes when is_binary. */
struct db_param {
	const char *value;
	int len;
	int is_binary;
};

#define DB_NULL            \
	(struct db_param)  \
	{                  \
		NULL, 0, 0 \
	}
#define DB_TEXT(s)        \
	(struct db_param) \
	{                 \
		(s), 0, 0 \
	}
#define DB_BYTES(p, n)                    \
	(struct db_param)                 \
	{                                 \
		(const char *)(p), (n), 1 \
	}

struct db_result;

/* Does a connection string hold a password: 1 or 0; -1 with *e (ERR_PERM)
 * when it is none.  Nothing of it is quoted. */
MUSTUSE int db_conninfo_has_password(const char *conninfo, struct err *e);

/* No connection is made yet.  The options' texts are borrowed. */
struct db *db_new(const struct db_options *o);
void db_free(struct db *db);

/* Close the connection (the next statement opens one). */
void db_close(struct db *db);

/* From now on, until this is called again, deadline_ms holds for all
 * statements together: a process that serves requests calls it for each. */
void db_restart_clock(struct db *db);

/* The same, of a request that began at `ms` of the monotonic clock. */
void db_clock_from(struct db *db, int64_t ms);

/* Seconds since the connection was last used; -1 without one. */
int db_idle_seconds(const struct db *db);

/*
 * Run one statement.  0 with *res (db_result_free), or -1.
 *
 * ERR_TEMP: no connection, read-only, full, out of connections, another
 * schema, no answer in time.  ERR_INPUT: the data does not fit (SQLSTATE
 * classes 22 and 23).  ERR_PERM: not allowed to this role.  Else ERR_BUG.
 *
 * Outside of a transaction, a connection that proves broken before the
 * statement was sent is opened anew, and a statement that lost against
 * another transaction (class 40) is run again.  After a passed deadline the
 * statement is cancelled, which takes a quarter of a second more at most, and
 * the connection is not used again.
 *
 * *e also says: is_away, that nobody answered: no connection could be made, or
 * the deadline passed; is_unknown, that the statement was sent and its end was
 * not heard, so that it may have taken effect, or may yet.
 */
MUSTUSE int db_exec(struct db *db, const struct sql *q,
		    const struct db_param *params, int n,
		    struct db_result **res, struct err *e);

/* The same for a result that nobody looks at. */
MUSTUSE int db_run(struct db *db, const struct sql *q,
		   const struct db_param *params, int n, struct err *e);

/* Several statements in one text, without parameters: migrations. */
MUSTUSE int db_script(struct db *db, const char *text, struct err *e);

MUSTUSE int db_begin(struct db *db, struct err *e);
MUSTUSE int db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/* Until the transaction ends, a statement that fails is undone alone, and the
 * next one is run as if it had not been. */
void db_guard(struct db *db);

/* SQLSTATE of the last failure, "" when it had none. */
#define DB_UNIQUE_VIOLATION "23505"
const char *db_sqlstate(const struct db *db);

/* Was the last failure to connect that the database is of another schema than
 * options.schema_version, or of none yet? */
int db_is_other_schema(const struct db *db);

int db_rows(const struct db_result *r);
int db_columns(const struct db_result *r);
const char *db_column_name(const struct db_result *r, int col);
/* NULL for SQL's null; lives as long as the result. */
const char *db_text(const struct db_result *r, int row, int col);
int64_t db_int(const struct db_result *r, int row, int col);
int db_bool(const struct db_result *r, int row, int col);
/* A bytea column, decoded, from the pool. */
void *db_bytes(const struct db_result *r, int row, int col, struct mem *m,
	       size_t *len);
void db_result_free(struct db_result *r);

#endif
