/*
 * check_problem.c - error answers are RFC 9457 documents, whatever the detail.
 */
#include "config.h"

#include "http/problem.h"

#include "base/json.h"

#include <check.h>
#include <stdlib.h>

START_TEST(a_problem_has_its_members_in_order)
{
	struct buf out = BUF_INIT;

	problem_write(&out, 404, "there is no such hook", NULL);
	ck_assert_str_eq(out.s, "{\"type\":\"about:blank\",\"title\":\"Not "
				"Found\",\"status\":404,\"detail\":\"there is "
				"no such hook\"}");
	buf_free(&out);
}
END_TEST

START_TEST(errors_are_listed)
{
	struct json_object *errors = json_object_new_array();
	struct json_object *one = json_object_new_object();
	struct buf out = BUF_INIT;

	json_set_string(one, "path", "contact.email");
	json_set_string(one, "detail", "expected an address");
	json_object_array_add(errors, one);
	buf_adds(&out, "> ");
	problem_write(&out, 422, "a value is missing", errors);
	ck_assert_str_eq(
		out.s, "> {\"type\":\"about:blank\",\"title\":\"Unprocessable "
		       "Content\",\"status\":422,\"detail\":\"a value is "
		       "missing\",\"errors\":[{\"path\":\"contact.email\","
		       "\"detail\":\"expected an address\"}]}");
	json_object_put(errors);
	buf_free(&out);
}
END_TEST

START_TEST(a_hostile_detail_stays_inside_its_string)
{
	const char *detail = "\"}<\n\x01\\\xff";
	struct json_object *o = NULL;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	problem_write(&out, 400, detail, NULL);
	ck_assert_msg(json_read(out.s, out.len, 8, &o, &e) == 0, "%s", e.text);
	ck_assert_str_eq(json_get_string(o, "detail"),
			 "\"}<\n\x01\\\xef\xbf\xbd");
	json_object_put(o);
	buf_free(&out);
}
END_TEST

/* clang-format off */
static const struct {
	int status;
	const char *reason;
} answers[] = { /* all that the hook promises */
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
	{ 299, "Unknown Status" },
};
/* clang-format on */

START_TEST(a_status_has_its_phrase)
{
	ck_assert_str_eq(http_reason(answers[_i].status), answers[_i].reason);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("problem");
	TCase *t = tcase_create("problem");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_test(t, a_problem_has_its_members_in_order);
	tcase_add_test(t, errors_are_listed);
	tcase_add_test(t, a_hostile_detail_stays_inside_its_string);
	tcase_add_loop_test(t, a_status_has_its_phrase, 0,
			    sizeof(answers) / sizeof(answers[0]));
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
