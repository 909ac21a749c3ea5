/*
 * check_phone.c - telephone numbers as people and senders write them.
 */
#include "config.h"

#include "base/phone.h"

#include "base/buf.h"
#include "base/json.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* want NULL: refused. */
static const struct {
	const char *text, *country, *want;
} cases[] = {
	{ "+15551234567", "US", "+15551234567" },
	{ "+15551234567", "DE", "+15551234567" },
	{ "+15551234567", "", "+15551234567" },
	{ "(555) 123-4567", "US", "+15551234567" },
	{ "555.123.4567", "US", "+15551234567" },
	{ "1 555 123 4567", "US", "+15551234567" },
	{ "  +1 (650) 253-0000\r\n", "US", "+16502530000" },
	{ "011 49 30 901820", "US", "+4930901820" },
	{ "030 901820", "DE", "+4930901820" },
	{ "0049 30 901820", "DE", "+4930901820" },
	{ "+49 (0)30 901820", "US", "+4930901820" },
	{ "020 7946 0958", "GB", "+442079460958" },
	{ "06 12 34 56 78", "FR", "+33612345678" },
	{ "06 698 12345", "IT",
	  "+3906698"
	  "12345" }, /* keeps its zero */
	{ "tel:+1-650-253-0000", "DE", "+16502530000" },
	{ "+1 650 253 0000 ext. 12", "US", "+16502530000" },
	{ "+1 650 253 0000 x12", "US", "+16502530000" },
	{ "\xef\xbc\x8b\xef\xbc\x91"
	  "6502530000",
	  "US", "+16502530000" },
	{ "+800 1234 5678", "US", "+80012345678" },
	{ "", "US", NULL },
	{ "   ", "US", NULL },
	{ "abc", "US", NULL },
	{ "call me", "US", NULL },
	{ "none", "US", NULL },
	{ "+", "US", NULL },
	{ "12", "US", NULL },
	{ "911", "US", NULL },
	{ "1234", "DE", NULL },
	{ "+6834002", "US", "+6834002" }, /* all of Niue has four digits */
	{ "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4", "DE", NULL },
	{ "555-1234", "US", NULL }, /* of which town? */
	{ "(555) 123-4567", "", NULL },
	{ "(555) 123-4567", "ZZ", NULL },
	{ "(555) 123-4567", "us", NULL },
	{ "1-800-FLOWERS", "US", NULL },
	{ "12 Main Street", "US", NULL },
	{ "12345 Main Street", "US", NULL },
	{ "alex@example.com", "US", NULL },
	{ "+999 1234567", "US", NULL },
	{ "+1555123456789012345", "US", NULL },
	{ "2026-11-24T10:00:00Z", "US", NULL },
	{ "\xff\xfe\x80", "US", NULL },
};

START_TEST(a_number_is_normalised_or_refused)
{
	const char *text = cases[_i].text, *want = cases[_i].want;
	char e164[PHONE_E164_SIZE] = "";
	int rc = phone_normalise(text, cases[_i].country, e164);

	ck_assert_msg((rc == 0) == (want != NULL), "%s (%s) gave %d, \"%s\"",
		      text, cases[_i].country, rc, e164);
	if (want != NULL)
		ck_assert_str_eq(e164, want);
}
END_TEST

START_TEST(long_texts_are_refused)
{
	char e164[PHONE_E164_SIZE], longest[100001];

	memset(longest, '5', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(phone_normalise(longest, "US", e164), -1);
	memset(longest, '+', sizeof(longest) - 1);
	ck_assert_int_eq(phone_normalise(longest, "US", e164), -1);
	memset(longest, ' ', sizeof(longest) - 1);
	ck_assert_int_eq(phone_normalise(longest, "US", e164), -1);
	memcpy(longest + sizeof(longest) - 13, "+15551234567", 12);
	ck_assert_int_eq(phone_normalise(longest, "US", e164), 0);
	ck_assert_str_eq(e164, "+15551234567");
}
END_TEST

START_TEST(countries_are_known_by_two_letters)
{
	static const char *const known[] = { "US", "DE", "GB", "FR", "AC" };
	static const char *const unknown[] = { "",    "us", "ZZ", "USA",
					       "001", "U",  "XX" };
	size_t i;

	for (i = 0; i < COUNT(known); i++)
		ck_assert_int_eq(phone_is_country(known[i]), 1);
	for (i = 0; i < COUNT(unknown); i++)
		ck_assert_int_eq(phone_is_country(unknown[i]), 0);
}
END_TEST

static struct json_object *
read_json(const char *path)
{
	struct json_object *o;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL) {
		printf("skipped: there is no %s\n", path);
		return NULL;
	}
	do {
		buf_grow(&b, 65536);
		n = fread(b.s + b.len, 1, 65536, f);
		b.len += n;
	} while (n > 0);
	fclose(f);
	ck_assert_msg(json_read(b.s, b.len, JSON_MAX_DEPTH, &o, &e) == 0,
		      "%s: %s", path, e.text);
	buf_free(&b);
	return o;
}

/*
 * A number as it is written in its country, and the same number as E.164 from
 * anywhere, are one.  Returns 0 when the library does not take it.
 */
static int
check_example(const char *country, const char *national, const char *code)
{
	char e164[PHONE_E164_SIZE], again[PHONE_E164_SIZE];

	ck_assert_int_eq(phone_is_country(country), 1);
	if (phone_normalise(national, country, e164) == -1) {
		printf("%s of %s: not taken\n", national, country);
		return 0;
	}
	ck_assert_msg(e164[0] == '+' &&
			      strncmp(e164 + 1, code, strlen(code)) == 0,
		      "%s of %s: %s lacks %s", national, country, e164, code);
	ck_assert_int_eq(phone_normalise(e164, "US", again), 0);
	ck_assert_str_eq(again, e164);
	return 1;
}

/*
 * Misses are islands whose numbers have four digits, and what is younger than
 * the library: in 2024 Benin went from 8 digits to 10.
 */
START_TEST(examples_of_all_countries_are_taken)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");
	char folder[2048], path[4096];
	struct json_object *examples, *metadata, *countries, *row;
	struct lh_entry *x;
	int n = 0, taken = 0;

	snprintf(folder, sizeof(folder), "%s%s/corpora/phone-numbers",
		 shared ? shared : (top ? top : "."),
		 shared ? "" : "/../shared");
	snprintf(path, sizeof(path), "%s/examples.mobile.json", folder);
	examples = read_json(path);
	snprintf(path, sizeof(path), "%s/metadata.min.json", folder);
	metadata = read_json(path);
	if (examples == NULL || metadata == NULL)
		return;
	countries = json_get(metadata, "countries");
	for (x = lh_table_head(json_object_get_object(examples)); x != NULL;
	     x = lh_entry_next(x), n++) {
		row = json_get(countries, lh_entry_k(x));
		ck_assert_ptr_nonnull(row);
		taken += check_example(
			lh_entry_k(x), json_object_get_string(lh_entry_v(x)),
			json_object_get_string(
				json_object_array_get_idx(row, 0)));
	}
	ck_assert_int_ge(n, 200);
	ck_assert_int_ge(taken, n - 5);
	json_object_put(examples);
	json_object_put(metadata);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("phone");
	TCase *t = tcase_create("phone");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_number_is_normalised_or_refused, 0,
			    COUNT(cases));
	tcase_add_test(t, long_texts_are_refused);
	tcase_add_test(t, countries_are_known_by_two_letters);
	tcase_add_test(t, examples_of_all_countries_are_taken);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
