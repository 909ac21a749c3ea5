/*
 * map_as.h - the conversions of "as": text, number, boolean, date, json.  For
 * mapping rules and set_variable steps alike.
 */
#ifndef FLOW_MAP_AS_H
#define FLOW_MAP_AS_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

/* Is `as` one of them? */
int map_as_is_known(const char *as);

/*
 * `v` (not NULL) as `as` says.  text: anything by its text, lists and objects
 * as JSON.  number: a number, or a text that is wholly one; its digits stay.
 * boolean: also the texts true, false, yes, no, on, off, 1, 0 and the numbers
 * 1 and 0.  date: a text that is a date stays as it is.  json: a text is
 * parsed.  *out is borrowed from `v` or belongs to the pool; -1 with ERR_INPUT
 * when `v` cannot be converted.
 */
MUSTUSE int map_as(struct mem *m, const char *as, struct json_object *v,
		   struct json_object **out, struct err *e);

#endif
