/*
 * change.c - texts cut and put together.  See change.h.
 */
#include "config.h"

#include "flow/change.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/shape.h"

#include <string.h>

#include "base/banned.h"

const char *
change_replace(struct mem *m, const char *text, const char *find,
	       const char *with)
{
	struct buf b = BUF_INIT;
	const char *at, *made;

	for (; (at = strstr(text, find)) != NULL; text = at + strlen(find)) {
		buf_add(&b, text, (size_t)(at - text));
		buf_adds(&b, with);
	}
	buf_adds(&b, text);
	made = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return made;
}

/* The place of the character behind the next `n`, or the end. */
static const char *
skip(const char *s, int64_t n)
{
	for (; n > 0 && *s != '\0'; n--)
		do
			s++;
		while (((unsigned char)*s & 0xc0) == 0x80);
	return s;
}

const char *
change_substring(struct mem *m, const char *text, int64_t from, int64_t length)
{
	int64_t n = (int64_t)shape_length(text), first;
	const char *at;

	first = from < 0 ? n + from : from - 1;
	if (first < 0) {
		if (length >= 0)
			length = length + first > 0 ? length + first : 0;
		first = 0;
	}
	at = skip(text, first);
	if (length < 0)
		return mem_strdup(m, at);
	return mem_strndup(m, at, (size_t)(skip(at, length) - at));
}

const char *
change_trim(struct mem *m, const char *text)
{
	return text_trim(mem_strdup(m, text));
}

struct json_object *
change_split(const char *text, const char *separator)
{
	struct json_object *list = json_object_new_array();
	const char *at;

	for (; (at = strstr(text, separator)) != NULL;
	     text = at + strlen(separator))
		json_object_array_add(list, json_object_new_string_len(
						    text, (int)(at - text)));
	json_object_array_add(list, json_object_new_string(text));
	return list;
}
