/*
 * coding.c - hexadecimal and base64.  See coding.h.
 */
#include "config.h"

#include "base/coding.h"

#include <string.h>

#include "base/banned.h"

int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void
hex_encode(const void *bytes, size_t len, char *out)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	out[2 * len] = '\0';
}

static int
hex_decode(const char *text, size_t len, struct buf *out)
{
	size_t i;
	int high, low;

	if (len % 2 != 0)
		return -1;
	for (i = 0; i < len; i += 2) {
		high = hex_digit(text[i]);
		low = hex_digit(text[i + 1]);
		if (high == -1 || low == -1)
			return -1;
		buf_addc(out, (char)(high << 4 | low));
	}
	return 0;
}

/* The six bits of a character, or -1. */
static int
base64_digit(char c, int either)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || (either && c == '-'))
		return 62;
	if (c == '/' || (either && c == '_'))
		return 63;
	return -1;
}

static int
base64_decode(const char *text, size_t len, int either, struct buf *out)
{
	unsigned bits = 0;
	size_t i, pad = 0;
	int digit;

	while (pad < 2 && pad < len && text[len - pad - 1] == '=')
		pad++;
	if ((pad > 0 || !either) && len % 4 != 0)
		return -1;
	len -= pad;
	if (len % 4 == 1)
		return -1;
	for (i = 0; i < len; i++) {
		digit = base64_digit(text[i], either);
		if (digit == -1)
			return -1;
		bits = bits << 6 | (unsigned)digit;
		if (i % 4 != 0)
			buf_addc(out, (char)(bits >> (6 - i % 4 * 2) & 0xff));
	}
	return 0;
}

void
base64_encode(const void *bytes, size_t len, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = bytes;
	unsigned bits;
	size_t i, k, n;

	for (i = 0; i < len; i += 3) {
		n = len - i < 3 ? len - i : 3;
		bits = (unsigned)in[i] << 16 |
		       (n > 1 ? (unsigned)in[i + 1] << 8 : 0) |
		       (n > 2 ? in[i + 2] : 0);
		for (k = 0; k < 4; k++)
			buf_addc(out, k <= n ? digits[bits >> (18 - 6 * k) & 63]
					     : '=');
	}
}

int
decode_bytes(enum coding coding, const char *text, size_t len, struct buf *out)
{
	size_t before = out->len;
	int rc = coding == CODING_HEX
			 ? hex_decode(text, len, out)
			 : base64_decode(text, len, coding == CODING_BASE64URL,
					 out);

	if (rc == -1 && out->len > before) {
		out->len = before;
		out->s[before] = '\0';
	}
	return rc;
}
