/*
 * plans.h - the workflows that an executor has at hand.  A version never
 * changes, so its document is read and laid out once and kept while there is
 * room.  Knows no runs beyond their version.
 */
#ifndef ENGINE_PLANS_H
#define ENGINE_PLANS_H

#include "base/err.h"
#include "base/mem.h"
#include "flow/plan.h"
#include "store/run.h"

struct plans;
struct plan_entry;

/* A plan in use. */
struct plan_use {
	struct plan *plan;
	struct json_object *document;
	struct plan_entry *entry; /* NULL: it lives in the user's pool */
};

struct plans *plans_new(void);
/* NULL is allowed.  Every use has ended before. */
void plans_free(struct plans *ps);

/* The plan of the run's version into *use, until plans_end_use.  It may live
 * in the pool `m`. */
MUSTUSE int plans_use(struct plans *ps, struct db *db, const struct run *run,
		      struct mem *m, struct plan_use *use, struct err *e);
void plans_end_use(struct plan_use *use);

#endif
