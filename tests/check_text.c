/*
 * check_text.c - UTF-8, trimming, flattening and lower case; what an error's
 * text becomes.
 */
#include "config.h"

#include "base/text.h"

#include "base/err.h"
#include "base/mem.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define GOOD ((size_t)-1)

/* RFC 3629, section 4, at its edges: where is the first bad byte? */
static const struct {
	const char *text;
	size_t bad;
} utf8[] = {
	{ "", GOOD },
	{ "plain", GOOD },
	{ "\x7f", GOOD },
	{ "\x80", 0 },
	{ "a\xbf", 1 },
	{ "\xc0\x80", 0 },
	{ "\xc1\xbf", 0 },
	{ "\xc2\x80", GOOD },
	{ "\xc2\x7f", 0 },
	{ "\xc2\xc0", 0 },
	{ "\xdf\xbf", GOOD },
	{ "\xc3", 0 },
	{ "\xe0\x9f\xbf", 0 },
	{ "\xe0\xa0\x80", GOOD },
	{ "\xe0\xa0", 0 },
	{ "\xe1\x80\x80", GOOD },
	{ "\xe1\x80\x7f", 0 },
	{ "\xec\xbf\xbf", GOOD },
	{ "\xed\x9f\xbf", GOOD },
	{ "\xed\xa0\x80", 0 }, /* a surrogate */
	{ "\xed\xbf\xbf", 0 },
	{ "\xee\x80\x80", GOOD },
	{ "\xef\xbf\xbf", GOOD },
	{ "\xf0\x8f\xbf\xbf", 0 },
	{ "\xf0\x90\x80\x80", GOOD },
	{ "\xf0\x90\x80", 0 },
	{ "\xf0\x90\x80\x41", 0 },
	{ "\xf3\xbf\xbf\xbf", GOOD },
	{ "\xf4\x8f\xbf\xbf", GOOD },
	{ "\xf4\x90\x80\x80", 0 }, /* above U+10FFFF */
	{ "\xf5\x80\x80\x80", 0 },
	{ "\xff", 0 },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", GOOD },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98", 5 },
	{ "\xf8\x88\x80\x80\x80", 0 },
};

START_TEST(utf8_is_known_by_its_bytes)
{
	size_t len = strlen(utf8[_i].text), at = GOOD;
	char *copy = xmalloc(len);
	int is_good;

	memcpy(copy, utf8[_i].text, len); /* nothing behind the last byte */
	is_good = text_is_utf8(copy, len, &at);
	free(copy);
	ck_assert_int_eq(is_good, utf8[_i].bad == GOOD);
	ck_assert_uint_eq(at, utf8[_i].bad);
}
END_TEST

START_TEST(a_nul_is_utf8)
{
	size_t at;

	ck_assert_int_eq(text_is_utf8("a\0\xc3\xa9", 4, &at), 1);
	ck_assert_int_eq(text_is_utf8("a\0\xff", 3, &at), 0);
	ck_assert_uint_eq(at, 2);
}
END_TEST

static const struct {
	const char *from, *trimmed, *flat, *lower;
} cases[] = {
	{ "", "", "", "" },
	{ " ", "", " ", " " },
	{ " \t\r\n\v\f", "", "      ", " \t\r\n\v\f" },
	{ "a", "a", "a", "a" },
	{ "  A b\tC\n", "A b\tC", "  A b C ", "  a b\tc\n" },
	{ "\x01x\x1f\x7f", "\x01x\x1f\x7f", " x  ", "\x01x\x1f\x7f" },
	{ "\xc3\x84Z[@`", "\xc3\x84Z[@`", "\xc3\x84Z[@`", "\xc3\x84z[@`" },
	{ "\xc2\xa0x\xc2\xa0", "\xc2\xa0x\xc2\xa0", "\xc2\xa0x\xc2\xa0",
	  "\xc2\xa0x\xc2\xa0" },
};

START_TEST(text_is_trimmed_flattened_lowered)
{
	char s[64];

	strcpy(s, cases[_i].from);
	ck_assert_str_eq(text_trim(s), cases[_i].trimmed);
	strcpy(s, cases[_i].from);
	text_flatten(s);
	ck_assert_str_eq(s, cases[_i].flat);
	strcpy(s, cases[_i].from);
	text_lower(s);
	ck_assert_str_eq(s, cases[_i].lower);
}
END_TEST

START_TEST(an_error_is_one_line_with_its_contexts)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(err_set(&e, ERR_TEMP, "%s\n", "no\nserver"), -1);
	ck_assert_str_eq(e.text, "no server");
	ck_assert_int_eq(err_context(&e, "step %d", 3), -1);
	ck_assert_str_eq(e.text, "step 3: no server");
	ck_assert_int_eq(e.kind, ERR_TEMP);
	ck_assert_str_eq(err_kind_name(e.kind), "temp");
	ck_assert_int_eq(err_set(NULL, ERR_BUG, "unheard"), -1);
	ck_assert_int_eq(err_context(NULL, "unheard"), -1);
}
END_TEST

START_TEST(a_long_error_is_cut)
{
	struct err e = ERR_INIT;
	char longer[2 * ERR_TEXT_MAX];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, ERR_PERM, "%s", longer);
	ck_assert_uint_eq(strlen(e.text), ERR_TEXT_MAX - 1);
	err_context(&e, "here");
	ck_assert_uint_eq(strlen(e.text), ERR_TEXT_MAX - 1);
	ck_assert_int_eq(strncmp(e.text, "here: xxx", 9), 0);
	err_context(&e, "%s", longer);
	ck_assert_uint_eq(strlen(e.text), ERR_TEXT_MAX - 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, utf8_is_known_by_its_bytes, 0, COUNT(utf8));
	tcase_add_test(t, a_nul_is_utf8);
	tcase_add_loop_test(t, text_is_trimmed_flattened_lowered, 0,
			    COUNT(cases));
	tcase_add_test(t, an_error_is_one_line_with_its_contexts);
	tcase_add_test(t, a_long_error_is_cut);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
