/*
 * check_decimal.c - arithmetic loses no digit; texts are cut where they should
 * be.
 */
#include "config.h"

#include "flow/change.h"
#include "flow/decimal.h"

#include "base/json.h"
#include "flow/compare.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define TEN "1234567890"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static struct mem *pool;

static void
setup(void)
{
	pool = mem_new();
}

static void
teardown(void)
{
	mem_free(pool);
}

/* clang-format off */
static const struct {
	const char *a;
	char op; /* + - * / : (to `places`) r (round a) */
	const char *b;
	int places;
	const char *want; /* NULL: refused */
} sums[] = {
	{ "0.1", '+', "0.2", 0, "0.3" },
	{ "0", '+', "0", 0, "0" },
	{ "10.50", '+', "0.50", 0, "11.00" },
	{ "999", '+', "1", 0, "1000" },
	{ "9999999999999999.99", '+', "0.01", 0, "10000000000000000.00" },
	{ "-5", '+', "3", 0, "-2" },
	{ "5", '+', "-5.0", 0, "0.0" },
	{ "-0.0", '+', "0", 0, "0.0" },
	{ "1e3", '+', "1E-3", 0, "1000.001" },
	{ "2.5e-1", '+', "0", 0, "0.25" },
	{ "1", '-', "0.9", 0, "0.1" },
	{ "0.3", '-', "0.1", 0, "0.2" },
	{ "1", '-', "2", 0, "-1" },
	{ "-1", '-', "-2", 0, "1" },
	{ "100", '-', "0.01", 0, "99.99" },
	{ "19.99", '*', "3", 0, "59.97" },
	{ "1.10", '*', "1.10", 0, "1.2100" },
	{ "-4", '*', "0.25", 0, "-1.00" },
	{ "-4", '*', "0", 0, "0" },
	{ "99999999999999999999", '*', "99999999999999999999", 0,
	  "9999999999999999999800000000000000000001" },
	{ "10", '/', "4", 0, "2.5" },
	{ "1", '/', "3", 0, "0.33333333333333333333" },
	{ "2", '/', "3", 0, "0.66666666666666666667" },
	{ "100", '/', "10", 0, "10" },
	{ "0", '/', "7", 0, "0" },
	{ "-7", '/', "0.5", 0, "-14" },
	{ "1e-30", '/', "1", 0, "0" },
	{ "1", '/', "0.00", 0, NULL },
	{ "100", ':', "3", 2, "33.33" },
	{ "200", ':', "3", 2, "66.67" },
	{ "1", ':', "2", 0, "1" },
	{ "-1", ':', "2", 0, "-1" },
	{ "1", ':', "8", 2, "0.13" },
	{ "10", ':', "2", 2, "5.00" },
	{ "1.005", 'r', "", 2, "1.01" },
	{ "2.675", 'r', "", 2, "2.68" },
	{ "2.5", 'r', "", 0, "3" },
	{ "-2.5", 'r', "", 0, "-3" },
	{ "-0.4", 'r', "", 0, "0" },
	{ "-0.5", 'r', "", 0, "-1" },
	{ "0.004", 'r', "", 2, "0.00" },
	{ "9.995", 'r', "", 2, "10.00" },
	{ "12", 'r', "", 2, "12.00" },
	{ "0", 'r', "", 2, "0.00" },
	{ "1.4999", 'r', "", 0, "1" },
	{ "1e300", '+', "1", 0, NULL },
	{ "1e-300", '+', "1", 0, NULL },
	{ "1e99999999999999999999", '*', "1", 0, NULL },
	{ HUNDRED "11", '*', HUNDRED, 0, NULL },
	{ HUNDRED HUNDRED, '+', "0.1", 0, NULL },
	{ HUNDRED HUNDRED "1", 'r', "", 0, NULL },
};

static const struct {
	int64_t from, length;
	const char *want;
} cuts[] = {
	{ 1, -1, "Grüße" }, { 1, 3, "Grü" }, { 3, 2, "üß" }, { 4, -1, "ße" },
	{ 5, 1, "e" }, { 6, 1, "" }, { 1, 0, "" }, { 1, 99, "Grüße" },
	{ -1, -1, "e" }, { -3, 2, "üß" }, { -9, -1, "Grüße" }, { -6, 3, "Gr" },
	{ -9, 2, "" }, { 99, -1, "" },
};
/* clang-format on */

static const char *
result(int i, struct err *e)
{
	const char *a = sums[i].a, *b = sums[i].b;

	switch (sums[i].op) {
	case '+':
		return decimal_add(pool, a, b, e);
	case '-':
		return decimal_subtract(pool, a, b, e);
	case '*':
		return decimal_multiply(pool, a, b, e);
	case '/':
		return decimal_divide(pool, a, b, -1, e);
	case ':':
		return decimal_divide(pool, a, b, sums[i].places, e);
	default:
		return decimal_round(pool, a, sums[i].places, e);
	}
}

START_TEST(no_digit_is_lost)
{
	struct err e = ERR_INIT;
	const char *got = result(_i, &e), *want = sums[_i].want;

	if (want == NULL) {
		ck_assert_msg(got == NULL, "%s", got);
		ck_assert_int_eq(e.kind, ERR_INPUT);
		return;
	}
	ck_assert_msg(got != NULL && strcmp(got, want) == 0,
		      "%s %c %s is %s, not %s %s", sums[_i].a, sums[_i].op,
		      sums[_i].b, want, got == NULL ? "" : got, e.text);
}
END_TEST

START_TEST(sums_and_products_of_cents_agree_with_whole_numbers)
{
	struct err e = ERR_INIT;
	char a[16], b[16], want[32];
	int i, k;

	for (i = -120; i < 120; i += 7)
		for (k = -120; k < 120; k += 11) {
			snprintf(a, sizeof(a), "%de-2", i);
			snprintf(b, sizeof(b), "%de-2", k);
			snprintf(want, sizeof(want), "%s%d.%02d",
				 i + k < 0 ? "-" : "", abs(i + k) / 100,
				 abs(i + k) % 100);
			ck_assert_str_eq(decimal_add(pool, a, b, &e), want);
			snprintf(want, sizeof(want), "%s%d.%04d",
				 i * k < 0 ? "-" : "", abs(i * k) / 10000,
				 abs(i * k) % 10000);
			ck_assert_str_eq(decimal_multiply(pool, a, b, &e),
					 want);
		}
}
END_TEST

START_TEST(a_part_is_counted_in_characters)
{
	ck_assert_str_eq(
		change_substring(pool, "Grüße", cuts[_i].from, cuts[_i].length),
		cuts[_i].want);
}
END_TEST

START_TEST(texts_are_changed)
{
	struct json_object *list;
	struct text t = { "Grün ÉCOLE 1 Ω", 0 };
	struct buf b = BUF_INIT;

	ck_assert_str_eq(change_replace(pool, "a-b--c", "-", "+"), "a+b++c");
	ck_assert_str_eq(change_replace(pool, "aaa", "aa", "b"), "ba");
	ck_assert_str_eq(change_replace(pool, "", "x", "y"), "");
	ck_assert_str_eq(change_replace(pool, "x.x", "x", ""), ".");
	ck_assert_str_eq(change_trim(pool, " \t a b \r\n"), "a b");
	t.len = strlen(t.s);
	ck_assert_str_eq(compare_lower(pool, t).s, "grün école 1 ω");
	ck_assert_str_eq(compare_upper(pool, t).s, "GRÜN ÉCOLE 1 Ω");
	t = (struct text){ "Ab\xff", 3 };
	ck_assert_str_eq(compare_lower(pool, t).s, "ab\xff");
	list = json_pool(pool, change_split("a, b,,c", ","));
	json_write(&b, list);
	ck_assert_str_eq(b.s, "[\"a\",\" b\",\"\",\"c\"]");
	buf_free(&b);
	list = json_pool(pool, change_split("", ", "));
	ck_assert_uint_eq(json_object_array_length(list), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decimal");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, no_digit_is_lost, 0, (int)N(sums));
	tcase_add_test(tc, sums_and_products_of_cents_agree_with_whole_numbers);
	tcase_add_loop_test(tc, a_part_is_counted_in_characters, 0,
			    (int)N(cuts));
	tcase_add_test(tc, texts_are_changed);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
