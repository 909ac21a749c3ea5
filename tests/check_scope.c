/*
 * check_scope.c - the names that a run's templates can use.
 */
#include "config.h"

#include "flow/scope.h"

#include "base/json.h"
#include "flow/template.h"

#include <check.h>
#include <json-c/linkhash.h>
#include <stdlib.h>
#include <string.h>

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
	struct json_object *o;

	ck_assert_int_eq(
		json_read(text, strlen(text), JSON_MAX_DEPTH, &o, NULL), 0);
	return json_pool(m, o);
}

static struct json_object *
full_scope(void)
{
	struct scope_in in = {
		.contact = json(
			"{\"id\":\"7\",\"first_name\":\"Ann\",\"last_name\":"
			"\"Lee\",\"phone\":\"+15551234567\",\"city\":null,"
			"\"custom\":{\"shoe\":43,\"email\":\"x@y.z\",\"city\":"
			"\"Rome\",\"name\":\"no\",\"phone_raw\":\"no\"},"
			"\"tags\":[\"vip\",\"new\"]}"),
		.variables = json("{\"plan\":\"pro\"}"),
		.webhook = json("{\"body\":{\"id\":9,\"o\":{\"x\":1}},"
				"\"query\":{\"q\":\"1\"},"
				"\"headers\":{\"x-shop\":\"s\"}}"),
		.workflow = json("{\"id\":\"3\",\"name\":\"W\",\"version\":2}"),
		.account = json("{\"id\":\"1\",\"name\":\"Shop\"}"),
		.values = json("{\"hotline\":\"555\"}"),
		.run = json("{\"id\":\"12\"}"),
		.steps = json("{\"call\":{\"status\":200}}"),
		.now_utc = "2026-11-24T08:05:09Z",
		.now_local = "2026-11-24T09:05:09",
	};

	return json_pool(m, scope_build(&in));
}

static const struct {
	const char *text, *want;
} names[] = {
	{ "{{contact.id}}", "7" },
	{ "{{contact.first_name}}", "Ann" },
	{ "{{contact.name}}", "Ann Lee" },
	{ "{{contact.full_name}}", "Ann Lee" },
	{ "{{contact.phone}}", "+15551234567" },
	{ "{{contact.phone_raw}}", "15551234567" },
	{ "{{contact.custom.shoe}}", "43" },
	{ "{{contact.shoe}}", "43" },
	{ "{{contact.email}}", "" },
	{ "{{contact.city}}", "" },
	{ "{{contact.custom.email}}", "x@y.z" },
	{ "{{contact.tags}}", "[\"vip\",\"new\"]" },
	{ "{{#contact.tags}}{{.}} {{/contact.tags}}", "vip new " },
	{ "{{custom_variables.plan}}", "pro" },
	{ "{{webhook.body.id}}{{webhook.query.q}}", "91" },
	{ "{{webhook.headers.x-shop}}", "s" },
	{ "{{inboundWebhookRequest.o.x}}", "1" },
	{ "{{workflow.name}} {{workflow.version}}", "W 2" },
	{ "{{account.name}}", "Shop" },
	{ "{{custom_values.hotline}}", "555" },
	{ "{{run.id}}", "12" },
	{ "{{steps.call.status}}", "200" },
	{ "{{now}}", "2026-11-24T08:05:09Z" },
	{ "{{right_now.second}}", "9" },
	{ "{{right_now.minute}}", "5" },
	{ "{{right_now.hour}}", "9" },
	{ "{{right_now.hour_ampm}} {{right_now.ampm}}", "9 am" },
	{ "{{right_now.time}}", "09:05" },
	{ "{{right_now.day_of_week}}", "Tuesday" },
	{ "{{right_now.day}}", "24" },
	{ "{{right_now.month}}", "11" },
	{ "{{right_now.month_name}}", "November" },
	{ "{{right_now.month_english}}", "November" },
	{ "{{right_now.year}}", "2026" },
	{ "{{right_now.middle_endian_date}}", "11/24/2026" },
	{ "{{right_now.little_endian_date}}", "24/11/2026" },
	{ "{{unknown.name}}", "" },
};

START_TEST(a_name_gives_its_value)
{
	struct err e = ERR_INIT;
	const char *got = template_text(m, names[_i].text, full_scope(),
					ESCAPE_NONE, 4096, &e);

	ck_assert_msg(got != NULL, "%s", e.text);
	ck_assert_str_eq(got, names[_i].want);
}
END_TEST

static const struct {
	const char *local, *want;
} clocks[] = {
	{ "2026-11-24T00:00:00", "12 am 00:00 Tuesday" },
	{ "2026-11-24T11:59:00", "11 am 11:59 Tuesday" },
	{ "2026-11-24T12:00:00", "12 pm 12:00 Tuesday" },
	{ "2026-11-24T13:07:00", "1 pm 13:07 Tuesday" },
	{ "2026-11-24T23:59:59", "11 pm 23:59 Tuesday" },
	{ "2024-02-29T08:00:00", "8 am 08:00 Thursday" },
	{ "2000-01-01T08:00:00", "8 am 08:00 Saturday" },
	{ "2027-01-31T08:00:00", "8 am 08:00 Sunday" },
	{ "not a time", "   " },
	{ "2026-13-24T08:00:00", "   " },
};

START_TEST(the_clock_reads_as_people_do)
{
	struct scope_in in = { .now_local = clocks[_i].local };
	struct err e = ERR_INIT;

	ck_assert_str_eq(
		template_text(m,
			      "{{right_now.hour_ampm}} {{right_now.ampm}} "
			      "{{right_now.time}} {{right_now.day_of_week}}",
			      json_pool(m, scope_build(&in)), ESCAPE_NONE, 4096,
			      &e),
		clocks[_i].want);
}
END_TEST

static const struct {
	const char *contact, *want;
} people[] = {
	{ "{\"first_name\":\"Ann\"}", "Ann" },
	{ "{\"last_name\":\"Lee\"}", "Lee" },
	{ "{\"first_name\":\"Ann\",\"last_name\":\"\"}", "Ann" },
	{ "{\"first_name\":null,\"last_name\":\"Lee\"}", "Lee" },
	{ "{}", "friend" },
	{ "null", "friend" },
};

START_TEST(half_a_name_is_a_name)
{
	struct scope_in in = { NULL };
	struct err e = ERR_INIT;
	struct json_object *o;

	ck_assert_int_eq(json_read(people[_i].contact,
				   strlen(people[_i].contact), JSON_MAX_DEPTH,
				   &o, NULL),
			 0);
	in.contact = o;
	ck_assert_str_eq(template_text(m, "{{contact.name|friend}}",
				       json_pool(m, scope_build(&in)),
				       ESCAPE_NONE, 4096, &e),
			 people[_i].want);
	json_object_put(o);
}
END_TEST

START_TEST(the_roots_are_the_listed_ones)
{
	struct json_object *scope = full_scope();
	size_t n = 0;

	for (; scope_roots[n] != NULL; n++)
		ck_assert_msg(json_get(scope, scope_roots[n]) != NULL, "%s",
			      scope_roots[n]);
	ck_assert_int_eq(json_object_object_length(scope), (int)n);
}
END_TEST

START_TEST(the_members_of_right_now_are_the_listed_ones)
{
	struct json_object *now = json_get(full_scope(), "right_now");
	const char *const *members = scope_members("right_now");
	size_t n = 0;

	for (; members[n] != NULL; n++)
		ck_assert_msg(json_get(now, members[n]) != NULL, "%s",
			      members[n]);
	ck_assert_int_eq(json_object_object_length(now), (int)n);
	ck_assert_ptr_null(scope_members("contact"));
}
END_TEST

START_TEST(what_was_given_is_not_changed)
{
	struct json_object *row =
		json("{\"first_name\":\"Ann\",\"custom\":{\"k\":1}}");
	struct scope_in in = { .contact = row };
	struct buf b = BUF_INIT;

	json_object_put(scope_build(&in));
	json_write(&b, row);
	ck_assert_str_eq(b.s, "{\"first_name\":\"Ann\",\"custom\":{\"k\":1}}");
	buf_free(&b);
}
END_TEST

#define LOOP(t, fn, table) \
	tcase_add_loop_test((t), (fn), 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("scope");
	TCase *t = tcase_create("scope");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	LOOP(t, a_name_gives_its_value, names);
	LOOP(t, the_clock_reads_as_people_do, clocks);
	LOOP(t, half_a_name_is_a_name, people);
	tcase_add_test(t, the_roots_are_the_listed_ones);
	tcase_add_test(t, the_members_of_right_now_are_the_listed_ones);
	tcase_add_test(t, what_was_given_is_not_changed);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
