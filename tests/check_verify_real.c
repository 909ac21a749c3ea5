/*
 * check_verify_real.c - every signature that providers and their libraries
 * publish, of the shared folder, gets the verdict it names.
 */
#include "config.h"

#include "verify_kit.h"

#include "engine/handshake.h"

#include <stdio.h>
#include <stdlib.h>

static const char *
shared_file(const char *name)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");

	if (shared != NULL)
		return mem_printf(pool, "%s/signatures/%s", shared, name);
	return mem_printf(pool, "%s/../shared/signatures/%s",
			  top == NULL ? "." : top, name);
}

/* The whole file; NULL when there is none. */
static struct json_object *
read_json_file(const char *name)
{
	FILE *in = fopen(shared_file(name), "rb");
	struct json_object *o = NULL;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n;

	if (in == NULL)
		return NULL;
	do {
		buf_grow(&b, 65536);
		n = fread(b.s + b.len, 1, 65535, in);
		b.len += n;
	} while (n > 0);
	fclose(in);
	ck_assert_msg(json_read(b.s, b.len, JSON_MAX_DEPTH, &o, &e) == 0,
		      "%s: %s", name, e.text);
	buf_free(&b);
	return json_pool(pool, o);
}

/* The secrets as rule_of takes them. */
static const char *
secrets_of(struct json_object *vector, int is_braintree)
{
	struct json_object *secret = json_get(vector, "secret");
	const char *key = json_get_string(vector, "public_key"), *all;
	size_t i;

	if (key != NULL && !is_braintree)
		return key;
	if (!json_object_is_type(secret, json_type_array))
		return json_object_get_string(secret);
	all = json_object_get_string(json_object_array_get_idx(secret, 0));
	for (i = 1; i < json_object_array_length(secret); i++)
		all = mem_printf(pool, "%s\v%s", all,
				 json_object_get_string(
					 json_object_array_get_idx(secret, i)));
	return all;
}

/* The headers by lower-case names. */
static struct json_object *
headers_of(struct json_object *vector)
{
	struct json_object *out = json_pool(pool, json_object_new_object());
	char *lower, *s;

	json_object_object_foreach (json_get(vector, "headers"), name, value) {
		lower = mem_strdup(pool, name);
		for (s = lower; *s != '\0'; s++)
			if (*s >= 'A' && *s <= 'Z')
				*s = (char)(*s - 'A' + 'a');
		json_object_object_add(out, lower, json_object_get(value));
	}
	return out;
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* The vector of a handshake names the answer. */
static int
answers(const struct verify_rule *rule, struct verify_input *in,
	struct json_object *vector)
{
	struct handshake h;

	in->query = in->payload;
	return handshake_answer(rule, in, pool, &h) &&
	       strcmp(h.body, json_get_string(vector, "expected_signature")) ==
		       0;
}

static void
check_vector(struct json_object *vector)
{
	const char *scheme = json_get_string(vector, "scheme");
	struct json_object *headers = headers_of(vector), *verify;
	struct verify_verdict v = { VERIFY_UNASKED, NULL, 0 };
	int is_handshake = json_get(vector, "expected_signature") != NULL;
	struct verify_rule rule;
	struct verify_input in;
	int64_t tolerance;
	int ok;

	verify = json_pool(pool, json_object_new_object());
	json_set_string(verify, "scheme", scheme);
	if (is_handshake)
		json_set_string(verify, "public_key",
				json_get_string(vector, "public_key"));
	rule = rule_of(verify, secrets_of(vector, is_handshake));
	in = request(json_get_string(vector, "method"),
		     json_get_string(vector, "url"), headers,
		     or_empty(json_get_string(headers, "content-type")),
		     json_get_string(vector, "body"));
	in.now_s = json_get_int(vector, "now", NOW);
	tolerance = json_get_int(vector, "tolerance_s", 0);
	ck_assert_msg(rule.scheme.tolerance_s == tolerance,
		      "%s: tolerance %d instead of %d", scheme,
		      rule.scheme.tolerance_s, (int)tolerance);
	ok = is_handshake ? answers(&rule, &in, vector)
			  : verify_request(&rule, &in, pool, &v) == VERIFY_GOOD;
	ck_assert_msg(ok == json_get_bool(vector, "valid", -1), "%s: %s: %s",
		      json_get_string(vector, "id"),
		      verify_result_name(v.result), or_empty(v.why));
}

START_TEST(published_signatures_get_their_verdict)
{
	struct json_object *list = read_json_file("vectors.json");
	size_t i, n;

	if (list == NULL) {
		printf("skipped: no %s\n", shared_file("vectors.json"));
		return;
	}
	n = json_object_array_length(list);
	for (i = 0; i < n; i++)
		check_vector(json_object_array_get_idx(list, i));
	printf("%zu published signatures checked\n", n);
	ck_assert_uint_gt(n, 0);
}
END_TEST

START_TEST(every_published_scheme_is_known)
{
	struct json_object *list = read_json_file("schemes.json");

	if (list == NULL) {
		printf("skipped: no %s\n", shared_file("schemes.json"));
		return;
	}
	json_object_object_foreach (list, name, value) {
		(void)value;
		/* needs the network: scheme.c says why it is left out */
		if (strcmp(name, "paypal-cert") != 0)
			ck_assert_msg(scheme_find(name) != NULL, "%s", name);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("verify_real");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, published_signatures_get_their_verdict);
	tcase_add_test(tc, every_published_scheme_is_known);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
