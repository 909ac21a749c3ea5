/*
 * check_duration.c - durations as people write them, and as PostgreSQL reads
 * them.
 */
#include "config.h"

#include "flow/duration.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
	const char *text, *interval;
} good[] = {
	{ "2 days", "2 days 0 secs" },
	{ "1 day", "1 days 0 secs" },
	{ "90 minutes", "5400 secs" },
	{ "1 day 12 hours", "1 days 43200 secs" },
	{ "1 day, 12 hours", "1 days 43200 secs" },
	{ "-1 day", "-1 days 0 secs" },
	{ "+3 h", "10800 secs" },
	{ "-1 day 2 hours", "-1 days -7200 secs" },
	{ "30s", "30 secs" },
	{ "30 sec", "30 secs" },
	{ "5 min", "300 secs" },
	{ "5m", "300 secs" },
	{ "2h30m", "9000 secs" },
	{ "3 d", "3 days 0 secs" },
	{ "2 weeks", "14 days 0 secs" },
	{ "1 month", "1 mons 0 secs" },
	{ "18 Months", "18 mons 0 secs" },
	{ "1 year 1 day", "12 mons 1 days 0 secs" },
	{ "  7   DAYS ", "7 days 0 secs" },
	{ "0 days", "0 secs" },
	{ "10 years", "120 mons 0 secs" },
	{ "P1DT12H", "1 days 43200 secs" },
	{ "-P1D", "-1 days 0 secs" },
	{ "PT90M", "5400 secs" },
	{ "P1Y2M3W4DT5H6M7S", "14 mons 25 days 18367 secs" },
	{ "P2W", "14 days 0 secs" },
	{ "P1M", "1 mons 0 secs" },
	{ "PT1M", "60 secs" },
};

static const struct {
	const char *text, *says;
} bad[] = {
	{ "", "found nothing" },
	{ "-", "found nothing" },
	{ "soon", "found \"soon\"" },
	{ "days", "whole number" },
	{ "2", "a unit behind the number" },
	{ "2 fortnights", "found \"fortnights\"" },
	{ "1.5 days", "found \".5 days\"" },
	{ "1 day -2 hours", "found \"-2 hours\"" },
	{ "2 days ago", "found \"ago\"" },
	{ "11 years", "at most ten years" },
	{ "99999999 weeks", "at most ten years" },
	{ "9999999999 s", "whole number" },
	{ "999999999 s", "at most ten years" },
	{ "10 years 70 days", "at most ten years" },
	{ "P", "ISO 8601" },
	{ "PT", "ISO 8601" },
	{ "P1DT", "ISO 8601" },
	{ "P1H", "ISO 8601" },
	{ "PT1D", "ISO 8601" },
	{ "P1D1Y", "ISO 8601" },
	{ "P1D1D", "ISO 8601" },
	{ "P1.5D", "ISO 8601" },
	{ "P1D ", "ISO 8601" },
	{ "P99Y", "ISO 8601" },
};
/* clang-format on */

#define N(list) (sizeof(list) / sizeof((list)[0]))

START_TEST(is_read)
{
	struct duration d;
	struct err e = ERR_INIT;
	char interval[64];

	ck_assert_msg(duration_parse(good[_i].text, &d, &e) == 0, "%s: %s",
		      good[_i].text, e.text);
	duration_interval(&d, interval);
	ck_assert_str_eq(interval, good[_i].interval);
}
END_TEST

START_TEST(is_refused_with_a_reason)
{
	struct duration d;
	struct err e = ERR_INIT;

	ck_assert_msg(duration_parse(bad[_i].text, &d, &e) == -1,
		      "\"%s\" is taken", bad[_i].text);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strstr(e.text, bad[_i].says) != NULL,
		      "\"%s\": \"%s\" lacks \"%s\"", bad[_i].text, e.text,
		      bad[_i].says);
}
END_TEST

START_TEST(the_longest_interval_fits)
{
	struct duration d = { -2147483647, -2147483647, INT64_MIN };
	char interval[64];

	duration_interval(&d, interval);
	ck_assert_str_eq(interval, "-2147483647 mons -2147483647 days "
				   "-9223372036854775808 secs");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("duration");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc, is_read, 0, (int)N(good));
	tcase_add_loop_test(tc, is_refused_with_a_reason, 0, (int)N(bad));
	tcase_add_test(tc, the_longest_interval_fits);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
