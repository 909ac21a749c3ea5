/*
 * verify.c - the verdict on one request: which code checks which scheme, and
 * the schemes in which the secret itself comes along.  See verify.h.
 */
#include "config.h"

#include "engine/verify.h"

#include "engine/verify_claim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define WHY_MAX 600

enum verify_result
verify_say(struct verify *v, enum verify_result result, const char *fmt, ...)
{
	char text[WHY_MAX];
	va_list ap;

	v->out->result = result;
	v->out->why = NULL;
	if (fmt == NULL)
		return result;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	v->out->why = mem_strdup(v->mem, text);
	return result;
}

static enum verify_result
say_wrong(struct verify *v, const char *header)
{
	return verify_say(v, VERIFY_WRONG,
			  "what came in the header %s is not the secret: it "
			  "must be %s",
			  header, v->rule->scheme.secret_is);
}

static enum verify_result
say_missing(struct verify *v, const char *header, const char *what)
{
	return verify_say(v, VERIFY_MISSING,
			  "expected the header %s%s, which did not come: let "
			  "the sender add it, or take verify out of the "
			  "trigger",
			  header, what);
}

/* Is `given` one of the secrets? */
static enum verify_result
test_secret(struct verify *v, const char *header, const void *given, size_t len)
{
	const struct verify_rule *r = v->rule;
	size_t i;

	for (i = 0; i < r->n_keys; i++)
		if (r->keys[i].bytes != NULL && v->out->key_no == 0 &&
		    hash_same(r->keys[i].bytes, r->keys[i].len, given, len))
			v->out->key_no = i + 1;
	return v->out->key_no > 0 ? verify_say(v, VERIFY_GOOD, NULL)
				  : say_wrong(v, header);
}

/* What comes behind the name of an authentication scheme, or NULL. */
static const char *
authorization(struct verify *v, const char *name)
{
	const char *value = verify_header(v, "authorization");
	size_t len = strlen(name);

	if (value == NULL || strncasecmp(value, name, len) != 0 ||
	    value[len] != ' ')
		return NULL;
	return value + len + strspn(value + len, " ");
}

static enum verify_result
verify_bearer(struct verify *v)
{
	const char *given = authorization(v, "Bearer");

	if (given == NULL)
		return say_missing(v, "Authorization", " with \"Bearer ...\"");
	return test_secret(v, "Authorization", given, strlen(given));
}

static enum verify_result
verify_basic(struct verify *v)
{
	const char *given = authorization(v, "Basic");
	struct buf pair = BUF_INIT;
	enum verify_result rc;

	if (given == NULL)
		return say_missing(v, "Authorization", " with \"Basic ...\"");
	if (decode_bytes(CODING_BASE64, given, strlen(given), &pair) == -1)
		rc = say_wrong(v, "Authorization");
	else
		rc = test_secret(v, "Authorization", pair.s, pair.len);
	buf_free(&pair);
	return rc;
}

static enum verify_result
verify_token(struct verify *v)
{
	const struct scheme *s = &v->rule->scheme;
	const char *header = s->headers.signature, *value;
	size_t len = s->prefix != NULL ? strlen(s->prefix) : 0;

	value = verify_header(v, header);
	if (value == NULL && verify_header(v, s->also.signature) != NULL) {
		header = s->also.signature;
		value = verify_header(v, header);
	}
	if (header == NULL)
		return verify_say(v, VERIFY_MISSING,
				  "the trigger does not say which header the "
				  "secret comes in; add header to its verify");
	if (value == NULL)
		return say_missing(v, header, "");
	if (strncmp(value, s->prefix != NULL ? s->prefix : "", len) != 0)
		return say_wrong(v, header);
	return test_secret(v, header, value + len, strlen(value + len));
}

/* Who finds the claim and composes what is signed, or checks it whole. */
static const struct {
	enum verify_result (*find)(struct verify *, struct claim *);
	verify_compose *compose;
	enum verify_result (*whole)(struct verify *);
} ways[] = {
	[SCHEME_SIGNED] = { claim_from_headers, compose_template, NULL },
	[SCHEME_TWILIO] = { claim_from_twilio, compose_twilio, NULL },
	[SCHEME_MANDRILL] = { claim_from_form, compose_mandrill, NULL },
	[SCHEME_MAILGUN] = { claim_from_mailgun, compose_template, NULL },
	[SCHEME_BRAINTREE] = { claim_from_braintree, compose_template, NULL },
	[SCHEME_PADDLE_CLASSIC] = { claim_from_paddle, compose_php, NULL },
	[SCHEME_ADYEN] = { NULL, NULL, verify_adyen },
	[SCHEME_BEARER] = { NULL, NULL, verify_bearer },
	[SCHEME_BASIC] = { NULL, NULL, verify_basic },
	[SCHEME_HEADER] = { NULL, NULL, verify_token },
};

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* The same, with nothing missing. */
static struct verify_input
whole_input(const struct verify_input *in)
{
	struct verify_input whole = *in;

	whole.method = or_empty(in->method);
	whole.url = or_empty(in->url);
	whole.content_type = or_empty(in->content_type);
	if (in->body == NULL || in->body_len == 0) {
		whole.body = "";
		whole.body_len = 0;
	}
	return whole;
}

enum verify_result
verify_request(const struct verify_rule *rule, const struct verify_input *in,
	       struct mem *m, struct verify_verdict *out)
{
	struct verify_input whole = whole_input(in);
	struct verify v = { rule, &whole, m, out };
	enum scheme_way way = rule->scheme.way;
	struct claim c;
	enum verify_result rc;

	memset(out, 0, sizeof(*out));
	memset(&c, 0, sizeof(c));
	if (rule->scheme.name == NULL)
		return verify_say(&v, VERIFY_UNASKED,
				  "the trigger asks for no proof");
	if (ways[way].whole != NULL)
		return ways[way].whole(&v);
	rc = ways[way].find(&v, &c);
	if (rc == VERIFY_GOOD)
		rc = claim_test(&v, &c, ways[way].compose);
	return rc;
}

int
verify_address(const struct verify_rule *rule, const char *address)
{
	return rule->n_from == 0 ||
	       cidr_has_text(rule->from, rule->n_from, address);
}

const char *
verify_result_name(enum verify_result result)
{
	static const char *const names[] = { [VERIFY_UNASKED] = "unasked",
					     [VERIFY_GOOD] = "good",
					     [VERIFY_MISSING] = "missing",
					     [VERIFY_WRONG] = "wrong",
					     [VERIFY_OLD] = "old" };

	return names[result];
}
