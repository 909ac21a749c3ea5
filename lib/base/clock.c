/*
 * clock.c - how much time has passed.  See clock.h.
 */
#include "config.h"

#include "base/clock.h"

#include <time.h>

#include "base/banned.h"

int64_t
clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}
