/*
 * hook.c - what receiving asks the database.  See hook.h.
 */
#include "config.h"

#include "store/hook.h"

#include "base/coding.h"
#include "base/json.h"
#include "base/token.h"
#include "store/column.h"
#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

enum column {
	COL_KEY,
	COL_ACCOUNT,
	COL_TRIGGER,
	COL_WORKFLOW,
	COL_STATUS,
	COL_VERSION,
	COL_TRIGGER_PART,
	COL_SETTINGS,
	COL_FIRST_STEP,
	COL_REFS,
	COL_COUNTRY,
	COL_IS_OLD_URL,
	COL_SECRETS,
	COL_CUSTOM_FIELDS,
	COL_STAMP,
	COL_NOW
};

static int
fill_hook(const struct db_result *r, int row, struct mem *m, struct hook *out,
	  struct err *e)
{
	out->account_id = column_text(r, row, COL_ACCOUNT, m);
	out->trigger_id = column_text(r, row, COL_TRIGGER, m);
	out->workflow_id = column_text(r, row, COL_WORKFLOW, m);
	out->is_published =
		strcmp(db_text(r, row, COL_STATUS), "published") == 0;
	out->version = (int)db_int(r, row, COL_VERSION);
	out->first_step = column_text(r, row, COL_FIRST_STEP, m);
	out->country = column_text(r, row, COL_COUNTRY, m);
	out->is_old_url = db_bool(r, row, COL_IS_OLD_URL);
	out->stamp = column_text(r, row, COL_STAMP, m);
	out->now_us = db_int(r, row, COL_NOW);
	if (column_json(r, row, COL_TRIGGER_PART, m, &out->trigger, e) == -1 ||
	    column_json(r, row, COL_SETTINGS, m, &out->settings, e) == -1 ||
	    column_json(r, row, COL_REFS, m, &out->webhook_refs, e) == -1 ||
	    column_json(r, row, COL_SECRETS, m, &out->secrets, e) == -1 ||
	    column_json(r, row, COL_CUSTOM_FIELDS, m, &out->custom_fields, e) ==
		    -1)
		return -1;
	return 0;
}

int
hook_find(struct db *db, const unsigned char *keys, int n,
	  struct db_result **rows, struct err *e)
{
	struct db_param p = DB_BYTES(keys, n * TOKEN_KEY_SIZE);

	return db_exec(db, &SQL_HOOK_RESOLVE, &p, 1, rows, e);
}

int
hook_read(const struct db_result *rows, const unsigned char *key, struct mem *m,
	  struct hook **out, struct err *e)
{
	char hex[2 * TOKEN_KEY_SIZE + 1];
	int row;

	hex_encode(key, TOKEN_KEY_SIZE, hex);
	for (row = 0; row < db_rows(rows); row++)
		if (strcmp(db_text(rows, row, COL_KEY), hex) == 0)
			break;
	if (row == db_rows(rows))
		return err_set(e, ERR_GONE, "no such hook");
	*out = mem_alloc(m, sizeof(**out));
	return fill_hook(rows, row, m, *out, e);
}

int
hook_resolve(struct db *db, const unsigned char *key, struct mem *m,
	     struct hook **out, struct err *e)
{
	struct db_result *rows;
	int rc;

	if (hook_find(db, key, 1, &rows, e) == -1)
		return -1;
	rc = hook_read(rows, key, m, out, e);
	db_result_free(rows);
	return rc;
}

int
hook_of_trigger(struct db *db, const char *account_id, const char *trigger_id,
		struct mem *m, struct hook **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(trigger_id) };
	struct db_result *r;
	int rc;

	*out = mem_alloc(m, sizeof(**out));
	if (db_exec(db, &SQL_HOOK_OF_TRIGGER, p, 2, &r, e) == -1)
		return -1;
	if (db_rows(r) == 0)
		rc = err_set(e, ERR_GONE,
			     "there is no such trigger, or its workflow is "
			     "archived");
	else
		rc = fill_hook(r, 0, m, *out, e);
	db_result_free(r);
	return rc;
}

int
hook_receipt(struct db *db, const unsigned char *key, const char *delivery_id,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_BYTES(key, TOKEN_KEY_SIZE),
				 DB_TEXT(delivery_id) };

	return rows_one(db, &SQL_HOOK_RECEIPT, p, 2, m, out, e);
}

static int
fill_result(const struct db_result *r, int row, struct hook_result *out,
	    struct err *e)
{
	struct mem *m = out->mem;

	out->delivery_id = column_text(r, row, 0, m);
	out->outcome = column_text(r, row, 1, m);
	out->is_stale = strcmp(out->outcome, "stale") == 0;
	out->reason = column_text(r, row, 2, m);
	out->contact_id = column_text(r, row, 3, m);
	out->run_id = column_text(r, row, 4, m);
	return column_json(r, row, 5, m, &out->parts, e);
}

int
hook_receive(struct db *db, const struct buf *list, const struct buf *bodies,
	     struct hook_result *out, int n, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(list->s),
				 DB_BYTES(bodies->s, (int)bodies->len) };
	struct db_result *r;
	int i, rc = 0;

	if (db_exec(db, &SQL_HOOK_RECEIVE, p, 2, &r, e) == -1)
		return -1;
	if (db_rows(r) != n)
		rc = err_set(e, ERR_BUG,
			     "hook_receive: %d rows for %d deliveries",
			     db_rows(r), n);
	for (i = 0; rc == 0 && i < n; i++)
		rc = fill_result(r, i, &out[i], e);
	if (rc == -1)
		e->is_unknown = 1; /* rather: it was kept */
	db_result_free(r);
	return rc;
}
