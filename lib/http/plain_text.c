/*
 * plain_text.c - text files as UTF-8.  See plain_text.h.
 */
#include "config.h"

#include "http/plain_text.h"

#include "base/text.h"
#include "http/charset.h"

#include <string.h>

#include "base/banned.h"

#define HIGH(unit) (((unit)&0xfc00) == 0xd800)
#define LOW(unit) (((unit)&0xfc00) == 0xdc00)
#define REPLACEMENT 0xfffd

static void
add_utf8(struct buf *b, unsigned long c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_addc(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_addc(b, (char)(0xe0 | c >> 12));
		} else {
			buf_addc(b, (char)(0xf0 | c >> 18));
			buf_addc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_addc(b, (char)(0x80 | (c & 0x3f)));
}

static unsigned long
unit_at(const char *s, int is_big)
{
	unsigned a = (unsigned char)s[0], b = (unsigned char)s[1];

	return is_big ? a << 8 | b : b << 8 | a;
}

static void
from_utf16(const char *s, size_t len, int is_big, struct buf *out)
{
	unsigned long c, next;
	size_t i;

	for (i = 0; i + 1 < len; i += 2) {
		c = unit_at(s + i, is_big);
		next = i + 3 < len ? unit_at(s + i + 2, is_big) : 0;
		if (HIGH(c) && LOW(next)) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (next & 0x3ff);
			i += 2;
		} else if (HIGH(c) || LOW(c)) {
			c = REPLACEMENT;
		}
		add_utf8(out, c);
	}
}

static int
from_windows(const char *s, size_t len, struct buf *out)
{
	static const char label[] = "windows-1252";
	struct charset cs;
	size_t at;
	int rc;

	if (charset_open(&cs, label, strlen(label)) == -1)
		return -1;
	rc = charset_to_utf8(&cs, s, len, out, &at);
	charset_close(&cs);
	return rc;
}

void
plain_text_read(struct mem *m, const char *bytes, size_t len,
		struct plain_text *out)
{
	int is_big = len >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0;
	int is_little = len >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0;
	struct buf b = BUF_INIT;
	size_t at;

	*out = (struct plain_text){ bytes, len, "UTF-8" };
	if (is_big || is_little) {
		from_utf16(bytes + 2, len - 2, is_big, &b);
		out->was = "UTF-16";
	} else if (text_is_utf8(bytes, len, &at) ||
		   from_windows(bytes, len, &b) == -1) {
		buf_free(&b);
		return;
	} else {
		out->was = "Windows-1252";
	}
	out->s = mem_strndup(m, b.s, b.len);
	out->len = b.len;
	buf_free(&b);
}
