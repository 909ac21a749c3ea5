/*
 * metrics.c - what a monitoring system watches in a database.  See metrics.h.
 */
#include "config.h"

#include "store/metrics.h"

#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
metrics_read(struct db *db, struct mem *m, struct json_object **out,
	     struct err *e)
{
	return rows_one(db, &SQL_METRICS, NULL, 0, m, out, e);
}
