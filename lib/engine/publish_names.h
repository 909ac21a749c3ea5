/*
 * publish_names.h - warnings of what a document names and the account does not
 * have.  They refuse nothing: it may be there by the time a run needs it.
 */
#ifndef ENGINE_PUBLISH_NAMES_H
#define ENGINE_PUBLISH_NAMES_H

#include "flow/faults.h"

#include <json-c/json_object.h>

struct db;

/* *out, in the pool: what the account has, as plan_check_names (flow/plan.h)
 * takes it. */
MUSTUSE int publish_known(struct db *db, const char *account_id, struct mem *m,
			  struct json_object **out, struct err *e);

/* -1: the database did not answer. */
MUSTUSE int publish_check_names(struct db *db, const char *account_id,
				struct json_object *document,
				struct faults *warnings, struct err *e);

#endif
