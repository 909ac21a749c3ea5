/*
 * check_scheme.c - the table of schemes, what a trigger's verify may say, and
 * that schema and manual name them all.
 */
#include "config.h"

#include "flow/scheme.h"

#include "plan_doc.h"

#include <stdio.h>
#include <stdlib.h>

#define HMAC "'scheme':'hmac','secret':'secret:s','header':'X-S'"

static const char *const good[] = {
	"'scheme':'stripe-v1','secret':'secret:stripe'",
	"'scheme':'stripe-v1','secret':['secret:a','secret:b-_.9']",
	"'scheme':'stripe-v1','secret':'secret:s','mode':'log',"
	"'tolerance':'10 minutes'",
	"'scheme':'mailgun','secret':'secret:s','tolerance':300",
	"'from':['192.0.2.0/24','2001:db8::/32','198.51.100.7']",
	"'scheme':'shopify','secret':'secret:s','from':['0.0.0.0/0']",
	"'scheme':'token-header','secret':'secret:s'",
	"'scheme':'token-header','secret':'secret:s','header':'X-Token'",
	"'scheme':'header','secret':'secret:s','header':'X-Token',"
	"'prefix':'Token '",
	"'scheme':'bearer','secret':'secret:s'",
	"'scheme':'basic','secret':'secret:s'",
	"'scheme':'braintree','secret':'secret:s','public_key':'p'",
	HMAC,
	HMAC ",'prefix':'sha512=','hash':'sha512','encoding':'base64',"
	     "'key_encoding':'hex'",
	HMAC ",'signed':'{id}.{ts}.{method}{url}{body}','id_header':'X-Id',"
	     "'timestamp_header':'X-Time','tolerance':'1 day'",
	HMAC ",'signed':'v1:{ts}:{body}','separator':', ','prefix':'v1=',"
	     "'timestamp_prefix':'t='",
};

/* clang-format off */
static const struct {
	const char *verify, *pointer, *says;
} bad[] = {
	{ "", "", "\"scheme\" or \"from\"" },
	{ "'mode':'log'", "", "\"scheme\" or \"from\"" },
	{ "'scheme':'shopify'", "", "needs the member \"secret\"" },
	{ "'secret':'secret:s','from':['::1']", "", "\"scheme\" to use" },
	{ "'scheme':'paypal-cert','secret':'secret:s'", "/scheme",
	  "known: stripe-v1, github-256, " },
	{ "'scheme':'stripe-v2','secret':'secret:s'", "/scheme",
	  "did you mean \"stripe-v1\"?" },
	{ "'scheme':5,'secret':'secret:s'", "/scheme", "found a number" },
	{ "'scheme':'shopify','secret':'hush'", "/secret",
	  "expected \"secret:NAME\", found another text" },
	{ "'scheme':'shopify','secret':'secret:'", "/secret", "another text" },
	{ "'scheme':'shopify','secret':'secret:a b'", "/secret", "" },
	{ "'scheme':'shopify','secret':null", "/secret", "found null" },
	{ "'scheme':'shopify','secret':[]", "/secret", "1 to 8 secrets" },
	{ "'scheme':'shopify','secret':['secret:a','hush']", "/secret/1",
	  "another text" },
	{ "'from':[]", "/from", "a list of 1 to 200 networks" },
	{ "'from':'::1'", "/from", "found \"::1\"" },
	{ "'from':['::1','192.0.2.1/24']", "/from/1", "192.0.2.1/24" },
	{ "'from':[1]", "/from/0", "found a number" },
	{ "'scheme':'zoom','secret':'secret:s','tolerance':0", "/tolerance",
	  "more than none" },
	{ "'scheme':'zoom','secret':'secret:s','tolerance':'-1 day'",
	  "/tolerance", "" },
	{ "'scheme':'zoom','secret':'secret:s','tolerance':'soon'",
	  "/tolerance", "found \"soon\"" },
	{ "'scheme':'zoom','secret':'secret:s','tolerance':1.5",
	  "/tolerance", "" },
	{ "'scheme':'shopify','secret':'secret:s','tolerance':9",
	  "/tolerance", "leaves no choice of tolerance" },
	{ "'scheme':'shopify','secret':'secret:s','header':'X-S'",
	  "/header", "the scheme shopify leaves no choice of header" },
	{ "'scheme':'basic','secret':'secret:s','public_key':'x'",
	  "/public_key", "leaves no choice" },
	{ "'scheme':'header','secret':'secret:s'", "", "that the secret" },
	{ "'scheme':'hmac','secret':'secret:s'", "", "that the signature" },
	{ "'scheme':'hmac','secret':'secret:s','header':'X S'", "/header",
	  "the name of a header" },
	{ HMAC ",'hash':'md5'", "/hash", "found \"md5\"" },
	{ HMAC ",'encoding':'HEX'", "/encoding", "" },
	{ HMAC ",'key_encoding':'whsec'", "/key_encoding", "" },
	{ HMAC ",'signed':'{body}{secret}'", "/signed",
	  "found \"{secret}\"" },
	{ HMAC ",'signed':'{\\\"{body}\\\"}'", "/signed", "expected {ts}" },
	{ HMAC ",'signed':'{url}'", "/signed", "does not cover the body" },
	{ HMAC ",'signed':'{ts}{body}'", "/signed", "where it comes from" },
	{ HMAC ",'signed':'{id}{body}'", "/signed", "add id_header" },
	{ HMAC ",'timestamp_header':'X-T'", "", "proves nothing unless" },
	{ HMAC ",'id_header':'X-T'", "", "proves nothing unless" },
	{ HMAC ",'signed':'{ts}{body}','timestamp_prefix':'t='", "",
	  "needs the member \"separator\"" },
	{ HMAC ",'signed':'{ts}{body}','separator':',',"
	  "'timestamp_prefix':'t=','timestamp_header':'X'", "", "not both" },
	{ HMAC ",'tolerance':60", "/tolerance", "without a time" },
	{ HMAC ",'separators':','", "/separators", "\"separator\"?" },
};
/* clang-format on */

/* What stands between the braces of an object. */
static const char *
members_of(struct json_object *o)
{
	const char *text = requoted(pool, o);

	return mem_strndup(pool, text + 1, strlen(text) - 2);
}

static struct json_object *
with_verify(const char *members)
{
	return document("{}", mem_printf(pool, ",'verify':{%s}", members), "");
}

START_TEST(a_verify_that_can_be_carried_out_is_valid)
{
	assert_valid(with_verify(good[_i]));
}
END_TEST

START_TEST(every_fault_of_a_verify_is_named)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(with_verify(bad[_i].verify), &f);
	assert_fault(&f, mem_printf(pool, "/trigger/verify%s", bad[_i].pointer),
		     bad[_i].says);
	ck_assert_ptr_null(strstr(f.list[0].detail, "hush"));
}
END_TEST

START_TEST(every_row_of_the_table_is_whole)
{
	const struct scheme *s = &schemes[_i];

	ck_assert_ptr_eq(scheme_find(s->name), s);
	ck_assert_ptr_nonnull(s->sender);
	ck_assert_ptr_nonnull(s->secret_is);
	if (s->way == SCHEME_SIGNED) {
		ck_assert_ptr_nonnull(s->signed_text);
		ck_assert(scheme_has_part(s->signed_text, SCHEME_PART_BODY));
		ck_assert(
			!scheme_has_part(s->signed_text, SCHEME_PART_UNKNOWN));
		ck_assert(s->headers.signature != NULL ||
			  strcmp(s->name, "hmac") == 0);
	}
	ck_assert((s->proof == SCHEME_DIGEST) ==
		  scheme_has_part(s->signed_text, SCHEME_PART_SECRET));
	ck_assert((s->proof == SCHEME_PUBLIC_KEY) ==
		  (s->key == SCHEME_KEY_PUBLIC));
	if (s->timestamp_prefix != NULL)
		ck_assert_ptr_nonnull(s->separator);
}
END_TEST

START_TEST(options_lie_over_the_row)
{
	struct scheme s;

	ck_assert_int_eq(scheme_read(quoted(pool, "{'scheme':'x'}"), &s), -1);
	ck_assert_int_eq(scheme_read(quoted(pool, "{}"), &s), -1);
	ck_assert_int_eq(scheme_read(NULL, &s), -1);
	ck_assert_int_eq(
		scheme_read(quoted(pool, "{'scheme':'hmac','header':'X',"
					 "'hash':'sha512','encoding':"
					 "'base64url','key_encoding':'base64',"
					 "'tolerance':'1 month 2 days'}"),
			    &s),
		0);
	ck_assert_str_eq(s.headers.signature, "X");
	ck_assert_int_eq(s.hash, HASH_SHA512);
	ck_assert_int_eq(s.coding, CODING_BASE64URL);
	ck_assert_int_eq(s.key, SCHEME_KEY_BASE64);
	ck_assert_int_eq(s.tolerance_s, 32 * 86400);
	ck_assert_int_eq(scheme_read(quoted(pool, "{'scheme':'shopify',"
						  "'header':'X','signed':'',"
						  "'tolerance':5}"),
				     &s),
			 0);
	ck_assert_str_eq(s.headers.signature, "X-Shopify-Hmac-Sha256");
	ck_assert_str_eq(s.signed_text, "{body}");
	ck_assert_int_eq(s.tolerance_s, 0);
}
END_TEST

START_TEST(headers_that_hold_a_secret_are_known)
{
	static const struct {
		const char *verify, *header;
		int hides;
	} cases[] = {
		{ "{'scheme':'bearer'}", "authorization", 1 },
		{ "{'scheme':'basic'}", "authorization", 1 },
		{ "{'scheme':'basic-auth'}", "authorization", 1 },
		{ "{'scheme':'basic'}", "x-token", 0 },
		{ "{'scheme':'header','header':'X-Pass'}", "x-pass", 1 },
		{ "{'scheme':'header','header':'X-Pass'}", "x-other", 0 },
		{ "{'scheme':'header'}", "x-other", 0 },
		{ "{'scheme':'token-header'}", "x-gitlab-token", 1 },
		{ "{'scheme':'token-header'}",
		  "x-telegram-bot-api-secret-token", 1 },
		{ "{'scheme':'token-header','header':'X-Pass'}", "x-pass", 1 },
		{ "{'scheme':'shopify'}", "x-shopify-hmac-sha256", 0 },
		{ "{'scheme':'?'}", "authorization", 0 },
		{ "{'from':[]}", "authorization", 0 },
		{ "null", "authorization", 0 },
	};
	size_t i;

	for (i = 0; i < N(cases); i++)
		ck_assert_msg(scheme_hides_header(quoted(pool, cases[i].verify),
						  cases[i].header) ==
				      cases[i].hides,
			      "%s: %s", cases[i].verify, cases[i].header);
}
END_TEST

/* The whole file, below the source's top folder. */
static const char *
read_file(const char *name)
{
	const char *top = getenv("top_srcdir"), *copy;
	const char *path =
		mem_printf(pool, "%s/%s", top == NULL ? "." : top, name);
	FILE *in = fopen(path, "rb");
	struct buf b = BUF_INIT;
	size_t n;

	ck_assert_msg(in != NULL, "no %s; set top_srcdir", path);
	do {
		buf_grow(&b, 4096);
		n = fread(b.s + b.len, 1, 4095, in);
		b.len += n;
	} while (n > 0);
	fclose(in);
	copy = mem_strndup(pool, b.s, b.len);
	buf_free(&b);
	return copy;
}

START_TEST(the_manual_has_a_row_for_each)
{
	const char *text = read_file("doc/verify.md");
	const struct scheme *s;
	const struct scheme_option *opt;

	for (s = schemes; s->name != NULL; s++)
		ck_assert_msg(strstr(text, mem_printf(pool, "| `%s` |",
						      s->name)) != NULL,
			      "doc/verify.md has no row for %s", s->name);
	for (opt = scheme_options; opt->name != NULL; opt++)
		ck_assert_msg(strstr(text, mem_printf(pool, "`%s`",
						      opt->name)) != NULL,
			      "doc/verify.md does not tell of %s", opt->name);
}
END_TEST

START_TEST(the_schema_names_the_same)
{
	const char *text = read_file("doc/workflow.schema.json");
	static const char *const way[] = { "properties", "trigger",
					   "properties", "verify", NULL };
	struct json_object *o = NULL, *list;
	size_t i, n = 0;

	ck_assert_int_eq(
		json_read(text, strlen(text), JSON_MAX_DEPTH, &o, NULL), 0);
	json_pool(pool, o);
	for (i = 0; way[i] != NULL; i++)
		o = json_get(o, way[i]);
	list = json_get(o, "examples");
	for (i = 0; i < json_object_array_length(list); i++)
		assert_valid(with_verify(
			members_of(json_object_array_get_idx(list, i))));
	o = json_get(json_get(json_get(o, "properties"), "scheme"), "enum");
	while (schemes[n].name != NULL)
		n++;
	ck_assert_uint_eq(json_object_array_length(o), n);
	for (i = 0; i < n; i++)
		ck_assert_str_eq(
			json_object_get_string(json_object_array_get_idx(o, i)),
			schemes[i].name);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("scheme");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed, n = 0;

	while (schemes[n].name != NULL)
		n++;
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_verify_that_can_be_carried_out_is_valid, 0,
			    (int)N(good));
	tcase_add_loop_test(tc, every_fault_of_a_verify_is_named, 0,
			    (int)N(bad));
	tcase_add_loop_test(tc, every_row_of_the_table_is_whole, 0, n);
	tcase_add_test(tc, options_lie_over_the_row);
	tcase_add_test(tc, headers_that_hold_a_secret_are_known);
	tcase_add_test(tc, the_manual_has_a_row_for_each);
	tcase_add_test(tc, the_schema_names_the_same);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
