/*
 * cond_op.c - what each operator of a condition means.  See cond_op.h, and
 * cond.h for the rules.  Paths and templates are resolved before (cond.c).
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "config.h"

#include "flow/cond_op.h"

#include "base/json.h"

#include <pcre2.h>
#include <string.h>

#include "base/banned.h"

#define PATTERN_MAX 2000
/* The limit counts from each place of the subject anew: both together hold
 * the worst pattern to about a second. */
#define SUBJECT_MAX 16384
#define MATCH_LIMIT 50000
#define MATCH_DEPTH 10000
#define MATCH_HEAP_KIB 16384

/* How a comes to stand to b. */
enum order {
	ORDER_NONE = 0, /* a number against a word, or nothing at all */
	ORDER_LESS = 1,
	ORDER_SAME = 2,
	ORDER_MORE = 4,
};

struct text
cond_text(struct mem *m, struct json_object *o)
{
	struct buf b = BUF_INIT;
	struct text t;

	json_to_text(&b, o);
	t.s = mem_strndup(m, b.s, b.len);
	t.len = b.len;
	buf_free(&b);
	return t;
}

static enum order
order_of(int difference)
{
	if (difference == 0)
		return ORDER_SAME;
	return difference < 0 ? ORDER_LESS : ORDER_MORE;
}

static enum order
order_texts(struct mem *m, struct text a, struct text b)
{
	int numbers = compare_is_number(a) + compare_is_number(b);

	if (a.len == 0 || b.len == 0 || numbers == 1)
		return ORDER_NONE;
	if (numbers == 2)
		return order_of(compare_numbers(a, b));
	return order_of(compare_folded(compare_fold(m, a), compare_fold(m, b)));
}

/* What is no date will be none the next time either; a database that is away
 * (asked about the time zone) is another matter. */
static int
span(const struct operands *o, struct text t, int64_t *from, int64_t *to)
{
	if (date_span(t.s, o->env, from, to, o->e) == 0)
		return 0;
	if (o->e != NULL && o->e->kind == ERR_INPUT)
		o->e->kind = ERR_PERM;
	return -1;
}

/*
 * The order of a field to a date; a day is the same as any moment of it.  A
 * field that is no date has none, like a word that is asked to be greater than
 * a number; a date of the document's own that is none is a fault.
 */
static int
order_dates(const struct operands *o, struct text a, struct text b,
	    enum order *order)
{
	int64_t a_from, a_to, b_from, b_to;

	*order = ORDER_NONE;
	if (!date_is_valid(a.s) || b.len == 0)
		return 0;
	if (span(o, a, &a_from, &a_to) == -1 ||
	    span(o, b, &b_from, &b_to) == -1)
		return -1;
	if (a_from == b_from || (a_from < b_from && b_from < a_to) ||
	    (b_from < a_from && a_from < b_to))
		*order = ORDER_SAME;
	else
		*order = a_from < b_from ? ORDER_LESS : ORDER_MORE;
	return 0;
}

static int
is_date_text(struct text t)
{
	return date_is_span(t.s) && !compare_is_number(t);
}

/* Are both dates, and not two numbers? */
static int
are_dates(struct text field, struct text value)
{
	return date_is_valid(field.s) && date_is_span(value.s) &&
	       !(compare_is_number(field) && compare_is_number(value));
}

static int
same_text(const struct operands *o, struct text a, struct text b)
{
	enum order order;

	if (compare_is_number(a) && compare_is_number(b))
		return compare_numbers(a, b) == 0;
	if (are_dates(a, b))
		return order_dates(o, a, b, &order) == -1 ? -1
							  : order == ORDER_SAME;
	return compare_folded(compare_fold(o->mem, a),
			      compare_fold(o->mem, b)) == 0;
}

/* Two lists are the same when their elements are, one by one. */
static int
same(const struct operands *o, struct json_object *a, struct json_object *b)
{
	size_t i, n;
	int rc = 1;

	if (!json_object_is_type(a, json_type_array) ||
	    !json_object_is_type(b, json_type_array))
		return same_text(o, cond_text(o->mem, a), cond_text(o->mem, b));
	n = json_object_array_length(a);
	if (n != json_object_array_length(b))
		return 0;
	for (i = 0; i < n && rc == 1; i++)
		rc = same(o, json_object_array_get_idx(a, i),
			  json_object_array_get_idx(b, i));
	return rc;
}

/* Is the field, or one of its elements where it is a list, the same as
 * `value`? */
static int
has_member(const struct operands *o, struct json_object *value)
{
	size_t i, n;
	int rc = 0;

	if (!json_object_is_type(o->field, json_type_array))
		return same(o, o->field, value);
	n = json_object_array_length(o->field);
	for (i = 0; i < n && rc == 0; i++)
		rc = same(o, json_object_array_get_idx(o->field, i), value);
	return rc;
}

static int
op_equals(const struct operands *o)
{
	return same(o, o->field, o->value);
}

static int
op_contains(const struct operands *o)
{
	struct text field, value;

	if (json_object_is_type(o->field, json_type_array))
		return has_member(o, o->value);
	field = compare_fold(o->mem, cond_text(o->mem, o->field));
	value = compare_fold(o->mem, cond_text(o->mem, o->value));
	return memmem(field.s, field.len, value.s, value.len) != NULL;
}

static int
op_starts_with(const struct operands *o)
{
	struct text field = compare_fold(o->mem, cond_text(o->mem, o->field));
	struct text value = compare_fold(o->mem, cond_text(o->mem, o->value));

	return field.len >= value.len &&
	       memcmp(field.s, value.s, value.len) == 0;
}

static int
op_ends_with(const struct operands *o)
{
	struct text field = compare_fold(o->mem, cond_text(o->mem, o->field));
	struct text value = compare_fold(o->mem, cond_text(o->mem, o->value));

	return field.len >= value.len &&
	       memcmp(field.s + field.len - value.len, value.s, value.len) == 0;
}

static int
op_empty(const struct operands *o)
{
	switch (json_object_get_type(o->field)) {
	case json_type_null:
		return 1;
	case json_type_string:
		return json_object_get_string_len(o->field) == 0;
	case json_type_array:
		return json_object_array_length(o->field) == 0;
	case json_type_object:
		return json_object_object_length(o->field) == 0;
	default:
		return 0;
	}
}

/* A value that is no list (a template may give one) is a list of one. */
static int
op_any_of(const struct operands *o)
{
	size_t i, n;
	int rc = 0;

	if (!json_object_is_type(o->value, json_type_array))
		return has_member(o, o->value);
	n = json_object_array_length(o->value);
	for (i = 0; i < n && rc == 0; i++)
		rc = has_member(o, json_object_array_get_idx(o->value, i));
	return rc;
}

static int
op_size(const struct operands *o)
{
	struct text field = cond_text(o->mem, o->field);
	struct text value = cond_text(o->mem, o->value);
	enum order order;

	if (!is_date_text(value) && !are_dates(field, value))
		order = order_texts(o->mem, field, value);
	else if (order_dates(o, field, value, &order) == -1)
		return -1;
	return (order & o->op->accepts) != 0;
}

static int
op_date(const struct operands *o)
{
	enum order order;

	if (order_dates(o, cond_text(o->mem, o->field),
			cond_text(o->mem, o->value), &order) == -1)
		return -1;
	return (order & o->op->accepts) != 0;
}

/* Two bounds that are dates (not digits alone) ask about dates. */
static int
op_between(const struct operands *o)
{
	struct text field = cond_text(o->mem, o->field);
	struct text low, high;
	enum order from, to;

	if (!json_object_is_type(o->value, json_type_array) ||
	    json_object_array_length(o->value) != 2)
		return err_set(o->e, ERR_PERM,
			       "between: expected [low, high] as the value");
	low = cond_text(o->mem, json_object_array_get_idx(o->value, 0));
	high = cond_text(o->mem, json_object_array_get_idx(o->value, 1));
	if (is_date_text(low) || is_date_text(high)) {
		if (order_dates(o, field, low, &from) == -1 ||
		    order_dates(o, field, high, &to) == -1)
			return -1;
	} else {
		from = order_texts(o->mem, field, low);
		to = order_texts(o->mem, field, high);
	}
	return (from & (ORDER_SAME | ORDER_MORE)) != 0 &&
	       (to & (ORDER_SAME | ORDER_LESS)) != 0;
}

/* NULL with *fault saying what is wrong and where. */
static pcre2_code *
compile(struct mem *m, struct text pattern, const char **fault)
{
	PCRE2_UCHAR said[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int error;

	if (pattern.len > PATTERN_MAX) {
		*fault = mem_printf(m, "a pattern has at most %d bytes",
				    PATTERN_MAX);
		return NULL;
	}
	code = pcre2_compile((PCRE2_SPTR)pattern.s, pattern.len,
			     PCRE2_UTF | PCRE2_CASELESS |
				     PCRE2_NEVER_BACKSLASH_C,
			     &error, &at, NULL);
	if (code != NULL)
		return code;
	if (error == PCRE2_ERROR_HEAP_FAILED)
		mem_exhausted();
	pcre2_get_error_message(error, said, sizeof(said));
	*fault = mem_printf(m, "%s at offset %zu of the pattern \"%.200s\"",
			    (const char *)said, at, pattern.s);
	return NULL;
}

const char *
cond_pattern_fault(struct mem *m, const char *pattern)
{
	const char *fault = NULL;

	pcre2_code_free(
		compile(m, (struct text){ pattern, strlen(pattern) }, &fault));
	return fault;
}

static int
match(pcre2_code *code, struct text subject)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_match_data *found =
		pcre2_match_data_create_from_pattern(code, NULL);
	int rc;

	if (limits == NULL || found == NULL)
		mem_exhausted();
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, MATCH_DEPTH);
	pcre2_set_heap_limit(limits, MATCH_HEAP_KIB);
	rc = pcre2_match(code, (PCRE2_SPTR)subject.s, subject.len, 0, 0, found,
			 limits);
	if (rc == PCRE2_ERROR_NOMEMORY)
		mem_exhausted();
	pcre2_match_data_free(found);
	pcre2_match_context_free(limits);
	return rc;
}

static int
op_matches(const struct operands *o)
{
	struct text subject = cond_text(o->mem, o->field);
	struct text pattern = cond_text(o->mem, o->value);
	PCRE2_UCHAR said[128];
	const char *fault = NULL;
	pcre2_code *code;
	int rc;

	if (subject.len > SUBJECT_MAX)
		return err_set(o->e, ERR_PERM,
			       "matches: the text has %zu bytes, at most %d "
			       "can be matched",
			       subject.len, SUBJECT_MAX);
	code = compile(o->mem, pattern, &fault);
	if (code == NULL)
		return err_set(o->e, ERR_PERM, "matches: %s", fault);
	rc = match(code, subject);
	pcre2_code_free(code);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	pcre2_get_error_message(rc, said, sizeof(said));
	return err_set(o->e, ERR_PERM,
		       "matches: %s, with the pattern \"%.200s\"",
		       (const char *)said, pattern.s);
}

/* clang-format off */
const struct cond_op cond_ops[] = {
	{ "equals",       TAKES_VALUE,   op_equals,      0, 0 },
	{ "not_equals",   TAKES_VALUE,   op_equals,      1, 0 },
	{ "contains",     TAKES_VALUE,   op_contains,    0, 0 },
	{ "not_contains", TAKES_VALUE,   op_contains,    1, 0 },
	{ "starts_with",  TAKES_VALUE,   op_starts_with, 0, 0 },
	{ "ends_with",    TAKES_VALUE,   op_ends_with,   0, 0 },
	{ "empty",        TAKES_NOTHING, op_empty,       0, 0 },
	{ "not_empty",    TAKES_NOTHING, op_empty,       1, 0 },
	{ "any_of",       TAKES_LIST,    op_any_of,      0, 0 },
	{ "none_of",      TAKES_LIST,    op_any_of,      1, 0 },
	{ "greater_than", TAKES_SIZE,    op_size,        0, ORDER_MORE },
	{ "at_least",     TAKES_SIZE,    op_size,        0, ORDER_MORE | ORDER_SAME },
	{ "less_than",    TAKES_SIZE,    op_size,        0, ORDER_LESS },
	{ "at_most",      TAKES_SIZE,    op_size,        0, ORDER_LESS | ORDER_SAME },
	{ "between",      TAKES_RANGE,   op_between,     0, 0 },
	{ "before",       TAKES_DATE,    op_date,        0, ORDER_LESS },
	{ "after",        TAKES_DATE,    op_date,        0, ORDER_MORE },
	{ "matches",      TAKES_PATTERN, op_matches,     0, 0 },
	{ NULL,           TAKES_NOTHING, NULL,           0, 0 },
};
/* clang-format on */

const struct cond_op *
cond_op_find(const char *name)
{
	const struct cond_op *op;

	for (op = cond_ops; op->name != NULL; op++)
		if (strcmp(op->name, name) == 0)
			return op;
	return NULL;
}
