/*
 * token.c - tokens and the secrets behind them, by libcrypto.  See token.h.
 */
#include "config.h"

#include "base/token.h"

#include "base/coding.h"
#include "base/mem.h"
#include "base/private.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/banned.h"

/* Each use of the secrets has its own separator: no output of one is ever
 * valid for another. */
#define TOKEN_DOMAIN "hookline token v1"
#define CONTACT_DOMAIN "hookline contact token v1"
#define FINGERPRINT_DOMAIN "hookline fingerprint v1"

#define MAC_SIZE 32
#define LINE_SIZE 256

/* A kind of token: so many bytes of key, so many of its MAC. */
struct kind {
	const char *domain;
	size_t key_size, mac_size;
};

#define CONTACT_KEY_SIZE 16
#define RAW_SIZE_MAX 30

/* base64url without padding */
_Static_assert((TOKEN_KEY_SIZE + 12) * 4 == TOKEN_LENGTH * 3 &&
		       (CONTACT_KEY_SIZE + 14) * 4 ==
			       CONTACT_TOKEN_LENGTH * 3 &&
		       CONTACT_KEY_SIZE + 14 <= RAW_SIZE_MAX,
	       "a token is whole groups of 3 bytes");

static const struct kind hook_kind = { TOKEN_DOMAIN, TOKEN_KEY_SIZE, 12 };
static const struct kind contact_kind = { CONTACT_DOMAIN, CONTACT_KEY_SIZE,
					  14 };

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
random_bytes(void *out, size_t len)
{
	unsigned char *p = out;
	ssize_t got;

	while (len > 0) {
		got = getrandom(p, len, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			fputs("hookline: no random numbers from the kernel\n",
			      stderr);
			abort();
		}
		p += got;
		len -= (size_t)got;
	}
}

/* `line` is exactly the digits of one secret. */
static int
read_secret(const char *line, unsigned char secret[TOKEN_SECRET_SIZE])
{
	struct buf bytes = BUF_INIT;
	int rc = -1;

	if (decode_bytes(CODING_HEX, line, strlen(line), &bytes) == 0 &&
	    bytes.len == TOKEN_SECRET_SIZE) {
		memcpy(secret, bytes.s, TOKEN_SECRET_SIZE);
		rc = 0;
	}
	OPENSSL_cleanse(bytes.s, bytes.len);
	buf_free(&bytes);
	return rc;
}

/* An error never quotes the line: it may be most of a secret. */
static int
read_lines(struct secrets *s, FILE *f, const char *path, struct err *e)
{
	char line[LINE_SIZE];
	size_t number = 0, len;

	while (fgets(line, sizeof(line), f) != NULL) {
		number++;
		len = strcspn(line, "\r\n");
		line[len] = '\0';
		if (len == 0 || line[0] == '#')
			continue;
		if (s->n == TOKEN_SECRETS_MAX)
			return err_set(e, ERR_PERM,
				       "%s:%zu: expected at most %d secrets; "
				       "remove the oldest (the last ones)",
				       path, number, TOKEN_SECRETS_MAX);
		if (read_secret(line, s->secret[s->n]) == -1)
			return err_set(e, ERR_PERM,
				       "%s:%zu: expected a secret of 64 "
				       "hexadecimal digits, found %zu "
				       "characters that are not one; restore "
				       "the file from a backup",
				       path, number, len);
		s->n++;
	}
	if (ferror(f))
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (s->n == 0)
		return err_set(e, ERR_PERM,
			       "%s: expected a secret, found none; restore "
			       "the file from a backup",
			       path);
	return 0;
}

int
secrets_load(struct secrets *s, const char *path, struct err *e)
{
	FILE *f = private_open(path, e);
	int rc;

	memset(s, 0, sizeof(*s));
	if (f == NULL)
		return err_context(e, "the secrets of the hook URLs "
				      "(secret_file)");
	rc = read_lines(s, f, path, e);
	fclose(f);
	return rc;
}

int
secrets_create(const char *path, struct err *e)
{
	static const char head[] =
		"# The secrets of this installation's hook URLs: the first "
		"makes them, all are\n# accepted.  Keep a backup: without "
		"them every URL is lost.\n";
	unsigned char secret[TOKEN_SECRET_SIZE];
	char line[2 * TOKEN_SECRET_SIZE + 1];
	int fd, failed, rc = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	random_bytes(secret, sizeof(secret));
	hex_encode(secret, sizeof(secret), line);
	failed = dprintf(fd, "%s%s\n", head, line) < 0 || fsync(fd) == -1;
	failed |= close(fd) == -1;
	if (failed) {
		rc = err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
		unlink(path);
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(line, sizeof(line));
	return rc;
}

/* Found once: to look an algorithm up costs more than to use it. */
static pthread_once_t hmac_once = PTHREAD_ONCE_INIT;
static EVP_MAC *hmac;

static void
fetch_hmac(void)
{
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

/* HMAC-SHA256 of domain, NUL, `bytes`: the NUL ends the domain, so no two
 * pairs are the same message. */
static void
mac(const unsigned char *secret, const char *domain, const void *bytes,
    size_t len, unsigned char out[MAC_SIZE])
{
	OSSL_PARAM params[2] = { OSSL_PARAM_construct_utf8_string(
					 "digest", (char[]){ "SHA256" }, 0),
				 OSSL_PARAM_construct_end() };
	EVP_MAC_CTX *ctx;
	size_t size;

	pthread_once(&hmac_once, fetch_hmac);
	ctx = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
	if (ctx == NULL ||
	    EVP_MAC_init(ctx, secret, TOKEN_SECRET_SIZE, params) != 1 ||
	    EVP_MAC_update(ctx, (const unsigned char *)domain,
			   strlen(domain) + 1) != 1 ||
	    EVP_MAC_update(ctx, bytes, len) != 1 ||
	    EVP_MAC_final(ctx, out, &size, MAC_SIZE) != 1)
		abort(); /* only without memory or without SHA-256 */
	EVP_MAC_CTX_free(ctx);
}

static void
make(const struct secrets *s, const struct kind *k, const unsigned char *key,
     char *token)
{
	unsigned char raw[CONTACT_KEY_SIZE + MAC_SIZE];
	size_t i, size = k->key_size + k->mac_size;
	unsigned three;

	memcpy(raw, key, k->key_size);
	mac(s->secret[0], k->domain, key, k->key_size, raw + k->key_size);
	for (i = 0; i < size / 3; i++) {
		three = (unsigned)raw[3 * i] << 16 |
			(unsigned)raw[3 * i + 1] << 8 | raw[3 * i + 2];
		token[4 * i] = alphabet[three >> 18];
		token[4 * i + 1] = alphabet[three >> 12 & 63];
		token[4 * i + 2] = alphabet[three >> 6 & 63];
		token[4 * i + 3] = alphabet[three & 63];
	}
	token[size / 3 * 4] = '\0';
}

/* The alphabet is no secret, and what a sender wrote is none to him. */
static int
decode(const char *token, size_t len, unsigned char *raw)
{
	unsigned three = 0;
	const char *at;
	size_t i;

	for (i = 0; i < len; i++) {
		at = memchr(alphabet, token[i], sizeof(alphabet) - 1);
		if (at == NULL)
			return -1;
		three = three << 6 | (unsigned)(at - alphabet);
		if (i % 4 != 3)
			continue;
		raw[i / 4 * 3] = (unsigned char)(three >> 16);
		raw[i / 4 * 3 + 1] = (unsigned char)(three >> 8);
		raw[i / 4 * 3 + 2] = (unsigned char)three;
		three = 0;
	}
	return 0;
}

/* The key is in `raw` then. */
static int
check(const struct secrets *s, const struct kind *k, const char *token,
      size_t len, unsigned char raw[RAW_SIZE_MAX])
{
	unsigned char want[MAC_SIZE];
	int is_ours = 0;
	size_t i;

	if (len * 3 != (k->key_size + k->mac_size) * 4 ||
	    decode(token, len, raw) == -1)
		return -1;
	for (i = 0; i < s->n; i++) {
		mac(s->secret[i], k->domain, raw, k->key_size, want);
		is_ours |= CRYPTO_memcmp(want, raw + k->key_size,
					 k->mac_size) == 0;
	}
	return is_ours ? 0 : -1;
}

void
token_make(const struct secrets *s, const unsigned char *key,
	   char token[TOKEN_LENGTH + 1])
{
	make(s, &hook_kind, key, token);
}

int
token_check(const struct secrets *s, const char *token, size_t len,
	    unsigned char key[TOKEN_KEY_SIZE])
{
	unsigned char raw[RAW_SIZE_MAX];

	if (check(s, &hook_kind, token, len, raw) == -1)
		return -1;
	memcpy(key, raw, TOKEN_KEY_SIZE);
	return 0;
}

/* Most significant byte first. */
static void
put_id(unsigned char *out, int64_t id)
{
	int i;

	for (i = 0; i < 8; i++)
		out[i] = (unsigned char)((uint64_t)id >> (56 - 8 * i));
}

static int64_t
get_id(const unsigned char *in)
{
	uint64_t id = 0;
	int i;

	for (i = 0; i < 8; i++)
		id = id << 8 | in[i];
	return (int64_t)id;
}

void
contact_token_make(const struct secrets *s, int64_t account_id,
		   int64_t contact_id, char token[CONTACT_TOKEN_LENGTH + 1])
{
	unsigned char key[CONTACT_KEY_SIZE];

	put_id(key, account_id);
	put_id(key + 8, contact_id);
	make(s, &contact_kind, key, token);
}

int
contact_token_check(const struct secrets *s, const char *token, size_t len,
		    int64_t *account_id, int64_t *contact_id)
{
	unsigned char raw[RAW_SIZE_MAX];

	if (check(s, &contact_kind, token, len, raw) == -1)
		return -1;
	*account_id = get_id(raw);
	*contact_id = get_id(raw + 8);
	return 0;
}

void
token_fingerprint(const struct secrets *s, const char *domain, const char *text,
		  char out[17])
{
	unsigned char full[MAC_SIZE];
	size_t size = strlen(domain) + 1 + strlen(text);
	char *both = xmalloc(size);

	memcpy(both, domain, strlen(domain) + 1);
	memcpy(both + strlen(domain) + 1, text, strlen(text));
	mac(s->secret[0], FINGERPRINT_DOMAIN, both, size, full);
	free(both);
	hex_encode(full, 8, out);
}
