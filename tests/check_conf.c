/*
 * check_conf.c - the configuration file: defaults, every kind of setting, what
 * is refused with file and line, where it is looked for; password files.
 */
#include "config.h"

#include "base/conf.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char folder[64], file[96];

static void
set_up(void)
{
	strcpy(folder, "check_conf.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/hookline.conf", folder);
}

static void
tear_down(void)
{
	unlink(file);
	rmdir(folder);
}

static void
write_bytes(const char *text, size_t len, mode_t mode)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	fclose(f);
	ck_assert_int_eq(chmod(file, mode), 0);
}

static void
load(struct conf *c, const char *text)
{
	struct err e = ERR_INIT;

	write_bytes(text, strlen(text), 0644);
	ck_assert_msg(conf_load(c, file, &e) == 0, "%s", e.text);
}

/* FILE:LINE: `want`; line 0 is no line. */
static void
refuses(const char *text, size_t len, int line, const char *want)
{
	struct conf c;
	struct err e = ERR_INIT;
	char head[128];

	write_bytes(text, len, 0644);
	ck_assert_msg(conf_load(&c, file, &e) == -1, "accepted: %s", text);
	ck_assert_int_eq(e.kind, ERR_PERM);
	if (line > 0)
		snprintf(head, sizeof(head), "%s:%d: ", file, line);
	else
		snprintf(head, sizeof(head), "%s: ", file);
	ck_assert_msg(strncmp(e.text, head, strlen(head)) == 0,
		      "\"%s\" does not begin with \"%s\"", e.text, head);
	ck_assert_msg(strstr(e.text, want) != NULL, "\"%s\" lacks \"%s\"",
		      e.text, want);
}

START_TEST(an_empty_file_is_the_defaults)
{
	struct conf c;
	char secret[128];

	load(&c, "");
	snprintf(secret, sizeof(secret), "%s/hookline.secret", folder);
	ck_assert_str_eq(c.path, file);
	ck_assert_str_eq(c.database, "dbname=hookline");
	ck_assert_str_eq(c.database_password_file, "");
	ck_assert_int_eq(c.prepared_statements, 1);
	ck_assert_str_eq(c.base_url, "http://localhost");
	ck_assert_str_eq(c.secret_file, secret);
	ck_assert_int_eq(c.require_https, 1);
	ck_assert_int_eq(c.max_body, 1048576);
	ck_assert_int_eq(c.request_deadline_ms, 4000);
	ck_assert_int_eq(c.lease_seconds, 120);
	ck_assert_int_eq(c.linger_seconds, 55);
	ck_assert_int_eq(c.claim_batch, 50);
	ck_assert_int_eq(c.max_in_flight, 64);
	ck_assert_int_eq(c.per_destination, 8);
	ck_assert_int_eq(c.max_steps, 1000);
	ck_assert_str_eq(c.retry_schedule, "30s 2m 10m 30m 2h 5h 10h 10h");
	ck_assert_int_eq(c.http_timeout, 30);
	ck_assert_int_eq(c.smtp_timeout, 90);
	ck_assert_str_eq(c.outbound_allow, "");
	ck_assert_str_eq(c.http_ca_file, "");
	ck_assert_str_eq(c.smtp_url, "smtp://localhost:25");
	ck_assert_str_eq(c.smtp_tls, "opportunistic");
	ck_assert_str_eq(c.smtp_user, "");
	ck_assert_str_eq(c.smtp_password_file, "");
	ck_assert_str_eq(c.smtp_ca_file, "");
	ck_assert_str_eq(c.mail_from, "");
	ck_assert_str_eq(c.log_target, "syslog");
	ck_assert_str_eq(c.log_level, "info");
}
END_TEST

START_TEST(every_field_has_its_row)
{
	unsigned char seen[sizeof(struct conf)] = { 0 };
	const struct setting *s;
	size_t i, k, size, n;

	memset(seen + offsetof(struct conf, path), 1, sizeof(char *));
	for (s = conf_settings; s->key != NULL; s++) {
		size = s->kind == SETTING_NUMBER || s->kind == SETTING_YES
			       ? sizeof(int)
			       : sizeof(char *);
		for (k = 0; k < size; k++)
			ck_assert_msg(seen[s->offset + k]++ == 0,
				      "%s shares its field", s->key);
	}
	/* A hole as large as a pointer is no padding. */
	for (i = 0; i < sizeof(seen); i += sizeof(char *)) {
		for (n = k = 0; k < sizeof(char *); k++)
			n += seen[i + k];
		ck_assert_msg(n > 0, "no row for the field at %zu", i);
	}
}
END_TEST

START_TEST(values_stand_as_they_are_written)
{
	struct conf c;

	load(&c, "\xef\xbb\xbf# a comment\n"
		 "; another\n"
		 "\n"
		 "   \t\n"
		 "  database =  host=/run dbname=x y='a # b; c'  \r\n"
		 "max_body=2048\n"
		 "prepared_statements = no\n"
		 "require_https = no\n"
		 "base_url = https://hooks.example.com/x/\n"
		 "smtp_url = smtps://mail.example.com\n"
		 "mail_from = Caf\xc3\xa9 <shop@example.com>\n"
		 "smtp_user =\n"
		 "linger_seconds = 0\n"
		 "log_level = debug"); /* no line end */
	ck_assert_str_eq(c.database, "host=/run dbname=x y='a # b; c'");
	ck_assert_int_eq(c.max_body, 2048);
	ck_assert_int_eq(c.prepared_statements, 0);
	ck_assert_int_eq(c.require_https, 0);
	ck_assert_str_eq(c.base_url, "https://hooks.example.com/x");
	ck_assert_str_eq(c.smtp_url, "smtps://mail.example.com");
	ck_assert_str_eq(c.mail_from, "Caf\xc3\xa9 <shop@example.com>");
	ck_assert_str_eq(c.smtp_user, "");
	ck_assert_int_eq(c.linger_seconds, 0);
	ck_assert_str_eq(c.log_level, "debug");
}
END_TEST

START_TEST(files_are_beside_the_configuration)
{
	struct conf c;
	struct err e = ERR_INIT;
	char want[128];

	load(&c, "secret_file = keys/one\n"
		 "database_password_file = /etc/pw\n"
		 "smtp_ca_file =\n");
	snprintf(want, sizeof(want), "%s/keys/one", folder);
	ck_assert_str_eq(c.secret_file, want);
	ck_assert_str_eq(c.database_password_file, "/etc/pw");
	ck_assert_str_eq(c.smtp_ca_file, "");
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(conf_load(&c, "hookline.conf", &e), 0);
	ck_assert_str_eq(c.secret_file, "keys/one");
	ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

static const struct {
	const char *text;
	int line;
	const char *want;
} refused[] = {
	{ "databse = x\n", 1, "unknown key \"databse\"; hookline.conf(5)" },
	{ "Database = x\n", 1, "unknown key \"Database\"" },
	{ "path = x\n", 1, "unknown key \"path\"" },
	{ "= x\n", 1, "unknown key \"\"" },
	{ "\n# x\nmax_body\n", 3, "found no '='" },
	{ "[database]\n", 1, "there are no sections" },
	{ "max_body = 4096\n\nmax_body = 4096\n", 3,
	  "\"max_body\" was already set in line 1" },
	{ "max_body = 1023", 1,
	  "max_body: expected a whole number from 1024 "
	  "to 16777216, found \"1023\"" },
	{ "max_body = 16777217", 1, "found \"16777217\"" },
	{ "max_body =", 1, "found \"\"" },
	{ "max_body = 1M", 1, "found \"1M\"" },
	{ "max_body = 4096.0", 1, "found \"4096.0\"" },
	{ "max_body = 0x1000", 1, "found \"0x1000\"" },
	{ "max_body = 99999999999999999999", 1, "found \"999999999999999" },
	{ "max_body = 4294968320", 1, "found \"4294968320\"" },
	{ "linger_seconds = -1", 1, "from 0 to 86400" },
	{ "require_https = true", 1, "expected yes or no, found \"true\"" },
	{ "require_https = y", 1, "expected yes or no" },
	{ "require_https =", 1, "expected yes or no" },
	{ "sms_gateway = fax", 1, "none|twilio|http" },
	{ "\nsms_gateway = twilio", 2, "needs sms_user" },
	{ "sms_user = AC1\nsms_gateway = twilio", 2,
	  "needs sms_password_file" },
	{ "sms_gateway = http", 1, "sms_gateway = http needs sms_url" },
	{ "sms_url = sms.example.com", 1, "sms_url: expected a URL" },
	{ "smtp_tls = maybe", 1,
	  "expected one of "
	  "required|opportunistic|none" },
	{ "smtp_tls = required|none", 1, "expected one of" },
	{ "smtp_tls = require", 1, "expected one of" },
	{ "smtp_tls =", 1, "expected one of" },
	{ "log_target = file", 1, "syslog|stderr" },
	{ "\nbase_url = hooks.example.com", 2, "base_url: expected a URL" },
	{ "smtp_url = localhost:25", 1, "smtp_url: expected a URL" },
	{ "\n\nlease_seconds = 99", 3,
	  "lease_seconds: expected at least 100 "
	  "(smtp_timeout and 10 more), found 99" },
	{ "http_timeout = 120", 0, "expected at least 130 (http_timeout and" },
};

START_TEST(a_fault_is_refused_with_its_line)
{
	refuses(refused[_i].text, strlen(refused[_i].text), refused[_i].line,
		refused[_i].want);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
	refuses("log_level = info\n\0x\n", 20, 2, "found a zero byte");
}
END_TEST

START_TEST(a_lease_is_longer_than_every_timeout)
{
	struct conf c;

	load(&c, "lease_seconds = 100\n");
	load(&c, "http_timeout = 110\n");
	load(&c, "lease_seconds = 15\nhttp_timeout = 5\nsmtp_timeout = 5\n");
}
END_TEST

START_TEST(a_missing_file_says_what_to_do)
{
	struct conf c;
	struct err e = ERR_INIT;

	ck_assert_int_eq(conf_load(&c, file, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_ptr_nonnull(strstr(e.text, file));
	ck_assert_ptr_nonnull(strstr(e.text, "HOOKLINE_CONFIG"));
	ck_assert_int_eq(conf_load(&c, folder, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "Is a directory"));
}
END_TEST

START_TEST(the_option_wins_then_the_environment)
{
	ck_assert_int_eq(setenv("HOOKLINE_CONFIG", "/by/env", 1), 0);
	ck_assert_str_eq(conf_find("/by/option"), "/by/option");
	ck_assert_str_eq(conf_find(NULL), "/by/env");
	ck_assert_int_eq(setenv("HOOKLINE_CONFIG", "", 1), 0);
	ck_assert_ptr_nonnull(strstr(conf_find(NULL), "/hookline.conf"));
}
END_TEST

START_TEST(then_comes_the_file_beside_the_programs_folder)
{
	char path[PATH_MAX + 32], *slash;
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	FILE *f;
	int i;

	ck_assert_int_gt(len, 0);
	path[len] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(path, '/');
		ck_assert_ptr_nonnull(slash);
		*slash = '\0';
	}
	strcat(path, "/hookline.conf");
	ck_assert_int_eq(unsetenv("HOOKLINE_CONFIG"), 0);
	if (access(path, F_OK) != 0) {
		ck_assert_str_eq(conf_find(NULL),
				 SYSCONFDIR "/hookline/hookline.conf");
		f = fopen(path, "w");
		if (f == NULL) {
			printf("skipped: %s can't be written\n", path);
			return;
		}
		fclose(f);
		ck_assert_str_eq(conf_find(NULL), path);
		unlink(path);
	}
}
END_TEST

START_TEST(a_password_is_a_files_first_line)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "s3cret\n", "s3cret" },
		{ "s3cret", "s3cret" },
		{ " a b \r\nnext\n", " a b " },
		{ "\n", "" },
	};
	struct err e = ERR_INIT;
	char *got;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		write_bytes(cases[i].text, strlen(cases[i].text), 0600);
		ck_assert_int_eq(conf_read_secret(file, &got, &e), 0);
		ck_assert_str_eq(got, cases[i].want);
		free(got);
	}
	ck_assert_int_eq(conf_read_secret("", &got, &e), 0);
	ck_assert_str_eq(got, "");
	free(got);
}
END_TEST

START_TEST(a_password_file_is_private)
{
	struct err e = ERR_INIT;
	char *got;

	ck_assert_int_eq(conf_read_secret(file, &got, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "No such file"));
	write_bytes("s3cret\n", 7, 0640);
	ck_assert_int_eq(conf_read_secret(file, &got, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_ptr_nonnull(strstr(e.text, "chmod 600"));
	ck_assert_ptr_null(strstr(e.text, "s3cret"));
	write_bytes("", 0, 0600);
	ck_assert_int_eq(conf_read_secret(file, &got, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "found none"));
	ck_assert_ptr_null(got);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");
	SRunner *runner = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, an_empty_file_is_the_defaults);
	tcase_add_test(t, every_field_has_its_row);
	tcase_add_test(t, values_stand_as_they_are_written);
	tcase_add_test(t, files_are_beside_the_configuration);
	tcase_add_loop_test(t, a_fault_is_refused_with_its_line, 0,
			    COUNT(refused));
	tcase_add_test(t, bytes_that_are_no_text_are_refused);
	tcase_add_test(t, a_lease_is_longer_than_every_timeout);
	tcase_add_test(t, a_missing_file_says_what_to_do);
	tcase_add_test(t, the_option_wins_then_the_environment);
	tcase_add_test(t, then_comes_the_file_beside_the_programs_folder);
	tcase_add_test(t, a_password_is_a_files_first_line);
	tcase_add_test(t, a_password_file_is_private);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
