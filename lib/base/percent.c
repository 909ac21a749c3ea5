/*
 * percent.c - %XX in URLs and forms.  See percent.h.
 */
#include "config.h"

#include "base/percent.h"

#include "base/coding.h"

#include "base/banned.h"

int
percent_byte(const char *s, size_t len)
{
	int high, low;

	if (len < 3 || s[0] != '%')
		return -1;
	high = hex_digit(s[1]);
	low = hex_digit(s[2]);
	return high == -1 || low == -1 ? -1 : high << 4 | low;
}
