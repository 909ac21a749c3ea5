/*
 * check_rate.c - rate limits: how many are taken and when the next is, whom a
 * limit is of, that processes and threads share it, and that nothing that is
 * done to the file does harm.
 */
#include "config.h"

#include "base/rate.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1000000LL
#define N(list) (sizeof(list) / sizeof((list)[0]))
#define AMONG 4 /* threads, processes */

static const struct rate_limit one_a_second = { 60, 3 };
static char folder[64], file[96];
static struct rate *table;

static void
set_up(void)
{
	strcpy(folder, "check_rate.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/rate", folder);
	table = rate_open_alone();
}

static void
tear_down(void)
{
	rate_close(table);
	unlink(file);
	rmdir(folder);
}

static struct rate *
open_file(void)
{
	struct err e = ERR_INIT;
	struct rate *r = rate_open(file, &e);

	ck_assert_msg(r != NULL, "%s", e.text);
	return r;
}

static int64_t
take(struct rate *r, const char *id, int64_t now)
{
	return rate_take(r, RATE_HOOK, &one_a_second, id, strlen(id), now);
}

static int
taken(struct rate *r, const char *id, int64_t now)
{
	int n = 0;

	while (n < 100000 && take(r, id, now) == 0)
		n++;
	return n;
}

/* clang-format off */
static const struct {
	int64_t now, wait; /* microseconds */
} steps[] = {
	{ 100 * SECOND,               0 }, /* the burst */
	{ 100 * SECOND,               0 },
	{ 100 * SECOND,               0 },
	{ 100 * SECOND,          SECOND }, /* refused: nothing is taken */
	{ 100 * SECOND,          SECOND },
	{ 100 * SECOND + 400000, 600000 },
	{ 101 * SECOND - 1,           1 },
	{ 101 * SECOND,               0 }, /* as soon as was promised */
	{ 101 * SECOND,          SECOND },
	{ 103 * SECOND,               0 }, /* two were earned */
	{ 103 * SECOND,               0 },
	{ 103 * SECOND,          SECOND },
	{ 999 * SECOND,               0 }, /* never more than the burst */
	{ 999 * SECOND,               0 },
	{ 999 * SECOND,               0 },
	{ 999 * SECOND,          SECOND },
};

static const struct {
	const char *address, *same; /* "": nobody */
	size_t len;
} addresses[] = {
	{ "192.0.2.1",            "192.0.2.1",            5 },
	{ "192.0.2.1",            "::ffff:192.0.2.1",     5 },
	{ "2001:db8:1:2::1",      "2001:db8:1:2:ffff::9", 9 },
	{ "127.0.0.1",            "",                     0 },
	{ "127.255.0.9",          "",                     0 },
	{ "::1",                  "",                     0 },
	{ "::ffff:127.0.0.1",     "",                     0 },
	{ "",                     "",                     0 },
	{ "unix:",                "",                     0 },
	{ "192.0.2.0/24",         "",                     0 },
	{ "::",                   "::2",                  9 },
};

static const char *const others[][2] = {
	{ "192.0.2.1", "192.0.2.2" },
	{ "2001:db8:1:2::1", "2001:db8:1:3::1" },
	{ "32.1.13.184", "2001:db8::" },
};
/* clang-format on */

START_TEST(a_burst_then_one_a_second)
{
	for (size_t i = 0; i < N(steps); i++)
		ck_assert_msg(take(table, "a", steps[i].now) == steps[i].wait,
			      "step %zu", i);
}
END_TEST

START_TEST(each_has_a_limit_of_its_own)
{
	static const struct rate_limit slow = { 1, 1 }, fast = { 1000000, 1 };

	ck_assert_int_eq(taken(table, "a", SECOND), 3);
	ck_assert_int_eq(taken(table, "b", SECOND), 3);
	ck_assert_int_eq(rate_take(table, RATE_ADDRESS, &slow, "a", 1, SECOND),
			 0);
	ck_assert_int_eq(
		rate_take(table, RATE_ADDRESS, &slow, "a", 1, 2 * SECOND),
		59 * SECOND);
	ck_assert_int_eq(rate_take(table, RATE_ADDRESS, &fast, "b", 1, SECOND),
			 0);
	ck_assert_int_eq(rate_take(table, RATE_ADDRESS, &fast, "b", 1, SECOND),
			 60);
}
END_TEST

START_TEST(a_moment_that_can_not_be_is_none)
{
	/* The host was started anew: its clock is far behind the cells. */
	ck_assert_int_eq(taken(table, "a", 1000000 * SECOND), 3);
	ck_assert_int_eq(taken(table, "a", SECOND), 3);
	ck_assert_int_eq(taken(table, "a", SECOND), 0);
}
END_TEST

START_TEST(who_looked_at_the_clock_before_others_took_is_no_damage)
{
	ck_assert_int_eq(taken(table, "a", 100 * SECOND), 3);
	ck_assert_int_eq(take(table, "a", 100 * SECOND - 1), SECOND + 1);
	ck_assert_int_eq(take(table, "a", 98 * SECOND), 3 * SECOND);
	ck_assert_int_eq(taken(table, "a", 100 * SECOND), 0);
}
END_TEST

START_TEST(an_address_is_somebody)
{
	unsigned char a[RATE_ADDRESS_SIZE], b[RATE_ADDRESS_SIZE];
	size_t i;

	for (i = 0; i < N(addresses); i++) {
		ck_assert_msg(rate_address(addresses[i].address, a) ==
				      addresses[i].len,
			      "%s", addresses[i].address);
		ck_assert_uint_eq(rate_address(addresses[i].same, b),
				  addresses[i].len);
		ck_assert_msg(memcmp(a, b, addresses[i].len) == 0, "%s",
			      addresses[i].address);
	}
	for (i = 0; i < N(others); i++) {
		size_t len = rate_address(others[i][0], a);

		ck_assert_msg(len != rate_address(others[i][1], b) ||
				      memcmp(a, b, len) != 0,
			      "%s", others[i][0]);
	}
}
END_TEST

static void *
take_all(void *n)
{
	*(int *)n = taken(table, "thread", SECOND);
	return NULL;
}

START_TEST(threads_share_a_limit)
{
	pthread_t threads[AMONG];
	int n[AMONG], i, sum = 0;

	for (i = 0; i < AMONG; i++)
		pthread_create(&threads[i], NULL, take_all, &n[i]);
	for (i = 0; i < AMONG; i++) {
		pthread_join(threads[i], NULL);
		sum += n[i];
	}
	ck_assert_int_eq(sum, one_a_second.burst);
}
END_TEST

/* Each process opens the file itself, which none of them has made before. */
START_TEST(processes_share_a_limit)
{
	int status, i, sum = 0;

	for (i = 0; i < AMONG; i++)
		if (fork() == 0)
			_exit(taken(open_file(), "process", SECOND));
	for (i = 0; i < AMONG; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	ck_assert_int_eq(sum, one_a_second.burst);
}
END_TEST

START_TEST(it_outlives_its_processes)
{
	struct rate *r = open_file();

	ck_assert_int_eq(taken(r, "a", SECOND), 3);
	rate_close(r);
	r = open_file();
	ck_assert_int_eq(taken(r, "a", SECOND), 0);
	rate_close(r);
}
END_TEST

START_TEST(damage_is_a_fresh_table)
{
	struct rate *r = open_file();
	struct stat st;
	char junk[4096];
	FILE *f;
	int i;

	ck_assert_int_eq(taken(r, "a", SECOND), 3);
	ck_assert_int_eq(truncate(file, 0), 0); /* while it is used */
	ck_assert_int_eq(taken(r, "a", SECOND), 3);
	rate_close(r);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_gt(st.st_size, 1000000);
	memset(junk, 0xa5, sizeof(junk));
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	for (i = 0; i < 1000; i++)
		ck_assert_uint_eq(fwrite(junk, 1, sizeof(junk), f),
				  sizeof(junk));
	fclose(f);
	r = open_file();
	ck_assert_int_eq(taken(r, "a", SECOND), 3);
	ck_assert_int_eq(taken(r, "a", SECOND), 0);
	rate_close(r);
}
END_TEST

static void
refuses(const char *path, const char *why)
{
	struct err e = ERR_INIT;

	ck_assert_ptr_null(rate_open(path, &e));
	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
	ck_assert_msg(strstr(e.text, path) != NULL, "%s", e.text);
}

START_TEST(a_file_of_others_is_refused)
{
	struct stat st;
	char link[100];

	rate_close(open_file());
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(chmod(file, 0644), 0);
	refuses(file, "0644");
	ck_assert_int_eq(chmod(file, 0600), 0);
	snprintf(link, sizeof(link), "%s/link", folder);
	ck_assert_int_eq(symlink("rate", link), 0);
	refuses(link, "rate_file");
	unlink(link);
	refuses(folder, "rate_file");
	refuses("check_rate.nowhere/rate", "rate_file");
	refuses("/dev/null", "regular file");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rate");
	TCase *t = tcase_create("rate");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_burst_then_one_a_second);
	tcase_add_test(t, each_has_a_limit_of_its_own);
	tcase_add_test(t, a_moment_that_can_not_be_is_none);
	tcase_add_test(t,
		       who_looked_at_the_clock_before_others_took_is_no_damage);
	tcase_add_test(t, an_address_is_somebody);
	tcase_add_test(t, threads_share_a_limit);
	tcase_add_test(t, processes_share_a_limit);
	tcase_add_test(t, it_outlives_its_processes);
	tcase_add_test(t, damage_is_a_fresh_table);
	tcase_add_test(t, a_file_of_others_is_refused);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
