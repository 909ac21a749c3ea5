/*
 * column.h - columns of a result that outlive it, in a pool.
 */
#ifndef STORE_COLUMN_H
#define STORE_COLUMN_H

#include "store/db.h"

#include <json-c/json_object.h>

/* The text, or NULL for SQL's null. */
const char *column_text(const struct db_result *r, int row, int col,
			struct mem *m);

/* A json or jsonb column, tied to the pool; SQL's null is NULL.  -1 with *e
 * set only when the database holds what is no JSON. */
MUSTUSE int column_json(const struct db_result *r, int row, int col,
			struct mem *m, struct json_object **out, struct err *e);

#endif
