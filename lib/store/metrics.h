/*
 * metrics.h - what a monitoring system watches in a database.
 */
#ifndef STORE_METRICS_H
#define STORE_METRICS_H

#include "store/db.h"

#include <json-c/json_object.h>

/*
 * {"runs": {STATUS: n}, "runs_are_estimated" (of those that are over),
 * "deliveries": {OUTCOME: n} of a day, "due": runs, "due_age_s" of the oldest,
 * "lease_overrun_s" of the longest, "executors" seen in 150 s,
 * "executor_seen_s": ago}; ages are null where there is nothing.  "paused" is a
 * status here, and such runs are not called waiting.
 */
MUSTUSE int metrics_read(struct db *db, struct mem *m, struct json_object **out,
			 struct err *e);

#endif
