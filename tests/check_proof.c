/*
 * check_proof.c - what proofs are made of: codings, the pairs of a form,
 * digests, HMAC and signatures by key pairs.
 */
#include "config.h"

#include "base/coding.h"
#include "base/hash.h"
#include "base/pairs.h"
#include "base/sign.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define MESSAGE "the guest list"
#define KEY "velvet rope"

static struct mem *pool;

static void
setup(void)
{
	pool = mem_new();
}

static void
teardown(void)
{
	mem_free(pool);
}

/* clang-format off */
static const struct {
	enum coding coding;
	const char *text, *hex; /* NULL: it is not in this coding */
} codings[] = {
	{ CODING_HEX,       "",             "" },
	{ CODING_HEX,       "00fFaB",       "00ffab" },
	{ CODING_HEX,       "0",            NULL },
	{ CODING_HEX,       "0g",           NULL },
	{ CODING_HEX,       "00 ff",        NULL },
	{ CODING_HEX,       "0x00",         NULL },
	{ CODING_BASE64,    "",             "" },
	{ CODING_BASE64,    "AA==",         "00" },
	{ CODING_BASE64,    "AP8=",         "00ff" },
	{ CODING_BASE64,    "AP+r",         "00ffab" },
	{ CODING_BASE64,    "+/+/",         "fbffbf" },
	{ CODING_BASE64,    "-_-_",         NULL },
	{ CODING_BASE64,    "AA",           NULL },
	{ CODING_BASE64,    "AA=",          NULL },
	{ CODING_BASE64,    "AA===",        NULL },
	{ CODING_BASE64,    "A===",         NULL },
	{ CODING_BASE64,    "====",         NULL },
	{ CODING_BASE64,    "A=A=",         NULL },
	{ CODING_BASE64,    "AP8=\n",       NULL },
	{ CODING_BASE64URL, "-_-_",         "fbffbf" },
	{ CODING_BASE64URL, "+/-_",         "fbffbf" },
	{ CODING_BASE64URL, "AA",           "00" },
	{ CODING_BASE64URL, "AA==",         "00" },
	{ CODING_BASE64URL, "AP8",          "00ff" },
	{ CODING_BASE64URL, "A",            NULL },
	{ CODING_BASE64URL, "AA=",          NULL },
	{ CODING_BASE64URL, "AA=A",         NULL },
};

/* From Python's hashlib and hmac. */
static const struct {
	enum hash hash;
	const char *digest, *mac;
} hashes[] = {
	{ HASH_SHA1,
	  "673e712e640df69e070758fa2384078742d0b6fc",
	  "a71ef86a957be88e6c621c67aab14bafcf586674" },
	{ HASH_SHA256,
	  "251485a2c7d5c2e99f27264ad9e144908b87615f48b636ac18ec5816b5f80752",
	  "c844040e7e95ffa32320296cd055e395f237b189d69a0d0f15c3a2afb02d0a29" },
	{ HASH_SHA384,
	  "3d735d252d51ee0ad851860676fc665771a0b58527fc3b5d2fc74ad5fb5e13f2"
	  "79f9e471ef4ba23c5f6dac78b027a411",
	  "9f8b3a08b50d65f1b1ab096d8f5805f3764a47ecbbd0b907260c0b0bbd15352f"
	  "e9d685567ba6fbead571531dc51c786a" },
	{ HASH_SHA512,
	  "424c601f69f2aff68c7aef7f27785682f20710b029926979d93fda522ef9adb3"
	  "fd9b94c25a91f5ff826a5a4084fba57ed21569f073b8f79d178a1f2579bb1c94",
	  "5a25c137b0715bc174243ce4619ce0ec1090e89e30f978f558cfe3dd1a135422"
	  "457b5d54c9c8635da86f7e51132a904d567452e74be7579e1a2479d14ff3bd3d" },
};

/* From openssl's command line, with keys made for this test. */
#define EC_KEY \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbrYi7CYlRQZum9oGCaL/kGT/1ksh" \
	"s7D3fFRttwG63Hi+xN4zPqEVjh5geuNQGAG1QbR6RJyJAVI02kS6hUXeYw=="
#define RSA_LINES(end) \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDLFq1nNXer+rdlEFZ2vC9RDk54" end \
	"LqsqbnybjrbuX6Qg3gqUPffRs64Mxct02OruNRnHsv58UWkXm7Djq9Ejpn5k4rZu" end \
	"L5CTTzEVp9F3UoqkdZDR0Ov7c+P9yXs4csu1N+aqZ4P81C1YYXT2KHPrSgwOprPi" end \
	"/3x/bD1NnSZQ3eLFAwIDAQAB" end
#define PEM(end, lines) \
	"-----BEGIN PUBLIC KEY-----" end lines "-----END PUBLIC KEY-----" end
#define RSA_SIGNATURE \
	"uSPsnWXc4aKT9zlsRMxG/6phaAX+EdTwRaCiLAYS1+A2dPhSwJo85v0KPtRA0Cv1sF/T" \
	"aUcfXDXhMvFfBrBTv+N/S4ljfS4AD3RfIAtdik2ybLWYLxrsVzfSyTJ6abW6Ef8EIbRW" \
	"AJKetWxJeDDG5fie+TzVz6lSPLq/3JCsRA4="
#define ED_SIGNATURE \
	"DbYiUGGxZI8c9N7d0r8BAsgMNTITrqY2as442PJaeSAB4KYMQaSjyafxUuZ4f5HRq65B" \
	"oNlT00sUOKQdGvS5AQ=="

static const struct {
	const char *key;
	enum hash hash;
	const char *signature;
} signatures[] = {
	{ EC_KEY, HASH_SHA256,
	  "MEUCIQDRKiP5ZUoDpys9F0nZBXe7wF+jlBL+Y799XZBCCJpX2AIgEgs/e1dlHkCDPU"
	  "nZPkELgEQ5MZzAUj4VMa/+gAIxSBk=" },
	{ PEM("\n", RSA_LINES("\n")), HASH_SHA1, RSA_SIGNATURE },
	{ PEM("\r\n", RSA_LINES("\r\n")), HASH_SHA1, RSA_SIGNATURE },
	{ PEM("\\n", RSA_LINES("\\n")), HASH_SHA1, RSA_SIGNATURE },
	{ PEM(" ", RSA_LINES(" ")), HASH_SHA1, RSA_SIGNATURE },
	{ RSA_LINES(""), HASH_SHA1, RSA_SIGNATURE },
	{ "MCowBQYDK2VwAyEAvF4aRn/H8b26D8eQsPceGL4H0HNwYDtpS8LdVk/x/ss=",
	  HASH_SHA256, ED_SIGNATURE },
};
/* clang-format on */

static const char *
to_hex(const void *bytes, size_t len)
{
	char *out = mem_alloc(pool, 2 * len + 1);

	hex_encode(bytes, len, out);
	return out;
}

START_TEST(text_is_in_a_coding_or_not)
{
	struct buf out = BUF_INIT, again = BUF_INIT;
	int rc;

	buf_addc(&out, '>');
	rc = decode_bytes(codings[_i].coding, codings[_i].text,
			  strlen(codings[_i].text), &out);
	ck_assert_msg(rc == (codings[_i].hex == NULL ? -1 : 0), "%s",
		      codings[_i].text);
	ck_assert_int_eq(out.s[0], '>');
	ck_assert_str_eq(to_hex(out.s + 1, out.len - 1),
			 codings[_i].hex == NULL ? "" : codings[_i].hex);
	if (rc == 0 && codings[_i].coding == CODING_BASE64) {
		buf_reset(&again);
		base64_encode(out.s + 1, out.len - 1, &again);
		ck_assert_str_eq(again.s, codings[_i].text);
	}
	buf_free(&again);
	buf_free(&out);
}
END_TEST

START_TEST(a_form_is_pairs_in_their_order)
{
	static const char form[] = "&a=1&&b=x%26+%zz%4&a=&c&=d=e&a=2&%00=%ff&";
	static const char *const want[] = { "a", "1", "b", "x& %zz%4", "a",
					    "",	 "c", "",  "",	       "d=e",
					    "a", "2", NULL };
	struct pair pairs[10];
	size_t n = pairs_decode(pool, form, strlen(form), pairs, N(pairs)), i;

	ck_assert_uint_eq(n, 7);
	for (i = 0; want[2 * i] != NULL; i++) {
		ck_assert_str_eq(pairs[i].name, want[2 * i]);
		ck_assert_str_eq(pairs[i].value, want[2 * i + 1]);
		ck_assert_uint_eq(pairs[i].name_len, strlen(pairs[i].name));
		ck_assert_uint_eq(pairs[i].value_len, strlen(pairs[i].value));
	}
	ck_assert_uint_eq(pairs[6].name_len, 1);
	ck_assert_int_eq((unsigned char)pairs[6].value[0], 0xff);
	ck_assert_uint_eq(pairs_decode(pool, form, strlen(form), pairs, 2), 7);
	ck_assert_uint_eq(pairs_decode(pool, "&&", 2, pairs, 2), 0);
	ck_assert_uint_eq(pairs_decode(pool, "", 0, pairs, 2), 0);
}
END_TEST

START_TEST(digests_are_those_of_others)
{
	unsigned char out[HASH_SIZE_MAX];
	size_t n;

	n = hash_digest(hashes[_i].hash, MESSAGE, strlen(MESSAGE), out);
	ck_assert_str_eq(to_hex(out, n), hashes[_i].digest);
	n = hash_mac(hashes[_i].hash, KEY, strlen(KEY), MESSAGE,
		     strlen(MESSAGE), out);
	ck_assert_str_eq(to_hex(out, n), hashes[_i].mac);
}
END_TEST

START_TEST(secrets_are_the_same_or_not)
{
	ck_assert(hash_same("abc", 3, "abc", 3));
	ck_assert(hash_same("", 0, "", 0));
	ck_assert(!hash_same("abc", 3, "abd", 3));
	ck_assert(!hash_same("abc", 3, "ab", 2));
	ck_assert(!hash_same("a\0c", 3, "a\0d", 3));
}
END_TEST

START_TEST(a_signature_is_of_its_key_and_message)
{
	struct buf sig = BUF_INIT;
	struct public_key *key, *other;
	struct err e = ERR_INIT;
	const unsigned char *bytes;

	ck_assert_msg(public_key_read(pool, signatures[_i].key,
				      strlen(signatures[_i].key), &key,
				      &e) == 0,
		      "%s", e.text);
	ck_assert_int_eq(public_key_read(pool, signatures[_i > 0 ? 0 : 1].key,
					 strlen(signatures[_i > 0 ? 0 : 1].key),
					 &other, &e),
			 0);
	ck_assert_int_eq(decode_bytes(CODING_BASE64, signatures[_i].signature,
				      strlen(signatures[_i].signature), &sig),
			 0);
	bytes = (const unsigned char *)sig.s;
	ck_assert(public_key_verifies(key, signatures[_i].hash, MESSAGE,
				      strlen(MESSAGE), bytes, sig.len));
	ck_assert(!public_key_verifies(key, signatures[_i].hash, MESSAGE,
				       strlen(MESSAGE) - 1, bytes, sig.len));
	ck_assert(!public_key_verifies(key, signatures[_i].hash, MESSAGE,
				       strlen(MESSAGE), bytes, sig.len - 1));
	ck_assert(!public_key_verifies(key, signatures[_i].hash, MESSAGE,
				       strlen(MESSAGE), bytes, 0));
	ck_assert(!public_key_verifies(other, signatures[_i].hash, MESSAGE,
				       strlen(MESSAGE), bytes, sig.len));
	buf_free(&sig);
}
END_TEST

START_TEST(what_is_no_public_key_is_refused)
{
	static const char *const texts[] = {
		"",
		"secret",
		"AAAA",
		"-----BEGIN PUBLIC KEY-----",
		PEM("\n", "AAAA\n"),
		"-----",
		"\\n",
	};
	struct public_key *key;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < N(texts); i++) {
		ck_assert_int_eq(public_key_read(pool, texts[i],
						 strlen(texts[i]), &key, &e),
				 -1);
		ck_assert_ptr_null(key);
		ck_assert_int_eq(e.kind, ERR_PERM);
	}
	ck_assert_ptr_null(public_key_ed25519(pool, (const void *)KEY, 11));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("proof");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, text_is_in_a_coding_or_not, 0, (int)N(codings));
	tcase_add_test(tc, a_form_is_pairs_in_their_order);
	tcase_add_loop_test(tc, digests_are_those_of_others, 0, (int)N(hashes));
	tcase_add_test(tc, secrets_are_the_same_or_not);
	tcase_add_loop_test(tc, a_signature_is_of_its_key_and_message, 0,
			    (int)N(signatures));
	tcase_add_test(tc, what_is_no_public_key_is_refused);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
