/*
 * user.c - the builder's users.  See user.h.
 */
#include "config.h"

#include "store/user.h"

#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

int
user_list(struct db *db, const char *account_id, struct mem *m,
	  struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_USER_LIST, &p, 1, m, out, e);
}

int
user_addresses(struct db *db, const char *account_id, const char *names,
	       struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(names) };

	return rows_list(db, &SQL_USER_ADDRESSES, p, 2, m, out, e);
}

int
user_add(struct db *db, const char *account_id, const char *email,
	 const char *name, const char *hash, struct mem *m,
	 struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(email),
				 DB_TEXT(name), DB_TEXT(hash) };

	if (rows_one(db, &SQL_USER_ADD, p, 4, m, out, e) == 0)
		return 0;
	if (strcmp(db_sqlstate(db), DB_UNIQUE_VIOLATION) == 0)
		return err_set(e, ERR_INPUT,
			       "there is a user \"%.200s\" already; `hookline "
			       "user passwd` gives a new password",
			       email);
	return -1;
}

static int
gone(const char *email, struct err *e)
{
	return err_set(e, ERR_GONE,
		       "there is no user \"%.200s\"; `hookline user list` "
		       "shows them",
		       email);
}

int
user_set_password(struct db *db, const char *account_id, const char *email,
		  const char *hash, struct mem *m, struct json_object **out,
		  struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(email),
				 DB_TEXT(hash) };

	if (rows_one(db, &SQL_USER_PASSWD, p, 3, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : gone(email, e);
}

int
user_remove(struct db *db, const char *account_id, const char *email,
	    struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(email) };

	if (rows_one(db, &SQL_USER_REMOVE, p, 2, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : gone(email, e);
}
