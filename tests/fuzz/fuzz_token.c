/*
 * fuzz_token.c - no bytes are taken for a token but those that were made: a
 * token that is accepted is the one that its key gives, and one that was
 * changed is refused.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "base/token.h"

static const struct secrets secrets = {
	{ "a secret that nobody knows....", "and another one" }, 2
};
static const struct secrets first = { { "a secret that nobody knows...." }, 1 };
static const struct secrets second = { { "and another one" }, 1 };

/* Of an accepted token: it is its key's, by one of the secrets. */
static void
check_accepted(const char *token, const unsigned char *key)
{
	char again[TOKEN_LENGTH + 1], other[TOKEN_LENGTH + 1];

	token_make(&first, key, again);
	token_make(&second, key, other);
	if (memcmp(again, token, TOKEN_LENGTH) != 0 &&
	    memcmp(other, token, TOKEN_LENGTH) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char key[TOKEN_KEY_SIZE], read[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1];
	const char *text = (const char *)data;
	uint8_t change;

	if (token_check(&secrets, text, size, key) == 0) {
		if (size != TOKEN_LENGTH)
			abort();
		check_accepted(text, key);
	}
	if (size < TOKEN_KEY_SIZE + 2)
		return 0;
	memcpy(key, data, sizeof(key));
	token_make(data[TOKEN_KEY_SIZE] & 0x80 ? &second : &secrets, key,
		   token);
	if (token_check(&secrets, token, TOKEN_LENGTH, read) == -1 ||
	    memcmp(key, read, sizeof(key)) != 0)
		abort();
	change = data[TOKEN_KEY_SIZE + 1];
	token[data[TOKEN_KEY_SIZE] % TOKEN_LENGTH] ^= (char)change;
	if (change != 0 &&
	    token_check(&secrets, token, TOKEN_LENGTH, read) == 0)
		abort();
	return 0;
}
