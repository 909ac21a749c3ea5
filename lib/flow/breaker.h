/*
 * breaker.h - when a destination that keeps failing is left alone, for how
 * long, and when one call may try it again.  Pure: counts, times and dice come
 * from the caller.  What a call's end says of its destination is act/net.h;
 * the table that all executors share is store/destination.h.
 */
#ifndef FLOW_BREAKER_H
#define FLOW_BREAKER_H

#include <stdint.h>

/* What one call says of its destination. */
enum breaker_sign {
	BREAKER_NOTHING,
	BREAKER_WORKS,	/* it answered, be it that it refuses this one call */
	BREAKER_FAILS,	/* it answered that it can do nothing now */
	BREAKER_AWAY,	/* nobody answered there */
	BREAKER_LOCKED, /* it does not take the operator's login */
};

/* What some calls said, in the order in which they ended.  Begins as zeros. */
struct breaker_news {
	int calls, failures;
	int in_row;	   /* the last so many found nobody there */
	int is_row_broken; /* a call before these found somebody */
	int is_locked;
	int has_failed; /* the last of them */
};

/* What all executors heard of a destination that is not left alone. */
struct breaker_counts {
	int in_row;	     /* calls that found nobody there, up to now */
	int calls, failures; /* of some minutes (BREAKER_WINDOW_S) */
};

#define BREAKER_WINDOW_S 300

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

/* What a call to a destination may do. */
enum breaker_way {
	BREAKER_GO,
	BREAKER_PROBE, /* go, if nobody else is trying it for all */
	BREAKER_HOLD,
};

void breaker_add(struct breaker_news *n, enum breaker_sign sign);

/* Is the destination to be left alone, after these news, which the counts
 * include?  A call that went well never makes it so. */
int breaker_opens(const struct breaker_counts *c, const struct breaker_news *n);

/* Milliseconds for which it is left alone when that begins for the `count`th
 * time in a row (1 is the first); `jitter` in [0,1). */
int64_t breaker_open_ms(int count, double jitter);

/* `left_ms`: how long it is still left alone, or the one that tries it still
 * has for that; may be negative. */
enum breaker_way breaker_way(enum breaker_state state, int64_t left_ms);

/* Milliseconds for which a run waits for a destination that is not to be
 * called for another `left_ms`: longer than that, and each another time. */
int64_t breaker_wait_ms(int64_t left_ms, double jitter);

/* The same where somebody tries it just now, or others go first. */
int64_t breaker_turn_ms(double jitter);

#endif
