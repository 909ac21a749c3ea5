/*
 * run_list.h - runs as people look at them.  Leasing and recording them is
 * run.h.
 */
#ifndef STORE_RUN_LIST_H
#define STORE_RUN_LIST_H

#include "store/db.h"

#include <json-c/json_object.h>

/* Which runs; NULL: any. */
struct run_filter {
	const char *workflow_id, *status, *contact_id;
	const char *limit; /* a number as text */
};

/* The values of a run's status, ended by NULL. */
extern const char *const run_statuses[];

/* Newest first: [{"id","workflow","workflow_name","version","contact",
 * "contact_address","contact_name","status","step","attempt","paused",
 * "due_at","started_at","finished_at","last_error"}]. */
MUSTUSE int run_list(struct db *db, const char *account_id,
		     const struct run_filter *filter, struct mem *m,
		     struct json_object **out, struct err *e);

/* Which runs a page shows; NULL or "": any.  Days are of the account's zone. */
struct run_search {
	const char *workflow_id, *status, *step;
	const char *from, *to; /* YYYY-MM-DD, that day included */
	const char *contact;   /* address, number, id or part of a name */
	const char *before;    /* an id: where the last page ended */
};

/*
 * Newest first, quick however many runs there are: {"older","older_at",
 * "runs": [as run_list, and "step_name","step_type"]}, `most` at most.  "older"
 * is the `before` of the next page, null when nothing follows; with fewer than
 * `most` runs it says how far was looked. ERR_INPUT: there is no such day.
 */
MUSTUSE int run_page(struct db *db, const char *account_id,
		     const struct run_search *s, int most, struct mem *m,
		     struct json_object **out, struct err *e);

/* The same as {"older","ids"}. */
MUSTUSE int run_ids(struct db *db, const char *account_id,
		    const struct run_search *s, int most, struct mem *m,
		    struct json_object **out, struct err *e);

/* As run_list for one, and "delivery","parent_run","leased_by","due_local" (in
 * "timezone"),"is_due","wait","woken_by","variables",
 * "webhook","results","steps": [{"seq","step","type","status","attempt",
 * "started_at","finished_at","detail"}].  ERR_GONE: no such run. */
MUSTUSE int run_show(struct db *db, const char *account_id, const char *id,
		     struct mem *m, struct json_object **out, struct err *e);

/* What run_show lacks for telling a run's story: {"zone","workflow_status",
 * "document","wait","is_due","local": {"due","started","finished",
 * "step_started"},"at": [end of a step],"executor_seen_s"}, times as texts in
 * the run's zone.  ERR_GONE: no such run. */
MUSTUSE int run_explain(struct db *db, const char *account_id, const char *id,
			struct mem *m, struct json_object **out, struct err *e);

/* End a live run.  ERR_GONE: no such run; ERR_INPUT: it has ended. */
MUSTUSE int run_cancel(struct db *db, const char *account_id, const char *id,
		       struct mem *m, struct err *e);

/*
 * Carry out `order` for one run: "resume" (what waits does not wait any
 * longer), "skip" (the step it is at, or failed at) or "retry" (the step it
 * failed at, as one more attempt).  ERR_GONE: no such run; ERR_INPUT: its
 * status does not allow it.
 */
MUSTUSE int run_by_hand(struct db *db, const char *account_id, const char *id,
			const char *order, struct mem *m, struct err *e);

#endif
