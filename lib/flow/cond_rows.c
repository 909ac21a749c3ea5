/*
 * cond_rows.c - conditions to rows and back.  See cond_rows.h.
 */
#include "config.h"

#include "flow/cond_rows.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/cond_op.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* clang-format off */
static const struct words {
	const char *op, *words;
} op_words[] = {
	{ "equals", "is" },
	{ "not_equals", "is not" },
	{ "contains", "contains" },
	{ "not_contains", "does not contain" },
	{ "starts_with", "begins with" },
	{ "ends_with", "ends with" },
	{ "empty", "is empty" },
	{ "not_empty", "is not empty" },
	{ "any_of", "is one of" },
	{ "none_of", "is none of" },
	{ "greater_than", "is greater than" },
	{ "at_least", "is at least" },
	{ "less_than", "is less than" },
	{ "at_most", "is at most" },
	{ "between", "is between" },
	{ "before", "is before" },
	{ "after", "is after" },
	{ "matches", "matches the pattern" },
	{ NULL, NULL }
};
/* clang-format on */

const char *
cond_op_words(const char *op)
{
	const struct words *w;

	for (w = op_words; w->op != NULL; w++)
		if (strcmp(w->op, op) == 0)
			return w->words;
	return NULL;
}

/* --- to rows -------------------------------------------------------------- */

/* Can it stand between commas as it is? */
static int
is_plain(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && strchr(text, ',') == NULL && text[0] != '[' &&
	       strchr(" \t\r\n", text[0]) == NULL &&
	       strchr(" \t\r\n", text[len - 1]) == NULL;
}

/* A comparison's value as text: lists with commas between, as JSON where that
 * would not do. */
static const char *
value_text(struct mem *m, struct json_object *v)
{
	const char *text = "", *one;
	struct json_object *o;
	size_t i;

	if (!json_object_is_type(v, json_type_array))
		return json_pool_text(m, v);
	for (i = 0; i < json_object_array_length(v); i++) {
		o = json_object_array_get_idx(v, i);
		one = json_pool_text(m, o);
		if (!is_plain(one) || json_object_is_type(o, json_type_array) ||
		    json_object_is_type(o, json_type_object))
			return json_pool_text(m, v);
		text = mem_printf(m, "%s%s%s", text, i > 0 ? ", " : "", one);
	}
	return text;
}

/* The row of a comparison; NULL: it is none that a row can show. */
static struct json_object *
row_of(struct mem *m, struct json_object *cond)
{
	const char *field = json_get_string(cond, "field");
	const char *is = json_get_string(cond, "is");
	struct json_object *row, *value = NULL;
	int n;

	if (field == NULL || is == NULL || cond_op_find(is) == NULL)
		return NULL;
	n = json_object_object_get_ex(cond, "value", &value) ? 3 : 2;
	if (json_object_object_length(cond) != n)
		return NULL;
	row = json_object_new_object();
	json_set_string(row, "field", field);
	json_set_string(row, "is", is);
	json_set_string(row, "value", value_text(m, value));
	return row;
}

/* The list that a group joins, and how; NULL: it is no group. */
static struct json_object *
group_list(struct json_object *cond, const char **how)
{
	struct json_object *list = NULL;

	if (!json_object_is_type(cond, json_type_object) ||
	    json_object_object_length(cond) != 1)
		return NULL;
	if (json_object_object_get_ex(cond, "all", &list))
		*how = "all";
	else if (json_object_object_get_ex(cond, "any", &list))
		*how = "any";
	return json_object_is_type(list, json_type_array) ? list : NULL;
}

/* What stands at one place of the form: `how`, and its parts in a list that is
 * borrowed, or (for a single comparison) in the pool. */
static struct json_object *
parts_of(struct mem *m, struct json_object *cond, const char **how)
{
	struct json_object *inner, *list;
	int is_not = json_object_is_type(cond, json_type_object) &&
		     json_object_object_length(cond) == 1 &&
		     json_object_object_get_ex(cond, "not", &inner);

	if (!is_not)
		inner = cond;
	list = group_list(inner, how);
	if (list != NULL) {
		if (is_not)
			*how = strcmp(*how, "any") == 0 ? "none" : "not_all";
		return list;
	}
	if (json_get(inner, "field") == NULL)
		return NULL;
	*how = is_not ? "none" : "all";
	list = json_pool(m, json_object_new_array());
	json_object_array_add(list, json_object_get(inner));
	return list;
}

static struct json_object *
new_group(const char *how)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "how", how);
	json_object_object_add(o, "rows", json_object_new_array());
	return o;
}

/* The group of rows that `cond` is; NULL: it is none. */
static struct json_object *
inner_group(struct mem *m, struct json_object *cond)
{
	const char *how = "all";
	struct json_object *list = parts_of(m, cond, &how);
	struct json_object *group = new_group(how), *row;
	size_t i;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		row = row_of(m, json_object_array_get_idx(list, i));
		if (row == NULL)
			break;
		json_object_array_add(json_get(group, "rows"), row);
	}
	if (list != NULL && i > 0 && i == json_object_array_length(list))
		return group;
	json_object_put(group);
	return NULL;
}

static struct json_object *
as_json(struct mem *m, struct json_object *cond)
{
	struct json_object *out = json_pool(m, json_object_new_object());

	json_set_string(out, "json", json_pool_text(m, cond));
	return out;
}

struct json_object *
cond_rows(struct mem *m, struct json_object *cond)
{
	const char *how = "all";
	struct json_object *list, *out, *o, *row;
	size_t i;

	if (cond == NULL)
		list = json_pool(m, json_object_new_array());
	else
		list = parts_of(m, cond, &how);
	if (list == NULL)
		return as_json(m, cond);
	out = json_pool(m, new_group(how));
	json_object_object_add(out, "groups", json_object_new_array());
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		row = row_of(m, o);
		if (row != NULL) {
			json_object_array_add(json_get(out, "rows"), row);
			continue;
		}
		row = inner_group(m, o);
		if (row == NULL)
			return as_json(m, cond);
		json_object_array_add(json_get(out, "groups"), row);
	}
	return out;
}

/* --- and back ------------------------------------------------------------- */

/* Call fn for each element of a list, or member of an object. */
static void
each(struct json_object *o, void (*fn)(void *arg, struct json_object *v),
     void *arg)
{
	size_t i;

	if (json_object_is_type(o, json_type_array))
		for (i = 0; i < json_object_array_length(o); i++)
			fn(arg, json_object_array_get_idx(o, i));
	if (!json_object_is_type(o, json_type_object))
		return;
	json_object_object_foreach (o, key, v) {
		(void)key;
		fn(arg, v);
	}
}

static const char *
text_of(struct json_object *o, const char *key)
{
	const char *text = json_get_string(o, key);

	return text != NULL ? text : "";
}

/* `text` without blanks at its ends. */
static const char *
trimmed(struct mem *m, const char *text)
{
	return text_trim(mem_strdup(m, text));
}

/* A form's line breaks are CR LF. */
static const char *
unbroken(struct mem *m, const char *text)
{
	char *copy = mem_strdup(m, text), *to = copy;

	for (; *text != '\0'; text++)
		if (text[0] != '\r' || text[1] != '\n')
			*to++ = *text;
	*to = '\0';
	return copy;
}

static const char *
how_of(struct json_object *form)
{
	static const char *const hows[] = { "any", "none", "not_all" };
	const char *how = text_of(form, "how");
	size_t i;

	for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(how, hows[i]) == 0)
			return hows[i];
	return "all";
}

struct cleaning {
	struct mem *mem;
	struct json_object *list;
};

static void
clean_row(void *arg, struct json_object *v)
{
	struct cleaning *c = arg;
	const char *field = trimmed(c->mem, text_of(v, "field"));
	const char *is = text_of(v, "is");
	struct json_object *row;

	if (*field == '\0')
		return;
	row = json_object_new_object();
	json_set_string(row, "field", field);
	json_set_string(row, "is", cond_op_find(is) != NULL ? is : "equals");
	json_set_string(row, "value", unbroken(c->mem, text_of(v, "value")));
	json_object_array_add(c->list, row);
}

static struct json_object *
clean_group(struct mem *m, struct json_object *form)
{
	struct json_object *out = new_group(how_of(form));
	struct cleaning c = { m, json_get(out, "rows") };

	each(json_get(form, "rows"), clean_row, &c);
	return out;
}

static void
clean_inner(void *arg, struct json_object *v)
{
	struct cleaning *c = arg;
	struct json_object *group = clean_group(c->mem, v);

	if (json_object_array_length(json_get(group, "rows")) > 0)
		json_object_array_add(c->list, group);
	else
		json_object_put(group);
}

/* The form as cond_rows would say it. */
static struct json_object *
clean(struct mem *m, struct json_object *form)
{
	struct json_object *out = json_pool(m, clean_group(m, form));
	struct cleaning c = { m, json_object_new_array() };

	json_object_object_add(out, "groups", c.list);
	each(json_get(form, "groups"), clean_inner, &c);
	return out;
}

/* The values of "a, b" or ["a","b"]; a text that is one tag stays. */
static struct json_object *
list_of(struct mem *m, const char *text)
{
	struct json_object *list = NULL;
	size_t len;

	text = trimmed(m, text);
	if (text[0] == '[' &&
	    json_read(text, strlen(text), JSON_MAX_DEPTH, &list, NULL) == 0)
		return list;
	if (strncmp(text, "{{", 2) == 0 && strstr(text, "}}") != NULL &&
	    strstr(text, "}}")[2] == '\0')
		return json_object_new_string(text);
	list = json_object_new_array();
	for (; *text != '\0'; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		if (strspn(text, " \t\r\n") < len)
			json_object_array_add(
				list, json_object_new_string(trimmed(
					      m, mem_strndup(m, text, len))));
	}
	return list;
}

static struct json_object *
comparison(struct mem *m, struct json_object *row)
{
	struct json_object *o = json_object_new_object();
	const char *is = text_of(row, "is"), *value = text_of(row, "value");
	const struct cond_op *op = cond_op_find(is);

	json_set_string(o, "field", text_of(row, "field"));
	json_set_string(o, "is", is);
	if (op->takes == TAKES_LIST || op->takes == TAKES_RANGE)
		json_object_object_add(o, "value", list_of(m, value));
	else if (op->takes != TAKES_NOTHING)
		json_set_string(o, "value", value);
	return o;
}

/* A part of `old` that is shown as `shown` is: it is kept as it was written. */
static struct json_object *
same_part(struct mem *m, struct json_object *old, struct json_object *shown)
{
	const char *how;
	struct json_object *list = parts_of(m, old, &how), *o, *as;
	size_t i;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		as = row_of(m, o);
		if (as == NULL)
			as = inner_group(m, o);
		if (as == NULL)
			continue;
		json_pool(m, as);
		if (json_object_equal(as, shown))
			return json_object_get(o);
		if (json_get(as, "rows") != NULL &&
		    (as = same_part(m, o, shown)) != NULL)
			return as;
	}
	return NULL;
}

/* The parts joined as `how` says; one alone needs no joining. */
static struct json_object *
joined(const char *how, struct json_object *parts)
{
	int is_not = strcmp(how, "none") == 0 || strcmp(how, "not_all") == 0;
	const char *key = strcmp(how, "any") == 0 || strcmp(how, "none") == 0
				  ? "any"
				  : "all";
	struct json_object *o, *not ;

	if (json_object_array_length(parts) == 1) {
		o = json_object_get(json_object_array_get_idx(parts, 0));
		json_object_put(parts);
	} else {
		o = json_object_new_object();
		json_object_object_add(o, key, parts);
	}
	if (!is_not)
		return o;
	not = json_object_new_object();
	json_object_object_add(not, "not", o);
	return not ;
}

/* The parts of the rows and groups of a clean form. */
static struct json_object *
build(struct mem *m, struct json_object *form, struct json_object *old)
{
	struct json_object *parts = json_object_new_array(), *o, *made;
	struct json_object *rows = json_get(form, "rows");
	struct json_object *groups = json_get(form, "groups");
	size_t i, n = groups != NULL ? json_object_array_length(groups) : 0;

	for (i = 0; i < json_object_array_length(rows); i++) {
		o = json_object_array_get_idx(rows, i);
		made = same_part(m, old, o);
		json_object_array_add(parts,
				      made != NULL ? made : comparison(m, o));
	}
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(groups, i);
		made = same_part(m, old, o);
		json_object_array_add(parts,
				      made != NULL ? made : build(m, o, old));
	}
	return joined(text_of(form, "how"), parts);
}

static struct json_object *
from_json(struct mem *m, const char *text, struct json_object *old)
{
	struct json_object *o = NULL;

	text = trimmed(m, text);
	if (*text == '\0')
		return NULL;
	if (old != NULL && strcmp(text, json_pool_text(m, old)) == 0)
		return old;
	if (json_read(text, strlen(text), JSON_MAX_DEPTH, &o, NULL) == -1 ||
	    o == NULL)
		o = json_object_new_string(text);
	return json_pool(m, o);
}

struct json_object *
cond_from_rows(struct mem *m, struct json_object *form, struct json_object *old)
{
	struct json_object *shown = cond_rows(m, old), *said;

	if (json_get_string(form, "json") != NULL)
		return from_json(m, json_get_string(form, "json"), old);
	said = clean(m, form);
	if (old != NULL && (json_object_equal(said, shown) ||
			    json_object_equal(said, clean(m, shown))))
		return old;
	if (json_object_array_length(json_get(said, "rows")) == 0 &&
	    json_object_array_length(json_get(said, "groups")) == 0)
		return NULL;
	return json_pool(m, build(m, said, old));
}

/* --- words ---------------------------------------------------------------- */

static const char *
row_words(struct mem *m, struct json_object *row)
{
	const char *is = text_of(row, "is"), *value = text_of(row, "value");
	int has_value = cond_op_find(is)->takes != TAKES_NOTHING;
	const char *field = text_of(row, "field");

	return mem_printf(m, "%s %s%s%s", *field != '\0' ? field : "…",
			  cond_op_words(is), has_value ? " " : "",
			  !has_value	   ? ""
			  : *value != '\0' ? value
					   : "…");
}

static const char *
group_words(struct mem *m, struct json_object *group)
{
	const char *how = text_of(group, "how"), *text = "", *one;
	struct json_object *rows = json_get(group, "rows");
	struct json_object *groups = json_get(group, "groups");
	size_t i, n = json_object_array_length(rows);
	size_t n_groups = groups != NULL ? json_object_array_length(groups) : 0;
	const char *join = strcmp(how, "any") == 0 || strcmp(how, "none") == 0
				   ? " or "
				   : " and ";

	for (i = 0; i < n + n_groups; i++) {
		one = i < n ? row_words(m, json_object_array_get_idx(rows, i))
			    : mem_printf(
				      m, "(%s)",
				      group_words(m, json_object_array_get_idx(
							     groups, i - n)));
		text = mem_printf(m, "%s%s%s", text, i > 0 ? join : "", one);
	}
	if (strcmp(how, "none") == 0 || strcmp(how, "not_all") == 0)
		return mem_printf(m, n + n_groups > 1 ? "not (%s)" : "not %s",
				  text);
	return text;
}

const char *
cond_words(struct mem *m, struct json_object *cond)
{
	struct json_object *rows = cond_rows(m, cond);
	const char *json = json_get_string(rows, "json");

	return json != NULL ? json : group_words(m, rows);
}
