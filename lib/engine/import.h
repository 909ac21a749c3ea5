/*
 * import.h - a list of contacts is taken in at once: each line through the same
 * mapping and the same matching as a delivery, but no run begins.  Takes plain
 * text: whoever calls has read the file.
 */
#ifndef ENGINE_IMPORT_H
#define ENGINE_IMPORT_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>
#include <stddef.h>

struct db;

struct import {
	const char *account_id, *country;
	const char *map; /* "HEADER=FIELD,...", or NULL (flow/csv_contact.h) */
	int is_dry_run;	 /* do all of it, and take it back */
};

/*
 * Take in the contacts of a CSV text.  Some hundred lines are one commit, so
 * what was taken in when it fails stays, and the whole can be taken in again.
 * *report, from the pool: {"lines","created","updated","unchanged","skipped",
 * "problems":[{"line","status":"skipped|noted","reason"}],"ignored":[HEADER],
 * "dry_run"}.
 */
MUSTUSE int import_csv(struct db *db, const struct import *im, const char *text,
		       size_t len, struct mem *m, struct json_object **report,
		       struct err *e);

#endif
