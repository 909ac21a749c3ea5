/*
 * check_xml.c - what XML becomes, and how hostile or cut XML is refused.
 */
#include "config.h"

#include "decode_kit.h"

#define XML "application/xml"

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
	const char *xml, *want;
} taken[] = {
	/* elements, text, attributes */
	{ "<a/>", "{'a':''}" },
	{ "<a></a>", "{'a':''}" },
	{ "<a>x</a>", "{'a':'x'}" },
	{ "<a>\n\t x y \r\n</a>", "{'a':'x y'}" },
	{ "<a><b>1</b><c>2</c></a>", "{'a':{'b':'1','c':'2'}}" },
	{ "<a>\n <b>1</b>\n</a>", "{'a':{'b':'1'}}" },
	{ "<a b=\"1\"/>", "{'a':{'@b':'1'}}" },
	{ "<a b='1' c=''>x</a>", "{'a':{'@b':'1','@c':'','#text':'x'}}" },
	{ "<a>x<b/>y</a>", "{'a':{'b':'','#text':'xy'}}" },
	{ "<a>x <b/> <c/> y</a>", "{'a':{'b':'','c':'','#text':'x   y'}}" },
	{ "<a><![CDATA[<b> & ]]>c</a>", "{'a':'<b> & c'}" },
	{ "<a><!-- b --><?c d?>e</a>", "{'a':'e'}" },
	{ "<a b=\" x  y \"/>", "{'a':{'@b':' x  y '}}" },

	/* what is repeated is a list, at the first one's place */
	{ "<a><b>1</b><c/><b>2</b></a>", "{'a':{'b':['1','2'],'c':''}}" },
	{ "<a><b>1</b><b x='2'/><b/></a>", "{'a':{'b':['1',{'@x':'2'},'']}}" },
	{ "<a><b/><b/><b/></a>", "{'a':{'b':['','','']}}" },

	/* names are as they were sent, without declarations of namespaces */
	{ "<s:a xmlns:s='u' s:b='1'><s:c/></s:a>",
	  "{'s:a':{'@s:b':'1','s:c':''}}" },
	{ "<a xmlns='u'>x</a>", "{'a':'x'}" },
	{ "<s:a/>", "{'s:a':''}" },
	{ "<a.b-c/>", "{'a.b-c':''}" },

	/* nil */
	{ "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>"
	  "<b i:nil='true'/><c i:nil='false'/><d i:nil='1' e='f'/></a>",
	  "{'a':{'b':null,'c':{'@i:nil':'false'},'d':null}}" },
	{ "<a><b nil='true'/><b>x</b></a>", "{'a':{'b':[null,'x']}}" },
	{ "<a><b nil='true'>x</b></a>",
	  "{'a':{'b':{'@nil':'true','#text':'x'}}}" },
	{ "<a><b nil='true'><c/></b></a>",
	  "{'a':{'b':{'@nil':'true','c':''}}}" },

	/* references */
	{ "<a b='&lt;&amp;&#65;&quot;&amp;amp;'>&lt;&amp;&#x42;&amp;lt;</a>",
	  "{'a':{'@b':'<&A\\'&amp;','#text':'<&B&lt;'}}" },
	{ "<a b='&amp;#38;'/>", "{'a':{'@b':'&#38;'}}" },

	/* numbers are text: every digit stays */
	{ "<n>184467440737095516161.10</n>",
	  "{'n':'184467440737095516161.10'}" },

	/* declarations that do no harm */
	{ "<?xml version='1.0' encoding='UTF-8'?><a/>", "{'a':''}" },
	{ "\xef\xbb\xbf<?xml version='1.0'?>\n<a>\xc3\xb6</a>\n",
	  "{'a':'\xc3\xb6'}" },
	{ "<?xml version='1.0' encoding='utf-16'?><a>\xc3\xb6</a>",
	  "{'a':'\xc3\xb6'}" },
	{ "<?xml version='1.0' encoding=\"iso-8859-1\"?><a>\xf6</a>",
	  "{'a':'\xc3\xb6'}" },
	{ "<!DOCTYPE a><a/>", "{'a':''}" },
	{ "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a b='1'/>",
	  "{'a':{'@b':'1'}}" },
	{ "<!DOCTYPE a PUBLIC '-//A//B//EN' 'file:///etc/passwd'><a/>",
	  "{'a':''}" },
	{ "<!DOCTYPE a [ <!-- nothing --> ]><a/>", "{'a':''}" },

	/* no root around them */
	{ "<a>1</a><b>2</b>", "{'a':'1','b':'2'}" },
	{ "<a>1</a>\n<a>2</a>\n", "{'a':['1','2']}" },
	{ "<?xml version='1.0'?>\n<a/>\n<b/>", "{'a':'','b':''}" },
	{ "<_/><_/>", "{'_':['','']}" },
};

static const struct {
	const char *xml, *says;
} refused[] = {
	/* cut or malformed */
	{ "<a>", "line 1, column 4" },
	{ "<a><b></a>", "tag mismatch" },
	{ "<a>\n<b>x</b>\n<c", "line 3, column 3" },
	{ "<a", "the body is not well-formed XML: " },
	{ "x", "at line 1, column 1" },
	{ " ", "at line 1" },
	{ "{\"a\":1}", "at line 1, column 1" },
	{ "<a b=1/>", "line 1, column 6" },
	{ "<a b='1' b='2'/>", "redefined" },
	{ "<a>&</a>", "line 1" },
	{ "<a/>x", "expected an element, found text at line 1" },
	{ "<a/><b>", "ending tag mismatch: b" },
	{ "<a/></_><_>", "line 1" },
	{ "<a/>\n<b c=></b>", "at line 2, column 6" },
	{ "<!-- a -->", "at line 1" },
	{ "\xef\xbb\xbf", "expected an element, found 0 bytes" },
	{ "<?xml version='1.0'?>", "at line 1" },

	/* entities: nothing is declared, loaded or expanded */
	{ "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "no declarations" },
	{ "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "no declarations" },
	{ "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
	  "no declarations in the DOCTYPE, found one at line 1, column" },
	{ "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]><a/>",
	  "no declarations" },
	{ "<!DOCTYPE a [ %p; ]><a/>", "no entity but" },
	{ "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", "no declarations" },
	{ "<!DOCTYPE a [<!ATTLIST a b (c|d) 'c'>]><a/>", "no declarations" },
	{ "<!DOCTYPE a [<!ELEMENT a (b,c?)>]><a/>", "no declarations" },
	{ "<a>&nbsp;</a>", "no entity but &amp; &lt; &gt; &quot; &apos; and" },
	{ "<a b='&nbsp;'/>", "no entity but" },
	{ "<!DOCTYPE a SYSTEM 'a.dtd'><a>&b;</a>", "no entity but" },
	{ "<!DOCTYPE a SYSTEM 'a.dtd'><a b='&c;'/>", "no entity but" },
	{ "<!DOCTYPE a [<!ENTITY a0 'ha'><!ENTITY a1 '&a0;&a0;&a0;&a0;'>"
	  "<!ENTITY a2 '&a1;&a1;&a1;&a1;'>]><a>&a2;</a>", "no declarations" },

	/* charsets */
	{ "<a>\xf6</a>", "text in UTF-8, found the byte 0xf6 at offset 3" },
	{ "<?xml version='1.0' encoding='ebcdic'?><a/>",
	  "got \"ebcdic\" in the XML declaration" },
	{ "\xff\xfe<", "0xff at offset 0" },
};
/* clang-format on */

START_TEST(xml_becomes_an_object)
{
	expect(m, XML, taken[_i].xml, strlen(taken[_i].xml), DECODE_OK,
	       taken[_i].want);
}
END_TEST

START_TEST(faulty_xml_is_refused)
{
	expect(m, XML, refused[_i].xml, strlen(refused[_i].xml),
	       DECODE_MALFORMED, refused[_i].says);
}
END_TEST

START_TEST(every_type_of_xml_is_taken)
{
	static const char *const types[] = { "application/xml", "text/xml",
					     "Text/XML; charset=utf-8",
					     "application/soap+xml; action=x",
					     "application/vnd.x+xml" };

	for (size_t i = 0; i < COUNT(types); i++)
		expect(m, types[i], "<a>1</a>", 8, DECODE_OK, "{'a':'1'}");
}
END_TEST

START_TEST(the_content_type_knows_the_charset_best)
{
	static const char xml[] =
		"<?xml version='1.0' encoding='UTF-8'?><a>\xf6</a>";
	static const char said[] =
		"<?xml version='1.0' encoding='iso-8859-1'?><a>\xc3\xb6</a>";

	expect(m, "text/xml; charset=iso-8859-1", xml, strlen(xml), DECODE_OK,
	       "{'a':'\xc3\xb6'}");
	expect(m, "text/xml; charset=utf-8", said, strlen(said), DECODE_OK,
	       "{'a':'\xc3\xb6'}");
}
END_TEST

START_TEST(a_nul_hides_nothing)
{
	expect(m, XML, "<a/>\0<b/>", 9, DECODE_MALFORMED, "NUL at offset 4");
	expect(m, XML, "<a>\0</a>", 8, DECODE_MALFORMED, "NUL at offset 3");
}
END_TEST

static void
add_nested(struct buf *xml, int levels)
{
	int i;

	for (i = 0; i < levels; i++)
		buf_adds(xml, "<a>");
	for (i = 0; i < levels; i++)
		buf_adds(xml, "</a>");
}

static enum decode_result
decode(const struct buf *xml, struct err *e)
{
	struct json_object *o;

	return decode_body(m, XML, xml->s, xml->len, &o, e);
}

START_TEST(elements_nest_as_deep_as_json)
{
	struct buf xml = BUF_INIT;
	struct err e = ERR_INIT;

	add_nested(&xml, JSON_MAX_DEPTH);
	ck_assert_int_eq(decode(&xml, &e), DECODE_OK);
	buf_reset(&xml);
	add_nested(&xml, JSON_MAX_DEPTH + 1);
	ck_assert_int_eq(decode(&xml, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 64 levels"));
	buf_free(&xml);
}
END_TEST

/* Each level is an object and a list. */
START_TEST(lists_count_as_levels)
{
	struct buf xml = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < 40; i++)
		buf_adds(&xml, "<a><a/>");
	for (i = 0; i < 40; i++)
		buf_adds(&xml, "</a>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 64 levels"));
	buf_free(&xml);
}
END_TEST

START_TEST(elements_and_attributes_are_counted)
{
	struct buf xml = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&xml, "<a>");
	for (i = 0; i < (JSON_MAX_VALUES - 1) / 3; i++)
		buf_adds(&xml, "<b c='' d=''/>");
	buf_adds(&xml, "</a>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_OK);
	xml.len -= 4;
	buf_adds(&xml, "<b/></a>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(
		strstr(e.text, "at most 100000 elements and attributes"));
	buf_free(&xml);
}
END_TEST

/* What would keep the parser busy for long is refused before it begins. */
START_TEST(attributes_and_namespaces_have_limits)
{
	struct buf xml = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&xml, "<a>");
	for (i = 0; i < 20000; i++)
		buf_addf(&xml, "<b c%d = \"\"/>", i % 10);
	buf_adds(&xml, "</a>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_OK);
	buf_reset(&xml);
	buf_adds(&xml, "<a");
	for (i = 0; i <= 10000; i++)
		buf_addf(&xml, " b%d = \"\"", i);
	buf_adds(&xml, "/>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 10000 attributes"));
	buf_reset(&xml);
	buf_adds(&xml, "<a>");
	for (i = 0; i < 2000; i++)
		buf_adds(&xml, "<b xmlns:c='d' xmlns='e'/>");
	buf_adds(&xml, "</a>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_OK);
	buf_reset(&xml);
	buf_adds(&xml, "<a");
	for (i = 0; i <= 1000; i++)
		buf_addf(&xml, " xmlns:b%d='c'", i);
	buf_adds(&xml, "/>");
	ck_assert_int_eq(decode(&xml, &e), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 1000 namespaces"));
	buf_free(&xml);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("xml");
	TCase *t = tcase_create("xml");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, xml_becomes_an_object, 0, COUNT(taken));
	tcase_add_loop_test(t, faulty_xml_is_refused, 0, COUNT(refused));
	tcase_add_test(t, every_type_of_xml_is_taken);
	tcase_add_test(t, the_content_type_knows_the_charset_best);
	tcase_add_test(t, a_nul_hides_nothing);
	tcase_add_test(t, elements_nest_as_deep_as_json);
	tcase_add_test(t, lists_count_as_levels);
	tcase_add_test(t, elements_and_attributes_are_counted);
	tcase_add_test(t, attributes_and_namespaces_have_limits);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
