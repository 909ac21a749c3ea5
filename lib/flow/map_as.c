/*
 * map_as.c - values from one JSON type to another.  See map_as.h.
 */
#include "config.h"

#include "flow/map_as.h"

#include "base/json.h"
#include "flow/date.h"
#include "flow/shape.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* What a conversion makes of `v`, whose text is `text`: a new reference, or
 * NULL when it can't. */
struct conversion {
	const char *as, *expected;
	struct json_object *(*make)(struct json_object *v,
				    const struct buf *text);
};

static int
is_number(struct json_object *v)
{
	return json_object_is_type(v, json_type_int) ||
	       json_object_is_type(v, json_type_double);
}

static struct json_object *
make_text(struct json_object *v, const struct buf *text)
{
	if (json_object_is_type(v, json_type_string))
		return json_object_get(v);
	return json_object_new_string_len(text->s, (int)text->len);
}

static struct json_object *
make_number(struct json_object *v, const struct buf *text)
{
	struct json_object *n = NULL;

	if (is_number(v))
		return json_object_get(v);
	if (!json_object_is_type(v, json_type_string) ||
	    json_read(text->s, text->len, 1, &n, NULL) == -1)
		return NULL;
	if (is_number(n))
		return n;
	json_object_put(n);
	return NULL;
}

static struct json_object *
make_boolean(struct json_object *v, const struct buf *text)
{
	static const char *const words[] = { "false", "true", "no", "yes",
					     "off",   "on",   "0",  "1" };
	size_t i;

	if (json_object_is_type(v, json_type_boolean))
		return json_object_get(v);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text->s, words[i]) == 0)
			return json_object_new_boolean(i % 2);
	return NULL;
}

static struct json_object *
make_date(struct json_object *v, const struct buf *text)
{
	if (!date_is_valid(text->s))
		return NULL;
	return make_text(v, text);
}

static struct json_object *
make_json(struct json_object *v, const struct buf *text)
{
	struct json_object *o = NULL;

	if (!json_object_is_type(v, json_type_string))
		return json_object_get(v);
	if (json_read(text->s, text->len, JSON_MAX_DEPTH, &o, NULL) == -1)
		return NULL;
	return o;
}

/* clang-format off */
static const struct conversion conversions[] = {
	{ "text", "text", make_text },
	{ "number", "a number", make_number },
	{ "boolean", "true, false, yes, no, on, off, 1 or 0", make_boolean },
	{ "date", "a date like 2026-12-24T09:00", make_date },
	{ "json", "JSON in the text", make_json },
};
/* clang-format on */

/* NULL when there is none. */
static const struct conversion *
find(const char *as)
{
	size_t i;

	for (i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++)
		if (strcmp(conversions[i].as, as) == 0)
			return &conversions[i];
	return NULL;
}

int
map_as_is_known(const char *as)
{
	return find(as) != NULL;
}

int
map_as(struct mem *m, const char *as, struct json_object *v,
       struct json_object **out, struct err *e)
{
	const struct conversion *c = find(as);
	struct buf text = BUF_INIT;
	int rc = -1;

	if (c == NULL)
		return err_set(e, ERR_INPUT,
			       "expected text, number, boolean, date or json "
			       "after \"as\", found \"%.100s\"",
			       as);
	json_to_text(&text, v);
	*out = c->make(v, &text);
	if (*out != NULL) {
		json_pool(m, *out);
		rc = 0;
	} else if (json_object_is_type(v, json_type_string))
		err_set(e, ERR_INPUT, "expected %s, found \"%.100s\"",
			c->expected, text.s);
	else
		err_set(e, ERR_INPUT, "expected %s, found %s", c->expected,
			shape_kind(v));
	buf_free(&text);
	return rc;
}
