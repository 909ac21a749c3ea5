/*
 * compare.c - numbers exactly, texts without regard to case.  See compare.h.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "config.h"

#include "flow/compare.h"

#include <ctype.h>
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* Beyond this every exponent is the same to us; sums stay far from int64's
 * ends. */
#define EXPONENT_MAX INT64_C(1000000000000)

/* 0.DIGITS times ten to the `point`; `digits` may contain one dot. */
struct decimal {
	int is_negative;
	const char *digits;
	size_t n; /* without zeros at either end; 0: the number is zero */
	int64_t point;
};

static size_t
skip_digits(const char **s)
{
	size_t n = strspn(*s, "0123456789");

	*s += n;
	return n;
}

int
compare_is_number(struct text t)
{
	const char *s = t.s;

	s += *s == '-';
	if (*s == '0')
		s++;
	else if (skip_digits(&s) == 0)
		return 0;
	if (*s == '.') {
		s++;
		if (skip_digits(&s) == 0)
			return 0;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		if (skip_digits(&s) == 0)
			return 0;
	}
	return s == t.s + t.len;
}

static int64_t
read_exponent(const char *s)
{
	int64_t value = 0;
	int is_negative = *s == '-';

	s += *s == '-' || *s == '+';
	for (; isdigit((unsigned char)*s); s++) {
		value = value * 10 + (*s - '0');
		if (value > EXPONENT_MAX)
			value = EXPONENT_MAX;
	}
	return is_negative ? -value : value;
}

static struct decimal
read_decimal(struct text t)
{
	struct decimal d = { 0 };
	const char *s = t.s, *end;
	int is_behind_dot = 0;

	d.is_negative = *s == '-';
	s += d.is_negative;
	for (; *s == '0' || *s == '.'; s++) {
		d.point -= is_behind_dot && *s == '0';
		is_behind_dot |= *s == '.';
	}
	d.digits = s;
	for (end = s; isdigit((unsigned char)*end) || *end == '.'; end++) {
		d.n += *end != '.';
		is_behind_dot |= *end == '.';
		d.point += !is_behind_dot;
	}
	if (*end != '\0')
		d.point += read_exponent(end + 1);
	while (end > s && (end[-1] == '0' || end[-1] == '.'))
		d.n -= *--end == '0';
	if (d.n == 0)
		d.is_negative = 0;
	return d;
}

/* Compare digit by digit; who has more of them left is greater. */
static int
compare_digits(const struct decimal *a, const struct decimal *b)
{
	const char *s = a->digits, *t = b->digits;
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++) {
		s += *s == '.';
		t += *t == '.';
		if (*s != *t)
			return *s < *t ? -1 : 1;
		s++;
		t++;
	}
	return (a->n > b->n) - (a->n < b->n);
}

int
compare_numbers(struct text a, struct text b)
{
	struct decimal x = read_decimal(a), y = read_decimal(b);
	int order;

	if (x.is_negative != y.is_negative)
		return x.is_negative ? -1 : 1;
	if (x.n == 0 || y.n == 0)
		order = (x.n > 0) - (y.n > 0);
	else if (x.point != y.point)
		order = x.point < y.point ? -1 : 1;
	else
		order = compare_digits(&x, &y);
	return x.is_negative ? -order : order;
}

/* Which case, and its letters in ASCII. */
struct letters {
	PCRE2_SPTR replacement;
	char from, to, first; /* from..to become first.. */
};

static const struct letters upper = { (PCRE2_SPTR) "\\U$0", 'a', 'z', 'A' };
static const struct letters lower = { (PCRE2_SPTR) "\\L$0", 'A', 'Z', 'a' };

static struct text
change_ascii(struct mem *m, const struct letters *l, struct text t)
{
	char *s = mem_strndup(m, t.s, t.len);
	size_t i;

	for (i = 0; i < t.len; i++)
		if (s[i] >= l->from && s[i] <= l->to)
			s[i] = (char)(s[i] - l->from + l->first);
	return (struct text){ s, t.len };
}

static int
is_ascii(struct text t)
{
	size_t i;

	for (i = 0; i < t.len; i++)
		if ((unsigned char)t.s[i] >= 0x80)
			return 0;
	return 1;
}

/* NULL where the text is no UTF-8. */
static const char *
replace_all(struct mem *m, const pcre2_code *all, const struct letters *l,
	    struct text t, size_t *len)
{
	PCRE2_UCHAR *s;

	*len = t.len * 3 + 1; /* two bytes may become three */
	s = mem_alloc(m, *len);
	if (pcre2_substitute(all, (PCRE2_SPTR)t.s, t.len, 0,
			     PCRE2_SUBSTITUTE_EXTENDED, NULL, NULL,
			     l->replacement, PCRE2_ZERO_TERMINATED, s, len) < 0)
		return NULL;
	return (const char *)s;
}

/* PCRE2 brings Unicode's tables: the whole text is replaced by itself in
 * another case, `times` times.  Ill-formed UTF-8 stays as it is but for
 * ASCII. */
static struct text
change_case(struct mem *m, const struct letters *l, struct text t, int times)
{
	struct text changed = t;
	pcre2_code *all;
	PCRE2_SIZE at;
	int error, i;

	if (is_ascii(t))
		return change_ascii(m, l, t);
	all = pcre2_compile((PCRE2_SPTR) "(?s).+", PCRE2_ZERO_TERMINATED,
			    PCRE2_UTF, &error, &at, NULL);
	if (all == NULL)
		abort(); /* the pattern is a constant: out of memory */
	for (i = 0; i < times && changed.s != NULL; i++)
		changed.s = replace_all(m, all, l, changed, &changed.len);
	pcre2_code_free(all);
	return changed.s != NULL ? changed : change_ascii(m, l, t);
}

/* Twice, because letters with more than two forms take two steps (final sigma,
 * sigma, capital sigma). */
struct text
compare_fold(struct mem *m, struct text t)
{
	return change_case(m, &upper, t, 2);
}

struct text
compare_upper(struct mem *m, struct text t)
{
	return change_case(m, &upper, t, 1);
}

struct text
compare_lower(struct mem *m, struct text t)
{
	return change_case(m, &lower, t, 1);
}

int
compare_folded(struct text a, struct text b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.s, b.s, least);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}
