/*
 * check_known.c - which hooks are remembered, and what time it is for them.
 */
#include "config.h"

#include "engine/known.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US 60000000

static struct known known;
static const unsigned char key[TOKEN_KEY_SIZE] = { 1 };

static void
forget(void)
{
	known_free(&known);
	memset(&known, 0, sizeof(known));
}

/* One that was asked for at that moment, when the database's clock was 1000. */
static void
keep(const unsigned char *k, int64_t asked_us, const char *stamp)
{
	struct hook *h = mem_alloc(known_room(&known, k), sizeof(*h));

	h->stamp = stamp;
	h->now_us = 1000;
	known_keep(&known, k, h, asked_us);
}

START_TEST(a_hook_is_remembered)
{
	int64_t asked_us = known_clock();
	const struct hook *h;

	keep(key, asked_us, "7");
	h = known_find(&known, key);
	ck_assert_ptr_nonnull(h);
	ck_assert_str_eq(h->stamp, "7");
	ck_assert_int_eq(h->is_remembered, 1);
	forget();
}
END_TEST

START_TEST(its_clock_goes_on)
{
	int64_t asked_us = known_clock(), found_us;
	const struct hook *h;

	keep(key, asked_us, "7");
	h = known_find(&known, key);
	found_us = known_clock();
	ck_assert_ptr_nonnull(h);
	ck_assert_int_ge(h->now_us, 1000);
	ck_assert_int_le(h->now_us, 1000 + found_us - asked_us);
	forget();
}
END_TEST

/* Nobody knows when its clock was read. */
START_TEST(one_that_took_long_is_not)
{
	keep(key, known_clock() - MINUTE_US / 2, "7");
	ck_assert_ptr_null(known_find(&known, key));
	forget();
}
END_TEST

START_TEST(one_that_may_change_by_itself_is_not)
{
	keep(key, known_clock(), NULL);
	ck_assert_ptr_null(known_find(&known, key));
	forget();
}
END_TEST

START_TEST(after_a_minute_it_is_forgotten)
{
	keep(key, known_clock(), "7");
	known.place[key[0] % 16].asked_us -= MINUTE_US;
	ck_assert_ptr_null(known_find(&known, key));
	forget();
}
END_TEST

START_TEST(keys_that_meet_are_told_apart)
{
	static const unsigned char other[TOKEN_KEY_SIZE] = { 1, 1 };

	keep(key, known_clock(), "7");
	ck_assert_ptr_null(known_find(&known, other));
	keep(other, known_clock(), "8");
	ck_assert_ptr_null(known_find(&known, key));
	ck_assert_str_eq(known_find(&known, other)->stamp, "8");
	forget();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("known");
	TCase *t = tcase_create("hooks");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, a_hook_is_remembered);
	tcase_add_test(t, its_clock_goes_on);
	tcase_add_test(t, one_that_took_long_is_not);
	tcase_add_test(t, one_that_may_change_by_itself_is_not);
	tcase_add_test(t, after_a_minute_it_is_forgotten);
	tcase_add_test(t, keys_that_meet_are_told_apart);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
