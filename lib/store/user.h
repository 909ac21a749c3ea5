/*
 * user.h - the people who may use the builder of an account.  Passwords come
 * as hashes (base/password.h).
 */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "store/db.h"

#include <json-c/json_object.h>

/* An account's users: [{"id","email","name","created_at"}], by address. */
MUSTUSE int user_list(struct db *db, const char *account_id, struct mem *m,
		      struct json_object **out, struct err *e);

/* Who is meant by a JSON list of names or e-mail addresses: [{"name": as given,
 * "email"}], several where several have the name, without email where nobody
 * is meant. */
MUSTUSE int user_addresses(struct db *db, const char *account_id,
			   const char *names, struct mem *m,
			   struct json_object **out, struct err *e);

/* Make one; `email` is in lower case.  ERR_INPUT: there is one already. */
MUSTUSE int user_add(struct db *db, const char *account_id, const char *email,
		     const char *name, const char *hash, struct mem *m,
		     struct json_object **out, struct err *e);

/* Set a password and end the user's logins.  ERR_GONE: no such user. */
MUSTUSE int user_set_password(struct db *db, const char *account_id,
			      const char *email, const char *hash,
			      struct mem *m, struct json_object **out,
			      struct err *e);

/* Remove one, with its logins; *out is who it was.  ERR_GONE: no such user. */
MUSTUSE int user_remove(struct db *db, const char *account_id,
			const char *email, struct mem *m,
			struct json_object **out, struct err *e);

#endif
