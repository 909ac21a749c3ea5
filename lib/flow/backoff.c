/*
 * backoff.c - how long to wait before trying again.  See backoff.h.  Clock and
 * dice come from the caller.
 */
#include "config.h"

#include "flow/backoff.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* How often a Retry-After that is shorter than the schedule counts: one that
 * always says "1" must not use the schedule up in seconds. */
#define OBEYED_ATTEMPTS 2

#define DAY_S 86400
#define WAIT_MAX_S (30 * DAY_S)
#define SEPARATORS " \t,"

/* Seconds in a unit's letter, or 0. */
static int
unit_s(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_S;
	default:
		return 0;
	}
}

/* One step of `len` bytes, "30s"; -1 when it is none. */
static int
step_s(const char *s, size_t len)
{
	size_t digits = strspn(s, "0123456789");
	long n;
	int unit;

	if (digits == 0 || digits > 7 || digits + 1 != len)
		return -1;
	n = strtol(s, NULL, 10);
	unit = unit_s(s[digits]);
	if (unit == 0 || n < 1 || n > WAIT_MAX_S / unit)
		return -1;
	return (int)n * unit;
}

int
backoff_parse(const char *text, struct backoff *b, struct err *e)
{
	const char *s = text + strspn(text, SEPARATORS);
	size_t len;

	b->n = 0;
	for (; *s != '\0'; s += strspn(s, SEPARATORS)) {
		if (b->n == BACKOFF_STEPS_MAX)
			return err_set(e, ERR_INPUT,
				       "a retry schedule has at most %d "
				       "steps; leave some out",
				       BACKOFF_STEPS_MAX);
		len = strcspn(s, SEPARATORS);
		b->wait_s[b->n] = step_s(s, len);
		if (b->wait_s[b->n] == -1)
			return err_set(e, ERR_INPUT,
				       "expected a wait like 30s, 2m, 5h or "
				       "1d (at most 30d) in the retry "
				       "schedule, found \"%.*s\"",
				       len > 40 ? 40 : (int)len, s);
		b->n++;
		s += len;
	}
	if (b->n == 0)
		return err_set(e, ERR_INPUT,
			       "expected a retry schedule like \"30s 2m "
			       "10m\", found nothing");
	return 0;
}

int64_t
backoff_next(const struct backoff *b, int attempt, double jitter,
	     int retry_after_s)
{
	int64_t wait_ms, asked_ms;

	if (attempt > b->n)
		return -1;
	if (attempt < 1)
		attempt = 1;
	if (retry_after_s > DAY_S)
		retry_after_s = DAY_S;
	asked_ms = (int64_t)retry_after_s * 1000;
	wait_ms = (int64_t)(b->wait_s[attempt - 1] * (800 + 400 * jitter));
	if (asked_ms > 0 && (attempt <= OBEYED_ATTEMPTS || asked_ms > wait_ms))
		return asked_ms;
	return wait_ms;
}
