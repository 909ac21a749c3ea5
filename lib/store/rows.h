/*
 * rows.h - queries whose rows are JSON objects: lists and descriptions for
 * people.  Ids in them are texts, times RFC 3339 in UTC.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/db.h"

#include <json-c/json_object.h>

/* The first column of all rows, as a list that belongs to the pool. */
MUSTUSE int rows_list(struct db *db, const struct sql *q,
		      const struct db_param *params, int n, struct mem *m,
		      struct json_object **out, struct err *e);

/* The first column of the first row; NULL when there is none. */
MUSTUSE int rows_one(struct db *db, const struct sql *q,
		     const struct db_param *params, int n, struct mem *m,
		     struct json_object **out, struct err *e);

/* The first column of the first row as text; NULL when there is none. */
MUSTUSE int rows_text(struct db *db, const struct sql *q,
		      const struct db_param *params, int n, struct mem *m,
		      const char **out, struct err *e);

#endif
