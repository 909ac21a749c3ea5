/*
 * pairs.c - the pairs of a form.  See pairs.h.
 */
#include "config.h"

#include "base/pairs.h"

#include "base/percent.h"

#include <string.h>

#include "base/banned.h"

int
pair_next(const char **from, const char *end, struct pair *out)
{
	const char *at = *from, *stop, *equals;

	while (at < end && *at == '&')
		at++;
	if (at == end)
		return 0;
	stop = memchr(at, '&', (size_t)(end - at));
	if (stop == NULL)
		stop = end;
	equals = memchr(at, '=', (size_t)(stop - at));
	out->name = at;
	out->name_len = (size_t)((equals != NULL ? equals : stop) - at);
	out->value = equals != NULL ? equals + 1 : stop;
	out->value_len = (size_t)(stop - out->value);
	*from = stop;
	return 1;
}

static const char *
decode(struct mem *m, const char *s, size_t *len)
{
	char *out = mem_alloc(m, *len + 1), *to = out;
	size_t i;
	int byte;

	for (i = 0; i < *len; i++) {
		byte = percent_byte(s + i, *len - i);
		if (byte != -1)
			i += 2;
		else
			byte = s[i] == '+' ? ' ' : s[i];
		*to++ = (char)byte;
	}
	*len = (size_t)(to - out);
	return out;
}

size_t
pairs_decode(struct mem *m, const char *form, size_t len, struct pair *out,
	     size_t max)
{
	const char *from = form, *end = form + len;
	struct pair p;
	size_t n;

	for (n = 0; pair_next(&from, end, &p); n++) {
		if (n >= max)
			continue;
		p.name = decode(m, p.name, &p.name_len);
		p.value = decode(m, p.value, &p.value_len);
		out[n] = p;
	}
	return n;
}
