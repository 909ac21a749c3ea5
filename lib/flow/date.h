/*
 * date.h - dates as senders write them (RFC 3339, ISO 8601 calendar dates,
 * with or without time and offset).  A time without offset belongs to the
 * run's time zone; turning it into an instant is PostgreSQL's work, so it is
 * asked through date_env.
 */
#ifndef FLOW_DATE_H
#define FLOW_DATE_H

#include "base/err.h"

#include <stdint.h>

/* What the caller lends: the clock, the zone, and someone who knows zones. */
struct date_env {
	int64_t now_us;	      /* microseconds since 1970, UTC */
	const char *timezone; /* IANA name; NULL is UTC */
	/* "2026-03-29T02:30:00" in `timezone` -> *us.  NULL: local is UTC. */
	int (*instant)(void *arg, const char *timezone, const char *local,
		       int64_t *us, struct err *e);
	void *arg;
};

/*
 * The instant of `text`: "2026-11-24", "2026-11-24T09:00", "... 09:00:00.5",
 * "...Z", "...+01:00", "now", or digits alone: seconds (10 digits) or
 * milliseconds (13 digits) since 1970.  A date alone is its first moment in
 * the zone.  Returns 0, or -1 with ERR_INPUT.
 */
MUSTUSE int date_instant(const char *text, const struct date_env *env,
			 int64_t *us, struct err *e);

/* Does `text` look like one of these forms (fields in range, a real day)? */
int date_is_valid(const char *text);

/*
 * What a comparison means by `text`: all of the day for a date without time,
 * and for "today", "tomorrow" and "yesterday" in the zone; else one moment.
 * *from_us is the first, *to_us the first one behind (of a moment, the same).
 */
MUSTUSE int date_span(const char *text, const struct date_env *env,
		      int64_t *from_us, int64_t *to_us, struct err *e);

/* Does `text` look like a date, or is it one of these three words? */
int date_is_span(const char *text);

/* "2026-11-24T08:15:00Z" (with ".123456" where not 0) into out[32]. */
void date_format_utc(int64_t us, char out[32]);

#endif
