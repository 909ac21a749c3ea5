/*
 * password.c - passwords by crypt(3).  See password.h.
 */
#include "config.h"

#include "base/password.h"

#include "base/token.h"

#include <openssl/crypto.h>

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define YESCRYPT "$y$"
#define RANDOM_LENGTH 20

char *
password_hash(struct mem *m, const char *password, struct err *e)
{
	size_t len = strlen(password);
	void *work = NULL;
	int work_size = 0;
	char *setting, *hash = NULL;

	if (len < PASSWORD_MIN || len > PASSWORD_MAX) {
		err_set(e, ERR_INPUT,
			"expected a password of %d to %d bytes, found %zu",
			PASSWORD_MIN, PASSWORD_MAX, len);
		return NULL;
	}
	setting = crypt_gensalt_ra(YESCRYPT, 0, NULL, 0);
	if (setting != NULL)
		hash = crypt_ra(password, setting, &work, &work_size);
	if (hash == NULL)
		err_set(e, ERR_BUG, "crypt(3) can't make a yescrypt hash: %s",
			strerror(errno));
	else
		hash = mem_strdup(m, hash);
	free(setting);
	if (work != NULL) /* the password was worked on there */
		OPENSSL_cleanse(work, (size_t)work_size);
	free(work);
	return hash;
}

int
password_matches(const char *password, const char *hash)
{
	void *work = NULL;
	int work_size = 0, same = 0;
	const char *mine;

	if (strlen(password) > PASSWORD_MAX)
		return 0;
	mine = crypt_ra(password, hash, &work, &work_size);
	if (mine != NULL && strlen(mine) == strlen(hash))
		same = CRYPTO_memcmp(mine, hash, strlen(hash)) == 0;
	if (work != NULL)
		OPENSSL_cleanse(work, (size_t)work_size);
	free(work);
	return same;
}

/* Without the digits 0 and 1, which people take for letters. */
char *
password_random(struct mem *m)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz23456789";
	const unsigned n = sizeof(alphabet) - 1;
	char *password = mem_alloc(m, RANDOM_LENGTH + 1);
	unsigned char byte;
	size_t i = 0;

	while (i < RANDOM_LENGTH) {
		random_bytes(&byte, 1);
		if (byte < 256 / n * n) /* else some letters come oftener */
			password[i++] = alphabet[byte % n];
	}
	return password;
}
