/*
 * media_type.c - header values with parameters.  See media_type.h.
 */
#include "config.h"

#include "http/media_type.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* The length of a token (RFC 9110, section 5.6.2). */
static size_t
token_length(const char *s)
{
	return strspn(s, "!#$%&'*+-.^_`|~0123456789"
			 "abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

int
media_type_parse(struct mem *m, const char *text, struct media_type *t)
{
	const char *start = text + strspn(text, " \t");
	size_t type_len = token_length(start), subtype_len;
	const char *end = start + type_len;

	if (type_len == 0 || *end != '/')
		return -1;
	subtype_len = token_length(end + 1);
	end += 1 + subtype_len;
	if (subtype_len == 0)
		return -1;
	t->name = mem_strndup(m, start, (size_t)(end - start));
	end += strspn(end, " \t");
	if (*end != '\0' && *end != ';')
		return -1;
	t->params = end;
	return 0;
}

/* Behind the quoted text that begins at `s`. */
static const char *
quoted_end(const char *s)
{
	for (s++; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
	return *s == '"' ? s + 1 : s;
}

static const char *
unquote(struct mem *m, const char *s, const char *end)
{
	char *value = mem_alloc(m, (size_t)(end - s) + 1), *to = value;

	for (s++; s < end && *s != '"'; s++) {
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		*to++ = *s;
	}
	return value;
}

static const char *
unquoted(struct mem *m, const char *s, const char *end)
{
	while (end > s && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return mem_strndup(m, s, (size_t)(end - s));
}

const char *
param_get(struct mem *m, const char *params, const char *name)
{
	size_t wanted = strlen(name), len;
	const char *at = params, *value, *end;

	for (;;) {
		at += strspn(at, "; \t");
		if (*at == '\0')
			return NULL;
		len = strcspn(at, "=; \t");
		value = at + len + strspn(at + len, " \t");
		if (*value == '=')
			value += 1 + strspn(value + 1, " \t");
		end = *value == '"' ? quoted_end(value)
				    : value + strcspn(value, ";");
		if (len == wanted && strncasecmp(at, name, len) == 0)
			return *value == '"' ? unquote(m, value, end)
					     : unquoted(m, value, end);
		at = end + strcspn(end, ";");
	}
}
