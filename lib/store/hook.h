/*
 * hook.h - the two questions that receiving asks the database: which trigger
 * is behind a token's key, and: keep these deliveries.
 */
#ifndef STORE_HOOK_H
#define STORE_HOOK_H

#include "base/buf.h"
#include "store/db.h"

#include <json-c/json_object.h>

/* What receiving needs to know of a workflow.  Ids are decimal texts.  All
 * lives in the pool it was resolved into. */
struct hook {
	const char *account_id, *trigger_id, *workflow_id;
	int is_published; /* else deliveries are captured */
	int is_old_url;	  /* the URL was rotated and is valid for a while */
	int version;
	struct json_object *trigger, *settings; /* parts of the document */
	struct json_object *webhook_refs;	/* plan_webhook_refs */
	const char *first_step;			/* NULL: no steps */
	const char *country;			/* of the account */
	struct json_object *secrets; /* {"name": sealed, in base64}; NULL when
				      * the trigger verifies nothing */
	struct json_object *custom_fields; /* {"key": type}; NULL when the
					    * mapping fills none */
	const char *stamp;		   /* when this was true; NULL: it must
					    * not be remembered */
	int is_remembered;		   /* may have changed since */
	int64_t now_us;			   /* the database's clock */
};

/* What became of one delivery.  Ids are NULL where there is none. */
struct hook_result {
	struct mem *mem; /* set by the caller: where the texts go */
	const char *delivery_id, *outcome, *reason, *contact_id, *run_id;
	struct json_object *parts; /* [{"status","delivery","contact","run"}]
				    * of one that was split */
	int is_stale; /* it was not kept: its hook has changed since it was
		       * remembered */
};

/*
 * Ask for the hooks of `n` tokens' keys (TOKEN_KEY_SIZE bytes each, end to
 * end) in one statement; hook_read takes them out of *rows
 * (db_result_free), as often as wanted.
 */
MUSTUSE int hook_find(struct db *db, const unsigned char *keys, int n,
		      struct db_result **rows, struct err *e);

/* The hook of one of the keys, into the pool.  ERR_GONE: there is none. */
MUSTUSE int hook_read(const struct db_result *rows, const unsigned char *key,
		      struct mem *m, struct hook **out, struct err *e);

/* Both in one, for one key. */
MUSTUSE int hook_resolve(struct db *db, const unsigned char *key, struct mem *m,
			 struct hook **out, struct err *e);

/* The hook of a trigger, for what does not come by its URL.  ERR_GONE. */
MUSTUSE int hook_of_trigger(struct db *db, const char *account_id,
			    const char *trigger_id, struct mem *m,
			    struct hook **out, struct err *e);

/* What became of a delivery at the hook with this key: {"status","delivery",
 * "contact","run","run_status","reason","received_at"}; NULL when there is no
 * such delivery. */
MUSTUSE int hook_receipt(struct db *db, const unsigned char *key,
			 const char *delivery_id, struct mem *m,
			 struct json_object **out, struct err *e);

/*
 * Keep a list of deliveries, in one statement and one commit: `list` is the
 * JSON that hookline.hook_receive takes, `bodies` all bodies end to end.
 * Fills `n` results, in order.
 */
MUSTUSE int hook_receive(struct db *db, const struct buf *list,
			 const struct buf *bodies, struct hook_result *out,
			 int n, struct err *e);

#endif
