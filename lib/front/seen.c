/*
 * seen.c - what a mapping sees of a request that was kept.  See seen.h.
 */
#include "config.h"

#include "front/seen.h"

#include "base/json.h"
#include "engine/receive.h"
#include "front/apart.h"

#include <string.h>

#include "base/banned.h"

static const char *
text_of(struct json_object *o, const char *key)
{
	const char *text = json_get_string(o, key);

	return text != NULL ? text : "";
}

/* Credentials were crossed out; a mapping does not have them at all. */
static struct json_object *
shown_headers(struct json_object *headers)
{
	struct json_object *o = json_object_new_object();
	const char *text;

	if (!json_object_is_type(headers, json_type_object))
		return o;
	json_object_object_foreach (headers, name, value) {
		text = json_object_is_type(value, json_type_string)
			       ? json_object_get_string(value)
			       : "";
		if (strcmp(text, "[redacted]") != 0)
			json_object_object_add(o, name, json_object_get(value));
	}
	return o;
}

struct json_object *
seen_source(struct mem *m, struct json_object *stored, const char *body,
	    size_t len)
{
	struct json_object *source = json_pool(m, json_object_new_object());
	struct delivery d = {
		.method = text_of(stored, "method"),
		.query = text_of(stored, "query"),
		.content_type = text_of(stored, "content_type"),
		.headers = json_get(stored, "headers"),
		.body = body,
		.body_len = len,
	};
	int is_query_body;

	take_apart(m, &d);
	is_query_body =
		d.payload == NULL && len == 0 && strcmp(d.method, "GET") == 0;
	json_object_object_add(
		source, "body",
		json_object_get(is_query_body ? d.query_json : d.payload));
	if (!is_query_body)
		json_object_object_add(source, "query",
				       json_object_get(d.query_json));
	json_object_object_add(source, "headers", shown_headers(d.headers));
	json_object_object_add(source, "method",
			       json_object_new_string(d.method));
	return source;
}
