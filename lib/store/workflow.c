/*
 * workflow.c - workflows as people see them.  See workflow.h.
 */
#include "config.h"

#include "store/workflow.h"

#include "base/json.h"
#include "base/token.h"
#include "store/queries.h"
#include "store/rows.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define END_TRIES 100
#define END_AGAIN_US 50000

static int
gone(const char *id, struct err *e)
{
	return err_set(e, ERR_GONE, "there is no workflow %s any more", id);
}

static void
describe(struct json_object *o, struct workflow *out)
{
	memset(out, 0, sizeof(*out));
	out->id = json_get_string(o, "id");
	out->name = json_get_string(o, "name");
	out->status = json_get_string(o, "status");
	out->version = (int)json_get_int(o, "version", 0);
	out->trigger_id = json_get_string(o, "trigger");
	out->hook_key = json_get_string(o, "hook_key");
	out->draft = json_get(o, "draft");
	out->rev = json_get_string(o, "rev");
}

int
workflow_find(struct db *db, const char *account_id, const char *name,
	      struct mem *m, struct workflow *out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(name) };
	struct json_object *o;

	if (rows_one(db, &SQL_WORKFLOW_FIND, p, 2, m, &o, e) == -1)
		return -1;
	describe(o, out);
	return 0;
}

int
workflow_by_id(struct db *db, const char *account_id, const char *id,
	       struct mem *m, struct workflow *out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };
	struct json_object *o;

	if (rows_one(db, &SQL_WORKFLOW_BY_ID, p, 2, m, &o, e) == -1)
		return -1;
	describe(o, out);
	return o != NULL ? 0 : gone(id, e);
}

int
workflow_need(struct db *db, const char *account_id, const char *name,
	      struct mem *m, struct workflow *out, struct err *e)
{
	if (workflow_find(db, account_id, name, m, out, e) == -1)
		return -1;
	if (out->id == NULL)
		return err_set(e, ERR_GONE,
			       "there is no workflow \"%.200s\"; `hookline "
			       "workflow list` shows them",
			       name);
	return 0;
}

int
workflow_insert(struct db *db, const char *account_id, const char *name,
		const char *document, const unsigned char *hook_key,
		struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(name),
				 DB_TEXT(document),
				 DB_BYTES(hook_key, TOKEN_KEY_SIZE) };

	if (db_run(db, &SQL_WORKFLOW_INSERT, p, 4, e) == 0)
		return 0;
	if (strcmp(db_sqlstate(db), DB_UNIQUE_VIOLATION) == 0)
		return err_set(e, ERR_TEMP,
			       "somebody else is making a workflow \"%.200s\" "
			       "right now: look at theirs, then try again",
			       name);
	return -1;
}

/* Run a statement that changes one workflow; is_changed says whether it was
 * there. */
static int
change(struct db *db, const struct sql *q, const struct db_param *p, int n,
       int *is_changed, struct err *e)
{
	struct db_result *r;

	if (db_exec(db, q, p, n, &r, e) == -1)
		return -1;
	*is_changed = db_rows(r) > 0;
	db_result_free(r);
	return 0;
}

int
workflow_save(struct db *db, const char *account_id, const char *id,
	      const char *document, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(document), DB_NULL };
	int is_changed;

	if (change(db, &SQL_WORKFLOW_SAVE, p, 4, &is_changed, e) == -1)
		return -1;
	return is_changed ? 0 : gone(id, e);
}

int
workflow_save_over(struct db *db, const char *account_id, const char *id,
		   const char *document, const char *rev, struct mem *m,
		   const char **new_rev, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(document), DB_TEXT(rev) };

	return rows_text(db, &SQL_WORKFLOW_SAVE, p, 4, m, new_rev, e);
}

int
workflow_rename(struct db *db, const char *account_id, const char *id,
		const char *name, const char *document, const char *rev,
		struct mem *m, const char **new_rev, struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(document), DB_TEXT(rev),
				 DB_TEXT(name) };

	if (rows_text(db, &SQL_WORKFLOW_RENAME, p, 5, m, new_rev, e) == 0)
		return 0;
	if (strcmp(db_sqlstate(db), DB_UNIQUE_VIOLATION) == 0)
		return err_set(e, ERR_INPUT,
			       "there is another workflow \"%.200s\"", name);
	return -1;
}

int
workflow_publish(struct db *db, const char *account_id, const char *id,
		 const char *document, const char *webhook_refs, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(document), DB_TEXT(webhook_refs) };
	int is_changed;

	if (change(db, &SQL_WORKFLOW_PUBLISH, p, 4, &is_changed, e) == -1)
		return -1;
	return is_changed ? 0 : gone(id, e);
}

int
workflow_unpublish(struct db *db, const char *account_id, const char *id,
		   int64_t *n_paused, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };
	struct db_result *r;
	int rc = 0;

	if (db_exec(db, &SQL_WORKFLOW_UNPUBLISH, p, 2, &r, e) == -1)
		return -1;
	if (db_rows(r) > 0)
		*n_paused = db_int(r, 0, 0);
	else
		rc = err_set(e, ERR_INPUT, "the workflow is not published");
	db_result_free(r);
	return rc;
}

/* Cancel what is live of an archived workflow and that nobody holds. */
static int
end_runs(struct db *db, const struct db_param *p, int64_t *n, int64_t *n_left,
	 struct err *e)
{
	struct db_result *r;

	if (db_exec(db, &SQL_WORKFLOW_END_RUNS, p, 2, &r, e) == -1)
		return -1;
	*n += db_int(r, 0, 0);
	*n_left = db_int(r, 0, 1);
	db_result_free(r);
	return 0;
}

int
workflow_archive(struct db *db, const char *account_id, const char *id,
		 int64_t *n_cancelled, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };
	int is_changed, tries = 0;
	int64_t n_left;

	*n_cancelled = 0;
	if (change(db, &SQL_WORKFLOW_ARCHIVE, p, 2, &is_changed, e) == -1)
		return -1;
	if (!is_changed)
		return gone(id, e);
	while (end_runs(db, p, n_cancelled, &n_left, e) == 0) {
		if (n_left == 0)
			return 0;
		if (++tries == END_TRIES)
			return err_set(e, ERR_TEMP,
				       "the workflow is archived; %lld of its "
				       "runs were busy and end when they are "
				       "due",
				       (long long)n_left);
		usleep(END_AGAIN_US);
	}
	return -1;
}

int
workflow_places(struct db *db, const char *account_id, const char *id,
		struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	return rows_one(db, &SQL_WORKFLOW_PLACES, p, 2, m, out, e);
}

int
workflow_version(struct db *db, const char *account_id, const char *id,
		 const char *version, struct mem *m, struct json_object **out,
		 struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(version) };

	return rows_one(db, &SQL_VERSION_DOCUMENT, p, 3, m, out, e);
}

int
workflow_version_try(struct db *db, const char *account_id, const char *id,
		     int version, const char *document, struct err *e)
{
	char number[12];
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(number), DB_TEXT(document) };

	snprintf(number, sizeof(number), "%d", version);
	return db_run(db, &SQL_VERSION_TRY, p, 4, e);
}

int
workflow_versions(struct db *db, const char *account_id, const char *id,
		  const char *before, const char *most, struct mem *m,
		  struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(before), DB_TEXT(most) };

	return rows_list(db, &SQL_WORKFLOW_VERSIONS, p, 4, m, out, e);
}

int
workflow_list(struct db *db, const char *account_id, int with_archived,
	      struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id),
				 DB_TEXT(with_archived ? "t" : "f") };

	return rows_list(db, &SQL_WORKFLOW_LIST, p, 2, m, out, e);
}

int
workflow_board(struct db *db, const char *account_id, int with_archived,
	       struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id),
				 DB_TEXT(with_archived ? "t" : "f") };

	return rows_list(db, &SQL_WORKFLOW_BOARD, p, 2, m, out, e);
}

int
workflow_names(struct db *db, const char *account_id, struct mem *m,
	       struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_WORKFLOW_NAMES, &p, 1, m, out, e);
}

int
workflow_tally(struct db *db, int most, struct err *e)
{
	char text[16];
	struct db_param p = DB_TEXT(text);
	struct db_result *r;
	int is_more;

	snprintf(text, sizeof(text), "%d", most);
	if (db_exec(db, &SQL_WORKFLOW_TALLY, &p, 1, &r, e) == -1)
		return -1;
	is_more = db_bool(r, 0, 0);
	db_result_free(r);
	return is_more;
}

int
workflow_show(struct db *db, const char *account_id, const char *id,
	      struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	if (rows_one(db, &SQL_WORKFLOW_SHOW, p, 2, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : gone(id, e);
}
