/*
 * breakers.h - an executor's view of the destinations that it calls: which are
 * left alone, who may try them again, and which have more calls waiting than
 * they get through.  The table (store/destination.h) is the truth for all
 * executors; here is a copy of what was asked for lately, of bounded size.
 * When one is left alone is flow/breaker.h; what a run does then, ride.c.
 *
 * A database that does not answer stops nothing: what is known holds, and what
 * was heard is told later.
 */
#ifndef ENGINE_BREAKERS_H
#define ENGINE_BREAKERS_H

#include "base/mem.h"
#include "flow/breaker.h"

struct breaker;
struct breakers;
struct db;

struct breakers_options {
	struct db *db;	      /* all borrowed */
	const char *executor; /* its name */
	double (*dice)(void); /* [0,1) */
	int probe_s;	      /* trying a destination takes no longer */
	int share;	      /* places that a slow one may take of those
			       * that others wait for */
};

/* Why a call does not begin, and for how long. */
struct hold {
	int64_t ms;
	const char *key;
	const char *why; /* for people */
};

struct breakers *breakers_new(const struct breakers_options *o);
void breakers_free(struct breakers *b);

/* A ride has a call to `key` ahead.  It stays known until breakers_leave. */
struct breaker *breakers_enter(struct breakers *b, const char *key);
void breakers_leave(struct breaker *br);

/* Look up what was entered, unless it worked some seconds ago. */
void breakers_refresh(struct breakers *b);

/* May a call begin?  1, perhaps as the one that tries it for all, *is_probe;
 * 0: *why_not, from the pool. */
int breakers_admit(struct breakers *b, struct breaker *br, struct mem *m,
		   int *is_probe, struct hold *why_not);

/* Is it left alone, or tried by one call just now? */
int breakers_is_held(const struct breaker *br);

/* How long then, and why. */
void breakers_hold(struct breakers *b, struct breaker *br, struct mem *m,
		   struct hold *why);

/* More calls wait for it than it gets through, while others find no place. */
void breakers_crowd(struct breaker *br);

/* How long and why one has to wait for others. */
void breakers_turn(struct breakers *b, struct breaker *br, struct mem *m,
		   struct hold *why);

/* May one more call keep its place, of those asked since begin_count? */
void breakers_begin_count(struct breaker *br);
int breakers_keeps(struct breakers *b, struct breaker *br);

/* A call that was admitted ended, after elapsed_ms; 0: without having begun.
 * `error` is what went wrong, if anything did. */
void breakers_heard(struct breaker *br, int is_probe, enum breaker_sign sign,
		    long elapsed_ms, const char *error);

/* Tell the others what was heard, and look up what follows. */
void breakers_save(struct breakers *b);

#endif
