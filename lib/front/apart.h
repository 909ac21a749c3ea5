/*
 * apart.h - a request that was kept as it came is taken apart again: where
 * lib/http and lib/engine, which do not know each other, meet.  What the
 * programs share that is neither the one's nor the other's.
 */
#ifndef FRONT_APART_H
#define FRONT_APART_H

#include "base/mem.h"
#include "engine/receive.h"

/*
 * Fill d->payload and d->query_json from method, query, content_type, headers
 * and body, and refused_status and refused_why when it can't be taken.  Of a
 * request that is refused already the body is not looked at.
 */
void take_apart(struct mem *m, struct delivery *d);

#endif
