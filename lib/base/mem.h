/*
 * mem.h - memory has three lifetimes: process, pool (one request, one step,
 * one command), stack.  A pool gives memory and takes it back all at once.
 * Out of memory aborts: the web server or cron starts a new process, and
 * nobody else tests for NULL.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/err.h"

#include <stddef.h>

struct mem;

/* A new, empty pool.  Freed with mem_free. */
struct mem *mem_new(void);

/* Run the clean-ups (last first), free all memory; the pool stays usable. */
void mem_reset(struct mem *m);

/* mem_reset, and free the pool itself.  NULL is allowed. */
void mem_free(struct mem *m);

/* `size` zeroed bytes that live as long as the pool. */
void *mem_alloc(struct mem *m, size_t size);

/* Copies that live as long as the pool, NUL-terminated. */
char *mem_strdup(struct mem *m, const char *s);
char *mem_strndup(struct mem *m, const char *s, size_t len);
char *mem_printf(struct mem *m, const char *fmt, ...) PRINTF(2, 3);

/* Call fn(arg) when the pool is emptied, the last one asked for first: for what
 * other libraries own. */
void mem_on_free(struct mem *m, void (*fn)(void *), void *arg);

/* Process-lifetime memory; free(3) gives it back.  Never NULL. */
void *xmalloc(size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

/* Out of memory, in whichever library: say so and abort.  A library's own
 * answer to it must never pass for a verdict on what a sender sent. */
void mem_exhausted(void) __attribute__((noreturn));

#endif
