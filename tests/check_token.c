/*
 * check_token.c - tokens are ours or refused, to the bit; files of secrets;
 * passwords.
 */
#include "config.h"

#include "base/token.h"

#include "base/coding.h"
#include "base/password.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define HEX64                              \
	"00112233445566778899aAbBcCdDeEfF" \
	"0123456789abcdef0123456789ABCDEF"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char folder[64], file[96];

static void
set_up(void)
{
	strcpy(folder, "check_token.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/secret", folder);
}

static void
tear_down(void)
{
	unlink(file);
	rmdir(folder);
}

/* Secrets 1, 2, ..., n, each filled with its number. */
static struct secrets
numbered(int from, size_t n)
{
	struct secrets s = { .n = n };
	size_t i;

	for (i = 0; i < n; i++)
		memset(s.secret[i], from + (int)i, TOKEN_SECRET_SIZE);
	return s;
}

/* From an independent implementation (Python's hmac and base64). */
START_TEST(a_token_is_what_it_always_was)
{
	struct secrets s = numbered(1, 1);
	unsigned char key[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1], print[17];
	int i;

	for (i = 0; i < TOKEN_KEY_SIZE; i++)
		key[i] = (unsigned char)i;
	token_make(&s, key, token);
	ck_assert_str_eq(token, "AAECAwQFBgcICQoLcBpExTmUEBGEyiXl");
	token_fingerprint(&s, "message", "run 7", print);
	ck_assert_str_eq(print, "77122245831fef91");
}
END_TEST

START_TEST(a_contact_s_token_is_its_ids_and_nobody_else_s)
{
	static const int64_t ids[] = { 1, 7, 1234567890123, INT64_MAX };
	struct secrets s = numbered(1, 2), old = numbered(2, 1),
		       other = numbered(3, 1);
	char token[CONTACT_TOKEN_LENGTH + 1];
	int64_t account, contact;
	size_t i, k;

	contact_token_make(&s, 7, 1234567890123, token);
	ck_assert_str_eq(token, "AAAAAAAAAAcAAAEfcfsEy4PigAXoKF3mY5DgYwll");
	for (i = 0; i < COUNT(ids); i++) {
		contact_token_make(&old, ids[i], ids[COUNT(ids) - 1 - i],
				   token);
		ck_assert_uint_eq(strspn(token, alphabet),
				  CONTACT_TOKEN_LENGTH);
		ck_assert_int_eq(contact_token_check(&s, token,
						     CONTACT_TOKEN_LENGTH,
						     &account, &contact),
				 0);
		ck_assert_int_eq(account, ids[i]);
		ck_assert_int_eq(contact, ids[COUNT(ids) - 1 - i]);
		ck_assert_int_eq(contact_token_check(&other, token,
						     CONTACT_TOKEN_LENGTH,
						     &account, &contact),
				 -1);
		for (k = 0; k < CONTACT_TOKEN_LENGTH; k++) {
			token[k] ^= 1;
			ck_assert_int_eq(
				contact_token_check(&s, token,
						    CONTACT_TOKEN_LENGTH,
						    &account, &contact),
				-1);
			token[k] ^= 1;
			ck_assert_int_eq(contact_token_check(&s, token, k,
							     &account,
							     &contact),
					 -1);
		}
	}
}
END_TEST

START_TEST(a_token_gives_its_key_back)
{
	struct secrets s = numbered(1, 1);
	unsigned char key[TOKEN_KEY_SIZE], got[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1];
	int i;

	for (i = 0; i < 1000; i++) {
		random_bytes(key, sizeof(key));
		token_make(&s, key, token);
		ck_assert_uint_eq(strlen(token), TOKEN_LENGTH);
		ck_assert_uint_eq(strspn(token, alphabet), TOKEN_LENGTH);
		memset(got, 0, sizeof(got));
		ck_assert_int_eq(token_check(&s, token, TOKEN_LENGTH, got), 0);
		ck_assert_mem_eq(got, key, sizeof(key));
	}
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
	struct secrets s = numbered(1, 2);
	unsigned char key[TOKEN_KEY_SIZE], got[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1], forged[TOKEN_LENGTH + 1];
	size_t i, bit, value;

	random_bytes(key, sizeof(key));
	token_make(&s, key, token);
	for (i = 0; i < TOKEN_LENGTH; i++) {
		for (bit = 0; bit < 6; bit++) {
			strcpy(forged, token);
			value = (size_t)(strchr(alphabet, token[i]) - alphabet);
			forged[i] = alphabet[value ^ (1u << bit)];
			ck_assert_int_eq(
				token_check(&s, forged, TOKEN_LENGTH, got), -1);
		}
		for (bit = 0; bit < 8; bit++) {
			strcpy(forged, token);
			forged[i] = (char)(token[i] ^ (1 << bit));
			ck_assert_int_eq(
				token_check(&s, forged, TOKEN_LENGTH, got), -1);
		}
	}
}
END_TEST

START_TEST(what_is_no_token_is_refused)
{
	static const char *const cases[] = {
		"",
		"A",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		"\xff\xff",
	};
	struct secrets s = numbered(1, 1), none = { .n = 0 };
	unsigned char key[TOKEN_KEY_SIZE] = "", got[TOKEN_KEY_SIZE];
	char token[TOKEN_LENGTH + 1];
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		ck_assert_msg(
			token_check(&s, cases[i], strlen(cases[i]), got) == -1,
			"%s accepted", cases[i]);
	token_make(&s, key, token);
	ck_assert_int_eq(token_check(&s, token, TOKEN_LENGTH - 1, got), -1);
	ck_assert_int_eq(token_check(&s, token, TOKEN_LENGTH + 1, got), -1);
	ck_assert_int_eq(token_check(&none, token, TOKEN_LENGTH, got), -1);
	token[3] = '\0';
	ck_assert_int_eq(token_check(&s, token, TOKEN_LENGTH, got), -1);
}
END_TEST

START_TEST(the_first_secret_makes_and_all_are_accepted)
{
	struct secrets old = numbered(3, 1), both = numbered(2, 2),
		       other = numbered(9, 8), full = numbered(1, 8);
	unsigned char key[TOKEN_KEY_SIZE] = "key", got[TOKEN_KEY_SIZE];
	char by_old[TOKEN_LENGTH + 1], by_both[TOKEN_LENGTH + 1];

	token_make(&old, key, by_old);
	token_make(&both, key, by_both);
	ck_assert_str_ne(by_old, by_both);
	ck_assert_int_eq(token_check(&both, by_old, TOKEN_LENGTH, got), 0);
	ck_assert_int_eq(token_check(&both, by_both, TOKEN_LENGTH, got), 0);
	ck_assert_int_eq(token_check(&full, by_old, TOKEN_LENGTH, got), 0);
	ck_assert_int_eq(token_check(&old, by_both, TOKEN_LENGTH, got), -1);
	ck_assert_int_eq(token_check(&other, by_old, TOKEN_LENGTH, got), -1);
}
END_TEST

START_TEST(a_fingerprint_is_of_secret_domain_and_text)
{
	static const struct {
		int secret;
		const char *domain, *text;
	} cases[] = {
		{ 1, "message", "run 7" }, { 1, "message", "run 8" },
		{ 1, "request", "run 7" }, { 2, "message", "run 7" },
		{ 1, "messag", "erun 7" }, { 1, "", "" },
	};
	struct secrets s;
	char prints[COUNT(cases)][17], again[17];
	size_t i, k;

	for (i = 0; i < COUNT(cases); i++) {
		s = numbered(cases[i].secret, 1);
		token_fingerprint(&s, cases[i].domain, cases[i].text,
				  prints[i]);
		token_fingerprint(&s, cases[i].domain, cases[i].text, again);
		ck_assert_str_eq(prints[i], again);
		ck_assert_uint_eq(strspn(again, "0123456789abcdef"), 16);
		ck_assert_uint_eq(strlen(again), 16);
		for (k = 0; k < i; k++)
			ck_assert_str_ne(prints[i], prints[k]);
	}
}
END_TEST

START_TEST(random_bytes_fill_all)
{
	unsigned char a[1000], seen[1000] = { 0 };
	int round;
	size_t i;

	for (round = 0; round < 20; round++) {
		random_bytes(a, sizeof(a));
		for (i = 0; i < sizeof(a); i++)
			seen[i] |= a[i];
	}
	for (i = 0; i < sizeof(seen); i++)
		ck_assert_uint_ne(seen[i], 0); /* by chance: 256^-20 */
}
END_TEST

START_TEST(hex_is_lower_case)
{
	char out[9];

	hex_encode("\x00\x9a\xff\x10", 4, out);
	ck_assert_str_eq(out, "009aff10");
	hex_encode("", 0, out);
	ck_assert_str_eq(out, "");
}
END_TEST

/* --- files of secrets */

static void
write_secrets(const char *text, mode_t mode)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(file, mode), 0);
}

static void
refuses_file(const char *want)
{
	struct secrets s;
	struct err e = ERR_INIT;

	ck_assert_int_eq(secrets_load(&s, file, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_msg(strstr(e.text, want) != NULL, "\"%s\" lacks \"%s\"",
		      e.text, want);
	ck_assert_ptr_nonnull(strstr(e.text, file));
	ck_assert_ptr_null(strstr(e.text, "0011223344"));
}

START_TEST(a_made_file_is_private_loads_and_is_never_overwritten)
{
	struct secrets first, second;
	struct err e = ERR_INIT;
	struct stat st;

	umask(0);
	ck_assert_int_eq(secrets_create(file, &e), 0);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(secrets_load(&first, file, &e), 0);
	ck_assert_uint_eq(first.n, 1);
	ck_assert_int_eq(secrets_create(file, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_int_eq(secrets_load(&second, file, &e), 0);
	ck_assert_mem_eq(first.secret[0], second.secret[0], TOKEN_SECRET_SIZE);
	unlink(file);
	ck_assert_int_eq(secrets_create(file, &e), 0);
	ck_assert_int_eq(secrets_load(&second, file, &e), 0);
	ck_assert_mem_ne(first.secret[0], second.secret[0], TOKEN_SECRET_SIZE);
}
END_TEST

START_TEST(a_file_has_comments_and_several_secrets)
{
	struct secrets s;
	struct err e = ERR_INIT;

	write_secrets("# new\n\n" HEX64 "\r\n#old\n"
		      "ffffffffffffffffffffffffffffffff"
		      "ffffffffffffffffffffffffffffffff",
		      0400);
	ck_assert_msg(secrets_load(&s, file, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_mem_eq(s.secret[0],
			 "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb"
			 "\xcc\xdd\xee\xff\x01\x23\x45\x67\x89\xab\xcd\xef"
			 "\x01\x23\x45\x67\x89\xab\xcd\xef",
			 TOKEN_SECRET_SIZE);
	ck_assert_uint_eq(s.secret[1][31], 0xff);
}
END_TEST

START_TEST(a_faulty_file_is_refused)
{
	refuses_file("No such file");
	write_secrets("", 0600);
	refuses_file("found none");
	write_secrets("# only this\n", 0600);
	refuses_file("found none");
	write_secrets("\n" HEX64 "0\n", 0600);
	refuses_file(":2: expected a secret of 64");
	write_secrets("0011223344556677\n", 0600);
	refuses_file(":1: expected a secret of 64");
	write_secrets("g" HEX64, 0600);
	refuses_file(":1: expected a secret of 64");
	write_secrets(HEX64 HEX64 HEX64 HEX64 HEX64 "\n", 0600);
	refuses_file(":1: expected a secret of 64");
	write_secrets(HEX64 "\n" HEX64 "\n" HEX64 "\n" HEX64 "\n" HEX64
			    "\n" HEX64 "\n" HEX64 "\n" HEX64 "\n" HEX64 "\n",
		      0600);
	refuses_file(":9: expected at most 8 secrets");
	unlink(file);
	ck_assert_int_eq(mkdir(file, 0700), 0);
	refuses_file("regular file");
	rmdir(file);
}
END_TEST

START_TEST(a_file_for_others_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0777, 0610 };
	size_t i;

	for (i = 0; i < COUNT(modes); i++) {
		write_secrets(HEX64 "\n", modes[i]);
		refuses_file("run: chmod 600 ");
	}
}
END_TEST

/* --- passwords */

START_TEST(a_password_matches_its_hash_alone)
{
	struct mem *m = mem_new();
	struct err e = ERR_INIT;
	char *a = password_hash(m, "correct horse", &e);
	char *b = password_hash(m, "correct horse", &e);

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(strncmp(a, "$y$", 3), 0);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(password_matches("correct horse", a), 1);
	ck_assert_int_eq(password_matches("correct horse", b), 1);
	ck_assert_int_eq(password_matches("correct horsf", a), 0);
	ck_assert_int_eq(password_matches("", a), 0);
	ck_assert_int_eq(password_matches("correct horse", ""), 0);
	ck_assert_int_eq(password_matches("correct horse", "*"), 0);
	ck_assert_int_eq(password_matches("*0", "*0"), 0);
	ck_assert_int_eq(password_matches("correct horse", "$y$"), 0);
	a[strlen(a) - 1] ^= 1;
	ck_assert_int_eq(password_matches("correct horse", a), 0);
	mem_free(m);
}
END_TEST

START_TEST(a_password_has_8_to_256_bytes)
{
	struct mem *m = mem_new();
	struct err e = ERR_INIT;
	char longest[PASSWORD_MAX + 2], *hash;

	ck_assert_ptr_null(password_hash(m, "1234567", &e));
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_ptr_null(strstr(e.text, "1234567"));
	ck_assert_ptr_nonnull(password_hash(m, "12345678", &e));
	memset(longest, 'x', sizeof(longest));
	longest[PASSWORD_MAX + 1] = '\0';
	ck_assert_ptr_null(password_hash(m, longest, &e));
	longest[PASSWORD_MAX] = '\0';
	hash = password_hash(m, longest, &e);
	ck_assert_ptr_nonnull(hash);
	ck_assert_int_eq(password_matches(longest, hash), 1);
	longest[PASSWORD_MAX - 1] = 'y'; /* the last byte counts */
	ck_assert_int_eq(password_matches(longest, hash), 0);
	mem_free(m);
}
END_TEST

START_TEST(a_random_password_can_be_copied_by_hand)
{
	struct mem *m = mem_new();
	char *one, *other;
	int i;

	for (i = 0; i < 100; i++) {
		one = password_random(m);
		other = password_random(m);
		ck_assert_uint_eq(strlen(one), 20);
		ck_assert_uint_eq(
			strspn(one, "abcdefghijklmnopqrstuvwxyz23456789"), 20);
		ck_assert_str_ne(one, other);
	}
	mem_free(m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("token");
	TCase *t = tcase_create("token");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_token_is_what_it_always_was);
	tcase_add_test(t, a_contact_s_token_is_its_ids_and_nobody_else_s);
	tcase_add_test(t, a_token_gives_its_key_back);
	tcase_add_test(t, every_flipped_bit_is_refused);
	tcase_add_test(t, what_is_no_token_is_refused);
	tcase_add_test(t, the_first_secret_makes_and_all_are_accepted);
	tcase_add_test(t, a_fingerprint_is_of_secret_domain_and_text);
	tcase_add_test(t, random_bytes_fill_all);
	tcase_add_test(t, hex_is_lower_case);
	tcase_add_test(t,
		       a_made_file_is_private_loads_and_is_never_overwritten);
	tcase_add_test(t, a_file_has_comments_and_several_secrets);
	tcase_add_test(t, a_faulty_file_is_refused);
	tcase_add_test(t, a_file_for_others_is_refused);
	tcase_add_test(t, a_password_matches_its_hash_alone);
	tcase_add_test(t, a_password_has_8_to_256_bytes);
	tcase_add_test(t, a_random_password_can_be_copied_by_hand);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
