/*
 * check_mem.c - pools give aligned zeroed memory, clean up in order and can
 * be used again; a buf grows and stays terminated.
 */
#include "config.h"

#include "base/mem.h"

#include "base/buf.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(pieces_are_aligned_zeroed_and_apart)
{
	static const size_t sizes[] = { 0,    1,    15,	  16,	 17,
					4000, 8192, 8193, 100000 };
	const size_t n = sizeof(sizes) / sizeof(sizes[0]);
	struct mem *m = mem_new();
	unsigned char *p[3 * sizeof(sizes) / sizeof(sizes[0])];
	size_t i, k;

	for (i = 0; i < 3 * n; i++) {
		p[i] = mem_alloc(m, sizes[i % n]);
		ck_assert_uint_eq((uintptr_t)p[i] % 16, 0);
		for (k = 0; k < sizes[i % n]; k++)
			ck_assert_uint_eq(p[i][k], 0);
		memset(p[i], (int)i + 1, sizes[i % n]);
	}
	for (i = 0; i < 3 * n; i++)
		for (k = 0; k < sizes[i % n]; k++)
			ck_assert_uint_eq(p[i][k], i + 1);
	mem_free(m);
}
END_TEST

START_TEST(a_pool_is_zeroed_again_after_a_reset)
{
	struct mem *m = mem_new();
	unsigned char *p;
	int round, i;

	for (round = 0; round < 3; round++) {
		p = mem_alloc(m, 5000);
		for (i = 0; i < 5000; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, 5000);
		memset(mem_alloc(m, 20000), 0xff, 20000);
		mem_reset(m);
	}
	memset(mem_alloc(m, 20000), 0xff, 20000); /* a large one first */
	mem_reset(m);
	ck_assert_str_eq(mem_strdup(m, "again"), "again");
	mem_free(m);
	mem_free(NULL);
}
END_TEST

START_TEST(copies_end_in_a_nul)
{
	struct mem *m = mem_new();
	char *s;

	ck_assert_str_eq(mem_strdup(m, ""), "");
	ck_assert_str_eq(mem_strndup(m, "abcdef", 3), "abc");
	s = mem_strndup(m, "a\0b", 3);
	ck_assert_int_eq(memcmp(s, "a\0b", 4), 0);
	ck_assert_str_eq(mem_printf(m, "%s-%d", "x", 7), "x-7");
	ck_assert_uint_eq(strlen(mem_printf(m, "%20000d", 1)), 20000);
	mem_free(m);
}
END_TEST

static char order[8];

static void
note(void *arg)
{
	strcat(order, arg);
}

START_TEST(clean_ups_run_once_the_last_first)
{
	struct mem *m = mem_new();
	char a[] = "a", b[] = "b", c[] = "c";

	mem_on_free(m, note, a);
	mem_on_free(m, note, b);
	mem_reset(m);
	ck_assert_str_eq(order, "ba");
	mem_reset(m);
	ck_assert_str_eq(order, "ba");
	mem_on_free(m, note, c);
	mem_free(m);
	ck_assert_str_eq(order, "bac");
}
END_TEST

START_TEST(a_buf_grows_and_is_terminated)
{
	struct buf b = BUF_INIT;
	int i;

	ck_assert_str_eq(b.s, "");
	buf_reset(&b);
	buf_add(&b, "", 0);
	ck_assert_uint_eq(b.cap, 0);
	for (i = 0; i < 10000; i++) {
		buf_addc(&b, (char)('a' + i % 26));
		ck_assert_int_eq(b.s[b.len], '\0');
	}
	ck_assert_uint_eq(b.len, 10000);
	for (i = 0; i < 10000; i++)
		ck_assert_int_eq(b.s[i], 'a' + i % 26);
	buf_reset(&b);
	ck_assert_str_eq(b.s, "");
	ck_assert_uint_eq(b.len, 0);
	buf_adds(&b, "n = ");
	buf_addf(&b, "%d%%", 42);
	buf_add(&b, "\0x", 2);
	ck_assert_uint_eq(b.len, 9);
	ck_assert_int_eq(memcmp(b.s, "n = 42%\0x", 10), 0);
	buf_free(&b);
	ck_assert_str_eq(b.s, "");
	buf_adds(&b, "again");
	ck_assert_str_eq(b.s, "again");
	buf_free(&b);
}
END_TEST

START_TEST(room_can_be_asked_for)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "ab");
	buf_grow(&b, 100000);
	ck_assert_uint_gt(b.cap, 100002);
	memset(b.s + b.len, 'x', 100000);
	b.len += 100000;
	b.s[b.len] = '\0';
	ck_assert_uint_eq(strlen(b.s), 100002);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mem");
	TCase *t = tcase_create("mem");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_test(t, pieces_are_aligned_zeroed_and_apart);
	tcase_add_test(t, a_pool_is_zeroed_again_after_a_reset);
	tcase_add_test(t, copies_end_in_a_nul);
	tcase_add_test(t, clean_ups_run_once_the_last_first);
	tcase_add_test(t, a_buf_grows_and_is_terminated);
	tcase_add_test(t, room_can_be_asked_for);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
