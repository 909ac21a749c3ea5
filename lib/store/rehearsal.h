/*
 * rehearsal.h - what a rehearsal writes into a transaction that is rolled back.
 * What it is, is engine/rehearse.h.
 */
#ifndef STORE_REHEARSAL_H
#define STORE_REHEARSAL_H

#include "store/db.h"

/* A version that is not there yet (workflow_version_try). */
struct rehearsal_version {
	const char *account_id, *workflow_id;
	const char *document, *webhook_refs; /* JSON */
	int version;
};

/* Fill in the number that it would have, or the published one's when that is
 * the same.  ERR_GONE: there is no such workflow. */
MUSTUSE int rehearsal_number(struct db *db, struct rehearsal_version *v,
			     struct err *e);

/* A run that begins whatever the workflow's re-entry rule says. */
struct rehearsal_start {
	const char *contact_id, *delivery_id, *step_id; /* NULL: none */
	const char *variables, *webhook;		/* JSON */
};

/* In the transaction: *run_id, from the pool. */
MUSTUSE int rehearsal_start(struct db *db, const struct rehearsal_version *v,
			    const struct rehearsal_start *s, struct mem *m,
			    const char **run_id, struct err *e);

#endif
