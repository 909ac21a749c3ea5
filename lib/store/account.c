/*
 * account.c - the tenants.  See account.h.
 */
#include "config.h"

#include "store/account.h"

#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

const char *const account_match_rules[] = { "email_first", "phone_first",
					    "either", "both", NULL };

int
account_list(struct db *db, struct mem *m, struct json_object **out,
	     struct err *e)
{
	return rows_list(db, &SQL_ACCOUNT_LIST, NULL, 0, m, out, e);
}

int
account_add(struct db *db, const char *name, const char *timezone,
	    const char *country, struct mem *m, struct json_object **out,
	    struct err *e)
{
	struct db_param p[3] = { DB_TEXT(name), DB_TEXT(timezone),
				 DB_TEXT(country) };

	if (rows_one(db, &SQL_ACCOUNT_ADD, p, 3, m, out, e) == 0)
		return 0;
	if (strcmp(db_sqlstate(db), DB_UNIQUE_VIOLATION) == 0)
		return err_set(e, ERR_INPUT,
			       "there is an account \"%.200s\" already", name);
	return -1;
}

int
account_show(struct db *db, const char *account_id, struct mem *m,
	     struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	if (rows_one(db, &SQL_ACCOUNT_SHOW, &p, 1, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_GONE, "there is no account %s",
			       account_id);
	return 0;
}

int
account_set(struct db *db, const char *account_id,
	    const struct account_change *c, struct mem *m,
	    struct json_object **out, struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(c->match),
				 DB_TEXT(c->timezone), DB_TEXT(c->country),
				 DB_TEXT(c->name) };

	if (rows_one(db, &SQL_ACCOUNT_SET, p, 5, m, out, e) == 0)
		return 0;
	if (strcmp(db_sqlstate(db), DB_UNIQUE_VIOLATION) == 0)
		return err_set(e, ERR_INPUT,
			       "there is an account \"%.200s\" already",
			       c->name);
	return -1;
}

int
timezone_list(struct db *db, struct mem *m, struct json_object **out,
	      struct err *e)
{
	return rows_one(db, &SQL_TIMEZONE_LIST, NULL, 0, m, out, e);
}

int
timezone_find(struct db *db, const char *name, struct mem *m, const char **out,
	      struct err *e)
{
	struct db_param p = DB_TEXT(name);

	return rows_text(db, &SQL_TIMEZONE_FIND, &p, 1, m, out, e);
}
