/*
 * mem.c - pools of memory.  Small pieces are cut from blocks; a large one
 * gets a block of its own.  See mem.h.
 */
#include "config.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define BLOCK_SIZE 8192
#define ALIGNMENT 16

struct block {
	struct block *next;
	size_t used, size;
	/* The bytes follow; the padding keeps them aligned. */
	_Alignas(ALIGNMENT) char bytes[];
};

struct cleanup {
	struct cleanup *next;
	void (*fn)(void *);
	void *arg;
};

struct mem {
	struct block *blocks;
	struct cleanup *cleanups;
};

void
mem_exhausted(void)
{
	fputs("hookline: out of memory\n", stderr);
	abort();
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		mem_exhausted();
	return p;
}

void *
xrealloc(void *p, size_t size)
{
	p = realloc(p, size > 0 ? size : 1);
	if (p == NULL)
		mem_exhausted();
	return p;
}

char *
xstrdup(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(xmalloc(size), s, size);
}

struct mem *
mem_new(void)
{
	struct mem *m = xmalloc(sizeof(*m));

	m->blocks = NULL;
	m->cleanups = NULL;
	return m;
}

static void
free_blocks(struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

/* One ordinary block is kept: the next request needs it at once. */
void
mem_reset(struct mem *m)
{
	struct block *keep = m->blocks;

	while (m->cleanups != NULL) {
		struct cleanup *c = m->cleanups;

		m->cleanups = c->next; /* c itself lies in the pool */
		c->fn(c->arg);
	}
	if (keep == NULL)
		return;
	free_blocks(keep->next);
	keep->next = NULL;
	keep->used = 0;
	if (keep->size > BLOCK_SIZE) {
		free(keep);
		m->blocks = NULL;
	}
}

void
mem_free(struct mem *m)
{
	if (m == NULL)
		return;
	mem_reset(m);
	free_blocks(m->blocks);
	free(m);
}

static struct block *
block_new(size_t size)
{
	struct block *b;

	if (size > SIZE_MAX - sizeof(*b))
		mem_exhausted();
	b = xmalloc(sizeof(*b) + size);
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

/* A block with room for `size`; a large piece goes behind the current one. */
static struct block *
block_for(struct mem *m, size_t size)
{
	struct block *b = m->blocks;

	if (b != NULL && b->size - b->used >= size)
		return b;
	b = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE);
	if (size > BLOCK_SIZE && m->blocks != NULL) {
		b->next = m->blocks->next;
		m->blocks->next = b;
	} else {
		b->next = m->blocks;
		m->blocks = b;
	}
	return b;
}

void *
mem_alloc(struct mem *m, size_t size)
{
	struct block *b;
	void *p;

	if (size > SIZE_MAX - ALIGNMENT)
		mem_exhausted();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	b = block_for(m, size);
	p = b->bytes + b->used;
	b->used += size;
	return memset(p, 0, size);
}

char *
mem_strndup(struct mem *m, const char *s, size_t len)
{
	char *copy = mem_alloc(m, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *
mem_strdup(struct mem *m, const char *s)
{
	return mem_strndup(m, s, strlen(s));
}

char *
mem_printf(struct mem *m, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	s = mem_alloc(m, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

void
mem_on_free(struct mem *m, void (*fn)(void *), void *arg)
{
	struct cleanup *c = mem_alloc(m, sizeof(*c));

	c->fn = fn;
	c->arg = arg;
	c->next = m->cleanups;
	m->cleanups = c;
}
