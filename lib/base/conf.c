/*
 * conf.c - reads the configuration file by a table of settings.  A setting is
 * one row here and one field of struct conf; tests/check_settings.sh holds
 * the manual and the sample to the table.  What a value means to the program
 * that uses it (a schedule, a conninfo, a list of networks) is not judged
 * here.
 */
#include "config.h"

#include "base/conf.h"

#include "base/mem.h"
#include "base/private.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define LEASE_MARGIN 10 /* seconds, to record what an outside call did */

/* clang-format off */
#define TEXT(field, otherwise) \
	{ #field, SETTING_TEXT, offsetof(struct conf, field), otherwise, 0, 0, NULL }
#define ONE_OF(field, otherwise, words) \
	{ #field, SETTING_TEXT, offsetof(struct conf, field), otherwise, 0, 0, words }
#define NAMED_FILE(field, otherwise) \
	{ #field, SETTING_FILE, offsetof(struct conf, field), otherwise, 0, 0, NULL }
#define NUMBER(field, otherwise, min, max) \
	{ #field, SETTING_NUMBER, offsetof(struct conf, field), otherwise, min, max, NULL }
#define YES_OR_NO(field, otherwise) \
	{ #field, SETTING_YES, offsetof(struct conf, field), otherwise, 0, 0, NULL }

const struct setting conf_settings[] = {
	TEXT(database,              "dbname=hookline"),
	NAMED_FILE(database_password_file, ""),
	YES_OR_NO(prepared_statements, "yes"),

	TEXT(base_url,              CONF_BASE_URL_UNSET),
	NAMED_FILE(secret_file,     "hookline.secret"),
	YES_OR_NO(require_https,    "yes"),
	NUMBER(max_body,            "1048576", 1024, 16777216),
	NUMBER(request_deadline_ms, "4000", 100, 600000),
	TEXT(trusted_proxies,       ""),
	NUMBER(keep_refused,        "1000", 0, 1000000),
	NUMBER(address_rate,        "0", 0, 1000000),
	NUMBER(hook_rate,           "0", 0, 1000000),
	NUMBER(rate_burst,          "100", 1, 1000000),
	NAMED_FILE(rate_file,       "hookline.rate"),

	NAMED_FILE(spool_dir,       "spool"),
	NUMBER(spool_max_bytes,     "268435456", 0, 2147483647),
	NUMBER(spool_max_files,     "100000", 0, 10000000),

	NUMBER(keep_days,           "90", 0, 36500),

	NUMBER(lease_seconds,       "120", 15, 86400),
	NUMBER(linger_seconds,      "55", 0, 86400),
	NUMBER(claim_batch,         "50", 1, 1000),
	NUMBER(max_in_flight,       "64", 1, 1000),
	NUMBER(per_destination,     "8", 1, 1000),
	NUMBER(max_steps,           "1000", 1, 100000),
	TEXT(retry_schedule,        "30s 2m 10m 30m 2h 5h 10h 10h"),
	NUMBER(http_timeout,        "30", 1, 3600),
	NUMBER(smtp_timeout,        "90", 1, 3600),
	TEXT(outbound_allow,        ""),
	NAMED_FILE(http_ca_file,    ""),

	TEXT(smtp_url,              "smtp://localhost:25"),
	ONE_OF(smtp_tls,            "opportunistic", "required|opportunistic|none"),
	TEXT(smtp_user,             ""),
	NAMED_FILE(smtp_password_file, ""),
	NAMED_FILE(smtp_ca_file,    ""),
	TEXT(mail_from,             ""),

	ONE_OF(sms_gateway,         "none", "none|twilio|http"),
	TEXT(sms_url,               "https://api.twilio.com"),
	TEXT(sms_user,              ""),
	NAMED_FILE(sms_password_file, ""),
	TEXT(sms_header,            ""),
	TEXT(sms_body,              ""),
	TEXT(sms_body_type,         "application/json"),
	TEXT(sms_from,              ""),
	TEXT(sms_opted_out,         ""),

	ONE_OF(log_target,          "syslog", "syslog|stderr"),
	ONE_OF(log_level,           "info", "error|warning|info|debug"),
	{ NULL, SETTING_TEXT, 0, NULL, 0, 0, NULL },
};
/* clang-format on */

#define N_SETTINGS (sizeof(conf_settings) / sizeof(conf_settings[0]) - 1)

struct loader {
	struct conf *c;
	struct mem *strings;
	size_t line;
	size_t line_of[N_SETTINGS]; /* where each was set, 0: nowhere */
	struct err *e;
};

/* The settings' strings live as long as the process. */
static struct mem *
process_strings(void)
{
	static struct mem *strings;

	if (strings == NULL)
		strings = mem_new();
	return strings;
}

/* "FILE:LINE: " before the text of l->e; `line` 0 is no line. */
static int
at_line(struct loader *l, size_t line)
{
	if (line == 0)
		return err_context(l->e, "%s", l->c->path);
	return err_context(l->e, "%s:%zu", l->c->path, line);
}

/* Is `value` one of "a|b|c"? */
static int
is_one_of(const char *words, const char *value)
{
	size_t len = strlen(value), n;
	const char *w;

	for (w = words; *w != '\0'; w += n + (w[n] == '|')) {
		n = strcspn(w, "|");
		if (n == len && memcmp(w, value, n) == 0)
			return 1;
	}
	return 0;
}

static int
parse_number(const struct setting *s, const char *value, int *out,
	     struct err *e)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (*value == '\0' || *end != '\0' || errno != 0 || n < s->min ||
	    n > s->max)
		return err_set(e, ERR_PERM,
			       "%s: expected a whole number from %d to %d, "
			       "found \"%s\"",
			       s->key, s->min, s->max, value);
	*out = (int)n;
	return 0;
}

/* `name` as seen from the folder of the configuration file. */
static const char *
beside(struct loader *l, const char *name)
{
	const char *slash = strrchr(l->c->path, '/');

	if (name[0] == '/' || name[0] == '\0' || slash == NULL)
		return mem_strdup(l->strings, name);
	return mem_printf(l->strings, "%.*s/%s", (int)(slash - l->c->path),
			  l->c->path, name);
}

static int
set_value(struct loader *l, const struct setting *s, const char *value)
{
	void *field = (char *)l->c + s->offset;

	switch (s->kind) {
	case SETTING_TEXT:
		if (s->one_of != NULL && !is_one_of(s->one_of, value))
			return err_set(l->e, ERR_PERM,
				       "%s: expected one of %s, found \"%s\"",
				       s->key, s->one_of, value);
		*(const char **)field = mem_strdup(l->strings, value);
		return 0;
	case SETTING_FILE:
		*(const char **)field = beside(l, value);
		return 0;
	case SETTING_NUMBER:
		return parse_number(s, value, field, l->e);
	case SETTING_YES:
		if (!is_one_of("yes|no", value))
			return err_set(l->e, ERR_PERM,
				       "%s: expected yes or no, found \"%s\"",
				       s->key, value);
		*(int *)field = value[0] == 'y';
		return 0;
	}
	return err_set(l->e, ERR_BUG, "%s: a setting of no kind", s->key);
}

/* Set one key; refuse one that is unknown or was set before. */
static int
set_key(struct loader *l, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (strcmp(conf_settings[i].key, key) == 0)
			break;
	if (i == N_SETTINGS)
		return err_set(l->e, ERR_PERM,
			       "unknown key \"%s\"; hookline.conf(5) lists all",
			       key);
	if (l->line_of[i] != 0)
		return err_set(l->e, ERR_PERM,
			       "\"%s\" was already set in line %zu; remove one "
			       "of the two",
			       key, l->line_of[i]);
	l->line_of[i] = l->line;
	return set_value(l, &conf_settings[i], value);
}

static int
read_line(struct loader *l, char *line, size_t len)
{
	char *key, *value;

	if (strlen(line) != len)
		return err_set(l->e, ERR_PERM,
			       "expected text, found a zero byte");
	if (l->line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3; /* what some editors put before UTF-8 */
	key = text_trim(line);
	if (*key == '\0' || *key == '#' || *key == ';')
		return 0;
	if (*key == '[')
		return err_set(l->e, ERR_PERM,
			       "expected \"key = value\", found a section; "
			       "remove the line, there are no sections");
	value = strchr(key, '=');
	if (value == NULL)
		return err_set(l->e, ERR_PERM,
			       "expected \"key = value\", found no '='");
	*value = '\0';
	return set_key(l, text_trim(key), text_trim(value + 1));
}

static int
read_lines(struct loader *l, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	while (rc == 0 && (len = getline(&line, &size, f)) != -1) {
		l->line++;
		if (read_line(l, line, (size_t)len) == -1)
			rc = at_line(l, l->line);
	}
	if (rc == 0 && ferror(f)) {
		err_set(l->e, ERR_PERM, "%s", strerror(errno));
		rc = at_line(l, 0);
	}
	free(line);
	return rc;
}

static int
set_defaults(struct loader *l)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (set_value(l, &conf_settings[i],
			      conf_settings[i].otherwise) == -1)
			return at_line(l, 0);
	return 0;
}

static size_t
line_of(const struct loader *l, const char *key)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (strcmp(conf_settings[i].key, key) == 0)
			return l->line_of[i];
	return 0;
}

static int
check_url(struct loader *l, const char *key, const char *url, const char *plain,
	  const char *secure)
{
	if (strncmp(url, plain, strlen(plain)) == 0 ||
	    strncmp(url, secure, strlen(secure)) == 0)
		return 0;
	err_set(l->e, ERR_PERM,
		"%s: expected a URL that begins with %s or %s, found \"%s\"",
		key, secure, plain, url);
	return at_line(l, line_of(l, key));
}

/* An executor that still waits for an answer must not lose its lease: another
 * one would do the same again. */
static int
check_lease(struct loader *l)
{
	const struct conf *c = l->c;
	int is_http = c->http_timeout > c->smtp_timeout;
	int longest = is_http ? c->http_timeout : c->smtp_timeout;

	if (c->lease_seconds >= longest + LEASE_MARGIN)
		return 0;
	err_set(l->e, ERR_PERM,
		"lease_seconds: expected at least %d (%s and %d more), "
		"found %d; raise it or lower %s",
		longest + LEASE_MARGIN,
		is_http ? "http_timeout" : "smtp_timeout", LEASE_MARGIN,
		c->lease_seconds, is_http ? "http_timeout" : "smtp_timeout");
	return at_line(l, line_of(l, "lease_seconds"));
}

/* Twilio wants a login, another gateway has a URL of its own. */
static int
check_sms(struct loader *l)
{
	const struct conf *c = l->c;
	const char *missing = NULL;

	if (strcmp(c->sms_gateway, "http") == 0 && line_of(l, "sms_url") == 0)
		missing = "sms_url";
	if (strcmp(c->sms_gateway, "twilio") == 0)
		missing = c->sms_user[0] == '\0' ? "sms_user"
			  : c->sms_password_file[0] == '\0'
				  ? "sms_password_file"
				  : NULL;
	if (missing == NULL)
		return check_url(l, "sms_url", c->sms_url, "http://",
				 "https://");
	err_set(l->e, ERR_PERM, "sms_gateway = %s needs %s; set it too",
		c->sms_gateway, missing);
	return at_line(l, line_of(l, "sms_gateway"));
}

/* What no single row can say. */
static int
check(struct loader *l)
{
	size_t len = strlen(l->c->base_url);

	if (check_url(l, "base_url", l->c->base_url, "http://", "https://") ==
		    -1 ||
	    check_url(l, "smtp_url", l->c->smtp_url, "smtp://", "smtps://") ==
		    -1)
		return -1;
	while (len > 0 && l->c->base_url[len - 1] == '/')
		len--;
	l->c->base_url = mem_strndup(l->strings, l->c->base_url, len);
	return check_sms(l) == -1 ? -1 : check_lease(l);
}

int
conf_load(struct conf *c, const char *path, struct err *e)
{
	struct loader l = { .c = c, .strings = process_strings(), .e = e };
	FILE *f = fopen(path, "re");
	int rc = -1;

	if (f == NULL)
		return err_set(e, ERR_PERM,
			       "%s: %s; make it from hookline.conf.sample, or "
			       "say where it is by --config or "
			       "HOOKLINE_CONFIG",
			       path, strerror(errno));
	memset(c, 0, sizeof(*c));
	c->path = mem_strdup(l.strings, path);
	if (set_defaults(&l) == 0 && read_lines(&l, f) == 0)
		rc = check(&l);
	fclose(f);
	return rc;
}

/* "DIR/bin/hookline" -> "DIR/hookline.conf", or NULL where there is none. */
static const char *
beside_parent(void)
{
	char exe[PATH_MAX], *slash;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *path;
	int i;

	if (len <= 0)
		return NULL;
	exe[len] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(exe, '/');
		if (slash == NULL)
			return NULL;
		*slash = '\0';
	}
	path = mem_printf(process_strings(), "%s/hookline.conf", exe);
	return access(path, F_OK) == 0 ? path : NULL;
}

const char *
conf_find(const char *option)
{
	const char *path = option;

	if (path == NULL)
		path = getenv("HOOKLINE_CONFIG");
	if (path == NULL || *path == '\0')
		path = beside_parent();
	if (path == NULL)
		path = SYSCONFDIR "/hookline/hookline.conf";
	return path;
}

int
conf_read_secret(const char *path, char **out, struct err *e)
{
	FILE *f;
	size_t size = 0;
	int rc = 0;

	*out = NULL;
	if (*path == '\0') {
		*out = xstrdup("");
		return 0;
	}
	f = private_open(path, e);
	if (f == NULL)
		return -1;
	if (getline(out, &size, f) == -1) {
		free(*out);
		*out = NULL;
		rc = err_set(e, ERR_PERM,
			     "%s: expected a line with a password, found none",
			     path);
	} else {
		(*out)[strcspn(*out, "\r\n")] = '\0';
	}
	fclose(f);
	return rc;
}
