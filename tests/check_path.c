/*
 * check_path.c - paths: what they find, and what is said of faulty ones.
 */
#include "config.h"

#include "flow/path.h"

#include "base/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char document[] =
	"{\"body\":{\"id\":12345678901234567890123,\"name\":\"Ann\","
	"\"none\":null,\"First Name\":\"Bo\",\"a.b\":1,\"x]y\":2,\"\":3,"
	"\"q\\\"q\":4,\"K\\u00e4se\":\"Gouda\",\"a|b\":5,"
	"\"items\":[{\"sku\":\"A\",\"tags\":[1,2]},{\"sku\":\"B\"},"
	"{\"tags\":[3]},{\"sku\":null}],"
	"\"answers\":[{\"type\":\"text\",\"text\":\"hi\"},"
	"{\"type\":\"email\",\"email\":\"a@b.c\",\"field\":{\"ref\":\"r 1\"}},"
	"{\"type\":\"email\",\"email\":\"later\"},"
	"{\"type\":7,\"n\":\"seven\",\"field\":{\"ref\":\"x]\"}}],"
	"\"grid\":[[1,2],[3]],\"empty\":[],"
	"\"payload\":\" {\\\"user\\\":{\\\"id\\\":18446744073709551617},"
	"\\\"in\\\":\\\"[{\\\\\\\"x\\\\\\\":\\\\\\\"y\\\\\\\"}]\\\"}\","
	"\"events\":\"[{\\\"t\\\":\\\"a\\\",\\\"n\\\":1},"
	"{\\\"t\\\":\\\"b\\\",\\\"n\\\":2}]\","
	"\"lines\":[\"{\\\"n\\\":1}\",\"{\\\"n\\\":2}\",\"{n}\"],"
	"\"broken\":\"{\\\"a\\\":1\",\"one\":{\"sku\":\"O\"},"
	"\"php\":{\"1\":\"x\",\"0\":\"w\"}},"
	"\"headers\":{\"x-shop\":\"s\"}}";

static struct mem *m;
static struct json_object *root;

static void
setup(void)
{
	m = mem_new();
	ck_assert_int_eq(json_read(document, strlen(document), JSON_MAX_DEPTH,
				   &root, NULL),
			 0);
	json_pool(m, root);
}

static void
teardown(void)
{
	mem_free(m);
}

static const struct {
	const char *path, *want; /* want NULL: there is nothing */
} finds[] = {
	{ "body.name", "\"Ann\"" },
	{ " body . name ", "\"Ann\"" },
	{ "[\"body\"][\"name\"]", "\"Ann\"" },
	{ "body[ \"name\" ]", "\"Ann\"" },
	{ "headers.x-shop", "\"s\"" },
	{ "body.First Name", "\"Bo\"" },
	{ "body[\"a.b\"]", "1" },
	{ "body[\"x]y\"]", "2" },
	{ "body[\"\"]", "3" },
	{ "body[\"q\\\"q\"]", "4" },
	{ "body.K\xc3\xa4se", "\"Gouda\"" },
	{ "body[\"K\\u00e4se\"]", "\"Gouda\"" },
	{ "body.a|b", "5" },
	{ "body.items[0].sku", "\"A\"" },
	{ "body.items[ 1 ].sku", "\"B\"" },
	{ "body.items[-3].sku", "\"B\"" },
	{ "body.items[-4].tags[-1]", "2" },
	{ "body.grid[1][0]", "3" },
	{ "body.items[*].sku", "[\"A\",\"B\"]" },
	{ "body.items[*].tags[*]", "[1,2,3]" },
	{ "body.items[*].tags[0]", "[1,3]" },
	{ "body.grid[*]", "[[1,2],[3]]" },
	{ "body.grid[*][*]", "[1,2,3]" },
	{ "body.empty[*]", "[]" },
	{ "body.answers[?type=email].email", "\"a@b.c\"" },
	{ "body.answers[? type = email ].email", "\"a@b.c\"" },
	{ "body.answers[?type=\"email\"].email", "\"a@b.c\"" },
	{ "body.answers[?\"type\"=email].email", "\"a@b.c\"" },
	{ "body.answers[?field.ref=r 1].email", "\"a@b.c\"" },
	{ "body.answers[?field.ref=\"x]\"].n", "\"seven\"" },
	{ "body.answers[?type=7].n", "\"seven\"" },
	{ "body.answers[?type=phone].n", NULL },
	{ "body.answers[?nothing=].n", NULL },
	{ "body.none", NULL },
	{ "body.missing", NULL },
	{ "body.name.first", NULL },
	{ "body.name[1]", NULL },
	{ "body.name[-2]", NULL },
	{ "body.none[0]", NULL },
	{ "body.name[?a=b]", NULL },
	{ "body.missing[*].x", NULL },
	{ "body.items.sku", NULL },
	{ "body.items[4]", NULL },
	{ "body.items[-5]", NULL },
	{ "Body.name", NULL },
	{ "query", NULL },

	/* names as forms have them */
	{ "body[name]", "\"Ann\"" },
	{ "body[First Name]", "\"Bo\"" },
	{ "body[a.b]", "1" },
	{ "body[a|b]", "5" },
	{ "body[K\xc3\xa4se]", "\"Gouda\"" },
	{ "body[items][0][sku]", "\"A\"" },
	{ "body[items][*][sku]", "[\"A\",\"B\"]" },
	{ "body[php][1]", "\"x\"" },
	{ "body.php[0]", "\"w\"" },
	{ "body.php[-1]", "{\"1\":\"x\",\"0\":\"w\"}" },
	{ "body.php[2]", NULL },

	/* one is a list of one */
	{ "body.name[0]", "\"Ann\"" },
	{ "body.name[-1]", "\"Ann\"" },
	{ "body.name[*]", "[\"Ann\"]" },
	{ "body.one[0].sku", "\"O\"" },
	{ "body.one[*].sku", "[\"O\"]" },
	{ "body.one[?sku=O].sku", "\"O\"" },
	{ "body.one[?sku=P].sku", NULL },
	{ "body.items[*].sku[*]", "[\"A\",\"B\"]" },

	/* JSON in a string */
	{ "body.payload.user.id", "18446744073709551617" },
	{ "body.payload[\"user\"]", "{\"id\":18446744073709551617}" },
	{ "body.payload.in[0].x", "\"y\"" },
	{ "body.payload.in[*].x", "[\"y\"]" },
	{ "body.payload.missing", NULL },
	{ "body.events[1].n", "2" },
	{ "body.events[*].n", "[1,2]" },
	{ "body.events[?t=b].n", "2" },
	{ "body.events.n", NULL },
	{ "body.lines[*].n", "[1,2]" },
	{ "body.lines[?n=2].n", "2" },
	{ "body.broken.a", NULL },
	{ "body.broken", "\"{\\\"a\\\":1\"" },
	{ "body.events", "\"[{\\\"t\\\":\\\"a\\\",\\\"n\\\":1},"
			 "{\\\"t\\\":\\\"b\\\",\\\"n\\\":2}]\"" },
};

START_TEST(a_path_finds_what_it_names)
{
	const char *want = finds[_i].want;
	struct json_object *o = path_lookup(m, finds[_i].path, root);
	struct buf got = BUF_INIT;

	if (want == NULL) {
		ck_assert_msg(o == NULL, "%s finds something", finds[_i].path);
		return;
	}
	ck_assert_msg(o != NULL, "%s finds nothing", finds[_i].path);
	json_write(&got, o);
	ck_assert_str_eq(got.s, want);
	buf_free(&got);
}
END_TEST

START_TEST(long_numbers_keep_their_digits)
{
	struct buf got = BUF_INIT;

	json_to_text(&got, path_lookup(m, "body.id", root));
	ck_assert_str_eq(got.s, "12345678901234567890123");
	buf_free(&got);
}
END_TEST

/* The body itself may be a list. */
START_TEST(a_list_may_be_the_whole_body)
{
	static const char text[] = "{\"body\":[{\"x\":1},{\"x\":2}]}";
	struct json_object *o = NULL;
	struct buf got = BUF_INIT;

	ck_assert_int_eq(
		json_read(text, strlen(text), JSON_MAX_DEPTH, &o, NULL), 0);
	json_pool(m, o);
	json_to_text(&got, path_lookup(m, "body[0].x", o));
	json_to_text(&got, path_lookup(m, "body[-1].x", o));
	json_to_text(&got, path_lookup(m, "body[*].x", o));
	json_to_text(&got, path_lookup(m, "body[?x=2].x", o));
	ck_assert_str_eq(got.s, "12[1,2]2");
	buf_free(&got);
}
END_TEST

static const struct {
	const char *path, *says, *where;
} faults[] = {
	{ "", "expected a key", "at character 1 of" },
	{ "body.", "expected a key", "at character 6 of" },
	{ "body..x", "expected a key", "at character 6 of" },
	{ ".body", "expected a key", "at character 1 of" },
	{ "body. ", "expected a key", "found \" \"" },
	{ "body]", "expected a dot or [", "found \"]\"" },
	{ "body[", "expected an index", "at character 6 of" },
	{ "body[]", "expected an index", "found \"]\"" },
	{ "body[x", "expected ]", "where it ends" },
	{ "body[-x]", "expected an index", "found \"-x]\"" },
	{ "body[x[0]]", "expected ]", "found \"[0]]\"" },
	{ "body[+1]", "expected an index", "at character 6 of" },
	{ "body[99999999999999999999]", "expected an index", "character 6" },
	{ "body[1", "expected ]", "at character 7 of" },
	{ "body[1.5]", "expected ]", "at character 7 of" },
	{ "body[*", "expected ]", "where it ends" },
	{ "body[\"x\"", "expected ]", "at character 9 of" },
	{ "body[\"x]", "in quotes", "at character 6 of" },
	{ "body[\"\\x\"]", "escaped as in JSON", "at character 6 of" },
	{ "body[?]", "expected a key", "[?type=email]" },
	{ "body[?type]", "expected = and a value", "[?type=email]" },
	{ "body[?type=x", "expected ]", "where it ends" },
	{ "body[0]x", "expected a dot or [", "at character 8 of" },
	{ "[0].x", "expected a key to begin with", "at character 1 of" },
	{ "[*]", "expected a key to begin with", "at character 1 of" },
	{ "K\xc3\xa4se..x", "expected a key", "at character 6 of" },
};

START_TEST(a_faulty_path_is_refused_with_its_place)
{
	struct err e = ERR_INIT;
	struct path *p;

	ck_assert_int_eq(path_parse(m, faults[_i].path, &p, &e), -1);
	ck_assert_int_eq(e.kind, ERR_INPUT);
	ck_assert_msg(strstr(e.text, faults[_i].says) != NULL &&
			      strstr(e.text, faults[_i].where) != NULL,
		      "%s: %s", faults[_i].path, e.text);
	ck_assert_ptr_null(path_lookup(m, faults[_i].path, root));
}
END_TEST

START_TEST(a_path_knows_its_keys)
{
	const char *keys[4];
	struct path *p;

	ck_assert_int_eq(
		path_parse(m, "webhook[\"body\"].items[*].sku", &p, NULL), 0);
	ck_assert_str_eq(path_root(p), "webhook");
	ck_assert_uint_eq(path_length(p), 5);
	ck_assert_uint_eq(path_keys(p, keys, 4), 3);
	ck_assert_str_eq(keys[0], "webhook");
	ck_assert_str_eq(keys[1], "body");
	ck_assert_str_eq(keys[2], "items");
	ck_assert_uint_eq(path_keys(p, keys, 2), 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("path");
	TCase *t = tcase_create("path");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_path_finds_what_it_names, 0,
			    sizeof(finds) / sizeof(finds[0]));
	tcase_add_test(t, long_numbers_keep_their_digits);
	tcase_add_test(t, a_list_may_be_the_whole_body);
	tcase_add_loop_test(t, a_faulty_path_is_refused_with_its_place, 0,
			    sizeof(faults) / sizeof(faults[0]));
	tcase_add_test(t, a_path_knows_its_keys);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
