/*
 * percent.h - %XX in URLs and forms.
 */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stddef.h>

/* The byte that "%XX" at `s` (of `len` bytes) means, or -1 when it is none. */
int percent_byte(const char *s, size_t len);

#endif
