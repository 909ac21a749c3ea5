/*
 * destination.h - the table of servers outside that fail, which all executors
 * share.  Knows rows; when one is left alone and for how long is
 * flow/breaker.h.
 */
#ifndef STORE_DESTINATION_H
#define STORE_DESTINATION_H

#include "store/db.h"

#include <json-c/json_object.h>

/* A row, from a pool. */
struct destination {
	const char *key;
	const char *state; /* "closed", "open", "half_open" */
	int64_t left_ms;   /* to open_until, may be negative */
	const char *until; /* for people; NULL: closed */
	int open_count;
	const char *last_error; /* may be NULL */
};

/* What some calls said of one. */
struct destination_note {
	int calls, failures; /* of the calls */
	int in_row;	     /* the last so many found nobody there */
	int is_row_broken;   /* some before these did */
	const char *error;   /* NULL: nothing went wrong */
};

/* The rows of those that `keys`, a JSON list, names.  Returns how many, or
 * -1. */
MUSTUSE int destination_load(struct db *db, const char *keys, struct mem *m,
			     struct destination **out, struct err *e);

/* Add up: 1 with *sum (calls and failures of the window, failures in a row);
 * 0: it is left alone by now, -1. */
MUSTUSE int destination_note(struct db *db, const char *key,
			     const struct destination_note *n,
			     struct destination_note *sum, struct err *e);

/* Leave it alone for `ms`.  `executor`: the one that tried it; NULL: calls to
 * it failed.  0, also when others decided before; or -1. */
MUSTUSE int destination_open(struct db *db, const char *key, int64_t ms,
			     const char *executor, const char *error,
			     struct err *e);

/* Try it for all, which takes `seconds` at most: 1, 0 (somebody else does),
 * or -1. */
MUSTUSE int destination_probe(struct db *db, const char *key,
			      const char *executor, int seconds, struct err *e);

/* The one that tried it is back: it works, or could not be tried. */
MUSTUSE int destination_probed(struct db *db, const char *key,
			       const char *executor, int works, struct err *e);

/* For people: a list of {"destination","state","failures","opened_at",
 * "open_until","waiting": runs,"last_error"}. */
MUSTUSE int destination_list(struct db *db, struct mem *m,
			     struct json_object **out, struct err *e);

/* Call it again, also for the runs that wait: {"destination","woken": runs}.
 * ERR_GONE: it is none that fails. */
MUSTUSE int destination_close(struct db *db, const char *key, struct mem *m,
			      struct json_object **out, struct err *e);

#endif
