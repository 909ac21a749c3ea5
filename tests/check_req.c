/*
 * check_req.c - requests as plain CGI: each in a child process with an
 * environment and a stdin of its own.  FastCGI is t_fcgi.sh's part.
 */
#include "config.h"

#include "http/req.h"

#include "base/json.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX 100 /* bytes of a body */

/*
 * What a request looked like to the program, one fact a line, as the answer's
 * body; what the answer is like is part of the test.
 */
static void
describe(struct req *rq, int rc, const struct err *e, struct buf *out)
{
	buf_addf(out, "%s %s?%s\n", rq->method, rq->path, rq->query);
	buf_addf(out, "type=%s addr=%s https=%d length=%lld\n",
		 rq->content_type, rq->remote_addr, rq->is_https,
		 rq->content_length);
	json_write(out, req_headers_json(rq));
	buf_addf(out, "\nbody=%d:%s", rc, rc == 0 ? rq->body.s : "");
	if (rc == -1)
		buf_addf(out, "%d %s", e->kind == ERR_INPUT, e->text);
}

static void
serve(char **env)
{
	struct req rq = { .mem = mem_new() };
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	clearenv();
	for (; *env != NULL; env++)
		putenv(*env);
	if (req_accept(&rq) != 1)
		_exit(2);
	rc = req_read_body(&rq, MAX, &e);
	describe(&rq, rc, &e, &out);
	rc = req_reply(&rq, 200, "Content-Type: text/plain\r\n", out.s,
		       out.len);
	req_finish(&rq);
	if (rc != 0 || req_accept(&rq) != 0)
		_exit(3);
	mem_free(rq.mem);
	buf_free(&out);
	exit(0); /* so that a leak checker has its say */
}

/* Run one request in a child; its whole answer goes to `answer`.  The pipe
 * holds the body before there is a child, which may end without reading it. */
static void
call(char **env, const char *body, struct buf *answer)
{
	int in[2], out[2], status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(in) | pipe(out), 0);
	ck_assert_int_eq(write(in[1], body, strlen(body)), strlen(body));
	close(in[1]);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(out[0]);
		close(out[1]);
		serve(env);
	}
	close(in[0]);
	close(out[1]);
	buf_reset(answer);
	do {
		buf_grow(answer, 4096);
		n = read(out[0], answer->s + answer->len, 4096);
		answer->len += n > 0 ? (size_t)n : 0;
		answer->s[answer->len] = '\0';
	} while (n > 0);
	close(out[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

#define ENV_MAX 8

/* clang-format off */
static const struct {
	const char *path; /* what it becomes */
	const char *env[3];
} paths[] = {
	{ "/hooks/abc", { "REQUEST_URI=/hooks/abc?x=/y" } },
	{ "/", { "REQUEST_URI=/" } },
	{ "/", { "REQUEST_URI=?x" } },
	{ "/a b", { "REQUEST_URI=/a%20b" } },
	{ "/a+b", { "REQUEST_URI=/a+b" } },
	{ "/a%20", { "REQUEST_URI=/a%2520" } },
	{ "/a/b", { "REQUEST_URI=/a%2Fb" } },
	{ "/\xc3\xbc", { "REQUEST_URI=/%c3%BC" } },
	{ "/\xc3\xbc", { "REQUEST_URI=/\xc3\xbc" } },
	{ "/x", { "REQUEST_URI=http://host.example:80/x?y" } },
	{ "/", { "REQUEST_URI=HTTPS://host.example" } },
	{ "/", { "REQUEST_URI=http://host.example?x=/y" } },
	{ "*", { "REQUEST_URI=*" } },
	{ "/x", { "REQUEST_URI=/x#part" } },
	{ "", { "REQUEST_URI=/a%00" } },
	{ "", { "REQUEST_URI=/a%" } },
	{ "", { "REQUEST_URI=/a%2" } },
	{ "", { "REQUEST_URI=/a%zz/b" } },
	{ "", { "REQUEST_URI=/%ff" } },
	{ "", { "REQUEST_URI=/%c0%af" } },
	{ "/x", { "REQUEST_URI=/x", "SCRIPT_NAME=/y", "PATH_INFO=/z" } },
	{ "/hook.fcgi/a%20", { "SCRIPT_NAME=/hook.fcgi", "PATH_INFO=/a%20" } },
	{ "/a", { "REQUEST_URI=", "PATH_INFO=/a" } },
	{ "", { "PATH_INFO=/\xff" } },
	{ "", { NULL } },
};

static const struct {
	const char *env[ENV_MAX];
	const char *body, *want; /* what the answer holds */
} requests[] = {
	/* bodies */
	{ { "CONTENT_LENGTH=5" }, "hello", "body=0:hello" },
	{ { "CONTENT_LENGTH=5" }, "hello and more", "body=0:hello" },
	{ { "CONTENT_LENGTH=005" }, "hello", "body=0:hello" },
	{ { "CONTENT_LENGTH=0" }, "hello", "body=0:" },
	{ { "REQUEST_METHOD=GET" }, "", "body=0:" },
	{ { "CONTENT_LENGTH=" }, "hello", "length=-1\n{}\nbody=0:" },
	{ { "HTTP_TRANSFER_ENCODING=chunked" }, "hello", "\nbody=0:" },
	{ { "CONTENT_LENGTH=9" }, "short",
	  "body=-1:1 expected a body of 9 bytes (Content-Length), got 5" },
	{ { "CONTENT_LENGTH=9" }, "", "body=-1:1 expected a body of 9 bytes" },
	{ { "CONTENT_LENGTH=101" }, "short", "body=1:" },
	{ { "CONTENT_LENGTH=9223372036854775807" }, "", "body=1:" },
	{ { "CONTENT_LENGTH=9223372036854775808" }, "",
	  "body=-1:1 expected a number of bytes as Content-Length, got \"92" },
	{ { "CONTENT_LENGTH=5x" }, "hello", "body=-1:1 expected a number" },
	{ { "CONTENT_LENGTH=-5" }, "hello", "body=-1:1 expected a number" },
	{ { "CONTENT_LENGTH=+5" }, "hello", "body=-1:1 expected a number" },
	{ { "CONTENT_LENGTH= 5" }, "hello", "body=-1:1 expected a number" },
	{ { "CONTENT_LENGTH=5, 5" }, "hello", "body=-1:1 expected a number" },

	/* variables */
	{ { "REQUEST_METHOD=PUT", "REQUEST_URI=/h?a=%41", "QUERY_STRING=a=%41",
	    "REMOTE_ADDR=192.0.2.1", "CONTENT_TYPE=Text/Plain; x",
	    "CONTENT_LENGTH=1" }, "x",
	  "PUT /h?a=%41\n"
	  "type=Text/Plain; x addr=192.0.2.1 https=0 length=1\n"
	  "{\"content-type\":\"Text/Plain; x\",\"content-length\":\"1\"}\n"
	  "body=0:x" },
	{ { NULL }, "", "type= addr= https=0 length=-1\n{}\n" },
	{ { "HTTPS=on" }, "", "https=1" },
	{ { "HTTPS=ON" }, "", "https=1" },
	{ { "HTTPS=1" }, "", "https=1" },
	{ { "HTTPS=off" }, "", "https=0" },
	{ { "HTTPS=" }, "", "https=0" },
	{ { "REQUEST_SCHEME=https" }, "", "https=1" },
	{ { "REQUEST_SCHEME=http" }, "", "https=0" },

	/* headers */
	{ { "HTTP_X_HUB_SIGNATURE_256=sha256=ab", "HTTP_USER_AGENT=\"t\"" }, "",
	  "{\"x-hub-signature-256\":\"sha256=ab\","
	  "\"user-agent\":\"\\\"t\\\"\"}\n" },
	{ { "HTTP_=x", "HTTPX=y", "HTTP_A=", "SERVER_NAME=z" }, "",
	  "\n{\"a\":\"\"}\n" },
	{ { "HTTP_CONTENT_LENGTH=7", "HTTP_CONTENT_TYPE=a/b" }, "", "\n{}\n" },
	{ { "CONTENT_TYPE=" }, "", "\n{}\n" },
	{ { "HTTP_X=\xe4\xc3\xa4" }, "",
	  "{\"x\":\"\xc3\xa4\xc3\x83\xc2\xa4\"}" },
	{ { "HTTP_X=\xc3\xa4" }, "", "{\"x\":\"\xc3\xa4\"}" },
};
/* clang-format on */

/* putenv(3) wants the strings for itself; the child has its own copy. */
static void
call_with(const char *const *env, size_t max, const char *body,
	  struct buf *answer)
{
	char *own[ENV_MAX + 1] = { NULL };

	for (size_t i = 0; i < max && env[i] != NULL; i++)
		own[i] = xstrdup(env[i]);
	call(own, body, answer);
	for (size_t i = 0; own[i] != NULL; i++)
		free(own[i]);
}

START_TEST(a_path_is_decoded_once_or_matches_nothing)
{
	struct buf answer = BUF_INIT, want = BUF_INIT;

	call_with(paths[_i].env, 3, "", &answer);
	buf_addf(&want, "\r\n\r\n %s?\n", paths[_i].path);
	ck_assert_msg(strstr(answer.s, want.s) != NULL, "%s lacks %s", answer.s,
		      want.s);
	buf_free(&answer);
	buf_free(&want);
}
END_TEST

START_TEST(a_request_is_what_its_variables_say)
{
	struct buf answer = BUF_INIT;

	call_with(requests[_i].env, ENV_MAX, requests[_i].body, &answer);
	ck_assert_msg(strstr(answer.s, requests[_i].want) != NULL,
		      "%s lacks %s", answer.s, requests[_i].want);
	buf_free(&answer);
}
END_TEST

START_TEST(a_body_of_the_limit_is_taken)
{
	const char *const env[] = { "CONTENT_LENGTH=100", NULL };
	char body[MAX + 1];
	struct buf answer = BUF_INIT;

	memset(body, 'b', MAX);
	body[MAX] = '\0';
	call_with(env, 2, body, &answer);
	ck_assert_ptr_nonnull(strstr(answer.s, body));
	buf_free(&answer);
}
END_TEST

START_TEST(an_answer_begins_with_its_status)
{
	const char *const env[] = { "REQUEST_METHOD=GET", NULL };
	const char *want = "Status: 200 OK\r\nContent-Type: text/plain\r\n"
			   "Content-Length: 46\r\n\r\nGET ?\n";
	struct buf answer = BUF_INIT;

	call_with(env, 2, "", &answer);
	ck_assert_msg(strncmp(answer.s, want, strlen(want)) == 0, "%s",
		      answer.s);
	buf_free(&answer);
}
END_TEST

START_TEST(head_gets_the_header_alone)
{
	const char *const env[] = { "REQUEST_METHOD=HEAD", NULL };
	const char *end = "Content-Length: 47\r\n\r\n";
	struct buf answer = BUF_INIT;

	call_with(env, 2, "", &answer);
	ck_assert_uint_gt(answer.len, strlen(end));
	ck_assert_str_eq(answer.s + answer.len - strlen(end), end);
	buf_free(&answer);
}
END_TEST

START_TEST(after_stop_there_is_no_request)
{
	struct req rq = { .mem = mem_new() };

	req_stop();
	ck_assert_int_eq(req_accept(&rq), 0);
	mem_free(rq.mem);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("req");
	TCase *t = tcase_create("req");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, a_path_is_decoded_once_or_matches_nothing, 0,
			    sizeof(paths) / sizeof(paths[0]));
	tcase_add_loop_test(t, a_request_is_what_its_variables_say, 0,
			    sizeof(requests) / sizeof(requests[0]));
	tcase_add_test(t, a_body_of_the_limit_is_taken);
	tcase_add_test(t, an_answer_begins_with_its_status);
	tcase_add_test(t, head_gets_the_header_alone);
	tcase_add_test(t, after_stop_there_is_no_request);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
