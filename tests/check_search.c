/*
 * check_search.c - what is looked for when somebody types this.
 */
#include "config.h"

#include "base/mem.h"
#include "flow/csv_contact.h"
#include "flow/own_name.h"
#include "flow/search.h"

#include "base/json.h"

#include <check.h>
#include <stdlib.h>

static struct mem *m;

static void
set_up(void)
{
	m = mem_new();
}

static void
tear_down(void)
{
	mem_free(m);
}

/* clang-format off */
static const struct {
	const char *text, *words, *numbers;
} searches[] = {
	{ "", NULL, NULL },
	{ "  , \" ", NULL, NULL },
	{ "alex", "[\"alex\"]", "[]" },
	{ " Alex  Johnson ", "[\"Alex\",\"Johnson\"]", "[]" },
	{ "Johnson, Alex", "[\"Johnson\",\"Alex\"]", "[]" },
	{ "a b c d e f", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "[]" },
	{ "alex@example.com", "[\"alex@example.com\"]", "[]" },
	{ "100%_\\", "[\"100%_\\\\\"]", "[]" },
	{ "12", "[\"12\"]", "[]" },
	{ "+49 171", "[\"+49\",\"171\"]", "[\"+49171\"]" },
	{ "0049171", "[\"0049171\"]", "[\"+49171\"]" },
	{ "(0171) 123-45678", "[\"(0171)\",\"123-45678\"]", "[\"+4917112345678\"]" },
	{ "0171", "[\"0171\"]", "[]" },
	{ "1234567890123456", "[\"1234567890123456\"]", "[]" },
	{ "\xff", NULL, NULL },
};
/* clang-format on */

START_TEST(what_is_typed_is_looked_for)
{
	struct search s;

	search_read(m, searches[_i].text, "DE", &s);
	ck_assert_pstr_eq(s.words, searches[_i].words);
	ck_assert_pstr_eq(s.numbers, searches[_i].numbers);
}
END_TEST

/* clang-format off */
static const struct {
	const char *header, *key;
} keys[] = {
	{ "Shoe size", "shoe_size" },
	{ "  Größe (EU) ", "gr_e_eu" },
	{ "2nd address", "nd_address" },
	{ "__x__", "x" },
	{ "!!", NULL },
	{ "", NULL },
};
/* clang-format on */

START_TEST(a_header_makes_a_key)
{
	ck_assert_pstr_eq(csv_custom_key(m, keys[_i].header), keys[_i].key);
}
END_TEST

START_TEST(names_are_checked)
{
	ck_assert_int_eq(own_name_check("value", "shop_url", NULL), 0);
	ck_assert_int_eq(own_name_check("value", "shop url", NULL), -1);
	ck_assert_int_eq(own_name_check("value", "1st", NULL), -1);
	ck_assert_int_eq(own_name_check("value", "", NULL), -1);
	ck_assert_int_eq(own_key_check("plan", NULL), 0);
	ck_assert_int_eq(own_key_check("email", NULL), -1);
	ck_assert_int_eq(own_key_check("tags", NULL), -1);
	ck_assert_int_eq(own_secret_name_check("stripe-live.v2", NULL), 0);
	ck_assert_int_eq(own_secret_name_check("-x", NULL), -1);
	ck_assert_int_eq(own_secret_name_check("a b", NULL), -1);
	ck_assert_int_eq(own_text_check("label", NULL, 3, NULL), 0);
	ck_assert_int_eq(own_text_check("label", "abcd", 3, NULL), -1);
	ck_assert_int_eq(own_text_check("label", "\xff", 3, NULL), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("search");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, what_is_typed_is_looked_for, 0,
			    sizeof(searches) / sizeof(searches[0]));
	tcase_add_loop_test(t, a_header_makes_a_key, 0,
			    sizeof(keys) / sizeof(keys[0]));
	tcase_add_test(t, names_are_checked);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
