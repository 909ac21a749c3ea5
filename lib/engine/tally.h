/*
 * tally.h - the sums of runs that the builder shows are brought up to date by
 * executors, a little in a turn, about once a minute.  What is summed, and how
 * several executors share it, is the database's business
 * (hookline.workflow_tally).
 */
#ifndef ENGINE_TALLY_H
#define ENGINE_TALLY_H

#include "base/err.h"

#include <stdint.h>

struct db;

/* Begins as zeroes. */
struct tally_turns {
	int64_t done_ms; /* when it was last all done; 0: not yet */
};

/* -1: the database is away.  What else goes wrong, the log tells. */
MUSTUSE int tally_turn(struct tally_turns *t, struct db *db, struct err *e);

#endif
