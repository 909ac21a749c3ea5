/*
 * field.c - custom fields and constants of an account.  See field.h.
 */
#include "config.h"

#include "store/field.h"

#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

const char *const field_types[] = { "text",    "number", "date",
				    "boolean", "list",	 NULL };

int
field_add(struct db *db, const char *account_id, const char *key,
	  const char *type, const char *label, struct mem *m,
	  struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(key),
				 DB_TEXT(type), DB_TEXT(label) };

	if (rows_one(db, &SQL_FIELD_ADD, p, 4, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_INPUT,
			       "there is a field \"%.100s\" already; `hookline "
			       "field set` changes it",
			       key);
	return 0;
}

int
field_list(struct db *db, const char *account_id, struct mem *m,
	   struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_FIELD_LIST, &p, 1, m, out, e);
}

static int
no_field(const char *key, struct err *e)
{
	return err_set(e, ERR_GONE,
		       "there is no field \"%.100s\"; `hookline field list` "
		       "shows those that there are",
		       key);
}

int
field_set(struct db *db, const char *account_id, const char *key,
	  const char *type, const char *label, struct mem *m,
	  struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(key),
				 DB_TEXT(type), DB_TEXT(label) };

	if (rows_one(db, &SQL_FIELD_SET, p, 4, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : no_field(key, e);
}

int
field_use(struct db *db, const char *account_id, const char *key,
	  int64_t *n_contacts, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(key) };
	struct db_result *r;

	if (db_exec(db, &SQL_FIELD_USE, p, 2, &r, e) == -1)
		return -1;
	*n_contacts = db_int(r, 0, 0);
	db_result_free(r);
	return 0;
}

int
field_remove(struct db *db, const char *account_id, const char *key,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(key) };

	if (rows_one(db, &SQL_FIELD_REMOVE, p, 2, m, out, e) == -1)
		return -1;
	return *out != NULL ? 0 : no_field(key, e);
}

int
constant_list(struct db *db, const char *account_id, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_list(db, &SQL_CONSTANT_LIST, &p, 1, m, out, e);
}

int
constant_set(struct db *db, const char *account_id, const char *name,
	     const char *value, struct mem *m, int *was_there, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(name),
				 DB_TEXT(value) };
	const char *text;

	if (rows_text(db, &SQL_CONSTANT_SET, p, 3, m, &text, e) == -1)
		return -1;
	*was_there = text != NULL && strcmp(text, "t") == 0;
	return 0;
}

int
constant_remove(struct db *db, const char *account_id, const char *name,
		struct mem *m, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(name) };
	const char *text;

	if (rows_text(db, &SQL_CONSTANT_REMOVE, p, 2, m, &text, e) == -1)
		return -1;
	if (text == NULL)
		return err_set(e, ERR_GONE,
			       "there is no value \"%.100s\"; `hookline value "
			       "list` shows those that there are",
			       name);
	return 0;
}
