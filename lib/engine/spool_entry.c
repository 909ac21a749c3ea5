/*
 * spool_entry.c - what stands in a file of the spool: a line of JSON, the body
 * as it came, and a checksum of both, so that a torn file is told apart.
 * Headers stand there in full, since signatures are checked later; the URL
 * without the part of its token that opens the hook, which only the
 * installation's secret can make again.  Pure.
 */
#include "config.h"

#include "engine/spooling.h"

#include "base/coding.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

#define FORMAT "hookline-spool/1"
#define TOKEN_PLACE "{token}"
#define HINT_LENGTH 16 /* digits of the token's hash */
#define SUM_BEGIN "\nsha256 "
#define SUM_LENGTH (sizeof(SUM_BEGIN) - 1 + 2 * SHA256_SIZE + 1)

/* A statement whose end was not heard is over by then: it is not kept later
 * than one deadline and RECEIVE_MARGIN_MS after it began, which is at most one
 * deadline after the request arrived; and a commit takes no longer than this.
 */
#define COMMIT_MS 20000

const char *
spool_time(struct mem *m, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;
	char text[32];

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		return NULL;
	return mem_printf(m, "%s.%06dZ", text, (int)(us % 1000000));
}

void
spool_name(char name[SPOOL_NAME_SIZE], int64_t arrived_us, const char *uid)
{
	snprintf(name, SPOOL_NAME_SIZE, "%020" PRId64 "-%.*s", arrived_us,
		 SPOOL_UID_LENGTH, uid);
}

int64_t
spool_name_us(const char *name)
{
	return strtoll(name, NULL, 10);
}

/* --- texts that JSON can't hold ------------------------------------------- */

/* Text that is no UTF-8 is kept as {"hex":"..."}, byte for byte. */
static struct json_object *
text_value(const char *text)
{
	size_t len = strlen(text), at;
	struct json_object *o;
	char *hex;

	if (text_is_utf8(text, len, &at))
		return json_object_new_string_len(text, (int)len);
	hex = xmalloc(2 * len + 1);
	hex_encode(text, len, hex);
	o = json_object_new_object();
	json_set_string(o, "hex", hex);
	free(hex);
	return o;
}

/* `n` bytes from twice as many digits; -1 when it is something else. */
static int
hex_decode(const char *hex, unsigned char *out, size_t n)
{
	struct buf bytes = BUF_INIT;
	int rc = -1;

	if (hex != NULL && strlen(hex) == 2 * n)
		rc = decode_bytes(CODING_HEX, hex, 2 * n, &bytes);
	if (rc == 0)
		memcpy(out, bytes.s, n);
	buf_free(&bytes);
	return rc;
}

/* NULL when it is no text. */
static const char *
value_text(struct mem *m, struct json_object *o)
{
	const char *hex;
	char *text;
	size_t n;

	if (json_object_is_type(o, json_type_string))
		return json_object_get_string(o);
	hex = json_get_string(o, "hex");
	if (hex == NULL)
		return NULL;
	n = strlen(hex) / 2;
	text = mem_alloc(m, n + 1);
	return hex_decode(hex, (unsigned char *)text, n) == 0 ? text : NULL;
}

static struct json_object *
headers_value(struct json_object *headers)
{
	struct json_object *o = json_object_new_object();

	json_object_object_foreach (headers, name, value)
		json_object_object_add(
			o, name, text_value(json_object_get_string(value)));
	return o;
}

static struct json_object *
value_headers(struct mem *m, struct json_object *list)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	const char *text;

	if (!json_object_is_type(list, json_type_object))
		return NULL;
	json_object_object_foreach (list, name, value) {
		text = value_text(m, value);
		if (text == NULL)
			return NULL;
		json_set_string(o, name, text);
	}
	return o;
}

/* --- the token in the URL ------------------------------------------------- */

/* The token that the secret number `i` makes of a key. */
static void
token_of(const struct secrets *s, size_t i, const unsigned char *key,
	 char token[TOKEN_LENGTH + 1])
{
	struct secrets one = { .n = 1 };

	memcpy(one.secret[0], s->secret[i], TOKEN_SECRET_SIZE);
	token_make(&one, key, token);
}

static void
token_hint(const char *token, char hint[HINT_LENGTH + 1])
{
	unsigned char hash[SHA256_SIZE];

	sha256(token, TOKEN_LENGTH, hash);
	hex_encode(hash, HINT_LENGTH / 2, hint);
}

static void
set_url(struct json_object *o, const struct spool *s, const unsigned char *key,
	const char *url)
{
	char token[TOKEN_LENGTH + 1], hint[HINT_LENGTH + 1];
	struct buf text = BUF_INIT;
	const char *at = NULL;
	size_t i;

	for (i = 0; at == NULL && i < s->secrets->n; i++) {
		token_of(s->secrets, i, key, token);
		at = strstr(url, token);
	}
	if (at != NULL) {
		buf_add(&text, url, (size_t)(at - url));
		buf_adds(&text, TOKEN_PLACE);
		buf_adds(&text, at + TOKEN_LENGTH);
		token_hint(token, hint);
		json_set_string(o, "token_hint", hint);
		url = text.s;
	}
	json_object_object_add(o, "url", text_value(url));
	buf_free(&text);
}

/* With the token again, unless its secret is gone. */
static const char *
get_url(struct json_object *o, const struct spool *s, const unsigned char *key,
	struct mem *m)
{
	const char *url = value_text(m, json_get(o, "url"));
	const char *want = json_get_string(o, "token_hint"), *at;
	char token[TOKEN_LENGTH + 1], hint[HINT_LENGTH + 1];
	size_t i;

	at = url != NULL && want != NULL ? strstr(url, TOKEN_PLACE) : NULL;
	for (i = 0; at != NULL && i < s->secrets->n; i++) {
		token_of(s->secrets, i, key, token);
		token_hint(token, hint);
		if (strcmp(hint, want) == 0)
			return mem_printf(m, "%.*s%s%s", (int)(at - url), url,
					  token, at + strlen(TOKEN_PLACE));
	}
	return url;
}

/* --- the file ------------------------------------------------------------- */

static struct json_object *
first_line(const struct spool *s, const unsigned char *key,
	   const struct delivery *d, int64_t arrived_us, const struct err *why,
	   struct mem *m)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	char hex[2 * TOKEN_KEY_SIZE + 1];

	hex_encode(key, TOKEN_KEY_SIZE, hex);
	json_set_string(o, "format", FORMAT);
	json_set_string(o, "uid", d->uid);
	json_set_string(o, "key", hex);
	json_set_string(o, "method", d->method);
	json_object_object_add(o, "query", text_value(d->query));
	set_url(o, s, key, d->url);
	json_object_object_add(o, "content_type", text_value(d->content_type));
	json_set_string(o, "remote_addr", d->remote_addr);
	json_set_string(o, "received_at", spool_time(m, arrived_us));
	json_object_object_add(o, "headers", headers_value(d->headers));
	json_object_object_add(o, "refused_status",
			       json_object_new_int(d->refused_status));
	json_set_string(o, "refused_why", d->refused_why);
	json_object_object_add(o, "may_be_kept",
			       json_object_new_boolean(why->is_unknown));
	if (why->is_unknown)
		json_object_object_add(
			o, "try_after_us",
			json_object_new_int64(
				arrived_us +
				1000 * (2 * (int64_t)s->deadline_ms +
					RECEIVE_MARGIN_MS + COMMIT_MS)));
	json_set_string(o, "why", why->text);
	json_object_object_add(o, "body_length",
			       json_object_new_int64((int64_t)d->body_len));
	return o;
}

static void
add_sum(struct buf *out)
{
	unsigned char hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	sha256(out->s, out->len, hash);
	hex_encode(hash, sizeof(hash), hex);
	buf_addf(out, SUM_BEGIN "%s\n", hex);
}

void
spool_entry_write(const struct spool *s, const unsigned char *key,
		  const struct delivery *d, int64_t arrived_us,
		  const struct err *why, struct buf *out)
{
	struct mem *m = mem_new();

	json_write(out, first_line(s, key, d, arrived_us, why, m));
	buf_addc(out, '\n');
	buf_add(out, d->body, d->body_len);
	add_sum(out);
	mem_free(m);
}

/* Where the checksum begins, when it is the right one. */
static int
check_sum(const char *bytes, size_t len, size_t *end, struct err *e)
{
	struct buf want = BUF_INIT;
	int is_right;

	if (len <= SUM_LENGTH)
		return err_set(e, ERR_INPUT,
			       "the file is torn: %zu bytes are no request",
			       len);
	*end = len - SUM_LENGTH;
	buf_add(&want, bytes, *end);
	add_sum(&want);
	is_right = memcmp(want.s + *end, bytes + *end, SUM_LENGTH) == 0;
	buf_free(&want);
	if (is_right)
		return 0;
	return err_set(e, ERR_INPUT,
		       "the file is torn: its checksum is not that of its "
		       "%zu bytes",
		       len);
}

static int
fill(struct json_object *o, const struct spool *s, struct mem *m,
     struct spooled *out)
{
	struct delivery *d = &out->d;

	if (hex_decode(json_get_string(o, "key"), out->key, TOKEN_KEY_SIZE) ==
	    -1)
		return -1;
	d->uid = json_get_string(o, "uid");
	d->method = json_get_string(o, "method");
	d->query = value_text(m, json_get(o, "query"));
	d->url = get_url(o, s, out->key, m);
	d->content_type = value_text(m, json_get(o, "content_type"));
	d->remote_addr = json_get_string(o, "remote_addr");
	d->received_at = json_get_string(o, "received_at");
	d->headers = value_headers(m, json_get(o, "headers"));
	d->refused_status = (int)json_get_int(o, "refused_status", 0);
	d->refused_why = json_get_string(o, "refused_why");
	d->may_be_kept = json_get_bool(o, "may_be_kept", 0);
	out->try_after_us = json_get_int(o, "try_after_us", 0);
	if (d->uid == NULL || d->method == NULL || d->query == NULL ||
	    d->url == NULL || d->content_type == NULL ||
	    d->remote_addr == NULL || d->received_at == NULL ||
	    d->headers == NULL ||
	    (d->refused_status != 0 && d->refused_why == NULL))
		return -1;
	return 0;
}

int
spool_entry_read(const struct spool *s, const char *bytes, size_t len,
		 struct mem *m, struct spooled *out, struct err *e)
{
	struct json_object *o = NULL;
	const char *line_end, *format;
	size_t end = 0;

	memset(out, 0, sizeof(*out));
	if (check_sum(bytes, len, &end, e) == -1)
		return -1;
	line_end = memchr(bytes, '\n', end);
	if (line_end == NULL || json_read(bytes, (size_t)(line_end - bytes),
					  JSON_MAX_DEPTH, &o, e) == -1)
		return err_set(e, ERR_INPUT,
			       "expected a line of JSON, found none");
	json_pool(m, o);
	format = json_get_string(o, "format");
	if (format == NULL || strcmp(format, FORMAT) != 0)
		return err_set(e, ERR_INPUT,
			       "expected the format " FORMAT
			       ", found \"%.40s\": drain it with the programs "
			       "that wrote it",
			       format != NULL ? format : "");
	out->d.body = line_end + 1;
	out->d.body_len = (size_t)(bytes + end - line_end - 1);
	if (fill(o, s, m, out) == -1 ||
	    json_get_int(o, "body_length", -1) != (int64_t)out->d.body_len)
		return err_set(e, ERR_INPUT,
			       "the first line does not say what " FORMAT
			       " has to");
	return 0;
}
