/*
 * duration.c - durations as people write them.  See duration.h.  Adding one to
 * an instant is PostgreSQL's work: only a time zone knows how long a day is.
 */
#include "config.h"

#include "flow/duration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* Ten years, in days as long as they get, for the bound alone. */
#define DAYS_MAX (10 * 366)
#define DIGITS_MAX 9

/* clang-format off */
static const struct unit {
	const char *name;
	int months, days, seconds;
} units[] = {
	{ "s", 0, 0, 1 },        { "sec", 0, 0, 1 },
	{ "secs", 0, 0, 1 },     { "second", 0, 0, 1 },
	{ "seconds", 0, 0, 1 },
	{ "m", 0, 0, 60 },       { "min", 0, 0, 60 },
	{ "mins", 0, 0, 60 },    { "minute", 0, 0, 60 },
	{ "minutes", 0, 0, 60 },
	{ "h", 0, 0, 3600 },     { "hour", 0, 0, 3600 },
	{ "hours", 0, 0, 3600 },
	{ "d", 0, 1, 0 },        { "day", 0, 1, 0 },
	{ "days", 0, 1, 0 },
	{ "w", 0, 7, 0 },        { "week", 0, 7, 0 },
	{ "weeks", 0, 7, 0 },
	{ "month", 1, 0, 0 },    { "months", 1, 0, 0 },
	{ "year", 12, 0, 0 },    { "years", 12, 0, 0 },
};

/* The designators of ISO 8601, in the order they must have. */
static const struct unit iso_date[] = {
	{ "Y", 12, 0, 0 }, { "M", 1, 0, 0 }, { "W", 0, 7, 0 },
	{ "D", 0, 1, 0 },
};
static const struct unit iso_time[] = {
	{ "H", 0, 0, 3600 }, { "M", 0, 0, 60 }, { "S", 0, 0, 1 },
};
/* clang-format on */

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* The sum so far, wide enough that no sum of valid parts overflows. */
struct sum {
	int64_t months, days, seconds;
	int sign;
	int parts;
};

static const char *
skip(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == ',')
		s++;
	return s;
}

/* Read digits at *s; -1 when there are none or too many. */
static int
number(const char **s, int64_t *n)
{
	size_t digits = strspn(*s, "0123456789");

	if (digits == 0 || digits > DIGITS_MAX)
		return -1;
	*n = strtoll(*s, NULL, 10);
	*s += digits;
	return 0;
}

/* `unit` n times more; -1 beyond the bound, so that nothing can overflow. */
static int
add(struct sum *sum, const struct unit *unit, int64_t n)
{
	sum->months += n * unit->months;
	sum->days += n * unit->days;
	sum->seconds += n * unit->seconds;
	sum->parts++;
	if (sum->months * 30 + sum->days + sum->seconds / 86400 > DAYS_MAX)
		return -1;
	return 0;
}

static const struct unit *
unit_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < N(units); i++)
		if (strlen(units[i].name) == len &&
		    strncasecmp(units[i].name, name, len) == 0)
			return &units[i];
	return NULL;
}

static int
too_long(const char *text, struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "\"%.100s\" is longer than ten years; "
		       "a duration is at most ten years",
		       text);
}

static int
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
words(const char *text, const char *s, struct sum *sum, struct err *e)
{
	const struct unit *unit;
	const char *word;
	int64_t n;

	for (s = skip(s); *s != '\0'; s = skip(s)) {
		if (number(&s, &n) == -1)
			return err_set(e, ERR_INPUT,
				       "expected a whole number and a unit, "
				       "like \"2 days\", found \"%.100s\" in "
				       "\"%.100s\"",
				       s, text);
		word = s = skip(s);
		while (is_letter(*s))
			s++;
		if (*word == '\0')
			return err_set(e, ERR_INPUT,
				       "expected a unit behind the number, "
				       "like \"2 days\", found \"%.100s\"",
				       text);
		unit = unit_find(word, (size_t)(s - word));
		if (unit == NULL)
			return err_set(e, ERR_INPUT,
				       "expected seconds, minutes, hours, "
				       "days, weeks, months or years after a "
				       "whole number, found \"%.100s\" in "
				       "\"%.100s\"",
				       word, text);
		if (add(sum, unit, n) == -1)
			return too_long(text, e);
	}
	return 0;
}

/* Number-designator pairs in the order of `list`; stops at what is none. */
static int
iso_part(const char **s, const struct unit *list, size_t n, struct sum *sum)
{
	const char *at;
	int64_t value;
	size_t i = 0;

	for (;;) {
		at = *s;
		if (number(&at, &value) == -1)
			return 0;
		while (i < n && list[i].name[0] != *at)
			i++;
		if (i == n || add(sum, &list[i], value) == -1)
			return -1;
		i++;
		*s = at + 1;
	}
}

static int
iso(const char *text, const char *s, struct sum *sum, struct err *e)
{
	int rc = iso_part(&s, iso_date, N(iso_date), sum);

	if (rc == 0 && *s == 'T') {
		s++;
		/* "P1DT": the T promises a time */
		rc = *s == '\0' ? -1 : iso_part(&s, iso_time, N(iso_time), sum);
	}
	if (rc == -1 || *s != '\0' || sum->parts == 0)
		return err_set(e, ERR_INPUT,
			       "\"%.100s\" is no ISO 8601 duration of whole "
			       "numbers up to ten years; write one like "
			       "\"P1DT12H\" or \"1 day 12 hours\"",
			       text);
	return 0;
}

int
duration_parse(const char *text, struct duration *d, struct err *e)
{
	struct sum sum = { 0, 0, 0, 1, 0 };
	const char *s = skip(text);
	int rc;

	if (*s == '-' || *s == '+') {
		sum.sign = *s == '-' ? -1 : 1;
		s = skip(s + 1);
	}
	if (*s == '\0')
		return err_set(e, ERR_INPUT,
			       "expected a duration like \"2 days\", found "
			       "nothing");
	rc = *s == 'P' ? iso(text, s + 1, &sum, e) : words(text, s, &sum, e);
	if (rc == -1)
		return -1;
	d->months = (int32_t)(sum.sign * sum.months);
	d->days = (int32_t)(sum.sign * sum.days);
	d->seconds = sum.sign * sum.seconds;
	return 0;
}

int
duration_is_negative(const struct duration *d)
{
	/* one sign holds for all parts */
	return d->months < 0 || d->days < 0 || d->seconds < 0;
}

void
duration_interval(const struct duration *d, char out[64])
{
	char months[20] = "", days[20] = "";

	if (d->months != 0)
		snprintf(months, sizeof(months), "%d mons ", (int)d->months);
	if (d->days != 0)
		snprintf(days, sizeof(days), "%d days ", (int)d->days);
	snprintf(out, 64, "%s%s%lld secs", months, days, (long long)d->seconds);
}
