/*
 * split.h - one element of a list that a trigger splits, as mapping, filter and
 * steps see it: in the list's place.  Pure.
 */
#ifndef FLOW_SPLIT_H
#define FLOW_SPLIT_H

#include "base/mem.h"

#include <json-c/json_object.h>

/* The list at the path `split` of `source`, also where a string holds it as
 * JSON; NULL when there is none. */
struct json_object *split_list(struct mem *m, const char *split,
			       struct json_object *source);

/*
 * `source` ({"body","query",...}) where what lies at `split` is `element`,
 * whose members can also be named right below body, where body has none of
 * that name.  In the pool; nothing of `source` changes.
 */
struct json_object *split_source(struct mem *m, const char *split,
				 struct json_object *source,
				 struct json_object *element);

#endif
