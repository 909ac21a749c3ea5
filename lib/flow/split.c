/*
 * split.c - one element of a list that a trigger splits.  See split.h.
 */
#include "config.h"

#include "flow/split.h"

#include "base/json.h"
#include "flow/path.h"

#include <string.h>

#include "base/banned.h"

#define KEYS_MAX 8

struct json_object *
split_list(struct mem *m, const char *split, struct json_object *source)
{
	struct json_object *list = json_open(path_lookup(m, split, source));

	return json_object_is_type(list, json_type_array) ? list : NULL;
}

/* A copy of `o` where what lies at keys[0..n) is `element`; also where a
 * string on the way holds the object as JSON. */
static struct json_object *
with_element(struct json_object *o, const char **keys, size_t n,
	     struct json_object *element)
{
	struct json_object *copy;

	if (n > 0)
		o = json_open(o);
	if (n == 0 || !json_object_is_type(o, json_type_object))
		return json_object_get(element);
	copy = json_object_new_object();
	json_object_object_foreach (o, name, value)
		json_object_object_add(
			copy, name,
			strcmp(name, keys[0]) == 0
				? with_element(value, keys + 1, n - 1, element)
				: json_object_get(value));
	return copy;
}

static void
lift_members(struct json_object *source, struct json_object *element)
{
	struct json_object *body = json_get(source, "body");

	if (body == element || !json_object_is_type(body, json_type_object) ||
	    !json_object_is_type(element, json_type_object))
		return;
	json_object_object_foreach (element, name, value)
		if (!json_object_object_get_ex(body, name, NULL))
			json_object_object_add(body, name,
					       json_object_get(value));
}

struct json_object *
split_source(struct mem *m, const char *split, struct json_object *source,
	     struct json_object *element)
{
	const char *keys[KEYS_MAX];
	struct json_object *one;
	struct path *p;
	size_t n;

	if (path_parse(m, split, &p, NULL) == -1)
		return source;
	n = path_keys(p, keys, KEYS_MAX);
	one = json_pool(m, with_element(source, keys, n, element));
	lift_members(one, element);
	return one;
}
