/*
 * trigger.c - the inbound webhook of a workflow.  See trigger.h.
 */
#include "config.h"

#include "store/trigger.h"

#include "base/token.h"
#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
trigger_rotate(struct db *db, const char *account_id, const char *trigger_id,
	       const unsigned char *key, const char *overlap, struct mem *m,
	       const char **until, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_BYTES(key, TOKEN_KEY_SIZE),
				 DB_TEXT(overlap) };

	return rows_text(db, &SQL_TRIGGER_ROTATE, p, 4, m, until, e);
}

int
trigger_show(struct db *db, const char *account_id, const char *trigger_id,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(trigger_id) };

	if (rows_one(db, &SQL_TRIGGER_SHOW, p, 2, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_GONE, "there is no trigger %s",
			       trigger_id);
	return 0;
}

int
trigger_samples(struct db *db, const char *account_id, const char *trigger_id,
		const char *limit, struct mem *m, struct json_object **out,
		struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_TEXT(limit) };

	return rows_list(db, &SQL_TRIGGER_SAMPLES, p, 3, m, out, e);
}

int
trigger_latest(struct db *db, const char *account_id, const char *trigger_id,
	       const char *limit, struct mem *m, struct json_object **out,
	       struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_TEXT(limit) };

	return rows_list(db, &SQL_TRIGGER_LATEST, p, 3, m, out, e);
}

int
trigger_old_senders(struct db *db, const char *account_id,
		    const char *trigger_id, struct mem *m,
		    struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(trigger_id) };

	return rows_list(db, &SQL_TRIGGER_OLD_SENDERS, p, 2, m, out, e);
}

int
trigger_sample_set(struct db *db, const char *account_id,
		   const char *trigger_id, const char *delivery_id,
		   struct mem *m, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_TEXT(delivery_id) };
	const char *chosen;

	if (rows_text(db, &SQL_TRIGGER_SAMPLE_SET, p, 3, m, &chosen, e) == -1)
		return -1;
	if (chosen != NULL)
		return 0;
	return err_set(e, ERR_GONE,
		       "delivery %s can't be the sample: it is none of this "
		       "workflow's, or its content could not be read; "
		       "`hookline trigger samples` lists those that can",
		       delivery_id);
}

int
trigger_senders(struct db *db, const char *account_id, const char *trigger_id,
		int only_old, struct mem *m, struct json_object **out,
		struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_TEXT(only_old ? "true" : "false") };

	return rows_list(db, &SQL_TRIGGER_SENDERS, p, 3, m, out, e);
}
