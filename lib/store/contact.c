/*
 * contact.c - the people.  See contact.h.
 */
#include "config.h"

#include "store/contact.h"

#include "base/json.h"
#include "base/token.h"
#include "store/column.h"
#include "store/queries.h"
#include "store/rows.h"

#include "base/banned.h"

int
contact_list(struct db *db, const char *account_id,
	     const struct contact_filter *f, const char *limit, struct mem *m,
	     struct json_object **out, struct err *e)
{
	const char *words = f->words, *numbers = f->numbers;
	struct db_param p[6] = { DB_TEXT(account_id),
				 DB_TEXT(limit),
				 DB_TEXT(f->before),
				 DB_TEXT(words != NULL ? words : "[]"),
				 DB_TEXT(numbers != NULL ? numbers : "[]"),
				 DB_TEXT(f->tag) };

	if (words == NULL && f->tag == NULL)
		return rows_list(db, &SQL_CONTACT_LIST, p, 3, m, out, e);
	return rows_list(db, &SQL_CONTACT_SEARCH, p, 6, m, out, e);
}

int
contact_tags(struct db *db, const char *account_id, struct mem *m,
	     struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_one(db, &SQL_CONTACT_TAGS, &p, 1, m, out, e);
}

int
contact_edit(struct db *db, const char *account_id, const char *id,
	     const char *patch, struct mem *m, struct json_object **out,
	     struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(patch) };

	return rows_one(db, &SQL_CONTACT_EDIT, p, 3, m, out, e);
}

int
contact_timeline(struct db *db, const char *account_id, const char *id,
		 const char *before_run, const char *before_delivery,
		 const char *limit, struct mem *m, struct json_object **out,
		 struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(before_run), DB_TEXT(before_delivery),
				 DB_TEXT(limit) };

	return rows_list(db, &SQL_CONTACT_TIMELINE, p, 5, m, out, e);
}

int
contact_find(struct db *db, const char *account_id,
	     const struct contact_key *key, struct mem *m, const char **id,
	     struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(key->id),
				 DB_TEXT(key->email), DB_TEXT(key->phone) };

	return rows_text(db, &SQL_CONTACT_FIND, p, 4, m, id, e);
}

int
contact_match(struct db *db, const char *account_id,
	      const struct contact_key *key, const char *fields,
	      const char *custom, struct mem *m, struct json_object **out,
	      struct err *e)
{
	struct db_param p[6] = { DB_TEXT(account_id), DB_TEXT(key->id),
				 DB_TEXT(key->email), DB_TEXT(key->phone),
				 DB_TEXT(fields),     DB_TEXT(custom) };

	return rows_one(db, &SQL_CONTACT_MATCH, p, 6, m, out, e);
}

int
contact_show(struct db *db, const char *account_id, const char *id,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	if (rows_one(db, &SQL_CONTACT_SHOW, p, 2, m, out, e) == -1)
		return -1;
	if (*out == NULL)
		return err_set(e, ERR_GONE, "there is no contact %s", id);
	return 0;
}

/* What a function answered; its {"problem"} becomes an error. */
static int
ask(struct db *db, const struct sql *q, const struct db_param *p, int n,
    struct mem *m, struct json_object **out, struct err *e)
{
	const char *problem;

	if (rows_one(db, q, p, n, m, out, e) == -1)
		return -1;
	problem = json_get_string(*out, "problem");
	return problem == NULL ? 0 : err_set(e, ERR_GONE, "%s", problem);
}

int
contact_merge(struct db *db, const char *account_id, const char *keep,
	      const char *other, const char *who, int is_dry_run, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(keep),
				 DB_TEXT(other), DB_TEXT(who),
				 DB_TEXT(is_dry_run ? "true" : "false") };

	return ask(db, &SQL_CONTACT_MERGE, p, 5, m, out, e);
}

int
contact_unmerge(struct db *db, const char *account_id, const char *merge,
		const char *who, struct mem *m, struct json_object **out,
		struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(merge),
				 DB_TEXT(who) };

	return ask(db, &SQL_CONTACT_UNMERGE, p, 3, m, out, e);
}

int
contact_merges(struct db *db, const char *account_id, const char *keep,
	       const char *before, const char *limit, struct mem *m,
	       struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(limit),
				 DB_TEXT(keep), DB_TEXT(before) };

	return rows_list(db, &SQL_CONTACT_MERGES, p, 4, m, out, e);
}

int
contact_identities(struct db *db, const char *account_id, const char *id,
		   const char *kind, struct mem *m, struct json_object **out,
		   struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(kind) };

	return rows_one(db, &SQL_CONTACT_IDENTITIES, p, 3, m, out, e);
}

int
contact_stop(struct db *db, const char *account_id, const char *id,
	     const char *channels, int is_stopped, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(channels),
				 DB_TEXT(is_stopped ? "true" : "false") };
	struct db_result *r;
	int is_changed;

	if (db_exec(db, &SQL_CONTACT_STOP, p, 4, &r, e) == -1)
		return -1;
	is_changed = db_bool(r, 0, 0);
	db_result_free(r);
	return is_changed;
}

int
unsubscribe_show(struct db *db, const char *account_id, const char *id,
		 struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	return rows_one(db, &SQL_UNSUBSCRIBE_SHOW, p, 2, m, out, e);
}

int
unsubscribe_set(struct db *db, const char *account_id, const char *id,
		int is_unsubscribed, struct mem *m, struct json_object **out,
		struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(is_unsubscribed ? "true" : "false") };

	return rows_one(db, &SQL_UNSUBSCRIBE_SET, p, 3, m, out, e);
}

int
contact_erase(struct db *db, const char *account_id, const char *id,
	      struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };

	return ask(db, &SQL_CONTACT_ERASE, p, 2, m, out, e);
}

int
person_pattern(struct db *db, const char *account_id, const char *id,
	       const struct contact_key *key, const char *given, struct mem *m,
	       const char **pattern, struct err *e)
{
	struct db_param p[5] = { DB_TEXT(account_id), DB_TEXT(id),
				 DB_TEXT(key->email), DB_TEXT(given),
				 DB_TEXT(key->phone) };

	return rows_text(db, &SQL_PERSON_PATTERN, p, 5, m, pattern, e);
}

int
person_erase(struct db *db, const char *account_id, const char *pattern,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(pattern) };

	return rows_one(db, &SQL_UNOWNED_ERASE, p, 2, m, out, e);
}

int
person_is_in(struct db *db, const char *account_id, const char *pattern,
	     const unsigned char *key, const char *bytes, size_t len,
	     struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id),
				 DB_BYTES(key, TOKEN_KEY_SIZE),
				 DB_BYTES(bytes, (int)len), DB_TEXT(pattern) };
	struct db_result *r;
	int is_in;

	if (db_exec(db, &SQL_SPOOLED_NAMES, p, 4, &r, e) == -1)
		return -1;
	is_in = db_bool(r, 0, 0);
	db_result_free(r);
	return is_in;
}

int
contact_import(struct db *db, const char *account_id, const char *list,
	       int is_dry_run, struct mem *m, struct contact_taken *out, int n,
	       struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(list),
				 DB_TEXT(is_dry_run ? "true" : "false") };
	struct db_result *r;
	int i;

	if (db_exec(db, &SQL_CONTACT_IMPORT, p, 3, &r, e) == -1)
		return -1;
	for (i = 0; i < n && i < db_rows(r); i++) {
		out[i].id = column_text(r, i, 0, m);
		out[i].verdict = column_text(r, i, 1, m);
		out[i].reason = column_text(r, i, 2, m);
	}
	db_result_free(r);
	return i == n ? 0
		      : err_set(e, ERR_BUG, "%d rows for %d contacts", i, n);
}

int
contact_export(struct db *db, const char *account_id, const char *after,
	       const char *limit, const char *ids, struct mem *m,
	       struct json_object **out, struct err *e)
{
	struct db_param p[4] = { DB_TEXT(account_id), DB_TEXT(after),
				 DB_TEXT(limit), DB_TEXT(ids) };

	return rows_list(db, &SQL_CONTACT_EXPORT, p, 4, m, out, e);
}

int
contact_custom_keys(struct db *db, const char *account_id, struct mem *m,
		    struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_one(db, &SQL_CONTACT_CUSTOM_KEYS, &p, 1, m, out, e);
}

int
contact_custom_types(struct db *db, const char *account_id, struct mem *m,
		     struct json_object **out, struct err *e)
{
	struct db_param p = DB_TEXT(account_id);

	return rows_one(db, &SQL_CUSTOM_FIELD_TYPES, &p, 1, m, out, e);
}
