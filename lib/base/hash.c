/*
 * hash.c - digests and HMAC, by libcrypto.  See hash.h.
 */
#include "config.h"

#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdlib.h>

#include "base/banned.h"

static const EVP_MD *
algorithm(enum hash hash)
{
	switch (hash) {
	case HASH_SHA1:
		return EVP_sha1();
	case HASH_SHA384:
		return EVP_sha384();
	case HASH_SHA512:
		return EVP_sha512();
	default:
		return EVP_sha256();
	}
}

size_t
hash_digest(enum hash hash, const void *bytes, size_t len,
	    unsigned char out[HASH_SIZE_MAX])
{
	unsigned size;

	if (EVP_Digest(bytes, len, out, &size, algorithm(hash), NULL) != 1)
		abort(); /* only when libcrypto lacks it */
	return size;
}

size_t
hash_mac(enum hash hash, const void *key, size_t key_len, const void *bytes,
	 size_t len, unsigned char out[HASH_SIZE_MAX])
{
	unsigned size;

	if (HMAC(algorithm(hash), key, (int)key_len, bytes, len, out, &size) ==
	    NULL)
		abort(); /* only when libcrypto lacks it */
	return size;
}

void
sha256(const void *bytes, size_t len, unsigned char out[SHA256_SIZE])
{
	if (EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) != 1)
		abort(); /* only when libcrypto lacks it */
}

int
hash_same(const void *a, size_t a_len, const void *b, size_t b_len)
{
	unsigned char of_a[SHA256_SIZE], of_b[SHA256_SIZE];

	sha256(a, a_len, of_a);
	sha256(b, b_len, of_b);
	return CRYPTO_memcmp(of_a, of_b, SHA256_SIZE) == 0;
}
