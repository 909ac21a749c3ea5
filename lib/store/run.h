/*
 * run.h - one contact's passage through one workflow, as the executor sees
 * it: leases and records.  Knows states and leases; what a step does is
 * engine/advance.c, how long to wait is flow/backoff.h.
 */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include "base/buf.h"
#include "store/db.h"

#include <json-c/json_object.h>

/* A leased run with everything that advancing it needs; lives in a pool. */
struct run {
	const char *account_id, *id, *lease_no;
	const char *workflow_id, *workflow_name;
	int version;
	const char *contact_id;	 /* NULL: without contact */
	const char *delivery_id; /* may be NULL */
	const char *step_id;	 /* NULL: the workflow has no steps */
	int attempt;		 /* of step_id; this lease counted */
	int lost_leases;
	int seq;		  /* steps executed so far */
	int is_after_wait;	  /* leased at a wait that has begun */
	struct json_object *wait; /* what it is (wait.c); NULL: none */
	const char *woken_by;	  /* before its time: "contact" (it changed),
				   * "resume", "skip" (by hand); NULL: due */
	int64_t due_us;		  /* when it was due, since 1970 */
	int was_held;		  /* it waited for a destination, without an
				   * attempt */
	int is_sending;	    /* the lease before may have sent what may not be
			     * sent twice */
	int is_window_open; /* that it waits for */
	const char *zone;   /* IANA time zone of the run */
	const char *started_at; /* UTC, RFC 3339 */
	const char *last_error;
	struct json_object *variables, *webhook, *results;
	struct json_object *account, *constants, *contact;
	const char *contact_stamp; /* another one: the contact has changed */
	const char *now_utc, *now_local;
	int64_t now_us;
	const char *problem; /* why it can't be loaded; then only the ids and
			      * the lease are set */
};

/* What to do with one run, as run_record answers. */
struct run_verdict {
	enum {
		RUN_OK,
		RUN_LOST,      /* another holds the lease */
		RUN_CANCELLED, /* only its calls were written down */
		RUN_PAUSED,    /* its workflow is not published any more */
		RUN_ACT_FAILED
	} kind;
	const char *problem; /* of the act; NULL: none */
};

/* How many runs to lease, and how many of these at most ... */
struct run_room {
	int max;
	int again;   /* ... whose step was tried before */
	int suspect; /* ... that lost two leases in a row; not among `again` */
};

/*
 * Lease due runs for `lease_s` seconds to `executor`, as many as there is room
 * for.  Returns how many, or -1.  Leasing counts as an attempt, so a step that
 * kills its executor can't be tried for ever.  *runs lives in the pool.
 * *n_set_aside: how many more were due and are so no longer, since their
 * workflow is not published.
 */
MUSTUSE int run_claim(struct db *db, const char *executor, int lease_s,
		      const struct run_room *room, int *n_set_aside,
		      struct mem *m, struct run **runs, struct err *e);

/* Lease this one, due or not, for a rehearsal: in a transaction that is rolled
 * back.  *run is NULL when it has ended. */
MUSTUSE int run_take(struct db *db, const char *account_id, const char *id,
		     const char *executor, struct mem *m, struct run **run,
		     struct err *e);

/* The document of the run's version, tied to the pool. */
MUSTUSE int run_document(struct db *db, const struct run *r, struct mem *m,
			 struct json_object **out, struct err *e);

/*
 * Record what was done with `n` runs: `list` is what hookline.run_record
 * takes.  Fills a verdict each.
 */
MUSTUSE int run_record(struct db *db, const struct buf *list, struct mem *m,
		       struct run_verdict *out, int n, struct err *e);

/* For flow/date.h: *us of a local time ("2026-03-29T02:30:00") in a zone.
 * `arg` is the struct db. */
int run_instant(void *arg, const char *timezone, const char *local, int64_t *us,
		struct err *e);

/* The moment `interval` (PostgreSQL's input, may be negative) after *us by the
 * calendar of `zone`, into *us. */
MUSTUSE int run_instant_add(struct db *db, int64_t *us, const char *interval,
			    const char *zone, struct err *e);

/* *out: the moment in `zone`, written by a pattern of PostgreSQL's to_char. */
MUSTUSE int run_date_text(struct db *db, int64_t us, const char *zone,
			  const char *pattern, struct mem *m, const char **out,
			  struct err *e);

/* A sign of life. */
MUSTUSE int executor_seen(struct db *db, const char *name, struct err *e);

/* Make this month's and the next months' partitions of delivery. */
MUSTUSE int partition_ensure(struct db *db, int months, struct err *e);

#endif
