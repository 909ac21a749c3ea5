/*
 * fuzz_verify.c - whatever comes as a signature, a time, a URL and a body,
 * under every scheme: checking ends, nothing is taken for a proof that is
 * none, and no sentence holds the secret.  The first byte chooses the scheme;
 * then come, a line each, the signature's header, the time's, the URL; the
 * rest is the body.
 */
#include "config.h"

#include "engine/handshake.h"
#include "engine/verify.h"

#include "base/json.h"
#include "base/text.h"
#include "http/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "dmVsdmV0IHJvcGU="
#define OTHER "whpk_vF4aRn/H8b26D8eQsPceGL4H0HNwYDtpS8LdVk/x/ss="

/* The next line of what is left. */
static const char *
line(struct mem *m, const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, '\n', *size);
	size_t len = end != NULL ? (size_t)(end - *data) : *size;
	const char *text = mem_strndup(m, (const char *)*data, len);

	*data += len;
	*size -= len;
	if (end != NULL)
		(*data)++, (*size)--;
	return text;
}

static void
set_header(struct mem *m, struct json_object *headers, const char *name,
	   const char *value)
{
	char *lower;

	if (name == NULL)
		return;
	lower = mem_strdup(m, name);
	text_lower(lower);
	json_set_string(headers, lower, value);
}

static void
set_headers(struct mem *m, struct json_object *headers,
	    const struct scheme_headers *names, const char *signature,
	    const char *time)
{
	set_header(m, headers, names->signature, signature);
	set_header(m, headers, names->timestamp, time);
	set_header(m, headers, names->id, time);
}

/* The rule: the scheme, or hmac with parts, and two secrets. */
static void
make_rule(struct mem *m, size_t number, struct verify_rule *rule)
{
	static const char *const secrets[] = { SECRET, OTHER };
	struct json_object *verify = json_pool(m, json_object_new_object());
	struct err e = ERR_INIT;

	json_set_string(verify, "scheme", schemes[number].name);
	json_set_string(verify, "public_key", "mine");
	if (strcmp(schemes[number].name, "hmac") == 0) {
		json_set_string(verify, "separator", ",");
		json_set_string(verify, "timestamp_prefix", "t=");
		json_set_string(verify, "prefix", "v1=");
		json_set_string(verify, "signed", "{ts}.{url}{body}");
	}
	json_set_string(verify, "header", "X-Sig");
	if (verify_rule_read(m, verify, secrets, 2, rule, &e) == -1)
		abort();
}

static void
check(struct mem *m, const struct verify_rule *rule,
      const struct verify_input *in)
{
	struct verify_verdict v;
	struct handshake h;

	/* the credential itself may be guessed; a signature may not */
	if (verify_request(rule, in, m, &v) >= VERIFY_MISSING &&
	    (v.why == NULL || strstr(v.why, SECRET) != NULL))
		abort();
	if ((v.result == VERIFY_GOOD || v.result == VERIFY_OLD) &&
	    rule->scheme.way < SCHEME_BEARER)
		abort();
	if (handshake_answer(rule, in, m, &h) && h.status != 200 &&
	    h.why == NULL)
		abort();
	handshake_answer(NULL, in, m, &h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
		"application/json", "application/x-www-form-urlencoded", ""
	};
	struct mem *m = mem_new();
	struct json_object *headers = json_pool(m, json_object_new_object());
	struct verify_input in = { .headers = headers, .now_s = 1700000000 };
	struct verify_rule rule;
	struct cidr trusted = { 0, { 0 }, 0 };
	char client[CIDR_ADDRESS_SIZE];
	const char *signature, *time, *query;
	struct err e = ERR_INIT;
	size_t n = 0, number = size > 0 ? data[0] : 0;

	while (schemes[n].name != NULL)
		n++;
	make_rule(m, number % n, &rule);
	in.content_type = types[number / n % 3];
	in.method = number < 128 ? "POST" : "GET";
	if (size > 0)
		data++, size--;
	signature = line(m, &data, &size);
	time = line(m, &data, &size);
	in.url = line(m, &data, &size);
	set_headers(m, headers, &rule.scheme.headers, signature, time);
	set_headers(m, headers, &rule.scheme.also, signature, time);
	in.body = data;
	in.body_len = size;
	decode_body(m, in.content_type, (const char *)data, size, &in.payload,
		    &e);
	query = strchr(in.url, '?');
	if (query != NULL &&
	    decode_form(m, query + 1, strlen(query + 1), &in.query, &e) == -1)
		in.query = NULL;
	check(m, &rule, &in);
	if (cidr_parse("::/0", 4, &trusted) == 0)
		cidr_client(time, signature, &trusted, 1, client);
	mem_free(m);
	return 0;
}
