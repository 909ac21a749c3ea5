/*
 * coding.h - bytes as text: hexadecimal and base64 (RFC 4648).
 */
#ifndef BASE_CODING_H
#define BASE_CODING_H

#include "base/buf.h"

#include <stddef.h>

enum coding {
	CODING_HEX,	 /* either case */
	CODING_BASE64,	 /* as section 4 says: padded */
	CODING_BASE64URL /* either alphabet, padded or not */
};

/* The value of a hexadecimal digit, or -1. */
int hex_digit(char c);

/* Lower-case hexadecimal of `len` bytes into out[2 * len + 1]. */
void hex_encode(const void *bytes, size_t len, char *out);

/* Append the base64 of `len` bytes, padded. */
void base64_encode(const void *bytes, size_t len, struct buf *out);

/* Append what `text` of `len` characters stands for.  -1, and nothing
 * appended, when it is not in this coding: white space is not. */
MUSTUSE int decode_bytes(enum coding coding, const char *text, size_t len,
			 struct buf *out);

#endif
