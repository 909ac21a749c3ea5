/*
 * date.c - dates as senders write them.  See date.h.  It knows the calendar
 * and fixed offsets; what a time zone makes of a local time is asked through
 * date_env.
 */
#include "config.h"

#include "flow/date.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define US_PER_S INT64_C(1000000)
#define S_PER_DAY INT64_C(86400)

enum zone_kind {
	ZONE_LOCAL,  /* none written */
	ZONE_OFFSET, /* Z or +hh:mm */
	ZONE_NOW,    /* the word "now" */
};

struct written {
	int year, month, day, hour, minute, second;
	int fraction_us;
	enum zone_kind zone;
	int offset_s;
	int is_day; /* no time was written */
};

static const struct {
	const char *word;
	int days; /* from today */
} day_words[] = {
	{ "yesterday", -1 },
	{ "today", 0 },
	{ "tomorrow", 1 },
};
#define N_DAY_WORDS (sizeof(day_words) / sizeof(day_words[0]))

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar; years begin in March, so
 * that the leap day is a year's last. */
static int64_t
days_from_civil(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static void
civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t era, day_of_era, year_of_era, day_of_year, m;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
		       day_of_era / 146096) /
		      365;
	day_of_year = day_of_era -
		      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	m = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* Exactly `n` digits within low..high. */
static int
read_number(const char **s, int n, int low, int high, int *out)
{
	int i, value = 0;

	for (i = 0; i < n; i++) {
		if (!isdigit((unsigned char)(*s)[i]))
			return 0;
		value = value * 10 + ((*s)[i] - '0');
	}
	*s += n;
	*out = value;
	return value >= low && value <= high;
}

static int
read_char(const char **s, const char *any_of)
{
	if (**s == '\0' || strchr(any_of, **s) == NULL)
		return 0;
	(*s)++;
	return 1;
}

static int
read_date(const char **s, struct written *w)
{
	return read_number(s, 4, 1, 9999, &w->year) && read_char(s, "-") &&
	       read_number(s, 2, 1, 12, &w->month) && read_char(s, "-") &&
	       read_number(s, 2, 1, days_in_month(w->year, w->month), &w->day);
}

/* Microseconds; what is finer is cut. */
static int
read_fraction(const char **s, int *us)
{
	int unit = 100000;

	if (!isdigit((unsigned char)**s))
		return 0;
	for (; isdigit((unsigned char)**s); (*s)++) {
		*us += (**s - '0') * unit;
		unit /= 10;
	}
	return 1;
}

/* A 60th second is a leap second: RFC 3339 allows it, and it counts as the
 * next minute's first. */
static int
read_time(const char **s, struct written *w)
{
	if (!read_number(s, 2, 0, 23, &w->hour) || !read_char(s, ":") ||
	    !read_number(s, 2, 0, 59, &w->minute))
		return 0;
	if (!read_char(s, ":"))
		return 1;
	if (!read_number(s, 2, 0, 60, &w->second))
		return 0;
	return !read_char(s, ".,") || read_fraction(s, &w->fraction_us);
}

static int
read_offset(const char **s, struct written *w)
{
	int hours, minutes = 0;
	int sign = **s == '-' ? -1 : 1;

	w->zone = ZONE_OFFSET;
	if (read_char(s, "Zz"))
		return 1;
	if (!read_char(s, "+-") || !read_number(s, 2, 0, 23, &hours))
		return 0;
	if (**s != '\0' && !isspace((unsigned char)**s)) {
		read_char(s, ":");
		if (!read_number(s, 2, 0, 59, &minutes))
			return 0;
	}
	w->offset_s = sign * (hours * 3600 + minutes * 60);
	return 1;
}

/* Digits alone: seconds or milliseconds since 1970. */
static int
read_epoch(const char **s, struct written *w, int64_t *us)
{
	size_t n = strspn(*s, "0123456789"), i;
	int64_t value = 0;

	if (n != 10 && n != 13)
		return 0;
	for (i = 0; i < n; i++)
		value = value * 10 + ((*s)[i] - '0');
	*s += n;
	w->zone = ZONE_OFFSET;
	*us = n == 10 ? value * US_PER_S : value * 1000;
	return 1;
}

static void
skip_space(const char **s)
{
	while (isspace((unsigned char)**s))
		(*s)++;
}

/*
 * Read `text` into *w.  *epoch_us is set (else -1) when it is a count since
 * 1970.  Returns whether it is one of the forms, wholly.
 */
static int
read_written(const char *text, struct written *w, int64_t *epoch_us)
{
	const char *s = text;

	memset(w, 0, sizeof(*w));
	*epoch_us = -1;
	skip_space(&s);
	if (strncasecmp(s, "now", 3) == 0) {
		w->zone = ZONE_NOW;
		s += 3;
	} else if (!read_epoch(&s, w, epoch_us)) {
		if (!read_date(&s, w))
			return 0;
		w->is_day = 1;
		/* A space also ends a text: then no time follows. */
		if ((s[0] != ' ' || isdigit((unsigned char)s[1])) &&
		    read_char(&s, "Tt ")) {
			if (!read_time(&s, w))
				return 0;
			w->is_day = 0;
			if (s[0] == ' ' && (s[1] == '+' || s[1] == '-'))
				s++;
			if (*s != '\0' && !isspace((unsigned char)*s) &&
			    !read_offset(&s, w))
				return 0;
		}
	}
	skip_space(&s);
	return *s == '\0';
}

/* A leap second is asked for as the 59th, and counted on from there. */
static int
local_instant(const struct written *w, const struct date_env *env, int64_t *us,
	      struct err *e)
{
	int second = w->second > 59 ? 59 : w->second;
	char local[80];

	snprintf(local, sizeof(local), "%04d-%02d-%02dT%02d:%02d:%02d", w->year,
		 w->month, w->day, w->hour, w->minute, second);
	if (env->instant(env->arg, env->timezone, local, us, e) == -1)
		return -1;
	*us += (w->second - second) * US_PER_S + w->fraction_us;
	return 0;
}

/* The instant of what has a date. */
static int
written_instant(const struct written *w, const struct date_env *env,
		int64_t *us, struct err *e)
{
	int64_t s;

	if (w->zone == ZONE_LOCAL && env->timezone != NULL &&
	    env->instant != NULL)
		return local_instant(w, env, us, e);
	s = days_from_civil(w->year, w->month, w->day) * S_PER_DAY +
	    w->hour * 3600 + w->minute * 60 + w->second - w->offset_s;
	*us = s * US_PER_S + w->fraction_us;
	return 0;
}

int
date_instant(const char *text, const struct date_env *env, int64_t *us,
	     struct err *e)
{
	struct written w;
	int64_t epoch_us;

	if (!read_written(text, &w, &epoch_us))
		return err_set(e, ERR_INPUT,
			       "expected a date such as 2026-11-24, "
			       "2026-11-24T09:00 or 2026-11-24T09:00:00+01:00, "
			       "found \"%.100s\"",
			       text);
	if (w.zone == ZONE_NOW) {
		*us = env->now_us;
		return 0;
	}
	if (epoch_us != -1) {
		*us = epoch_us;
		return 0;
	}
	return written_instant(&w, env, us, e);
}

static void
set_day(struct written *w, int64_t days)
{
	int64_t year;

	civil_from_days(days, &year, &w->month, &w->day);
	w->year = (int)year;
}

/* Today's date in the zone, as days since 1970: the last one that has begun.
 * No zone is more than a day away from UTC. */
static int
today(const struct date_env *env, int64_t *days, struct err *e)
{
	struct written w = { .zone = ZONE_LOCAL };
	int64_t us, first;

	first = env->now_us / US_PER_S / S_PER_DAY - 1;
	for (*days = first + 2; *days > first; (*days)--) {
		set_day(&w, *days);
		if (written_instant(&w, env, &us, e) == -1)
			return -1;
		if (us <= env->now_us)
			break;
	}
	return 0;
}

/* The word's place in day_words, or N_DAY_WORDS. */
static size_t
find_day_word(const char *text)
{
	size_t i;

	for (i = 0; i < N_DAY_WORDS; i++)
		if (strcasecmp(text, day_words[i].word) == 0)
			break;
	return i;
}

int
date_span(const char *text, const struct date_env *env, int64_t *from_us,
	  int64_t *to_us, struct err *e)
{
	size_t word = find_day_word(text);
	struct written w = { .zone = ZONE_LOCAL };
	int64_t epoch_us, days;

	if (word < N_DAY_WORDS) {
		if (today(env, &days, e) == -1)
			return -1;
		days += day_words[word].days;
	} else if (read_written(text, &w, &epoch_us) && w.is_day) {
		days = days_from_civil(w.year, w.month, w.day);
	} else {
		if (date_instant(text, env, from_us, e) == -1)
			return -1;
		*to_us = *from_us;
		return 0;
	}
	set_day(&w, days);
	if (written_instant(&w, env, from_us, e) == -1)
		return -1;
	set_day(&w, days + 1);
	return written_instant(&w, env, to_us, e);
}

int
date_is_span(const char *text)
{
	return find_day_word(text) < N_DAY_WORDS || date_is_valid(text);
}

int
date_is_valid(const char *text)
{
	struct written w;
	int64_t epoch_us;

	return read_written(text, &w, &epoch_us);
}

void
date_format_utc(int64_t us, char out[32])
{
	int64_t s = us / US_PER_S, days, year;
	int month, day, rest, n, fraction = (int)(us % US_PER_S);
	char text[64] = ""; /* an int64 of microseconds fills 30 at most */

	if (fraction < 0) {
		fraction += (int)US_PER_S;
		s--;
	}
	days = s / S_PER_DAY;
	rest = (int)(s % S_PER_DAY);
	if (rest < 0) {
		rest += (int)S_PER_DAY;
		days--;
	}
	civil_from_days(days, &year, &month, &day);
	n = snprintf(text, sizeof(text),
		     "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d", year, month, day,
		     rest / 3600, rest / 60 % 60, rest % 60);
	if (fraction != 0)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ".%06d",
			      fraction);
	snprintf(text + n, sizeof(text) - (size_t)n, "Z");
	memcpy(out, text, 31);
	out[31] = '\0';
}
