/*
 * check_plan_secret.c - where a workflow may name a secret, and which it names.
 */
#include "config.h"

#include "flow/plan.h"

#include "plan_doc.h"

#include <check.h>
#include <stdlib.h>

#define CALL "'type':'call_webhook','url':'https://b.de',"

static const struct {
	const char *step, *pointer; /* NULL: it may */
	const char *says;
} places[] = {
	{ CALL "'headers':{'Authorization':'Bearer {{secret.crm}}'}", NULL,
	  NULL },
	{ "'type':'call_webhook','url':'{{secret.url}}',"
	  "'json':{'steps':[{'if':'{{secret[\\\"a.b\\\"]}}'}]}",
	  NULL, NULL },
	{ CALL "'query':{'k':'{{secret.crm}}'},'auth':{'type':'basic',"
	       "'username':'{{secret.user}}','password':'{{secret.crm}}'}",
	  NULL, NULL },
	{ CALL "'auth':{'type':'bearer','token':'{{secret.a.b}}'}",
	  "/steps/0/auth/token", "has a dot" },
	{ CALL "'form':{'k':'{{&secret.crm}}'}", NULL, NULL },
	{ CALL "'body':'{{#contact.id}}{{secret.crm}}{{/contact.id}}'", NULL,
	  NULL },
	{ CALL "'body':'secret:crm, more'", NULL, NULL },
	{ CALL "'headers':{'Authorization':'secret:crm'}",
	  "/steps/0/headers/Authorization", "{{secret.crm}}" },
	{ CALL "'body':'{{secret.a.b}}'", "/steps/0/body", "has a dot" },
	{ CALL "'body':'{{secret}}'", "/steps/0/body", "names no secret" },
	{ CALL "'body':'{{secret[*]}}'", "/steps/0/body", "names no secret" },
	{ CALL "'if':{'field':'secret.crm','is':'not_empty'}", "/steps/0/if",
	  "only in what a call_webhook" },
	{ "'type':'send_email','to':'a@b.de','subject':'x',"
	  "'text':'{{#contact.id}}{{secret.crm}}{{/contact.id}}'",
	  "/steps/0/text", "only in what a call_webhook" },
	{ "'type':'send_email','to':'a@b.de','subject':'secret:santa',"
	  "'text':'x'",
	  NULL, NULL },
	{ "'type':'set_variable','name':'x','value':{'url':'{{secret.crm}}'}",
	  "/steps/0/value/url", "only in what a call_webhook" },
	{ "'type':'update_contact','set':{'city':'{{secret.crm}}'}",
	  "/steps/0/set/city", "only in what a call_webhook" },
	{ "'type':'end','reason':'{{secret.crm}}'", "/steps/0/reason",
	  "only in what a call_webhook" },
	{ "'type':'if_else','branches':[{'when':" WHEN ",'steps':["
	  "{'id':'b','type':'call_webhook','url':'https://b.de',"
	  "'body':'{{secret.crm}}'}]}],'if':{'field':'secret.x','is':'empty'}",
	  "/steps/0/if", "only in what a call_webhook" },
};

START_TEST(a_secret_stands_where_it_leaves_by_a_call)
{
	struct json_object *doc = one_step(places[_i].step);
	struct faults f = FAULTS_INIT(pool);

	assert_valid(doc);
	plan_check_secrets(doc, &f);
	if (places[_i].pointer != NULL)
		assert_fault(&f, places[_i].pointer, places[_i].says);
	else
		ck_assert_msg(f.n == 0, "%s", f.n == 0 ? "" : f.list[0].detail);
}
END_TEST

START_TEST(the_trigger_and_the_settings_name_none)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check_secrets(document("{}",
				    ",'filter':{'field':'secret.x',"
				    "'is':'not_empty'}",
				    ""),
			   &f);
	assert_fault(&f, "/trigger/filter", "only in what a call_webhook");
	f.n = 0;
	plan_check_secrets(document("{'reentry_key':'secret.x'}", "", ""), &f);
	assert_fault(&f, "/settings/reentry_key",
		     "only in what a call_webhook");
}
END_TEST

static void
add(void *arg, const char *name, const char *pointer)
{
	buf_addf(arg, "%s %s; ", name, pointer);
}

START_TEST(every_secret_is_named_with_its_place)
{
	struct buf all = BUF_INIT;

	plan_each_secret(pool,
			 one_step(CALL "'headers':{'A/B':'{{secret.crm}}'},"
				       "'json':['{{secret.x|y}}{{secret.x}}']"),
			 add, &all);
	ck_assert_str_eq(all.s, "crm /steps/0/headers/A~1B; x /steps/0/json/0; "
				"x /steps/0/json/0; ");
	buf_free(&all);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("plan_secret");
	TCase *tc = tcase_create("all");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_secret_stands_where_it_leaves_by_a_call, 0,
			    N(places));
	tcase_add_test(tc, the_trigger_and_the_settings_name_none);
	tcase_add_test(tc, every_secret_is_named_with_its_place);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
