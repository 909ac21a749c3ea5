/*
 * retention.c - removing what is kept no longer.  See retention.h; the work is
 * done by functions of the database, which alone may drop its partitions.
 */
#include "config.h"

#include "store/retention.h"

#include "store/queries.h"
#include "store/rows.h"

#include <stdio.h>

#include "base/banned.h"

#define NUMBER_SIZE 24

/* As a parameter; `text` must live until the statement was run. */
static struct db_param
number(char text[NUMBER_SIZE], int64_t n)
{
	snprintf(text, NUMBER_SIZE, "%lld", (long long)n);
	return DB_TEXT(text);
}

int
retention_due(struct db *db, int lease_s, struct err *e)
{
	char lease[NUMBER_SIZE];
	struct db_param p = number(lease, lease_s);
	struct db_result *r;
	int is_due;

	if (db_exec(db, &SQL_PRUNE_DUE, &p, 1, &r, e) == -1)
		return -1;
	is_due = db_rows(r) > 0;
	db_result_free(r);
	return is_due;
}

int
retention_done(struct db *db, struct err *e)
{
	return db_run(db, &SQL_PRUNE_DONE, NULL, 0, e);
}

int
retention_windows(struct db *db, struct mem *m, struct json_object **out,
		  struct err *e)
{
	return rows_list(db, &SQL_PRUNE_WINDOWS, NULL, 0, m, out, e);
}

int
retention_drop(struct db *db, int days, struct mem *m, struct json_object **out,
	       struct err *e)
{
	char text[NUMBER_SIZE];
	struct db_param p = number(text, days);

	return rows_one(db, &SQL_PRUNE_PARTITION, &p, 1, m, out, e);
}

int
retention_deliveries(struct db *db, int days, int most, struct err *e)
{
	char text[2][NUMBER_SIZE];
	struct db_param p[2] = { number(text[0], days), number(text[1], most) };
	struct db_result *r;
	int n;

	if (db_exec(db, &SQL_PRUNE_DELIVERIES, p, 2, &r, e) == -1)
		return -1;
	n = (int)db_int(r, 0, 0);
	db_result_free(r);
	return n;
}

int
retention_leftovers(struct db *db, int64_t window_s, int most,
		    struct retention_leftovers *out, struct err *e)
{
	char text[2][NUMBER_SIZE];
	struct db_param p[2] = { number(text[0], window_s),
				 number(text[1], most) };
	struct db_result *r;

	if (db_exec(db, &SQL_PRUNE_LEFTOVERS, p, 2, &r, e) == -1)
		return -1;
	out->dedup_keys = db_int(r, 0, 0);
	out->spool_entries = db_int(r, 0, 1);
	out->sessions = db_int(r, 0, 2);
	db_result_free(r);
	return 0;
}

int
retention_preview(struct db *db, int days, int64_t window_s, struct mem *m,
		  struct json_object **out, struct err *e)
{
	char text[2][NUMBER_SIZE];
	struct db_param p[2] = { days > 0 ? number(text[0], days) : DB_NULL,
				 number(text[1], window_s) };

	return rows_one(db, &SQL_PRUNE_PREVIEW, p, 2, m, out, e);
}
