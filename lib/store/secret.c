/*
 * secret.c - an account's named secrets.  See secret.h.
 */
#include "config.h"

#include "store/secret.h"

#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

int
secret_put(struct db *db, const char *account_id, const char *name,
	   const void *sealed, size_t len, struct mem *m, int *was_there,
	   struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(name),
				 DB_BYTES(sealed, (int)len) };
	const char *text;

	if (rows_text(db, &SQL_SECRET_PUT, p, 3, m, &text, e) == -1)
		return -1;
	*was_there = text != NULL && strcmp(text, "t") == 0;
	return 0;
}

int
secret_list(struct db *db, const char *account_id, struct mem *m,
	    struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_SECRET_LIST, &p, 1, m, out, e);
}

int
secret_sealed(struct db *db, const char *account_id, const char *names,
	      struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(names) };

	return rows_one(db, &SQL_SECRET_SEALED, p, 2, m, out, e);
}

int
secret_remove(struct db *db, const char *account_id, const char *name,
	      struct mem *m, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(name) };
	const char *text;

	if (rows_text(db, &SQL_SECRET_REMOVE, p, 2, m, &text, e) == -1)
		return -1;
	if (text == NULL)
		return err_set(e, ERR_GONE, "there is no secret \"%.100s\"",
			       name);
	return 0;
}
