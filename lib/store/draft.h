/*
 * draft.h - the draft of a workflow as the builder changes it: each change can
 * be undone.  What stands in a draft is flow/plan.h's business; the other ways
 * to a draft (import) are workflow.h.
 */
#ifndef STORE_DRAFT_H
#define STORE_DRAFT_H

#include "store/db.h"

#include <json-c/json_object.h>

/* One change of a draft. */
struct draft_change {
	const char *workflow_id;
	const char *document; /* the new draft */
	const char *rev;      /* the revision that it was made of */
	const char *label;    /* what was changed: "Step \"Hello\" deleted" */
	const char *user_id;
	int continues; /* it may be undone together with the one before */
};

/* *new_rev is NULL when the draft is another by now, and nothing was kept. */
MUSTUSE int draft_keep(struct db *db, const char *account_id,
		       const struct draft_change *change, struct mem *m,
		       const char **new_rev, struct err *e);

/* The draft as it was before the last change.  *out is {"label","rev"}; NULL
 * when there is nothing to undo or the draft is not `rev` any more. */
MUSTUSE int draft_undo(struct db *db, const char *account_id,
		       const char *workflow_id, const char *rev, struct mem *m,
		       struct json_object **out, struct err *e);

/* What would be undone next: {"label","at","by"}, by may be null; NULL:
 * nothing. */
MUSTUSE int draft_last_change(struct db *db, const char *account_id,
			      const char *workflow_id, struct mem *m,
			      struct json_object **out, struct err *e);

#endif
