/*
 * house.c - what runs, seen from the database.  See house.h.
 */
#include "config.h"

#include "store/house.h"

#include "store/queries.h"

#include "base/banned.h"

int
house_status(struct db *db, struct house_status *out, struct err *e)
{
	struct db_result *r;

	if (db_exec(db, &SQL_HOUSE_STATUS, NULL, 0, &r, e) == -1)
		return -1;
	out->schema_version = (int)db_int(r, 0, 0);
	out->executor_seen_s = db_text(r, 0, 1) != NULL ? db_int(r, 0, 1) : -1;
	db_result_free(r);
	return 0;
}
