/*
 * run_why.h - when and why a run will go on, in words.  Knows what store/
 * run_list.h's run_show gives, and nothing else.
 */
#ifndef FRONT_RUN_WHY_H
#define FRONT_RUN_WHY_H

#include "base/mem.h"

#include <json-c/json_object.h>

/* "Mon 2026-12-07 09:00:00 Europe/Berlin, when its wait for 2 days ends"; NULL
 * of a run that does not wait.  In the pool. */
const char *run_why(struct mem *m, struct json_object *run);

#endif
