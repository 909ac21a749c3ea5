/*
 * check_multipart.c - what multipart/form-data becomes, and how cut or
 * malformed bodies are refused.
 */
#include "config.h"

#include "decode_kit.h"

#define TYPE "multipart/form-data; boundary=B"
#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define FILE_(name, file)                                                     \
	"Content-Disposition: form-data; name=\"" name "\"; filename=\"" file \
	"\"\r\n"
#define PART "\r\n--B\r\n"
#define END "\r\n--B--\r\n"

static struct mem *m;

static void
set_up(void)
{
	m = mem_new();
}

static void
tear_down(void)
{
	mem_free(m);
}

/* clang-format off */
static const struct {
	const char *body, *want;
} taken[] = {
	{ "--B--", "{}" },
	{ "--B--\r\n", "{}" },
	{ "\r\n--B--\r\n\r\n", "{}" },
	{ "--B\r\n" FIELD("a") "\r\n1" END, "{'a':'1'}" },
	{ "--B\r\n" FIELD("a") "\r\n1\r\n--B--", "{'a':'1'}" },
	{ "--B \t\r\n" FIELD("a") "\r\n1\r\n--B-- \r\n", "{'a':'1'}" },
	{ "--B\r\n" FIELD("a") "\r\n" END, "{'a':''}" },
	{ "--B\r\n" FIELD("a") END, "{'a':''}" },
	{ "--B\r\n" FIELD("a") "\r\n1" PART FIELD("b") "\r\n2\r\n3" END,
	  "{'a':'1','b':'2\\r\\n3'}" },

	/* names nest as in forms */
	{ "--B\r\n" FIELD("a[b][]") "\r\n1" PART FIELD("a[b][]") "\r\n2" END,
	  "{'a':{'b':['1','2']}}" },
	{ "--B\r\n" FIELD("a") "\r\n1" PART FIELD("a") "\r\n2" END,
	  "{'a':['1','2']}" },
	{ "--B\r\n" FIELD("a.b c") "\r\n1" END, "{'a.b c':'1'}" },

	/* files are noted, not kept */
	{ "--B\r\n" FILE_("f", "x.png") "Content-Type: image/png\r\n\r\n\x89P"
	  END, "{'f':{'filename':'x.png','type':'image/png','size':2}}" },
	{ "--B\r\n" FILE_("f[]", "x") "\r\n1" PART FILE_("f[]", "y")
	  "Content-Type: text/plain; charset=x\r\n\r\n22" END,
	  "{'f':[{'filename':'x','type':'application/octet-stream','size':1},"
	  "{'filename':'y','type':'text/plain','size':2}]}" },
	{ "--B\r\n" FIELD("f") "Content-Type: image/gif\r\n\r\nGIF" END,
	  "{'f':{'type':'image/gif','size':3}}" },
	{ "--B\r\n" FILE_("f", "") "Content-Type: application/octet-stream"
	  "\r\n\r\n" END,
	  "{'f':{'filename':'','type':'application/octet-stream','size':0}}" },
	{ "--B\r\n" FILE_("f", "x") "\r\n1" PART FIELD("f") "\r\n2" END,
	  "{'f':[{'filename':'x','type':'application/octet-stream','size':1},"
	  "'2']}" },
	{ "--B\r\n" FIELD("f") "\r\n1" PART FILE_("f[]", "x") "\r\n2" END,
	  "{'f':['1',{'filename':'x','type':'application/octet-stream',"
	  "'size':1}]}" },
	{ "--B\r\n" FILE_("f", "x") "\r\n1" PART FIELD("f[k]") "\r\n2" END,
	  "{'f':{'k':'2'}}" },
	{ "--B\r\n" FILE_("f", "x") "Content-Transfer-Encoding: base64\r\n\r\n"
	  "eA==" END,
	  "{'f':{'filename':'x','type':'application/octet-stream','size':4}}" },

	/* how names are written */
	{ "--B\r\ncontent-DISPOSITION:form-data;name=a\r\n\r\n1" END,
	  "{'a':'1'}" },
	{ "--B\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1" END,
	  "{'a':'1'}" },
	{ "--B\r\nX-Other: 1\r\n" FIELD("a") "\r\n1" END, "{'a':'1'}" },
	{ "--B\r\n" FIELD("a%22%0D%0Ab%41") "\r\n1" END,
	  "{'a\\'\\r\\nb%41':'1'}" },
	{ "--B\r\n" FIELD("a\\\"b") "\r\n1" END, "{'a\\'b':'1'}" },
	{ "--B\r\n" FILE_("f", "C:\\t\\x") "\r\n" END, "{'f':{'filename':"
	  "'C:\\\\t\\\\x','type':'application/octet-stream','size':0}}" },
	{ "--B\r\nContent-Disposition: form-data; name=f; filename=x; "
	  "filename*=UTF-8''%c3%b6%2\r\n\r\n" END, "{'f':{'filename':"
	  "'\xc3\xb6%2','type':'application/octet-stream','size':0}}" },
	{ "--B\r\nContent-Disposition: form-data; name=f; filename*=x\r\n\r\n1"
	  END, "{'f':'1'}" },

	/* charsets */
	{ "--B\r\n" FIELD("a") "Content-Type: text/plain;charset=iso-8859-1"
	  "\r\n\r\n\xf6" PART FIELD("b") "\r\n\xc3\xb6" END,
	  "{'a':'\xc3\xb6','b':'\xc3\xb6'}" },
	{ "--B\r\n" FIELD("_charset_") "\r\nwindows-1252" PART
	  FIELD("\x80") "\r\n\x80" END,
	  "{'_charset_':'windows-1252','\xe2\x82\xac':'\xe2\x82\xac'}" },

	/* other types of text stay text */
	{ "--B\r\n" FIELD("a") "Content-Type: application/json\r\n\r\n{\"b\":1}"
	  END, "{'a':'{\\'b\\':1}'}" },
	{ "--B\r\n" FIELD("a") "Content-Transfer-Encoding: 8BIT\r\n\r\n1" END,
	  "{'a':'1'}" },

	/* what only looks like a delimiter */
	{ "--B\r\n" FIELD("a") "\r\n--Bx\r\n--B x\r\n--B--x\n--B--" END,
	  "{'a':'--Bx\\r\\n--B x\\r\\n--B--x\\n--B--'}" },
	{ "--B\r\n" FIELD("a") "\r\n\r\n--B\r\r\n" END,
	  "{'a':'\\r\\n--B\\r\\r\\n'}" },
};

static const struct {
	const char *type, *body, *says;
} refused[] = {
	/* cut */
	{ TYPE, "--B\r\n" FIELD("a") "\r\n1",
	  "expected the closing \"--B--\", found the end at offset 50: the "
	  "body was cut on its way" },
	{ TYPE, "--B\r\n" FIELD("a") "\r\n1\r\n--B", "cut on its way" },
	{ TYPE, "--B\r\n" FIELD("a") "\r\n1\r\n--B-", "cut on its way" },
	{ TYPE, "--B\r\n" FIELD("a") "\r\n1\r\n--B\r\n", "cut on its way" },
	{ TYPE, "--B\r\n" FIELD("a"), "cut on its way" },
	{ TYPE, "--B\r\nContent-Dis", "cut on its way" },
	{ TYPE, "--B\r\n", "cut on its way" },

	/* malformed */
	{ TYPE, "--B", "expected the line \"--B\"" },
	{ TYPE, "x", "ended by CRLF) at offset 0" },
	{ TYPE, "--C--", "at offset 0" },
	{ TYPE, "\r\n\r\nx", "at offset 4" },
	{ TYPE, "--B\n" FIELD("a") "\n1\n--B--", "ended by CRLF" },
	{ TYPE, "--B--\r\nx", "found more at offset 7" },
	{ TYPE, "--B\r\nname\r\n\r\n1" END, "expected a header such as" },
	{ TYPE, "--B\r\n: x\r\n\r\n1" END, "at offset 5" },
	{ TYPE, "--B\r\n\r\n1" END, "name=\"...\" in the part at offset 5" },
	{ TYPE, "--B\r\nContent-Disposition: form-data\r\n\r\n1" END, "name=" },
	{ TYPE, "--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1" END,
	  "form-data; name=" },
	{ TYPE, "--B\r\nContent-Disposition: form-data; filename=a\r\n\r\n1" END,
	  "name=" },
	{ TYPE, "--B\r\n" FIELD("a") "Content-Type: x\r\n\r\n1" END,
	  "Content-Type \"x\" in the part at offset 5" },
	{ TYPE, "--B\r\n" FIELD("a") "Content-Transfer-Encoding: base64\r\n\r\n"
	  "MQ==" END, "Content-Transfer-Encoding \"base64\"" },

	/* charsets */
	{ TYPE, "--B\r\n" FIELD("a") "\r\n1\xff" END,
	  "text in UTF-8, found the byte 0xff at offset 50" },
	{ TYPE, "--B\r\n" FIELD("\xff") "\r\n1" END, "0xff at offset 5" },
	{ TYPE, "--B\r\n" FILE_("a", "\xff") "\r\n1" END, "0xff at offset 5" },
	{ TYPE, "--B\r\n" FIELD("a") "Content-Type: text/plain; charset=big5"
	  "\r\n\r\n1" END, "got \"big5\" in the part at offset 5" },
	{ TYPE, "--B\r\n" FIELD("_charset_") "\r\nbig5" END, "got \"big5\"" },

	/* without a boundary there are no parts */
	{ "multipart/form-data", "--B--", "expected boundary=..." },
	{ "multipart/form-data; boundary=\"\"", "--B--", "let the HTTP library" },
	{ "multipart/form-data; boundary="
	  "12345678901234567890123456789012345678901234567890123456789012345678"
	  "901", "--B--", "1 to 70 characters" },
};
/* clang-format on */

START_TEST(parts_become_an_object)
{
	expect(m, TYPE, taken[_i].body, strlen(taken[_i].body), DECODE_OK,
	       taken[_i].want);
}
END_TEST

START_TEST(faulty_parts_are_refused)
{
	expect(m, refused[_i].type, refused[_i].body, strlen(refused[_i].body),
	       DECODE_MALFORMED, refused[_i].says);
}
END_TEST

/* Of a whole body every beginning is refused, but for what comes behind the
 * closing delimiter. */
START_TEST(no_beginning_is_taken_for_the_whole)
{
	static const char body[] = "--B\r\n" FIELD("a") "\r\n1" PART FILE_(
		"f", "x") "Content-Type: a/b\r\n\r\n\r\n" END;
	size_t whole = strlen(body) - 2, len;

	for (len = 1; len < whole; len++)
		expect(m, TYPE, body, len, DECODE_MALFORMED, "at offset");
	expect(m, TYPE, body, whole, DECODE_OK,
	       "{'a':'1','f':{'filename':'x','type':'a/b','size':2}}");
}
END_TEST

START_TEST(boundaries_may_be_quoted)
{
	static const char body[] = "--b c\r\n" FIELD("a") "\r\n\xf6"
							  "\r\n--b c--";

	expect(m, "Multipart/Form-Data; charset=iso-8859-1; boundary=\"b c\"",
	       body, sizeof(body) - 1, DECODE_OK, "{'a':'\xc3\xb6'}");
}
END_TEST

START_TEST(bytes_of_any_value_are_told_apart)
{
	static const char value[] = "--B\r\n" FIELD("a") "\r\nx\0y" END;
	static const char header[] = "--B\r\nX: a\0b\r\n\r\n" END;

	expect(m, TYPE, value, sizeof(value) - 1, DECODE_OK,
	       "{'a':'x\xef\xbf\xbdy'}");
	expect(m, TYPE, header, sizeof(header) - 1, DECODE_MALFORMED,
	       "expected a header such as");
}
END_TEST

static enum decode_result
decode(const struct buf *body, struct err *e)
{
	struct json_object *o;

	return decode_body(m, TYPE, body->s, body->len, &o, e);
}

START_TEST(there_are_at_most_10000_parts)
{
	struct buf body = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&body, "--B");
	for (i = 0; i < DECODE_KEYS_MAX; i++)
		buf_addf(&body, "\r\n" FIELD("k%d") "\r\n1\r\n--B", i);
	buf_adds(&body, "--");
	ck_assert_int_eq(decode(&body, &e), DECODE_OK);
	body.len -= 2;
	buf_adds(&body, "\r\n" FIELD("more") "\r\n1" END);
	ck_assert_int_eq(decode(&body, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 10000 names"));
	buf_free(&body);
}
END_TEST

START_TEST(names_nest_so_deep_that_a_file_has_room)
{
	struct buf body = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&body, "--B\r\nContent-Disposition: form-data; name=\"a");
	for (i = 1; i < JSON_MAX_DEPTH - 1; i++)
		buf_adds(&body, "[b]");
	buf_adds(&body, "\"; filename=x\r\n\r\n1" PART
			"Content-Disposition: form-data; name=\"a");
	for (i = 1; i < JSON_MAX_DEPTH - 1; i++)
		buf_adds(&body, "[b]");
	buf_adds(&body, "[]\"\r\n\r\n1" END);
	ck_assert_int_eq(decode(&body, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "nested at most 63 deep"));
	buf_free(&body);
}
END_TEST

START_TEST(headers_have_a_limit)
{
	struct buf body = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&body, "--B\r\n" FIELD("a"));
	for (i = 0; i < 2000; i++)
		buf_adds(&body, "X-Y: 1234\r\n");
	buf_adds(&body, "\r\n1" END);
	ck_assert_int_eq(decode(&body, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 16384 bytes of headers"));
	buf_free(&body);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("multipart");
	TCase *t = tcase_create("multipart");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, parts_become_an_object, 0, COUNT(taken));
	tcase_add_loop_test(t, faulty_parts_are_refused, 0, COUNT(refused));
	tcase_add_test(t, no_beginning_is_taken_for_the_whole);
	tcase_add_test(t, boundaries_may_be_quoted);
	tcase_add_test(t, bytes_of_any_value_are_told_apart);
	tcase_add_test(t, there_are_at_most_10000_parts);
	tcase_add_test(t, names_nest_so_deep_that_a_file_has_room);
	tcase_add_test(t, headers_have_a_limit);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
