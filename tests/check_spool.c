/*
 * check_spool.c - a file of the spool says what came, byte for byte; one that
 * is torn anywhere is told apart; what opens the hook does not stand in it.
 */
#include "config.h"

#include "engine/spooling.h"

#include "base/json.h"
#include "flow/date.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define UID "00112233445566778899aabbccddeeff"
#define ARRIVED INT64_C(1764043951123456)

static const unsigned char key[TOKEN_KEY_SIZE] = "twelve bytes";
static struct secrets secrets = { .secret = { "first", "second" }, .n = 2 };
static struct spool spool = { .secrets = &secrets, .deadline_ms = 4000 };
static const struct err away = { ERR_TEMP, "away", 0, 1 };
static const struct err unknown = { ERR_TEMP, "no answer", 1, 1 };
static struct mem *m;
static struct buf file;

static void
set_up(void)
{
	m = mem_new();
	buf_init(&file);
}

static void
tear_down(void)
{
	buf_free(&file);
	mem_free(m);
}

static struct delivery
request(void)
{
	struct json_object *headers = json_pool(m, json_object_new_object());

	json_set_string(headers, "authorization", "Basic c2VjcmV0");
	json_set_string(headers, "x-odd", "\xff\x01\"\\");
	return (struct delivery){
		.method = "POST",
		.query = "a=%20&b=\xe9",
		.content_type = "text/plain",
		.url = "https://example.com/hooks/?x=1",
		.remote_addr = "192.0.2.1",
		.headers = headers,
		.body = "{\"a\":1}\n\0\xff\nsha256 x\n",
		.body_len = 20,
		.uid = UID,
	};
}

static void
write_file(const struct delivery *d, const struct err *why)
{
	buf_reset(&file);
	spool_entry_write(&spool, key, d, ARRIVED, why, &file);
}

static struct spooled
read_file(void)
{
	struct spooled s;
	struct err e = ERR_INIT;

	ck_assert_msg(spool_entry_read(&spool, file.s, file.len, m, &s, &e) ==
			      0,
		      "%s", e.text);
	return s;
}

START_TEST(what_came_is_read_again)
{
	struct delivery d = request();
	struct spooled s;

	write_file(&d, &away);
	s = read_file();
	ck_assert_mem_eq(s.key, key, TOKEN_KEY_SIZE);
	ck_assert_str_eq(s.d.method, d.method);
	ck_assert_str_eq(s.d.query, d.query);
	ck_assert_str_eq(s.d.url, d.url);
	ck_assert_str_eq(s.d.content_type, d.content_type);
	ck_assert_str_eq(s.d.remote_addr, d.remote_addr);
	ck_assert_str_eq(s.d.uid, UID);
	ck_assert_str_eq(s.d.received_at, "2025-11-25T04:12:31.123456Z");
	ck_assert_uint_eq(s.d.body_len, d.body_len);
	ck_assert_mem_eq(s.d.body, d.body, d.body_len);
	ck_assert_str_eq(json_get_string(s.d.headers, "authorization"),
			 "Basic c2VjcmV0");
	ck_assert_str_eq(json_get_string(s.d.headers, "x-odd"), "\xff\x01\"\\");
	ck_assert_int_eq(s.d.refused_status, 0);
	ck_assert_int_eq(s.d.may_be_kept, 0);
	ck_assert_int_eq(s.try_after_us, 0);
}
END_TEST

START_TEST(the_arrival_can_be_calculated_with)
{
	struct date_env utc = { .now_us = 0 };
	struct err e = ERR_INIT;
	int64_t us = 0;

	ck_assert_int_eq(date_instant(spool_time(m, ARRIVED), &utc, &us, &e),
			 0);
	ck_assert_int_eq(us, ARRIVED);
}
END_TEST

START_TEST(a_refusal_is_read_again)
{
	struct delivery d = request();
	struct spooled s;

	d.refused_status = 413;
	d.refused_why = "too large";
	d.body_len = 0;
	write_file(&d, &away);
	s = read_file();
	ck_assert_int_eq(s.d.refused_status, 413);
	ck_assert_str_eq(s.d.refused_why, "too large");
	ck_assert_uint_eq(s.d.body_len, 0);
}
END_TEST

START_TEST(what_is_not_known_waits_longer_than_its_first_try)
{
	struct delivery d = request();
	struct spooled s;

	write_file(&d, &unknown);
	s = read_file();
	ck_assert_int_eq(s.d.may_be_kept, 1);
	ck_assert_int_gt(s.try_after_us,
			 ARRIVED + 1000 * (2 * 4000 + RECEIVE_MARGIN_MS));
}
END_TEST

START_TEST(the_token_is_hidden_and_comes_back)
{
	struct secrets one = { .n = 1 };
	struct delivery d = request();
	char token[TOKEN_LENGTH + 1];

	memcpy(one.secret[0], secrets.secret[_i], TOKEN_SECRET_SIZE);
	token_make(&one, key, token);
	d.url = mem_printf(m, "https://example.com/hooks/%s?x=1", token);
	write_file(&d, &away);
	ck_assert_ptr_null(strstr(file.s, token + 16));
	ck_assert_str_eq(read_file().d.url, d.url);
}
END_TEST

START_TEST(a_torn_file_is_told_apart)
{
	struct delivery d = request();
	struct spooled s;
	struct err e = ERR_INIT;
	size_t len;

	write_file(&d, &away);
	for (len = 0; len < file.len; len++) {
		ck_assert_int_eq(
			spool_entry_read(&spool, file.s, len, m, &s, &e), -1);
		ck_assert_int_eq(e.kind, ERR_INPUT);
	}
	for (len = 0; len < file.len; len++) {
		file.s[len] ^= 1;
		ck_assert_int_eq(
			spool_entry_read(&spool, file.s, file.len, m, &s, &e),
			-1);
		file.s[len] ^= 1;
	}
	read_file();
}
END_TEST

START_TEST(names_sort_by_arrival)
{
	char early[SPOOL_NAME_SIZE], late[SPOOL_NAME_SIZE];

	spool_name(early, 999999, "ffffffffffffffffffffffffffffffff");
	spool_name(late, 1000000, "00000000000000000000000000000000");
	ck_assert_int_lt(strcmp(early, late), 0);
	ck_assert_uint_eq(strlen(early), SPOOL_NAME_LENGTH);
	ck_assert_int_eq(spool_name_us(late), 1000000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spool");
	TCase *t = tcase_create("entry");
	SRunner *runner;
	int n_failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_came_is_read_again);
	tcase_add_test(t, the_arrival_can_be_calculated_with);
	tcase_add_test(t, a_refusal_is_read_again);
	tcase_add_test(t, what_is_not_known_waits_longer_than_its_first_try);
	tcase_add_loop_test(t, the_token_is_hidden_and_comes_back, 0, 2);
	tcase_add_test(t, a_torn_file_is_told_apart);
	tcase_add_test(t, names_sort_by_arrival);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	n_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
