/*
 * text.h - small things done to C strings.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

/* Control characters (below 0x20, and 0x7f) become spaces, in place. */
void text_flatten(char *s);

/* Cut ASCII white space at the end, in place; returns where it begins. */
char *text_trim(char *s);

/* Lower-case ASCII letters, in place; other bytes stay. */
void text_lower(char *s);

/* Is `text` well-formed UTF-8 (no surrogates, nothing above U+10FFFF, no
 * overlong form)?  Where not, *at is the offset of the first bad byte. */
int text_is_utf8(const char *text, size_t len, size_t *at);

#endif
