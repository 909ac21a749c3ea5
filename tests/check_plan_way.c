/*
 * check_plan_way.c - the way through a workflow's steps, the names they read,
 * and what of a webhook a run carries along.
 */
#include "config.h"

#include "flow/plan.h"

#include "plan_doc.h"

#include <stdlib.h>

/* clang-format off */
/* Names in a text; `says` NULL: no warning. */
static const struct {
	const char *text, *says;
} names[] = {
	{ "{{contact.email}} {{contact.full_name}} {{contact.tags}}", NULL },
	{ "{{contact.do_not_contact}} {{contact.unsubscribed_at}}", NULL },
	{ "{{unsubscribe_url}}", "known to html and text of marketing" },
	{ "{{contact.fist_name}}", "did you mean contact.first_name?" },
	{ "{{contact.shoe_size}}", "unless it is a custom field" },
	{ "{{contact.custom.size}} {{contact.plan}}", NULL },
	{ "{{custom_variables.known}} {{custom_variables.mapped}}", NULL },
	{ "{{custom_variables.unknown|x}}", "gives custom_variables.unknown" },
	{ "{{steps.a.status}}", NULL },
	{ "{{steps.nowhere.status}}", "no step has the id \"nowhere\"" },
	{ "{{webhook.body.x}} {{inboundWebhookRequest.x}}", NULL },
	{ "{{webhook.x}}", "webhook.body.x?" },
	{ "{{contct.email}}", "did you mean \"contact\"?" },
	{ "{{foo}}", "nothing is called \"foo\"" },
	{ "{{#webhook.body.items}}{{sku}}{{.}}{{/webhook.body.items}}",
	  NULL },
	{ "{{workflow.name}} {{account.name}} {{run.id}} {{now}}", NULL },
	{ "{{account.default_country}} {{run.timezone}} {{right_now.year}}",
	  NULL },
	{ "{{account.zz}}", "account has id, name, timezone, default_country" },
	{ "{{workflow.nmae}}", "did you mean workflow.name?" },
	{ "{{run.zz}}", "there is no run.zz" },
	{ "{{right_now.zzz}}", "there is no right_now.zzz" },
	{ "{{contact.size}}{{contact.custom.size}}{{contact.custom.plan}}",
	  NULL },
	{ "{{contact.custom.weight}}", "no custom field \"weight\"" },
	{ "{{custom_values.slogan}}", NULL },
	{ "{{custom_values.slogam}}", "no value \"slogam\"" },
	{ "{{#foo}}x{{/foo}}", "nothing is called \"foo\"" },
	{ "{{^bar}}x{{/bar}}", "nothing is called \"bar\"" },
	{ "{{^contact.email}}{{foo}}{{/contact.email}}",
	  "nothing is called \"foo\"" },
	{ "{{foo}} {{#webhook.body.items}}{{sku}}{{/webhook.body.items}}",
	  "nothing is called \"foo\"" },
	{ "{{#webhook.body.items}}{{#sku}}{{n}}{{/sku}}{{/webhook.body.items}}"
	  "{{=<% %>=}}<%#webhook.body.x%><%y%><%/webhook.body.x%>", NULL },
	{ "{{=<% %>=}}<%foo%>", "nothing is called \"foo\"" },
};

static const struct {
	const char *text, *refs;
} refs[] = {
	{ "plain {{contact.email}}", "[]" },
	{ "{{webhook.body.id}}", "[['body','id']]" },
	{ "{{webhook.body.id}} {{webhook.body.id|x}}", "[['body','id']]" },
	{ "{{webhook.headers.x-shop}}", "[['headers','x-shop']]" },
	{ "{{webhook.body.items[0].sku}}", "[['body','items']]" },
	{ "{{inboundWebhookRequest.order.id}}", "[['body','order','id']]" },
	{ "{{inboundWebhookRequest}}", "[['body']]" },
	{ "{{webhook}}", "[[]]" },
	{ "{{#webhook.body.items}}{{sku}}{{/webhook.body.items}}",
	  "[['body','items']]" },
	{ "{{webhooks.body}}", "[]" },
	{ "{{webhook.body.order[customer][id]}}",
	  "[['body','order','customer','id']]" },
};

static const struct {
	const char *refs, *kept;
} keeps[] = {
	{ "[]", "{}" },
	{ "null", "{}" },
	{ "[['body','id']]", "{'body':{'id':7}}" },
	{ "[['body','a','b'],['body','a','c']]",
	  "{'body':{'a':{'b':1,'c':1.50}}}" },
	{ "[['body','a','b'],['body','a']]",
	  "{'body':{'a':{'b':1,'c':1.50,'d':3}}}" },
	{ "[['body','a'],['body','a','b']]",
	  "{'body':{'a':{'b':1,'c':1.50,'d':3}}}" },
	{ "[['body','items','length']]", "{'body':{'items':[1,2]}}" },
	{ "[['body','no'],['no'],['body','id','deeper']]",
	  "{'body':{'id':7}}" },
	{ "[['body','json','b']]", "{'body':{'json':{'b':2}}}" },
	{ "[['body','json','b'],['body','json','c','d'],['body','json','e']]",
	  "{'body':{'json':{'b':2,'c':{'d':3}}}}" },
	{ "[['body','json','c'],['body','json']]",
	  "{'body':{'json':'{\\'b\\':2,\\'c\\':{\\'d\\':3}}'}}" },
	{ "[['body','json'],['body','json','c']]",
	  "{'body':{'json':'{\\'b\\':2,\\'c\\':{\\'d\\':3}}'}}" },
	{ "[['body','text','b']]", "{'body':{'text':'{b}'}}" },
	{ "[['query'],['headers','x-shop']]",
	  "{'query':{'q':'1'},'headers':{'x-shop':'n'}}" },
};
/* clang-format on */

#define WEBHOOK                                                     \
	"{'body':{'id':7,'a':{'b':1,'c':1.50,'d':3},'items':[1,2]," \
	"'json':'{\\'b\\':2,\\'c\\':{\\'d\\':3}}','text':'{b}'},"   \
	"'query':{'q':'1'},'headers':{'x-shop':'n','x-other':'o'}}"

/* if_else a (b c | | else d), e; f is an if_else without anything. */
#define TREE                                                               \
	"{'id':'a','type':'if_else','branches':[{'when':" WHEN ",'steps':" \
	"[{'id':'b','type':'end'},{'id':'c','type':'if_else','branches':"  \
	"[{'when':" WHEN ",'steps':[{'id':'deep','type':'end'}]}]}]},"     \
	"{'when':" WHEN ",'steps':[]}],'else':[{'id':'d','type':'end',"    \
	"'disabled':true}]},{'id':'e','type':'wait','for':'1 day'},"       \
	"{'id':'f','type':'if_else','branches':[{'when':" WHEN             \
	",'steps':[]}]}"

static const char *
id_of(const struct plan_step *s)
{
	return s == NULL ? "(end)" : s->id;
}

START_TEST(the_way_leads_through_branches_and_out_of_them)
{
	static const struct {
		const char *at;
		int branch; /* -2: next */
		const char *to;
	} ways[] = {
		{ "a", -2, "e" },     { "a", 0, "b" },	   { "a", 1, "e" },
		{ "a", -1, "d" },     { "a", 7, "e" },	   { "b", -2, "c" },
		{ "c", -2, "e" },     { "c", 0, "deep" },  { "c", -1, "e" },
		{ "deep", -2, "e" },  { "d", -2, "e" },	   { "e", -2, "f" },
		{ "f", -2, "(end)" }, { "f", 0, "(end)" }, { "f", -1, "(end)" },
	};
	struct plan *p = plan_open(pool, document("{}", "", TREE));
	const struct plan_step *s;
	size_t i;

	ck_assert_str_eq(id_of(plan_first(p)), "a");
	for (i = 0; i < N(ways); i++) {
		s = plan_find(p, ways[i].at);
		ck_assert_ptr_nonnull(s);
		s = ways[i].branch == -2 ? plan_next(p, s)
					 : plan_enter(p, s, ways[i].branch);
		ck_assert_msg(strcmp(id_of(s), ways[i].to) == 0,
			      "%s, %d leads to %s, not %s", ways[i].at,
			      ways[i].branch, id_of(s), ways[i].to);
	}
}
END_TEST

START_TEST(a_step_is_found_with_what_it_says)
{
	struct plan *p = plan_open(pool, document("{}", "", TREE));

	ck_assert_int_eq(plan_find(p, "d")->is_disabled, 1);
	ck_assert_int_eq(plan_find(p, "e")->is_disabled, 0);
	ck_assert_str_eq(plan_find(p, "e")->type, "wait");
	ck_assert_str_eq(json_get_string(plan_find(p, "e")->json, "for"),
			 "1 day");
	ck_assert_ptr_null(plan_find(p, "nowhere"));
	p = plan_open(pool, document("{}", "", ""));
	ck_assert_ptr_null(plan_first(p));
}
END_TEST

START_TEST(unknown_names_are_warned_of)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check_names(
		document("{}",
			 ",'map':[{'from':'body.x','to':"
			 "'custom_variables.mapped'},{'from':'body.y','to':"
			 "'contact.custom.plan'}]",
			 mem_printf(pool,
				    "{'id':'a','type':'end','reason':'%s'},"
				    "{'id':'b','type':'set_variable','name':"
				    "'known','value':1}",
				    names[_i].text)),
		quoted(pool, "{'fields':{'size':'number'},'values':{"
			     "'slogan':''}}"),
		&f);
	if (names[_i].says == NULL)
		ck_assert_msg(f.n == 0, "%s", f.n == 0 ? "" : f.list[0].detail);
	else
		assert_fault(&f, "/steps/0/reason", names[_i].says);
}
END_TEST

START_TEST(the_goal_ahead_is_the_next_on_the_way)
{
	static const struct {
		const char *at, *goal;
	} ways[] = {
		{ "a", "g" }, { "b", "f" },	{ "f", "g" },
		{ "g", "h" }, { "h", "(end)" },
	};
	struct plan *p = plan_open(
		pool,
		document("{}", "",
			 "{'id':'a','type':'if_else','branches':[{'when':" WHEN
			 ",'steps':[{'id':'b','type':'end'},{'id':'f','type':"
			 "'goal','when':" WHEN "}]}]},{'id':'x','type':'goal',"
			 "'disabled':true,'when':" WHEN "},{'id':'g','type':"
			 "'goal','when':" WHEN "},{'id':'h','type':'goal',"
			 "'when':" WHEN "}"));
	size_t i;

	for (i = 0; i < N(ways); i++)
		ck_assert_str_eq(id_of(plan_goal(p, plan_find(p, ways[i].at))),
				 ways[i].goal);
}
END_TEST

/* clang-format off */
#define END(id) "{'id':'" id "','type':'end'}"
#define MARK(id) "{'id':'" id "','type':'add_tag','tags':['x']}"
#define GO(id, to) "{'id':'" id "','type':'go_to','step':'" to "'}"

/* Steps, and where the warnings stand. */
static const struct {
	const char *steps, *warned;
} reaches[] = {
	{ MARK("a") "," MARK("b"), "" },
	{ END("a") "," MARK("b") "," MARK("c"), "/steps/1" },
	{ "{'id':'a','type':'end','if':" WHEN "}," MARK("b"), "" },
	{ "{'id':'a','type':'end','disabled':true}," MARK("b"), "" },
	{ GO("a", "c") "," MARK("b") "," MARK("c"), "/steps/1" },
	{ MARK("a") "," GO("b", "a") "," MARK("c") "," MARK("d"), "/steps/2" },
	{ GO("a", "c") "," MARK("b") "," MARK("c") "," END("d") "," MARK("e"),
	  "/steps/1 /steps/4" },
	{ "{'id':'i','type':'if_else','branches':[{'when':" WHEN ",'steps':["
	  END("a") "]}],'else':[" END("b") "," MARK("c") "]}," MARK("d"),
	  "/steps/0/else/1 /steps/1" },
	{ "{'id':'i','type':'if_else','branches':[{'when':" WHEN ",'steps':["
	  END("a") "]}]}," MARK("d"), "" },
	{ "{'id':'s','type':'split','branches':[{'percent':100,'steps':["
	  END("a") "]},{'percent':0,'steps':[" MARK("b") "]}]}," MARK("c"),
	  "/steps/0/branches/1/steps/0 /steps/1" },
	{ "{'id':'s','type':'split','branches':[{'percent':60,'steps':["
	  END("a") "]},{'percent':40,'steps':[]}]}," MARK("c"), "" },
	/* a goal is reached from before it, what lies between is not */
	{ MARK("a") "," END("b") "," MARK("c") ",{'id':'g','type':'goal',"
	  "'when':" WHEN "}," MARK("d"), "/steps/2" },
	{ END("x") ",{'id':'i','type':'if_else','branches':[{'when':" WHEN
	  ",'steps':[" MARK("a") "]}]}", "/steps/1" },
};
/* clang-format on */

START_TEST(steps_that_no_run_comes_to_are_warned_of)
{
	struct faults f = FAULTS_INIT(pool);
	struct json_object *doc = document("{}", "", reaches[_i].steps);
	const char *got = "";
	size_t i;

	assert_valid(doc);
	plan_check_reach(doc, &f);
	for (i = 0; i < f.n; i++)
		got = mem_printf(pool, "%s%s%s", got, i > 0 ? " " : "",
				 f.list[i].path);
	ck_assert_str_eq(got, reaches[_i].warned);
}
END_TEST

START_TEST(what_a_text_reads_of_the_webhook_is_listed)
{
	struct json_object *got = plan_webhook_refs(one_step(
		mem_printf(pool, "'type':'end','reason':'%s'", refs[_i].text)));

	ck_assert_str_eq(requoted(pool, got), refs[_i].refs);
	json_object_put(got);
}
END_TEST

START_TEST(references_are_found_wherever_they_stand)
{
	struct json_object *got = plan_webhook_refs(document(
		"{'reentry_key':'webhook.body.key'}",
		",'filter':{'field':'webhook.query.f','is':'empty'}",
		"{'id':'a','type':'call_webhook','url':'{{webhook.body.u}}',"
		"'headers':{'X':'{{webhook.body.h}}'},'json':{'a':["
		"'{{webhook.body.j}}']},'if':{'field':'webhook.body.i',"
		"'is':'equals','value':'{{webhook.body.v}}'}},"
		"{'id':'b','type':'if_else','branches':[{'when':{'all':["
		"{'field':'webhook.body.w','is':'empty'}]},'steps':[{'id':"
		"'c','type':'add_tag','tags':['{{webhook.body.t}}']}]}],"
		"'else':[{'id':'d','type':'wait','until':"
		"'{{webhook.body.e}}'}]},{'id':'v','type':'set_variable',"
		"'name':'v','replace':{'find':'{{webhook.body.fi}}'},"
		"'add':'{{webhook.body.ad}}','split':'{{webhook.body.sp}}'},"
		"{'id':'g','type':'update_contact',"
		"'set':{'city':'{{webhook.body.s}}'}}"));

	ck_assert_str_eq(requoted(pool, got),
			 "[['body','key'],['query','f'],['body','u'],"
			 "['body','h'],['body','j'],['body','i'],"
			 "['body','v'],['body','w'],['body','t'],"
			 "['body','e'],['body','fi'],['body','ad'],"
			 "['body','sp'],['body','s']]");
	json_object_put(got);
}
END_TEST

START_TEST(a_workflow_that_enrols_carries_everything)
{
	struct json_object *got = plan_webhook_refs(
		document("{}", "",
			 "{'id':'a','type':'if_else','branches':[{'when':" WHEN
			 ",'steps':[{'id':'b','type':'enrol','workflow':'x'}]"
			 "}]},{'id':'c','type':'enrol','workflow':'y'}"));

	ck_assert_str_eq(requoted(pool, got), "[[]]");
	json_object_put(got);
}
END_TEST

START_TEST(only_what_is_referred_to_is_kept)
{
	struct json_object *webhook = quoted(pool, WEBHOOK), *got;

	got = plan_webhook_keep(webhook, quoted(pool, keeps[_i].refs));
	ck_assert_str_eq(requoted(pool, got), keeps[_i].kept);
	json_object_put(got);
	ck_assert_str_eq(requoted(pool, webhook), WEBHOOK);
}
END_TEST

START_TEST(all_is_kept_when_all_is_referred_to)
{
	struct json_object *got;

	got = plan_webhook_keep(quoted(pool, WEBHOOK),
				quoted(pool, "[['body','id'],[]]"));
	ck_assert_str_eq(requoted(pool, got), WEBHOOK);
	json_object_put(got);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, the_way_leads_through_branches_and_out_of_them);
	tcase_add_test(tc, a_step_is_found_with_what_it_says);
	tcase_add_test(tc, the_goal_ahead_is_the_next_on_the_way);
	tcase_add_loop_test(tc, steps_that_no_run_comes_to_are_warned_of, 0,
			    (int)N(reaches));
	tcase_add_loop_test(tc, unknown_names_are_warned_of, 0, (int)N(names));
	tcase_add_loop_test(tc, what_a_text_reads_of_the_webhook_is_listed, 0,
			    (int)N(refs));
	tcase_add_test(tc, references_are_found_wherever_they_stand);
	tcase_add_loop_test(tc, only_what_is_referred_to_is_kept, 0,
			    (int)N(keeps));
	tcase_add_test(tc, a_workflow_that_enrols_carries_everything);
	tcase_add_test(tc, all_is_kept_when_all_is_referred_to);
}

int
main(void)
{
	Suite *s = suite_create("plan_way");
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
