/*
 * duration.h - durations as people write them: "2 days", "90 minutes",
 * "1 day 12 hours", "-1 day", and ISO 8601 ("P1DT12H").  Months and days stay
 * apart from seconds, because only a time zone knows how long a day is;
 * PostgreSQL adds them.
 */
#ifndef FLOW_DURATION_H
#define FLOW_DURATION_H

#include "base/err.h"

#include <stdint.h>

struct duration {
	int32_t months, days;
	int64_t seconds;
};

/* Units: second(s) s sec, minute(s) m min, hour(s) h, day(s) d, week(s) w,
 * month(s), year(s); whole numbers, at most ten years in all.  -1 with
 * ERR_INPUT. */
MUSTUSE int duration_parse(const char *text, struct duration *d, struct err *e);

int duration_is_negative(const struct duration *d);

/* As PostgreSQL's interval input: "1 mons 2 days 30 secs" into out[64]. */
void duration_interval(const struct duration *d, char out[64]);

#endif
