/*
 * secret.h - an account's named secrets, sealed and opened.  Where they are
 * kept is store/secret.h; that no plain secret ever reaches a log, a page or
 * the database is for whoever calls.
 */
#ifndef ENGINE_SECRET_H
#define ENGINE_SECRET_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/token.h"

#include <json-c/json_object.h>

/* Append the secret, sealed for this account and name. */
void secret_seal(const struct secrets *s, const char *account_id,
		 const char *name, const char *plain, struct buf *out);

/* The secret `name` out of {"name": sealed, in base64}; NULL when it is not
 * there, or was sealed under secrets that the installation no longer has. */
const char *secret_open(const struct secrets *s, const char *account_id,
			struct json_object *sealed, const char *name,
			struct mem *m);

#endif
