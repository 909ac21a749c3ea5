/*
 * retention.h - removing what is kept no longer, a small statement at a time.
 * What is kept for how long the caller says (engine/prune.h).
 */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "store/db.h"

#include <json-c/json_object.h>

/* Is it time, and nobody else at it?  1: for `lease_s` seconds it is the
 * caller's.  0: no.  -1: *e is set. */
MUSTUSE int retention_due(struct db *db, int lease_s, struct err *e);

/* It is done; due again in a day. */
MUSTUSE int retention_done(struct db *db, struct err *e);

/* The windows of dedup in use, as texts of documents ("30 days"). */
MUSTUSE int retention_windows(struct db *db, struct mem *m,
			      struct json_object **out, struct err *e);

/*
 * Drop the oldest partition of deliveries that are all older than `days`.
 * *out is NULL when there is none, else {"partition","deliveries": about so
 * many or null,"bytes","problem": why it is still there, or null}.
 */
MUSTUSE int retention_drop(struct db *db, int days, struct mem *m,
			   struct json_object **out, struct err *e);

/* Delete up to about `most` deliveries that are older than `days` but share a
 * partition with younger ones.  Returns how many, or -1. */
MUSTUSE int retention_deliveries(struct db *db, int days, int most,
				 struct err *e);

struct retention_leftovers {
	int64_t dedup_keys, spool_entries, sessions;
};

/* Delete up to about `most` each of dedup keys older than the window, of
 * entries of spools brought in long ago, and of logins that ended. */
MUSTUSE int retention_leftovers(struct db *db, int64_t window_s, int most,
				struct retention_leftovers *out, struct err *e);

/* What would be removed: {"partitions": [as above],"deliveries",
 * "dedup_keys","spool_entries","sessions"}.  `days` 0: no deliveries. */
MUSTUSE int retention_preview(struct db *db, int days, int64_t window_s,
			      struct mem *m, struct json_object **out,
			      struct err *e);

#endif
