/*
 * forget.h - a person is forgotten: everywhere, or not at all while a delivery
 * that names it is about to come in.  What is emptied is the database's
 * business (store/contact.h).
 */
#ifndef ENGINE_FORGET_H
#define ENGINE_FORGET_H

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"

#include <json-c/json_object.h>

struct db;
struct contact_key;

/* Whose data, and where it may be. */
struct forget {
	struct db *db;
	const struct conf *conf;
	const struct secrets *secrets;
	const char *account_id;
};

/* Forget the contact `id`: *out as contact_erase says.  ERR_GONE: there is
 * none. ERR_TEMP: nothing was erased, since something in the spool names it. */
MUSTUSE int forget_contact(const struct forget *f, const char *id,
			   struct mem *m, struct json_object **out,
			   struct err *e);

/* Forget somebody who is no contact, by `key` and the address as it was given
 * (NULL: by a number): *out as person_erase says. */
MUSTUSE int forget_person(const struct forget *f, const struct contact_key *key,
			  const char *given, struct mem *m,
			  struct json_object **out, struct err *e);

#endif
