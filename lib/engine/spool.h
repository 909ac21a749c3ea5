/*
 * spool.h - the directory that takes deliveries while the database can't.  One
 * file holds one request as it came; its name sorts by arrival and is unique
 * in the world.  What is put here is on the disk when spool_put returns, and
 * spool_drain_step brings it in later, through the same code as a delivery
 * that comes just now, exactly once, even if it is killed half-way.
 *
 *	DIR/NAME		waits for the database
 *	DIR/failed/NAME		can't be brought in; NAME.why says why
 *
 * A request taken apart is not known here: programs hand in spool_apart.  Any
 * number of processes and threads may use one directory.
 */
#ifndef ENGINE_SPOOL_H
#define ENGINE_SPOOL_H

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"
#include "engine/receive.h"

#include <json-c/json_object.h>
#include <stdint.h>

struct db;
struct spool;
struct spool_drain;

/* The spool of a configuration; nothing is touched or made yet.  Borrows
 * both. */
struct spool *spool_new(const struct conf *c, const struct secrets *s);
void spool_free(struct spool *s);

/*
 * Keep a request that came at `arrived_us` (microseconds since 1970, by this
 * machine's clock) and that receive() failed for, for the reason *why.  With
 * ERR_TEMP it waits for the database, with anything else it goes to failed/,
 * since trying again would not help.  A request that is refused anyway, and
 * one that failed, may fill the spool only by half.
 *
 * 0: it is on the disk.  -1: it is not: the spool is full, off, not private,
 * or can't be written; *e says which and what to do.
 */
MUSTUSE int spool_put(struct spool *s, const unsigned char *key,
		      const struct delivery *d, int64_t arrived_us,
		      const struct err *why, struct err *e);

/*
 * Was the database away a moment ago, so that asking it would only cost time?
 * Common to all processes.  Every second, one caller is told 0 although it
 * was: it finds out, and must call spool_note.
 */
int spool_is_away(struct spool *s);

/* What receive() found out: *e when it failed, NULL when it did not. */
void spool_note(struct spool *s, const struct err *e);

/* Microseconds since 1970. */
int64_t spool_clock(void);

/* Take a request of the spool apart: fill payload and query_json, and
 * refused_* when it was not refused before. */
typedef void (*spool_apart)(struct mem *m, struct delivery *d);

/* What a drain did so far. */
struct spool_drained {
	int taken;	  /* brought in */
	int failed;	  /* moved to failed/ */
	int waiting;	  /* left for later, of the last look */
	int is_elsewhere; /* another process was at it just now */
};

/* Borrows all. */
struct spool_drain *spool_drain_new(struct spool *s, struct db *db,
				    const struct receive_rules *rules,
				    spool_apart apart);
void spool_drain_free(struct spool_drain *d);
const struct spool_drained *spool_drain_done(const struct spool_drain *d);

/*
 * Bring in what waits, in the order of arrival, for `max_ms` at most (one
 * entry is finished in any case).  Of a hook whose first entry has to wait,
 * those behind it wait too.
 *
 * 1: there is more to do.  0: all that could be done is done, or another
 * process is at it.  -1: ERR_TEMP the database is away; or the spool can't be
 * used.
 */
MUSTUSE int spool_drain_step(struct spool_drain *d, int max_ms, struct err *e);

/* Put what failed among what waits, to be tried again.  Returns how many, or
 * -1. */
MUSTUSE int spool_retry_failed(struct spool *s, struct err *e);

/*
 * How it stands: {"dir", "waiting", "waiting_bytes", "oldest" (RFC 3339, or
 * null), "oldest_age_s" (or null), "failed", "failed_bytes", "max_files",
 * "max_bytes", "failures":
 * [{"name","received_at","bytes","reason"}]}, with `most` failures at most.
 * A directory that is not there yet is an empty one.
 */
MUSTUSE int spool_status(struct spool *s, int most, struct mem *m,
			 struct json_object **out, struct err *e);

/* Where a person is named. */
struct spool_named {
	int waiting, failed; /* entries that name the person */
	const char *failure; /* the name of one that failed; pool */
};

/* Look for a person (store/contact.h: person_pattern) in all that waits and
 * that failed. */
MUSTUSE int spool_find_person(struct spool *s, struct db *db,
			      const char *account_id, const char *pattern,
			      struct mem *m, struct spool_named *out,
			      struct err *e);

/* Could something be put?  -1 with the reason and the fix; ERR_GONE: it is off,
 * or not there yet and not to be made. */
MUSTUSE int spool_check(struct spool *s, int make, struct err *e);

#endif
