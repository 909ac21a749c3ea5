/*
 * backoff.h - how long to wait before trying again.
 */
#ifndef FLOW_BACKOFF_H
#define FLOW_BACKOFF_H

#include "base/err.h"

#include <stdint.h>

#define BACKOFF_STEPS_MAX 32

struct backoff {
	int wait_s[BACKOFF_STEPS_MAX]; /* after attempt 1, 2, ... */
	int n;
};

/* Parse "30s 2m 10m 30m 2h 5h 10h 10h" (units s, m, h, d). */
MUSTUSE int backoff_parse(const char *text, struct backoff *b, struct err *e);

/*
 * Milliseconds to wait after failed attempt number `attempt` (1 is the first),
 * or -1 when the schedule has no further try.  The schedule's step times
 * 0.8 to 1.2, by `jitter` in [0,1) from the caller.  Where the other side asked
 * for `retry_after_s` (0: it did not; capped at a day), that alone counts after
 * the first two attempts, and later when it is the longer.
 */
int64_t backoff_next(const struct backoff *b, int attempt, double jitter,
		     int retry_after_s);

#endif
