/*
 * text.c - small things done to C strings.  See text.h.
 */
#include "config.h"

#include "base/text.h"

#include <string.h>

#include "base/banned.h"

void
text_flatten(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

static int
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

char *
text_trim(char *s)
{
	size_t len;

	while (is_space(*s))
		s++;
	len = strlen(s);
	while (len > 0 && is_space(s[len - 1]))
		s[--len] = '\0';
	return s;
}

void
text_lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

/* Length of the sequence that begins at s (RFC 3629, section 4), or 0. */
static size_t
sequence(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char from, to, low, high;
		unsigned char len;
	} rows[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (s[0] < rows[i].from || s[0] > rows[i].to)
			continue;
		if (rows[i].len > left)
			return 0;
		if (rows[i].len > 1 &&
		    (s[1] < rows[i].low || s[1] > rows[i].high))
			return 0;
		for (k = 2; k < rows[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

int
text_is_utf8(const char *text, size_t len, size_t *at)
{
	size_t i = 0, n;

	while (i < len) {
		n = sequence((const unsigned char *)text + i, len - i);
		if (n == 0) {
			*at = i;
			return 0;
		}
		i += n;
	}
	return 1;
}
