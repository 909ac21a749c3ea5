/*
 * executing.h - what the files of the executor share: executor.c is the loop
 * and the housekeeping, ride.c takes runs in, has their calls made and lets
 * them go, record.c writes down what they did.  For these files alone; others
 * use executor.h.
 */
#ifndef ENGINE_EXECUTING_H
#define ENGINE_EXECUTING_H

#include "engine/executor.h"

#include "engine/breakers.h"
#include "engine/passage.h"
#include "engine/plans.h"
#include "engine/prune.h"
#include "engine/tally.h"

#define DB_AGAIN_MS 1000 /* at first, then twice as long each time */
#define LONG_AGO_MS 1	 /* of a call: its turn does not come any more */

struct batch;

/* A passage, and what the executor knows of it beyond advancing. */
struct ride {
	struct passage passage;
	struct batch *batch;
	struct plan_use plan;
	struct ride *next;
	int64_t lease_ends_ms;
	struct breaker *breaker; /* of its call; NULL: it has none */
	int64_t asked_ms;	 /* since when the call waits for its turn */
	int is_probe;		 /* it tries its destination for all */
	int is_sent_away;	 /* its call waits too long, and others too */
	int is_locked_out;	 /* the operator's login was not taken */
	int is_again;	  /* not its step's first attempt, or it was held */
	int is_suspect;	  /* executors died of it, or beside it */
	int is_cancelled; /* its call is waited for, nothing else */
	int needs_record, is_over;
};

struct executor {
	const struct conf *conf;
	struct db *db;
	struct net *net;
	struct engine engine;
	char name[300];
	struct plans *plans;
	struct breakers *breakers;
	struct ride *rides, **rides_end;
	int n_rides, n_again, n_suspect, n_advanced;
	unsigned int n_claims;
	int64_t seen_ms, partitions_ms, db_again_ms, db_wait_ms;
	struct prune_daily prune;
	struct tally_turns tally;
	int is_stopping, is_lingering, is_db_away;
	int (*also)(void *);
	void *also_arg;
	int is_also_busy;
};

/* executor.c */

/* The database did not answer: when to ask again. */
int64_t executor_ask_again_at(struct executor *x);
void executor_db_is_back(struct executor *x);

/* Was executor_stop called? */
int executor_is_stopped(void);

/* ride.c */

/* Lease what is due, as far as there is room, and let it advance.  Returns how
 * many runs were due, those of unpublished workflows too, or -1. */
MUSTUSE int rides_claim(struct executor *x, struct err *e);

/* Set whether the passage's state has to be recorded now. */
void ride_settle(struct ride *r);

/* Where places are short, send those away that wait for a slow destination. */
void rides_make_room(struct executor *x);

/* Begin the calls that need no record before; where the destination is left
 * alone, the run waits instead. */
void rides_start_calls(struct executor *x);

/* A call may wait for its turn longer than a lease lasts: renew it in time.
 * When it is time to stop, its turn does not come any more. */
void rides_renew_leases(struct executor *x);

void rides_take_answers(struct executor *x);
void rides_drop_finished(struct executor *x);
void ride_free(struct ride *r);

/* record.c */

/* Record until nobody has anything to record: 0, or -1 with *e set. */
MUSTUSE int rides_record(struct executor *x, struct err *e);

#endif
