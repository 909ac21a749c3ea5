/*
 * secret.c - an account's named secrets, sealed and opened.  See secret.h.
 */
#include "config.h"

#include "engine/secret.h"

#include "base/coding.h"
#include "base/json.h"
#include "base/seal.h"

#include <string.h>

#include "base/banned.h"

static const char *
label(struct mem *m, const char *account_id, const char *name)
{
	return mem_printf(m, "secret/%s/%s", account_id, name);
}

void
secret_seal(const struct secrets *s, const char *account_id, const char *name,
	    const char *plain, struct buf *out)
{
	struct mem *m = mem_new();

	seal_make(s, label(m, account_id, name), plain, strlen(plain), out);
	mem_free(m);
}

/* PostgreSQL breaks base64 into lines. */
static void
read_base64(const char *text, struct buf *out)
{
	struct buf joined = BUF_INIT;
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_add(&joined, text, n);
	}
	if (decode_bytes(CODING_BASE64, joined.s, joined.len, out) == -1)
		buf_reset(out);
	buf_free(&joined);
}

const char *
secret_open(const struct secrets *s, const char *account_id,
	    struct json_object *sealed, const char *name, struct mem *m)
{
	const char *text = json_get_string(sealed, name), *plain;
	struct buf bytes = BUF_INIT;

	if (text == NULL)
		return NULL;
	read_base64(text, &bytes);
	plain = seal_open(s, label(m, account_id, name), bytes.s, bytes.len, m);
	buf_free(&bytes);
	return plain;
}
