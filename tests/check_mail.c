/*
 * check_mail.c - messages as a reader's program sees them: each is built and
 * parsed back.
 */
#include "config.h"

#include "act/mail.h"
#include "base/mailbox.h"

#include <check.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

static struct mem *pool;
static struct buf out;
static struct envelope env;
static struct err e;

static void
setup(void)
{
	pool = mem_new();
	buf_init(&out);
	memset(&e, 0, sizeof(e));
}

static void
teardown(void)
{
	buf_free(&out);
	mem_free(pool);
}

static struct mail
plain(void)
{
	return (struct mail){ .from = "shop@example.com",
			      .to = "alex@example.com",
			      .subject = "Thanks",
			      .text = "Hello\n",
			      .message_id = "run-7.2@hooks.example.com",
			      .date_s = 1700000000 };
}

/* What is true of every message: CRLF only, short lines, ASCII. */
static void
check_form(void)
{
	size_t i, length = 0;

	ck_assert_uint_eq(strlen(out.s), out.len);
	for (i = 0; i < out.len; i++) {
		ck_assert_uint_lt((unsigned char)out.s[i], 0x80);
		if (out.s[i] == '\r')
			ck_assert_int_eq(out.s[i + 1], '\n');
		if (out.s[i] != '\n') {
			length++;
			continue;
		}
		ck_assert_int_eq(out.s[i - 1], '\r');
		ck_assert_uint_le(length - 1, 998);
		length = 0;
	}
}

static GMimeMessage *
build(const struct mail *mail)
{
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *msg;

	ck_assert_msg(mail_build(pool, mail, &out, &env, &e) == 0, "%s",
		      e.text);
	check_form();
	stream = g_mime_stream_mem_new_with_buffer(out.s, out.len);
	parser = g_mime_parser_new_with_stream(stream);
	msg = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	ck_assert_ptr_nonnull(msg);
	return msg;
}

static void
refuse(const struct mail *mail, const char *field)
{
	ck_assert_int_eq(mail_build(pool, mail, &out, &env, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_msg(strncmp(e.text, field, strlen(field)) == 0 &&
			      e.text[strlen(field)] == ':',
		      "expected \"%s: ...\", got \"%s\"", field, e.text);
	ck_assert_uint_eq(out.len, 0);
}

/* The text of a part, with LF line ends, from the pool. */
static const char *
part_text(GMimeObject *part)
{
	char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	char *copy = mem_strdup(pool, text), *from = copy, *to = copy;

	g_free(text);
	for (; *from != '\0'; from++)
		if (*from != '\r')
			*to++ = *from;
	*to = '\0';
	return copy;
}

static const char *
header(GMimeMessage *msg, const char *name)
{
	return g_mime_object_get_header(GMIME_OBJECT(msg), name);
}

START_TEST(a_plain_message_has_its_headers)
{
	struct mail mail = plain();
	GMimeMessage *msg = build(&mail);
	GDateTime *date = g_mime_message_get_date(msg);

	ck_assert_str_eq(g_mime_message_get_subject(msg), "Thanks");
	ck_assert_str_eq(g_mime_message_get_message_id(msg),
			 "run-7.2@hooks.example.com");
	ck_assert_ptr_nonnull(strstr(
		out.s, "\r\nMessage-ID: <run-7.2@hooks.example.com>\r\n"));
	ck_assert_int_eq(g_date_time_to_unix(date), 1700000000);
	ck_assert_str_eq(header(msg, "Auto-Submitted"), "auto-generated");
	ck_assert_str_eq(header(msg, "MIME-Version"), "1.0");
	ck_assert_ptr_null(header(msg, "List-Unsubscribe"));
	ck_assert_ptr_null(header(msg, "Cc"));
	ck_assert_ptr_null(header(msg, "Reply-To"));
	ck_assert_str_eq(header(msg, "From"), "shop@example.com");
	ck_assert_str_eq(header(msg, "To"), "alex@example.com");
	ck_assert_str_eq(part_text(g_mime_message_get_mime_part(msg)),
			 "Hello\n");
	ck_assert_str_eq(env.from, "shop@example.com");
	ck_assert_uint_eq(env.n_to, 1);
	ck_assert_str_eq(env.to[0], "alex@example.com");
	ck_assert_ptr_null(env.to[1]);
	g_object_unref(msg);
}
END_TEST

static const struct {
	const char *written, *name, *address;
} names[] = {
	{ "Alex <a@example.com>", "Alex", "a@example.com" },
	{ "a@example.com", "", "a@example.com" },
	{ "<a@example.com>", "", "a@example.com" },
	{ " Alex Johnson  < a@example.com > ", "Alex Johnson",
	  "a@example.com" },
	{ "Johnson, Alex <a@example.com>", "Johnson, Alex", "a@example.com" },
	{ "\"Johnson, Alex\" <a@example.com>", "Johnson, Alex",
	  "a@example.com" },
	{ "\"A \\\"J\\\" \\\\ B\" <a@example.com>", "A \"J\" \\ B",
	  "a@example.com" },
	{ "5\" Pipes (Ltd.) <a@example.com>", "5\" Pipes (Ltd.)",
	  "a@example.com" },
	{ "J\303\274rgen M\303\274ller <a@example.com>",
	  "J\303\274rgen M\303\274ller", "a@example.com" },
	{ "\346\227\245\346\234\254 \350\252\236 <a@example.com>",
	  "\346\227\245\346\234\254 \350\252\236", "a@example.com" },
	{ "\360\237\216\211 Party; Inc: <a@example.com>",
	  "\360\237\216\211 Party; Inc:", "a@example.com" },
	/* Sent in quotes; readers such as this one decode it all the same. */
	{ "=?utf-8?q?Bcc=3A?= <a@example.com>", "Bcc:", "a@example.com" },
	{ "o'neil+tag=x_1@sub.example.co", "",
	  "o'neil+tag=x_1@sub.example.co" },
	{ "root@localhost", "", "root@localhost" },
};

START_TEST(names_come_through)
{
	struct mail mail = plain();
	InternetAddress *ia;
	GMimeMessage *msg;

	mail.to = names[_i].written;
	msg = build(&mail);
	ck_assert_int_eq(
		internet_address_list_length(g_mime_message_get_to(msg)), 1);
	ia = internet_address_list_get_address(g_mime_message_get_to(msg), 0);
	ck_assert_str_eq(internet_address_get_name(ia), names[_i].name);
	ck_assert_str_eq(
		internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(ia)),
		names[_i].address);
	ck_assert_uint_eq(env.n_to, 1);
	ck_assert_str_eq(env.to[0], names[_i].address);
	g_object_unref(msg);
}
END_TEST

START_TEST(every_recipient_is_in_the_envelope_once)
{
	static const char *const want[] = { "a@example.com", "b@example.com",
					    "c@example.com", "d@example.com",
					    "e@example.com" };
	struct mail mail = plain();
	GMimeMessage *msg;
	size_t i;

	mail.to = "Doe, A <a@example.com>,, B <b@example.com>,";
	mail.cc = "c@example.com, A@EXAMPLE.com";
	mail.bcc = "Secret <d@example.com>, e@example.com, b@example.com";
	mail.reply_to = "help@example.com";
	msg = build(&mail);
	ck_assert_uint_eq(env.n_to, 5);
	for (i = 0; i < 5; i++)
		ck_assert_str_eq(env.to[i], want[i]);
	ck_assert_ptr_null(env.to[5]);
	ck_assert_ptr_null(header(msg, "Bcc"));
	ck_assert_ptr_null(strstr(out.s, "Secret"));
	ck_assert_ptr_null(strstr(out.s, "d@example.com"));
	ck_assert_str_eq(header(msg, "Reply-To"), "help@example.com");
	ck_assert_int_eq(
		internet_address_list_length(g_mime_message_get_to(msg)), 2);
	ck_assert_int_eq(
		internet_address_list_length(g_mime_message_get_cc(msg)), 2);
	g_object_unref(msg);
}
END_TEST

START_TEST(bcc_alone_is_enough)
{
	struct mail mail = plain();

	mail.to = "";
	mail.bcc = "d@example.com";
	g_object_unref(build(&mail));
	ck_assert_ptr_null(strstr(out.s, "d@example.com"));
	ck_assert_str_eq(env.to[0], "d@example.com");
}
END_TEST

/* `unit` so often that a line of it would be far too long. */
static const char *
repeat(const char *unit, int n)
{
	struct buf b = BUF_INIT;
	const char *s;

	while (n-- > 0)
		buf_adds(&b, unit);
	s = mem_strdup(pool, b.s);
	buf_free(&b);
	return s;
}

static const struct {
	const char *unit;
	int n;
} subjects[] = {
	{ "Gr\303\274\303\237e", 1 },
	{ "\346\227\245\346\234\254\350\252\236", 1 },
	{ "\346\227\245\346\234\254\350\252\236", 60 },
	{ "=?utf-8?q?evil=0D=0ABcc:_x@y?=", 1 },
	{ "plain words ", 20 },
	{ "w\303\266rds and more ", 20 },
	{ "x", 3000 },
	{ "\360\237\216\211", 500 },
	{ "# 5 = 100% _a_ ? \"q\" (c) <t>", 1 },
};

START_TEST(subjects_come_through)
{
	struct mail mail = plain();
	GMimeMessage *msg;
	const char *p, *end;

	mail.subject = repeat(subjects[_i].unit, subjects[_i].n);
	msg = build(&mail);
	ck_assert_ptr_nonnull(g_mime_message_get_subject(msg));
	/* A folding space at the end is lost, as it may be. */
	ck_assert_int_eq(strncmp(g_mime_message_get_subject(msg), mail.subject,
				 strlen(mail.subject) - 1),
			 0);
	for (p = out.s; (p = strstr(p, "=?UTF-8?B?")) != NULL; p = end) {
		end = strstr(p, "?=") + 2;
		ck_assert_int_le(end - p, 75);
	}
	g_object_unref(msg);
}
END_TEST

static const struct {
	const char *unit;
	int n;
} bodies[] = {
	{ "Hello Alex,\nthis is short.\n", 1 },
	{ ".\n..\n.dot\n\n.\nQUIT\n", 1 },
	{ "From here\nFrom there\n", 1 },
	{ "no line end", 1 },
	{ "spaces at the end  \n\ttab\t\n", 1 },
	{ "one line without end ", 400 },
	{ "x", 5000 },
	{ "Gr\303\274\303\237e an alle\n", 100 },
	{ "\346\227\245\346\234\254\350\252\236", 2000 },
	{ "a=3D=\n=?utf-8?q?x?=\n", 1 },
	{ "\001\033[1m control \177\n", 1 },
	{ "--=-boundary--\n\n\n", 1 },
};

START_TEST(bodies_come_through)
{
	struct mail mail = plain();
	GMimeMessage *msg;
	GMimeObject *part;

	mail.text = repeat(bodies[_i].unit, bodies[_i].n);
	msg = build(&mail);
	part = g_mime_message_get_mime_part(msg);
	/* A message's last line always ends. */
	ck_assert_int_eq(strncmp(part_text(part), mail.text, strlen(mail.text)),
			 0);
	ck_assert_uint_le(strlen(part_text(part)), strlen(mail.text) + 1);
	ck_assert_str_eq(
		g_mime_object_get_content_type_parameter(part, "charset"),
		"utf-8");
	g_object_unref(msg);
}
END_TEST

START_TEST(any_line_end_becomes_crlf)
{
	struct mail mail = plain();
	GMimeMessage *msg;

	mail.text = "a\rb\nc\r\nd\n\re\n";
	msg = build(&mail);
	ck_assert_str_eq(part_text(g_mime_message_get_mime_part(msg)),
			 "a\nb\nc\nd\n\ne\n");
	g_object_unref(msg);
}
END_TEST

START_TEST(text_and_html_are_alternatives)
{
	struct mail mail = plain();
	GMimeMessage *msg;
	GMimeMultipart *both;
	GMimeObject *part;

	mail.text = "Hello \303\234nal\n";
	mail.html = "<p>Hello <b>\303\234nal</b></p>\n";
	msg = build(&mail);
	part = g_mime_message_get_mime_part(msg);
	ck_assert(GMIME_IS_MULTIPART(part));
	ck_assert(g_mime_content_type_is_type(
		g_mime_object_get_content_type(part), "multipart",
		"alternative"));
	both = GMIME_MULTIPART(part);
	ck_assert_int_eq(g_mime_multipart_get_count(both), 2);
	part = g_mime_multipart_get_part(both, 0);
	ck_assert(g_mime_content_type_is_type(
		g_mime_object_get_content_type(part), "text", "plain"));
	ck_assert_str_eq(part_text(part), mail.text);
	part = g_mime_multipart_get_part(both, 1);
	ck_assert(g_mime_content_type_is_type(
		g_mime_object_get_content_type(part), "text", "html"));
	ck_assert_str_eq(part_text(part), mail.html);
	g_object_unref(msg);
}
END_TEST

START_TEST(html_alone_is_fine)
{
	struct mail mail = plain();
	GMimeMessage *msg;

	mail.text = NULL;
	mail.html = "<p>Hi</p>";
	msg = build(&mail);
	ck_assert(g_mime_content_type_is_type(
		g_mime_object_get_content_type(
			g_mime_message_get_mime_part(msg)),
		"text", "html"));
	g_object_unref(msg);
}
END_TEST

START_TEST(one_click_unsubscribe_stays_on_one_line)
{
	struct mail mail = plain();
	const char *want;

	mail.list_unsubscribe = mem_printf(
		pool, "https://hooks.example.com/u/%s", repeat("Ab9_", 200));
	g_object_unref(build(&mail));
	want = mem_printf(pool, "\r\nList-Unsubscribe: <%s>\r\n",
			  mail.list_unsubscribe);
	ck_assert_ptr_nonnull(strstr(out.s, want));
	ck_assert_ptr_nonnull(strstr(out.s, "\r\nList-Unsubscribe-Post: "
					    "List-Unsubscribe=One-Click\r\n"));
}
END_TEST

START_TEST(unsubscribing_by_mail_has_no_click)
{
	struct mail mail = plain();

	mail.list_unsubscribe = "<mailto:leave@example.com>";
	g_object_unref(build(&mail));
	ck_assert_ptr_nonnull(strstr(
		out.s, "\r\nList-Unsubscribe: <mailto:leave@example.com>\r\n"));
	ck_assert_ptr_null(strstr(out.s, "List-Unsubscribe-Post"));
}
END_TEST

static const char *const bad_addresses[] = {
	"nobody",
	"@example.com",
	"a@",
	"a@@example.com",
	"a b@example.com",
	"a@exa mple.com",
	"a@example..com",
	"a@.example.com",
	"a@example.com.",
	"a@-example.com",
	"a@example-.com",
	"a@exam_ple.com",
	".a@example.com",
	"a.@example.com",
	"a..b@example.com",
	"\"a b\"@example.com",
	"a@[127.0.0.1]",
	"a@example.com>",
	"<a@example.com",
	"Alex <a@example.com> more",
	"Alex <a@example.com",
	"Alex <>",
	"Alex <",
	"Alex <b> <a@example.com>",
	"\"Alex\" b@example.com <a@example.com>",
	"\"Alex <a@example.com>",
	"\"",
	"a@example.com b@example.com",
	"a@example.com;b@example.com",
	"a@example.com, nobody",
	"nobody, a@example.com",
	"a(comment)@example.com",
	"group: a@example.com;",
	"j\303\274rgen@example.com",
	"a@m\303\274ller.ex ample",
	"a@m\303\274_ller.example",
	"a@\303\274-.example",
	"a@example.com\n",
	"a@example.com\r\nRCPT TO:<evil@example.com>",
	"a@example.com>\r\nDATA",
	"Alex\nBcc: evil@example.com\n <a@example.com>",
	"Alex\tX <a@example.com>",
	"a\177@example.com",
	"Al\377ex <a@example.com>",
	"a@"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@"
	"b.c",
};

START_TEST(an_international_domain_is_sent_in_ascii)
{
	struct mail mail = plain();
	struct mailbox box;
	const char *list = "J\303\274rgen <a@M\303\234ller.example>, b@c.de";

	ck_assert_int_eq(mailbox_read(pool, &list, &box, &e), 1);
	ck_assert_str_eq(box.address, "a@xn--mller-kva.example");
	ck_assert_str_eq(box.name, "J\303\274rgen");
	mail.to = "a@m\303\274ller.example";
	g_object_unref(build(&mail));
	ck_assert_str_eq(env.to[0], "a@xn--mller-kva.example");
	ck_assert_ptr_nonnull(strstr(out.s, "xn--mller-kva.example"));
}
END_TEST

START_TEST(a_bad_address_is_refused_by_field)
{
	struct mail mail = plain();

	mail.to = bad_addresses[_i];
	refuse(&mail, "to");
	mail = plain();
	mail.cc = bad_addresses[_i];
	refuse(&mail, "cc");
	mail = plain();
	mail.bcc = bad_addresses[_i];
	refuse(&mail, "bcc");
	mail = plain();
	mail.reply_to = bad_addresses[_i];
	refuse(&mail, "reply_to");
	mail = plain();
	mail.from = bad_addresses[_i];
	refuse(&mail, "from");
}
END_TEST

START_TEST(a_long_address_is_refused)
{
	struct mail mail = plain();

	mail.to = mem_printf(pool, "a@%sexample.com", repeat("sub.", 61));
	refuse(&mail, "to");
}
END_TEST

START_TEST(faulty_messages_are_refused_by_field)
{
	struct mail mail = plain();

	mail.from = "a@example.com, b@example.com";
	refuse(&mail, "from");
	mail.from = NULL;
	refuse(&mail, "from");
	mail = plain();
	mail.to = " , ";
	refuse(&mail, "to");
	mail = plain();
	mail.to = repeat("a@example.com,", 200);
	g_object_unref(build(&mail));
	buf_reset(&out);
	mail = plain();
	mail.subject = "Hi\nBcc: evil@example.com";
	refuse(&mail, "subject");
	mail.subject = "Hi\rX";
	refuse(&mail, "subject");
	mail.subject = "Hi \355\240\200";
	refuse(&mail, "subject");
	mail = plain();
	mail.text = "";
	refuse(&mail, "text");
	mail.text = "\377";
	refuse(&mail, "text");
	mail = plain();
	mail.html = "<p>\300\200";
	refuse(&mail, "html");
	mail = plain();
	mail.message_id = "a b@example.com";
	refuse(&mail, "message_id");
	mail.message_id = "a@example.com>\r\nX: y";
	refuse(&mail, "message_id");
	mail = plain();
	mail.list_unsubscribe = "https://x/\r\nX: y";
	refuse(&mail, "list_unsubscribe");
	mail.list_unsubscribe = "https://x/>, <mailto:a@example.com";
	refuse(&mail, "list_unsubscribe");
	mail.list_unsubscribe = "javascript:alert(1)";
	refuse(&mail, "list_unsubscribe");
	mail.list_unsubscribe = repeat("https://", 200);
	refuse(&mail, "list_unsubscribe");
}
END_TEST

START_TEST(recipients_have_a_limit)
{
	struct mail mail = plain();
	struct buf list = BUF_INIT;
	int i;

	for (i = 0; i < 100; i++)
		buf_addf(&list, "a%d@example.com,", i);
	mail.to = list.s;
	g_object_unref(build(&mail));
	ck_assert_uint_eq(env.n_to, 100);
	buf_reset(&out);
	buf_adds(&list, "b@example.com");
	mail.to = list.s;
	refuse(&mail, "to");
	buf_free(&list);
}
END_TEST

#define LOOP(test, table) \
	tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("mail");
	TCase *tc = tcase_create("mail");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_plain_message_has_its_headers);
	LOOP(names_come_through, names);
	tcase_add_test(tc, every_recipient_is_in_the_envelope_once);
	tcase_add_test(tc, bcc_alone_is_enough);
	LOOP(subjects_come_through, subjects);
	LOOP(bodies_come_through, bodies);
	tcase_add_test(tc, any_line_end_becomes_crlf);
	tcase_add_test(tc, text_and_html_are_alternatives);
	tcase_add_test(tc, html_alone_is_fine);
	tcase_add_test(tc, one_click_unsubscribe_stays_on_one_line);
	tcase_add_test(tc, unsubscribing_by_mail_has_no_click);
	tcase_add_test(tc, an_international_domain_is_sent_in_ascii);
	LOOP(a_bad_address_is_refused_by_field, bad_addresses);
	tcase_add_test(tc, a_long_address_is_refused);
	tcase_add_test(tc, faulty_messages_are_refused_by_field);
	tcase_add_test(tc, recipients_have_a_limit);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
