/*
 * sign.c - checking signatures, by libcrypto.  See sign.h.
 */
#include "config.h"

#include "base/sign.h"

#include "base/buf.h"
#include "base/coding.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string.h>

#include "base/banned.h"

static const char *const hash_names[] = { [HASH_SHA1] = "SHA1",
					  [HASH_SHA256] = "SHA256",
					  [HASH_SHA384] = "SHA384",
					  [HASH_SHA512] = "SHA512" };

/* libcrypto says that something failed: because it had no memory? */
static void
must_have_memory(void)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			mem_exhausted();
}

static void
free_key(void *key)
{
	EVP_PKEY_free(key);
}

/* libcrypto's own type; nobody else needs to know. */
static struct public_key *
keep(struct mem *m, EVP_PKEY *key)
{
	must_have_memory();
	if (key != NULL)
		mem_on_free(m, free_key, key);
	return (struct public_key *)key;
}

/* Only the base64 of a PEM: without white space, and without the lines that
 * frame it, wherever their line breaks went. */
static void
bare(const char *text, size_t len, struct buf *out)
{
	size_t i;
	int is_frame = 0;

	for (i = 0; i < len; i++) {
		if (len - i >= 5 && memcmp(text + i, "-----", 5) == 0) {
			is_frame = !is_frame;
			i += 4;
		} else if (len - i >= 2 && memcmp(text + i, "\\n", 2) == 0) {
			i++; /* a line break that was written out */
		} else if (!is_frame && strchr(" \t\r\n", text[i]) == NULL) {
			buf_addc(out, text[i]);
		}
	}
}

int
public_key_read(struct mem *m, const char *text, size_t len,
		struct public_key **out, struct err *e)
{
	struct buf base64 = BUF_INIT, der = BUF_INIT;
	const unsigned char *at;

	*out = NULL;
	bare(text, len, &base64);
	if (decode_bytes(CODING_BASE64URL, base64.s, base64.len, &der) == 0) {
		at = (const unsigned char *)der.s;
		*out = keep(m, d2i_PUBKEY(NULL, &at, (long)der.len));
	}
	buf_free(&base64);
	buf_free(&der);
	if (*out == NULL)
		return err_set(e, ERR_PERM,
			       "expected a public key: what stands from "
			       "-----BEGIN PUBLIC KEY----- to -----END PUBLIC "
			       "KEY-----, or the base64 between them");
	return 0;
}

struct public_key *
public_key_ed25519(struct mem *m, const unsigned char *bytes, size_t len)
{
	if (len != ED25519_KEY_SIZE)
		return NULL;
	return keep(m, EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						   bytes, len));
}

int
public_key_verifies(struct public_key *key, enum hash hash, const void *bytes,
		    size_t len, const unsigned char *signature,
		    size_t signature_len)
{
	EVP_PKEY *pkey = (EVP_PKEY *)key;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = NULL;
	int ok;

	if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519)
		md = EVP_get_digestbyname(hash_names[hash]);
	if (ctx == NULL)
		mem_exhausted();
	ERR_clear_error();
	ok = EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
	     EVP_DigestVerify(ctx, signature, signature_len, bytes, len) == 1;
	EVP_MD_CTX_free(ctx);
	must_have_memory();
	return ok;
}
