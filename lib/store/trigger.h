/*
 * trigger.h - the inbound webhook of a workflow: its URL's key, who sends to
 * it, and the delivery that was chosen as its sample.
 */
#ifndef STORE_TRIGGER_H
#define STORE_TRIGGER_H

#include "store/db.h"

#include <json-c/json_object.h>

/*
 * Give the trigger a new key of TOKEN_KEY_SIZE bytes.  `overlap` is an
 * interval as PostgreSQL reads it; a longer one than nothing keeps the old key
 * valid for so long, else every older key ends now.  *until: when the last
 * old key ends (RFC 3339), NULL when none is left.
 */
MUSTUSE int trigger_rotate(struct db *db, const char *account_id,
			   const char *trigger_id, const unsigned char *key,
			   const char *overlap, struct mem *m,
			   const char **until, struct err *e);

/* {"sample","rotated_at","old_url_ends_at"}, each of which may be null.
 * ERR_GONE. */
MUSTUSE int trigger_show(struct db *db, const char *account_id,
			 const char *trigger_id, struct mem *m,
			 struct json_object **out, struct err *e);

/* Deliveries that can be a sample, newest first: [{"id","received_at","method",
 * "content_type","bytes","outcome","is_chosen"}]. */
MUSTUSE int trigger_samples(struct db *db, const char *account_id,
			    const char *trigger_id, const char *limit,
			    struct mem *m, struct json_object **out,
			    struct err *e);

/* The latest requests, newest first, parts of split ones left out: [{"id",
 * "received_at","remote_addr","user_agent","method","content_type","bytes",
 * "http_status","outcome","reason","used_old_url","replay_of","contact","run",
 * "is_usable" (as the sample),"is_chosen"}]. */
MUSTUSE int trigger_latest(struct db *db, const char *account_id,
			   const char *trigger_id, const char *limit,
			   struct mem *m, struct json_object **out,
			   struct err *e);

/* Who still used an old URL since the last rotation, the latest first:
 * [{"remote_addr","user_agent","deliveries","last_seen_at"}]. */
MUSTUSE int trigger_old_senders(struct db *db, const char *account_id,
				const char *trigger_id, struct mem *m,
				struct json_object **out, struct err *e);

/* Choose a delivery as the sample.  ERR_GONE: it is none of this trigger's
 * that can be one. */
MUSTUSE int trigger_sample_set(struct db *db, const char *account_id,
			       const char *trigger_id, const char *delivery_id,
			       struct mem *m, struct err *e);

/*
 * Who sent here in the last 30 days, newest first: [{"remote_addr",
 * "user_agent","deliveries","by_old_url","last_seen_at","last_by_old_url_at"}].
 * by_old_url counts what came to an old URL since the last rotation; with
 * `only_old` those are left out of whom it counts none.
 */
MUSTUSE int trigger_senders(struct db *db, const char *account_id,
			    const char *trigger_id, int only_old, struct mem *m,
			    struct json_object **out, struct err *e);

#endif
