/*
 * change.h - what set_variable can do with a text.  Texts are UTF-8 and in the
 * pool; upper and lower case are compare.h's.
 */
#ifndef FLOW_CHANGE_H
#define FLOW_CHANGE_H

#include "base/mem.h"

#include <json-c/json_object.h>
#include <stdint.h>

/* Every `find`, which is not empty, becomes `with`. */
const char *change_replace(struct mem *m, const char *text, const char *find,
			   const char *with);

/* `length` characters (-1: all) from character `from` on: 1 is the first, -1
 * the last.  What is not there is left out. */
const char *change_substring(struct mem *m, const char *text, int64_t from,
			     int64_t length);

/* Without white space at both ends. */
const char *change_trim(struct mem *m, const char *text);

/* A new list of what stands between the separators, which are not empty. */
struct json_object *change_split(const char *text, const char *separator);

#endif
