/*
 * check_decode.c - what every content type, charset and form name becomes, and
 * how what can't be read is refused.
 */
#include "config.h"

#include "decode_kit.h"

#include "flow/path.h"

#include <dirent.h>

#define FORM "application/x-www-form-urlencoded"

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
	const char *type, *body;
	enum decode_result result;
	const char *want;
} bodies[] = {
	/* JSON, by whatever name */
	{ "application/json", "{\"a\":[1,null]}", DECODE_OK, "{\"a\":[1,null]}" },
	{ "Application/JSON ; charset=UTF-8", "[]", DECODE_OK, "[]" },
	{ " application/json;charset=\"utf-8\"", "\"x\"", DECODE_OK, "\"x\"" },
	{ "application/json; v=1; charset=us-ascii", "1", DECODE_OK, "1" },
	{ "application/json; charset", "2", DECODE_OK, "2" },
	{ "application/json; charset=", "3", DECODE_OK, "3" },
	{ "application/json;", "null", DECODE_OK, "null" },
	{ "application/json; note=\";charset=koi8-r\"", "4", DECODE_OK, "4" },
	{ "application/cloudevents+json", "{}", DECODE_OK, "{}" },
	{ "text/vnd.x+json", "{}", DECODE_OK, "{}" },
	{ NULL, " {\"a\":1} ", DECODE_OK, "{\"a\":1}" },
	{ "", "true", DECODE_OK, "true" },
	{ "  ", "false", DECODE_OK, "false" },
	{ "text/plain", "{\"a\":1}", DECODE_OK, "{\"a\":1}" },
	{ "text/json", "{\"a\":1}", DECODE_OK, "{\"a\":1}" },
	{ "application/json", "\xef\xbb\xbf{}", DECODE_OK, "{}" },

	/* text */
	{ "text/plain", "{a: 1}", DECODE_OK, "\"{a: 1}\"" },
	{ "TEXT/PLAIN; charset=utf-8", "gr\xc3\xbc\xc3\x9f", DECODE_OK,
	  "\"gr\xc3\xbc\xc3\x9f\"" },
	{ "text/csv", "a;b\n1;2", DECODE_OK, "\"a;b\\n1;2\"" },
	{ "text/html", "<p>", DECODE_OK, "\"<p>\"" },
	{ "text/csv", "1", DECODE_OK, "\"1\"" },
	{ "text/csv", "\xef\xbb\xbf" "a", DECODE_OK, "\"a\"" },
	{ "text/plain", "ab\xff", DECODE_MALFORMED, "0xff at offset 2" },
	{ "text/csv", "a\xc3(", DECODE_MALFORMED, "at offset 1" },

	/* charsets */
	{ "text/plain; charset=ISO-8859-1", "gr\xfc\xdf", DECODE_OK,
	  "\"gr\xc3\xbc\xc3\x9f\"" },
	{ "text/csv; charset=\"windows-1252\"", "\x80 5", DECODE_OK,
	  "\"\xe2\x82\xac 5\"" },
	{ "application/json;charset=latin1", "[\"\xe9\"]", DECODE_OK,
	  "[\"\xc3\xa9\"]" },
	{ FORM "; charset=iso-8859-1", "a=%E9\xe9", DECODE_OK,
	  "{\"a\":\"\xc3\xa9\xc3\xa9\"}" },
	{ "text/csv; charset=windows-1252", "ab\x81", DECODE_MALFORMED,
	  "text in WINDOWS-1252, found the byte 0x81 at offset 2" },
	{ "application/json; charset=windows-1252", "\"\x81\"",
	  DECODE_MALFORMED, "0x81 at offset 1" },
	{ "application/json; charset=utf-16", "{}", DECODE_UNSUPPORTED,
	  "utf-8, us-ascii, iso-8859-1 and windows-1252; got \"utf-16\"" },
	{ "text/plain; charset=koi8-r", "x", DECODE_UNSUPPORTED, "koi8-r" },
	{ FORM ";charset=x", "", DECODE_UNSUPPORTED, "\"x\"" },

	/* malformed, and where */
	{ "application/json", "{\"a\":}", DECODE_MALFORMED,
	  "the body is not valid JSON: expected a value, found '}' at line 1, "
	  "column 6" },
	{ "application/json", "{\n \"a\" 1}", DECODE_MALFORMED, "at line 2" },
	{ "application/json", "{} x", DECODE_MALFORMED, "line 1, column 4" },
	{ "application/json", "[NaN]", DECODE_MALFORMED, "column 2" },
	{ NULL, "a=1", DECODE_MALFORMED,
	  "without a Content-Type only JSON is taken: the body is not valid" },

	/* JSON that is said to be a form */
	{ FORM, "{\"a\":\"b=c&d\"}", DECODE_OK, "{\"a\":\"b=c&d\"}" },
	{ FORM, "\n[1, 2]\n", DECODE_OK, "[1,2]" },
	{ FORM, "{}", DECODE_OK, "{}" },
	{ FORM, " { \"a\" : 1", DECODE_MALFORMED,
	  "the body begins like JSON, though Content-Type says it is a form; "
	  "the body is not valid JSON: expected ',' or '}'" },
	{ FORM, "[\"a\"=1", DECODE_MALFORMED, "begins like JSON" },
	{ FORM, "{a}=1", DECODE_OK, "{\"{a}\":\"1\"}" },
	{ FORM, "[a]=1", DECODE_OK, "{\"[a]\":\"1\"}" },
	{ FORM, "{", DECODE_OK, "{\"{\":\"\"}" },
	{ FORM, "1", DECODE_OK, "{\"1\":\"\"}" },
	{ FORM, "\"a\"", DECODE_OK, "{\"\\\"a\\\"\":\"\"}" },

	/* and what is said to be JSON */
	{ "application/json", "email=a%40b.c&x=1", DECODE_MALFORMED,
	  "found 'e' at line 1, column 1; it looks like a form: send it as "
	  "application/x-www-form-urlencoded" },
	{ "application/json", "\n<a/>", DECODE_MALFORMED,
	  "it looks like XML: send it as application/xml" },
	{ "application/json", "--x\r\n", DECODE_MALFORMED,
	  "it looks like multipart/form-data" },
	{ NULL, "<a/>", DECODE_MALFORMED, "it looks like XML" },
	{ "application/json", "{a=1}", DECODE_MALFORMED,
	  "in double quotes, found 'a' at line 1, column 2" },

	/* Amazon SNS says text/plain; charset=UTF-8 */
	{ "text/plain; charset=UTF-8", "\xef\xbb\xbf{\n  \"Type\" : "
	  "\"Notification\"\n}\n", DECODE_OK, "{\"Type\":\"Notification\"}" },

	/* numbers keep their digits */
	{ "application/json", "[9007199254740993,18446744073709551617,"
	  "-9223372036854775809,0.10,1e2]", DECODE_OK,
	  "[9007199254740993,18446744073709551617,-9223372036854775809,0.10,"
	  "1e2]" },

	/* nothing, where something was promised */
	{ "application/json", "", DECODE_MALFORMED, "got none" },
	{ "text/plain", "", DECODE_MALFORMED, "got none" },
	{ FORM, "", DECODE_MALFORMED, "got none" },
	{ NULL, "", DECODE_MALFORMED, "got none" },

	/* not taken */
	{ "application/octet-stream", "{}", DECODE_UNSUPPORTED, "octet" },
	{ "application/octet-stream", "{}", DECODE_UNSUPPORTED,
	  "application/x-www-form-urlencoded, multipart/form-data, "
	  "application/xml, text" },
	{ "multipart/mixed; boundary=x", "--x--", DECODE_UNSUPPORTED,
	  "multipart/mixed" },
	{ "image/png", "\x89PNG", DECODE_UNSUPPORTED, "image/png" },
	{ "application/json, application/json", "{}", DECODE_UNSUPPORTED,
	  "application/json, application/json" },
	{ "application/json; charset=utf-8, application/json", "{}",
	  DECODE_UNSUPPORTED, "charset" },
	{ "application/json charset=utf-8", "{}", DECODE_UNSUPPORTED, "got" },
	{ "application", "{}", DECODE_UNSUPPORTED, "application" },
	{ "application/", "{}", DECODE_UNSUPPORTED, "application/" },
	{ "/json", "{}", DECODE_UNSUPPORTED, "/json" },
	{ "json", "{}", DECODE_UNSUPPORTED, "json" },
	{ ";", "{}", DECODE_UNSUPPORTED, ";" },
	{ "application/jsonp", "{}", DECODE_UNSUPPORTED, "jsonp" },
	{ "a\x01\xff/b", "{}", DECODE_UNSUPPORTED, "got" },
};

static const struct {
	const char *text, *want; /* want without '{': part of the refusal */
} forms[] = {
	{ "", "{}" },
	{ "&&", "{}" },
	{ "a=1", "{\"a\":\"1\"}" },
	{ "a=1&b=2&", "{\"a\":\"1\",\"b\":\"2\"}" },
	{ "a", "{\"a\":\"\"}" },
	{ "a=", "{\"a\":\"\"}" },
	{ "=x", "{\"\":\"x\"}" },
	{ "a=b=c", "{\"a\":\"b=c\"}" },
	{ "a+b=c+d%2B", "{\"a b\":\"c d+\"}" },
	{ "first.name=J%C3%B6rg", "{\"first.name\":\"J\xc3\xb6rg\"}" },
	{ "a=\xc3\xb6", "{\"a\":\"\xc3\xb6\"}" },
	{ "a=x%00y", "{\"a\":\"x\xef\xbf\xbdy\"}" },
	{ "a%00b=1&a=2", "{\"a\xef\xbf\xbd" "b\":\"1\",\"a\":\"2\"}" },
	{ "a=%26%3D", "{\"a\":\"&=\"}" },

	/* a repeated name makes a list */
	{ "a=1&a=2", "{\"a\":[\"1\",\"2\"]}" },
	{ "a=1&b=x&a=2&a=3", "{\"a\":[\"1\",\"2\",\"3\"],\"b\":\"x\"}" },
	{ "a[b]=1&a[b]=2", "{\"a\":{\"b\":[\"1\",\"2\"]}}" },

	/* brackets nest, encoded or not */
	{ "a[b]=1", "{\"a\":{\"b\":\"1\"}}" },
	{ "a%5Bb%5D%5bc%5d=1&a[d]=2", "{\"a\":{\"b\":{\"c\":\"1\"},\"d\":\"2\"}}" },
	{ "a[]=x", "{\"a\":[\"x\"]}" },
	{ "a[]=x&a[]=y", "{\"a\":[\"x\",\"y\"]}" },
	{ "a=x&a[]=y", "{\"a\":[\"x\",\"y\"]}" },
	{ "a[]=x&a=y", "{\"a\":[\"x\",\"y\"]}" },
	{ "a[0]=x&a[1]=y", "{\"a\":[\"x\",\"y\"]}" },
	{ "a[1]=y&a[0]=x", "{\"a\":{\"1\":\"y\",\"0\":\"x\"}}" },
	{ "a[0]=x&a[2]=y", "{\"a\":{\"0\":\"x\",\"2\":\"y\"}}" },
	{ "a[00]=x", "{\"a\":{\"00\":\"x\"}}" },
	{ "a[5]=x&a[]=y", "{\"a\":{\"5\":\"x\",\"6\":\"y\"}}" },
	{ "a[]=x&a[k]=y&a[]=z",
	  "{\"a\":{\"0\":\"x\",\"k\":\"y\",\"1\":\"z\"}}" },
	{ "a[][b]=1&a[][b]=2", "{\"a\":[{\"b\":\"1\"},{\"b\":\"2\"}]}" },
	{ "a[0][b]=1&a[0][c]=2", "{\"a\":[{\"b\":\"1\",\"c\":\"2\"}]}" },
	{ "a[][]=1", "{\"a\":[[\"1\"]]}" },
	{ "0=x&1=y", "{\"0\":\"x\",\"1\":\"y\"}" },
	{ "a[b.c]=1", "{\"a\":{\"b.c\":\"1\"}}" },

	/* conflicts: the last wins at that place */
	{ "a[b]=1&a=2", "{\"a\":\"2\"}" },
	{ "a=1&a[b]=2", "{\"a\":{\"b\":\"2\"}}" },
	{ "a[b]=1&a[b][c]=2", "{\"a\":{\"b\":{\"c\":\"2\"}}}" },
	{ "a[b][c]=1&a[b]=2&a[d]=3", "{\"a\":{\"b\":\"2\",\"d\":\"3\"}}" },

	/* brackets that don't match are part of the name */
	{ "a[b=1", "{\"a[b\":\"1\"}" },
	{ "a]b=1", "{\"a]b\":\"1\"}" },
	{ "a[b]c=1", "{\"a[b]c\":\"1\"}" },
	{ "a[b[c]]=1", "{\"a[b[c]]\":\"1\"}" },
	{ "[a]=1", "{\"[a]\":\"1\"}" },
	{ "a[b]]=1", "{\"a[b]]\":\"1\"}" },
	{ "[]=1", "{\"[]\":\"1\"}" },

	/* refused */
	{ "a=1&b=%ff", "text in UTF-8, found the byte 0xff at offset 6" },
	{ "a=xy%C3%28", "0xc3 at offset 4" },
	{ "a=%zz", "after the % at offset 2" },
	{ "a=1&b=%2", "after the % at offset 6" },
	{ "a=50%", "a % itself is written %25" },
	{ "%C3=1", "0xc3 at offset 0" },
	{ "a=+%41\xff", "0xff at offset 6" },
};
/* clang-format on */

START_TEST(a_body_is_decoded_by_its_type)
{
	expect(m, bodies[_i].type, bodies[_i].body, strlen(bodies[_i].body),
	       bodies[_i].result, bodies[_i].want);
}
END_TEST

START_TEST(a_form_nests_by_its_names)
{
	struct json_object *o = NULL;
	struct buf got = BUF_INIT;
	struct err e = ERR_INIT;

	if (decode_form(m, forms[_i].text, strlen(forms[_i].text), &o, &e) ==
	    0) {
		json_write(&got, o);
		ck_assert_str_eq(got.s, forms[_i].want);
	} else {
		ck_assert_int_eq(e.kind, ERR_INPUT);
		ck_assert_msg(strstr(e.text, forms[_i].want) != NULL,
			      "\"%s\" lacks \"%s\"", e.text, forms[_i].want);
	}
	buf_free(&got);
}
END_TEST

START_TEST(a_nul_in_text_is_replaced)
{
	expect(m, "text/csv", "a\0b", 3, DECODE_OK,
	       "\"a\xef\xbf\xbd"
	       "b\"");
	expect(m, "application/json", "\"a\0b\"", 5, DECODE_MALFORMED,
	       "column 3");
	expect(m, "application/json; charset=iso-8859-1", "\"a\0b\"", 5,
	       DECODE_MALFORMED, "column 3");
}
END_TEST

/* "a[b][b]..." with `levels` keys. */
static void
add_deep_name(struct buf *form, int levels)
{
	buf_addc(form, 'a');
	while (--levels > 0)
		buf_adds(form, "[b]");
}

START_TEST(names_nest_at_most_64_deep)
{
	struct json_object *o;
	struct buf form = BUF_INIT;
	struct err e = ERR_INIT;

	add_deep_name(&form, 64);
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), 0);
	buf_adds(&form, "=1&");
	add_deep_name(&form, 64);
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), -1);
	buf_reset(&form);
	buf_adds(&form, "x=y&");
	add_deep_name(&form, 65);
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), -1);
	ck_assert_str_eq(e.text, "expected names nested at most 64 deep, found "
				 "more at offset 4");
	expect(m, FORM, form.s, form.len, DECODE_MALFORMED,
	       "the body is not a valid form: expected names nested");
	buf_free(&form);
}
END_TEST

START_TEST(a_form_has_at_most_10000_names)
{
	struct json_object *o;
	struct buf form = BUF_INIT;
	struct err e = ERR_INIT;

	for (int i = 0; i < DECODE_KEYS_MAX; i++)
		buf_addf(&form, "%sk%d=1", i > 0 ? "&" : "", i);
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), 0);
	ck_assert_int_eq(json_object_object_length(o), DECODE_KEYS_MAX);
	buf_adds(&form, "&more=1");
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 10000 names"));
	buf_free(&form);
}
END_TEST

/* Each name makes 63 lists: not the names are too many, but what they make. */
START_TEST(names_make_at_most_10000_objects)
{
	struct json_object *o;
	struct buf form = BUF_INIT;
	struct err e = ERR_INIT;

	for (int i = 0; i < 200; i++) {
		buf_addf(&form, "k%d", i);
		for (int k = 0; k < 63; k++)
			buf_adds(&form, "[]");
		buf_adds(&form, "=1&");
	}
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 10000 names"));
	buf_free(&form);
}
END_TEST

START_TEST(json_has_at_most_100000_values)
{
	struct json_object *o;
	struct buf json = BUF_INIT;
	struct err e = ERR_INIT;

	buf_adds(&json, "[1");
	for (int i = 2; i < JSON_MAX_VALUES; i++)
		buf_adds(&json, ",1");
	buf_adds(&json, "]");
	ck_assert_int_eq(
		decode_body(m, "application/json", json.s, json.len, &o, &e),
		DECODE_OK);
	json.len--;
	buf_adds(&json, ",1]");
	ck_assert_int_eq(
		decode_body(m, "application/json", json.s, json.len, &o, &e),
		DECODE_MALFORMED);
	ck_assert_ptr_nonnull(
		strstr(e.text, "at most 100000 values in all, found '1' at "
			       "line 1, column 200000"));
	buf_free(&json);
}
END_TEST

START_TEST(a_list_of_10000_is_quick)
{
	struct json_object *o;
	struct buf form = BUF_INIT;
	struct err e = ERR_INIT;

	for (int i = 0; i < DECODE_KEYS_MAX; i++)
		buf_adds(&form, i % 2 ? "a=1&" : "a[]=1&");
	ck_assert_int_eq(decode_form(m, form.s, form.len, &o, &e), 0);
	ck_assert_int_eq(json_object_array_length(json_get(o, "a")),
			 DECODE_KEYS_MAX);
	buf_free(&form);
}
END_TEST

/* y_ must be taken, n_ refused, i_ is ours to choose; none may crash. */
static void
check_parsing_case(const char *name, const struct buf *text)
{
	struct json_object *o;
	struct buf written = BUF_INIT;
	struct err e = ERR_INIT;
	enum decode_result rc =
		decode_body(m, "application/json", text->s, text->len, &o, &e);

	ck_assert_msg(name[0] != 'y' || rc == DECODE_OK, "%s: %s", name,
		      e.text);
	ck_assert_msg(name[0] != 'n' || rc == DECODE_MALFORMED, "%s was taken",
		      name);
	if (rc == DECODE_OK)
		json_write(&written, o);
	else
		ck_assert_int_eq(e.kind, ERR_INPUT);
	buf_free(&written);
}

START_TEST(the_json_test_suite_holds)
{
	const char *folder;
	struct buf text = BUF_INIT;
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	folder = shared_path(m, "corpora/json-test-suite/test_parsing");
	dir = opendir(folder);
	if (dir == NULL) {
		printf("skipped: there is no %s\n", folder);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ck_assert_int_eq(
			read_file(mem_printf(m, "%s/%s", folder, entry->d_name),
				  &text),
			0);
		check_parsing_case(entry->d_name, &text);
		n++;
	}
	closedir(dir);
	buf_free(&text);
	ck_assert_int_ge(n, 300);
}
END_TEST

/* Of XML the index has only names. */
static const struct {
	const char *file, *path, *want;
} in_xml[] = {
	{ "zapier/post.xml", "body.last_name", "H\xc3\xb6lmig" },
	{ "braintree/subscription_charged_successfully.xml",
	  "body.notification.subject.subscription.transactions.transaction[0]"
	  ".customer.email",
	  "test@example.com" },
	{ "salesforce/outbound_message.xml",
	  "body.soapenv:Envelope.soapenv:Body.notifications.Notification[0]"
	  ".sObject.sf:FirstName",
	  "Henrik" },
};

static void
check_value(struct json_object *root, const char *file, const char *path,
	    const char *want)
{
	struct buf got = BUF_INIT;

	json_to_text(&got, path_lookup(m, path, root));
	ck_assert_msg(strcmp(got.s, want) == 0, "%s: %s is \"%s\", not \"%s\"",
		      file, path, got.s, want);
	buf_free(&got);
}

/* What the index says of values, by paths that its reader would write. */
static void
check_values(struct json_object *entry, struct json_object *root)
{
	struct json_object *values = json_get(entry, "values_at_paths");
	const char *file = json_get_string(entry, "file"), *path;

	for (size_t i = 0; i < COUNT(in_xml); i++)
		if (strcmp(in_xml[i].file, file) == 0)
			check_value(root, file, in_xml[i].path, in_xml[i].want);
	if (strstr(file, ".xml") != NULL)
		return;
	json_object_object_foreach (json_get(entry, "contact_paths"), field,
				    at) {
		if (at == NULL || json_get_string(values, field) == NULL)
			continue;
		path = json_object_get_string(at);
		path = mem_printf(m, "body%s%s", *path == '[' ? "" : ".", path);
		check_value(root, file, path, json_get_string(values, field));
	}
}

static void
check_payload(struct json_object *entry)
{
	const char *type = json_get_string(entry, "content_type");
	const char *file = json_get_string(entry, "file");
	struct json_object *root = json_object_new_object(), *body = NULL;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	ck_assert_int_eq(
		read_file(shared_path(m, mem_printf(m, "payloads/%s", file)),
			  &text),
		0);
	if (strstr(file, ".query") != NULL)
		rc = decode_form(m, text.s, text.len, &body, &e);
	else
		rc = decode_body(m, type, text.s, text.len, &body, &e);
	ck_assert_msg(rc == 0, "%s (%s): %s", file, type, e.text);
	json_object_object_add(root, "body", json_object_get(body));
	check_values(entry, root);
	json_object_put(root);
	buf_free(&text);
}

START_TEST(real_payloads_are_decoded)
{
	const char *path = shared_path(m, "payloads/INDEX.json");
	struct json_object *index;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i, n;

	if (read_file(path, &text) == -1) {
		printf("skipped: there is no %s\n", path);
		return;
	}
	ck_assert_int_eq(
		json_read(text.s, text.len, JSON_MAX_DEPTH, &index, &e), 0);
	n = json_object_array_length(index);
	for (i = 0; i < n; i++)
		check_payload(json_object_array_get_idx(index, i));
	ck_assert_uint_ge(n, 50);
	json_object_put(index);
	buf_free(&text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decode");
	TCase *t = tcase_create("decode");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, a_body_is_decoded_by_its_type, 0, COUNT(bodies));
	tcase_add_loop_test(t, a_form_nests_by_its_names, 0, COUNT(forms));
	tcase_add_test(t, a_nul_in_text_is_replaced);
	tcase_add_test(t, names_nest_at_most_64_deep);
	tcase_add_test(t, a_form_has_at_most_10000_names);
	tcase_add_test(t, a_list_of_10000_is_quick);
	tcase_add_test(t, names_make_at_most_10000_objects);
	tcase_add_test(t, json_has_at_most_100000_values);
	tcase_add_test(t, the_json_test_suite_holds);
	tcase_add_test(t, real_payloads_are_decoded);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
