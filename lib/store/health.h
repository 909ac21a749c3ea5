/*
 * health.h - what hookline doctor asks a database.
 */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "store/db.h"

#include <json-c/json_object.h>

/*
 * {"role","server_version","server_version_num","missing_roles": [NAME],
 * "partition": next month's name,"has_partition",
 * "in_default_partition": deliveries, counted up to 10000,
 * "pruned_s","prune_added_s": seconds since old deliveries were removed (or
 * null) and since they shall be,
 * "executor_seen_s": seconds ago or null,
 * "due": runs,"overdue_s": of the oldest or null,"accounts",
 * "destinations_held": how many are left alone,
 * "destinations": five of them, [{"key","until","reason","waiting": runs}]}.
 * The database must have this program's schema.
 */
MUSTUSE int health_read(struct db *db, struct mem *m, struct json_object **out,
			struct err *e);

/*
 * What one account may know beyond that: "due", "overdue_s",
 * "destinations_held" and "destinations" as above but of its own runs alone,
 * "executor_seen_at" and "oldest_due_at" (RFC 3339, or null).
 */
MUSTUSE int health_of_account(struct db *db, const char *account_id,
			      struct mem *m, struct json_object **out,
			      struct err *e);

#endif
