/*
 * decimal.h - decimal arithmetic on numbers as JSON writes them: 0.1 and 0.2
 * are 0.3, and money loses no cent.  Numbers are texts in the pool.
 */
#ifndef FLOW_DECIMAL_H
#define FLOW_DECIMAL_H

#include "base/err.h"
#include "base/mem.h"

#define DECIMAL_DIGITS_MAX 200
#define DECIMAL_PLACES 20 /* of a quotient that does not end */

/* Each takes numbers (compare.h) and returns one without exponent, or NULL with
 * ERR_INPUT: it has more than DECIMAL_DIGITS_MAX digits, or the divisor is 0.
 * Sums keep as many places as the longer has, products as both together. */
const char *decimal_add(struct mem *m, const char *a, const char *b,
			struct err *e);
const char *decimal_subtract(struct mem *m, const char *a, const char *b,
			     struct err *e);
const char *decimal_multiply(struct mem *m, const char *a, const char *b,
			     struct err *e);

/* To `places` behind the point, or with -1 to as many as it has, at most
 * DECIMAL_PLACES. */
const char *decimal_divide(struct mem *m, const char *a, const char *b,
			   int places, struct err *e);

/* To exactly `places` behind the point; a half goes away from 0. */
const char *decimal_round(struct mem *m, const char *a, int places,
			  struct err *e);

#endif
