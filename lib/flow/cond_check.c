/*
 * cond_check.c - is a document's condition well made?  Every fault at once,
 * each with its JSON Pointer.  See cond.h.
 */
#include "config.h"

#include "flow/cond.h"

#include "base/json.h"
#include "flow/cond_op.h"
#include "flow/path.h"
#include "flow/template.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* The place of member `key`, with RFC 6901's ~0 and ~1. */
static const char *
below(struct faults *f, const char *pointer, const char *key)
{
	struct buf b = BUF_INIT;
	const char *made;

	buf_addf(&b, "%s/", pointer);
	for (; *key != '\0'; key++) {
		if (*key == '~')
			buf_adds(&b, "~0");
		else if (*key == '/')
			buf_adds(&b, "~1");
		else
			buf_addc(&b, *key);
	}
	made = mem_strndup(f->mem, b.s, b.len);
	buf_free(&b);
	return made;
}

static const char *
place(struct faults *f, const char *pointer, size_t index)
{
	return mem_printf(f->mem, "%s/%zu", pointer, index);
}

static const char *
kind_of(struct json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "true or false";
	case json_type_int:
	case json_type_double:
		return "a number";
	case json_type_string:
		return "a text";
	case json_type_array:
		return "a list";
	default:
		return "an object";
	}
}

static const char *
known_operators(struct mem *m)
{
	const struct cond_op *op;
	struct buf b = BUF_INIT;
	const char *list;

	for (op = cond_ops; op->name != NULL; op++)
		buf_addf(&b, "%s%s", op == cond_ops ? "" : ", ", op->name);
	list = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return list;
}

/* Members other than `known` (ended by NULL) are mistakes of spelling. */
static void
check_members(struct json_object *cond, const char *const *known,
	      const char *names, const char *pointer, struct faults *f)
{
	json_object_object_foreach (cond, key, value) {
		const char *const *name = known;

		(void)value;
		while (*name != NULL && strcmp(*name, key) != 0)
			name++;
		if (*name == NULL)
			fault_add(f, below(f, pointer, key),
				  "unknown member \"%.100s\"; a condition like "
				  "this has %s",
				  key, names);
	}
}

static int
is_template(const char *text)
{
	return strstr(text, "{{") != NULL;
}

static void
check_template(const char *text, const char *pointer, struct faults *f)
{
	struct err e = ERR_INIT;
	struct template *t;

	if (template_parse(f->mem, text, &t, &e) == -1)
		fault_add(f, pointer, "%s", e.text);
}

/*
 * A value of its own, no list.  Returns its text when it is one already and
 * fits, NULL when it is still to be rendered or faulty.
 */
static const char *
check_scalar(struct json_object *value, enum cond_takes takes,
	     const char *pointer, struct faults *f)
{
	enum json_type type = json_object_get_type(value);
	const char *text;

	if (type == json_type_array || type == json_type_object ||
	    (takes != TAKES_VALUE &&
	     (type == json_type_null || type == json_type_boolean))) {
		fault_add(f, pointer, "expected a text or a number, found %s",
			  kind_of(value));
		return NULL;
	}
	text = cond_text(f->mem, value).s;
	if (!is_template(text))
		return text;
	check_template(text, pointer, f);
	return NULL;
}

static void
check_list(struct json_object *value, const char *pointer, struct faults *f)
{
	size_t i, n;

	/* One tag alone may give a list. */
	if (json_object_is_type(value, json_type_string) &&
	    is_template(json_object_get_string(value))) {
		check_template(json_object_get_string(value), pointer, f);
		return;
	}
	if (!json_object_is_type(value, json_type_array)) {
		fault_add(f, pointer, "expected a list of values, found %s",
			  kind_of(value));
		return;
	}
	n = json_object_array_length(value);
	if (n == 0)
		fault_add(f, pointer,
			  "expected at least one value in the "
			  "list, found none");
	for (i = 0; i < n; i++)
		(void)check_scalar(json_object_array_get_idx(value, i),
				   TAKES_VALUE, place(f, pointer, i), f);
}

static void
check_date(const char *text, const char *pointer, struct faults *f)
{
	if (text != NULL && !date_is_span(text))
		fault_add(f, pointer,
			  "expected a date such as 2026-11-24, "
			  "2026-11-24T09:00:00+01:00 or today, found "
			  "\"%.100s\"",
			  text);
}

static void
check_bounds(const char *low, const char *high, const char *pointer,
	     struct faults *f)
{
	struct text a = { low, strlen(low) }, b = { high, strlen(high) };
	int numbers = compare_is_number(a) + compare_is_number(b);

	if (numbers == 1)
		fault_add(f, pointer,
			  "expected two numbers or two dates, found \"%.50s\" "
			  "and \"%.50s\"",
			  low, high);
	else if (numbers == 2 && compare_numbers(a, b) > 0)
		fault_add(f, pointer,
			  "expected [low, high], found %.50s before %.50s: "
			  "this is never true",
			  low, high);
	else if (numbers == 0 && date_is_span(low) != date_is_span(high))
		check_date(date_is_span(low) ? high : low,
			   place(f, pointer, date_is_span(low) ? 1 : 0), f);
}

static void
check_range(struct json_object *value, const char *pointer, struct faults *f)
{
	const char *low, *high;

	if (!json_object_is_type(value, json_type_array) ||
	    json_object_array_length(value) != 2) {
		fault_add(f, pointer, "expected [low, high], found %s",
			  json_object_is_type(value, json_type_array)
				  ? "a list of another length"
				  : kind_of(value));
		return;
	}
	low = check_scalar(json_object_array_get_idx(value, 0), TAKES_RANGE,
			   place(f, pointer, 0), f);
	high = check_scalar(json_object_array_get_idx(value, 1), TAKES_RANGE,
			    place(f, pointer, 1), f);
	if (low != NULL && high != NULL)
		check_bounds(low, high, pointer, f);
}

static void
check_pattern(struct json_object *value, const char *pointer, struct faults *f)
{
	const char *fault;

	if (!json_object_is_type(value, json_type_string)) {
		fault_add(f, pointer,
			  "expected a regular expression as a text, found %s",
			  kind_of(value));
		return;
	}
	if (is_template(json_object_get_string(value))) {
		check_template(json_object_get_string(value), pointer, f);
		return;
	}
	fault = cond_pattern_fault(f->mem, json_object_get_string(value));
	if (fault != NULL)
		fault_add(f, pointer, "%s", fault);
}

static void
check_value(struct json_object *cond, const struct cond_op *op,
	    const char *pointer, struct faults *f)
{
	const char *at = below(f, pointer, "value");
	struct json_object *value;

	if (!json_object_object_get_ex(cond, "value", &value)) {
		if (op->takes != TAKES_NOTHING)
			fault_add(f, pointer,
				  "\"%s\" compares with something: \"value\" "
				  "is missing",
				  op->name);
		return;
	}
	switch (op->takes) {
	case TAKES_NOTHING:
		if (value != NULL)
			fault_add(f, at, "\"%s\" takes no value: remove it",
				  op->name);
		break;
	case TAKES_LIST:
		check_list(value, at, f);
		break;
	case TAKES_RANGE:
		check_range(value, at, f);
		break;
	case TAKES_PATTERN:
		check_pattern(value, at, f);
		break;
	case TAKES_DATE:
		check_date(check_scalar(value, op->takes, at, f), at, f);
		break;
	default:
		(void)check_scalar(value, op->takes, at, f);
	}
}

static void
check_field(struct json_object *cond, const char *pointer, struct faults *f)
{
	const char *field = json_get_string(cond, "field");
	struct err e = ERR_INIT;
	struct path *p;

	if (field == NULL)
		fault_add(f, pointer,
			  "expected \"field\" with a path such as "
			  "\"contact.email\", or \"all\", \"any\" or \"not\"");
	else if (field[0] == '\0')
		fault_add(f, below(f, pointer, "field"),
			  "expected the field to look at, such as "
			  "contact.email, found none");
	else if (is_template(field))
		fault_add(f, below(f, pointer, "field"),
			  "expected a path without braces, such as "
			  "contact.email, found \"%.100s\"",
			  field);
	else if (path_parse(f->mem, field, &p, &e) == -1)
		fault_add(f, below(f, pointer, "field"), "%s", e.text);
}

static void
check_comparison(struct json_object *cond, const char *pointer,
		 struct faults *f)
{
	static const char *const known[] = { "field", "is", "value", NULL };
	const char *is = json_get_string(cond, "is");
	const struct cond_op *op = is != NULL ? cond_op_find(is) : NULL;

	check_members(cond, known, "\"field\", \"is\" and \"value\"", pointer,
		      f);
	check_field(cond, pointer, f);
	if (op != NULL)
		check_value(cond, op, pointer, f);
	else if (is != NULL)
		fault_add(f, below(f, pointer, "is"),
			  "unknown operator \"%.100s\"; known: %s", is,
			  known_operators(f->mem));
	else
		fault_add(f, pointer,
			  "expected \"is\" with an operator; known: %s",
			  known_operators(f->mem));
}

static void
check_group(struct json_object *cond, const char *key, const char *pointer,
	    struct faults *f)
{
	const char *const known[] = { key, NULL };
	const char *at = below(f, pointer, key);
	struct json_object *list = json_get(cond, key);
	size_t i, n;

	check_members(cond, known,
		      mem_printf(f->mem, "\"%s\" and nothing else", key),
		      pointer, f);
	if (!json_object_is_type(list, json_type_array)) {
		fault_add(f, at, "expected a list of conditions, found %s",
			  kind_of(list));
		return;
	}
	n = json_object_array_length(list);
	if (n == 0 && strcmp(key, "any") == 0)
		fault_add(f, at,
			  "expected at least one condition: of none, "
			  "none is ever true");
	for (i = 0; i < n; i++)
		cond_check(json_object_array_get_idx(list, i), place(f, at, i),
			   f);
}

void
cond_check(struct json_object *cond, const char *pointer, struct faults *f)
{
	static const char *const only_not[] = { "not", NULL };
	struct json_object *inner;

	if (!json_object_is_type(cond, json_type_object)) {
		fault_add(f, pointer,
			  "expected a condition such as {\"field\": "
			  "\"contact.email\", \"is\": \"not_empty\"}, found %s",
			  kind_of(cond));
	} else if (json_object_object_get_ex(cond, "all", &inner)) {
		check_group(cond, "all", pointer, f);
	} else if (json_object_object_get_ex(cond, "any", &inner)) {
		check_group(cond, "any", pointer, f);
	} else if (json_object_object_get_ex(cond, "not", &inner)) {
		check_members(cond, only_not, "\"not\" and nothing else",
			      pointer, f);
		cond_check(inner, below(f, pointer, "not"), f);
	} else {
		check_comparison(cond, pointer, f);
	}
}
