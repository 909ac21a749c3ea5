/*
 * delivery.h - requests that came in, as people look at them.  Keeping them
 * is hook.h.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "store/db.h"

#include <json-c/json_object.h>

/* enrolled, updated, captured, filtered, duplicate, rejected; ended by NULL. */
extern const char *const delivery_outcomes[];

/* A moment (RFC 3339), or how long ago it was (an interval as PostgreSQL reads
 * it); both NULL: none. */
struct delivery_moment {
	const char *at, *ago;
};

/* Which deliveries; each may be NULL. */
struct delivery_filter {
	const char *workflow_id, *outcome;
	struct delivery_moment since, until;
	const char *search; /* in content, query, headers, reason, address;
			     * case does not matter */
	const char *before, *after; /* ids: the next page */
	const char *limit;	    /* a number; never NULL */
};

/*
 * Newest first: [{"id","received_at","workflow","workflow_name","method",
 * "content_type","http_status","outcome","reason","contact","run","part_of",
 * "part_no","replay_of","is_conflict","used_old_url"}].  `after` is not looked
 * at.
 */
MUSTUSE int delivery_list(struct db *db, const char *account_id,
			  const struct delivery_filter *f, struct mem *m,
			  struct json_object **out, struct err *e);

/* Which deliveries a page shows; NULL or "": any. */
struct delivery_search {
	const char *workflow_id, *outcome;
	const char *from, *to;		/* YYYY-MM-DD of the account's zone */
	const char *text;		/* as `search` above */
	const char *before, *before_at; /* where the last page ended */
};

/*
 * Newest first, quick however many there are: {"older","older_at",
 * "deliveries": [as delivery_list, and "remote_addr","contact_address",
 * "contact_name"]}, `most` at most.  "older" and "older_at" are the next page's
 * `before` and `before_at`, null when nothing follows; with fewer than `most`
 * they say how far was looked.  ERR_INPUT: there is no such day.
 */
MUSTUSE int delivery_page(struct db *db, const char *account_id,
			  const struct delivery_search *s, int most,
			  struct mem *m, struct json_object **out,
			  struct err *e);

/* Ids (strings), oldest first, of what a filter means for a replay: wholes
 * instead of parts, and no replays.  `search` and `before` are not looked
 * at. */
MUSTUSE int delivery_pick(struct db *db, const char *account_id,
			  const struct delivery_filter *f, struct mem *m,
			  struct json_object **out, struct err *e);

/* The newest delivery of a trigger that was about this contact; *id is NULL
 * when there is none. */
MUSTUSE int delivery_of_contact(struct db *db, const char *account_id,
				const char *trigger_id, const char *contact_id,
				struct mem *m, const char **id, struct err *e);

/*
 * The same as delivery_list for one, and "trigger","query","headers",
 * "remote_addr","payload","parts": [{"delivery","part_no","status","reason",
 * "contact","run"}] of one that was split, "replays": its newest ones
 * [{"delivery","status","received_at","run"}] or null, "contact_address",
 * "contact_name", "checks": [{"check","verdict","detail"}] as they were kept
 * and as its outcome completes them; its body byte for byte.  ERR_GONE: no such
 * delivery.
 */
MUSTUSE int delivery_show(struct db *db, const char *account_id, const char *id,
			  struct mem *m, struct json_object **out,
			  const char **body, size_t *body_len, struct err *e);

#endif
