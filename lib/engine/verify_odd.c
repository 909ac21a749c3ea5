/*
 * verify_odd.c - signatures over the values of a form in an order of their
 * own: Twilio, Mandrill, Paddle Classic.  See verify_claim.h.
 */
#include "config.h"

#include "engine/verify_claim.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define PAIRS_MAX 10000 /* a form has no more names, decode.h says */

static const char form_type[] = "application/x-www-form-urlencoded";

int
verify_is_form(const struct verify_input *in)
{
	const char *type = in->content_type;
	size_t len = sizeof(form_type) - 1;

	return type != NULL && strncasecmp(type, form_type, len) == 0 &&
	       (type[len] == '\0' || strchr("; \t", type[len]) != NULL);
}

static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (order != 0 || a_len == b_len)
		return order;
	return a_len < b_len ? -1 : 1;
}

static int
by_name_and_value(const void *a, const void *b)
{
	const struct pair *p = a, *q = b;
	int order = compare_bytes(p->name, p->name_len, q->name, q->name_len);

	if (order != 0)
		return order;
	return compare_bytes(p->value, p->value_len, q->value, q->value_len);
}

static int
has_name(const struct pair *p, const char *name)
{
	return p->name_len == strlen(name) &&
	       memcmp(p->name, name, p->name_len) == 0;
}

/* The form's pairs, sorted. */
static enum verify_result
read_pairs(struct verify *v, struct claim *c)
{
	const struct verify_input *in = v->in;
	size_t n;

	if (in->body_len > 0 && !verify_is_form(in))
		return verify_say(v, VERIFY_WRONG,
				  "expected a form (%s), for the signature is "
				  "of its values, found another content type",
				  form_type);
	n = pairs_decode(v->mem, in->body, in->body_len, NULL, 0);
	if (n > PAIRS_MAX)
		return verify_say(v, VERIFY_WRONG,
				  "expected a form of at most %d values, found "
				  "%zu",
				  PAIRS_MAX, n);
	c->pairs = mem_alloc(v->mem, (n + 1) * sizeof(*c->pairs));
	c->n_pairs = pairs_decode(v->mem, in->body, in->body_len, c->pairs, n);
	qsort(c->pairs, n, sizeof(*c->pairs), by_name_and_value);
	return VERIFY_GOOD;
}

enum verify_result
claim_from_form(struct verify *v, struct claim *c)
{
	enum verify_result rc = claim_from_headers(v, c);

	return rc == VERIFY_GOOD ? read_pairs(v, c) : rc;
}

/* The value of bodySHA256 in the URL's query; 0 when it has none. */
static int
hash_in_url(const char *url, struct pair *out)
{
	const char *end = url + strcspn(url, "#");
	const char *from = memchr(url, '?', (size_t)(end - url));

	if (from == NULL)
		return 0;
	from++;
	while (pair_next(&from, end, out))
		if (has_name(out, "bodySHA256"))
			return 1;
	return 0;
}

/* Is the body the one whose digest the URL, which is signed, has? */
static enum verify_result
check_body_hash(struct verify *v, const struct pair *want)
{
	unsigned char digest[SHA256_SIZE];
	struct buf bytes = BUF_INIT;
	int is_same;

	sha256(v->in->body, v->in->body_len, digest);
	is_same = decode_bytes(CODING_HEX, want->value, want->value_len,
			       &bytes) == 0 &&
		  hash_same(digest, SHA256_SIZE, bytes.s, bytes.len);
	buf_free(&bytes);
	if (is_same)
		return VERIFY_GOOD;
	return verify_say(v, VERIFY_WRONG,
			  "the body is not the one that bodySHA256 in the URL "
			  "is the digest of: something on the way changed it");
}

/* A form's values are signed; of another body only its digest in the URL. */
enum verify_result
claim_from_twilio(struct verify *v, struct claim *c)
{
	enum verify_result rc = claim_from_headers(v, c);
	struct pair hash;

	if (rc != VERIFY_GOOD)
		return rc;
	if (hash_in_url(v->in->url, &hash))
		return check_body_hash(v, &hash);
	if (v->in->body_len == 0 || verify_is_form(v->in))
		return read_pairs(v, c);
	return verify_say(v, VERIFY_WRONG,
			  "the signature does not cover this body: Twilio "
			  "signs one that is no form by bodySHA256 in the "
			  "URL, and there is none");
}

static int
same_pair(const struct pair *a, const struct pair *b)
{
	return by_name_and_value(a, b) == 0;
}

/* The URL, then each name and value; a pair that comes twice counts once. */
void
compose_twilio(const struct verify *v, const struct claim *c, const char *url,
	       const struct verify_key *key, struct buf *out)
{
	size_t i;

	(void)v;
	(void)key;
	buf_adds(out, url);
	for (i = 0; i < c->n_pairs; i++) {
		if (i > 0 && same_pair(&c->pairs[i - 1], &c->pairs[i]))
			continue;
		buf_add(out, c->pairs[i].name, c->pairs[i].name_len);
		buf_add(out, c->pairs[i].value, c->pairs[i].value_len);
	}
}

void
compose_mandrill(const struct verify *v, const struct claim *c, const char *url,
		 const struct verify_key *key, struct buf *out)
{
	size_t i;

	(void)v;
	(void)key;
	buf_adds(out, url);
	for (i = 0; i < c->n_pairs; i++) {
		buf_add(out, c->pairs[i].name, c->pairs[i].name_len);
		buf_add(out, c->pairs[i].value, c->pairs[i].value_len);
	}
}

/* Of a name that comes twice PHP signs one value, and mapping might read the
 * other: refused. */
static int
has_repeated_name(const struct claim *c)
{
	size_t i;

	for (i = 1; i < c->n_pairs; i++)
		if (compare_bytes(c->pairs[i - 1].name,
				  c->pairs[i - 1].name_len, c->pairs[i].name,
				  c->pairs[i].name_len) == 0)
			return 1;
	return 0;
}

enum verify_result
claim_from_paddle(struct verify *v, struct claim *c)
{
	enum verify_result rc = read_pairs(v, c);
	size_t i;

	if (rc != VERIFY_GOOD)
		return rc;
	if (has_repeated_name(c))
		return verify_say(v, VERIFY_WRONG,
				  "the form has a name twice, and only one of "
				  "the two values is signed");
	c->where = "the field p_signature";
	for (i = 0; i < c->n_pairs; i++)
		if (has_name(&c->pairs[i], "p_signature"))
			claim_add(v, c, c->pairs[i].value,
				  c->pairs[i].value_len, 1);
	if (c->n + c->n_undecodable > 0)
		return VERIFY_GOOD;
	return verify_say(v, VERIFY_MISSING,
			  "expected %s in the form, which did not come",
			  c->where);
}

static void
add_php_string(struct buf *out, const char *s, size_t len)
{
	buf_addf(out, "s:%zu:\"", len);
	buf_add(out, s, len);
	buf_adds(out, "\";");
}

/* What PHP's serialize() makes of the other fields, sorted by name. */
void
compose_php(const struct verify *v, const struct claim *c, const char *url,
	    const struct verify_key *key, struct buf *out)
{
	size_t i;

	(void)v;
	(void)url;
	(void)key;
	buf_addf(out, "a:%zu:{", c->n_pairs - 1);
	for (i = 0; i < c->n_pairs; i++) {
		const struct pair *p = &c->pairs[i];

		if (has_name(p, "p_signature"))
			continue;
		add_php_string(out, p->name, p->name_len);
		add_php_string(out, p->value, p->value_len);
	}
	buf_addc(out, '}');
}
