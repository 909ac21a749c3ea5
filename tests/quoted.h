/*
 * quoted.h - JSON in C sources without a thicket of backslashes: ' stands
 * for ".  For tests alone.
 */
#ifndef TESTS_QUOTED_H
#define TESTS_QUOTED_H

#include "base/json.h"

#include <check.h>
#include <string.h>

/* The value of `text`, owned by the pool. */
static inline struct json_object *
quoted(struct mem *m, const char *text)
{
	char *copy = mem_strdup(m, text), *s;
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	for (s = copy; *s != '\0'; s++)
		if (*s == '\'')
			*s = '"';
	if (json_read(copy, strlen(copy), JSON_MAX_DEPTH, &o, &e) == -1)
		ck_abort_msg("%s in %s", e.text, copy);
	return o == NULL ? NULL : json_pool(m, o);
}

/* `o` as compact JSON with ' for ", in the pool. */
static inline const char *
requoted(struct mem *m, struct json_object *o)
{
	struct buf b = BUF_INIT;
	char *text, *s;

	json_write(&b, o);
	text = mem_strdup(m, b.s);
	buf_free(&b);
	for (s = text; *s != '\0'; s++)
		if (*s == '"')
			*s = '\'';
	return text;
}

#endif
