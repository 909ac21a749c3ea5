/*
 * account.h - the tenants.
 */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include "store/db.h"

#include <json-c/json_object.h>

/* All: [{"id","name","timezone","country","match","created_at"}], by
 * name. */
MUSTUSE int account_list(struct db *db, struct mem *m, struct json_object **out,
			 struct err *e);

/* Make one; *out describes it as account_list does.  ERR_INPUT: the name is
 * taken, or a value does not fit. */
MUSTUSE int account_add(struct db *db, const char *name, const char *timezone,
			const char *country, struct mem *m,
			struct json_object **out, struct err *e);

/* What account_set takes as `match`, ended by NULL. */
extern const char *const account_match_rules[];

/* One: as account_list has it.  ERR_GONE: there is none. */
MUSTUSE int account_show(struct db *db, const char *account_id, struct mem *m,
			 struct json_object **out, struct err *e);

/* What of an account is to be changed; NULL: it stays. */
struct account_change {
	const char *name, *match, *timezone, *country;
};

/* *out describes it then.  ERR_INPUT: the name is taken, or a value does not
 * fit. */
MUSTUSE int account_set(struct db *db, const char *account_id,
			const struct account_change *c, struct mem *m,
			struct json_object **out, struct err *e);

/* The time zones that PostgreSQL knows by a place, a list of texts. */
MUSTUSE int timezone_list(struct db *db, struct mem *m,
			  struct json_object **out, struct err *e);

/* *out: how PostgreSQL spells the IANA time zone `name`, NULL when it knows
 * none of that name. */
MUSTUSE int timezone_find(struct db *db, const char *name, struct mem *m,
			  const char **out, struct err *e);

#endif
