/*
 * check_smtp.c - messages to a real SMTP server on loopback (smtp_server.py)
 * that misbehaves on demand, and how each kind of end is judged.
 */
#include "config.h"

#include "net_kit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE "Subject: x\r\n\r\nHello\r\n.\r\n..dots\r\n.\r\n"

static char mails[64];
static const char *const one_rcpt[] = { "alex@example.com", NULL };

static struct net_call
to_smtp(void)
{
	return (struct net_call){ .kind = NET_SMTP,
				  .mail_from = "shop@example.com",
				  .rcpt = one_rcpt,
				  .body = MESSAGE,
				  .body_len = sizeof(MESSAGE) - 1,
				  .done = count_done,
				  .arg = &n_done };
}

static struct server smtp;
static char smtp_url[64];

static void
smtp_setup(void)
{
	setup();
	/* each test runs in a process of its own */
	snprintf(mails, sizeof(mails), "%s/mail.%d", folder, (int)getpid());
}

static void
begin_smtp(const char *scheme, const char *const *args)
{
	smtp = serve("smtp_server.py", args);
	snprintf(smtp_url, sizeof(smtp_url), "%s://127.0.0.1:%d", scheme,
		 smtp.port);
	options.smtp_url = smtp_url;
	options.outbound_allow = ""; /* the relay needs no permission */
}

static void
smtp_teardown(void)
{
	teardown();
	stop(&smtp);
}

/* The messages that the server kept. */
static void
read_mails(struct buf *out)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/new", mails);
	read_folder(path, out);
}

/* expect(), for a call whose dialogue nobody reads. */
static void
ends(struct net_call *c, enum net_outcome outcome, int status,
     const char *words)
{
	expect(c, outcome, status, words);
	net_call_clear(c);
}

static int
count(const char *text, const char *part)
{
	int n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

START_TEST(a_message_arrives_as_it_is)
{
	const char *args[] = { "--maildir", mails, NULL };
	const char *rcpt[] = { "one@example.com", "two@example.com", NULL };
	struct net_call c = to_smtp();
	struct buf seen = BUF_INIT;

	begin_smtp("smtp", args);
	c.rcpt = rcpt;
	ends(&c, NET_DONE, 250, "SMTP 250 2.0.0 kept as 1");
	read_mails(&seen);
	ck_assert_ptr_nonnull(strstr(seen.s,
				     "X-Envelope-From: shop@example.com\r\n"
				     "X-Envelope-To: one@example.com\r\n"
				     "X-Envelope-To: two@example.com\r\n"
				     "X-Tls: no\r\n"));
	ck_assert_ptr_nonnull(strstr(seen.s, "\r\n" MESSAGE));
	buf_free(&seen);
}
END_TEST

/* clang-format off */
static const struct {
	const char *fail;
	enum net_outcome outcome;
	int status;
	const char *words;
	enum net_sign sign;
} refusals[] = {
	{ "421-connect",  NET_RETRY,   421, "SMTP 421", NET_SIGN_AWAY },
	{ "554-connect",  NET_RETRY,   554, "SMTP 554", NET_SIGN_AWAY },
	{ "452-mail",     NET_RETRY,   452, "SMTP 452 4.3.1", NET_SIGN_WORKS },
	{ "550-mail",     NET_FAILED,  550, "SMTP 550 5.7.1", NET_SIGN_WORKS },
	{ "450-rcpt",     NET_RETRY,   450, "SMTP 450 4.2.1", NET_SIGN_WORKS },
	{ "451-rcpt",     NET_RETRY,   451, "SMTP 451 4.7.1 greylisted", NET_SIGN_WORKS },
	{ "550-rcpt",     NET_FAILED,  550, "SMTP 550 5.1.1 no such user", NET_SIGN_WORKS },
	{ "552-rcpt",     NET_FAILED,  552, "SMTP 552 5.2.2", NET_SIGN_WORKS },
	{ "451-data",     NET_RETRY,   451, "SMTP 451 4.3.0", NET_SIGN_WORKS },
	{ "554-data",     NET_FAILED,  554, "SMTP 554 5.6.0", NET_SIGN_WORKS },
	{ "drop-data",    NET_RETRY,     0, "127.0.0.1: ", NET_SIGN_AWAY },
	{ "drop-dot",     NET_UNKNOWN,   0, "may have been done", NET_SIGN_AWAY },
	{ "slow-dot:0.5", NET_DONE,    250, "SMTP 250", NET_SIGN_WORKS },
};
/* clang-format on */

START_TEST(a_refusal_is_judged_by_its_stage)
{
	const char *args[] = { "--fail", refusals[_i].fail, NULL };
	struct net_call c = to_smtp();

	begin_smtp("smtp", args);
	expect(&c, refusals[_i].outcome, refusals[_i].status,
	       refusals[_i].words);
	ck_assert_int_eq(c.sign, refusals[_i].sign);
	net_call_clear(&c);
}
END_TEST

START_TEST(silence_after_the_dot_is_unknown)
{
	const char *args[] = { "--fail", "never-dot", NULL };
	struct net_call c = to_smtp();

	options.smtp_timeout = 2;
	begin_smtp("smtp", args);
	ends(&c, NET_UNKNOWN, 0, "may have been done");
	ck_assert_int_le(c.elapsed_ms, 8000);
}
END_TEST

START_TEST(silence_before_the_message_is_tried_again)
{
	const char *args[] = { "--fail", "silent", NULL };
	struct net_call c = to_smtp();

	options.smtp_timeout = 2;
	begin_smtp("smtp", args);
	ends(&c, NET_RETRY, 0, "127.0.0.1: ");
}
END_TEST

START_TEST(a_relay_that_is_away_or_unknown_is_tried_again)
{
	struct net_call c = to_smtp();

	ends(&c, NET_RETRY, 0, "set smtp_url");
	net_free(net);
	net = NULL;
	snprintf(smtp_url, sizeof(smtp_url), "smtp://127.0.0.1:%d",
		 free_port());
	options.smtp_url = smtp_url;
	c = to_smtp();
	ends(&c, NET_RETRY, 0, "127.0.0.1: ");
}
END_TEST

START_TEST(a_slow_relay_holds_up_nothing_else)
{
	const char *args[] = { "--fail", "slow-dot:2", NULL };
	struct net_call mail[3], c = to_http("GET", at("/ok"));
	struct timespec from, to;
	int i;

	begin_smtp("smtp", args);
	options.outbound_allow = "127.0.0.1";
	options.per_destination = 3;
	begin_net();
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < 3; i++) {
		mail[i] = to_smtp();
		net_start(net, &mail[i]);
	}
	net_wait(net, 500); /* all three are at their dot */
	net_start(net, &c);
	finish(1);
	ck_assert_msg(c.outcome == NET_DONE, "%s", c.text);
	finish(4);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 5); /* at once, not 6 */
	for (i = 0; i < 3; i++) {
		ck_assert_msg(mail[i].outcome == NET_DONE, "%s", mail[i].text);
		net_call_clear(&mail[i]);
	}
	net_call_clear(&c);
}
END_TEST

START_TEST(leaving_does_not_wait_for_the_relay)
{
	const char *args[] = { "--fail", "never-dot", NULL };
	struct net_call c = to_smtp();
	struct timespec from, to;

	begin_smtp("smtp", args);
	begin_net();
	net_start(net, &c);
	net_wait(net, 300);
	clock_gettime(CLOCK_MONOTONIC, &from);
	net_free(net);
	net = NULL;
	net_call_clear(&c);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_lt(to.tv_sec - from.tv_sec, 5);
	ck_assert_int_eq(n_done, 0);
}
END_TEST

/* Send `n` one after the other, expect all done. */
static void
send_all(int n)
{
	struct net_call c;

	while (n-- > 0) {
		c = to_smtp();
		ends(&c, NET_DONE, 250, "SMTP 250");
	}
}

START_TEST(the_connection_is_kept)
{
	const char *args[] = { "--maildir", mails, NULL };
	struct buf seen = BUF_INIT;
	char *port, mine[32];

	options.per_destination = 1;
	begin_smtp("smtp", args);
	send_all(3);
	read_mails(&seen);
	port = strstr(seen.s, "X-Peer-Port:");
	ck_assert_ptr_nonnull(port);
	snprintf(mine, sizeof(mine), "%.*s", (int)strcspn(port, "\r"), port);
	ck_assert_int_eq(count(seen.s, mine), 3);
	buf_free(&seen);
}
END_TEST

START_TEST(a_kept_connection_may_have_gone)
{
	const char *args[] = { "--maildir", mails, "--fail", "drop-mail-once",
			       NULL };
	struct buf seen = BUF_INIT;

	options.per_destination = 1;
	begin_smtp("smtp", args);
	send_all(3);
	read_mails(&seen);
	ck_assert_int_eq(count(seen.s, "X-Envelope-From:"), 3);
	buf_free(&seen);
}
END_TEST

START_TEST(starttls_is_used_and_checked)
{
	const char *args[] = { "--maildir", mails, "--tls", cert, key, NULL };
	struct net_call c = to_smtp();
	struct buf seen = BUF_INIT;

	options.smtp_tls = _i == 0 ? "required" : "opportunistic";
	begin_smtp("smtp", args);
	ends(&c, NET_RETRY, 0, "certificate");
	net_free(net);
	net = NULL;
	options.smtp_ca_file = cert;
	c = to_smtp();
	ends(&c, NET_DONE, 250, "SMTP 250");
	read_mails(&seen);
	ck_assert_ptr_nonnull(strstr(seen.s, "X-Tls: yes"));
	ck_assert_ptr_null(strstr(seen.s, "X-Tls: no"));
	buf_free(&seen);
}
END_TEST

START_TEST(tls_from_the_first_byte)
{
	const char *args[] = { "--maildir",	   mails, "--tls", cert, key,
			       "--tls-on-connect", NULL };
	struct net_call c = to_smtp();

	options.smtp_tls = "required";
	options.smtp_ca_file = cert;
	begin_smtp("smtps", args);
	ends(&c, NET_DONE, 250, "SMTP 250");
}
END_TEST

START_TEST(required_tls_never_falls_back)
{
	const char *args[] = { "--maildir", mails, NULL };
	struct net_call c = to_smtp();
	struct buf seen = BUF_INIT;

	options.smtp_tls = "required";
	options.smtp_user = "u";
	options.smtp_password = "hush";
	begin_smtp("smtp", args);
	ends(&c, NET_RETRY, 0, "STARTTLS");
	read_mails(&seen);
	ck_assert_uint_eq(seen.len, 0);
	buf_free(&seen);
}
END_TEST

START_TEST(a_login_is_given_and_its_refusal_fails_no_message)
{
	const char *args[] = { "--auth", "u:hush", NULL };
	struct net_call c = to_smtp();

	begin_smtp("smtp", args);
	ends(&c, NET_RETRY, 530, "SMTP 530");
	net_free(net);
	net = NULL;
	options.smtp_user = "u";
	options.smtp_password = "hush?";
	c = to_smtp();
	expect(&c, NET_RETRY, 535, "SMTP 535");
	ck_assert_int_eq(c.sign, NET_SIGN_LOCKED);
	ck_assert_ptr_null(strstr(c.text, "hush"));
	net_call_clear(&c);
	net_free(net);
	net = NULL;
	options.smtp_password = "hush";
	c = to_smtp();
	ends(&c, NET_DONE, 250, "SMTP 250");
}
END_TEST

START_TEST(no_command_enters_by_an_address)
{
	static const char *const bad[] = {
		"a@example.com>\r\nRCPT TO:<evil@example.com",
		"a@example.com\n",
		"a b@example.com",
		"<a@example.com>",
		"",
		"a",
	};
	const char *rcpt[] = { "alex@example.com", bad[_i], NULL };
	const char *args[] = { NULL };
	struct net_call c = to_smtp();

	begin_smtp("smtp", args);
	c.rcpt = rcpt;
	ends(&c, NET_FAILED, 0, "recipient: ");
	c = to_smtp();
	c.mail_from = bad[_i];
	ends(&c, NET_FAILED, 0, "sender: ");
	c = to_smtp();
	c.rcpt = rcpt + 2;
	ends(&c, NET_FAILED, 0, "recipient: ");
}
END_TEST
static TCase *
smtp_case(void)
{
	TCase *tc = tcase_create("smtp");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, start_http, stop_http);
	tcase_add_checked_fixture(tc, smtp_setup, smtp_teardown);
	tcase_add_test(tc, a_message_arrives_as_it_is);
	LOOP(tc, a_refusal_is_judged_by_its_stage, refusals);
	tcase_add_test(tc, silence_after_the_dot_is_unknown);
	tcase_add_test(tc, silence_before_the_message_is_tried_again);
	tcase_add_test(tc, a_relay_that_is_away_or_unknown_is_tried_again);
	tcase_add_test(tc, a_slow_relay_holds_up_nothing_else);
	tcase_add_test(tc, leaving_does_not_wait_for_the_relay);
	tcase_add_test(tc, the_connection_is_kept);
	tcase_add_test(tc, a_kept_connection_may_have_gone);
	tcase_add_loop_test(tc, starttls_is_used_and_checked, 0, 2);
	tcase_add_test(tc, tls_from_the_first_byte);
	tcase_add_test(tc, required_tls_never_falls_back);
	tcase_add_test(tc, a_login_is_given_and_its_refusal_fails_no_message);
	tcase_add_loop_test(tc, no_command_enters_by_an_address, 0, 6);
	return tc;
}
int
main(void)
{
	return run_case("smtp", smtp_case(), "import aiosmtpd");
}
