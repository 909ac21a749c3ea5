/*
 * notify.h - whom an internal message goes to.
 */
#ifndef ENGINE_NOTIFY_H
#define ENGINE_NOTIFY_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

struct db;

/* The users of the account that `to` (names or e-mail addresses, separated by
 * commas) means, as user_addresses (store/user.h) tells it. */
MUSTUSE int notify_users(struct db *db, const char *account_id, const char *to,
			 struct mem *m, struct json_object **out,
			 struct err *e);

#endif
