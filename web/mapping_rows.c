/*
 * mapping_rows.c - the rows of a mapping page: each place of the sample with
 * the rules that read it, then the rules that read something else.
 */
#include "config.h"

#include "mapping.h"

#include "base/json.h"
#include "flow/faults.h"
#include "flow/path.h"
#include "flow/plan.h"
#include "flow/rules_edit.h"
#include "flow/suggest.h"
#include "store/contact.h"
#include "store/field.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

int
mapping_load(struct page *p, struct mapping *mp)
{
	struct err e = ERR_INIT;

	memset(mp, 0, sizeof(*mp));
	if (draft_load(p, &mp->d) == -1 ||
	    sampled_load(p, &mp->d, &mp->s) == -1)
		return -1;
	if (field_list(p->db, p->who->account_id, p->mem, &mp->fields, &e) ==
		    -1 ||
	    contact_custom_types(p->db, p->who->account_id, p->mem, &mp->types,
				 &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	mp->rules = json_get(mp->d.trigger, "map");
	return 0;
}

/* --- rules ---------------------------------------------------------------- */

struct building {
	struct page *p;
	struct mapping *mp;
	struct json_object *suggested; /* {path: to} */
	struct json_object *taken;     /* {to: true} */
	struct json_object *by_path;   /* {path: [index]} */
	struct json_object *shown;     /* {index: true} */
	struct faults faults;	       /* of the document */
	size_t cap;
};

static size_t
n_rules(const struct mapping *mp)
{
	return json_object_is_type(mp->rules, json_type_array)
		       ? json_object_array_length(mp->rules)
		       : 0;
}

static struct json_object *
rule_at(const struct mapping *mp, size_t i)
{
	return json_object_array_get_idx(mp->rules, i);
}

static struct map_row *
add_row(struct building *b)
{
	struct mapping *mp = b->mp;
	struct map_row *bigger;

	if (mp->n_rows == b->cap) {
		b->cap = b->cap == 0 ? 64 : 2 * b->cap;
		bigger = mem_alloc(b->p->mem, b->cap * sizeof(*bigger));
		if (mp->n_rows > 0)
			memcpy(bigger, mp->rows, mp->n_rows * sizeof(*bigger));
		mp->rows = bigger;
	}
	mp->rows[mp->n_rows] = (struct map_row){ .rule = -1 };
	return &mp->rows[mp->n_rows++];
}

/* What is wrong with the rule as it is written, or with the sample's value for
 * it. */
static const char *
rule_fault(struct building *b, int index, struct json_object *rule)
{
	struct mem *m = b->p->mem;
	const char *at = mem_printf(m, "/trigger/map/%d", index);
	struct json_object *one;
	struct mapped mapped;
	size_t i, n = strlen(at);

	for (i = 0; i < b->faults.n; i++)
		if (strncmp(b->faults.list[i].path, at, n) == 0 &&
		    (b->faults.list[i].path[n] == '\0' ||
		     b->faults.list[i].path[n] == '/'))
			return b->faults.list[i].detail;
	if (b->mp->s.source == NULL)
		return NULL;
	one = json_pool(m, json_object_new_array());
	json_object_array_add(one, json_object_get(rule));
	map_apply(one, b->mp->s.source, b->p->who->country, b->mp->types, m,
		  &mapped);
	if (mapped.invalid.n > 0)
		return mapped.invalid.list[0].detail;
	return mapped.missing.n > 0 ? "It is required, and the sample has no "
				      "value for it."
				    : NULL;
}

static void
fill_rule(struct building *b, struct map_row *row, size_t index)
{
	struct json_object *rule = rule_at(b->mp, index);

	row->rule = (int)index;
	row->json = rule;
	row->fault = rule_fault(b, row->rule, rule);
	json_object_object_add(b->shown, mem_printf(b->p->mem, "%zu", index),
			       json_object_new_boolean(1));
}

/* --- suggestions ---------------------------------------------------------- */

static int
is_taken(const struct building *b, const char *to)
{
	return json_get(b->taken, to) != NULL;
}

/* Of what the account has: a custom field of this name. */
static const char *
own_field(struct building *b, const char *label)
{
	const char *key = rule_field_key(b->p->mem, label);

	if (json_get(b->mp->types, key) == NULL)
		return NULL;
	return mem_printf(b->p->mem, "contact.custom.%s", key);
}

static const char *
suggestion(struct building *b, const struct map_row *row)
{
	const char *to = json_get_string(b->suggested, row->path);

	if (to == NULL && row->kind == ROW_PLACE && row->value != NULL)
		to = own_field(b, row->label);
	if (to == NULL || is_taken(b, to))
		return NULL;
	json_object_object_add(b->taken, to, json_object_new_boolean(1));
	return to;
}

static void
read_suggestions(struct building *b)
{
	struct json_object *list =
		suggest_rules(&b->mp->s.places, b->p->who->country);
	struct json_object *one;
	const char *to;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		to = json_get_string(one, "to");
		if (strncmp(to, "contact.", 8) == 0)
			json_set_string(b->suggested,
					json_get_string(one, "from"), to);
	}
}

/* --- places --------------------------------------------------------------- */

static void
fill_place(struct building *b, struct map_row *row, const struct place *at)
{
	const char *root = at->names[0];

	row->path = at->path;
	row->value = at->value;
	row->place = at;
	row->label = suggest_label(b->p->mem, at);
	row->kind = ROW_PLACE;
	if (strcmp(root, "headers") == 0 || strcmp(root, "method") == 0)
		row->kind = ROW_HEADER;
	else if (at->is_in_list)
		row->kind = ROW_IN_LIST;
}

/* {} and []: there is nothing in it to be mapped. */
static int
is_hollow(struct json_object *v)
{
	return json_object_is_type(v, json_type_object) ||
	       (json_object_is_type(v, json_type_array) &&
		json_object_array_length(v) == 0);
}

static void
add_place(struct building *b, const struct place *at)
{
	struct json_object *list = json_get(b->by_path, at->path);
	struct map_row *row;
	size_t i;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		row = add_row(b);
		fill_place(b, row, at);
		fill_rule(b, row,
			  (size_t)json_object_get_int64(
				  json_object_array_get_idx(list, i)));
	}
	if (list != NULL || is_hollow(at->value))
		return;
	row = add_row(b);
	fill_place(b, row, at);
	row->suggested = suggestion(b, row);
	b->mp->n_suggested += row->suggested != NULL;
}

static void
add_other(struct building *b, size_t index)
{
	struct json_object *rule = rule_at(b->mp, index);
	const char *from = json_get_string(rule, "from");
	struct map_row *row = add_row(b);

	row->path = from != NULL ? from : "";
	row->kind = ROW_OTHER;
	row->label = "Field";
	if (from != NULL && b->mp->s.source != NULL)
		row->value = path_lookup(b->p->mem, from, b->mp->s.source);
	fill_rule(b, row, index);
}

/* A rule that finds nothing in this sample may want another one beside it. */
static int
has_value(struct building *b, const char *from)
{
	return b->mp->s.source == NULL ||
	       path_lookup(b->p->mem, from, b->mp->s.source) != NULL;
}

static void
index_rules(struct building *b)
{
	struct json_object *list;
	const char *from, *to;
	size_t i;

	for (i = 0; i < n_rules(b->mp); i++) {
		from = json_get_string(rule_at(b->mp, i), "from");
		to = json_get_string(rule_at(b->mp, i), "to");
		if (to != NULL && (from == NULL || has_value(b, from)))
			json_object_object_add(b->taken, to,
					       json_object_new_boolean(1));
		if (from == NULL)
			continue;
		list = json_get(b->by_path, from);
		if (list == NULL) {
			list = json_object_new_array();
			json_object_object_add(b->by_path, from, list);
		}
		json_object_array_add(list, json_object_new_int64((int64_t)i));
	}
}

static struct json_object *
new_set(struct building *b)
{
	return json_pool(b->p->mem, json_object_new_object());
}

void
mapping_rows(struct page *p, struct mapping *mp)
{
	struct building b = { .p = p, .mp = mp, .faults = { .mem = p->mem } };
	size_t i;

	mp->rows = NULL;
	mp->n_rows = mp->n_suggested = 0;
	b.suggested = new_set(&b);
	b.taken = new_set(&b);
	b.by_path = new_set(&b);
	b.shown = new_set(&b);
	plan_check(mp->d.doc, &b.faults);
	index_rules(&b);
	read_suggestions(&b);
	for (i = 0; i < mp->s.places.n; i++)
		add_place(&b, &mp->s.places.list[i]);
	for (i = 0; i < n_rules(mp); i++)
		if (json_get(b.shown, mem_printf(p->mem, "%zu", i)) == NULL)
			add_other(&b, i);
}
