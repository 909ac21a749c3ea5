/*
 * shape.c - objects as tables of members.  See shape.h.  The forms that a
 * member can have are form.c.
 */
#include "config.h"

#include "flow/shape.h"

#include "base/buf.h"
#include "base/json.h"

#include <json-c/linkhash.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define NAME_MAX_LEN 40 /* beyond, no name is near */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance of two short names, caseless. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1], la = strlen(a), lb = strlen(b);
	size_t i, j, corner, above, change;

	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			above = row[j];
			change = strncasecmp(&a[i - 1], &b[j - 1], 1) != 0;
			row[j] = least(corner + change,
				       least(above, row[j - 1]) + 1);
			corner = above;
		}
	}
	return row[lb];
}

const char *
shape_nearest(const char *name, const char *const *list)
{
	const char *best = NULL;
	size_t best_far = 3, far; /* two slips at most */

	if (strlen(name) > NAME_MAX_LEN)
		return NULL;
	for (; *list != NULL; list++) {
		if (strlen(*list) > NAME_MAX_LEN)
			continue;
		far = distance(name, *list);
		/* not more than half a word: "cc" is not meant by "to" */
		if (far < best_far && 2 * far <= strlen(*list)) {
			best = *list;
			best_far = far;
		}
	}
	return best;
}

const struct member *
shape_member(const struct shape *shape, const char *name)
{
	const struct member *row;

	for (; shape != NULL; shape = shape->base)
		for (row = shape->members; row->name != NULL; row++)
			if (strcmp(row->name, name) == 0)
				return row;
	return NULL;
}

static size_t
count_members(const struct shape *shape)
{
	const struct member *row;
	size_t n = 0;

	for (; shape != NULL; shape = shape->base)
		for (row = shape->members; row->name != NULL; row++)
			n++;
	return n;
}

/* All names, in the order of the table, ended by NULL. */
static const char **
member_names(struct mem *m, const struct shape *shape)
{
	const struct member *row;
	const char **list, **at;

	list = mem_alloc(m, (count_members(shape) + 1) * sizeof(*list));
	at = list;
	for (; shape != NULL; shape = shape->base)
		for (row = shape->members; row->name != NULL; row++)
			*at++ = row->name;
	return list;
}

static void
unknown(struct checking *c, const struct shape *shape, const char *name,
	const char *pointer)
{
	const char **list = member_names(c->f->mem, shape);
	const char *near = shape_nearest(name, list);
	struct buf all = BUF_INIT;
	size_t i;

	if (near != NULL) {
		fault_add(c->f, pointer,
			  "%s has no member \"%s\"; did you mean \"%s\"?",
			  shape->what, name, near);
		return;
	}
	for (i = 0; list[i] != NULL; i++)
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", list[i]);
	fault_add(c->f, pointer,
		  "%s has no member \"%s\"; remove it (known: %s)", shape->what,
		  name, all.s);
	buf_free(&all);
}

static void
check_missing(struct checking *c, const struct shape *shape,
	      struct json_object *o, const char *pointer)
{
	const struct shape *s;
	const struct member *row;

	for (s = shape; s != NULL; s = s->base)
		for (row = s->members; row->name != NULL; row++)
			if (row->is_required &&
			    !json_object_object_get_ex(o, row->name, NULL))
				fault_add(c->f, pointer,
					  "%s needs the member \"%s\"; add it",
					  shape->what, row->name);
}

void
shape_check(struct checking *c, const struct shape *shape,
	    struct json_object *o, const char *pointer)
{
	const struct shape *s;
	const struct member *row;
	const char *at;

	if (!json_object_is_type(o, json_type_object)) {
		shape_expected(c, pointer, "an object", o);
		return;
	}
	json_object_object_foreach (o, name, v) {
		at = pointer_key(c->f->mem, pointer, name);
		row = shape_member(shape, name);
		if (row == NULL)
			unknown(c, shape, name, at);
		else
			row->form(c, row, v, at);
	}
	check_missing(c, shape, o, pointer);
	for (s = shape; s != NULL; s = s->base)
		if (s->also != NULL)
			s->also(c, o, pointer);
}

int
shape_count(struct json_object *o, const char *const *names)
{
	int n = 0;

	for (; *names != NULL; names++)
		n += json_object_object_get_ex(o, *names, NULL) != 0;
	return n;
}

const char *
shape_kind(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return json_object_get_boolean(v) ? "true" : "false";
	case json_type_double:
	case json_type_int:
		return "a number";
	case json_type_string:
		return "text";
	case json_type_array:
		return "a list";
	default:
		return "an object";
	}
}

void
shape_expected(struct checking *c, const char *pointer, const char *what,
	       struct json_object *v)
{
	if (json_object_is_type(v, json_type_string))
		fault_add(c->f, pointer, "expected %s, found \"%.100s\"", what,
			  json_object_get_string(v));
	else
		fault_add(c->f, pointer, "expected %s, found %s", what,
			  shape_kind(v));
}

size_t
shape_length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int
shape_is_name(const char *name)
{
	size_t len = strlen(name), i;
	unsigned char ch;

	if (len == 0 || shape_length(name) > 100)
		return 0;
	if (name[0] == ' ' || name[len - 1] == ' ')
		return 0;
	for (i = 0; i < len; i++) {
		ch = (unsigned char)name[i];
		if (ch < 0x80 && ch != '_' && ch != '-' && ch != ' ' &&
		    !(ch >= '0' && ch <= '9') && !(ch >= 'A' && ch <= 'Z') &&
		    !(ch >= 'a' && ch <= 'z'))
			return 0;
	}
	return 1;
}
