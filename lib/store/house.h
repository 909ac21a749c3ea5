/*
 * house.h - what runs, seen from the database.
 */
#ifndef STORE_HOUSE_H
#define STORE_HOUSE_H

#include "store/db.h"

struct house_status {
	int schema_version;
	int64_t executor_seen_s; /* seconds ago; -1: never */
};

MUSTUSE int house_status(struct db *db, struct house_status *out,
			 struct err *e);

#endif
