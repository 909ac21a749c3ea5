/*
 * check_cond_tell.c - a condition told for people: what each part saw, and
 * whether it holds.  What the operators mean is check_cond.c.
 */
#include "config.h"

#include "flow/cond_tell.h"

#include "base/buf.h"
#include "base/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct mem *m;

static struct json_object *
json(const char *text)
{
	struct err e = ERR_INIT;
	struct json_object *o;

	ck_assert_msg(json_read(text, strlen(text), JSON_MAX_DEPTH, &o, &e) ==
			      0,
		      "%s: %s", text, e.text);
	return json_pool(m, o);
}

static void
setup(void)
{
	m = mem_new();
}

static void
teardown(void)
{
	mem_free(m);
}

static struct json_object *
tell(const char *cond, struct json_object *scope)
{
	struct date_env env = { 0, NULL, NULL, NULL };

	return json_pool(m, cond_tell(json(cond), scope, &env, m));
}

static const struct {
	const char *cond, *told; /* its beginning */
} cases[] = {
	{ "{\"field\":\"c.plan\",\"is\":\"equals\",\"value\":\"{{c.want}}\"}",
	  "{\"met\":true,\"field\":\"c.plan\",\"is\":\"equals\","
	  "\"value\":\"pro\",\"saw\":\"Pro\"}" },
	{ "{\"field\":\"c.gone\",\"is\":\"not_empty\"}",
	  "{\"met\":false,\"field\":\"c.gone\",\"is\":\"not_empty\"}" },
	{ "{\"not\":{\"field\":\"c.n\",\"is\":\"greater_than\",\"value\":5}}",
	  "{\"met\":true,\"not\":{\"met\":false,\"field\":\"c.n\","
	  "\"is\":\"greater_than\",\"value\":5,\"saw\":\"5\"}}" },
	/* Also what need not be looked at any more. */
	{ "{\"all\":[{\"field\":\"c.n\",\"is\":\"empty\"},"
	  "{\"any\":[{\"field\":\"c.n\",\"is\":\"not_empty\"}]}]}",
	  "{\"met\":false,\"all\":[{\"met\":false,\"field\":\"c.n\","
	  "\"is\":\"empty\",\"saw\":\"5\"},{\"met\":true,\"any\":[{"
	  "\"met\":true,\"field\":\"c.n\",\"is\":\"not_empty\","
	  "\"saw\":\"5\"}]}]}" },
	{ "{\"any\":[]}", "{\"met\":false,\"any\":[]}" },
	{ "{\"field\":\"c.plan\",\"is\":\"matches\",\"value\":\"(\"}",
	  "{\"error\":\"c.plan matches: " },
	{ "{\"field\":\"c.plan\",\"is\":\"like\",\"value\":\"x\"}",
	  "{\"error\":\"expected a condition" },
};

START_TEST(a_condition_is_told_with_what_it_saw)
{
	struct json_object *scope =
		json("{\"c\":{\"plan\":\"Pro\",\"want\":\"pro\",\"n\":5}}");
	struct buf told = BUF_INIT;

	json_write(&told, tell(cases[_i].cond, scope));
	ck_assert_msg(strncmp(told.s, cases[_i].told, strlen(cases[_i].told)) ==
			      0,
		      "%s", told.s);
	buf_free(&told);
}
END_TEST

START_TEST(a_long_value_is_cut_between_characters)
{
	struct json_object *scope = json_pool(m, json_object_new_object());
	struct buf text = BUF_INIT;
	const char *saw;
	int i;

	buf_adds(&text, "x");
	for (i = 0; i < 400; i++)
		buf_adds(&text, "\xc3\xa9");
	json_set_string(scope, "long", text.s);
	saw = json_get_string(
		tell("{\"field\":\"long\",\"is\":\"not_empty\"}", scope),
		"saw");
	ck_assert_uint_eq(strlen(saw), 299 + 3);
	ck_assert_str_eq(saw + 297, "\xc3\xa9...");
	buf_free(&text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cond_tell");
	TCase *t = tcase_create("cond_tell");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_condition_is_told_with_what_it_saw, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, a_long_value_is_cut_between_characters);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
