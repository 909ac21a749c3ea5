/*
 * check_rules_edit.c - mapping rules changed by a form: what was not changed
 * stays as it was written, what was is what was typed.
 */
#include "config.h"

#include "flow/map.h"
#include "flow/rules_edit.h"
#include "flow/suggest.h"

#include "quoted.h"

#include <stdlib.h>

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

#define RULES                                                              \
	"[{'from':'body.email','to':'contact.email','required':true},"     \
	"{'x':1,'to':'custom_variables.n','value':1.50},"                  \
	"{'from':'body.plan','to':'contact.plan','default':7,'as':'text'," \
	"'required':false},{'value':'a\\nb','to':'contact.source'},'odd']"

static const char *
after(const struct rule_edit *edits, size_t n)
{
	return requoted(pool, rules_edit(pool, quoted(pool, RULES), edits, n));
}

static const char *
before(void)
{
	return requoted(pool, quoted(pool, RULES));
}

START_TEST(what_a_form_shows_and_nobody_changes_stays_as_it_was)
{
	const struct rule_edit same[] = {
		{ 0, "contact.email", "body.email", NULL, "", "", 1 },
		{ 1, "custom_variables.n", "", "1.50", "", "", 0 },
		{ 2, "contact.plan", "body.plan", NULL, "7", "text", 0 },
		{ 3, "contact.source", NULL, "ab", "", "", 0 },
		{ 4, NULL, NULL, "", "", "", 0 },
		{ .index = -1, .to = "", .from = "body.other" },
	};

	ck_assert_str_eq(after(NULL, 0), before());
	ck_assert_str_eq(after(same, 5), before());
	ck_assert_str_eq(after(&same[5], 1), before());
}
END_TEST

START_TEST(what_was_changed_is_what_was_typed)
{
	const struct rule_edit edits[] = {
		{ 0, "", NULL, NULL, NULL, NULL, -1 },
		{ 1, NULL, NULL, "2.25", NULL, NULL, -1 },
		{ 2, "contact.custom.plan", "body.p", NULL, "many", "", 1 },
		{ 3, NULL, NULL, "a b", NULL, NULL, -1 },
		{ -1, "contact.phone", "body.tel", NULL, "", "", 0 },
		{ -1, "contact.city", NULL, "Bonn", "", "", 1 },
	};

	ck_assert_str_eq(
		after(edits, 6),
		"[{'x':1,'to':'custom_variables.n','value':2.25},"
		"{'from':'body.p','to':'contact.custom.plan','default':'many',"
		"'required':true},{'value':'a b','to':'contact.source'},'odd',"
		"{'from':'body.tel','to':'contact.phone'},"
		"{'value':'Bonn','to':'contact.city','required':true}]");
}
END_TEST

START_TEST(a_list_that_is_none_becomes_one)
{
	const struct rule_edit one = {
		-1, "contact.email", "body.e", NULL, "", "", 0
	};

	ck_assert_str_eq(requoted(pool, rules_edit(pool, NULL, &one, 1)),
			 "[{'from':'body.e','to':'contact.email'}]");
}
END_TEST

/* clang-format off */
static const struct {
	const char *label, *key;
} keys[] = {
	{ "Subscription Plan", "subscription_plan" },
	{ "plan", "plan" },
	{ "  2nd -- line!", "nd_line" },
	{ "Größe (cm)", "groesse_cm" },
	{ "<script>", "script" },
	{ "日本", "field" },
	{ "", "field" },
	{ "0123456789 a0123456789 b0123456789 c0123456789 d0123456789 "
	  "e0123456789 f",
	  "a0123456789_b0123456789_c0123456789_d0123456789_e0123456789_f" },
};

static const struct {
	const char *name, *to;
} variables[] = {
	{ "plan", "custom_variables.plan" },
	{ "order no", "custom_variables[\"order no\"]" },
	{ "größe-2", "custom_variables.größe-2" },
};
/* clang-format on */

START_TEST(labels_make_keys)
{
	ck_assert_str_eq(rule_field_key(pool, keys[_i].label), keys[_i].key);
}
END_TEST

START_TEST(a_variable_is_found_by_what_names_it)
{
	const char *to = rule_to_variable(pool, variables[_i].name), *name;

	ck_assert_str_eq(to, variables[_i].to);
	ck_assert_int_eq(map_target(pool, to, &name), MAP_VARIABLE);
	ck_assert_str_eq(name, variables[_i].name);
}
END_TEST

START_TEST(places_have_a_name_and_a_type)
{
	struct sample s;

	sample_read(pool,
		    quoted(pool, "{'body':{'orderID':5,'sub':{'value':'pro'},"
				 "'due':'2026-11-30','answers':[{'question':"
				 "'Shoe size?','answer':true}]}}"),
		    &s);
	ck_assert_str_eq(suggest_label(pool, &s.list[0]), "Order id");
	ck_assert_str_eq(suggest_type(pool, s.list[0].value), "number");
	ck_assert_str_eq(suggest_label(pool, &s.list[1]), "Sub");
	ck_assert_str_eq(suggest_type(pool, s.list[1].value), "text");
	ck_assert_str_eq(suggest_type(pool, s.list[2].value), "date");
	ck_assert_str_eq(suggest_label(pool, &s.list[4]), "Shoe size?");
	ck_assert_str_eq(suggest_type(pool, s.list[4].value), "boolean");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules_edit");
	TCase *t = tcase_create("rules_edit");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_a_form_shows_and_nobody_changes_stays_as_it_was);
	tcase_add_test(t, what_was_changed_is_what_was_typed);
	tcase_add_test(t, a_list_that_is_none_becomes_one);
	tcase_add_loop_test(t, labels_make_keys, 0,
			    sizeof(keys) / sizeof(*keys));
	tcase_add_loop_test(t, a_variable_is_found_by_what_names_it, 0,
			    sizeof(variables) / sizeof(*variables));
	tcase_add_test(t, places_have_a_name_and_a_type);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
