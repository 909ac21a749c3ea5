/*
 * replaying.h - one delivery on its second way: what replay.c, which tells the
 * story, and replay_dry.c, which says what would be, share.
 */
#ifndef ENGINE_REPLAYING_H
#define ENGINE_REPLAYING_H

#include "engine/replay.h"

struct replaying {
	const struct replay *rp;
	struct mem *m; /* of this delivery alone: bodies are large */
	const char *id;
	struct json_object *stored; /* delivery_show */
	const char *body;
	size_t body_len;
	struct hook *hook;
	struct delivery d;
	struct receiving *r;
	struct json_object *out;
};

/* Judge by rp->document from here on.  -1 with ERR_INPUT: it has a fault. */
MUSTUSE int replay_use_draft(struct replaying *rg, struct err *e);

/* In the transaction, before anything is enrolled: its version. */
MUSTUSE int replay_keep_draft(struct replaying *rg, struct err *e);

/* Keep it in a transaction that is rolled back, and say in rg->out what would
 * be.  -1: as receive_keep. */
MUSTUSE int replay_dry(struct replaying *rg, struct err *e);

#endif
