/*
 * faults.h - everything that is wrong with a document or a request, at once:
 * each fault with the place and a sentence that says what was expected, what
 * came and what to do.
 */
#ifndef FLOW_FAULTS_H
#define FLOW_FAULTS_H

#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>

struct fault {
	const char *path; /* a JSON Pointer (RFC 6901), or a mapping path */
	const char *detail;
};

struct faults {
	struct mem *mem; /* set by the owner; texts live there */
	struct fault *list;
	size_t n, cap;
};

#define FAULTS_INIT(pool)          \
	{                          \
		(pool), NULL, 0, 0 \
	}

/* Add one; both texts are copied. */
void fault_add(struct faults *f, const char *path, const char *fmt, ...)
	PRINTF(3, 4);

/* `pointer` with one more token: a member's name (escaped as RFC 6901 says:
 * ~ is ~0, / is ~1), or an element's index.  From the pool. */
const char *pointer_key(struct mem *m, const char *pointer, const char *key);
const char *pointer_item(struct mem *m, const char *pointer, size_t index);

#endif
