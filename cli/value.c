/*
 * value.c - what the value of an option can be.  See value.h.
 */
#include "config.h"

#include "value.h"

#include "cli.h"

#include "base/phone.h"
#include "flow/date.h"
#include "flow/duration.h"
#include "store/account.h"
#include "store/delivery.h"
#include "store/field.h"
#include "store/run_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define VERSION_MAX 999999999

/* A number from 1 to `max` (of at most nine digits). */
static int
check_number(const char *option, const char *text, long max, struct err *e)
{
	size_t len = strlen(text);

	if (len > 0 && len <= 9 && strspn(text, "0123456789") == len &&
	    strtol(text, NULL, 10) >= 1 && strtol(text, NULL, 10) <= max)
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s is a number from 1 to %ld, not \"%.100s\"", option,
		       max, text);
}

static int
check_n(const char *option, const char *text, struct err *e)
{
	return check_number(option, text, VALUE_N_MAX, e);
}

static int
check_version(const char *option, const char *text, struct err *e)
{
	return check_number(option, text, VERSION_MAX, e);
}

static int
check_status(const char *option, const char *text, struct err *e)
{
	int i;

	for (i = 0; run_statuses[i] != NULL; i++)
		if (strcmp(run_statuses[i], text) == 0)
			return 0;
	return err_set(e, ERR_INPUT,
		       "%s is waiting, running, completed, failed or "
		       "cancelled, not \"%.50s\"",
		       option, text);
}

static int
check_outcome(const char *option, const char *text, struct err *e)
{
	int i;

	for (i = 0; delivery_outcomes[i] != NULL; i++)
		if (strcmp(delivery_outcomes[i], text) == 0)
			return 0;
	return err_set(e, ERR_INPUT,
		       "%s is enrolled, updated, captured, filtered, duplicate "
		       "or rejected, not \"%.50s\"",
		       option, text);
}

static int
check_id(const char *option, const char *text, struct err *e)
{
	if (cli_is_id(text))
		return 0;
	return err_set(e, ERR_INPUT, "%s is an id, a number, not \"%.100s\"",
		       option, text);
}

/* A moment, or how long ago it was. */
static int
check_when(const char *option, const char *text, struct err *e)
{
	struct duration d;

	if (date_is_valid(text) ||
	    (duration_parse(text, &d, NULL) == 0 && !duration_is_negative(&d)))
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s is a moment, like 2026-11-24T09:00, or how long "
		       "ago it was, like 2h or \"3 days\", not \"%.50s\"",
		       option, text);
}

static int
check_duration(const char *option, const char *text, struct err *e)
{
	struct duration d;

	if (duration_parse(text, &d, e) == -1)
		return err_context(e, "%s", option);
	if (duration_is_negative(&d))
		return err_set(e, ERR_INPUT,
			       "%s can't be negative, as \"%.50s\" is", option,
			       text);
	return 0;
}

static int
check_country(const char *option, const char *text, struct err *e)
{
	char code[3] = "";
	int i;

	if (strlen(text) == 2)
		for (i = 0; i < 2; i++)
			code[i] = (char)toupper((unsigned char)text[i]);
	if (phone_is_country(code))
		return 0;
	return err_set(e, ERR_INPUT,
		       "%s is the code of a country in two letters (ISO 3166), "
		       "such as US or DE, not \"%.50s\"",
		       option, text);
}

static int
check_rule(const char *option, const char *text, struct err *e)
{
	int i;

	for (i = 0; account_match_rules[i] != NULL; i++)
		if (strcmp(account_match_rules[i], text) == 0)
			return 0;
	return err_set(e, ERR_INPUT,
		       "%s is email_first, phone_first, either or both, not "
		       "\"%.50s\"",
		       option, text);
}

static int
check_type(const char *option, const char *text, struct err *e)
{
	int i;

	for (i = 0; field_types[i] != NULL; i++)
		if (strcmp(field_types[i], text) == 0)
			return 0;
	return err_set(e, ERR_INPUT,
		       "%s is text, number, date, boolean or list, not "
		       "\"%.50s\"",
		       option, text);
}

/* clang-format off */
static const struct {
	const char *word;
	int (*check)(const char *option, const char *text, struct err *e);
} kinds[] = {
	{ "N",        check_n },
	{ "ID",       check_id },
	{ "VERSION",  check_version },
	{ "STATUS",   check_status },
	{ "OUTCOME",  check_outcome },
	{ "WHEN",     check_when },
	{ "DURATION", check_duration },
	{ "CC",       check_country },
	{ "RULE",     check_rule },
	{ "TYPE",     check_type },
};
/* clang-format on */

int
value_check(const char *word, const char *option, const char *text,
	    struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].check(option, text, e);
	return 0;
}
