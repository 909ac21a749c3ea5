/*
 * check_backoff.c - the retry schedule: read, spread, ended.
 */
#include "config.h"

#include "flow/backoff.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SCHEDULE "30s 2m 10m 30m 2h 5h 10h 10h"
#define ALMOST_1 0.999999999

/* clang-format off */
static const struct {
	int attempt;
	double jitter;
	int retry_after_s;
	int64_t want; /* milliseconds */
} cases[] = {
	{ 1, 0.5, 0, 30000 },
	{ 1, 0.0, 0, 24000 },
	{ 1, ALMOST_1, 0, 35999 },
	{ 2, 0.5, 0, 120000 },
	{ 3, 0.5, 0, 600000 },
	{ 4, 0.5, 0, 1800000 },
	{ 5, 0.0, 0, 5760000 },
	{ 6, 0.5, 0, 18000000 },
	{ 7, 0.5, 0, 36000000 },
	{ 8, 0.5, 0, 36000000 },
	{ 9, 0.5, 0, -1 },	  /* the schedule has no further try */
	{ 1000, 0.0, 60, -1 },
	{ 0, 0.5, 0, 30000 },
	{ 1, 0.5, 45, 45000 },	  /* the other side asked for more */
	{ 1, 0.5, 1, 1000 },	  /* ... for less: twice */
	{ 2, 0.5, 45, 45000 },
	{ 3, 0.5, 45, 600000 },	  /* then the schedule counts */
	{ 1, 0.5, 86400, 86400000 },
	{ 1, 0.5, 999999, 86400000 }, /* ... for too much */
	{ 1, 0.5, -5, 30000 },
};

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "found nothing" },
	{ " , ", "found nothing" },
	{ "30", "found \"30\"" },
	{ "30s x", "found \"x\"" },
	{ "s", "found \"s\"" },
	{ "0s", "found \"0s\"" },
	{ "-1s", "found \"-1s\"" },
	{ "5w", "found \"5w\"" },
	{ "30sm", "found \"30sm\"" },
	{ "31d", "at most 30d" },
	{ "99999999999999999999d", "at most 30d" },
	{ "1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s "
	  "1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s", "at most 32" },
};
/* clang-format on */

#define N(list) (sizeof(list) / sizeof((list)[0]))

START_TEST(waits_as_the_schedule_says)
{
	struct backoff b;
	struct err e = ERR_INIT;

	ck_assert_msg(backoff_parse(SCHEDULE, &b, &e) == 0, "%s", e.text);
	ck_assert_int_eq(b.n, 8);
	ck_assert_int_eq(backoff_next(&b, cases[_i].attempt, cases[_i].jitter,
				      cases[_i].retry_after_s),
			 cases[_i].want);
}
END_TEST

START_TEST(a_short_wait_is_spread_too)
{
	struct backoff b;
	struct err e = ERR_INIT;

	ck_assert_int_eq(backoff_parse("1s", &b, &e), 0);
	ck_assert_int_eq(backoff_next(&b, 1, 0.0, 0), 800);
	ck_assert_int_eq(backoff_next(&b, 1, 0.5, 0), 1000);
	ck_assert_int_eq(backoff_next(&b, 1, ALMOST_1, 0), 1199);
}
END_TEST

START_TEST(every_unit_is_read)
{
	struct backoff b;
	struct err e = ERR_INIT;

	ck_assert_int_eq(backoff_parse(" 1s,2m  3h\t30d ", &b, &e), 0);
	ck_assert_int_eq(b.n, 4);
	ck_assert_int_eq(b.wait_s[0], 1);
	ck_assert_int_eq(b.wait_s[1], 120);
	ck_assert_int_eq(b.wait_s[2], 10800);
	ck_assert_int_eq(b.wait_s[3], 2592000);
}
END_TEST

START_TEST(a_faulty_schedule_is_refused)
{
	struct backoff b;
	struct err e = ERR_INIT;

	ck_assert_msg(backoff_parse(bad[_i].text, &b, &e) == -1,
		      "\"%s\" is taken", bad[_i].text);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strstr(e.text, bad[_i].says) != NULL,
		      "\"%s\": \"%s\" lacks \"%s\"", bad[_i].text, e.text,
		      bad[_i].says);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("backoff");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, waits_as_the_schedule_says, 0, (int)N(cases));
	tcase_add_test(tc, a_short_wait_is_spread_too);
	tcase_add_test(tc, every_unit_is_read);
	tcase_add_loop_test(tc, a_faulty_schedule_is_refused, 0, (int)N(bad));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
