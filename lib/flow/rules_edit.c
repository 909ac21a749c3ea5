/*
 * rules_edit.c - a list of mapping rules, changed by a form.  See rules_edit.h.
 */
#include "config.h"

#include "flow/rules_edit.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

#define KEY_MAX 63
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* --- members -------------------------------------------------------------- */

static int
is_break(char c)
{
	return c == '\r' || c == '\n';
}

/* The same but for line breaks, which a field of a form can't hold? */
static int
is_same(const char *a, const char *b)
{
	for (;;) {
		while (is_break(*a))
			a++;
		while (is_break(*b))
			b++;
		if (*a != *b)
			return 0;
		if (*a == '\0')
			return 1;
		a++;
		b++;
	}
}

/* `text` as a value of the kind that was there: a number stays one. */
static struct json_object *
typed_like(struct json_object *before, const char *text)
{
	struct json_object *v = NULL;
	enum json_type kind = json_object_get_type(before), now;

	if (kind == json_type_null || kind == json_type_string ||
	    json_read(text, strlen(text), JSON_MAX_DEPTH, &v, NULL) == -1)
		return json_object_new_string(text);
	now = json_object_get_type(v);
	if (now == kind || (kind == json_type_int && now == json_type_double) ||
	    (kind == json_type_double && now == json_type_int))
		return v;
	json_object_put(v);
	return json_object_new_string(text);
}

/* Set or take out a member whose value people see as text. */
static void
edit_text(struct mem *m, struct json_object *rule, const char *key,
	  const char *text)
{
	struct json_object *before = json_get(rule, key);

	if (text == NULL || is_same(json_pool_text(m, before), text))
		return;
	if (text[0] == '\0')
		json_object_object_del(rule, key);
	else
		json_object_object_add(rule, key, typed_like(before, text));
}

static void
edit_required(struct json_object *rule, int is_required)
{
	if (is_required == -1 ||
	    json_get_bool(rule, "required", 0) == is_required)
		return;
	if (is_required)
		json_object_object_add(rule, "required",
				       json_object_new_boolean(1));
	else
		json_object_object_del(rule, "required");
}

/* --- the list ------------------------------------------------------------- */

static struct json_object *
edited(struct mem *m, struct json_object *rule, const struct rule_edit *e)
{
	struct json_object *copy = json_object_is_type(rule, json_type_object)
					   ? json_copy(rule)
					   : json_object_new_object();

	if (e->from != NULL && e->from[0] != '\0')
		edit_text(m, copy, "from", e->from);
	edit_text(m, copy, "value", e->value);
	edit_text(m, copy, "to", e->to);
	edit_text(m, copy, "as", e->as);
	edit_text(m, copy, "default", e->otherwise);
	edit_required(copy, e->is_required);
	return copy;
}

static const struct rule_edit *
edit_of(const struct rule_edit *edits, size_t n, int index)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (edits[i].index == index)
			return &edits[i];
	return NULL;
}

struct json_object *
rules_edit(struct mem *m, struct json_object *rules,
	   const struct rule_edit *edits, size_t n)
{
	struct json_object *list = json_pool(m, json_object_new_array()), *rule;
	const struct rule_edit *e;
	size_t i, n_rules = json_object_is_type(rules, json_type_array)
				    ? json_object_array_length(rules)
				    : 0;

	for (i = 0; i < n_rules; i++) {
		rule = json_object_array_get_idx(rules, i);
		e = edit_of(edits, n, (int)i);
		if (e != NULL && e->to != NULL && e->to[0] == '\0')
			continue;
		/* What is no rule stays until it is given a target. */
		if (e != NULL && e->to == NULL &&
		    !json_object_is_type(rule, json_type_object))
			e = NULL;
		json_object_array_add(list, e == NULL ? json_object_get(rule)
						      : edited(m, rule, e));
	}
	for (i = 0; i < n; i++)
		if (edits[i].index == -1 && edits[i].to != NULL &&
		    edits[i].to[0] != '\0')
			json_object_array_add(list, edited(m, NULL, &edits[i]));
	return list;
}

/* --- names ---------------------------------------------------------------- */

const char *
rule_to_variable(struct mem *m, const char *name)
{
	struct buf b = BUF_INIT;
	const char *s;

	if (strpbrk(name, ".[]\" ") == NULL)
		return mem_printf(m, "custom_variables.%s", name);
	buf_adds(&b, "custom_variables[");
	json_write_string(&b, name, strlen(name));
	buf_adds(&b, "]");
	s = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return s;
}

/* Letters that have a plain one to be written by; "" separates words. */
static const struct {
	const char *letter, *plain;
} plain[] = {
	{ "\xc3\xa4", "ae" }, { "\xc3\x84", "ae" }, { "\xc3\xb6", "oe" },
	{ "\xc3\x96", "oe" }, { "\xc3\xbc", "ue" }, { "\xc3\x9c", "ue" },
	{ "\xc3\x9f", "ss" }, { "\xc3\xa9", "e" },  { "\xc3\xa8", "e" },
	{ "\xc3\xa1", "a" },  { "\xc3\xa0", "a" },  { "\xc3\xb1", "n" },
	{ "\xc3\xb3", "o" },  { "\xc3\xad", "i" },  { "\xc3\xba", "u" },
	{ "\xc3\xa7", "c" },
};

static size_t
add_plain(struct buf *b, const char *at)
{
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (strncmp(at, plain[i].letter, 2) == 0) {
			buf_adds(b, plain[i].plain);
			return 2;
		}
	if (b->len > 0 && b->s[b->len - 1] != '_')
		buf_addc(b, '_');
	return 1;
}

const char *
rule_field_key(struct mem *m, const char *label)
{
	struct buf b = BUF_INIT;
	const char *s = label;
	char c;

	while (*s != '\0' && b.len < KEY_MAX) {
		c = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
		if (strchr(LETTERS, c) == NULL &&
		    (c < '0' || c > '9' || b.len == 0)) {
			s += add_plain(&b, s);
			continue;
		}
		buf_addc(&b, c);
		s++;
	}
	while (b.len > 0 && b.s[b.len - 1] == '_')
		b.len--;
	s = b.len == 0 ? "field"
		       : mem_strndup(m, b.s, b.len < KEY_MAX ? b.len : KEY_MAX);
	buf_free(&b);
	return s;
}
