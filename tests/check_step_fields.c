/*
 * check_step_fields.c - every member of every step has its field; a form that
 * nobody changed changes nothing; what is changed becomes what plan_check
 * takes.  With conditions as rows.
 */
#include "config.h"

#include "flow/step_fields.h"

#include "flow/cond_rows.h"
#include "flow/plan_kinds.h"
#include "plan_doc.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

/* --- the tables ----------------------------------------------------------- */

static const struct step_field *
field_of(const struct step_field *f, const char *path)
{
	while (f->path != NULL && strcmp(f->path, path) != 0)
		f++;
	return f->path != NULL ? f : NULL;
}

static void
assert_fields(const struct step_words *w, const struct member *row,
	      const char *outer)
{
	const char *path;

	for (; row->name != NULL; row++) {
		path = mem_printf(pool, "%s%s", outer, row->name);
		if (row->form == form_object)
			assert_fields(w, row->shape->members,
				      mem_printf(pool, "%s/", path));
		else if (row->form != form_steps &&
			 row->form != form_branches &&
			 row->form != form_step_id &&
			 row->form != form_step_type)
			ck_assert_msg(field_of(w->fields, path) != NULL ||
					      field_of(step_fields_common,
						       path) != NULL,
				      "%s has no field for %s", w->type, path);
	}
}

START_TEST(every_member_of_every_kind_has_a_field)
{
	const struct step_kind *kind;
	const struct step_words *w;

	for (kind = plan_kinds; kind->type != NULL; kind++) {
		w = step_words_of(kind->type);
		ck_assert_msg(w != NULL, "%s", kind->type);
		assert_fields(w, kind->shape.members, "");
		assert_fields(w, plan_step_base.members, "");
	}
}
END_TEST

/* --- unchanged ------------------------------------------------------------ */

/* What a browser would send of the fields as they are shown. */
static struct json_object *
sent(const struct step_field *f, struct json_object *step)
{
	struct json_object *form = json_pool(pool, json_object_new_object());

	for (; f->path != NULL; f++)
		json_object_object_add(
			form, f->path,
			json_object_get(step_field_show(pool, f, step)));
	return form;
}

static struct json_object *
whole_form(struct json_object *step)
{
	const struct step_words *w =
		step_words_of(json_get_string(step, "type"));
	struct json_object *form = sent(w->fields, step);
	struct json_object *common = sent(step_fields_common, step);
	struct json_object *list = json_get(step, "branches"), *all;
	size_t i;

	json_object_object_foreach (common, key, v) {
		json_object_object_add(form, key, json_object_get(v));
	}
	if (list == NULL)
		return form;
	all = json_object_new_array();
	json_object_object_add(form, "branches", all);
	for (i = 0; i < json_object_array_length(list); i++)
		json_object_array_add(
			all, json_object_get(
				     sent(strcmp(w->type, "split") == 0
						  ? step_fields_share
						  : step_fields_branch,
					  json_object_array_get_idx(list, i))));
	return form;
}

static void
assert_unchanged(struct json_object *step)
{
	const char *before = json_pool_text(pool, step);

	step_take(pool, step, whole_form(step));
	ck_assert_str_eq(json_pool_text(pool, step), before);
}

static const char *const odd_steps[] = {
	"{'id':'a','type':'wait','for':' 1 day ','disabled':false}",
	"{'id':'a','type':'wait','window':{'days':[],'from':'09:00'}}",
	"{'id':'a','type':'wait','window':{}}",
	"{'id':'a','type':'set_variable','name':'n','value':null}",
	"{'id':'a','type':'set_variable','name':'n','value':1.50,'add':'2'}",
	"{'id':'a','type':'set_variable','name':'n','value':[1,'a']}",
	"{'id':'a','type':'set_variable','name':'n','value':'[1]'}",
	"{'id':'a','type':'set_variable','name':'n','value':'  x\\r\\ny '}",
	"{'id':'a','type':'set_variable','name':'n','value':'',"
	"'replace':{'find':' ','with':''},'split':' '}",
	"{'id':'a','type':'set_variable','name':7,'round':'x'}",
	"{'id':'a','type':'add_tag','tags':['a','b c',' d']}",
	"{'id':'a','type':'add_tag','tags':'{{x}}'}",
	"{'id':'a','type':'update_contact','set':{'city':null,'custom.a':[1,"
	"'b'],'do_not_contact':['sms'],'custom.n':5,'custom.t':'5'}}",
	"{'id':'a','type':'call_webhook','url':'','json':'{{webhook.body}}'}",
	"{'id':'a','type':'call_webhook','url':'','json':'[1]'}",
	"{'id':'a','type':'call_webhook','url':'','json':null}",
	"{'id':'a','type':'call_webhook','url':'','json':{'a':[{'b':1e3}]}}",
	"{'id':'a','type':'call_webhook','url':'','form':{'n':1,'t':true,"
	"'s':'x'},'headers':{},'auth':{'type':'none','odd':1}}",
	"{'id':'a','type':'send_email','to':'','subject':'','odd':1,"
	"'list_unsubscribe':true}",
	"{'id':'a','type':'end','if':'nonsense'}",
	"{'id':'a','type':'end','if':null,'name':null}",
	"{'id':'a','type':'split','branches':[{'percent':50,'steps':[]},7]}",
	"{'id':'a','type':'if_else','branches':[{'steps':[]}],'else':[]}",
};

START_TEST(a_form_that_nobody_changed_changes_nothing)
{
	assert_unchanged(quoted(pool, odd_steps[_i]));
}
END_TEST

/* Every step in a document, however it stands there. */
static size_t
each_step(struct json_object *o)
{
	size_t i, n = 0;

	if (json_object_is_type(o, json_type_array))
		for (i = 0; i < json_object_array_length(o); i++)
			n += each_step(json_object_array_get_idx(o, i));
	if (!json_object_is_type(o, json_type_object))
		return n;
	if (json_get_string(o, "id") != NULL &&
	    plan_kind(json_get_string(o, "type")) != NULL) {
		assert_unchanged(o);
		n++;
	}
	json_object_object_foreach (o, key, v) {
		(void)key;
		n += each_step(v);
	}
	return n;
}

static struct json_object *
read_file(const char *name)
{
	const char *top = getenv("top_srcdir");
	FILE *f = fopen(
		mem_printf(pool, "%s/%s", top != NULL ? top : ".", name), "r");
	struct json_object *o = NULL;
	struct buf b = BUF_INIT;
	char block[4096];
	size_t n;

	ck_assert_msg(f != NULL, "%s", name);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	ck_assert_int_eq(json_read(b.s, b.len, JSON_MAX_DEPTH, &o, NULL), 0);
	buf_free(&b);
	return json_pool(pool, o);
}

START_TEST(nor_does_one_of_the_examples)
{
	ck_assert_uint_gt(each_step(read_file("doc/workflow.schema.json")), 20);
	ck_assert_uint_gt(each_step(read_file("doc/samples/welcome.json")), 2);
}
END_TEST

/* --- conditions ----------------------------------------------------------- */

#define IS(f, v) "{'field':'" f "','is':'equals','value':'" v "'}"

static const struct {
	const char *cond, *rows, *words;
} conditions[] = {
	{ IS("a", "1"), "{'how':'all','rows':[" IS("a", "1") "],'groups':[]}",
	  "a is 1" },
	{ "{'any':[" IS("a", "1") "," IS("b", "2") "]}",
	  "{'how':'any','rows':[" IS("a", "1") "," IS("b",
						      "2") "],'groups':[]}",
	  "a is 1 or b is 2" },
	{ "{'not':" IS("a", "1") "}",
	  "{'how':'none','rows':[" IS("a", "1") "],'groups':[]}",
	  "not a is 1" },
	{ "{'not':{'all':[" IS("a", "1") "," IS("b", "2") "]}}",
	  "{'how':'not_all','rows':[" IS("a", "1") "," IS("b",
							  "2") "],"
							       "'groups':[]}",
	  "not (a is 1 and b is 2)" },
	{ "{'all':[{'any':[" IS("a", "1") "]}," IS("b", "2") "]}",
	  "{'how':'all','rows':[" IS("b", "2") "],'groups':[{'how':'any',"
					       "'rows':[" IS("a", "1") "]}]}",
	  "b is 2 and (a is 1)" },
	{ "{'field':'a','is':'any_of','value':['x','y']}",
	  "{'how':'all','rows':[{'field':'a','is':'any_of','value':'x, y'}],"
	  "'groups':[]}",
	  "a is one of x, y" },
	{ "{'field':'a','is':'empty'}",
	  "{'how':'all','rows':[{'field':'a','is':'empty','value':''}],"
	  "'groups':[]}",
	  "a is empty" },
	{ "{'all':[]}", "{'how':'all','rows':[],'groups':[]}", "" },
	/* what no row can show */
	{ "{'all':[{'any':[{'all':[" IS("a", "1") "]}]}]}", NULL, NULL },
	{ "{'field':'a','is':'like','value':'x'}", NULL, NULL },
	{ "{'field':'a','is':'equals','value':'x','odd':1}", NULL, NULL },
	{ "{'all':[" IS("a", "1") "],'any':[]}", NULL, NULL },
	{ "'text'", NULL, NULL },
};

START_TEST(a_condition_becomes_rows_and_stays_as_it_was_written)
{
	struct json_object *cond = quoted(pool, conditions[_i].cond);
	struct json_object *rows = cond_rows(pool, cond);

	ck_assert_ptr_eq(cond_from_rows(pool, rows, cond), cond);
	if (conditions[_i].rows == NULL) {
		ck_assert_ptr_nonnull(json_get_string(rows, "json"));
		return;
	}
	ck_assert_str_eq(requoted(pool, rows), conditions[_i].rows);
	ck_assert_str_eq(cond_words(pool, cond), conditions[_i].words);
}
END_TEST

static const struct {
	const char *old, *form, *cond;
} filled[] = {
	{ NULL,
	  "{'how':'all','rows':{'0':" IS("a", "1") ",'3':" IS(" ", "x") "}}",
	  IS("a", "1") },
	{ NULL, "{'how':'any','rows':[" IS("a", "1") "," IS("b", "2") "]}",
	  "{'any':[" IS("a", "1") "," IS("b", "2") "]}" },
	{ NULL, "{'how':'none','rows':[" IS("a", "1") "]}",
	  "{'not':" IS("a", "1") "}" },
	{ NULL,
	  "{'how':'all','rows':[" IS(
		  "a", "1") "],'groups':{'0':{'how':'any',"
			    "'rows':[" IS("b", "2") "," IS(
				    "c", "3") "]},'1':{'how':'any','rows':"
					      "[" IS("", "") "]}}}",
	  "{'all':[" IS("a", "1") ",{'any':[" IS("b", "2") "," IS("c",
								  "3") "]}]}" },
	{ NULL, "{'rows':[{'field':'a','is':'any_of','value':' x , y,'}]}",
	  "{'field':'a','is':'any_of','value':['x','y']}" },
	{ NULL, "{'rows':[{'field':'a','is':'any_of','value':'[1,{}]'}]}",
	  "{'field':'a','is':'any_of','value':[1,{}]}" },
	{ NULL, "{'rows':[{'field':'a','is':'any_of','value':'{{x}}'}]}",
	  "{'field':'a','is':'any_of','value':'{{x}}'}" },
	{ NULL, "{'rows':[{'field':'a','is':'between','value':'1, 5'}]}",
	  "{'field':'a','is':'between','value':['1','5']}" },
	{ NULL, "{'rows':[{'field':'a','is':'not_empty','value':'left'}]}",
	  "{'field':'a','is':'not_empty'}" },
	{ NULL, "{'rows':[{'field':'a','is':'<script>','value':''}]}",
	  IS("a", "") },
	{ NULL, "{}", NULL },
	{ NULL, "{'json':''}", NULL },
	{ NULL, "{'json':'{'}", "'{'" },
	{ IS("a", "1"), "{'how':'all','rows':[]}", NULL },
	{ IS("a", "1\\n2"), "{'how':'all','rows':[" IS("a", "1\\r\\n2") "]}",
	  IS("a", "1\\n2") },
	/* what is left as it was keeps its type */
	{ "{'all':[{'field':'a','is':'equals','value':1},{'field':'b','is':"
	  "'any_of','value':[1,2]}]}",
	  "{'how':'any','rows':[" IS("a", "1") ",{'field':'b','is':'any_of',"
					       "'value':'1, 2'}]}",
	  "{'any':[{'field':'a','is':'equals','value':1},{'field':'b','is':"
	  "'any_of','value':[1,2]}]}" },
};

START_TEST(rows_become_a_condition)
{
	struct json_object *old =
		filled[_i].old != NULL ? quoted(pool, filled[_i].old) : NULL;
	struct json_object *cond =
		cond_from_rows(pool, quoted(pool, filled[_i].form), old);

	if (filled[_i].cond == NULL)
		ck_assert_ptr_null(cond);
	else
		ck_assert_str_eq(requoted(pool, cond), filled[_i].cond);
}
END_TEST

/* --- changed -------------------------------------------------------------- */

static const struct {
	const char *step, *form, *want;
} changes[] = {
	{ "'type':'send_email','to':'x','subject':'s','cc':'c'",
	  "{'subject':' New ','cc':'','text':'a\\r\\nb'}",
	  "'type':'send_email','to':'x','subject':'New','text':'a\\nb'" },
	{ "'type':'send_email','to':'x','subject':'s'", "{'subject':''}",
	  "'type':'send_email','to':'x','subject':''" },
	{ "'type':'end'", "{'disabled':['','true'],'name':'N'}",
	  "'type':'end','name':'N','disabled':true" },
	{ "'type':'end','disabled':true", "{'disabled':''}", "'type':'end'" },
	{ "'type':'wait','for':'1 day'",
	  "{'for':'','window/days':['','mon','tue'],'window/from':'09:00'}",
	  "'type':'wait','window':{'days':['mon','tue'],'from':'09:00'}" },
	{ "'type':'wait','window':{'days':['mon'],'from':'09:00'}",
	  "{'window/days':[''],'window/from':''}", "'type':'wait'" },
	{ "'type':'set_variable','name':'n'",
	  "{'value':'{{webhook.body.a}}','add':'5','round':'x','split':' '}",
	  "'type':'set_variable','name':'n','value':'{{webhook.body.a}}',"
	  "'split':' ','add':5,'round':'x'" },
	{ "'type':'set_variable','name':'n','value':'007'", "{'value':'008'}",
	  "'type':'set_variable','name':'n','value':'008'" },
	{ "'type':'set_variable','name':'n','value':7", "{'value':'8'}",
	  "'type':'set_variable','name':'n','value':8" },
	{ "'type':'set_variable','name':'n','value':7", "{'value':' [8]'}",
	  "'type':'set_variable','name':'n','value':[8]" },
	{ "'type':'add_tag','tags':[]", "{'tags':'a\\r\\n\\r\\n b '}",
	  "'type':'add_tag','tags':['a','b']" },
	{ "'type':'add_tag','tags':['a']", "{'tags':''}",
	  "'type':'add_tag','tags':[]" },
	{ "'type':'update_contact','set':{'city':'x','custom.n':5}",
	  "{'set':{'0':{'name':'city','value':''},'1':{'name':'custom.n',"
	  "'value':'6'},'7':{'name':' company_name ','value':'true'},"
	  "'8':{'name':'','value':'lost'}}}",
	  "'type':'update_contact','set':{'city':null,'custom.n':6,"
	  "'company_name':'true'}" },
	{ "'type':'call_webhook','url':'u','query':{'a':'1'}",
	  "{'query':[],'json':'{','auth/type':'bearer','auth/token':'t'}",
	  "'type':'call_webhook','url':'u','json':'{','auth':{'type':'bearer',"
	  "'token':'t'}" },
	{ "'type':'call_webhook','url':'u','json':'x'",
	  "{'json':'{\\'a\\':1}'}",
	  "'type':'call_webhook','url':'u','json':{'a':1}" },
	{ "'type':'split','branches':[{'percent':50,'steps':[]},{'percent':50,"
	  "'steps':[]}]",
	  "{'branches':{'1':{'name':'B','percent':'40'},'2':{'name':'C'}}}",
	  "'type':'split','branches':[{'percent':50,'steps':[]},{'percent':40,"
	  "'steps':[],'name':'B'}]" },
	{ "'type':'goal','when':" IS("a", "1"), "{'when':{'rows':[]}}",
	  "'type':'goal'" },
};

START_TEST(what_is_changed_is_taken_over)
{
	struct json_object *step = quoted(
		pool, mem_printf(pool, "{'id':'a',%s}", changes[_i].step));

	step_take(pool, step, quoted(pool, changes[_i].form));
	ck_assert_str_eq(requoted(pool, step),
			 mem_printf(pool, "{'id':'a',%s}", changes[_i].want));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_member_of_every_kind_has_a_field);
	tcase_add_loop_test(tc, a_form_that_nobody_changed_changes_nothing, 0,
			    N(odd_steps));
	tcase_add_test(tc, nor_does_one_of_the_examples);
	tcase_add_loop_test(
		tc, a_condition_becomes_rows_and_stays_as_it_was_written, 0,
		N(conditions));
	tcase_add_loop_test(tc, rows_become_a_condition, 0, N(filled));
	tcase_add_loop_test(tc, what_is_changed_is_taken_over, 0, N(changes));
}

int
main(void)
{
	Suite *s = suite_create("step_fields");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	add_tests(tc);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
