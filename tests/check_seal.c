/*
 * check_seal.c - what was sealed opens for whom and for what it was sealed,
 * and for nothing else, to the bit.
 */
#include "config.h"

#include "base/seal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN "whsec_\xc3\xa4\xc3\xb6 secret"
#define LABEL "secret/1/shop"

static struct mem *pool;
static struct secrets ours;
static struct buf sealed;

static void
set_up(void)
{
	pool = mem_new();
	memset(&ours, 0, sizeof(ours));
	ours.n = 1;
	memset(ours.secret[0], 0x5a, TOKEN_SECRET_SIZE);
	buf_init(&sealed);
	seal_make(&ours, LABEL, PLAIN, strlen(PLAIN), &sealed);
}

static void
tear_down(void)
{
	buf_free(&sealed);
	mem_free(pool);
}

static const char *
opened(const struct secrets *s, const char *label)
{
	return seal_open(s, label, sealed.s, sealed.len, pool);
}

START_TEST(it_opens_and_shows_nothing)
{
	ck_assert_str_eq(opened(&ours, LABEL), PLAIN);
	ck_assert_ptr_null(
		memmem(sealed.s, sealed.len, "whsec", strlen("whsec")));
}
END_TEST

START_TEST(it_opens_for_its_label_alone)
{
	ck_assert_ptr_null(opened(&ours, "secret/2/shop"));
	ck_assert_ptr_null(opened(&ours, "secret/1/shop2"));
	ck_assert_ptr_null(opened(&ours, ""));
}
END_TEST

START_TEST(the_first_secret_seals_and_all_open)
{
	struct secrets rotated = ours, others = ours;

	memset(rotated.secret[0], 0x11, TOKEN_SECRET_SIZE);
	memcpy(rotated.secret[1], ours.secret[0], TOKEN_SECRET_SIZE);
	rotated.n = 2;
	ck_assert_str_eq(opened(&rotated, LABEL), PLAIN);
	buf_reset(&sealed);
	seal_make(&rotated, LABEL, PLAIN, strlen(PLAIN), &sealed);
	ck_assert_str_eq(opened(&rotated, LABEL), PLAIN);
	ck_assert_ptr_null(opened(&ours, LABEL));
	others.secret[0][TOKEN_SECRET_SIZE - 1] ^= 1;
	ck_assert_ptr_null(opened(&others, LABEL));
}
END_TEST

START_TEST(a_changed_bit_anywhere_is_noticed)
{
	size_t i;

	for (i = 0; i < 8 * sealed.len; i++) {
		sealed.s[i / 8] ^= (char)(1 << i % 8);
		ck_assert_msg(opened(&ours, LABEL) == NULL, "bit %zu", i);
		sealed.s[i / 8] ^= (char)(1 << i % 8);
	}
	ck_assert_str_eq(opened(&ours, LABEL), PLAIN);
}
END_TEST

START_TEST(a_cut_one_is_noticed)
{
	size_t len;

	for (len = 0; len < sealed.len; len++)
		ck_assert_ptr_null(
			seal_open(&ours, LABEL, sealed.s, len, pool));
}
END_TEST

START_TEST(the_same_text_is_never_sealed_alike)
{
	struct buf again = BUF_INIT;

	seal_make(&ours, LABEL, PLAIN, strlen(PLAIN), &again);
	ck_assert_uint_eq(again.len, sealed.len);
	ck_assert_int_ne(memcmp(again.s, sealed.s, sealed.len), 0);
	buf_free(&again);
}
END_TEST

START_TEST(an_empty_text_and_one_behind_others)
{
	buf_reset(&sealed);
	buf_adds(&sealed, "before");
	seal_make(&ours, LABEL, "", 0, &sealed);
	ck_assert_str_eq(
		seal_open(&ours, LABEL, sealed.s + 6, sealed.len - 6, pool),
		"");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seal");
	TCase *t = tcase_create("all");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, it_opens_and_shows_nothing);
	tcase_add_test(t, it_opens_for_its_label_alone);
	tcase_add_test(t, the_first_secret_seals_and_all_open);
	tcase_add_test(t, a_changed_bit_anywhere_is_noticed);
	tcase_add_test(t, a_cut_one_is_noticed);
	tcase_add_test(t, the_same_text_is_never_sealed_alike);
	tcase_add_test(t, an_empty_text_and_one_behind_others);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
