/*
 * cond_rows.h - a condition as a person fills it in: rows of field, operator
 * and value, joined by all or any, with one level of groups of rows within.
 * Pure.  What does not fit is JSON to be edited as text; nothing is lost, and
 * what was not changed stays as it was written.
 */
#ifndef FLOW_COND_ROWS_H
#define FLOW_COND_ROWS_H

#include "base/mem.h"

#include <json-c/json_object.h>

/*
 * {"how":"all|any|none|not_all","rows":[{"field","is","value"}],
 * "groups":[{"how","rows"}]}, all texts; or {"json":TEXT} where it does not
 * fit.  `cond` NULL: no rows.  Owned by the pool.
 */
struct json_object *cond_rows(struct mem *m, struct json_object *cond);

/*
 * The condition that `form` says, of the same shape (its lists may be objects,
 * as forms send them with gaps; rows without a field and groups without rows
 * are left out).  `old` is the condition as it was, NULL: none; where the form
 * says the same it is returned itself.  NULL: no condition.  JSON that can't
 * be read becomes a text, which cond_check finds fault with.  Owned by the
 * pool.
 */
struct json_object *cond_from_rows(struct mem *m, struct json_object *form,
				   struct json_object *old);

/* "plan is pro and amount is at least 100": for lists, in the pool. */
const char *cond_words(struct mem *m, struct json_object *cond);

/* An operator in words, "is at least"; NULL: there is no such operator. */
const char *cond_op_words(const char *op);

#endif
