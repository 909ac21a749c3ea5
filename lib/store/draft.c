/*
 * draft.c - drafts and what can be undone of them.  See draft.h.
 */
#include "config.h"

#include "store/draft.h"

#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
draft_keep(struct db *db, const char *account_id, const struct draft_change *c,
	   struct mem *m, const char **new_rev, struct err *e)
{
	struct db_param p[7] = { DB_TEXT(account_id),
				 DB_TEXT(c->workflow_id),
				 DB_TEXT(c->document),
				 DB_TEXT(c->rev),
				 DB_TEXT(c->label),
				 DB_TEXT(c->user_id),
				 DB_TEXT(c->continues ? "t" : "f") };

	return rows_text(db, &SQL_DRAFT_SAVE, p, 7, m, new_rev, e);
}

int
draft_undo(struct db *db, const char *account_id, const char *workflow_id,
	   const char *rev, struct mem *m, struct json_object **out,
	   struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(workflow_id),
				 DB_TEXT(rev) };

	return rows_one(db, &SQL_DRAFT_UNDO, p, 3, m, out, e);
}

int
draft_last_change(struct db *db, const char *account_id,
		  const char *workflow_id, struct mem *m,
		  struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(workflow_id) };

	return rows_one(db, &SQL_DRAFT_LAST_CHANGE, p, 2, m, out, e);
}
