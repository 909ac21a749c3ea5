/*
 * fuzz_kit.h - what fuzzers share.  tests/fuzz/run.sh builds and runs them.
 */
#ifndef FUZZ_KIT_H
#define FUZZ_KIT_H

#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was made must read back at this depth, and be written the same again.
 */
static inline void
check_round_trip(struct json_object *o, int depth)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct json_object *again = NULL;
	struct err e = ERR_INIT;

	json_write(&first, o);
	if (json_read(first.s, first.len, depth, &again, &e) == -1)
		abort();
	json_write(&second, again);
	if (first.len != second.len ||
	    memcmp(first.s, second.s, first.len) != 0)
		abort();
	json_object_put(again);
	buf_free(&first);
	buf_free(&second);
}

/* The text up to the first NUL, from the pool; *rest and *len are what follows
 * it. */
static inline char *
cut_text(struct mem *m, const uint8_t *data, size_t size, const char **rest,
	 size_t *len)
{
	const char *text = (const char *)data;
	size_t n = strnlen(text, size);

	*rest = text + n + (n < size);
	*len = size - n - (n < size);
	return mem_strndup(m, text, n);
}

/* JSON, or NULL; owned by the pool. */
static inline struct json_object *
json_of(struct mem *m, const char *text, size_t len)
{
	struct json_object *o;

	if (json_read(text, len, JSON_MAX_DEPTH, &o, NULL) == -1)
		return NULL;
	return json_pool(m, o);
}

#endif
