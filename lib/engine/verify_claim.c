/*
 * verify_claim.c - a claim: signatures found in headers, the message they are
 * of by the scheme's template, and whether a key of ours makes one of them.
 * See verify_claim.h; what to do about the verdict is the caller's business.
 */
#include "config.h"

#include "engine/verify_claim.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/text.h"

#include <openssl/crypto.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define URLS_MAX 3

const char *
verify_header(const struct verify *v, const char *name)
{
	char *key;
	const char *value;

	if (name == NULL)
		return NULL;
	key = mem_strdup(v->mem, name);
	text_lower(key);
	value = json_get_string(v->in->headers, key);
	return value != NULL && *value != '\0' ? value : NULL;
}

void
claim_add(struct verify *v, struct claim *c, const char *text, size_t len,
	  int is_public)
{
	struct signature *s = &c->signatures[c->n];
	struct buf bytes = BUF_INIT;

	if (c->n == VERIFY_SIGNATURES_MAX)
		return;
	if (decode_bytes(v->rule->scheme.coding, text, len, &bytes) == -1 ||
	    bytes.len == 0) {
		c->n_undecodable++;
	} else {
		s->bytes = (unsigned char *)mem_strndup(v->mem, bytes.s,
							bytes.len);
		s->len = bytes.len;
		s->is_public = is_public;
		c->n++;
	}
	buf_free(&bytes);
}

/* Is the part marked so?  Then it is cut to what comes behind. */
static int
take(const char **part, size_t *len, const char *prefix)
{
	size_t n = prefix != NULL ? strlen(prefix) : 0;

	if (prefix == NULL || *len < n || memcmp(*part, prefix, n) != 0)
		return 0;
	*part += n;
	*len -= n;
	return 1;
}

static void
read_part(struct verify *v, struct claim *c, const char *part, size_t len)
{
	const struct scheme *s = &v->rule->scheme;
	int by_key = s->proof == SCHEME_PUBLIC_KEY;

	while (len > 0 && (*part == ' ' || *part == '\t'))
		part++, len--;
	while (len > 0 && (part[len - 1] == ' ' || part[len - 1] == '\t'))
		len--;
	if (take(&part, &len, s->timestamp_prefix)) {
		if (c->ts == NULL)
			c->ts = mem_strndup(v->mem, part, len);
	} else if (take(&part, &len, s->public_prefix)) {
		claim_add(v, c, part, len, 1);
	} else if (s->prefix == NULL || take(&part, &len, s->prefix)) {
		claim_add(v, c, part, len, by_key);
	}
}

static void
read_parts(struct verify *v, struct claim *c, const char *value)
{
	const char *separator = v->rule->scheme.separator;
	size_t len;

	if (separator == NULL) {
		read_part(v, c, value, strlen(value));
		return;
	}
	while (*value != '\0') {
		len = strcspn(value, separator);
		if (len > 0)
			read_part(v, c, value, len);
		value += len;
		value += *value != '\0';
	}
}

/* The template's values that had to come: each by its header, or in the one
 * of the signature. */
static enum verify_result
check_values(struct verify *v, const struct claim *c,
	     const struct scheme_headers *h)
{
	const struct scheme *s = &v->rule->scheme;

	if (c->ts == NULL && scheme_has_part(s->signed_text, SCHEME_PART_TS)) {
		if (h->timestamp == NULL)
			return verify_say(v, VERIFY_MISSING,
					  "%s came without the time of "
					  "signing (%s...)",
					  c->where, s->timestamp_prefix);
		return verify_say(v, VERIFY_MISSING,
				  "expected the header %s with the time of "
				  "signing, which did not come",
				  h->timestamp);
	}
	if (c->id == NULL && scheme_has_part(s->signed_text, SCHEME_PART_ID))
		return verify_say(v, VERIFY_MISSING,
				  "expected the header %s with the message's "
				  "id, which did not come",
				  h->id);
	return VERIFY_GOOD;
}

enum verify_result
claim_from_headers(struct verify *v, struct claim *c)
{
	const struct scheme *s = &v->rule->scheme;
	const struct scheme_headers *h = &s->headers;
	const char *value = verify_header(v, h->signature);

	if (value == NULL && verify_header(v, s->also.signature) != NULL) {
		h = &s->also;
		value = verify_header(v, h->signature);
	}
	if (value == NULL)
		return verify_say(v, VERIFY_MISSING,
				  "expected the header %s, which did not come: "
				  "let %s sign what it sends, or take verify "
				  "out of the trigger",
				  h->signature, s->sender);
	c->where = mem_printf(v->mem, "the header %s", h->signature);
	c->ts = verify_header(v, h->timestamp);
	c->id = verify_header(v, h->id);
	read_parts(v, c, value);
	if (c->n == 0 && c->n_undecodable == 0)
		return verify_say(v, VERIFY_MISSING,
				  "%s came without a signature that begins "
				  "with \"%s\"",
				  c->where, s->prefix);
	return check_values(v, c, h);
}

void
compose_template(const struct verify *v, const struct claim *c, const char *url,
		 const struct verify_key *key, struct buf *out)
{
	const char *from = v->rule->scheme.signed_text;
	struct scheme_part part;

	while (from != NULL && scheme_part_next(&from, &part)) {
		if (part.kind == SCHEME_PART_TS)
			buf_adds(out, c->ts);
		else if (part.kind == SCHEME_PART_ID)
			buf_adds(out, c->id);
		else if (part.kind == SCHEME_PART_METHOD)
			buf_adds(out, v->in->method);
		else if (part.kind == SCHEME_PART_URL)
			buf_adds(out, url);
		else if (part.kind == SCHEME_PART_BODY)
			buf_add(out, v->in->body, v->in->body_len);
		else if (part.kind == SCHEME_PART_SECRET)
			buf_add(out, key->bytes, key->len);
		else if (part.kind == SCHEME_PART_FIELD)
			buf_adds(out, c->field);
		else
			buf_add(out, part.text, part.len);
	}
}

/* HubSpot signs the URL with these %XX undone. */
static const char *
decoded_url(struct mem *m, const char *url)
{
	char *out = mem_alloc(m, strlen(url) + 1), *to = out;
	int byte;

	while (*url != '\0') {
		byte = percent_byte(url, strnlen(url, 3));
		if (byte > 0 && strchr(":/?@!$'()*,;", byte) != NULL) {
			*to++ = (char)byte;
			url += 3;
		} else {
			*to++ = *url++;
		}
	}
	return out;
}

/* The URL without its port, or with the default one when it names none; NULL
 * when it is no URL. */
static const char *
other_port(struct mem *m, const char *url)
{
	const char *host = strstr(url, "://"), *end, *at, *port;

	if (host == NULL)
		return NULL;
	host += 3;
	end = host + strcspn(host, "/?#");
	at = memrchr(host, '@', (size_t)(end - host));
	if (at != NULL)
		host = at + 1;
	port = memrchr(host, ':', (size_t)(end - host));
	if (port != NULL && memchr(port, ']', (size_t)(end - port)) == NULL)
		return mem_printf(m, "%.*s%s", (int)(port - url), url, end);
	return mem_printf(m, "%.*s:%s%s", (int)(end - url), url,
			  strncmp(url, "https", 5) == 0 ? "443" : "80", end);
}

/* The ways in which the sender may have written our URL. */
static size_t
list_urls(const struct verify *v, const char *urls[URLS_MAX])
{
	const struct scheme *s = &v->rule->scheme;
	size_t n = 0;

	urls[n++] = v->in->url;
	if (s->url_any_port && (urls[n] = other_port(v->mem, v->in->url)))
		n++;
	if (s->url_decoded && strchr(v->in->url, '%') != NULL)
		urls[n++] = decoded_url(v->mem, v->in->url);
	return n;
}

static int
matches_public(const struct verify *v, const struct claim *c,
	       const struct verify_key *key, const struct buf *message)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->signatures[i].is_public &&
		    public_key_verifies(key->public, v->rule->scheme.hash,
					message->s, message->len,
					c->signatures[i].bytes,
					c->signatures[i].len))
			return 1;
	return 0;
}

/* Every signature is compared, to its end: the time tells nothing. */
static int
matches_secret(const struct verify *v, const struct claim *c,
	       const struct verify_key *key, const struct buf *message)
{
	const struct scheme *s = &v->rule->scheme;
	unsigned char want[HASH_SIZE_MAX];
	size_t len, i;
	int found = 0;

	if (s->proof == SCHEME_DIGEST)
		len = hash_digest(s->hash, message->s, message->len, want);
	else
		len = hash_mac(s->hash, key->bytes, key->len, message->s,
			       message->len, want);
	for (i = 0; i < c->n; i++)
		if (!c->signatures[i].is_public && c->signatures[i].len == len)
			found |= CRYPTO_memcmp(c->signatures[i].bytes, want,
					       len) == 0;
	return found;
}

/* Does this key make one of the signatures? */
static int
key_matches(const struct verify *v, const struct claim *c,
	    const struct verify_key *key, verify_compose *compose)
{
	const char *urls[URLS_MAX];
	size_t n = list_urls(v, urls), i;
	struct buf message = BUF_INIT;
	int found = 0;

	for (i = 0; i < n && !found && key->fault == NULL; i++) {
		buf_reset(&message);
		compose(v, c, urls[i], key, &message);
		found = key->public != NULL
				? matches_public(v, c, key, &message)
				: matches_secret(v, c, key, &message);
	}
	buf_free(&message);
	return found;
}

/* Seconds since 1970, or -1 when the text is no time. */
static int64_t
read_time(const struct scheme *s, const char *text)
{
	long long value;
	size_t len = strlen(text);

	if (len == 0 || len > 15 || strspn(text, "0123456789") != len)
		return -1;
	value = strtoll(text, NULL, 10);
	if (s->time == SCHEME_MILLISECONDS ||
	    (s->time == SCHEME_EITHER && value >= 100000000000))
		value /= 1000;
	return value;
}

/* The signature is right; is it of now? */
static enum verify_result
check_age(struct verify *v, const struct claim *c)
{
	const struct scheme *s = &v->rule->scheme;
	int64_t at, age;

	if (s->tolerance_s == 0 || c->ts == NULL)
		return verify_say(v, VERIFY_GOOD, NULL);
	at = read_time(s, c->ts);
	if (at == -1)
		return verify_say(v, VERIFY_WRONG,
				  "expected the time of signing in seconds "
				  "since 1970, found something else");
	age = v->in->now_s - at;
	if (age > s->tolerance_s)
		return verify_say(v, VERIFY_OLD,
				  "signed %lld seconds ago, and at most %d are "
				  "allowed: an old request was sent again, or "
				  "a clock is wrong; let the sender sign anew, "
				  "or raise the tolerance",
				  (long long)age, s->tolerance_s);
	if (-age > s->tolerance_s)
		return verify_say(v, VERIFY_OLD,
				  "signed %lld seconds in the future, and at "
				  "most %d are allowed: set the clocks, the "
				  "sender's or this machine's, or raise the "
				  "tolerance",
				  (long long)-age, s->tolerance_s);
	return verify_say(v, VERIFY_GOOD, NULL);
}

/* ": it is empty" and the like, of the first secret that can't be used. */
static const char *
key_trouble(const struct verify *v)
{
	const struct verify_rule *r = v->rule;
	size_t i;

	if (r->n_keys == 0)
		return "; the trigger has no secret";
	for (i = 0; i < r->n_keys; i++)
		if (r->keys[i].fault != NULL)
			return mem_printf(v->mem,
					  "; secret %zu can't be used: %s",
					  i + 1, r->keys[i].fault);
	return "";
}

static enum verify_result
say_wrong(struct verify *v, const struct claim *c)
{
	const struct scheme *s = &v->rule->scheme;
	int has_url = s->way == SCHEME_TWILIO || s->way == SCHEME_MANDRILL ||
		      scheme_has_part(s->signed_text, SCHEME_PART_URL);

	if (c->n == 0)
		return verify_say(v, VERIFY_WRONG,
				  "the signature in %s is not in %s", c->where,
				  s->coding == CODING_HEX ? "hexadecimal"
							  : "base64");
	return verify_say(v, VERIFY_WRONG,
			  "the signature in %s is not the one expected: check "
			  "that the secret is %s%s, and that nothing on the "
			  "way changes the body%s",
			  c->where, s->secret_is, key_trouble(v),
			  has_url ? " or the URL" : "");
}

/* Only the body is signed, and a GET's query would be taken for it. */
static int
covers_nothing(const struct verify *v)
{
	const char *text = v->rule->scheme.signed_text;

	return v->in->body_len == 0 && strcmp(v->in->method, "GET") == 0 &&
	       scheme_has_part(text, SCHEME_PART_BODY) &&
	       !scheme_has_part(text, SCHEME_PART_URL);
}

enum verify_result
claim_test(struct verify *v, const struct claim *c, verify_compose *compose)
{
	const struct verify_rule *r = v->rule;
	size_t i;

	if (covers_nothing(v))
		return verify_say(v, VERIFY_WRONG,
				  "the signature is of the body alone, and "
				  "this GET has none: nothing proves its "
				  "query; let the sender use POST");
	for (i = 0; i < r->n_keys && v->out->key_no == 0; i++)
		if (key_matches(v, c, &r->keys[i], compose))
			v->out->key_no = i + 1;
	if (v->out->key_no == 0)
		return say_wrong(v, c);
	return check_age(v, c);
}
