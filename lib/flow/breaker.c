/*
 * breaker.c - when a destination is left alone.  See breaker.h.
 */
#include "config.h"

#include "flow/breaker.h"

#include "base/banned.h"

#define IN_ROW_MAX 5 /* found nobody so often: it is away */
#define CALLS_MIN 10 /* fewer calls make no rate */
#define FAILED_PERCENT 70

#define OPEN_MS INT64_C(60000)
#define OPEN_MAX_MS INT64_C(1800000)

/* Those that waited for it come back spread over a fourth of the time, within
 * these bounds. */
#define SPREAD_MIN_MS INT64_C(1000)
#define SPREAD_MAX_MS INT64_C(60000)
#define TURN_MS INT64_C(5000)

void
breaker_add(struct breaker_news *n, enum breaker_sign sign)
{
	if (sign == BREAKER_NOTHING)
		return;
	n->calls++;
	n->has_failed = sign != BREAKER_WORKS;
	n->failures += n->has_failed;
	n->is_locked |= sign == BREAKER_LOCKED;
	if (sign == BREAKER_AWAY) {
		n->in_row++;
		return;
	}
	n->in_row = 0;
	n->is_row_broken = 1;
}

int
breaker_opens(const struct breaker_counts *c, const struct breaker_news *n)
{
	if (n->is_locked)
		return 1;
	if (!n->has_failed)
		return 0;
	if (c->in_row >= IN_ROW_MAX)
		return 1;
	return c->calls >= CALLS_MIN &&
	       (int64_t)c->failures * 100 >= (int64_t)c->calls * FAILED_PERCENT;
}

int64_t
breaker_open_ms(int count, double jitter)
{
	int64_t ms = OPEN_MS;

	while (--count > 0 && ms < OPEN_MAX_MS)
		ms *= 2;
	if (ms > OPEN_MAX_MS)
		ms = OPEN_MAX_MS;
	return (int64_t)((double)ms * (0.8 + 0.4 * jitter));
}

enum breaker_way
breaker_way(enum breaker_state state, int64_t left_ms)
{
	if (state == BREAKER_CLOSED)
		return BREAKER_GO;
	return left_ms <= 0 ? BREAKER_PROBE : BREAKER_HOLD;
}

int64_t
breaker_wait_ms(int64_t left_ms, double jitter)
{
	int64_t spread = left_ms / 4;

	if (left_ms < 0)
		left_ms = 0;
	if (spread < SPREAD_MIN_MS)
		spread = SPREAD_MIN_MS;
	if (spread > SPREAD_MAX_MS)
		spread = SPREAD_MAX_MS;
	return left_ms + (int64_t)((double)spread * jitter) + 1;
}

int64_t
breaker_turn_ms(double jitter)
{
	return TURN_MS + (int64_t)((double)(2 * TURN_MS) * jitter);
}
