/*
 * json_pretty.c - JSON for people.  See json_pretty.h.
 */
#include "config.h"

#include "flow/json_pretty.h"

#include "base/json.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

static void write_value(struct buf *b, struct json_object *o, int level);

static void
new_line(struct buf *b, int level)
{
	buf_addc(b, '\n');
	while (level-- > 0)
		buf_adds(b, "  ");
}

static int
is_scalar(struct json_object *o)
{
	return !json_object_is_type(o, json_type_array) &&
	       !json_object_is_type(o, json_type_object);
}

static void
write_list(struct buf *b, struct json_object *o, int level)
{
	size_t i, n = json_object_array_length(o);
	int is_flat = 1;

	for (i = 0; i < n; i++)
		is_flat &= is_scalar(json_object_array_get_idx(o, i));
	buf_addc(b, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(b, is_flat ? ", " : ",");
		if (!is_flat)
			new_line(b, level + 1);
		write_value(b, json_object_array_get_idx(o, i), level + 1);
	}
	if (!is_flat)
		new_line(b, level);
	buf_addc(b, ']');
}

static void
write_object(struct buf *b, struct json_object *o, int level)
{
	int n = 0;

	buf_addc(b, '{');
	json_object_object_foreach (o, key, v) {
		if (n++ > 0)
			buf_addc(b, ',');
		new_line(b, level + 1);
		json_write_string(b, key, strlen(key));
		buf_adds(b, ": ");
		write_value(b, v, level + 1);
	}
	if (n > 0)
		new_line(b, level);
	buf_addc(b, '}');
}

static void
write_value(struct buf *b, struct json_object *o, int level)
{
	if (json_object_is_type(o, json_type_object))
		write_object(b, o, level);
	else if (json_object_is_type(o, json_type_array))
		write_list(b, o, level);
	else
		json_write(b, o);
}

const char *
json_pretty(struct mem *m, struct json_object *o)
{
	struct buf b = BUF_INIT;
	const char *text;

	write_value(&b, o, 0);
	text = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return text;
}
