/*
 * check_edit.c - steps are put in, moved, copied and taken out of documents
 * (flow/edit.h), and what is different between two (flow/differ.h).
 */
#include "config.h"

#include "flow/edit.h"

#include "flow/differ.h"
#include "plan_doc.h"

#include <stdlib.h>

#include "base/banned.h"

#define STEP(id) "{'id':'" id "','type':'end'}"
#define TREE                                                                  \
	STEP("a")                                                             \
	",{'id':'if','type':'if_else','branches':[{'name':'Pro','when':" WHEN \
	",'steps':[" STEP("p") "," STEP("q") "]}],'else':[" STEP(             \
		"e") "]}"                                                     \
		     ",{'id':'who','type':'find_contact','by':{'email':'x@y." \
		     "example'}}," STEP("z")

/* The ids in their order, branches in brackets. */
static void
put_ids(struct buf *b, struct json_object *list)
{
	struct edit_branch *branch;
	struct json_object *step;
	size_t i, k, n;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		step = json_object_array_get_idx(list, i);
		buf_addf(b, "%s%s", i > 0 ? " " : "",
			 json_get_string(step, "id"));
		branch = edit_branches(pool, step, &n);
		for (k = 0; k < n; k++) {
			buf_addf(b, "[%s:", branch[k].key);
			put_ids(b, branch[k].list);
			buf_addc(b, ']');
		}
	}
}

static const char *
ids(struct json_object *doc)
{
	struct buf b = BUF_INIT;
	const char *text;

	put_ids(&b, json_get(doc, "steps"));
	text = mem_strdup(pool, b.s);
	buf_free(&b);
	return text;
}

static struct edit_place
at(const char *text)
{
	struct edit_place place;

	ck_assert_int_eq(edit_place_read(pool, text, &place), 0);
	ck_assert_str_eq(edit_place_text(pool, &place), text);
	return place;
}

static const struct {
	const char *id, *to, *ids;
} moves[] = {
	{ "a", "4", "if[0:p q][else:e] who[found:][not_found:] z a" },
	{ "a", "0", "a if[0:p q][else:e] who[found:][not_found:] z" },
	{ "a", "1", "a if[0:p q][else:e] who[found:][not_found:] z" },
	{ "z", "0", "z a if[0:p q][else:e] who[found:][not_found:]" },
	{ "z", "if.0.1", "a if[0:p z q][else:e] who[found:][not_found:]" },
	{ "a", "if.else.0", "if[0:p q][else:a e] who[found:][not_found:] z" },
	{ "p", "who.not_found.0",
	  "a if[0:q][else:e] who[found:][not_found:p] z" },
	{ "if", "who.found.0", "a who[found:if[0:p q][else:e]][not_found:] z" },
	{ "if", "if.0.0", NULL },
	{ "a", "5", NULL },
	{ "a", "if.1.0", NULL },
	{ "a", "gone.0.0", NULL },
	{ "gone", "0", NULL },
};

START_TEST(a_step_moves_to_any_place_but_into_itself)
{
	struct json_object *doc = document("{}", "", TREE);
	struct edit_place to = at(moves[_i].to);
	const char *before = ids(doc);
	struct err e = ERR_INIT;
	int rc = edit_move(pool, doc, moves[_i].id, &to, &e);

	ck_assert_int_eq(rc, moves[_i].ids != NULL ? 0 : -1);
	ck_assert_str_eq(ids(doc),
			 moves[_i].ids != NULL ? moves[_i].ids : before);
}
END_TEST

START_TEST(what_is_no_place_is_refused)
{
	static const char *const wrong[] = { "",	"x",	   "-1",
					     "1.2",	"a.b.",	   "1.2.3.4",
					     "9999999", "a.0.1.5", " 1" };
	struct edit_place place;

	ck_assert_int_eq(edit_place_read(pool, wrong[_i], &place), -1);
}
END_TEST

START_TEST(up_and_down_end_at_the_ends_of_the_list)
{
	struct json_object *doc = document("{}", "", TREE);
	struct err e = ERR_INIT;

	ck_assert_int_eq(edit_shift(pool, doc, "q", -1, &e), 0);
	ck_assert_int_eq(edit_shift(pool, doc, "a", -1, &e), 0);
	ck_assert_int_eq(edit_shift(pool, doc, "z", 1, &e), 0);
	ck_assert_int_eq(edit_shift(pool, doc, "a", 1, &e), 0);
	ck_assert_str_eq(ids(doc),
			 "if[0:q p][else:e] a who[found:][not_found:] z");
}
END_TEST

START_TEST(every_kind_can_be_put_in_with_an_id_of_its_own)
{
	static const char *const types[] = {
		"send_email",	  "send_sms",
		"call_webhook",	  "if_else",
		"split",	  "wait",
		"wait.until",	  "wait.window",
		"set_variable",	  "add_tag",
		"remove_tag",	  "enrol",
		"unenrol",	  "notify",
		"find_contact",	  "go_to",
		"goal",		  "end",
		"update_contact", "wait.until_condition",
	};
	struct json_object *doc = document("{}", "", ""), *step;
	struct edit_place top = at("0");
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < 2 * N(types); i++) {
		step = edit_insert(pool, doc, &top, types[i % N(types)], &e);
		ck_assert_msg(step != NULL, "%s", types[i % N(types)]);
	}
	ck_assert_ptr_null(edit_insert(pool, doc, &top, "nothing", &e));
	for (i = 0; i < 2 * N(types); i++) {
		struct edit_spot spot;
		const char *id;

		step = json_object_array_get_idx(json_get(doc, "steps"), i);
		id = json_get_string(step, "id");
		ck_assert(edit_find(pool, doc, id, &spot));
		ck_assert_msg(spot.step == step, "%s twice", id);
	}
}
END_TEST

START_TEST(a_copy_has_its_own_ids_and_goes_to_its_own_steps)
{
	struct json_object *doc =
		document("{}", "",
			 "{'id':'if','type':'if_else','branches':[{'when':" WHEN
			 ",'steps':[{'id':'j','type':'go_to','step':'x_2'},"
			 "{'id':'k','type':'go_to','step':'out'}," STEP(
				 "x_2") "]}]}," STEP("out"));
	struct err e = ERR_INIT;
	struct edit_spot spot;

	ck_assert_ptr_nonnull(edit_copy(pool, doc, "if", &e));
	ck_assert_str_eq(ids(doc), "if[0:j k x_2][else:] "
				   "if_2[0:j_2 k_2 x_3][else:] out");
	ck_assert(edit_find(pool, doc, "j_2", &spot));
	ck_assert_str_eq(json_get_string(spot.step, "step"), "x_3");
	ck_assert(edit_find(pool, doc, "k_2", &spot));
	ck_assert_str_eq(json_get_string(spot.step, "step"), "out");
	ck_assert(edit_find(pool, doc, "j", &spot));
	ck_assert_str_eq(json_get_string(spot.step, "step"), "x_2");
}
END_TEST

START_TEST(a_step_is_switched_off_and_on_and_taken_out)
{
	struct json_object *doc = document("{}", "", TREE), *was;
	struct err e = ERR_INIT;

	was = json_pool(pool, json_copy(doc));
	ck_assert_int_eq(edit_disable(pool, doc, "p", 1, &e), 0);
	ck_assert(!json_object_equal(doc, was));
	ck_assert_int_eq(edit_disable(pool, doc, "p", 0, &e), 0);
	ck_assert(json_object_equal(doc, was));
	ck_assert_int_eq(edit_delete(pool, doc, "if", &e), 0);
	ck_assert_str_eq(ids(doc), "a who[found:][not_found:] z");
	ck_assert_int_eq(edit_delete(pool, doc, "p", &e), -1);
	ck_assert_int_eq(e.kind, ERR_GONE);
}
END_TEST

START_TEST(branches_come_and_go)
{
	struct json_object *doc = document("{}", "", TREE);
	struct err e = ERR_INIT;
	struct edit_spot at_if;
	int i;

	ck_assert(edit_find(pool, doc, "if", &at_if));
	ck_assert_uint_eq(edit_count_within(pool, at_if.step), 3);
	for (i = 1; i < EDIT_BRANCHES_MAX; i++)
		ck_assert_int_eq(edit_branch_add(at_if.step, &e), 0);
	ck_assert_int_eq(edit_branch_add(at_if.step, &e), -1);
	ck_assert_int_eq(edit_branch_shift(at_if.step, 0, 1, &e), 0);
	for (i = 2; i < EDIT_BRANCHES_MAX; i++)
		ck_assert_int_eq(edit_branch_remove(at_if.step, 2, &e), 0);
	ck_assert_int_eq(edit_branch_remove(at_if.step, 2, &e), -1);
	ck_assert_str_eq(ids(doc), "a if[0:][1:p q][else:e] "
				   "who[found:][not_found:] z");
}
END_TEST

START_TEST(a_pointer_leads_to_the_innermost_step)
{
	struct json_object *doc = document("{}", "", TREE), *step;
	const char *rest;

	step = edit_step_at(pool, doc, "/steps/1/branches/0/steps/1/reason",
			    &rest);
	ck_assert_str_eq(json_get_string(step, "id"), "q");
	ck_assert_str_eq(rest, "/reason");
	step = edit_step_at(pool, doc, "/steps/1/branches/0/when/field", &rest);
	ck_assert_str_eq(json_get_string(step, "id"), "if");
	ck_assert_str_eq(rest, "/branches/0/when/field");
	step = edit_step_at(pool, doc, "/steps/1/else/0", &rest);
	ck_assert_str_eq(json_get_string(step, "id"), "e");
	ck_assert_str_eq(rest, "");
	ck_assert_ptr_null(edit_step_at(pool, doc, "/trigger/map/0", &rest));
	ck_assert_str_eq(rest, "/trigger/map/0");
	ck_assert_ptr_null(edit_step_at(pool, doc, "/steps", &rest));
}
END_TEST

/* --- differences ---------------------------------------------------------- */

static const char *
lines(struct json_object *before, struct json_object *after)
{
	struct json_object *list = differ(pool, before, after), *o;
	struct buf b = BUF_INIT;
	const char *text, *field, *then, *now;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		field = json_get_string(o, "field");
		then = json_get_string(o, "before");
		now = json_get_string(o, "after");
		text = json_get_string(o, "step");
		buf_addf(&b, "%s%s", i > 0 ? "; " : "",
			 json_get_string(o, "what"));
		buf_addf(&b, "%s%s", text != NULL ? " " : "",
			 text != NULL ? text : "");
		buf_addf(&b, "%s%s", field != NULL ? " " : "",
			 field != NULL ? field : "");
		if (then != NULL || now != NULL)
			buf_addf(&b, " %s>%s", then != NULL ? then : "",
				 now != NULL ? now : "");
	}
	text = mem_strdup(pool, b.s);
	buf_free(&b);
	return text;
}

static const struct {
	const char *before, *after, *lines;
} differences[] = {
	{ STEP("a"), STEP("a"), "" },
	{ STEP("a"), STEP("a") "," STEP("b"), "step added b" },
	{ STEP("a") "," STEP("b"), STEP("b"), "step removed a" },
	{ STEP("a") "," STEP("b") "," STEP("c"),
	  STEP("c") "," STEP("a") "," STEP("b"), "step moved c" },
	{ "{'id':'a','type':'wait','for':'1 day'}",
	  "{'id':'a','type':'wait','for':'2 days','name':'N'}",
	  "step changed a for 1 day>2 days; step changed a name >N" },
	{ "{'id':'a','type':'wait','for':'1 day','disabled':true}",
	  "{'id':'a','type':'wait','for':'1 day'}",
	  "step changed a disabled true>" },
	{ TREE, STEP("n") "," TREE, "step added n" },
	{ "{'id':'s','type':'split','branches':[{'percent':50,'steps':[" STEP(
		  "x") "]},{'percent':50,'steps':[]}]}",
	  "{'id':'s','type':'split','branches':[{'percent':40,'steps':[]},"
	  "{'percent':60,'steps':[" STEP("x") "]}]}",
	  "step changed s branch 1: percent 50>40; step changed s branch 2: "
	  "percent 50>60; step moved x" },
};

START_TEST(a_difference_says_what_was_done)
{
	struct json_object *before, *after;

	before = document("{}", "", differences[_i].before);
	after = document("{}", "", differences[_i].after);
	ck_assert_str_eq(lines(before, after), differences[_i].lines);
}
END_TEST

START_TEST(a_difference_knows_mapping_trigger_and_settings)
{
	struct json_object *before = document(
		"{'reentry':'never'}",
		",'methods':['POST'],'map':[{'from':'body.a','to':'contact."
		"email'},{'from':'body.b','to':'custom_variables.b'}]",
		"");
	struct json_object *after =
		document("{'reentry':'always','contact':'optional'}",
			 ",'map':[{'from':'body.x','to':'contact.email'},"
			 "{'from':'body.c','to':'custom_variables.c'}]",
			 "");

	json_set_string(after, "name", "Other");
	ck_assert_str_eq(lines(before, after),
			 "name changed Test>Other; mapping changed "
			 "contact.email body.a>body.x; mapping added "
			 "custom_variables.c >body.c; mapping removed "
			 "custom_variables.b body.b>; trigger changed methods "
			 "[\"POST\"]>; settings changed reentry never>always; "
			 "settings changed contact >optional");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("edit");
	TCase *t = tcase_create("edit");
	SRunner *runner;
	int n_failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_step_moves_to_any_place_but_into_itself, 0,
			    N(moves));
	tcase_add_loop_test(t, what_is_no_place_is_refused, 0, 9);
	tcase_add_test(t, up_and_down_end_at_the_ends_of_the_list);
	tcase_add_test(t, every_kind_can_be_put_in_with_an_id_of_its_own);
	tcase_add_test(t, a_copy_has_its_own_ids_and_goes_to_its_own_steps);
	tcase_add_test(t, a_step_is_switched_off_and_on_and_taken_out);
	tcase_add_test(t, branches_come_and_go);
	tcase_add_test(t, a_pointer_leads_to_the_innermost_step);
	tcase_add_loop_test(t, a_difference_says_what_was_done, 0,
			    N(differences));
	tcase_add_test(t, a_difference_knows_mapping_trigger_and_settings);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	n_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
