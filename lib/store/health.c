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

int
health_of_account(struct db *db, const char *account_id, struct mem *m,
		  struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_one(db, &SQL_HEALTH_ACCOUNT, &p, 1, m, out, e);
}
