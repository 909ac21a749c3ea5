/*
 * check_date.c - dates as senders write them, and instants.
 */
#include "config.h"

#include "flow/date.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)
#define NOW_US (INT64_C(1795507200) * S) /* 2026-11-24T08:00:00Z */

static const struct {
	const char *text;
	int64_t us;
} utc[] = {
	{ "1970-01-01", 0 },
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1969-12-31T23:59:59.5Z", -S / 2 },
	{ "0001-01-01", INT64_C(-62135596800) * S },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) * S },
	{ "2000-02-29", INT64_C(951782400) * S },
	{ "2026-11-24T08:00", NOW_US },
	{ "2026-11-24 08:00", NOW_US },
	{ "2026-11-24t08:00:00z", NOW_US },
	{ " 2026-11-24T08:00:00Z\n", NOW_US },
	{ "2026-11-24T09:00:00+01:00", NOW_US },
	{ "2026-11-24 09:00:00 +0100", NOW_US },
	{ "2026-11-24T09:00+01", NOW_US },
	{ "2026-11-24T02:30:00-05:30", NOW_US },
	{ "2026-11-24T08:00:00.25Z", NOW_US + S / 4 },
	{ "2026-11-24T08:00:00,000001999Z", NOW_US + 1 },
	{ "2026-11-24T07:59:60Z", NOW_US },
	{ "1795507200", NOW_US },
	{ "1795507200123", NOW_US + 123000 },
	{ "now", NOW_US },
	{ "Now", NOW_US },
};

START_TEST(written_dates_are_instants)
{
	struct date_env env = { .now_us = NOW_US };
	struct err e = ERR_INIT;
	int64_t us;

	ck_assert_msg(date_instant(utc[_i].text, &env, &us, &e) == 0, "%s",
		      e.text);
	ck_assert_msg(us == utc[_i].us, "%s: %lld", utc[_i].text,
		      (long long)us);
	ck_assert(date_is_valid(utc[_i].text));
}
END_TEST

static const char *const no_dates[] = {
	"",
	" ",
	"tomorrow",
	"nowhere",
	"24.11.2026",
	"11/24/2026",
	"2026-11",
	"2026-11-31",
	"2026-02-29",
	"1900-02-29",
	"2026-13-01",
	"2026-00-01",
	"2026-01-00",
	"0000-01-01",
	"2026-1-1",
	"2026-11-24T",
	"2026-11-24T9:00",
	"2026-11-24T24:00",
	"2026-11-24T08:60",
	"2026-11-24T08:00:61",
	"2026-11-24T08:00:00.",
	"2026-11-24T08:00Q",
	"2026-11-24T08:00+1",
	"2026-11-24T08:00+24:00",
	"2026-11-24T08:00+01:60",
	"2026-11-24T08:00:00Z and more",
	"123456789",
	"12345678901",
	"17955072001234",
	"-1795507200",
};

START_TEST(what_is_no_date_is_refused)
{
	struct date_env env = { .now_us = NOW_US };
	struct err e = ERR_INIT;
	int64_t us;

	ck_assert_msg(!date_is_valid(no_dates[_i]), "%s", no_dates[_i]);
	ck_assert_int_eq(date_instant(no_dates[_i], &env, &us, &e), -1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(e.text, "expected a date such as"));
}
END_TEST

/* A zone of one hour east; keeps the question. */
static int
one_hour_east(void *arg, const char *timezone, const char *local, int64_t *us,
	      struct err *e)
{
	struct date_env utc_env = { .now_us = 0 };

	ck_assert_str_eq(timezone, "Europe/Berlin");
	strncpy(arg, local, 31);
	if (date_instant(local, &utc_env, us, e) == -1)
		return -1;
	*us -= 3600 * S;
	return 0;
}

START_TEST(a_local_time_is_asked_for_in_the_zone)
{
	char asked[32] = "";
	struct date_env env = { NOW_US, "Europe/Berlin", one_hour_east, asked };
	struct err e = ERR_INIT;
	int64_t us;

	ck_assert_int_eq(date_instant("2026-11-24 09:00:00.5", &env, &us, &e),
			 0);
	ck_assert_str_eq(asked, "2026-11-24T09:00:00");
	ck_assert_int_eq(us, NOW_US + S / 2);

	ck_assert_int_eq(date_instant("2026-11-24", &env, &us, &e), 0);
	ck_assert_str_eq(asked, "2026-11-24T00:00:00");
	ck_assert_int_eq(us, NOW_US - 9 * 3600 * S);

	asked[0] = '\0';
	ck_assert_int_eq(date_instant("2026-11-24T08:00Z", &env, &us, &e), 0);
	ck_assert_int_eq(us, NOW_US);
	ck_assert_int_eq(date_instant("1795507200", &env, &us, &e), 0);
	ck_assert_int_eq(date_instant("now", &env, &us, &e), 0);
	ck_assert_str_eq(asked, "");
}
END_TEST

static int
away(void *arg, const char *timezone, const char *local, int64_t *us,
     struct err *e)
{
	(void)arg;
	(void)timezone;
	(void)local;
	(void)us;
	return err_set(e, ERR_TEMP, "the database is away");
}

START_TEST(a_zone_that_can_not_be_asked_is_another_error)
{
	struct date_env env = { NOW_US, "Europe/Berlin", away, NULL };
	struct err e = ERR_INIT;
	int64_t us;

	ck_assert_int_eq(date_instant("2026-11-24", &env, &us, &e), -1);
	ck_assert_int_eq(e.kind, ERR_TEMP);
}
END_TEST

#define HOUR (3600 * S)
#define DAY (24 * HOUR)

/* Seen at 00:30 on 2026-11-25 in a zone of one hour east. */
static const struct {
	const char *text;
	int64_t from, length;
} spans[] = {
	{ "2026-11-25", 15 * HOUR, DAY },
	{ "today", 15 * HOUR, DAY },
	{ "Tomorrow", 15 * HOUR + DAY, DAY },
	{ "yesterday", 15 * HOUR - DAY, DAY },
	{ "2026-11-25T00:00", 15 * HOUR, 0 },
	{ "2026-11-24T08:00Z", 0, 0 },
	{ "now", 15 * HOUR + HOUR / 2, 0 },
	{ "1795507200", 0, 0 },
};

START_TEST(a_day_is_all_of_it_in_the_zone)
{
	char asked[32];
	struct date_env env = { NOW_US + 15 * HOUR + HOUR / 2, "Europe/Berlin",
				one_hour_east, asked };
	struct err e = ERR_INIT;
	int64_t from, to;

	ck_assert(date_is_span(spans[_i].text));
	ck_assert_int_eq(date_span(spans[_i].text, &env, &from, &to, &e), 0);
	ck_assert_int_eq(from - NOW_US, spans[_i].from);
	ck_assert_int_eq(to - from, spans[_i].length);
}
END_TEST

START_TEST(without_a_zone_a_day_is_one_of_utc)
{
	struct date_env env = { .now_us = NOW_US };
	struct err e = ERR_INIT;
	int64_t from, to;

	ck_assert_int_eq(date_span("today", &env, &from, &to, &e), 0);
	ck_assert_int_eq(from, NOW_US - 8 * HOUR);
	ck_assert_int_eq(to, from + DAY);
	ck_assert_int_eq(date_span("someday", &env, &from, &to, &e), -1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert(!date_is_span("someday"));
	ck_assert(!date_is_valid("today"));
}
END_TEST

static const struct {
	int64_t us;
	const char *want;
} formats[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ NOW_US, "2026-11-24T08:00:00Z" },
	{ NOW_US + 1, "2026-11-24T08:00:00.000001Z" },
	{ -1, "1969-12-31T23:59:59.999999Z" },
	{ INT64_C(951868799) * S, "2000-02-29T23:59:59Z" },
	{ INT64_C(-62135596800) * S, "0001-01-01T00:00:00Z" },
	{ INT64_MAX, "294247-01-10T04:00:54.775807Z" },
};

START_TEST(instants_are_written_in_utc)
{
	char out[32];

	date_format_utc(formats[_i].us, out);
	ck_assert_str_eq(out, formats[_i].want);
}
END_TEST

START_TEST(every_day_of_400_years_reads_back)
{
	struct date_env env = { .now_us = 0 };
	struct err e = ERR_INIT;
	int64_t day, us;
	char text[32];

	for (day = -146097; day < 146097; day++) {
		date_format_utc(day * 86400 * S, text);
		ck_assert_int_eq(date_instant(text, &env, &us, &e), 0);
		ck_assert_int_eq(us, day * 86400 * S);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("date");
	TCase *t = tcase_create("date");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, written_dates_are_instants, 0,
			    sizeof(utc) / sizeof(utc[0]));
	tcase_add_loop_test(t, what_is_no_date_is_refused, 0,
			    sizeof(no_dates) / sizeof(no_dates[0]));
	tcase_add_test(t, a_local_time_is_asked_for_in_the_zone);
	tcase_add_test(t, a_zone_that_can_not_be_asked_is_another_error);
	tcase_add_loop_test(t, a_day_is_all_of_it_in_the_zone, 0,
			    sizeof(spans) / sizeof(spans[0]));
	tcase_add_test(t, without_a_zone_a_day_is_one_of_utc);
	tcase_add_loop_test(t, instants_are_written_in_utc, 0,
			    sizeof(formats) / sizeof(formats[0]));
	tcase_add_test(t, every_day_of_400_years_reads_back);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
