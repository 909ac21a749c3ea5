/*
 * seen.h - what a mapping sees of a request that was kept: for programs that
 * show it to people.
 */
#ifndef FRONT_SEEN_H
#define FRONT_SEEN_H

#include "base/mem.h"

#include <json-c/json_object.h>

/*
 * {"body","query","headers","method"} of a stored delivery (store/delivery.h)
 * with its body; without the headers that were credentials.  In the pool.
 */
struct json_object *seen_source(struct mem *m, struct json_object *stored,
				const char *body, size_t len);

#endif
