/*
 * plain_text.h - a text file that somebody brings, as UTF-8, in whichever way
 * spreadsheets wrote it.  Pure.
 */
#ifndef HTTP_PLAIN_TEXT_H
#define HTTP_PLAIN_TEXT_H

#include "base/mem.h"

#include <stddef.h>

struct plain_text {
	const char *s; /* NUL-terminated behind `len`; the pool's or `bytes` */
	size_t len;
	const char *was; /* "UTF-8", "UTF-16", "Windows-1252" */
};

/* UTF-16 where its mark stands in front, UTF-8 where that fits, else
 * Windows-1252.  `bytes` has a NUL behind it. */
void plain_text_read(struct mem *m, const char *bytes, size_t len,
		     struct plain_text *out);

#endif
