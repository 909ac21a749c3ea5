/*
 * form.c - the forms that a member of the workflow document can have: a
 * template, a condition, a duration, one of some words...  See shape.h.
 */
#include "config.h"

#include "flow/shape.h"

#include "base/json.h"
#include "flow/cond.h"
#include "flow/date.h"
#include "flow/duration.h"
#include "flow/map.h"
#include "flow/path.h"
#include "flow/template.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* The text of `v`; NULL, with the fault added, when it is none. */
static const char *
text_of(struct checking *c, struct json_object *v, const char *pointer)
{
	if (json_object_is_type(v, json_type_string))
		return json_object_get_string(v);
	shape_expected(c, pointer, "text", v);
	return NULL;
}

static void
add_err(struct checking *c, const char *pointer, const struct err *e)
{
	fault_add(c->f, pointer, "%s", e->text);
}

static void
check_template(struct checking *c, const char *text, const char *pointer)
{
	struct template *t;
	struct err e = ERR_INIT;

	if (template_parse(c->f->mem, text, &t, &e) == -1)
		add_err(c, pointer, &e);
}

int
shape_has_tag(const char *text)
{
	return strstr(text, "{{") != NULL;
}

/* A row's form by hand, where a form is made of another. */
static int
is_scalar(struct json_object *v)
{
	return v != NULL && !json_object_is_type(v, json_type_array) &&
	       !json_object_is_type(v, json_type_object);
}

int
shape_has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return 1;
	return 0;
}

FORM(text)
{
	const char *text = text_of(c, v, pointer);
	size_t len;

	if (text == NULL)
		return;
	len = shape_length(text);
	if (len < (size_t)row->min || (row->max > 0 && len > (size_t)row->max))
		fault_add(c->f, pointer,
			  "expected %d to %d characters, found %zu", row->min,
			  row->max, len);
	if (shape_has_control(text))
		fault_add(c->f, pointer,
			  "expected one line of text, found a control "
			  "character");
}

FORM(template)
{
	const char *text = text_of(c, v, pointer);

	if (text == NULL)
		return;
	if (row->is_required && *text == '\0')
		fault_add(c->f, pointer,
			  "expected text, found nothing; "
			  "fill it in");
	else
		check_template(c, text, pointer);
}

const char *
shape_constant(struct checking *c, const struct member *row,
	       struct json_object *v, const char *pointer)
{
	const char *text;

	form_template(c, row, v, pointer);
	if (!json_object_is_type(v, json_type_string))
		return NULL;
	text = json_object_get_string(v);
	return *text == '\0' || shape_has_tag(text) ? NULL : text;
}

FORM(texts)
{
	size_t i, n;
	const char *at, *text;

	(void)row;
	if (!json_object_is_type(v, json_type_array) ||
	    (n = json_object_array_length(v)) == 0) {
		shape_expected(c, pointer, "a list of at least one text", v);
		return;
	}
	for (i = 0; i < n; i++) {
		at = pointer_item(c->f->mem, pointer, i);
		text = text_of(c, json_object_array_get_idx(v, i), at);
		if (text == NULL)
			continue;
		if (text[strspn(text, " \t\r\n")] == '\0')
			fault_add(c->f, at,
				  "expected text, found nothing; fill it in or "
				  "remove it");
		else
			check_template(c, text, at);
	}
}

FORM(json)
{
	size_t i;

	if (json_object_is_type(v, json_type_string))
		check_template(c, json_object_get_string(v), pointer);
	if (json_object_is_type(v, json_type_array))
		for (i = 0; i < json_object_array_length(v); i++)
			form_json(c, row, json_object_array_get_idx(v, i),
				  pointer_item(c->f->mem, pointer, i));
	if (!json_object_is_type(v, json_type_object))
		return;
	json_object_object_foreach (v, key, value)
		form_json(c, row, value, pointer_key(c->f->mem, pointer, key));
}

FORM(fields)
{
	const char *at;

	if (!json_object_is_type(v, json_type_object)) {
		shape_expected(c, pointer, "an object of names and values", v);
		return;
	}
	json_object_object_foreach (v, key, value) {
		at = pointer_key(c->f->mem, pointer, key);
		if (is_scalar(value))
			form_json(c, row, value, at);
		else
			shape_expected(c, at, "text, a number, true or false",
				       value);
	}
}

FORM(number)
{
	(void)row;
	if (json_object_is_type(v, json_type_int) ||
	    json_object_is_type(v, json_type_double))
		return;
	if (json_object_is_type(v, json_type_string) &&
	    shape_has_tag(json_object_get_string(v)))
		check_template(c, json_object_get_string(v), pointer);
	else
		shape_expected(c, pointer,
			       "a number or a template like "
			       "\"{{webhook.body.amount}}\"",
			       v);
}

FORM(integer)
{
	int64_t n;

	if (!json_object_is_type(v, json_type_int)) {
		shape_expected(c, pointer, "a whole number", v);
		return;
	}
	n = json_object_get_int64(v);
	if (n < row->min || n > row->max)
		fault_add(c->f, pointer, "expected %d to %d, found %lld",
			  row->min, row->max, (long long)n);
}

FORM(boolean)
{
	(void)row;
	if (!json_object_is_type(v, json_type_boolean))
		shape_expected(c, pointer, "true or false", v);
}

/* Is `text` one of the words of "a|b|c"? */
static int
is_one_of(const char *text, const char *words)
{
	size_t len = strlen(text), n;

	for (;; words += n + 1) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, text, n) == 0)
			return 1;
		if (words[n] == '\0')
			return 0;
	}
}

/* The fault: "expected a, b or c, found ..." */
static void
not_one_of(struct checking *c, const struct member *row, struct json_object *v,
	   const char *pointer)
{
	struct buf list = BUF_INIT;
	const char *words = row->one_of;
	size_t n;

	for (;; words += n + 1) {
		n = strcspn(words, "|");
		if (words != row->one_of)
			buf_adds(&list, words[n] == '\0' ? " or " : ", ");
		buf_addf(&list, "\"%.*s\"", (int)n, words);
		if (words[n] == '\0')
			break;
	}
	shape_expected(c, pointer, list.s, v);
	buf_free(&list);
}

FORM(one_of)
{
	if (!json_object_is_type(v, json_type_string) ||
	    !is_one_of(json_object_get_string(v), row->one_of))
		not_one_of(c, row, v, pointer);
}

/* The first place of element i's text in list `v`. */
static size_t
first_place(struct json_object *v, size_t i)
{
	struct json_object *o = json_object_array_get_idx(v, i);
	size_t k;

	for (k = 0; k < i; k++)
		if (json_object_equal(o, json_object_array_get_idx(v, k)))
			break;
	return k;
}

FORM(some_of)
{
	size_t i, n;
	const char *at;

	if (!json_object_is_type(v, json_type_array) ||
	    (n = json_object_array_length(v)) == 0) {
		shape_expected(c, pointer, "a list of at least one", v);
		return;
	}
	for (i = 0; i < n; i++) {
		at = pointer_item(c->f->mem, pointer, i);
		form_one_of(c, row, json_object_array_get_idx(v, i), at);
		if (first_place(v, i) < i)
			fault_add(c->f, at,
				  "it stands in the list twice; remove one");
	}
}

FORM(object)
{
	shape_check(c, row->shape, v, pointer);
}

FORM(condition)
{
	(void)row;
	cond_check(v, pointer, c->f);
}

FORM(duration)
{
	const char *text = text_of(c, v, pointer);
	struct duration d;
	struct err e = ERR_INIT;

	(void)row;
	if (text == NULL)
		return;
	if (shape_has_tag(text))
		check_template(c, text, pointer);
	else if (duration_parse(text, &d, &e) == -1)
		add_err(c, pointer, &e);
}

FORM(span)
{
	struct duration d;

	form_duration(c, row, v, pointer);
	if (json_object_is_type(v, json_type_string) &&
	    !shape_has_tag(json_object_get_string(v)) &&
	    duration_parse(json_object_get_string(v), &d, NULL) == 0 &&
	    duration_is_negative(&d))
		shape_expected(c, pointer, "a duration that is not negative",
			       v);
}

FORM(date)
{
	const char *text = text_of(c, v, pointer);

	(void)row;
	if (text == NULL)
		return;
	if (shape_has_tag(text))
		check_template(c, text, pointer);
	else if (!date_is_valid(text))
		shape_expected(c, pointer,
			       "a date like \"2026-12-24T09:00\" or a "
			       "template like "
			       "\"{{custom_variables.start_time}}\"",
			       v);
}

/* The parsed path of text `v`; NULL with the fault added. */
static struct path *
path_of(struct checking *c, struct json_object *v, const char *pointer)
{
	const char *text = text_of(c, v, pointer);
	struct path *p = NULL;
	struct err e = ERR_INIT;

	if (text != NULL && path_parse(c->f->mem, text, &p, &e) == -1) {
		add_err(c, pointer, &e);
		return NULL;
	}
	return p;
}

FORM(path)
{
	(void)row;
	path_of(c, v, pointer);
}

FORM(source_path)
{
	struct path *p = path_of(c, v, pointer);

	(void)row;
	if (p != NULL && !is_one_of(path_root(p), "body|query|headers|method"))
		shape_expected(c, pointer,
			       "a path that begins with body, query, headers "
			       "or method",
			       v);
}

FORM(name)
{
	const char *text = text_of(c, v, pointer);

	(void)row;
	if (text != NULL && !shape_is_name(text))
		shape_expected(c, pointer,
			       "a name of 1 to 100 letters, digits, _ and -",
			       v);
}

/* A text that the contact's field `field` would take. */
static void
check_contact_value(struct checking *c, const char *field,
		    struct json_object *v, const char *pointer)
{
	const char *text = text_of(c, v, pointer), *key;
	struct err e = ERR_INIT;

	if (text != NULL &&
	    contact_field_value(c->f->mem, field, text, "US", &key, &e) == NULL)
		add_err(c, pointer, &e);
}

FORM(timezone)
{
	(void)row;
	check_contact_value(c, "timezone", v, pointer);
}

FORM(email)
{
	(void)row;
	check_contact_value(c, "email", v, pointer);
}

FORM(clock)
{
	const char *s = text_of(c, v, pointer);

	(void)row;
	if (s == NULL)
		return;
	if (strlen(s) == 5 && strspn(s, "0123456789") == 2 && s[2] == ':' &&
	    strspn(s + 3, "0123456789") == 2 && strncmp(s, "23", 2) <= 0 &&
	    s[3] <= '5')
		return;
	shape_expected(c, pointer, "a time of day like \"09:00\"", v);
}
