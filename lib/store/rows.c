/*
 * rows.c - queries whose rows are JSON objects.  See rows.h.
 */
#include "config.h"

#include "store/rows.h"

#include "base/json.h"
#include "store/column.h"

#include "base/banned.h"

int
rows_list(struct db *db, const struct sql *q, const struct db_param *params,
	  int n, struct mem *m, struct json_object **out, struct err *e)
{
	struct json_object *o;
	struct db_result *r;
	int i, rc = 0;

	if (db_exec(db, q, params, n, &r, e) == -1)
		return -1;
	*out = json_pool(m, json_object_new_array());
	for (i = 0; rc == 0 && i < db_rows(r); i++) {
		rc = column_json(r, i, 0, m, &o, e);
		if (rc == 0)
			json_object_array_add(*out, json_object_get(o));
	}
	db_result_free(r);
	return rc;
}

int
rows_one(struct db *db, const struct sql *q, const struct db_param *params,
	 int n, struct mem *m, struct json_object **out, struct err *e)
{
	struct db_result *r;
	int rc = 0;

	*out = NULL;
	if (db_exec(db, q, params, n, &r, e) == -1)
		return -1;
	if (db_rows(r) > 0)
		rc = column_json(r, 0, 0, m, out, e);
	db_result_free(r);
	return rc;
}

int
rows_text(struct db *db, const struct sql *q, const struct db_param *params,
	  int n, struct mem *m, const char **out, struct err *e)
{
	struct db_result *r;

	*out = NULL;
	if (db_exec(db, q, params, n, &r, e) == -1)
		return -1;
	if (db_rows(r) > 0)
		*out = column_text(r, 0, 0, m);
	db_result_free(r);
	return 0;
}
