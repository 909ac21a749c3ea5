/*
 * check_breaker.c - when a destination is left alone, for how long, and who
 * may try it again.
 */
#include "config.h"

#include "flow/breaker.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ALMOST_1 0.999999999

/* clang-format off */

/* Calls as they ended: w works, f fails, a away, l locked, - nothing. */
static const struct {
	const char *calls;
	int opens_after; /* so many of them; 0: it stays closed */
} rows[] = {
	{ "", 0 },
	{ "aaaa", 0 },
	{ "aaaaa", 5 },
	{ "aaaawaaaa", 0 },	    /* no row of five, no ten calls */
	{ "aaaafaaaa", 0 },	    /* it answered in between */
	{ "aa--aa-a", 8 },	    /* what says nothing breaks no row */
	{ "waaaaa", 6 },
	{ "fffffffff", 0 },	    /* nine calls make no rate */
	{ "ffffffffff", 10 },
	{ "wwwfffffff", 10 },	    /* 70 in a hundred */
	{ "wwwwffffff", 0 },	    /* 60 */
	{ "fffffffffw", 0 },	    /* this one went well */
	{ "fffffffffwf", 11 },
	{ "wwwwffffffffff", 14 },   /* 10 of 14 are 71 */
	{ "wwwwwwwwwwwwffffffff", 0 },
	{ "fafafafafa", 10 },	    /* both are failures */
	{ "l", 1 },
	{ "wwwwwwwwwwl", 11 },
	{ "----------", 0 },
	{ "wwwwwwwwwwwwwwwww", 0 },
};

static const struct {
	int count;
	double jitter;
	int64_t want; /* milliseconds */
} opens[] = {
	{ 1, 0.5, 60000 },
	{ 1, 0.0, 48000 },
	{ 1, ALMOST_1, 71999 },
	{ 2, 0.5, 120000 },
	{ 3, 0.5, 240000 },
	{ 5, 0.5, 960000 },
	{ 6, 0.5, 1800000 },	    /* half an hour is the most */
	{ 7, 0.5, 1800000 },
	{ 2000000000, 0.5, 1800000 },
	{ 0, 0.5, 60000 },
};

static const struct {
	enum breaker_state state;
	int64_t left_ms;
	enum breaker_way want;
} ways[] = {
	{ BREAKER_CLOSED,    0,     BREAKER_GO },
	{ BREAKER_CLOSED,    60000, BREAKER_GO },
	{ BREAKER_OPEN,      60000, BREAKER_HOLD },
	{ BREAKER_OPEN,      1,     BREAKER_HOLD },
	{ BREAKER_OPEN,      0,     BREAKER_PROBE },
	{ BREAKER_OPEN,      -5,    BREAKER_PROBE },
	{ BREAKER_HALF_OPEN, 1,     BREAKER_HOLD },
	{ BREAKER_HALF_OPEN, -1,    BREAKER_PROBE }, /* its prober died */
};

static const struct {
	int64_t left_ms;
	double jitter;
	int64_t want;
} waits[] = {
	{ 60000, 0.0, 60001 },
	{ 60000, 0.5, 67501 },
	{ 60000, ALMOST_1, 75000 },
	{ 1000, ALMOST_1, 2000 },
	{ 1800000, ALMOST_1, 1860000 },
	{ 0, 0.0, 1 },
	{ -100, 0.0, 1 },
};
/* clang-format on */

#define N(list) (sizeof(list) / sizeof((list)[0]))

static enum breaker_sign
sign_of(char letter)
{
	static const char letters[] = "-wfal";

	return (enum breaker_sign)(strchr(letters, letter) - letters);
}

START_TEST(opens_when_it_keeps_failing)
{
	struct breaker_counts c;
	struct breaker_news n = { 0 };
	const char *calls = rows[_i].calls;
	int i, opened = 0;

	for (i = 0; calls[i] != '\0' && !opened; i++) {
		breaker_add(&n, sign_of(calls[i]));
		c = (struct breaker_counts){ n.in_row, n.calls, n.failures };
		if (breaker_opens(&c, &n))
			opened = i + 1;
	}
	ck_assert_int_eq(opened, rows[_i].opens_after);
}
END_TEST

START_TEST(news_say_whether_they_go_on_with_the_row)
{
	struct breaker_news n = { 0 };

	breaker_add(&n, BREAKER_AWAY);
	breaker_add(&n, BREAKER_NOTHING);
	ck_assert_int_eq(n.is_row_broken, 0);
	ck_assert_int_eq(n.in_row, 1);
	breaker_add(&n, BREAKER_WORKS);
	breaker_add(&n, BREAKER_AWAY);
	ck_assert_int_eq(n.is_row_broken, 1);
	ck_assert_int_eq(n.in_row, 1);
	ck_assert_int_eq(n.calls, 3);
	ck_assert_int_eq(n.failures, 2);
	ck_assert_int_eq(n.is_locked, 0);
}
END_TEST

START_TEST(is_left_alone_twice_as_long_each_time)
{
	ck_assert_int_eq(breaker_open_ms(opens[_i].count, opens[_i].jitter),
			 opens[_i].want);
}
END_TEST

START_TEST(one_call_tries_when_the_time_has_passed)
{
	ck_assert_int_eq(breaker_way(ways[_i].state, ways[_i].left_ms),
			 ways[_i].want);
}
END_TEST

START_TEST(those_who_wait_come_back_later_and_spread)
{
	ck_assert_int_eq(breaker_wait_ms(waits[_i].left_ms, waits[_i].jitter),
			 waits[_i].want);
}
END_TEST

START_TEST(a_turn_comes_within_seconds)
{
	ck_assert_int_eq(breaker_turn_ms(0), 5000);
	ck_assert_int_eq(breaker_turn_ms(0.5), 10000);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("breaker");
	Suite *s = suite_create("breaker");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_loop_test(tc, opens_when_it_keeps_failing, 0, N(rows));
	tcase_add_test(tc, news_say_whether_they_go_on_with_the_row);
	tcase_add_loop_test(tc, is_left_alone_twice_as_long_each_time, 0,
			    N(opens));
	tcase_add_loop_test(tc, one_call_tries_when_the_time_has_passed, 0,
			    N(ways));
	tcase_add_loop_test(tc, those_who_wait_come_back_later_and_spread, 0,
			    N(waits));
	tcase_add_test(tc, a_turn_comes_within_seconds);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
