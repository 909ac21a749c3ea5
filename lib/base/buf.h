/*
 * buf.h - a byte string that grows.  Always NUL-terminated behind `len`
 * bytes; may hold NULs itself.  Out of memory aborts (mem.h).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"

#include <stddef.h>

struct buf {
	char *s; /* never NULL; not to be freed or kept by the caller */
	size_t len;
	size_t cap; /* 0: s is the shared empty string */
};

extern char buf_empty[1];

#define BUF_INIT                \
	{                       \
		buf_empty, 0, 0 \
	}

void buf_init(struct buf *b);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Room for `extra` more bytes; write at s + len, then raise len and set the
 * NUL. */
void buf_grow(struct buf *b, size_t extra);

/* Forget the content, keep the memory. */
void buf_reset(struct buf *b);

/* Give the memory back; the buf is empty and usable. */
void buf_free(struct buf *b);

#endif
