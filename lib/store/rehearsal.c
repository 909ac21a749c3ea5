/*
 * rehearsal.c - what a rehearsal writes.  See rehearsal.h.
 */
#include "config.h"

#include "store/rehearsal.h"

#include "store/queries.h"
#include "store/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

int
rehearsal_number(struct db *db, struct rehearsal_version *v, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(v->account_id),
				 DB_TEXT(v->workflow_id), DB_TEXT(v->document),
				 DB_TEXT(v->webhook_refs) };
	struct db_result *r;
	int rc = 0;

	if (db_exec(db, &SQL_REHEARSE_VERSION, p, 4, &r, e) == -1)
		return -1;
	if (db_rows(r) == 0)
		rc = err_set(e, ERR_GONE, "there is no such workflow");
	else
		v->version = (int)db_int(r, 0, 0);
	db_result_free(r);
	return rc;
}

int
rehearsal_start(struct db *db, const struct rehearsal_version *v,
		const struct rehearsal_start *s, struct mem *m,
		const char **run_id, struct err *e)
{
	char version[16];
	struct db_param p[8] = {
		DB_TEXT(v->account_id),	 DB_TEXT(v->workflow_id),
		DB_TEXT(version),	 DB_TEXT(s->contact_id),
		DB_TEXT(s->delivery_id), DB_TEXT(s->step_id),
		DB_TEXT(s->variables),	 DB_TEXT(s->webhook)
	};

	snprintf(version, sizeof(version), "%d", v->version);
	return rows_text(db, &SQL_REHEARSE_START, p, 8, m, run_id, e);
}
