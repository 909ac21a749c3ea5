/*
 * replay.h - a stored delivery once more, as it was received, through today's
 * mapping: the same code as receiving it, at the trigger it came to, but
 * without dedup and signature, which are about the moment it came.  A dry run
 * does the same in a transaction that is rolled back, and says what would be:
 * exactly, because it was.
 *
 * A request is taken apart by whoever calls (front/apart.h): lib/http is not
 * known here.
 */
#ifndef ENGINE_REPLAY_H
#define ENGINE_REPLAY_H

#include "engine/receive.h"

struct replaying;

/* What a rehearsal (rehearse.h) does beside in a dry run.  -1 ends it. */
struct replay_trial {
	void *arg;
	/* The rules that the trigger shall have. */
	int (*rules)(void *arg, struct hook *h, struct err *e);
	/* In the transaction, before the delivery is kept ... */
	int (*begin)(void *arg, struct err *e);
	/* ... and when it was, and its contacts were looked at. */
	int (*within)(void *arg, struct replaying *rg, struct err *e);
};

struct replay {
	struct db *db;
	const char *account_id;
	const struct receive_rules *rules;
	/* Fills payload, query_json, refused_status and refused_why. */
	void (*apart)(struct mem *m, struct delivery *d);
	int is_dry;
	/* Of a dry run alone: judge by the trigger and the settings of this
	 * document, as if it were published; NULL: by what is. */
	struct json_object *document;
	int only_proven; /* leave out what failed its signature or address:
			  * nobody named it by its id */
	const struct replay_trial *trial; /* of a dry run; NULL: none */
};

/*
 * Replay one delivery; of a part of a split one the whole.  *out:
 * {"replay_of","status","reason"} and, once it is kept,
 * "delivery","contact","run","parts".
 *
 * A dry run has no ids of what it did not keep, but "checks" and, by contact
 * (in "parts", of a split delivery): "contact" (null where it would be made),
 * "is_new","matched_by": ["email","phone"],"before","after","changes":
 * [{"field","before","after"}],"custom_variables".
 *
 * The status is the outcome, or "not_replayed" with the reason: it is not there
 * any more, not whole, its trigger is gone, or what `document` says of it has
 * a fault.  -1: the database is away, and
 * it is not known to have been replayed.
 */
MUSTUSE int replay_delivery(const struct replay *rp, const char *id,
			    struct mem *m, struct json_object **out,
			    struct err *e);

/* A dry run of a request that never came: `d` is filled in but for what
 * rp->apart fills. */
MUSTUSE int replay_imagined(const struct replay *rp, const char *trigger_id,
			    const struct delivery *d, struct mem *m,
			    struct json_object **out, struct err *e);

#endif
