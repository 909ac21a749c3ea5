/*
 * destination.c - servers outside that fail.  See destination.h.
 */
#include "config.h"

#include "store/destination.h"

#include "store/column.h"
#include "store/queries.h"
#include "store/rows.h"

#include <stdio.h>

#include "base/banned.h"

#define NUMBER_SIZE 24

static struct db_param
number(int64_t n, char text[NUMBER_SIZE])
{
	snprintf(text, NUMBER_SIZE, "%lld", (long long)n);
	return DB_TEXT(text);
}

static struct db_param
truth(int is_true)
{
	return DB_TEXT(is_true ? "true" : "false");
}

int
destination_load(struct db *db, const char *keys, struct mem *m,
		 struct destination **out, struct err *e)
{
	struct db_param p = DB_TEXT(keys);
	struct destination *d;
	struct db_result *r;
	int i, n;

	if (db_exec(db, &SQL_DESTINATION_LOAD, &p, 1, &r, e) == -1)
		return -1;
	n = db_rows(r);
	d = *out = mem_alloc(m, (size_t)n * sizeof(*d));
	for (i = 0; i < n; i++) {
		d[i].key = column_text(r, i, 0, m);
		d[i].state = column_text(r, i, 1, m);
		d[i].left_ms = db_int(r, i, 2);
		d[i].until = column_text(r, i, 3, m);
		d[i].open_count = (int)db_int(r, i, 4);
		d[i].last_error = column_text(r, i, 5, m);
	}
	db_result_free(r);
	return n;
}

int
destination_note(struct db *db, const char *key,
		 const struct destination_note *n, struct destination_note *sum,
		 struct err *e)
{
	char calls[NUMBER_SIZE], failures[NUMBER_SIZE], in_row[NUMBER_SIZE];
	struct db_param p[6] = { DB_TEXT(key),
				 number(n->calls, calls),
				 number(n->failures, failures),
				 number(n->in_row, in_row),
				 truth(n->is_row_broken),
				 DB_TEXT(n->error) };
	struct db_result *r;
	int rows;

	if (db_exec(db, &SQL_DESTINATION_NOTE, p, 6, &r, e) == -1)
		return -1;
	rows = db_rows(r);
	*sum = (struct destination_note){ 0 };
	if (rows > 0) {
		sum->in_row = (int)db_int(r, 0, 0);
		sum->calls = (int)db_int(r, 0, 1);
		sum->failures = (int)db_int(r, 0, 2);
	}
	db_result_free(r);
	return rows > 0;
}

int
destination_open(struct db *db, const char *key, int64_t ms,
		 const char *executor, const char *error, struct err *e)
{
	char seconds[NUMBER_SIZE];
	struct db_param p[4] = { DB_TEXT(key), DB_TEXT(seconds),
				 DB_TEXT(executor), DB_TEXT(error) };

	snprintf(seconds, sizeof(seconds), "%lld.%03d", (long long)(ms / 1000),
		 (int)(ms % 1000));
	return db_run(db, &SQL_DESTINATION_OPEN, p, 4, e);
}

int
destination_probe(struct db *db, const char *key, const char *executor,
		  int seconds, struct err *e)
{
	char text[NUMBER_SIZE];
	struct db_param p[3] = { DB_TEXT(key), DB_TEXT(executor),
				 number(seconds, text) };
	struct db_result *r;
	int rows;

	if (db_exec(db, &SQL_DESTINATION_PROBE, p, 3, &r, e) == -1)
		return -1;
	rows = db_rows(r);
	db_result_free(r);
	return rows > 0;
}

int
destination_probed(struct db *db, const char *key, const char *executor,
		   int works, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(key), DB_TEXT(executor),
				 truth(works) };

	return db_run(db, &SQL_DESTINATION_PROBED, p, 3, e);
}

int
destination_list(struct db *db, struct mem *m, struct json_object **out,
		 struct err *e)
{
	return rows_list(db, &SQL_DESTINATION_LIST, NULL, 0, m, out, e);
}

int
destination_close(struct db *db, const char *key, struct mem *m,
		  struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(key);

	if (rows_one(db, &SQL_DESTINATION_CLOSE, &p, 1, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_GONE,
			       "no destination \"%.300s\" fails: hookline "
			       "destination list tells those that do",
			       key);
	return 0;
}
