/*
 * run_list.c - runs as people look at them.  See run_list.h.
 */
#include "config.h"

#include "store/run_list.h"

#include "base/json.h"
#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

const char *const run_statuses[] = { "waiting", "running",   "completed",
				     "failed",	"cancelled", NULL };

int
run_list(struct db *db, const char *account_id, const struct run_filter *f,
	 struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(f->workflow_id),
				 DB_TEXT(f->status), DB_TEXT(f->contact_id),
				 DB_TEXT(f->limit) };

	return rows_list(db, &SQL_RUN_LIST, p, 5, m, out, e);
}

static void
set(struct json_object *o, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		json_set_string(o, key, value);
}

static int
search(struct db *db, const struct sql *q, const char *account_id,
       const struct run_search *s, int most, struct mem *m,
       struct json_object **out, struct err *e)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	struct db_param p[3] = { DB_TEXT(account_id) };

	set(o, "workflow", s->workflow_id);
	set(o, "status", s->status);
	set(o, "step", s->step);
	set(o, "from", s->from);
	set(o, "to", s->to);
	set(o, "contact", s->contact);
	set(o, "before", s->before);
	p[1] = DB_TEXT(json_pool_text(m, o));
	p[2] = DB_TEXT(mem_printf(m, "%d", most));
	return rows_one(db, q, p, 3, m, out, e);
}

int
run_page(struct db *db, const char *account_id, const struct run_search *s,
	 int most, struct mem *m, struct json_object **out, struct err *e)
{
	return search(db, &SQL_RUN_PAGE, account_id, s, most, m, out, e);
}

int
run_ids(struct db *db, const char *account_id, const struct run_search *s,
	int most, struct mem *m, struct json_object **out, struct err *e)
{
	return search(db, &SQL_RUN_IDS, account_id, s, most, m, out, e);
}

static int
gone(const char *id, struct err *e)
{
	return err_set(e, ERR_GONE, "there is no run %s", id);
}

int
run_show(struct db *db, const char *account_id, const char *id, struct mem *m,
	 struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	if (rows_one(db, &SQL_RUN_SHOW, p, 2, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : gone(id, e);
}

int
run_explain(struct db *db, const char *account_id, const char *id,
	    struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	if (rows_one(db, &SQL_RUN_EXPLAIN, p, 2, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : gone(id, e);
}

int
run_cancel(struct db *db, const char *account_id, const char *id, struct mem *m,
	   struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };
	struct json_object *run;
	const char *done;

	if (rows_text(db, &SQL_RUN_CANCEL, p, 2, m, &done, e) == -1)
		return -1;
	if (done != NULL)
		return 0;
	if (run_show(db, account_id, id, m, &run, e) == -1)
		return -1;
	return err_set(e, ERR_INPUT, "run %s is %s already", id,
		       json_get_string(run, "status"));
}

int
run_by_hand(struct db *db, const char *account_id, const char *id,
	    const char *order, struct mem *m, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(order) };
	const char *problem;

	if (rows_text(db, &SQL_RUN_BY_HAND, p, 3, m, &problem, e) == -1)
		return -1;
	if (problem == NULL)
		return 0;
	if (strcmp(problem, "gone") == 0)
		return err_set(e, ERR_GONE, "there is no run %s", id);
	return err_set(e, ERR_INPUT, "run %s: %s", id, problem);
}
