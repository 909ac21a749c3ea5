/*
 * check_csv.c - what comma separated values may look like, what is refused and
 * where reading goes on, which column is which field, and that what is exported
 * can be imported again.
 */
#include "config.h"

#include "base/json.h"
#include "flow/csv_contact.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct mem *pool;

static void
set_up(void)
{
	pool = mem_new();
}

static void
tear_down(void)
{
	mem_free(pool);
}

/* All records as text: "LINE:a|b" with one line each; "LINE!" is faulty. */
static const char *
read_all(const char *text, size_t len)
{
	struct err e = ERR_INIT;
	const char *out = "";
	struct csv_record r;
	struct csv c;
	size_t i;
	int rc;

	csv_begin(&c, text, len);
	while ((rc = csv_read(&c, pool, &r, &e)) != 0) {
		if (rc == -1) {
			out = mem_printf(pool, "%s%zu!\n", out, r.line);
			continue;
		}
		out = mem_printf(pool, "%s%zu:", out, r.line);
		for (i = 0; i < r.n; i++)
			out = mem_printf(pool, "%s%s%s", out, i > 0 ? "|" : "",
					 r.field[i]);
		out = mem_printf(pool, "%s\n", out);
	}
	return out;
}

/* clang-format off */
static const struct {
	const char *text, *want;
} files[] = {
	{ "", "" },
	{ "\n\r\n\r", "" },
	{ "a,b\n1,2", "1:a|b\n2:1|2\n" },
	{ "a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n" },
	{ "a,b\r1,2\r", "1:a|b\n2:1|2\n" },
	{ "\xef\xbb\xbf" "a;b\n1;2,5\n", "1:a|b\n2:1|2,5\n" },
	{ "a\tb,c\td\n1\t2\t3\n", "1:a|b,c|d\n2:1|2|3\n" },
	{ "a,b;c,d\n", "1:a|b;c|d\n" },
	{ "\"a;b;c\",d\n1,2\n", "1:a;b;c|d\n2:1|2\n" },
	{ "a,,\n,\n", "1:a||\n2:|\n" },
	{ "\"\",b\n", "1:|b\n" },
	{ "\"say \"\"hi\"\"\",b\n", "1:say \"hi\"|b\n" },
	{ "\"two\r\nlines\",b\nc,d\n", "1:two\r\nlines|b\n3:c|d\n" },
	{ "\"\n\n\",b\n\n\nc", "1:\n\n|b\n6:c\n" },
	{ " a , b\n", "1: a | b\n" },
	/* strict about quotes; the next line is read all the same */
	{ "a,b\"c\nd,e\n", "1!\n2:d|e\n" },
	{ "\"a\"b,c\nd,e\n", "1!\n2:d|e\n" },
	{ "a,b\n\"open,c\nd,e\n", "1:a|b\n2!\n3:d|e\n" },
	{ "a,b\n\"open\nc\" x,d\ne,f", "1:a|b\n2!\n3!\n4:e|f\n" },
	{ "a,b\n\"", "1:a|b\n2!\n" },
	{ "a,b\nM\xfcller,c\nd,e\n", "1:a|b\n2!\n3:d|e\n" },
};
/* clang-format on */

START_TEST(records)
{
	ck_assert_str_eq(read_all(files[_i].text, strlen(files[_i].text)),
			 files[_i].want);
}
END_TEST

START_TEST(nul_bytes_are_refused)
{
	ck_assert_str_eq(read_all("a\0b,c\nd,e\n", 10), "1!\n2:d|e\n");
}
END_TEST

/* clang-format off */
static const struct {
	const char *field, *want;
} cells[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "a,b", "\"a,b\"" },
	{ "a;b", "\"a;b\"" },
	{ "say \"hi\"", "\"say \"\"hi\"\"\"" },
	{ "two\nlines", "\"two\nlines\"" },
	{ "=1+1", "'=1+1" },
	{ "+4930901820", "'+4930901820" },
	{ "-5", "'-5" },
	{ "@SUM(A1)", "'@SUM(A1)" },
	{ "\tx", "\"'\tx\"" },
	{ "\rx", "\"'\rx\"" },
	{ "'=1", "''=1" },
	{ "'tis", "'tis" },
	{ "1=1", "1=1" },
};
/* clang-format on */

START_TEST(written_cells)
{
	struct buf out = BUF_INIT;
	struct csv_record r;
	struct csv c;

	csv_add(&out, 0, cells[_i].field);
	ck_assert_str_eq(out.s, cells[_i].want);
	buf_reset(&out);
	csv_add(&out, 0, "first");
	csv_add(&out, 1, cells[_i].field);
	csv_end(&out);
	csv_begin(&c, out.s, out.len);
	ck_assert_int_eq(csv_read(&c, pool, &r, NULL), 1);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_str_eq(csv_plain(r.field[1]), cells[_i].field);
	buf_free(&out);
}
END_TEST

static int
columns(const char *head, const char *map, struct csv_columns *out,
	struct err *e)
{
	struct csv_record r;
	struct csv c;

	csv_begin(&c, head, strlen(head));
	ck_assert_int_eq(csv_read(&c, pool, &r, NULL), 1);
	return csv_columns(pool, &r, map, out, e);
}

/* clang-format off */
static const struct {
	const char *head, *map, *want;
} heads[] = {
	{ "Email", NULL, "email" },
	{ " E-Mail ,First Name,last_name,PHONE", NULL, "email,first_name,last_name,phone" },
	{ "E-mail Address;Name;Zip;Company;DOB", NULL,
	  "email,full_name,postal_code,company_name,date_of_birth" },
	{ "contact.email,custom.Size,CUSTOM.b_2,Tags", NULL, "email,custom.Size,custom.b_2,tags" },
	{ "email,custom.,custom.2x,custom.a-b,nonsense,", NULL, "email,-,-,-,-,-" },
	{ "Phone,Mobile Phone,Email", NULL, "phone,-,email" },
	{ "Phone,Mobile Phone,Email", "mobile phone=phone", "-,phone,email" },
	{ "A,B,Phone", "A=email, B = custom.b ,Phone=", "email,custom.b,-" },
	{ "id,email,created_at", NULL, "-,email,-" },
};
/* clang-format on */

START_TEST(columns_are_fields)
{
	struct csv_columns c;
	struct err e = ERR_INIT;
	const char *out = "";
	size_t i;

	ck_assert_msg(columns(heads[_i].head, heads[_i].map, &c, &e) == 0, "%s",
		      e.text);
	for (i = 0; i < c.n; i++)
		out = mem_printf(pool, "%s%s%s", out, i > 0 ? "," : "",
				 c.target[i] != NULL ? c.target[i] : "-");
	ck_assert_str_eq(out, heads[_i].want);
}
END_TEST

/* clang-format off */
static const struct {
	const char *head, *map, *why;
} bad_heads[] = {
	{ "name,city", NULL, "no column is an e-mail address" },
	{ "email", "mail=email", "has no column \"mail\"" },
	{ "email,x", "x=colour", "no field \"colour\"" },
	{ "email,x", "x", "expected HEADER=FIELD" },
	{ "email", "email=", "no column is an e-mail address" },
};
/* clang-format on */

START_TEST(faulty_heads)
{
	struct csv_columns c;
	struct err e = ERR_INIT;

	ck_assert_int_eq(columns(bad_heads[_i].head, bad_heads[_i].map, &c, &e),
			 -1);
	ck_assert_msg(strstr(e.text, bad_heads[_i].why) != NULL, "%s", e.text);
}
END_TEST

/* The contact of a line, its faults and tags, as text. */
static const char *
contact_of(const char *head, const char *line)
{
	struct json_object *types = json_object_new_object();
	struct csv_columns c;
	struct csv_contact out;
	struct err e = ERR_INIT;
	struct csv_record r;
	struct csv csv;
	const char *text;
	size_t i;

	json_pool(pool, types);
	json_set_string(types, "n", "number");
	json_set_string(types, "l", "list");
	ck_assert_int_eq(columns(head, NULL, &c, &e), 0);
	csv_begin(&csv, line, strlen(line));
	ck_assert_int_eq(csv_read(&csv, pool, &r, NULL), 1);
	if (csv_contact_read(&c, &r, "DE", types, pool, &out, &e) == -1)
		return mem_strdup(pool, e.text);
	text = json_object_to_json_string_ext(out.mapped.contact,
					      JSON_C_TO_STRING_PLAIN);
	for (i = 0; i < out.mapped.invalid.n; i++)
		text = mem_printf(pool, "%s %s!", text,
				  out.mapped.invalid.list[i].path);
	if (out.tags != NULL)
		text = mem_printf(pool, "%s %s", text,
				  json_object_to_json_string_ext(
					  out.tags, JSON_C_TO_STRING_PLAIN));
	return text;
}

/* clang-format off */
static const struct {
	const char *head, *line, *want;
} lines[] = {
	{ "Email,Phone", "A@Example.com,030 901820",
	  "{\"email\":\"A@Example.com\",\"phone\":\"+4930901820\"}" },
	{ "Email,Phone", "a@example.com,12", "{\"email\":\"a@example.com\"} Phone!" },
	{ "Email,Name", "a@example.com,Ann Lee",
	  "{\"email\":\"a@example.com\",\"last_name\":\"Lee\",\"first_name\":\"Ann\"}" },
	{ "Email,City,Zip", "a@example.com", "{\"email\":\"a@example.com\"}" },
	{ "Email,City", "a@example.com,,,", "{\"email\":\"a@example.com\"}" },
	{ "Email,City", "a@example.com,x,y",
	  "it has 3 fields, the first line names 2: quote a field that holds the separator" },
	{ "Phone,x", "'+4930901820,=1", "{\"phone\":\"+4930901820\"}" },
	{ "Email,custom.n,custom.l", "a@b.de,4.50,one",
	  "{\"email\":\"a@b.de\",\"custom\":{\"n\":4.50,\"l\":[\"one\"]}}" },
	{ "Email,custom.n", "a@b.de,big", "{\"email\":\"a@b.de\"} custom.n!" },
	{ "Email,custom.l", "a@b.de,\"[\"\"x\"\",\"\"y\"\"]\"",
	  "{\"email\":\"a@b.de\",\"custom\":{\"l\":[\"x\",\"y\"]}}" },
	{ "Email,Tags", "a@b.de,\"vip, new;old\"", "{\"email\":\"a@b.de\"} [\"vip\",\"new\",\"old\"]" },
	{ "Email,Tags", "a@b.de,\"[\"\"a,b\"\"]\"", "{\"email\":\"a@b.de\"} [\"a,b\"]" },
	{ "Email,Tags", "a@b.de,\" , \"", "{\"email\":\"a@b.de\"}" },
};
/* clang-format on */

START_TEST(lines_are_contacts)
{
	ck_assert_str_eq(contact_of(lines[_i].head, lines[_i].line),
			 lines[_i].want);
}
END_TEST

START_TEST(an_export_is_an_import)
{
	const char *json = "{\"id\":\"7\",\"email\":\"a@b.de\",\"phone\":"
			   "\"+4930901820\",\"first_name\":\"=cmd\","
			   "\"last_name\":\"O\\\"Hara, Jr\",\"tags\":[\"a\","
			   "\"b c\"],\"custom\":{\"l\":[\"x,y\"],\"n\":-5}}";
	struct json_object *o = NULL, *keys = NULL;
	struct buf head = BUF_INIT, line = BUF_INIT;

	ck_assert_int_eq(json_read(json, strlen(json), 8, &o, NULL), 0);
	ck_assert_int_eq(
		json_read("{\"l\":null,\"n\":null}", 19, 8, &keys, NULL), 0);
	csv_contact_head(&head, keys);
	csv_contact_add(&line, o, keys);
	ck_assert_str_eq(contact_of(head.s, line.s),
			 "{\"email\":\"a@b.de\",\"phone\":\"+4930901820\","
			 "\"first_name\":\"=cmd\",\"last_name\":\"O\\\"Hara, "
			 "Jr\",\"custom\":{\"l\":[\"x,y\"],\"n\":-5}} "
			 "[\"a\",\"b c\"]");
	buf_free(&head);
	buf_free(&line);
	json_object_put(o);
	json_object_put(keys);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("csv");
	TCase *tc = tcase_create("csv");
	SRunner *sr = srunner_create(s);
	int n_failed;

#define LOOP(test, table)                \
	tcase_add_loop_test(tc, test, 0, \
			    (int)(sizeof(table) / sizeof((table)[0])))
	tcase_add_checked_fixture(tc, set_up, tear_down);
	LOOP(records, files);
	tcase_add_test(tc, nul_bytes_are_refused);
	LOOP(written_cells, cells);
	LOOP(columns_are_fields, heads);
	LOOP(faulty_heads, bad_heads);
	LOOP(lines_are_contacts, lines);
	tcase_add_test(tc, an_export_is_an_import);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	n_failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
