/*
 * clock.h - how much time has passed.  What time it is, is asked of the
 * database alone.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Of the monotonic clock: only differences mean anything. */
int64_t clock_ms(void);
int64_t clock_us(void);

#endif
