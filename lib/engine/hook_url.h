/*
 * hook_url.h - the secret URL of a trigger: what its owner gives to senders.
 */
#ifndef ENGINE_HOOK_URL_H
#define ENGINE_HOOK_URL_H

#include "base/conf.h"
#include "base/mem.h"
#include "base/token.h"

/* base_url, "/hooks/" and the token of a key in hexadecimal, from the pool. */
const char *hook_url(const struct conf *c, const struct secrets *s,
		     const char *hook_key, struct mem *m);

#endif
