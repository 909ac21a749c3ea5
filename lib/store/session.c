/*
 * session.c - logins.  See session.h.
 */
#include "config.h"

#include "store/session.h"

#include "base/hash.h"
#include "base/json.h"
#include "store/db.h"
#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
login_wait(struct db *db, const struct login_keys *k, int *seconds,
	   struct err *e)
{
	struct db_param p[2] = { DB_BYTES(k->address, SHA256_SIZE),
				 DB_BYTES(k->network, SHA256_SIZE) };
	struct db_result *r;

	if (db_exec(db, &SQL_LOGIN_WAIT, p, 2, &r, e) == -1)
		return -1;
	*seconds = (int)db_int(r, 0, 0);
	db_result_free(r);
	return 0;
}

int
login_failed(struct db *db, const struct login_keys *k, struct err *e)
{
	struct db_param p[2] = { DB_BYTES(k->address, SHA256_SIZE),
				 DB_BYTES(k->network, SHA256_SIZE) };

	return db_run(db, &SQL_LOGIN_FAILED, p, 2, e);
}

int
login_passed(struct db *db, const struct login_keys *k, struct err *e)
{
	struct db_param p = DB_BYTES(k->address, SHA256_SIZE);

	return db_run(db, &SQL_LOGIN_PASSED, &p, 1, e);
}

int
login_users(struct db *db, const char *email, struct mem *m,
	    struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(email);

	return rows_list(db, &SQL_LOGIN_USERS, &p, 1, m, out, e);
}

int
session_open(struct db *db, const char *account_id,
	     const unsigned char *token_hash, const char *user_id,
	     struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id),
				 DB_BYTES(token_hash, SHA256_SIZE),
				 DB_TEXT(user_id) };

	return db_run(db, &SQL_SESSION_OPEN, p, 3, e);
}

int
session_load(struct db *db, const char *account_id,
	     const unsigned char *token_hash, struct mem *m,
	     struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id),
				 DB_BYTES(token_hash, SHA256_SIZE) };

	if (rows_one(db, &SQL_SESSION_LOAD, p, 2, m, out, e) == -1)
		return -1;
	if (*out != NULL && json_get_bool(*out, "is_stale", 0))
		return db_run(db, &SQL_SESSION_TOUCH, p, 2, e);
	return 0;
}

int
session_close(struct db *db, const char *account_id,
	      const unsigned char *token_hash, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id),
				 DB_BYTES(token_hash, SHA256_SIZE) };

	return db_run(db, &SQL_SESSION_CLOSE, p, 2, e);
}
