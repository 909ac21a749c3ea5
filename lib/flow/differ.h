/*
 * differ.h - what is different between two workflow documents, for people.
 * Pure.  Steps are known by their ids.
 */
#ifndef FLOW_DIFFER_H
#define FLOW_DIFFER_H

#include "base/mem.h"

#include <json-c/json_object.h>

/*
 * [{"what","step","type","name","field","before","after"}], in the order of the
 * newer document, then what it has no more.  what: "step added", "step
 * removed", "step moved", "step changed", "mapping added", "mapping removed",
 * "mapping changed", "trigger changed", "settings changed", "name changed".
 * step, type and name (its own, or NULL) are a step's; before and after are
 * texts, left out where there is nothing.  Owned by the pool; an empty list:
 * they are the same.
 */
struct json_object *differ(struct mem *m, struct json_object *before,
			   struct json_object *after);

#endif
