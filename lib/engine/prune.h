/*
 * prune.h - what is kept no longer goes: deliveries after keep_days, dedup keys
 * when no window reaches back to them, entries of spools and logins that are
 * over.  In steps, each a short statement and a commit, so that others get
 * their turn between them; an executor takes a few each turn, once a day, the
 * command line all.  Runs carry what they need of their delivery and are not
 * harmed.
 */
#ifndef ENGINE_PRUNE_H
#define ENGINE_PRUNE_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>
#include <stdint.h>

struct db;

struct prune {
	int days;	  /* deliveries are kept; 0: for ever */
	int64_t window_s; /* dedup keys are */
	enum {
		PRUNE_PARTITIONS,
		PRUNE_DELIVERIES,
		PRUNE_LEFTOVERS,
		PRUNE_DONE
	} stage;
	struct mem *mem;
	struct json_object *partitions; /* as retention_drop tells them */
	int64_t deliveries, dedup_keys, spool_entries, sessions;
};

/* All of *p lives in the pool. */
MUSTUSE int prune_begin(struct prune *p, struct db *db, int days, struct mem *m,
			struct err *e);

/* One step.  1: there may be more; 0: that was all; -1 with *e set. */
MUSTUSE int prune_step(struct prune *p, struct db *db, struct err *e);

/* What would go, in the members of what prune_result tells. */
MUSTUSE int prune_preview(const struct prune *p, struct db *db,
			  struct json_object **out, struct err *e);

/* What went: {"partitions": [...],"deliveries","dedup_keys","spool_entries",
 * "sessions"}, in the pool. */
struct json_object *prune_result(const struct prune *p);

/*
 * For an executor's turns: begins when it is time and nobody else does it,
 * takes steps for a tenth of a second, and stops for the day where something
 * is in the way, which the log tells.  -1: the database is away.
 */
struct prune_daily {
	struct prune job;
	struct mem *mem; /* NULL: no job under way */
	int64_t asked_ms;
};

MUSTUSE int prune_turn(struct prune_daily *d, struct db *db, int days,
		       struct err *e);
void prune_turns_end(struct prune_daily *d);

#endif
