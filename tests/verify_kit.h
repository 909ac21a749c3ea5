/*
 * verify_kit.h - requests and rules for the tests of proofs: a request decoded
 * as the hook does it, and a rule with its secrets.  For tests alone.
 */
#ifndef TESTS_VERIFY_KIT_H
#define TESTS_VERIFY_KIT_H

#include "engine/verify.h"
#include "http/decode.h"
#include "quoted.h"

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define SECRETS_MAX 8
#define KEY "velvet rope" /* made up, as are all keys in these tests */
#define NOW 1700000000

static struct mem *pool;

static inline void
setup(void)
{
	pool = mem_new();
}

static inline void
teardown(void)
{
	mem_free(pool);
}

/* The request, with body and query decoded. */
static inline struct verify_input
request(const char *method, const char *url, struct json_object *headers,
	const char *type, const char *body)
{
	struct verify_input in = { .method = method,
				   .url = url,
				   .headers = headers,
				   .content_type = type,
				   .body = body,
				   .body_len = strlen(body),
				   .now_s = NOW };
	const char *query = strchr(url, '?');
	struct err e = ERR_INIT;

	if (in.body_len > 0)
		decode_body(pool, type, body, in.body_len, &in.payload, &e);
	if (query != NULL)
		ck_assert_int_eq(decode_form(pool, query + 1, strlen(query + 1),
					     &in.query, &e),
				 0);
	return in;
}

/* The rule of a verify; `secrets` are joined by a vertical tab, "-" is one
 * that is not kept. */
static inline struct verify_rule
rule_of(struct json_object *verify, const char *secrets)
{
	const char *list[SECRETS_MAX];
	struct verify_rule rule;
	struct err e = ERR_INIT;
	size_t n = 0, len;

	while (*secrets != '\0' && n < SECRETS_MAX) {
		len = strcspn(secrets, "\v");
		list[n] = mem_strndup(pool, secrets, len);
		if (strcmp(list[n], "-") == 0)
			list[n] = NULL;
		n++;
		secrets += len + (secrets[len] != '\0');
	}
	ck_assert_msg(verify_rule_read(pool, verify, list, n, &rule, &e) == 0,
		      "%s", e.text);
	return rule;
}

#endif
