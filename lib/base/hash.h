/*
 * hash.h - digests, and proofs by a shared secret, by libcrypto.  Proofs by
 * key pairs are sign.h.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

#define SHA256_SIZE 32
#define HASH_SIZE_MAX 64

enum hash {
	HASH_SHA1, /* for what others made with it; nothing of ours is */
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512
};

void sha256(const void *bytes, size_t len, unsigned char out[SHA256_SIZE]);

/* The digest; returns its size. */
size_t hash_digest(enum hash hash, const void *bytes, size_t len,
		   unsigned char out[HASH_SIZE_MAX]);

/* HMAC (RFC 2104); returns its size. */
size_t hash_mac(enum hash hash, const void *key, size_t key_len,
		const void *bytes, size_t len,
		unsigned char out[HASH_SIZE_MAX]);

/* Are two secrets the same?  The time it takes tells nothing about either,
 * not even how much of them agrees; it depends on their lengths alone. */
int hash_same(const void *a, size_t a_len, const void *b, size_t b_len);

#endif
