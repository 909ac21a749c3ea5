/*
 * check_json.c - what the reader takes and refuses and where it says the
 * fault is; what the writer writes; big, deep and odd texts.
 */
#include "config.h"

#include "base/json.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FFFD "\xef\xbf\xbd"

/* Read exactly `len` bytes, with nothing behind them that a reader that goes
 * too far could take for its end. */
static int
read_exactly(const char *text, size_t len, int max_depth,
	     struct json_object **out, struct err *e)
{
	char *copy = xmalloc(len);
	int rc;

	memcpy(copy, text, len);
	rc = json_read(copy, len, max_depth, out, e);
	free(copy);
	return rc;
}

static void
expect(const char *text, size_t len, const char *want)
{
	struct json_object *o;
	struct buf got = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = read_exactly(text, len, JSON_MAX_DEPTH, &o, &e);

	ck_assert_msg(rc == 0, "%.60s refused: %s", text, e.text);
	json_write(&got, o);
	ck_assert_str_eq(got.s, want);
	ck_assert_uint_eq(got.len, strlen(want));
	json_object_put(o);
	buf_free(&got);
}

/* What is read, and as what it is written. */
static const struct {
	const char *text, *want; /* want NULL: the same */
} accepted[] = {
	{ "null", NULL },
	{ "true", NULL },
	{ "false", NULL },
	{ " \t\r\n null \n", "null" },
	{ "\"\"", NULL },
	{ "[]", NULL },
	{ "{}", NULL },
	{ "[ ]", "[]" },
	{ "{ }", "{}" },
	{ " [ 1 , 2 ] ", "[1,2]" },
	{ " { \"a\" : 1 , \"b\" : [ ] } ", "{\"a\":1,\"b\":[]}" },
	{ "[null,[null,{\"a\":null}]]", NULL },
	/* a byte order mark */
	{ "\xef\xbb\xbf{\"a\":1}", "{\"a\":1}" },
	/* of duplicates the last wins, at the first's place */
	{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
	{ "{\"a\":{\"x\":[1]},\"a\":null}", "{\"a\":null}" },
	{ "{\"\":1,\"\":2}", "{\"\":2}" },
	/* escapes */
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ "\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"",
	  "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "\"\\u001f\\u007f\"", "\"\\u001f\x7f\"" },
	{ "\"\\udbff\\udfff\\uffff\"", "\"\xf4\x8f\xbf\xbf\xef\xbf\xbf\"" },
	{ "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", NULL },
	/* what neither C nor PostgreSQL holds */
	{ "\"a\\u0000b\"", "\"a" FFFD "b\"" },
	{ "{\"a\\u0000b\":1,\"a\\u0000c\":2}",
	  "{\"a" FFFD "b\":1,\"a" FFFD "c\":2}" },
	{ "\"\\ud800\"", "\"" FFFD "\"" },
	{ "\"\\udc00x\"", "\"" FFFD "x\"" },
	{ "\"\\ud800\\u0041\"", "\"" FFFD "A\"" },
	{ "\"\\ud800\\n\"", "\"" FFFD "\\n\"" },
	{ "\"\\ud83d\\ud83d\\ude00\"", "\"" FFFD "\xf0\x9f\x98\x80\"" },
	{ "{\"\\udead\":1}", "{\"" FFFD "\":1}" },
	/* numbers keep their digits */
	{ "0", NULL },
	{ "-0", NULL },
	{ "-1", NULL },
	{ "1.10", NULL },
	{ "-0.0", NULL },
	{ "1E5", NULL },
	{ "1e+05", NULL },
	{ "0e0", NULL },
	{ "19.999999999999999999999", NULL },
	{ "9223372036854775807", NULL },
	{ "-9223372036854775808", NULL },
	{ "9223372036854775808", NULL },
	{ "-9223372036854775809", NULL },
	{ "18446744073709551616", NULL },
	{ "123456789012345678901234567890", NULL },
	{ "1e308", NULL },
	{ "1e-308", NULL },
	/* beyond PostgreSQL's numeric: their digits as a string */
	{ "1e400", "\"1e400\"" },
	{ "-1E-309", "\"-1E-309\"" },
	{ "1e-99999999999999999999", "\"1e-99999999999999999999\"" },
	{ "0e99999999999999999999", "\"0e99999999999999999999\"" },
};

START_TEST(what_is_json_is_read_and_written)
{
	const char *text = accepted[_i].text, *want = accepted[_i].want;

	expect(text, strlen(text), want != NULL ? want : text);
}
END_TEST

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *text;
	size_t len;
	const char *want;
} refused[] = {
	{ BYTES(""), "expected a value, found the end of the text "
		     "at line 1, column 1" },
	{ BYTES("{\"a\":}"),
	  "expected a value, found '}' at line 1, column 6" },
	{ BYTES("{\"a\": }"),
	  "expected a value, found '}' at line 1, column 7" },
	{ BYTES("{\"a\" 1}"), "expected ':', found '1' at line 1, column 6" },
	{ BYTES("{a:1}"), "expected a key in double quotes, found 'a' "
			  "at line 1, column 2" },
	{ BYTES("{\"a\":1,}"), "expected a key in double quotes, found '}' "
			       "at line 1, column 8" },
	{ BYTES("{\"a\":1\n \"b\":2}"), "expected ',' or '}', found '\"' "
					"at line 2, column 2" },
	{ BYTES("{\r\n  \"a\": 1,\r\n  \"b\": nul\r\n}"),
	  "expected a value, found 'n' at line 3, column 8" },
	{ BYTES("[1,\n\n2,,3]"), "expected a value, found ',' "
				 "at line 3, column 3" },
	{ BYTES("[1,]"), "expected a value, found ']' at line 1, column 4" },
	{ BYTES("[1 2]"), "expected ',' or ']', found '2' "
			  "at line 1, column 4" },
	{ BYTES("[1"), "expected ',' or ']', found the end of the text "
		       "at line 1, column 3" },
	{ BYTES("[1]\n]"), "expected the end of the text, found ']' "
			   "at line 2, column 1" },
	{ BYTES("nullx"), "expected the end of the text, found 'x' "
			  "at line 1, column 5" },
	{ BYTES("01"), "expected the end of the text, found '1' "
		       "at line 1, column 2" },
	{ BYTES("-"), "expected a digit, found the end of the text "
		      "at line 1, column 2" },
	{ BYTES("[-x]"), "expected a digit, found 'x' at line 1, column 3" },
	{ BYTES("1."), "expected a digit, found the end of the text "
		       "at line 1, column 3" },
	{ BYTES("1.e5"), "expected a digit, found 'e' at line 1, column 3" },
	{ BYTES("1e+"), "expected a digit, found the end of the text "
			"at line 1, column 4" },
	{ BYTES(".5"), "expected a value, found '.' at line 1, column 1" },
	{ BYTES("+1"), "expected a value, found '+' at line 1, column 1" },
	{ BYTES("NaN"), "expected a value, found 'N' at line 1, column 1" },
	{ BYTES("[Infinity]"), "found 'I' at line 1, column 2" },
	{ BYTES("-Infinity"), "found 'I' at line 1, column 2" },
	{ BYTES("TRUE"), "found 'T' at line 1, column 1" },
	{ BYTES("'a'"), "found ''' at line 1, column 1" },
	{ BYTES("/**/1"), "found '/' at line 1, column 1" },
	{ BYTES("\"a"), "expected '\"', found the end of the text "
			"at line 1, column 3" },
	{ BYTES("\"a\nb\""), "instead of a control character, found byte 0x0a "
			     "at line 1, column 3" },
	{ BYTES("\"a\0b\""), "found byte 0x00 at line 1, column 3" },
	{ BYTES("\"\\x41\""), "behind a backslash, found 'x' "
			      "at line 1, column 3" },
	{ BYTES("\"\\\0\""), "behind a backslash, found byte 0x00 "
			     "at line 1, column 3" },
	{ BYTES("\"\\"), "behind a backslash, found the end of the text "
			 "at line 1, column 3" },
	{ BYTES("\"\\u12g4\""), "hexadecimal digit of \\uXXXX, found 'g' "
				"at line 1, column 6" },
	{ BYTES("\"\\ud800\\u12\""), "found '\"' at line 1, column 12" },
	{ BYTES("\"\\u12"), "found the end of the text at line 1, column 6" },
	{ BYTES("\"ab\xff\""), "expected UTF-8, found byte 0xff "
			       "at line 1, column 4" },
	{ BYTES("\"\xc3\""), "expected UTF-8, found byte 0xc3 "
			     "at line 1, column 2" },
	{ BYTES("\"\xed\xa0\x80\""),
	  "expected UTF-8, found byte 0xed at line 1, column 2" },
	{ BYTES("\"\xc0\x80\""),
	  "expected UTF-8, found byte 0xc0 at line 1, column 2" },
	{ BYTES("{\"\xf5\":1}"),
	  "expected UTF-8, found byte 0xf5 at line 1, column 3" },
	{ BYTES("[1,\xa0"
		"2]"),
	  "found byte 0xa0 at line 1, column 4" },
	{ BYTES("1\0"), "expected the end of the text, found byte 0x00 "
			"at line 1, column 2" },
	{ BYTES("[1,\0]"), "expected a value, found byte 0x00 "
			   "at line 1, column 4" },
	{ BYTES("\xef\xbb\xbf"), "found the end of the text "
				 "at line 1, column 1" },
	{ BYTES("\xef\xbb\xbf\xef\xbb\xbf"
		"1"),
	  "found byte 0xef "
	  "at line 1, column 1" },
	{ BYTES("\xef\xbb"), "found byte 0xef at line 1, column 1" },
	{ BYTES("\xff\xfe[\0]\0"), "found byte 0xff at line 1, column 1" },
	{ BYTES("{\"a\":[{\"b\":\"c\"},{\"d\":x}]}"), "found 'x' "
						      "at line 1, column 22" },
};

START_TEST(what_is_not_json_is_refused_where_it_is_wrong)
{
	struct json_object *o = (struct json_object *)&refused;
	struct err e = ERR_INIT;
	size_t len = strlen(refused[_i].want);

	ck_assert_int_eq(read_exactly(refused[_i].text, refused[_i].len,
				      JSON_MAX_DEPTH, &o, &e),
			 -1);
	ck_assert_ptr_null(o);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strlen(e.text) >= len &&
			      strcmp(e.text + strlen(e.text) - len,
				     refused[_i].want) == 0,
		      "%s: \"%s\" does not end in \"%s\"", refused[_i].text,
		      e.text, refused[_i].want);
}
END_TEST

/* `n` times `open`, and, if `close` is not NULL, as many of it. */
static void
nest(struct buf *b, int n, const char *open, const char *value,
     const char *close)
{
	int i;

	for (i = 0; i < n; i++)
		buf_adds(b, open);
	buf_adds(b, value);
	for (i = 0; close != NULL && i < n; i++)
		buf_adds(b, close);
}

static int
read_nested(int n, const char *open, const char *value, const char *close,
	    struct err *e)
{
	struct buf b = BUF_INIT;
	struct json_object *o;
	int rc;

	nest(&b, n, open, value, close);
	rc = read_exactly(b.s, b.len, JSON_MAX_DEPTH, &o, e);
	json_object_put(o);
	buf_free(&b);
	return rc;
}

START_TEST(nesting_ends_at_64)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(read_nested(64, "[", "", "]", &e), 0);
	ck_assert_int_eq(read_nested(64, "{\"a\":", "1", "}", &e), 0);
	ck_assert_int_eq(read_nested(65, "[", "", "]", &e), -1);
	ck_assert_str_eq(e.text, "expected at most 64 levels of nesting, "
				 "found '[' at line 1, column 65");
	ck_assert_int_eq(read_nested(65, "{\"a\":", "1", "}", &e), -1);
	ck_assert_str_eq(e.text, "expected at most 64 levels of nesting, "
				 "found '{' at line 1, column 321");
	ck_assert_int_eq(read_nested(100000, "[", "", NULL, &e), -1);
	ck_assert_int_eq(read_nested(100000, "{\"a\":", "", NULL, &e), -1);
	/* depth is what is open, not what was */
	ck_assert_int_eq(read_nested(1, "[[],[],{},[[]],[{}]", ",1", "]", &e),
			 0);
}
END_TEST

START_TEST(the_depth_is_the_callers)
{
	struct json_object *o;
	struct err e = ERR_INIT;

	ck_assert_int_eq(read_exactly("1", 1, 0, &o, &e), 0);
	json_object_put(o);
	ck_assert_int_eq(read_exactly("[]", 2, 0, &o, &e), -1);
	ck_assert_int_eq(read_exactly("[[],[]]", 7, 2, &o, &e), 0);
	json_object_put(o);
	ck_assert_int_eq(read_exactly("[[],[[]]]", 9, 2, &o, &e), -1);
}
END_TEST

/* Millions of bytes: a quadratic reader would meet the test's time limit. */
START_TEST(big_texts_are_quick)
{
	struct buf b = BUF_INIT, got = BUF_INIT;
	struct json_object *o;
	struct err e = ERR_INIT;
	int i;

	buf_addc(&b, '{');
	for (i = 0; i < 100000; i++)
		buf_addf(&b, "\"key%d\":%d,", i, i);
	buf_adds(&b, "\"list\":[");
	nest(&b, 500000, "1,", "1", NULL);
	buf_adds(&b, "],\"empty\":[");
	nest(&b, 100000, "{},[],", "{\"a\":1}", NULL);
	buf_adds(&b, "],\"text\":\"");
	nest(&b, 300000, "\\u00e9", "", NULL);
	buf_adds(&b, "\",\"digits\":");
	nest(&b, 500000, "7", "", NULL);
	buf_addc(&b, '}');
	ck_assert_msg(read_exactly(b.s, b.len, JSON_MAX_DEPTH, &o, &e) == 0,
		      "%s", e.text);
	ck_assert_int_eq(json_object_object_length(o), 100004);
	ck_assert_int_eq(json_get_int(o, "key99999", -1), 99999);
	ck_assert_uint_eq(strlen(json_get_string(o, "text")), 600000);
	json_to_text(&got, json_get(o, "digits"));
	ck_assert_uint_eq(got.len, 500000);
	buf_reset(&got);
	json_write(&got, o);
	json_object_put(o);
	ck_assert_int_eq(json_read(got.s, got.len, JSON_MAX_DEPTH, &o, &e), 0);
	json_object_put(o);
	buf_free(&b);
	buf_free(&got);
}
END_TEST

START_TEST(integers_are_integers_while_they_fit)
{
	static const struct {
		const char *text;
		enum json_type type;
	} cases[] = {
		{ "0", json_type_int },
		{ "-0", json_type_double },
		{ "9223372036854775807", json_type_int },
		{ "-9223372036854775808", json_type_int },
		{ "9223372036854775808", json_type_double },
		{ "-9223372036854775809", json_type_double },
		{ "1.0", json_type_double },
		{ "1e2", json_type_double },
	};
	struct json_object *o;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		ck_assert_int_eq(read_exactly(cases[i].text,
					      strlen(cases[i].text), 1, &o, &e),
				 0);
		ck_assert_msg(json_object_get_type(o) == cases[i].type, "%s",
			      cases[i].text);
		json_object_put(o);
	}
}
END_TEST

START_TEST(a_grown_object_stays_sound)
{
	struct json_object *o;
	struct err e = ERR_INIT;
	char key[16];
	int i;

	ck_assert_int_eq(read_exactly("{\"k0\":0}", 8, 1, &o, &e), 0);
	for (i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		json_set_string(o, key, key);
	}
	ck_assert_int_eq(json_object_object_length(o), 1000);
	for (i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		ck_assert_str_eq(json_get_string(o, key), key);
		json_object_object_del(o, key);
	}
	ck_assert_int_eq(json_object_object_length(o), 0);
	json_object_put(o);
}
END_TEST

/* Objects that a program made, not the reader. */
static void
writes(struct json_object *o, const char *want)
{
	struct buf got = BUF_INIT;

	json_write(&got, o);
	ck_assert_str_eq(got.s, want);
	json_object_put(o);
	buf_free(&got);
}

START_TEST(made_values_are_written_as_json)
{
	writes(json_object_new_double(0.1), "0.1");
	writes(json_object_new_double(1.0 / 3), "0.3333333333333333");
	writes(json_object_new_double(5e-324), "\"4.94065645841247e-324\"");
	writes(json_object_new_double(1e300), "1e+300");
	writes(json_object_new_double(2), "2");
	writes(json_object_new_double(NAN), "null");
	writes(json_object_new_double(INFINITY), "null");
	writes(json_object_new_int64(INT64_MIN), "-9223372036854775808");
	writes(json_object_new_uint64(UINT64_MAX), "18446744073709551615");
	writes(json_object_new_string_len("a\0b", 3), "\"a" FFFD "b\"");
	writes(json_object_new_string("\xff"
				      "a\xc3"),
	       "\"" FFFD "a" FFFD "\"");
	writes(NULL, "null");
}
END_TEST

START_TEST(a_number_of_1000_digits_stays_a_number)
{
	struct buf b = BUF_INIT, got = BUF_INIT;
	struct json_object *o;
	struct err e = ERR_INIT;
	int extra;

	for (extra = 0; extra <= 1; extra++) {
		buf_reset(&b);
		buf_reset(&got);
		nest(&b, 999 + extra, "1", ".1", NULL);
		ck_assert_int_eq(read_exactly(b.s, b.len, 1, &o, &e), 0);
		json_write(&got, o);
		ck_assert_int_eq(got.s[0], extra ? '"' : '1');
		buf_reset(&got);
		json_to_text(&got, o);
		ck_assert_str_eq(got.s, b.s);
		json_object_put(o);
	}
	buf_free(&b);
	buf_free(&got);
}
END_TEST

static const char sample[] =
	"{\"text\":\"a\\\"b\",\"n\":7,\"d\":1.10,\"big\":1e400,\"yes\":true,"
	"\"no\":false,\"nil\":null,\"list\":[1,\"x\"],\"o\":{\"k\":1}}";

START_TEST(members_are_looked_up_by_type)
{
	struct json_object *o;
	struct err e = ERR_INIT;

	ck_assert_int_eq(json_read(sample, strlen(sample), 2, &o, &e), 0);
	ck_assert_str_eq(json_get_string(o, "text"), "a\"b");
	ck_assert_ptr_null(json_get_string(o, "n"));
	ck_assert_ptr_null(json_get_string(o, "absent"));
	ck_assert_int_eq(json_get_int(o, "n", -1), 7);
	ck_assert_int_eq(json_get_int(o, "d", -1), 1);
	ck_assert_int_eq(json_get_int(o, "text", -1), -1);
	ck_assert_int_eq(json_get_int(o, "absent", -1), -1);
	ck_assert_int_eq(json_get_bool(o, "yes", 0), 1);
	ck_assert_int_eq(json_get_bool(o, "no", 1), 0);
	ck_assert_int_eq(json_get_bool(o, "n", 0), 0);
	ck_assert_ptr_null(json_get(o, "nil"));
	ck_assert_ptr_null(json_get(json_get(o, "list"), "k"));
	ck_assert_ptr_null(json_get(NULL, "k"));
	json_set_string(o, "nothing", NULL);
	ck_assert_int_eq(json_object_object_get_ex(o, "nothing", NULL), 0);
	json_object_put(o);
}
END_TEST

START_TEST(values_become_text_for_people)
{
	static const struct {
		const char *key, *want;
	} cases[] = {
		{ "text", "a\"b" },   { "n", "7" },
		{ "d", "1.10" },      { "big", "1e400" },
		{ "yes", "true" },    { "no", "false" },
		{ "nil", "" },	      { "list", "[1,\"x\"]" },
		{ "o", "{\"k\":1}" },
	};
	struct json_object *o;
	struct buf got = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	ck_assert_int_eq(json_read(sample, strlen(sample), 2, &o, &e), 0);
	for (i = 0; i < COUNT(cases); i++) {
		buf_reset(&got);
		json_to_text(&got, json_get(o, cases[i].key));
		ck_assert_str_eq(got.s, cases[i].want);
	}
	json_object_put(o);
	buf_free(&got);
}
END_TEST

static struct json_object *
string(const char *text)
{
	return json_object_new_string(text);
}

START_TEST(a_string_is_opened_when_it_holds_json)
{
	static const char *const closed[] = { "",      "x",    "1",   "null",
					      "\"a\"", "{a}",  "[1,", "{} x",
					      " ",     "true", "a{}" };
	struct json_object *o = string(" {\"a\":[1]}"), *other;
	size_t i;

	other = json_open(o);
	ck_assert_int_eq(json_object_get_type(other), json_type_object);
	ck_assert_ptr_eq(json_open(o), other); /* not read again */
	ck_assert_str_eq(json_object_get_string(o), " {\"a\":[1]}");
	json_object_put(o);
	for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		o = string(closed[i]);
		ck_assert_ptr_eq(json_open(o), o);
		ck_assert_ptr_eq(json_open(o), o);
		json_object_put(o);
	}
	ck_assert_ptr_null(json_open(NULL));
	o = json_object_new_int(1);
	ck_assert_ptr_eq(json_open(o), o);
	json_object_put(o);
}
END_TEST

START_TEST(what_was_opened_is_copied_and_kept)
{
	struct json_object *o = json_object_new_array(), *copy, *inner;
	struct buf b = BUF_INIT;

	json_object_array_add(o, string("[[1.50]]"));
	json_object_array_add(o, NULL);
	json_object_array_add(o, json_object_new_double_s(1.5, "1.50"));
	inner = json_open(json_object_array_get_idx(o, 0));
	inner = json_object_get(json_object_array_get_idx(inner, 0));
	copy = json_copy(o);
	json_object_put(o);
	json_write(&b, copy);
	json_write(&b, inner);
	ck_assert_str_eq(b.s, "[\"[[1.50]]\",null,1.50][1.50]");
	json_object_put(copy);
	json_object_put(inner);
	ck_assert_ptr_null(json_copy(NULL));
	buf_free(&b);
}
END_TEST

START_TEST(values_are_counted_when_asked)
{
	static const char text[] = "[1,{\"a\":[]},null]";
	struct json_bounds five = { 3, 5 }, four = { 3, 4 };
	struct json_object *o;
	struct err e = ERR_INIT;

	ck_assert_int_eq(json_read_bounded(text, strlen(text), &five, &o, &e),
			 0);
	json_object_put(o);
	ck_assert_int_eq(json_read_bounded(text, strlen(text), &four, &o, &e),
			 -1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_str_eq(e.text, "expected at most 4 values in all, found 'n' "
				 "at line 1, column 13");
}
END_TEST

START_TEST(a_pool_frees_its_objects)
{
	struct mem *m = mem_new();
	struct json_object *o = json_object_new_object();

	json_object_get(o);
	ck_assert_ptr_eq(json_pool(m, o), o);
	ck_assert_ptr_null(json_pool(m, NULL));
	mem_free(m);
	ck_assert_int_eq(json_object_put(o), 1); /* ours was the last */
}
END_TEST

static void
read_file(const char *folder, const char *name, struct buf *b)
{
	char path[4096];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	buf_reset(b);
	do {
		buf_grow(b, 65536);
		n = fread(b->s + b->len, 1, 65536, f);
		b->len += n;
	} while (n > 0);
	fclose(f);
}

/* y_ is accepted, n_ refused, i_ either; what is accepted is written as
 * something that is accepted again and written the same. */
static void
check_file(const char *name, const struct buf *text)
{
	struct json_object *o;
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = read_exactly(text->s, text->len, JSON_MAX_DEPTH, &o, &e);

	if (name[0] == 'y')
		ck_assert_msg(rc == 0, "%s refused: %s", name, e.text);
	if (name[0] == 'n')
		ck_assert_msg(rc == -1, "%s accepted", name);
	if (rc == -1) {
		ck_assert_int_eq(e.kind, ERR_INPUT);
		ck_assert_ptr_nonnull(strstr(e.text, " at line "));
		return;
	}
	json_write(&once, o);
	json_object_put(o);
	ck_assert_msg(read_exactly(once.s, once.len, JSON_MAX_DEPTH, &o, &e) ==
			      0,
		      "%s: written as %s: %s", name, once.s, e.text);
	json_write(&twice, o);
	json_object_put(o);
	ck_assert_str_eq(once.s, twice.s);
	buf_free(&once);
	buf_free(&twice);
}

START_TEST(the_json_test_suite_holds)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");
	char folder[2048];
	struct buf text = BUF_INIT;
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s%s/corpora/json-test-suite/%s",
		 shared ? shared : (top ? top : "."),
		 shared ? "" : "/../shared", "test_parsing");
	dir = opendir(folder);
	if (dir == NULL) {
		printf("skipped: there is no %s\n", folder);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		read_file(folder, entry->d_name, &text);
		check_file(entry->d_name, &text);
		n++;
	}
	closedir(dir);
	buf_free(&text);
	ck_assert_int_ge(n, 300);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, what_is_json_is_read_and_written, 0,
			    COUNT(accepted));
	tcase_add_loop_test(t, what_is_not_json_is_refused_where_it_is_wrong, 0,
			    COUNT(refused));
	tcase_add_test(t, nesting_ends_at_64);
	tcase_add_test(t, the_depth_is_the_callers);
	tcase_add_test(t, big_texts_are_quick);
	tcase_add_test(t, integers_are_integers_while_they_fit);
	tcase_add_test(t, a_grown_object_stays_sound);
	tcase_add_test(t, made_values_are_written_as_json);
	tcase_add_test(t, a_number_of_1000_digits_stays_a_number);
	tcase_add_test(t, members_are_looked_up_by_type);
	tcase_add_test(t, values_become_text_for_people);
	tcase_add_test(t, a_string_is_opened_when_it_holds_json);
	tcase_add_test(t, what_was_opened_is_copied_and_kept);
	tcase_add_test(t, values_are_counted_when_asked);
	tcase_add_test(t, a_pool_frees_its_objects);
	tcase_add_test(t, the_json_test_suite_holds);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
