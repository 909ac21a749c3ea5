/*
 * executor.h - carries out what is due: claims runs, lets them advance
 * (advance.c), records, and keeps all calls to the outside going in one event
 * loop.  Any number of executors may work on one database.
 */
#ifndef ENGINE_EXECUTOR_H
#define ENGINE_EXECUTOR_H

#include "base/conf.h"
#include "base/err.h"
#include "base/token.h"

struct db;
struct executor;

/* NULL with *e set when the configuration can't be used.  Borrows all three. */
struct executor *executor_new(const struct conf *c, const struct secrets *s,
			      struct db *db, struct err *e);
void executor_free(struct executor *x);

/* In each turn, unless the database is away, also call fn(arg), which takes a
 * moment at most and returns 1 while it has more to do at once. */
void executor_also(struct executor *x, int (*fn)(void *), void *arg);

/*
 * Work for `linger_s` seconds, or, when that is 0, until nothing is due, or
 * until executor_stop was called; what is in flight then is finished and
 * recorded.  A database that is away is asked again, first after a second, then
 * every 5 seconds at most; without lingering it is not waited for.
 * Returns how many runs were advanced, or -1 with ERR_TEMP when the database is
 * away at the end: leases then pass, and the next executor carries on.
 */
MUSTUSE int executor_work(struct executor *x, int linger_s, struct err *e);

/* Claim nothing more; safe in a signal handler. */
void executor_stop(void);

#endif
