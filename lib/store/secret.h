/*
 * secret.h - an account's named secrets, as the database has them: sealed.
 * Sealing and opening them is engine/secret.h.
 */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "store/db.h"

#include <json-c/json_object.h>

/* Keep a sealed secret; one of this name is replaced.  *was_there: it was. */
MUSTUSE int secret_put(struct db *db, const char *account_id, const char *name,
		       const void *sealed, size_t len, struct mem *m,
		       int *was_there, struct err *e);

/* [{"name","created_at","updated_at","used_by":[workflow]}], by name. */
MUSTUSE int secret_list(struct db *db, const char *account_id, struct mem *m,
			struct json_object **out, struct err *e);

/* {"name": sealed, in base64} of those of `names` (an object as JSON, with
 * them as keys) that are there. */
MUSTUSE int secret_sealed(struct db *db, const char *account_id,
			  const char *names, struct mem *m,
			  struct json_object **out, struct err *e);

/* ERR_GONE: there is no such secret. */
MUSTUSE int secret_remove(struct db *db, const char *account_id,
			  const char *name, struct mem *m, struct err *e);

#endif
