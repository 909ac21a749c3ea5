/*
 * cond_tell.h - a condition told for people: what each comparison saw, and
 * whether it holds.  Whether a condition is true for a run is cond.h.
 */
#ifndef FLOW_COND_TELL_H
#define FLOW_COND_TELL_H

#include "flow/date.h"

#include "base/mem.h"

#include <json-c/json_object.h>

/*
 * The condition as it reads, each part with "met": true or false, or with
 * "error" where it can't be told: {"met","field","is","value","saw"}, {"met",
 * "all": [...]}, {"met","any": [...]} or {"met","not": {...}}.  "saw" is the
 * field's value as text, cut where it is long, and not there where the field is
 * not; "value" is rendered.  Every part is looked at, also those that cond_eval
 * would leave out.  A new object.
 */
struct json_object *cond_tell(struct json_object *cond,
			      struct json_object *scope,
			      const struct date_env *env, struct mem *m);

#endif
