/*
 * cond.h - conditions: {"all":[...]}, {"any":[...]}, {"not":...} or
 * {"field":PATH,"is":OP,"value":...}.  Pure; the operators are a table.
 *
 * Meaning: text compares case-insensitively; two numbers (or texts that are
 * wholly numbers on both sides) compare as numbers, two dates as dates, two
 * lists one by one.  A date without time is the whole day, so a moment of it
 * equals it; "today", "tomorrow" and "yesterday" are days in the run's zone.
 * before and after take dates; between is inclusive with "value":[low, high];
 * contains on a list means membership; any_of/none_of take a list (on a list
 * field: any member); empty is true for absent, null, "", [] and {}; matches
 * is PCRE2 (UTF, caseless) with a match limit.  A missing field is the empty
 * text: `equals` "" is true, comparisons by size are false.
 */
#ifndef FLOW_COND_H
#define FLOW_COND_H

#include "flow/date.h"
#include "flow/faults.h"

#include <json-c/json_object.h>

/* Check the document form; faults point below `pointer`.  `cond` may be NULL
 * (JSON null), which is a fault. */
void cond_check(struct json_object *cond, const char *pointer,
		struct faults *f);

/*
 * Is it true over `scope` (an object with the roots as keys)?  "value"
 * strings that hold {{...}} are rendered first.  Returns 1, 0, or -1 with
 * ERR_PERM (a date that is none, a pattern over its limit).
 */
MUSTUSE int cond_eval(struct json_object *cond, struct json_object *scope,
		      const struct date_env *env, struct mem *m, struct err *e);

/* Call fn for every path a condition reads (fields, and names in values;
 * `in_section` as template.h says). */
void cond_each_name(struct json_object *cond,
		    void (*fn)(void *arg, const char *name, int in_section),
		    void *arg);

#endif
