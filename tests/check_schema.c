/*
 * check_schema.c - doc/workflow.schema.json says what the tables of
 * plan_kinds.c say, and its examples are valid.
 */
#include "config.h"

#include "flow/plan.h"

#include "flow/cond_op.h"
#include "flow/map.h"
#include "flow/plan_kinds.h"
#include "plan_doc.h"

#include <stdio.h>
#include <stdlib.h>

static struct json_object *
read_schema(void)
{
	const char *top = getenv("top_srcdir");
	const char *path = mem_printf(pool, "%s/doc/workflow.schema.json",
				      top == NULL ? "." : top);
	FILE *in = fopen(path, "rb");
	struct json_object *o = NULL;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n;

	ck_assert_msg(in != NULL, "no %s; set top_srcdir", path);
	do {
		buf_grow(&b, 4096);
		n = fread(b.s + b.len, 1, 4095, in);
		b.len += n;
	} while (n > 0);
	fclose(in);
	ck_assert_msg(json_read(b.s, b.len, JSON_MAX_DEPTH, &o, &e) == 0,
		      "%s: %s", path, e.text);
	buf_free(&b);
	return json_pool(pool, o);
}

/* Is `text` in the list of strings? */
static int
lists(struct json_object *list, const char *text)
{
	size_t i, n;

	n = list == NULL ? 0 : json_object_array_length(list);
	for (i = 0; i < n; i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   text) == 0)
			return 1;
	return 0;
}

/* The members of one table and of one object of the schema are the same, and
 * so is what they demand; `also`: members that another object brings. */
static void
agree(const struct shape *shape, struct json_object *schema, const char *also)
{
	struct json_object *props = json_get(schema, "properties");
	const struct member *row;
	int n = 0;

	ck_assert_msg(props != NULL, "%s: not in the schema", shape->what);
	for (row = shape->members; row->name != NULL; row++) {
		ck_assert_msg(json_get(props, row->name) != NULL,
			      "%s: the schema lacks %s", shape->what,
			      row->name);
		ck_assert_msg(lists(json_get(schema, "required"), row->name) ==
				      row->is_required,
			      "%s: is %s required?", shape->what, row->name);
		n++;
	}
	if (also != NULL)
		n += json_get(props, also) != NULL;
	ck_assert_msg(json_object_object_length(props) == n,
		      "%s: the schema has more members", shape->what);
}

/* A member whose value is an object of its own, and so on below. */
static void
agree_below(const struct shape *shape, struct json_object *schema)
{
	struct json_object *below;
	const struct member *row;

	for (row = shape->members; row->name != NULL; row++) {
		if (row->shape == NULL)
			continue;
		below = json_get(json_get(schema, "properties"), row->name);
		if (row->form == form_branches)
			below = json_get(below, "items");
		agree(row->shape, below, NULL);
		agree_below(row->shape, below);
	}
}

START_TEST(the_schema_says_what_the_tables_say)
{
	struct json_object *schema = read_schema();
	struct json_object *defs = json_get(schema, "$defs");
	struct json_object *types, *def;
	const struct step_kind *kind;
	size_t n = 0;

	agree(&plan_document, schema, NULL);
	agree_below(&plan_document, schema);
	agree(&plan_step_base, json_get(defs, "step_base"), NULL);
	types = json_get(
		json_get(json_get(json_get(defs, "step_base"), "properties"),
			 "type"),
		"enum");
	for (kind = plan_kinds; kind->type != NULL; kind++, n++) {
		ck_assert_msg(lists(types, kind->type), "no type %s",
			      kind->type);
		def = json_get(defs, kind->type);
		ck_assert_msg(def != NULL, "no $defs/%s", kind->type);
		agree(&kind->shape, def, "type");
		agree_below(&kind->shape, def);
	}
	ck_assert_uint_eq(json_object_array_length(types), n);
	def = json_get(json_get(defs, "step"), "allOf");
	ck_assert_uint_eq(json_object_array_length(def), n);
}
END_TEST

START_TEST(the_examples_of_the_schema_are_valid)
{
	struct json_object *schema = read_schema(), *list, *doc;
	struct json_object *steps;
	const struct step_kind *kind;
	size_t i;

	list = json_get(schema, "examples");
	for (i = 0; i < json_object_array_length(list); i++)
		assert_valid(json_object_array_get_idx(list, i));
	for (kind = plan_kinds; kind->type != NULL; kind++) {
		list = json_get(json_get(json_get(schema, "$defs"), kind->type),
				"examples");
		ck_assert_msg(list != NULL, "no example of %s", kind->type);
		doc = document("{}", "", "{'id':'rest-0','type':'end'}");
		steps = json_get(doc, "steps");
		for (i = 0; i < json_object_array_length(list); i++)
			json_object_array_add(
				steps,
				json_object_get(
					json_object_array_get_idx(list, i)));
		if (strcmp(kind->type, "go_to") == 0)
			json_set_string(json_object_array_get_idx(steps, 0),
					"id", "rest");
		assert_valid(doc);
	}
}
END_TEST

/* The comparison of $defs/condition that has operator `name`. */
static struct json_object *
comparison(struct json_object *condition, const char *name)
{
	struct json_object *list = json_get(condition, "oneOf"), *found = NULL;
	struct json_object *one, *is;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		is = json_get(json_get(one, "properties"), "is");
		if (!lists(json_get(is, "enum"), name))
			continue;
		ck_assert_msg(found == NULL, "%s stands twice", name);
		found = one;
	}
	ck_assert_msg(found != NULL, "the schema lacks %s", name);
	return found;
}

START_TEST(the_schema_says_what_an_operator_takes)
{
	static const struct {
		enum cond_takes takes;
		const char *value; /* where the schema says it ... */
		const char *says;  /* ... and what it says */
	} values[] = {
		{ TAKES_NOTHING, "type", "'null'" },
		{ TAKES_VALUE, "$ref", "'#/$defs/scalar'" },
		{ TAKES_SIZE, "$ref", "'#/$defs/size'" },
		{ TAKES_LIST, "anyOf",
		  "[{'type':'array','minItems':1,'items':{'$ref':"
		  "'#/$defs/scalar'}},{'type':'string','pattern':"
		  "'\\\\{\\\\{'}]" },
		{ TAKES_RANGE, "minItems", "2" },
		{ TAKES_RANGE, "maxItems", "2" },
		{ TAKES_DATE, "$ref", "'#/$defs/size'" },
		{ TAKES_PATTERN, "type", "'string'" },
	};
	struct json_object *condition =
		json_get(json_get(read_schema(), "$defs"), "condition");
	struct json_object *one, *value;
	const struct cond_op *op;
	size_t i;

	for (op = cond_ops; op->name != NULL; op++) {
		one = comparison(condition, op->name);
		ck_assert_msg(lists(json_get(one, "required"), "value") ==
				      (op->takes != TAKES_NOTHING),
			      "%s: is value required?", op->name);
		value = json_get(json_get(one, "properties"), "value");
		for (i = 0; i < N(values); i++)
			if (values[i].takes == op->takes)
				ck_assert_str_eq(
					requoted(pool,
						 json_get(value,
							  values[i].value)),
					values[i].says);
	}
	one = json_object_array_get_idx(json_get(condition, "oneOf"), 1);
	value = json_get(json_get(one, "properties"), "any");
	ck_assert_int_eq(json_get_int(value, "minItems", 0), 1);
}
END_TEST

START_TEST(only_custom_fields_take_a_list)
{
	struct json_object *defs = json_get(read_schema(), "$defs"), *set;
	const char *const *field;
	struct json_object *others, *own;

	set = json_get(json_get(json_get(defs, "update_contact"), "properties"),
		       "set");
	others = json_get(json_get(set, "additionalProperties"), "type");
	own = json_get(json_get(set, "patternProperties"), "^custom\\.");
	ck_assert_int_eq(lists(others, "array"), 0);
	ck_assert_int_eq(lists(json_get(own, "type"), "array"), 1);
	for (field = map_contact_fields; *field != NULL; field++)
		ck_assert_msg(
			lists(json_get(
				      json_object_array_get_idx(
					      json_get(
						      json_get(set,
							       "propertyNames"),
						      "anyOf"),
					      0),
				      "enum"),
			      *field),
			"no field %s", *field);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_schema_says_what_an_operator_takes);
	tcase_add_test(tc, only_custom_fields_take_a_list);
	tcase_add_test(tc, the_schema_says_what_the_tables_say);
	tcase_add_test(tc, the_examples_of_the_schema_are_valid);
}

int
main(void)
{
	Suite *s = suite_create("schema");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	add_tests(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
