/*
 * check_template.c - templates: the public Mustache specification, and what
 * is our own (escaping per target, fallbacks, paths, limits, errors).
 */
#include "config.h"

#include "flow/template.h"

#include "base/json.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX 65536

static struct mem *m;

static void
setup(void)
{
	m = mem_new();
}

static void
teardown(void)
{
	mem_free(m);
}

static struct json_object *
json(const char *text)
{
	struct err e = ERR_INIT;
	struct json_object *o;

	ck_assert_msg(json_read(text, strlen(text), JSON_MAX_DEPTH, &o, &e) ==
			      0,
		      "%s", e.text);
	return o != NULL ? json_pool(m, o) : NULL;
}

static const char *
written(struct json_object *o)
{
	struct buf b = BUF_INIT;
	const char *s;

	json_write(&b, o);
	s = mem_strdup(m, b.s);
	buf_free(&b);
	return s;
}

static const struct {
	const char *text, *scope, *want;
	enum escape escape;
} cases[] = {
	/* escaping */
	{ "{{a}}", "{\"a\":\"<&>\\\"'\"}", "&lt;&amp;&gt;&quot;&#39;",
	  ESCAPE_HTML },
	{ "{{{a}}}{{&a}}", "{\"a\":\"<\"}", "<<", ESCAPE_HTML },
	{ "<b>{{a}}", "{\"a\":\"<\"}", "<b>&lt;", ESCAPE_HTML },
	{ "{{a}}", "{\"a\":\"<&>\\\"'\"}", "<&>\"'", ESCAPE_NONE },
	{ "{{a}}", "{\"a\":\"a\\n\\\"b\\\"\\\\\"}", "a\\n\\\"b\\\"\\\\",
	  ESCAPE_JSON },
	{ "{\"x\":{{{a}}}}", "{\"a\":[1,{\"b\":\"c\"}]}",
	  "{\"x\":[1,{\"b\":\"c\"}]}", ESCAPE_JSON },
	{ "{{a}}", "{\"a\":{\"b\":1}}", "{\\\"b\\\":1}", ESCAPE_JSON },
	{ "/?q={{a}}&r=ok", "{\"a\":\"a b/\xc3\xa4&~-._\"}",
	  "/?q=a%20b%2F%C3%A4%26~-._&r=ok", ESCAPE_URL },
	{ "/{{{a}}}", "{\"a\":\"x/y\"}", "/x/y", ESCAPE_URL },
	{ "{{a}}|{{{a}}}|{{&a}}", "{\"a\":\"x\\r\\nBcc: y\\u0007\"}",
	  "x  Bcc: y |x  Bcc: y |x  Bcc: y ", ESCAPE_HEADER },
	{ "a\n{{x}}", "{}", "a ", ESCAPE_HEADER },
	{ "{{n}} <{{a}}>", "{\"n\":\"Kim Lee\",\"a\":\"k@x.org\"}",
	  "\"Kim Lee\" <k@x.org>", ESCAPE_ADDRESS },
	{ "{{n}} <{{a}}>", "{\"n\":\"z@x.org, Kim\",\"a\":\"k@x.org\"}",
	  "\"z@x.org, Kim\" <k@x.org>", ESCAPE_ADDRESS },
	{ "'{{n}}' <{{a}}>", "{\"n\":\"a \\\"b\",\"a\":\"k@x.org>\\nX: y\"}",
	  "'\"a \\\"b\"' <\"k@x.org> X: y\">", ESCAPE_ADDRESS },
	{ "\"{{n}}\" <k@x.org>", "{\"n\":\"a \\\"b, c\"}",
	  "\"a \\\"b, c\" <k@x.org>", ESCAPE_ADDRESS },
	{ "{{{n}}}", "{\"n\":\"a@x.org,\\nb@x.org\"}", "a@x.org, b@x.org",
	  ESCAPE_ADDRESS },
	{ "{{a}}", "{\"a\":\"<\xc3\xa4>\"}", "<\xc3\xa4>", ESCAPE_HEADER },

	/* fallbacks */
	{ "Hi {{n|there}}", "{\"n\":\"Ann\"}", "Hi Ann", ESCAPE_NONE },
	{ "Hi {{n|there}}", "{}", "Hi there", ESCAPE_NONE },
	{ "Hi {{n|there}}", "{\"n\":\"\"}", "Hi there", ESCAPE_NONE },
	{ "Hi {{n|there}}", "{\"n\":null}", "Hi there", ESCAPE_NONE },
	{ "{{n|none}}", "{\"n\":[]}", "none", ESCAPE_NONE },
	{ "{{n|none}}", "{\"n\":{}}", "none", ESCAPE_NONE },
	{ "{{n|none}}", "{\"n\":0}", "0", ESCAPE_NONE },
	{ "{{n|none}}", "{\"n\":false}", "false", ESCAPE_NONE },
	{ "{{ n.x | dear  friend }}", "{}", "dear  friend", ESCAPE_NONE },
	{ "{{n|a|b}}", "{}", "a|b", ESCAPE_NONE },
	{ "{{n|}}", "{}", "", ESCAPE_NONE },
	{ "{{n|<b>}}{{{n|<b>}}}{{&n|<b>}}", "{}", "&lt;b&gt;<b><b>",
	  ESCAPE_HTML },
	{ "{{[\"a|b\"]|c}}", "{\"a|b\":\"x\"}", "x", ESCAPE_NONE },
	{ "{{[\"a|]\\\"b\"]|c}}", "{}", "c", ESCAPE_NONE },
	{ "{{l[?k=a|b].v|c}}", "{\"l\":[{\"k\":\"a|b\",\"v\":1}]}", "1",
	  ESCAPE_NONE },

	/* values and paths */
	{ "{{a}}", "{\"a\":1.10}", "1.10", ESCAPE_NONE },
	{ "{{a}}", "{\"a\":123456789012345678901234567890}",
	  "123456789012345678901234567890", ESCAPE_NONE },
	{ "{{a}}", "{\"a\":1e3}", "1e3", ESCAPE_NONE },
	{ "{{a}} {{b}}", "{\"a\":true,\"b\":false}", "true false",
	  ESCAPE_NONE },
	{ "{{a}}", "{\"a\":{\"b\":[1,\"x\",null]}}", "{\"b\":[1,\"x\",null]}",
	  ESCAPE_NONE },
	{ "{{a.b[1].c}}", "{\"a\":{\"b\":[0,{\"c\":\"x\"}]}}", "x",
	  ESCAPE_NONE },
	{ "{{ a[\"odd key\"] }}", "{\"a\":{\"odd key\":\"x\"}}", "x",
	  ESCAPE_NONE },
	{ "{{#a[*].b}}<{{.}}>{{/a[*].b}}",
	  "{\"a\":[{\"b\":1},{\"c\":0},{\"b\":2}]}", "<1><2>", ESCAPE_NONE },
	{ "{{#l}}{{x}}{{y.z}}{{^last}}, {{/last}}{{/l}}",
	  "{\"x\":\"o\",\"y\":{\"z\":1},"
	  "\"l\":[{\"x\":\"i\"},{\"y\":{}},{\"last\":true}]}",
	  "i1, o, o1", ESCAPE_NONE },
	{ "{{#l}}[{{x}}]{{/l}}",
	  "{\"x\":\"outer\",\"l\":[{\"x\":null},{\"x\":\"\"}]}", "[][]",
	  ESCAPE_NONE },
	{ "{{#l}}[{{.}}]{{/l}}", "{\"l\":[null,1,[2],{\"a\":3}]}",
	  "[][1][[2]][{\"a\":3}]", ESCAPE_NONE },
	{ "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":0}", "yes", ESCAPE_NONE },
	{ "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":\"\"}", "no", ESCAPE_NONE },
	{ "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":{}}", "no", ESCAPE_NONE },
	{ "{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":{\"b\":null}}", "yes",
	  ESCAPE_NONE },
	{ "{{#a}}{{^b}}{{x}}{{/b}}{{/a}}", "{\"a\":{\"x\":1}}", "1",
	  ESCAPE_NONE },
	{ "{{=<% %>=}}<% a %>{{a}}<%={{ }}=%>{{a}}", "{\"a\":1}", "1{{a}}1",
	  ESCAPE_NONE },
	{ "{ {a} } }}", "{}", "{ {a} } }}", ESCAPE_NONE },
	{ "", "{}", "", ESCAPE_NONE },
	{ "{{a}}", "null", "", ESCAPE_NONE },
};

START_TEST(a_template_makes_its_text)
{
	struct err e = ERR_INIT;
	const char *got =
		template_text(m, cases[_i].text, json(cases[_i].scope),
			      cases[_i].escape, MAX, &e);

	ck_assert_msg(got != NULL, "%s: %s", cases[_i].text, e.text);
	ck_assert_str_eq(got, cases[_i].want);
}
END_TEST

static const struct {
	const char *text, *says, *where;
} faults[] = {
	{ "Hi {{name", "a tag does not end", "at line 1, column 4" },
	{ "Hi {{{name}}", "a tag does not end", "at line 1, column 4" },
	{ "Hi\n\xc3\xa4 {{}}", "expected a name", "at line 2, column 3" },
	{ "{{ }}", "expected a name", "at line 1, column 1" },
	{ "{{|x}}", "expected a name", "at line 1, column 1" },
	{ "{{#}}{{/}}", "expected a name", "at line 1, column 1" },
	{ "a\n\n {{#b}}x", "a section does not end: {{#b}}",
	  "at line 3, column 2" },
	{ "{{#a}}{{#b}}{{/a}}{{/b}}", "expected {{/b}}, found {{/a}}",
	  "at line 1, column 13" },
	{ "x{{/a}}", "no section is open that could end with {{/a}}",
	  "at line 1, column 2" },
	{ "{{> header}}", "partials do not exist here", "at line 1, column 1" },
	{ "{{a..b}}", "expected a key", "at line 1, column 1" },
	{ "{{#a[}}{{/a[}}", "expected an index", "at line 1, column 1" },
	{ "{{=<%=}}", "two new delimiters", "at line 1, column 1" },
	{ "{{=a b c=}}", "two new delimiters", "at line 1, column 1" },
	{ "{{=<% %>}}", "a tag does not end", "at line 1, column 1" },
	{ "{{=12345678901234567 x=}}", "two new delimiters", "column 1" },
};

START_TEST(a_faulty_template_is_refused_with_its_place)
{
	struct err e = ERR_INIT;
	struct template *t;

	ck_assert_int_eq(template_parse(m, faults[_i].text, &t, &e), -1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strstr(e.text, faults[_i].says) != NULL &&
			      strstr(e.text, faults[_i].where) != NULL,
		      "%s: %s", faults[_i].text, e.text);
	ck_assert_int_eq(template_parse(m, faults[_i].text, &t, NULL), -1);
}
END_TEST

/* {{#a}} `depth` times around "x". */
static const char *
nested(int depth)
{
	struct buf b = BUF_INIT;
	const char *s;
	int i;

	for (i = 0; i < depth; i++)
		buf_adds(&b, "{{#a}}");
	buf_adds(&b, "x");
	for (i = 0; i < depth; i++)
		buf_adds(&b, "{{/a}}");
	s = mem_strdup(m, b.s);
	buf_free(&b);
	return s;
}

START_TEST(sections_nest_64_deep_and_no_deeper)
{
	struct json_object *scope = json("{\"a\":true}");
	struct err e = ERR_INIT;

	ck_assert_str_eq(
		template_text(m, nested(64), scope, ESCAPE_NONE, MAX, &e), "x");
	ck_assert_ptr_null(
		template_text(m, nested(65), scope, ESCAPE_NONE, MAX, &e));
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(e.text, "at most 64 sections"));
}
END_TEST

START_TEST(what_is_made_is_bounded)
{
	struct json_object *scope = json("{\"a\":\"1234567890\",\"q\":\"<<\"}");
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct template *t;

	ck_assert_int_eq(template_parse(m, "{{a}}{{a}}", &t, &e), 0);
	buf_adds(&out, "before ");
	ck_assert_int_eq(template_render(t, scope, ESCAPE_NONE, 20, &out, &e),
			 0);
	ck_assert_str_eq(out.s, "before 12345678901234567890");
	ck_assert_int_eq(template_render(t, scope, ESCAPE_NONE, 19, &out, &e),
			 -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_ptr_nonnull(strstr(e.text, "more than 19 bytes"));
	ck_assert_str_eq(out.s, "before 12345678901234567890");
	buf_free(&out);

	ck_assert_ptr_null(
		template_text(m, "{{q}}", scope, ESCAPE_HTML, 7, &e));
	ck_assert_ptr_null(template_text(m, "four", scope, ESCAPE_NONE, 3, &e));
}
END_TEST

START_TEST(lists_in_lists_that_print_nothing_end)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int i;

	buf_adds(&b, "{\"a\":[1");
	for (i = 1; i < 1000; i++)
		buf_adds(&b, ",1");
	buf_adds(&b, "]}");
	ck_assert_ptr_null(template_text(
		m, "{{#a}}{{#a}}{{#a}}{{#a}}{{none}}{{/a}}{{/a}}{{/a}}{{/a}}",
		json(b.s), ESCAPE_NONE, MAX, &e));
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_ptr_nonnull(strstr(e.text, "list elements"));
	buf_free(&b);
}
END_TEST

#define PAYLOAD                                                       \
	"{\"p\":\"{\\\"u\\\":{\\\"id\\\":18446744073709551617},"      \
	"\\\"l\\\":[1,2]}\",\"l\":\"[{\\\"x\\\":1},{\\\"x\\\":2}]\"," \
	"\"lines\":[\"{\\\"x\\\":3}\",\"{x\"],\"none\":\"[]\",\"s\":\"{s\"}"

static const struct {
	const char *text, *want;
} opened[] = {
	{ "{{p.u.id}}", "18446744073709551617" },
	{ "{{p.l[1]}}{{p.l[*]}}", "2[1,2]" },
	{ "{{#p}}{{u.id}}{{/p}}", "18446744073709551617" },
	{ "{{#p.l}}<{{.}}>{{/p.l}}", "<1><2>" },
	{ "{{#l}}<{{x}}>{{/l}}{{^l}}no{{/l}}", "<1><2>" },
	{ "{{#lines}}<{{x}}|{{.}}>{{/lines}}", "<3|{\"x\":3}><|{x>" },
	{ "{{#none}}yes{{/none}}{{^none}}no{{/none}}{{none}}", "no[]" },
	{ "{{l}}", "[{\"x\":1},{\"x\":2}]" },
	{ "{{#s}}{{.}}{{/s}}{{s.x|none}}", "{snone" },
};

START_TEST(json_in_a_string_is_looked_into)
{
	struct err e = ERR_INIT;
	char *made = template_text(m, opened[_i].text, json(PAYLOAD),
				   ESCAPE_NONE, MAX, &e);

	ck_assert_msg(made != NULL, "%s", e.text);
	ck_assert_str_eq(made, opened[_i].want);
}
END_TEST

/* A loop that looks into the same string each time reads it once. */
START_TEST(a_string_is_read_once)
{
	struct buf scope = BUF_INIT;
	struct err e = ERR_INIT;
	char *made;
	int i;

	buf_adds(&scope, "{\"l\":[1");
	for (i = 1; i < 100000; i++)
		buf_adds(&scope, ",1");
	buf_adds(&scope, "],\"p\":\"[");
	for (i = 0; i < 500000; i++)
		buf_adds(&scope, "  ");
	buf_adds(&scope, "x\"}");
	made = template_text(m, "{{#l}}{{p.x}}{{/l}}.", json(scope.s),
			     ESCAPE_NONE, MAX, &e);
	ck_assert_str_eq(made, ".");
	buf_free(&scope);
}
END_TEST

START_TEST(json_keeps_the_types_of_values)
{
	struct json_object *out;
	struct err e = ERR_INIT;

	ck_assert_int_eq(
		template_json(
			m,
			json("{\"n\":\"{{a}}\",\"t\":\" {{a}}\",\"o\":\"{{{o}}}"
			     "\",\"none\":\"{{x}}\",\"f\":\"{{x|y}}\",\"{{a}}\""
			     ":[\"{{b}}\",7,null,true,\"{{#a}}s{{/a}}\"],"
			     "\"l\":\"{{o.l[*].k}}\",\"q\":\"\\\"{{s}}\\\"\"}"),
			json("{\"a\":1.50,\"b\":false,\"s\":\"<\\n>\","
			     "\"o\":{\"l\":[{\"k\":1},{\"k\":2}]}}"),
			MAX, &out, &e),
		0);
	ck_assert_str_eq(written(out),
			 "{\"n\":1.50,\"t\":\" 1.50\",\"o\":{\"l\":[{\"k\":1},"
			 "{\"k\":2}]},\"none\":null,\"f\":\"y\",\"{{a}}\":"
			 "[false,7,null,true,\"s\"],\"l\":[1,2],"
			 "\"q\":\"\\\"<\\n>\\\"\"}");
}
END_TEST

START_TEST(json_is_bounded_as_a_whole)
{
	struct json_object *scope = json("{\"a\":\"12345\",\"l\":[1,2,3]}");
	struct json_object *out;
	struct err e = ERR_INIT;

	ck_assert_int_eq(template_json(m, json("[\"{{a}}\",\"x{{a}}\"]"), scope,
				       11, &out, &e),
			 0);
	ck_assert_int_eq(template_json(m, json("[\"{{a}}\",\"x{{a}}\"]"), scope,
				       10, &out, &e),
			 -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_int_eq(template_json(m, json("{\"k\":[\"{{l}}\",\"{{l}}\"]}"),
				       scope, 13, &out, &e),
			 -1);
	ck_assert_int_eq(
		template_json(m, json("{\"k\":\"{{#\"}"), scope, MAX, &out, &e),
		-1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_int_eq(template_json(m, NULL, scope, MAX, &out, &e), 0);
	ck_assert_ptr_null(out);
}
END_TEST

static void
add_name(void *arg, const char *name, int in_section)
{
	buf_addf(arg, "%s%s;", in_section ? "in " : "", name);
}

START_TEST(a_template_tells_its_names)
{
	struct buf names = BUF_INIT;
	struct err e = ERR_INIT;
	struct template *t;

	ck_assert_int_eq(
		template_parse(m,
			       "{{ a.b |x}}{{! c }}{{#l[*].d}}{{.}}{{{e}}}"
			       "{{#g}}{{h}}{{/g}}{{/l[*].d}}{{^f}}{{i}}{{/f}}",
			       &t, &e),
		0);
	template_each_name(t, add_name, &names);
	ck_assert_str_eq(names.s, "a.b;l[*].d;in e;in g;in h;f;i;");
	buf_free(&names);
}
END_TEST

/* The specification's files. */
static const char *const spec_files[] = { "interpolation", "sections",
					  "inverted", "comments",
					  "delimiters" };

static struct json_object *
read_spec(const char *name)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");
	const char *path;
	struct buf b = BUF_INIT;
	struct json_object *o;
	size_t n;
	FILE *f;

	if (shared == NULL)
		shared = mem_printf(m, "%s/../shared", top != NULL ? top : ".");
	path = mem_printf(m, "%s/corpora/mustache-spec/%s.json", shared, name);
	f = fopen(path, "r");
	if (f == NULL) {
		printf("skipped: no %s\n", path);
		return NULL;
	}
	do {
		buf_grow(&b, 4096);
		n = fread(b.s + b.len, 1, 4096, f);
		b.len += n;
		b.s[b.len] = '\0';
	} while (n > 0);
	fclose(f);
	o = json(b.s);
	buf_free(&b);
	return o;
}

static void
run_spec_case(struct json_object *test, const char *file)
{
	const char *text = json_get_string(test, "template");
	const char *want = json_get_string(test, "expected");
	struct err e = ERR_INIT;
	const char *got = template_text(m, text, json_get(test, "data"),
					ESCAPE_HTML, MAX, &e);

	ck_assert_msg(got != NULL, "%s, %s: %s", file,
		      json_get_string(test, "name"), e.text);
	ck_assert_msg(strcmp(got, want) == 0, "%s, %s: got \"%s\", want \"%s\"",
		      file, json_get_string(test, "name"), got, want);
}

START_TEST(the_public_specification_holds)
{
	struct json_object *spec = read_spec(spec_files[_i]), *tests, *test;
	size_t i, n, done = 0;

	if (spec == NULL)
		return;
	tests = json_get(spec, "tests");
	n = json_object_array_length(tests);
	for (i = 0; i < n; i++) {
		test = json_object_array_get_idx(tests, i);
		if (json_get(test, "partials") != NULL) {
			printf("%s: skipped \"%s\": partials are out of "
			       "scope\n",
			       spec_files[_i], json_get_string(test, "name"));
			continue;
		}
		run_spec_case(test, spec_files[_i]);
		done++;
	}
	printf("%s: %zu of %zu cases of the specification\n", spec_files[_i],
	       done, n);
	ck_assert_uint_gt(done, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("template");
	TCase *t = tcase_create("template");
	SRunner *r;
	int failed;

	puts("partials.json of the Mustache specification is out of scope: "
	     "templates have no partials");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_template_makes_its_text, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, a_faulty_template_is_refused_with_its_place, 0,
			    sizeof(faults) / sizeof(faults[0]));
	tcase_add_test(t, sections_nest_64_deep_and_no_deeper);
	tcase_add_test(t, what_is_made_is_bounded);
	tcase_add_test(t, lists_in_lists_that_print_nothing_end);
	tcase_add_loop_test(t, json_in_a_string_is_looked_into, 0,
			    sizeof(opened) / sizeof(opened[0]));
	tcase_add_test(t, a_string_is_read_once);
	tcase_add_test(t, json_keeps_the_types_of_values);
	tcase_add_test(t, json_is_bounded_as_a_whole);
	tcase_add_test(t, a_template_tells_its_names);
	tcase_add_loop_test(t, the_public_specification_holds, 0,
			    sizeof(spec_files) / sizeof(spec_files[0]));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
