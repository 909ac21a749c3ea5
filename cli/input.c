/*
 * input.c - operands and options that several nouns have: ids, limits, files,
 * contacts.  See cli.h.
 */
#include "config.h"

#include "cli.h"

#include "base/buf.h"
#include "base/phone.h"
#include "base/text.h"
#include "flow/map.h"
#include "flow/date.h"
#include "flow/duration.h"
#include "store/contact.h"
#include "store/delivery.h"
#include "store/workflow.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/banned.h"

#define ID_DIGITS 18 /* every number of so many fits a bigint */

int
cli_is_id(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= ID_DIGITS && strspn(text, "0123456789") == len;
}

int
cli_check_id(const char *what, const char *text, struct err *e)
{
	if (cli_is_id(text))
		return 0;
	return err_set(e, ERR_INPUT,
		       "the id of a %s is a number, not \"%.100s\"; `hookline "
		       "%s list` shows them",
		       what, text, what);
}

const char *
cli_limit(const struct args *a, const char *otherwise)
{
	const char *text = args_option(a, "limit");

	return text != NULL ? text : otherwise;
}

static int
read_stream(FILE *f, const char *name, size_t most, struct buf *out,
	    struct err *e)
{
	char part[8192];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), f)) > 0) {
		buf_add(out, part, n);
		if (out->len > most)
			return err_set(e, ERR_INPUT,
				       "%s is larger than %zu bytes", name,
				       most);
	}
	if (ferror(f))
		return err_set(e, ERR_INPUT, "%s: %s", name, strerror(errno));
	return 0;
}

int
cli_read_file(const char *path, size_t most, struct buf *out, struct err *e)
{
	FILE *f;
	int rc;

	if (strcmp(path, "-") == 0)
		return read_stream(stdin, "the standard input", most, out, e);
	f = fopen(path, "re");
	if (f == NULL)
		return err_set(e, ERR_INPUT, "%s: %s", path, strerror(errno));
	rc = read_stream(f, path, most, out, e);
	fclose(f);
	return rc;
}

int
cli_contact_key(struct cli *c, const char *text, struct contact_key *key,
		struct err *e)
{
	char number[PHONE_E164_SIZE];

	*key = (struct contact_key){ NULL, NULL, NULL };
	if (strchr(text, '@') != NULL)
		return contact_field_value(c->mem, "email", text, "US",
					   &key->email, e) != NULL
			       ? 0
			       : -1;
	if (cli_is_id(text))
		key->id = text;
	if (phone_normalise(text, c->account_country, number) == 0)
		key->phone = mem_strdup(c->mem, number);
	if (key->id == NULL && key->phone == NULL)
		return err_set(e, ERR_INPUT,
			       "\"%.100s\" is no id, e-mail address or "
			       "telephone number of a contact",
			       text);
	return 0;
}

int
cli_find_contact(struct cli *c, const char *text, const char **id,
		 struct err *e)
{
	struct contact_key key;

	if (cli_contact_key(c, text, &key, e) == -1 ||
	    contact_find(c->db, c->account_id, &key, c->mem, id, e) == -1)
		return -1;
	if (*id == NULL)
		return err_set(e, ERR_GONE, "there is no contact \"%.100s\"",
			       text);
	return 0;
}

/* --- moments -------------------------------------------------------------- */

/* For flow/date.h: a time without offset is the reader's, as in what is
 * printed. */
static int
local_instant(void *arg, const char *timezone, const char *local, int64_t *us,
	      struct err *e)
{
	struct tm tm = { .tm_isdst = -1 };
	time_t at;

	(void)arg;
	(void)timezone;
	if (strptime(local, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return err_set(e, ERR_INPUT, "\"%.50s\" is no time", local);
	tm.tm_isdst = -1;
	at = mktime(&tm);
	*us = (int64_t)at * 1000000;
	return 0;
}

/* An option whose word is WHEN (value.h). */
static int
read_moment(struct cli *c, const struct args *a, const char *option,
	    struct delivery_moment *out, struct err *e)
{
	const char *text = args_option(a, option);
	struct date_env env = { .now_us = (int64_t)time(NULL) * 1000000,
				.timezone = "local",
				.instant = local_instant };
	struct duration d;
	char shown[64];
	int64_t us;

	*out = (struct delivery_moment){ NULL, NULL };
	if (text == NULL)
		return 0;
	if (!date_is_valid(text)) {
		if (duration_parse(text, &d, e) == -1)
			return err_context(e, "--%s", option);
		duration_interval(&d, shown);
		out->ago = mem_strdup(c->mem, shown);
		return 0;
	}
	if (date_instant(text, &env, &us, e) == -1)
		return err_context(e, "--%s", option);
	date_format_utc(us, shown);
	out->at = mem_strdup(c->mem, shown);
	return 0;
}

int
cli_delivery_filter(struct cli *c, const struct args *a, const char *limit,
		    struct delivery_filter *f, struct err *e)
{
	const char *workflow = args_option(a, "workflow");
	struct workflow w = { .id = NULL };

	if (workflow != NULL &&
	    workflow_need(c->db, c->account_id, workflow, c->mem, &w, e) == -1)
		return -1;
	*f = (struct delivery_filter){
		.workflow_id = w.id,
		.outcome = args_option(a, "outcome"),
		.search = args_option(a, "search"),
		.before = args_option(a, "before"),
		.after = args_option(a, "after"),
		.limit = cli_limit(a, limit),
	};
	if (read_moment(c, a, "since", &f->since, e) == -1)
		return -1;
	return read_moment(c, a, "until", &f->until, e);
}
