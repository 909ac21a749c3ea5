/*
 * token.h - the secret in a hook's URL and in a link to unsubscribe, and the
 * installation's secrets they are made with.  TOKEN = base64url(key ‖ first
 * bytes of HMAC-SHA256(secret, domain separator ‖ key)): the database holds the
 * key alone, and a forged token is known without asking it.  Knows no database
 * and no URL.
 */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TOKEN_KEY_SIZE 12
#define TOKEN_LENGTH 32
#define CONTACT_TOKEN_LENGTH 40
#define TOKEN_SECRETS_MAX 8
#define TOKEN_SECRET_SIZE 32

/* The installation's secrets: the first makes tokens, all are accepted. */
struct secrets {
	unsigned char secret[TOKEN_SECRETS_MAX][TOKEN_SECRET_SIZE];
	size_t n;
};

/*
 * Read the secrets: one per line, 64 hexadecimal digits; empty lines and
 * lines that begin with '#' are skipped.  Refuses (ERR_PERM, with the fix) a
 * file that others than its owner can read, that is missing, has no secret,
 * or has a faulty line.
 */
MUSTUSE int secrets_load(struct secrets *s, const char *path, struct err *e);

/* Create `path` (mode 0600, never overwriting) with one new random secret. */
MUSTUSE int secrets_create(const char *path, struct err *e);

/* `len` bytes from the kernel's generator; aborts if there is none. */
void random_bytes(void *out, size_t len);

/* The token of `key`, NUL-terminated. */
void token_make(const struct secrets *s, const unsigned char *key,
		char token[TOKEN_LENGTH + 1]);

/*
 * Is `token` (of `len` bytes) one of ours?  In constant time for any token of
 * the right length.  Returns 0 with its key, or -1.
 */
MUSTUSE int token_check(const struct secrets *s, const char *token, size_t len,
			unsigned char key[TOKEN_KEY_SIZE]);

/*
 * The token by which whoever has a contact's mail speaks for that contact: its
 * key is the two ids, 8 bytes each, and its MAC has 14.  No hook's token is
 * one, nor the other way round.  As above.
 */
void contact_token_make(const struct secrets *s, int64_t account_id,
			int64_t contact_id,
			char token[CONTACT_TOKEN_LENGTH + 1]);
MUSTUSE int contact_token_check(const struct secrets *s, const char *token,
				size_t len, int64_t *account_id,
				int64_t *contact_id);

/*
 * 16 hexadecimal digits that only this installation can make, the same for
 * the same `domain` and `text`: for identities of outgoing messages.
 */
void token_fingerprint(const struct secrets *s, const char *domain,
		       const char *text, char out[17]);

#endif
