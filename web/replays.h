/*
 * replays.h - deliveries once more, for the pages of deliveries.  What a replay
 * is, is engine/replay.h.
 */
#ifndef WEB_REPLAYS_H
#define WEB_REPLAYS_H

#include "base/err.h"

#include <json-c/json_object.h>

struct page;

/* What would be, were this one replayed now: as engine/replay.h tells it.
 * Nothing stays of it. */
MUSTUSE int replays_try(struct page *p, const char *id,
			struct json_object **out, struct err *e);

/* Replay a list of ids, say what came of them, and go to `back`; of a single
 * one to what was made of it.  `only_proven`: nobody named each by its id. */
void replays_make(struct page *p, struct json_object *ids, int only_proven,
		  const char *back);

#endif
