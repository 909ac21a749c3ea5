/*
 * check_net.c - calls by HTTP to a real server on loopback (http_server.py),
 * and how each kind of end is judged.
 */
#include "config.h"

#include "net_kit.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
static const struct {
	const char *path;
	enum net_outcome outcome;
	int status, retry_after_s;
	const char *words;
} answers[] = {
	{ "/ok?token=hush",                NET_DONE,    200,   0,
	  "HTTP 200 from 127.0.0.1 in " },
	{ "/status/201",                   NET_DONE,    201,   0, "HTTP 201" },
	{ "/status/204",                   NET_DONE,    204,   0, "HTTP 204" },
	{ "/redirect",                     NET_FAILED,  302,   0,
	  "redirects are not followed: use the final URL" },
	{ "/status/304",                   NET_FAILED,  304,   0, "HTTP 304" },
	{ "/status/400",                   NET_FAILED,  400,   0, "HTTP 400" },
	{ "/status/401",                   NET_FAILED,  401,   0, "HTTP 401" },
	{ "/status/404",                   NET_FAILED,  404,   0, "HTTP 404" },
	{ "/status/410",                   NET_FAILED,  410,   0, "HTTP 410" },
	{ "/status/408",                   NET_RETRY,   408,   0, "HTTP 408" },
	{ "/status/425",                   NET_RETRY,   425,   0, "HTTP 425" },
	{ "/status/429?retry-after=30",    NET_RETRY,   429,  30, "HTTP 429" },
	{ "/status/500",                   NET_RETRY,   500,   0, "HTTP 500" },
	{ "/status/503?retry-after=7",     NET_RETRY,   503,   7, "HTTP 503" },
	{ "/status/503?retry-after=soon",  NET_RETRY,   503,   0, "HTTP 503" },
	{ "/status/503?retry-after=-7",    NET_RETRY,   503,   0, "HTTP 503" },
	{ "/drop?token=hush",              NET_UNKNOWN,   0,   0,
	  "may have been done" },
};

static const struct {
	const char *path;
	enum net_sign sign;
} signs[] = {
	{ "/ok",         NET_SIGN_WORKS },
	{ "/redirect",   NET_SIGN_WORKS },
	{ "/status/401", NET_SIGN_WORKS },
	{ "/status/404", NET_SIGN_WORKS },
	{ "/status/408", NET_SIGN_WORKS },
	{ "/status/429", NET_SIGN_WORKS },
	{ "/status/500", NET_SIGN_FAILS },
	{ "/status/503", NET_SIGN_FAILS },
	{ "/drop",       NET_SIGN_AWAY },
	{ "/slow",       NET_SIGN_AWAY },
};

static const struct {
	const char *url;
	const char *words;
} faulty_urls[] = {
	{ "",                                    "url: " },
	{ "example.com/x?token=hush",            "url: " },
	{ "//example.com/",                      "url: " },
	{ "ftp://example.com/hush",              "found ftp://" },
	{ "notaurl",                             "https://HOST" },
	{ "http://",                             "expected a host" },
	{ "https:///hush",                       "expected a host" },
	{ "file:///etc/hush",                    "file" },
	{ "gopher://127.0.0.1:25/_hush",         "found gopher://" },
	{ "smtp://127.0.0.1/hush",               "found smtp://" },
	{ "javascript:alert(hush)",              "url: " },
	{ "http://user:hush@example.com/",       "no user name or password" },
	{ "http://user@example.com/",            "no user name or password" },
	{ "http://exa mple.com/hush",            "url: " },
	{ "http://example.com/hush\r\nX: y",     "url: " },
	{ "http://example.com:99999/hush",       "url: " },
	{ "http://[::1/hush",                    "url: " },
};

static const char *const blocked_hosts[] = {
	"127.0.0.1", "2130706433", "0x7f.1", "0177.1", "127.1", "0",
	"localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]",
	"[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
	"[fd00:ec2::254]", "169.254.169.254", "10.0.0.1", "100.64.0.1",
	"192.168.0.1", "0.0.0.0", "[::]", "127.0.0.1.", "LOCALHOST",
};

static const char *const faulty_headers[] = {
	"", "X", "X y: z", ": z", " X: y", "X : y", "X: y\r\nEvil: z",
	"X: y\nEvil: z", "X:\r\n\r\nbody", "X: \001", "X\r\n: y",
	"X: \177", "Content-Length: 5", "transfer-encoding: chunked",
	"Host: internal", "Connection: keep-alive", "Expect: 100-continue",
};

static const char *const faulty_methods[] = {
	"", "GET /", "GET\r\nX: y", "G\tT", "CONNECT", "TRACE", "connect",
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "GET(", "P\303\226ST",
};
/* clang-format on */

START_TEST(an_answer_is_judged_by_its_status)
{
	struct net_call c = to_http("POST", at(answers[_i].path));

	c.body = "{}";
	c.body_len = 2;
	expect(&c, answers[_i].outcome, answers[_i].status, answers[_i].words);
	ck_assert_int_eq(c.retry_after_s, answers[_i].retry_after_s);
	ck_assert_ptr_null(strstr(c.text, "hush"));
	net_call_clear(&c);
}
END_TEST

START_TEST(an_end_says_something_of_its_destination)
{
	struct net_call c = to_http("POST", at(signs[_i].path));

	options.http_timeout = 2;
	call(&c);
	ck_assert_int_eq(c.sign, signs[_i].sign);
	net_call_clear(&c);
}
END_TEST

static void
expect_sign(const char *method, const char *url, enum net_sign sign)
{
	struct net_call c = to_http(method, url);

	call(&c);
	ck_assert_msg(c.sign == sign, "%s: %d, wanted %d", url, c.sign, sign);
	net_call_clear(&c);
}

START_TEST(what_was_not_asked_is_not_blamed)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", free_port());
	expect_sign("GET", url, NET_SIGN_AWAY);
	expect_sign("GET", "http://nowhere.invalid/", NET_SIGN_AWAY);
	expect_sign("GET", "http://10.0.0.1/", NET_SIGN_NONE);
	expect_sign("GET", "nonsense", NET_SIGN_NONE);
	expect_sign("A B", at("/ok"), NET_SIGN_NONE);
}
END_TEST

START_TEST(a_destination_has_one_name)
{
	static const char *const urls[][2] = {
		{ "HTTPS://Hooks.Example.COM/x?y",
		  "https://hooks.example.com:443" },
		{ "http://example.com:8080", "http://example.com:8080" },
		{ "http://[::1]/", "http://[::1]:80" },
		{ "ftp://example.com/", NULL },
	};
	struct mem *m = mem_new();
	struct net_call c;
	size_t i;

	begin_net();
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		c = to_http("GET", urls[i][0]);
		ck_assert_pstr_eq(net_destination(net, &c, m), urls[i][1]);
	}
	mem_free(m);
}
END_TEST

START_TEST(retry_after_may_be_a_date)
{
	char path[128], date[64];
	time_t then = time(NULL) + 100;
	struct net_call c;
	struct tm tm;

	strftime(date, sizeof(date), "%a,%%20%d%%20%b%%20%Y%%20%H:%M:%S%%20GMT",
		 gmtime_r(&then, &tm));
	snprintf(path, sizeof(path), "/status/503?retry-after=%s", date);
	c = to_http("GET", at(path));
	expect(&c, NET_RETRY, 503, "HTTP 503");
	ck_assert_int_ge(c.retry_after_s, 80);
	ck_assert_int_le(c.retry_after_s, 101);
	net_call_clear(&c);
}
END_TEST

START_TEST(the_answer_is_kept_as_it_came)
{
	static const char bytes[] = "a\0b\xff\r\n";
	const char *headers[] = { "Content-Type: application/x-test",
				  "X-Empty:", "X-Other: 1", NULL };
	struct net_call c = to_http("PUT", at("/echo"));

	c.headers = headers;
	c.body = bytes;
	c.body_len = sizeof(bytes);
	expect(&c, NET_DONE, 200, "HTTP 200");
	ck_assert_uint_eq(c.answer.len, sizeof(bytes));
	ck_assert_mem_eq(c.answer.s, bytes, sizeof(bytes));
	ck_assert_ptr_ne(strstr(c.answer_headers.s,
				"\nContent-Type: application/x-test\n"),
			 NULL);
	ck_assert_int_eq(c.answer_is_cut, 0);
	net_call_clear(&c);
	ck_assert_uint_eq(c.answer.len, 0);
}
END_TEST

START_TEST(the_request_holds_what_was_given_and_no_more)
{
	const char *headers[] = { "X-Empty:", "X-Mark: one", NULL };
	struct net_call c = to_http("PATCH", at("/ok?mark=request"));
	struct buf seen = BUF_INIT;
	char *mine;

	c.headers = headers;
	c.body = "b0dy";
	c.body_len = 4;
	expect(&c, NET_DONE, 200, "HTTP 200");
	net_call_clear(&c);
	read_folder(requests, &seen);
	mine = strstr(seen.s, "mark=request");
	ck_assert_ptr_nonnull(mine);
	ck_assert_ptr_nonnull(strstr(mine, "[\"X-Empty\", \"\"]"));
	ck_assert_ptr_nonnull(strstr(mine, "[\"X-Mark\", \"one\"]"));
	ck_assert_ptr_nonnull(strstr(mine, "[\"User-Agent\", \"check/1\"]"));
	ck_assert_ptr_nonnull(strstr(mine, "\"b0dy\""));
	buf_free(&seen);
}
END_TEST

START_TEST(a_long_body_is_sent_without_asking)
{
	static char body[1200000];
	struct net_call c = to_http("POST", at("/ok?mark=long"));
	struct buf seen = BUF_INIT;
	char *mine;

	memset(body, 'x', sizeof(body));
	c.body = body;
	c.body_len = sizeof(body);
	expect(&c, NET_DONE, 200, "HTTP 200");
	net_call_clear(&c);
	read_folder(requests, &seen);
	mine = strstr(seen.s, "mark=long");
	ck_assert_ptr_nonnull(mine);
	*strstr(mine, "\"body\": ") = '\0';
	ck_assert_ptr_null(strstr(mine, "Expect"));
	buf_free(&seen);
}
END_TEST

/* From which port the request with this path came. */
static int
port_of(const char *path)
{
	struct buf seen = BUF_INIT;
	char *mine;
	int port;

	read_folder(requests, &seen);
	mine = strstr(seen.s, path);
	ck_assert_ptr_nonnull(mine);
	mine = strstr(mine, "\"peer_port\": ");
	ck_assert_ptr_nonnull(mine);
	port = atoi(mine + strlen("\"peer_port\": "));
	buf_free(&seen);
	return port;
}

START_TEST(what_must_not_be_done_twice_has_a_connection_of_its_own)
{
	static const char *const paths[] = { "/ok?port=a", "/ok?port=b",
					     "/ok?port=c" };
	struct net_call c;
	size_t i;

	for (i = 0; i < 3; i++) {
		c = to_http("GET", at(paths[i]));
		c.is_once = i == 2;
		expect(&c, NET_DONE, 200, "HTTP 200");
		net_call_clear(&c);
	}
	ck_assert_int_eq(port_of(paths[0]), port_of(paths[1]));
	ck_assert_int_ne(port_of(paths[0]), port_of(paths[2]));
}
END_TEST

START_TEST(every_method_arrives)
{
	static const char *const methods[] = { "GET", "HEAD",  "POST",
					       "PUT", "PATCH", "DELETE" };
	struct net_call c = to_http(methods[_i], at("/ok"));

	expect(&c, NET_DONE, 200, "HTTP 200");
	if (strcmp(methods[_i], "HEAD") == 0)
		ck_assert_uint_eq(c.answer.len, 0);
	else
		ck_assert_str_eq(c.answer.s, "{\"ok\":true}");
	net_call_clear(&c);
}
END_TEST

START_TEST(an_endless_answer_is_cut)
{
	struct net_call c = to_http("GET", at("/endless"));

	expect(&c, NET_DONE, 200, "HTTP 200");
	ck_assert_uint_eq(c.answer.len, 64 * 1024);
	ck_assert_int_eq(c.answer_is_cut, 1);
	ck_assert_int_lt(c.elapsed_ms, 10000);
	net_call_clear(&c);
}
END_TEST

START_TEST(half_an_answer_is_one_that_was_cut)
{
	struct net_call c = to_http("POST", at("/half"));

	expect(&c, NET_DONE, 200, "HTTP 200");
	ck_assert_uint_eq(c.answer.len, 500);
	ck_assert_int_eq(c.answer_is_cut, 1);
	net_call_clear(&c);
}
END_TEST

START_TEST(nothing_is_decompressed)
{
	struct net_call c = to_http("GET", at("/gzip"));

	expect(&c, NET_DONE, 200, "HTTP 200");
	ck_assert_str_eq(c.answer.s, "not gzip");
	net_call_clear(&c);
}
END_TEST

START_TEST(silence_after_the_request_is_unknown)
{
	struct net_call c = to_http("POST", at("/slow"));

	options.http_timeout = 1;
	c.body = "{}";
	c.body_len = 2;
	expect(&c, NET_UNKNOWN, 0, "may have been done");
	ck_assert_int_ge(c.elapsed_ms, 900);
	ck_assert_int_le(c.elapsed_ms, 5000);
	net_call_clear(&c);
}
END_TEST

START_TEST(a_reset_within_the_request_is_not_unknown)
{
	struct net_call c = to_http("POST", at("/hangup"));
	size_t size = (size_t)32 << 20; /* more than sockets buffer */
	char *body = calloc(1, size);

	c.body = body;
	c.body_len = size;
	expect(&c, NET_RETRY, 0, "127.0.0.1: ");
	net_call_clear(&c);
	free(body);
}
END_TEST

START_TEST(what_was_not_sent_is_tried_again)
{
	char url[128];
	struct net_call c;

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/?hush", free_port());
	c = to_http("POST", url);
	expect(&c, NET_RETRY, 0, "127.0.0.1: ");
	c = to_http("POST", "http://no-such-host.invalid/?hush");
	expect(&c, NET_RETRY, 0, "no-such-host.invalid");
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/?hush", https.port);
	c = to_http("POST", url);
	expect(&c, NET_RETRY, 0, "certificate");
	ck_assert_ptr_null(strstr(c.text, "hush"));
}
END_TEST

START_TEST(private_addresses_are_not_reached)
{
	char url[128];
	struct net_call c;

	snprintf(url, sizeof(url), "http://%s:%d/ok", blocked_hosts[_i],
		 http.port);
	options.outbound_allow = "";
	c = to_http("GET", url);
	call(&c);
	/* Where the resolver does not know a spelling, it is not reached
	 * either. */
	if (strstr(c.text, "resolve") != NULL)
		ck_assert_int_eq(c.outcome, NET_RETRY);
	else {
		ck_assert_msg(c.outcome == NET_FAILED, "%s", c.text);
		ck_assert_msg(strstr(c.text, "outbound_allow") != NULL, "%s",
			      c.text);
		ck_assert_msg((strcmp(blocked_hosts[_i], "127.0.0.1") != 0 &&
			       strcmp(blocked_hosts[_i], "[::1]") != 0) ||
				      strstr(c.text, " is no public") != NULL,
			      "%s", c.text);
	}
	ck_assert_int_eq(c.status, 0);
}
END_TEST

START_TEST(proxies_of_the_environment_are_ignored)
{
	struct net_call c = to_http("GET", "http://169.254.169.254/latest");
	const char *proxy = at("");

	setenv("http_proxy", proxy, 1);
	setenv("all_proxy", proxy, 1);
	setenv("ALL_PROXY", proxy, 1);
	expect(&c, NET_FAILED, 0, "169.254.169.254");
	c = to_http("GET", at("/ok"));
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("all_proxy", "http://127.0.0.1:1/", 1);
	expect(&c, NET_DONE, 200, "HTTP 200");
	net_call_clear(&c);
}
END_TEST

START_TEST(a_faulty_url_is_refused)
{
	struct net_call c = to_http("GET", faulty_urls[_i].url);

	expect(&c, NET_FAILED, 0, faulty_urls[_i].words);
	ck_assert_ptr_null(strstr(c.text, "hush"));
}
END_TEST

START_TEST(a_faulty_header_is_refused)
{
	const char *headers[] = { "X-Good: 1", faulty_headers[_i], NULL };
	struct net_call c = to_http("GET", at("/ok"));

	c.headers = headers;
	expect(&c, NET_FAILED, 0, "headers: ");
}
END_TEST

START_TEST(a_faulty_method_is_refused)
{
	struct net_call c = to_http(faulty_methods[_i], at("/ok"));

	expect(&c, NET_FAILED, 0, "method: ");
}
END_TEST

START_TEST(waiting_in_the_queue_wears_out_no_timeout)
{
	struct net_call c[4];
	const char *url = at("/slow?seconds=0.6");
	int i;

	options.http_timeout = 1;
	options.per_destination = 1;
	begin_net();
	for (i = 0; i < 4; i++) {
		c[i] = to_http("POST", url);
		net_start(net, &c[i]);
	}
	ck_assert_int_eq(net_wait(net, 0), 4);
	finish(4);
	for (i = 0; i < 4; i++) {
		ck_assert_msg(c[i].outcome == NET_DONE, "%s", c[i].text);
		net_call_clear(&c[i]);
	}
}
END_TEST

START_TEST(a_busy_destination_holds_up_only_its_own)
{
	char url[2][128];
	struct net_call slow[3], quick;
	int i;

	snprintf(url[0], sizeof(url[0]), "%s", at("/slow"));
	snprintf(url[1], sizeof(url[1]), "http://localhost:%d/ok", http.port);
	options.per_destination = 1;
	begin_net();
	for (i = 0; i < 3; i++) {
		slow[i] = to_http("GET", url[0]);
		net_start(net, &slow[i]);
	}
	quick = to_http("GET", url[1]);
	net_start(net, &quick);
	finish(1);
	ck_assert_msg(quick.outcome == NET_DONE, "%s", quick.text);
	ck_assert_int_eq(net_wait(net, 0), 3);
	net_call_clear(&quick);
	/* teardown frees with three calls on their way */
}
END_TEST

START_TEST(a_call_that_waits_can_be_taken_back)
{
	const char *url = at("/slow");
	struct net_call c[3];
	int i;

	options.per_destination = 1;
	begin_net();
	for (i = 0; i < 3; i++) {
		c[i] = to_http("GET", url);
		net_start(net, &c[i]);
	}
	ck_assert_int_eq(net_wait(net, 100), 3);
	ck_assert_int_eq(c[0].is_begun, 1);
	ck_assert_int_eq(c[1].is_begun, 0);
	c[0].begin_by_ms = c[2].begin_by_ms = 1; /* the first one has begun */
	finish(1);
	ck_assert_int_eq(c[2].is_late, 1);
	ck_assert_int_eq(c[2].is_begun, 0);
	ck_assert_int_eq(c[2].outcome, NET_RETRY);
	ck_assert_int_eq(c[2].sign, NET_SIGN_NONE);
	ck_assert_int_eq(net_wait(net, 0), 2);
	net_call_clear(&c[2]);
}
END_TEST

START_TEST(calls_run_at_once)
{
	struct net_call c[8];
	const char *url = at("/slow?seconds=2");
	struct timespec from, to;
	int i;

	options.per_destination = 8;
	begin_net();
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 8; i++) {
		c[i] = to_http("GET", url);
		net_start(net, &c[i]);
	}
	finish(8);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 15); /* not 16 */
	for (i = 0; i < 8; i++) {
		ck_assert_int_eq(c[i].outcome, NET_DONE);
		net_call_clear(&c[i]);
	}
}
END_TEST

START_TEST(waiting_ends_by_time)
{
	int64_t from;

	begin_net();
	from = clock_ms();
	ck_assert_int_eq(net_wait(net, 100), 0);
	ck_assert_int_ge(clock_ms() - from, 99);
}
END_TEST

/* Options */

/* clang-format off */
static const struct {
	const char *allow, *url, *tls;
	const char *words;
} faulty_options[] = {
	{ "10.0.0.0/33", "",                    "none", "outbound_allow: " },
	{ "",            "http://mail/",        "none", "smtp_url: " },
	{ "",            "mail.example.com",    "none", "smtp_url: " },
	{ "",            "smtp://u:hush@mail/", "none", "smtp_url: " },
	{ "",            "smtp://mail/",        "yes",  "smtp_tls: " },
};
/* clang-format on */

START_TEST(faulty_options_are_named)
{
	options.outbound_allow = faulty_options[_i].allow;
	options.smtp_url = faulty_options[_i].url;
	options.smtp_tls = faulty_options[_i].tls;
	ck_assert_ptr_null(net_new(&options, &e));
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_msg(strncmp(e.text, faulty_options[_i].words,
			      strlen(faulty_options[_i].words)) == 0,
		      "%s", e.text);
	ck_assert_ptr_null(strstr(e.text, "hush"));
}
END_TEST
static TCase *
http_case(void)
{
	TCase *tc = tcase_create("http");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, start_http, stop_http);
	tcase_add_checked_fixture(tc, setup, teardown);
	LOOP(tc, an_answer_is_judged_by_its_status, answers);
	LOOP(tc, an_end_says_something_of_its_destination, signs);
	tcase_add_test(tc, what_was_not_asked_is_not_blamed);
	tcase_add_test(tc, a_destination_has_one_name);
	tcase_add_test(tc, retry_after_may_be_a_date);
	tcase_add_test(tc, the_answer_is_kept_as_it_came);
	tcase_add_test(tc,
		       what_must_not_be_done_twice_has_a_connection_of_its_own);
	tcase_add_test(tc, the_request_holds_what_was_given_and_no_more);
	tcase_add_test(tc, a_long_body_is_sent_without_asking);
	tcase_add_loop_test(tc, every_method_arrives, 0, 6);
	tcase_add_test(tc, an_endless_answer_is_cut);
	tcase_add_test(tc, half_an_answer_is_one_that_was_cut);
	tcase_add_test(tc, nothing_is_decompressed);
	tcase_add_test(tc, silence_after_the_request_is_unknown);
	tcase_add_test(tc, a_reset_within_the_request_is_not_unknown);
	tcase_add_test(tc, what_was_not_sent_is_tried_again);
	LOOP(tc, private_addresses_are_not_reached, blocked_hosts);
	tcase_add_test(tc, proxies_of_the_environment_are_ignored);
	LOOP(tc, a_faulty_url_is_refused, faulty_urls);
	LOOP(tc, a_faulty_header_is_refused, faulty_headers);
	LOOP(tc, a_faulty_method_is_refused, faulty_methods);
	tcase_add_test(tc, waiting_in_the_queue_wears_out_no_timeout);
	tcase_add_test(tc, a_busy_destination_holds_up_only_its_own);
	tcase_add_test(tc, a_call_that_waits_can_be_taken_back);
	tcase_add_test(tc, calls_run_at_once);
	tcase_add_test(tc, waiting_ends_by_time);
	LOOP(tc, faulty_options_are_named, faulty_options);
	return tc;
}
int
main(void)
{
	return run_case("net", http_case(), "import ssl");
}
