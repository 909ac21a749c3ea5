/*
 * sign.h - signatures by key pairs (RSA, ECDSA, Ed25519), by libcrypto: only
 * the public half, which checks them.  What is signed is the caller's
 * business.
 */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/hash.h"
#include "base/mem.h"

#define ED25519_KEY_SIZE 32

struct public_key;

/*
 * Read a public key as providers show it: PEM ("-----BEGIN PUBLIC KEY-----"),
 * also with its line breaks lost, or the base64 inside it alone (DER,
 * SubjectPublicKeyInfo).  Lives as long as the pool.  -1 with ERR_PERM.
 */
MUSTUSE int public_key_read(struct mem *m, const char *text, size_t len,
			    struct public_key **out, struct err *e);

/* An Ed25519 key from its 32 bytes; NULL when they are none. */
struct public_key *public_key_ed25519(struct mem *m, const unsigned char *bytes,
				      size_t len);

/*
 * Is `signature` one of these bytes?  RSA is PKCS #1 v1.5, ECDSA is in DER;
 * Ed25519 has a hash of its own and `hash` does not matter.
 */
int public_key_verifies(struct public_key *key, enum hash hash,
			const void *bytes, size_t len,
			const unsigned char *signature, size_t signature_len);

#endif
