/*
 * compare.h - how two texts compare: as numbers of any length, exactly, where
 * both are wholly numbers; else as text without regard to case, in all of
 * Unicode.  It knows no JSON and no operators (cond_op.c).
 */
#ifndef FLOW_COMPARE_H
#define FLOW_COMPARE_H

#include "base/mem.h"

#include <stddef.h>

struct text {
	const char *s; /* UTF-8, NUL-terminated */
	size_t len;
};

/* A number as JSON writes it ("-12.50e3"; not "007", "+1" or "1,000")? */
int compare_is_number(struct text t);

/* <0, 0, >0; both must be numbers. */
int compare_numbers(struct text a, struct text b);

/* The same text in one case, in the pool: equal means equal but for case. */
struct text compare_fold(struct mem *m, struct text t);

/* The text in upper or lower case, by Unicode's tables, one letter for one;
 * where it is no UTF-8, ASCII's letters alone. */
struct text compare_upper(struct mem *m, struct text t);
struct text compare_lower(struct mem *m, struct text t);

/* <0, 0, >0 of two folded texts, by code points. */
int compare_folded(struct text a, struct text b);

#endif
