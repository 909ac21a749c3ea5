/*
 * field.h - what an account defines for itself: custom fields of its contacts,
 * with a type, and constants, {{custom_values.NAME}} in templates.
 */
#ifndef STORE_FIELD_H
#define STORE_FIELD_H

#include "store/db.h"

#include <json-c/json_object.h>

/* text, number, date, boolean, list; ended by NULL. */
extern const char *const field_types[];

/* Make one; *out is {"key","type","label","created_at"}.  ERR_INPUT: there is
 * one of this key. */
MUSTUSE int field_add(struct db *db, const char *account_id, const char *key,
		      const char *type, const char *label, struct mem *m,
		      struct json_object **out, struct err *e);

/* All, by key. */
MUSTUSE int field_list(struct db *db, const char *account_id, struct mem *m,
		       struct json_object **out, struct err *e);

/* Change what is not NULL; values that contacts have stay as they are, and *out
 * says how many that are ("contacts").  ERR_GONE: there is no such field. */
MUSTUSE int field_set(struct db *db, const char *account_id, const char *key,
		      const char *type, const char *label, struct mem *m,
		      struct json_object **out, struct err *e);

/* How many contacts have a value of it: reads through all of them. */
MUSTUSE int field_use(struct db *db, const char *account_id, const char *key,
		      int64_t *n_contacts, struct err *e);

/* Forget one, likewise: {"key","contacts"}. */
MUSTUSE int field_remove(struct db *db, const char *account_id, const char *key,
			 struct mem *m, struct json_object **out,
			 struct err *e);

/* [{"name","value"}], by name. */
MUSTUSE int constant_list(struct db *db, const char *account_id, struct mem *m,
			  struct json_object **out, struct err *e);

/* *was_there: one of this name was replaced. */
MUSTUSE int constant_set(struct db *db, const char *account_id,
			 const char *name, const char *value, struct mem *m,
			 int *was_there, struct err *e);

/* ERR_GONE: there is none. */
MUSTUSE int constant_remove(struct db *db, const char *account_id,
			    const char *name, struct mem *m, struct err *e);

#endif
