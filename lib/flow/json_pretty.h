/*
 * json_pretty.h - JSON for people to read and edit, a member a line.
 */
#ifndef FLOW_JSON_PRETTY_H
#define FLOW_JSON_PRETTY_H

#include "base/mem.h"

#include <json-c/json_object.h>

/* Two spaces a level; small lists of scalars stay in one line.  From the
 * pool. */
const char *json_pretty(struct mem *m, struct json_object *o);

#endif
