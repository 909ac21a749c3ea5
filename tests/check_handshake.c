/*
 * check_handshake.c - the questions that providers ask before they send
 * anything, and what must not be taken for one.
 */
#include "config.h"

#include "verify_kit.h"

#include "engine/handshake.h"

#include <stdlib.h>

#define URL "https://hooks.example.org/hooks/abc"
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"
#define SLACK                                           \
	"{\"token\":\"t\",\"challenge\":\"ch4llenge\"," \
	"\"type\":\"url_verification\"}"
#define SLACK_SIGNED                                                        \
	"'x-slack-request-timestamp':'1700000000','x-slack-signature':'v0=" \
	"bf245d5d6dfabc7b65934bf431dd722fdc3c356e39dbd2390555742ad72cec7c'"
#define ZOOM(token)                                           \
	"{\"event\":\"endpoint.url_validation\",\"payload\":" \
	"{\"plainToken\":\"" token "\"}}"
#define ZOOM_SIGNED                                                   \
	"'x-zm-request-timestamp':'1700000000','x-zm-signature':'v0=" \
	"d38af8729f78cd06a40486eeb2dbbf910093f5f7de205ff0e3ae30bf5d3b5748'"
#define ZOOM_ANSWER                                             \
	"{\"plainToken\":\"pLain-tok3n\",\"encryptedToken\":\"" \
	"d1a0056eeb4f6659130c8e0c96c8610cf055c63738b5bbdce51645ed347386d1\"}"
#define META "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
#define BRAINTREE "'scheme':'braintree','public_key':'mine'"
#define DIGITS "0123456789abcdef0123456789abcdef"

/* clang-format off */
static const struct {
	const char *verify; /* NULL: the trigger has none */
	const char *method, *url, *headers, *type, *body;
	int status; /* 0: not taken for a question */
	const char *answer;
} cases[] = {
	/* Slack */
	{ NULL, "POST", URL, "", JSON, SLACK,
	  200, "{\"challenge\":\"ch4llenge\"}" },
	{ "'from':['::1']", "POST", URL, "", JSON, SLACK,
	  200, "{\"challenge\":\"ch4llenge\"}" },
	{ "'scheme':'slack-v0'", "POST", URL, SLACK_SIGNED, JSON, SLACK,
	  200, "{\"challenge\":\"ch4llenge\"}" },
	{ "'scheme':'slack-v0'", "POST", URL, "", JSON, SLACK, 0, NULL },
	{ "'scheme':'slack-v0','mode':'log'", "POST", URL, "", JSON, SLACK,
	  200, "{\"challenge\":\"ch4llenge\"}" },
	{ "'scheme':'shopify'", "POST", URL, "", JSON, SLACK, 0, NULL },
	{ NULL, "GET", URL, "", JSON, SLACK, 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"type\":\"url_verification\"}",
	  0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"x\",\"type\":"
	  "\"url_verification\",\"email\":\"a@b.de\"}", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"x\",\"type\":"
	  "\"event\"}", 0, NULL },
	/* monday */
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"3eZbr<\\\"\"}",
	  200, "{\"challenge\":\"3eZbr<\\\"\"}" },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"\"}", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"a\\nb\"}", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":5}", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"challenge\":\"x\",\"a\":1}",
	  0, NULL },
	{ NULL, "POST", URL, "", JSON, "[\"challenge\"]", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "null", 0, NULL },
	{ NULL, "POST", URL, "", "", "", 0, NULL },
	/* WooCommerce */
	{ NULL, "POST", URL, "", FORM, "webhook_id=12", 200, "" },
	{ "'scheme':'woocommerce'", "POST", URL, "", FORM, "webhook_id=12",
	  200, "" },
	{ "'scheme':'shopify'", "POST", URL, "", FORM, "webhook_id=12",
	  0, NULL },
	{ NULL, "POST", URL, "", FORM, "webhook_id=12&email=a", 0, NULL },
	{ NULL, "POST", URL, "", FORM, "webhook_id=x", 0, NULL },
	{ NULL, "POST", URL, "", FORM, "webhook_id=", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "{\"webhook_id\":\"12\"}", 0, NULL },
	/* SparkPost */
	{ NULL, "POST", URL, "", JSON, "[{\"msys\":{}}]", 200, "" },
	{ "'scheme':'bearer'", "POST", URL, "'authorization':'Bearer " KEY "'",
	  JSON, "[{\"msys\":{}}]", 200, "" },
	{ "'scheme':'bearer'", "POST", URL, "", JSON, "[{\"msys\":{}}]",
	  0, NULL },
	{ NULL, "POST", URL, "", JSON, "[{\"msys\":{\"x\":1}}]", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "[{\"msys\":{}},{\"msys\":{}}]",
	  0, NULL },
	{ NULL, "POST", URL, "", JSON, "[{\"msys\":{},\"a\":1}]", 0, NULL },
	{ NULL, "POST", URL, "", JSON, "[]", 0, NULL },
	/* Meta */
	{ "'scheme':'github-256'", "GET", URL META "velvet+rope", "", "", "",
	  200, "1158201444" },
	{ "'scheme':'github-256'", "GET", URL META "second", "", "", "",
	  200, "1158201444" },
	{ "'scheme':'github-256'", "GET", URL META "other", "", "", "",
	  403, NULL },
	{ "'scheme':'github-256'", "GET", URL META, "", "", "", 403, NULL },
	{ "'scheme':'github-256'", "GET", URL "?hub.mode=subscribe&"
	  "hub.challenge=%3Cb%3E&hub.verify_token=velvet+rope", "", "", "",
	  0, NULL },
	{ "'scheme':'github-256'", "GET", URL "?hub.mode=unsubscribe&"
	  "hub.challenge=1&hub.verify_token=velvet+rope", "", "", "",
	  0, NULL },
	{ "'scheme':'github-256'", "POST", URL META "velvet+rope", "", JSON,
	  "{}", 0, NULL },
	{ "'scheme':'shopify'", "GET", URL META "velvet+rope", "", "", "",
	  0, NULL },
	{ NULL, "GET", URL META "velvet+rope", "", "", "", 0, NULL },
	/* Zoom */
	{ "'scheme':'zoom'", "POST", URL, "", JSON, ZOOM("pLain-tok3n"),
	  200, ZOOM_ANSWER },
	{ "'scheme':'zoom'", "POST", URL, ZOOM_SIGNED, JSON,
	  ZOOM("pLain-tok3n"), 200, ZOOM_ANSWER },
	{ "'scheme':'zoom'", "POST", URL, ZOOM_SIGNED, JSON,
	  ZOOM("pLain-tok3m"), 0, NULL },
	{ "'scheme':'zoom'", "POST", URL, "", JSON,
	  ZOOM("v0:1700000000:{}"), 0, NULL },
	{ "'scheme':'zoom'", "POST", URL, "", JSON, ZOOM(""), 0, NULL },
	{ "'scheme':'slack-v0'", "POST", URL, "", JSON, ZOOM("pLain-tok3n"),
	  0, NULL },
	{ NULL, "POST", URL, "", JSON, ZOOM("pLain-tok3n"), 0, NULL },
	/* Braintree */
	{ BRAINTREE, "GET", URL "?bt_challenge=" DIGITS, "", "", "",
	  200, "mine|5e702a3dda4fa0b206dbfd344101f53af6c1a656" },
	{ "'scheme':'braintree'", "GET", URL "?bt_challenge=" DIGITS, "", "",
	  "", 0, NULL },
	{ BRAINTREE, "GET", URL "?bt_challenge=" DIGITS "0", "", "", "",
	  0, NULL },
	{ BRAINTREE, "GET", URL "?bt_challenge=0123456789abcdef", "", "", "",
	  0, NULL },
	{ BRAINTREE, "GET", URL "?bt_challenge=PG5vdGlmaWNhdGlvbi8%2B%0A", "",
	  "", "", 0, NULL },
	{ NULL, "GET", URL "?bt_challenge=" DIGITS, "", "", "", 0, NULL },
};
/* clang-format on */

START_TEST(questions_are_answered_and_nothing_else_is)
{
	struct verify_rule rule;
	struct verify_input in = request(
		cases[_i].method, cases[_i].url,
		quoted(pool, mem_printf(pool, "{%s}", cases[_i].headers)),
		cases[_i].type, cases[_i].body);
	struct handshake h;
	int rc;

	if (cases[_i].verify != NULL)
		rule = rule_of(quoted(pool, mem_printf(pool, "{%s}",
						       cases[_i].verify)),
			       KEY "\vsecond");
	rc = handshake_answer(cases[_i].verify != NULL ? &rule : NULL, &in,
			      pool, &h);
	ck_assert_int_eq(rc, cases[_i].status != 0);
	ck_assert_int_eq(h.status, cases[_i].status);
	ck_assert((h.what != NULL) == rc);
	if (h.status == 200) {
		ck_assert_str_eq(h.body, cases[_i].answer);
		ck_assert_ptr_nonnull(h.content_type);
	}
	ck_assert((h.why != NULL) == (h.status == 403));
	ck_assert_int_eq(h.hides_query,
			 rc && strstr(cases[_i].url, "hub.") != NULL);
}
END_TEST

START_TEST(long_words_are_not_repeated)
{
	struct buf body = BUF_INIT;
	struct handshake h;
	struct verify_input in;
	int n, i;

	for (n = 500; n <= 501; n++) {
		buf_reset(&body);
		buf_adds(&body, "{\"challenge\":\"");
		for (i = 0; i < n; i++)
			buf_addc(&body, 'x');
		buf_adds(&body, "\"}");
		in = request("POST", URL, NULL, JSON, body.s);
		ck_assert_int_eq(handshake_answer(NULL, &in, pool, &h),
				 n == 500);
	}
	buf_free(&body);
}
END_TEST

START_TEST(without_a_usable_secret_nothing_is_signed)
{
	struct verify_rule rule =
		rule_of(quoted(pool, "{'scheme':'zoom'}"), "-\v");
	struct verify_input in =
		request("POST", URL, NULL, JSON, ZOOM("pLain-tok3n"));
	struct handshake h;

	ck_assert_int_eq(handshake_answer(&rule, &in, pool, &h), 0);
	rule = rule_of(quoted(pool, "{'scheme':'zoom'}"), "-\v" KEY);
	ck_assert_int_eq(handshake_answer(&rule, &in, pool, &h), 1);
	ck_assert_str_eq(h.body, ZOOM_ANSWER);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("handshake");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, questions_are_answered_and_nothing_else_is, 0,
			    (int)N(cases));
	tcase_add_test(tc, long_words_are_not_repeated);
	tcase_add_test(tc, without_a_usable_secret_nothing_is_signed);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
