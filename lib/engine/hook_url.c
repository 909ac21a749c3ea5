/*
 * hook_url.c - secret URLs.  See hook_url.h.
 */
#include "config.h"

#include "engine/hook_url.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* The database gives keys of the right size; a shorter one is padded. */
static void
hex_decode(const char *hex, unsigned char *out, size_t size)
{
	char pair[3] = "";
	size_t i;

	memset(out, 0, size);
	for (i = 0; i < size && strlen(hex) >= 2 * (i + 1); i++) {
		memcpy(pair, hex + 2 * i, 2);
		out[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
}

const char *
hook_url(const struct conf *c, const struct secrets *s, const char *hook_key,
	 struct mem *m)
{
	unsigned char key[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1];

	hex_decode(hook_key, key, sizeof(key));
	token_make(s, key, token);
	return mem_printf(m, "%s/hooks/%s", c->base_url, token);
}

const char *
unsubscribe_url(const struct conf *c, const struct secrets *s,
		const char *account_id, const char *contact_id, struct mem *m)
{
	char token[CONTACT_TOKEN_LENGTH + 1];

	contact_token_make(s, strtoll(account_id, NULL, 10),
			   strtoll(contact_id, NULL, 10), token);
	return mem_printf(m, "%s/u/%s", c->base_url, token);
}
