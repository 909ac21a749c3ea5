/*
 * health.c - what hookline doctor asks a database.  See health.h.
 */
#include "config.h"

#include "store/health.h"

#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
health_read(struct db *db, struct mem *m, struct json_object **out,
	    struct err *e)
{
	return rows_one(db, &SQL_HEALTH, NULL, 0, m, out, e);
}
