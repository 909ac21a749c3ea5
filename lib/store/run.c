/*
 * run.c - leases and records of runs.  See run.h.
 */
#include "config.h"

#include "store/run.h"

#include "base/json.h"
#include "store/column.h"
#include "store/queries.h"
#include "store/rows.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define LOAD_TRIES 20
#define LOAD_AGAIN_US 500000

/* Columns in the order of run_load.sql. */
static int
fill_run(const struct db_result *r, int row, struct mem *m, struct run *run,
	 struct err *e)
{
	run->account_id = column_text(r, row, 0, m);
	run->id = column_text(r, row, 1, m);
	run->lease_no = column_text(r, row, 2, m);
	run->workflow_id = column_text(r, row, 3, m);
	run->workflow_name = column_text(r, row, 4, m);
	run->version = (int)db_int(r, row, 5);
	run->contact_id = column_text(r, row, 6, m);
	run->step_id = column_text(r, row, 7, m);
	run->attempt = (int)db_int(r, row, 8);
	run->lost_leases = (int)db_int(r, row, 9);
	run->seq = (int)db_int(r, row, 10);
	run->is_after_wait = db_bool(r, row, 11);
	run->zone = column_text(r, row, 15, m);
	run->started_at = column_text(r, row, 16, m);
	run->delivery_id = column_text(r, row, 17, m);
	run->last_error = column_text(r, row, 18, m);
	run->now_utc = column_text(r, row, 22, m);
	run->now_local = column_text(r, row, 23, m);
	run->now_us = db_int(r, row, 24);
	run->woken_by = column_text(r, row, 26, m);
	run->contact_stamp = column_text(r, row, 27, m);
	run->due_us = db_int(r, row, 28);
	run->was_held = db_bool(r, row, 29);
	run->is_sending = db_bool(r, row, 30);
	run->is_window_open = db_bool(r, row, 31);
	if (column_json(r, row, 12, m, &run->variables, e) == -1 ||
	    column_json(r, row, 13, m, &run->webhook, e) == -1 ||
	    column_json(r, row, 14, m, &run->results, e) == -1 ||
	    column_json(r, row, 19, m, &run->account, e) == -1 ||
	    column_json(r, row, 20, m, &run->constants, e) == -1 ||
	    column_json(r, row, 21, m, &run->contact, e) == -1 ||
	    column_json(r, row, 25, m, &run->wait, e) == -1)
		return -1;
	return 0;
}

/* One column of the claimed runs, from row `first` on, as an array. */
static const char *
array_of(const struct db_result *claimed, int first, int n, int column,
	 struct mem *m)
{
	struct buf list = BUF_INIT;
	const char *copy;
	int i;

	for (i = first; i < first + n; i++)
		buf_addf(&list, "%c%s", i > first ? ',' : '{',
			 db_text(claimed, i, column));
	buf_addc(&list, '}');
	copy = mem_strndup(m, list.s, list.len);
	buf_free(&list);
	return copy;
}

/* Load the claimed runs from row `first` on, `n` of them, into runs[]. */
static int
load(struct db *db, const struct db_result *claimed, int first, int n,
     const char *executor, struct mem *m, struct run *runs, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(array_of(claimed, first, n, 0, m)),
				 DB_TEXT(array_of(claimed, first, n, 1, m)),
				 DB_TEXT(array_of(claimed, first, n, 3, m)),
				 DB_TEXT(executor) };
	struct db_result *r;
	int i, rc = 0;

	if (db_exec(db, &SQL_RUN_LOAD, p, 4, &r, e) == -1)
		return -1;
	for (i = 0; i < db_rows(r) && rc != -1; i++)
		rc = fill_run(r, i, m, &runs[i], e);
	if (rc != -1)
		rc = db_rows(r);
	db_result_free(r);
	return rc;
}

/* The leases are taken: a database that went away just now is asked again, or
 * they would count as lost. */
static int
load_patiently(struct db *db, const struct db_result *claimed, int first, int n,
	       const char *executor, struct mem *m, struct run *runs,
	       struct err *e)
{
	int rc, tries = 0;

	while ((rc = load(db, claimed, first, n, executor, m, runs, e)) == -1 &&
	       e->kind == ERR_TEMP && ++tries < LOAD_TRIES)
		usleep(LOAD_AGAIN_US);
	return rc;
}

/* One run that can't be loaded must not hold up the others. */
static int
load_one_by_one(struct db *db, const struct db_result *claimed,
		const char *executor, struct mem *m, struct run *runs,
		struct err *e)
{
	int i, rc, n = 0;

	for (i = 0; i < db_rows(claimed); i++) {
		rc = load_patiently(db, claimed, i, 1, executor, m, &runs[n],
				    e);
		if (rc == -1 && e->kind == ERR_TEMP)
			return -1;
		if (rc == -1) {
			runs[n] = (struct run){
				.account_id = column_text(claimed, i, 0, m),
				.id = column_text(claimed, i, 1, m),
				.lease_no = column_text(claimed, i, 2, m),
				.problem = mem_strdup(m, e->text),
			};
			rc = 1;
		}
		n += rc;
	}
	return n;
}

static int
count_set_aside(const struct db_result *claimed)
{
	int i, n = 0;

	for (i = 0; i < db_rows(claimed); i++)
		n += !db_bool(claimed, i, 4);
	return n;
}

int
run_claim(struct db *db, const char *executor, int lease_s,
	  const struct run_room *room, int *n_set_aside, struct mem *m,
	  struct run **runs, struct err *e)
{
	char lease[16], most[16], again[16], suspect[16];
	struct db_param p[5] = { DB_TEXT(executor), DB_TEXT(lease),
				 DB_TEXT(most), DB_TEXT(again),
				 DB_TEXT(suspect) };
	struct db_result *claimed;
	int n;

	snprintf(lease, sizeof(lease), "%d", lease_s);
	snprintf(most, sizeof(most), "%d", room->max);
	snprintf(again, sizeof(again), "%d", room->again);
	snprintf(suspect, sizeof(suspect), "%d", room->suspect);
	if (db_exec(db, &SQL_RUN_CLAIM, p, 5, &claimed, e) == -1)
		return -1;
	n = db_rows(claimed);
	*n_set_aside = count_set_aside(claimed);
	*runs = mem_alloc(m, (size_t)n * sizeof(**runs));
	if (n > *n_set_aside)
		n = load_patiently(db, claimed, 0, n, executor, m, *runs, e);
	else
		n = 0;
	if (n == -1 && e->kind != ERR_TEMP)
		n = load_one_by_one(db, claimed, executor, m, *runs, e);
	db_result_free(claimed);
	return n;
}

int
run_take(struct db *db, const char *account_id, const char *id,
	 const char *executor, struct mem *m, struct run **run, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(executor) };
	struct db_result *claimed;
	int n = 0;

	if (db_exec(db, &SQL_REHEARSE_TAKE, p, 3, &claimed, e) == -1)
		return -1;
	*run = mem_alloc(m, sizeof(**run));
	if (db_rows(claimed) > 0)
		n = load(db, claimed, 0, 1, executor, m, *run, e);
	db_result_free(claimed);
	if (n == 0)
		*run = NULL;
	return n == -1 ? -1 : 0;
}

int
run_document(struct db *db, const struct run *r, struct mem *m,
	     struct json_object **out, struct err *e)
{
	char version[16];
	struct db_param p[3] = { DB_TEXT(r->account_id),
				 DB_TEXT(r->workflow_id), DB_TEXT(version) };
	struct db_result *res;
	int rc;

	snprintf(version, sizeof(version), "%d", r->version);
	if (db_exec(db, &SQL_VERSION_DOCUMENT, p, 3, &res, e) == -1)
		return -1;
	if (db_rows(res) == 0) {
		db_result_free(res);
		return err_set(e, ERR_BUG, "workflow %s has no version %s",
			       r->workflow_id, version);
	}
	rc = column_json(res, 0, 0, m, out, e);
	db_result_free(res);
	return rc;
}

static void
fill_verdict(const struct db_result *r, int row, struct mem *m,
	     struct run_verdict *v)
{
	const char *verdict = db_text(r, row, 1);

	if (strcmp(verdict, "ok") == 0)
		v->kind = RUN_OK;
	else if (strcmp(verdict, "lost") == 0)
		v->kind = RUN_LOST;
	else if (strcmp(verdict, "cancelled") == 0)
		v->kind = RUN_CANCELLED;
	else if (strcmp(verdict, "paused") == 0)
		v->kind = RUN_PAUSED;
	else
		v->kind = RUN_ACT_FAILED;
	v->problem = column_text(r, row, 2, m);
}

int
run_record(struct db *db, const struct buf *list, struct mem *m,
	   struct run_verdict *out, int n, struct err *e)
{
	struct db_param p = DB_TEXT(list->s);
	struct db_result *r;
	int i, rc = 0;

	if (db_exec(db, &SQL_RUN_RECORD, &p, 1, &r, e) == -1)
		return -1;
	if (db_rows(r) != n)
		rc = err_set(e, ERR_BUG, "run_record: %d rows for %d runs",
			     db_rows(r), n);
	for (i = 0; rc == 0 && i < n; i++)
		fill_verdict(r, i, m, &out[i]);
	db_result_free(r);
	return rc;
}

int
run_instant(void *arg, const char *timezone, const char *local, int64_t *us,
	    struct err *e)
{
	struct db_param p[2] = { DB_TEXT(local),
				 DB_TEXT(timezone != NULL ? timezone : "UTC") };
	struct db_result *r;

	if (db_exec(arg, &SQL_INSTANT, p, 2, &r, e) == -1)
		return -1;
	*us = db_int(r, 0, 0);
	db_result_free(r);
	return 0;
}

int
run_instant_add(struct db *db, int64_t *us, const char *interval,
		const char *zone, struct err *e)
{
	char text[24];
	struct db_param p[3] = { DB_TEXT(text), DB_TEXT(interval),
				 DB_TEXT(zone) };
	struct db_result *r;

	snprintf(text, sizeof(text), "%lld", (long long)*us);
	if (db_exec(db, &SQL_INSTANT_ADD, p, 3, &r, e) == -1)
		return -1;
	*us = db_int(r, 0, 0);
	db_result_free(r);
	return 0;
}

int
run_date_text(struct db *db, int64_t us, const char *zone, const char *pattern,
	      struct mem *m, const char **out, struct err *e)
{
	char text[24];
	struct db_param p[3] = { DB_TEXT(text), DB_TEXT(zone),
				 DB_TEXT(pattern) };

	snprintf(text, sizeof(text), "%lld", (long long)us);
	return rows_text(db, &SQL_DATE_TEXT, p, 3, m, out, e);
}

int
executor_seen(struct db *db, const char *name, struct err *e)
{
	struct db_param p = DB_TEXT(name);

	return db_run(db, &SQL_EXECUTOR_SEEN, &p, 1, e);
}

int
partition_ensure(struct db *db, int months, struct err *e)
{
	char text[16];
	struct db_param p = DB_TEXT(text);

	snprintf(text, sizeof(text), "%d", months);
	return db_run(db, &SQL_PARTITION_ENSURE, &p, 1, e);
}
