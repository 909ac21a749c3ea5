/*
 * cond_op.h - the operators of conditions, as a table.  Private to cond.c
 * (which evaluates) and cond_check.c (which checks documents).
 */
#ifndef FLOW_COND_OP_H
#define FLOW_COND_OP_H

#include "base/err.h"
#include "base/mem.h"
#include "flow/compare.h"
#include "flow/date.h"

#include <json-c/json_object.h>

/* What an operator wants as its "value". */
enum cond_takes {
	TAKES_NOTHING,
	TAKES_VALUE,   /* text, number, true, false or null */
	TAKES_SIZE,    /* text or number */
	TAKES_LIST,    /* of values */
	TAKES_RANGE,   /* [low, high], numbers or dates */
	TAKES_DATE,    /* a date */
	TAKES_PATTERN, /* a regular expression */
};

struct cond_op;

/* The two sides of one comparison; `value` is rendered already. */
struct operands {
	const struct cond_op *op;
	struct json_object *field, *value;
	const struct date_env *env;
	struct mem *mem;
	struct err *e;
};

struct cond_op {
	const char *name;
	enum cond_takes takes;
	int (*is_true)(const struct operands *); /* 1, 0, or -1 with *e set */
	int is_negated;
	int accepts; /* of orders: the ones that are true */
};

extern const struct cond_op cond_ops[]; /* ended by a NULL name */

/* The operator `name`, or NULL. */
const struct cond_op *cond_op_find(const char *name);

/* A value as people read it, in the pool. */
struct text cond_text(struct mem *m, struct json_object *o);

/* NULL when `pattern` is a good one; else what is wrong with it. */
const char *cond_pattern_fault(struct mem *m, const char *pattern);

#endif
