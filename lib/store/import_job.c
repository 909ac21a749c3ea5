/*
 * import_job.c - files of contacts on their way in.  See import_job.h.
 */
#include "config.h"

#include "store/import_job.h"

#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
import_job_add(struct db *db, const char *account_id,
	       const struct import_file *f, struct mem *m, const char **id,
	       struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(f->made_by),
				 DB_TEXT(f->name),
				 DB_BYTES(f->bytes, (int)f->len) };

	return rows_text(db, &SQL_IMPORT_JOB_ADD, p, 4, m, id, e);
}

int
import_job_show(struct db *db, const char *account_id, const char *id,
		struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	if (rows_one(db, &SQL_IMPORT_JOB_SHOW, p, 2, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_GONE,
			       "there is no import %s, or it was forgotten "
			       "since",
			       id);
	return 0;
}

int
import_job_list(struct db *db, const char *account_id, struct mem *m,
		struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_IMPORT_JOB_LIST, &p, 1, m, out, e);
}

int
import_job_text(struct db *db, const char *account_id, const char *id,
		int64_t from, int64_t most, struct mem *m, const char **bytes,
		size_t *len, struct err *e)
{
	struct db_param p[4] = {
		DB_TEXT(account_id), DB_TEXT(id),
		DB_TEXT(mem_printf(m, "%lld", (long long)from)),
		DB_TEXT(mem_printf(m, "%lld", (long long)most))
	};
	struct db_result *r;

	*bytes = "";
	*len = 0;
	if (db_exec(db, &SQL_IMPORT_JOB_TEXT, p, 4, &r, e) == -1)
		return -1;
	if (db_rows(r) > 0)
		*bytes = db_bytes(r, 0, 0, m, len);
	db_result_free(r);
	return 0;
}

int
import_job_map(struct db *db, const char *account_id, const char *id,
	       const char *targets, int64_t from, int64_t line, struct err *e)
{
	struct mem *m = mem_new();
	struct db_param p[5] = {
		DB_TEXT(account_id), DB_TEXT(id), DB_TEXT(targets),
		DB_TEXT(mem_printf(m, "%lld", (long long)from)),
		DB_TEXT(mem_printf(m, "%lld", (long long)line))
	};
	int rc = db_run(db, &SQL_IMPORT_JOB_MAP, p, 5, e);

	mem_free(m);
	return rc;
}

int
import_job_claim(struct db *db, const char *account_id, const char *id,
		 int seconds, struct mem *m, struct json_object **out,
		 struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(mem_printf(m, "%d", seconds)) };

	return rows_one(db, &SQL_IMPORT_JOB_CLAIM, p, 3, m, out, e);
}

int
import_job_note(struct db *db, const char *account_id, const char *id,
		const char *note, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(note) };

	return db_run(db, &SQL_IMPORT_JOB_NOTE, p, 3, e);
}

int
import_job_remove(struct db *db, const char *account_id, const char *id,
		  struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	return db_run(db, &SQL_IMPORT_JOB_REMOVE, p, 2, e);
}

int
import_job_forget(struct db *db, const char *account_id, const char *pattern,
		  struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(pattern) };

	return db_run(db, &SQL_IMPORT_JOB_FORGET, p, 2, e);
}
