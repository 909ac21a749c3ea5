/*
 * seal.c - texts sealed under the installation's secrets.  See seal.h.
 * A sealed text is: version (1 byte), nonce (12), the text, tag (16).
 */
#include "config.h"

#include "base/seal.h"

#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define SEAL_VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define KEY_SIZE 32
#define OVERHEAD (1 + NONCE_SIZE + TAG_SIZE)

static const char domain[] = "hookline seal v1";

/* What goes wrong here is out of memory or a broken library. */
static void
must(int ok)
{
	if (!ok)
		abort();
}

static void
derive_key(const unsigned char *secret, unsigned char key[KEY_SIZE])
{
	unsigned char mac[HASH_SIZE_MAX];

	hash_mac(HASH_SHA256, secret, TOKEN_SECRET_SIZE, domain, strlen(domain),
		 mac);
	memcpy(key, mac, KEY_SIZE);
	OPENSSL_cleanse(mac, sizeof(mac));
}

static EVP_CIPHER_CTX *
start(const unsigned char *secret, const unsigned char *nonce,
      const char *label, int is_encrypting)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char key[KEY_SIZE];
	int n;

	must(c != NULL);
	derive_key(secret, key);
	must(EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce,
			       is_encrypting));
	OPENSSL_cleanse(key, sizeof(key));
	must(EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)label,
			      (int)strlen(label)));
	return c;
}

void
seal_make(const struct secrets *s, const char *label, const void *text,
	  size_t len, struct buf *out)
{
	unsigned char *at;
	EVP_CIPHER_CTX *c;
	int n;

	buf_grow(out, len + OVERHEAD);
	at = (unsigned char *)out->s + out->len;
	at[0] = SEAL_VERSION;
	random_bytes(at + 1, NONCE_SIZE);
	c = start(s->secret[0], at + 1, label, 1);
	must(EVP_CipherUpdate(c, at + 1 + NONCE_SIZE, &n, text, (int)len));
	must(EVP_CipherFinal_ex(c, at + 1 + NONCE_SIZE + n, &n));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_SIZE,
				 at + 1 + NONCE_SIZE + len));
	EVP_CIPHER_CTX_free(c);
	out->len += len + OVERHEAD;
	out->s[out->len] = '\0';
}

static int
open_with(const unsigned char *secret, const char *label,
	  const unsigned char *sealed, size_t len, char *text)
{
	unsigned char tag[TAG_SIZE];
	EVP_CIPHER_CTX *c = start(secret, sealed + 1, label, 0);
	size_t text_len = len - OVERHEAD;
	int n, ok;

	memcpy(tag, sealed + len - TAG_SIZE, TAG_SIZE);
	must(EVP_CipherUpdate(c, (unsigned char *)text, &n,
			      sealed + 1 + NONCE_SIZE, (int)text_len));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag));
	ok = EVP_CipherFinal_ex(c, (unsigned char *)text + n, &n);
	EVP_CIPHER_CTX_free(c);
	return ok == 1 ? 0 : -1;
}

char *
seal_open(const struct secrets *s, const char *label, const void *sealed,
	  size_t len, struct mem *m)
{
	char *text;
	size_t i;

	if (len < OVERHEAD || *(const unsigned char *)sealed != SEAL_VERSION)
		return NULL;
	text = mem_alloc(m, len - OVERHEAD + 1);
	for (i = 0; i < s->n; i++)
		if (open_with(s->secret[i], label, sealed, len, text) == 0) {
			text[len - OVERHEAD] = '\0';
			return text;
		}
	return NULL;
}
