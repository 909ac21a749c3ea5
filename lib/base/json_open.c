/*
 * json_open.c - JSON that lies inside of a string: read when somebody looks
 * into it, and only once.  What was read hangs at the string as json-c's user
 * data, also when it was nothing: a text that merely begins like JSON is not
 * read a million times by a template's loop.
 */
#include "config.h"

#include "base/json.h"

#include <stdlib.h>

#include "base/banned.h"

struct opened {
	struct json_object *value; /* NULL: it is just text */
};

static void
forget(struct json_object *string, void *userdata)
{
	struct opened *opened = userdata;

	(void)string;
	json_object_put(opened->value);
	free(opened);
}

/* Only an object or a list has something to look into. */
static int
may_open(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')))
		i++;
	return i < len && (s[i] == '{' || s[i] == '[');
}

struct json_object *
json_open(struct json_object *o)
{
	static const struct json_bounds bounds = { JSON_MAX_DEPTH,
						   JSON_MAX_VALUES };
	struct opened *opened;
	const char *s;
	size_t len;

	if (!json_object_is_type(o, json_type_string))
		return o;
	opened = json_object_get_userdata(o);
	if (opened == NULL) {
		s = json_object_get_string(o);
		len = (size_t)json_object_get_string_len(o);
		if (!may_open(s, len))
			return o;
		opened = xmalloc(sizeof(*opened));
		if (json_read_bounded(s, len, &bounds, &opened->value, NULL) ==
		    -1)
			opened->value = NULL;
		json_object_set_userdata(o, opened, forget);
	}
	return opened->value != NULL ? opened->value : o;
}

/* What hangs at a string is not copied; a number's digits are. */
static int
copy_one(struct json_object *from, struct json_object *parent, const char *key,
	 size_t index, struct json_object **to)
{
	int rc = json_c_shallow_copy_default(from, parent, key, index, to);

	if (rc == 1 && json_object_is_type(from, json_type_string))
		return 2;
	return rc;
}

struct json_object *
json_copy(struct json_object *o)
{
	struct json_object *copy = NULL;

	if (o != NULL && json_object_deep_copy(o, &copy, copy_one) == -1)
		mem_exhausted();
	return copy;
}
