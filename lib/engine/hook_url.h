/*
 * hook_url.h - secret URLs: that of a trigger, which its owner gives to
 * senders, and that of a contact, by which it unsubscribes.
 */
#ifndef ENGINE_HOOK_URL_H
#define ENGINE_HOOK_URL_H

#include "base/conf.h"
#include "base/mem.h"
#include "base/token.h"

/* base_url, "/hooks/" and the token of a key in hexadecimal, from the pool. */
const char *hook_url(const struct conf *c, const struct secrets *s,
		     const char *hook_key, struct mem *m);

/* base_url, "/u/" and the token of a contact, from the pool.  Ids are decimal
 * texts. */
const char *unsubscribe_url(const struct conf *c, const struct secrets *s,
			    const char *account_id, const char *contact_id,
			    struct mem *m);

#endif
