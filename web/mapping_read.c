/*
 * mapping_read.c - the rules of a mapping as its form wants them.  What the
 * form does not show or change stays as it is written (flow/rules_edit.h).
 */
#include "config.h"

#include "mapping.h"

#include "base/json.h"
#include "flow/rules_edit.h"
#include "flow/shape.h"
#include "flow/suggest.h"
#include "store/field.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define LABEL_MAX 200

struct reading {
	struct page *p;
	struct mapping *mp;
	int may_add;
	const char *said;
	struct rule_edit *edits;
	size_t n;
};

/* --- places --------------------------------------------------------------- */

static const struct map_row *
row_of(const struct mapping *mp, const char *path)
{
	size_t i;

	for (i = 0; i < mp->n_rows; i++)
		if (mp->rows[i].place != NULL &&
		    strcmp(mp->rows[i].path, path) == 0)
			return &mp->rows[i];
	return NULL;
}

/* What a field or variable is called when nobody says. */
static const char *
label_of(struct reading *r, const char *from)
{
	const struct map_row *row = row_of(r->mp, from);

	return row != NULL ? row->label : "Field";
}

/* --- targets -------------------------------------------------------------- */

static int
add_field(struct reading *r, const char *key, const char *label,
	  const char *type)
{
	struct json_object *o;
	struct err e = ERR_INIT;

	if (field_add(r->p->db, r->p->who->account_id, key, type, label,
		      r->p->mem, &o, &e) == -1 &&
	    e.kind != ERR_INPUT) { /* somebody was quicker */
		page_fail(r->p, &e);
		return -1;
	}
	r->said = mem_printf(r->p->mem,
			     "%sThere is a new custom field \"%s\" (%s). ",
			     r->said != NULL ? r->said : "", label, type);
	return 0;
}

/* contact.custom.KEY of a field with this label, made where there is none. */
static int
new_field(struct reading *r, const char *from, const char *name,
	  const char **to)
{
	struct mem *m = r->p->mem;
	const char *label = sampled_short(
		m, name[0] != '\0' ? name : label_of(r, from), LABEL_MAX);
	const char *key = rule_field_key(m, label);
	const struct map_row *row = row_of(r->mp, from);
	const char *type = suggest_type(m, row != NULL ? row->value : NULL);

	*to = mem_printf(m, "contact.custom.%s", key);
	if (json_get(r->mp->types, key) != NULL || !r->may_add)
		return 0;
	if (r->mp->types == NULL)
		r->mp->types = json_pool(m, json_object_new_object());
	json_set_string(r->mp->types, key, type);
	return add_field(r, key, label, type);
}

static const char *
variable(struct reading *r, const char *from, const char *name,
	 const char *before)
{
	struct mem *m = r->p->mem;
	const char *known;

	if (name[0] == '\0')
		name = rule_field_key(m, label_of(r, from));
	if (!shape_is_name(name))
		name = rule_field_key(m, name);
	if (map_target(m, before, &known) == MAP_VARIABLE &&
	    strcmp(known, name) == 0)
		return before; /* however it is written */
	return rule_to_variable(m, name);
}

/* The target that a row chose: NULL as it is, "" none. */
static int
target(struct reading *r, const char *choice, const char *from,
       const char *name, const char *before, const char **to)
{
	*to = choice;
	if (strcmp(choice, "keep") == 0)
		*to = NULL;
	else if (strcmp(choice, "variable") == 0)
		*to = variable(r, from, name, before);
	else if (strcmp(choice, "new") == 0)
		return new_field(r, from, name, to);
	return 0;
}

/* --- rows ----------------------------------------------------------------- */

static const char *
text_of(struct json_object *row, const char *key)
{
	return json_get_string(row, key);
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static struct rule_edit *
add_edit(struct reading *r)
{
	struct rule_edit *edit = &r->edits[r->n++];

	*edit = (struct rule_edit){ .index = -1, .is_required = -1 };
	return edit;
}

static struct json_object *
rule_of(struct reading *r, const char *index)
{
	size_t n = json_object_is_type(r->mp->rules, json_type_array)
			   ? json_object_array_length(r->mp->rules)
			   : 0;
	size_t i = strtoul(index, NULL, 10);

	return i < n ? json_object_array_get_idx(r->mp->rules, i) : NULL;
}

/* A rule that is there already. */
static int
read_rule(struct reading *r, struct json_object *row, const char *index)
{
	struct json_object *rule = rule_of(r, index);
	const char *from = or_empty(text_of(row, "from")), *shown;
	struct rule_edit *edit;

	if (rule == NULL)
		return 0; /* somebody changed it: draft_save will say so */
	edit = add_edit(r);
	edit->index = (int)strtoul(index, NULL, 10);
	edit->from = text_of(row, "from");
	edit->value = text_of(row, "value");
	edit->otherwise = text_of(row, "default");
	edit->as = text_of(row, "as");
	shown = text_of(row, "shown"); /* the form has a box for it */
	if (shown != NULL)
		edit->is_required = text_of(row, "required") != NULL;
	if (from[0] == '\0')
		from = or_empty(json_get_string(rule, "from"));
	return target(r, or_empty(text_of(row, "to")), from,
		      or_empty(text_of(row, "name")),
		      json_get_string(rule, "to"), &edit->to);
}

static int
read_new(struct reading *r, struct json_object *row)
{
	const char *choice = or_empty(text_of(row, "to"));
	struct rule_edit *edit;

	if (choice[0] == '\0' || strcmp(choice, "keep") == 0)
		return 0;
	edit = add_edit(r);
	edit->from = text_of(row, "from");
	edit->value = text_of(row, "value");
	edit->otherwise = text_of(row, "default");
	edit->is_required = text_of(row, "required") != NULL;
	return target(r, choice, or_empty(edit->from),
		      or_empty(text_of(row, "name")), NULL, &edit->to);
}

/* A row by hand that nobody filled in is none. */
static int
is_blank(struct json_object *row)
{
	const char *hand = text_of(row, "hand");

	return hand != NULL && or_empty(text_of(row, "from"))[0] == '\0' &&
	       or_empty(text_of(row, "value"))[0] == '\0';
}

static int
read_row(struct reading *r, struct json_object *row)
{
	const char *index = text_of(row, "rule");

	if (!json_object_is_type(row, json_type_object) || is_blank(row))
		return 0;
	return index != NULL ? read_rule(r, row, index) : read_new(r, row);
}

static size_t
length(struct json_object *rows)
{
	if (json_object_is_type(rows, json_type_object))
		return (size_t)json_object_object_length(rows);
	return json_object_is_type(rows, json_type_array)
		       ? json_object_array_length(rows)
		       : 0;
}

static int
read_rows(struct reading *r, struct json_object *rows)
{
	size_t i, n;

	if (json_object_is_type(rows, json_type_object)) {
		json_object_object_foreach (rows, key, row) {
			(void)key;
			if (read_row(r, row) == -1)
				return -1;
		}
		return 0;
	}
	n = length(rows);
	for (i = 0; i < n; i++)
		if (read_row(r, json_object_array_get_idx(rows, i)) == -1)
			return -1;
	return 0;
}

/* --- suggestions that were accepted --------------------------------------- */

static int
is_edited(const struct reading *r, const char *path)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->edits[i].index == -1 && r->edits[i].from != NULL &&
		    strcmp(r->edits[i].from, path) == 0)
			return 1;
	return 0;
}

static void
accept(struct reading *r)
{
	const char *one = form_raw(r->p, "accept");
	int all = form_has(r->p, "accept_all");
	const struct map_row *row;
	struct rule_edit *edit;
	size_t i;

	for (i = 0; i < r->mp->n_rows; i++) {
		row = &r->mp->rows[i];
		if (row->suggested == NULL || is_edited(r, row->path) ||
		    (!all && strcmp(one, row->path) != 0))
			continue;
		edit = add_edit(r);
		edit->from = row->path;
		edit->to = row->suggested;
	}
}

int
mapping_read(struct page *p, struct mapping *mp, int may_add, const char **said)
{
	struct json_object *rows = json_get(p->form, "r"), *rules;
	struct reading r = { .p = p, .mp = mp, .may_add = may_add };

	mapping_rows(p, mp);
	r.edits = mem_alloc(p->mem,
			    (length(rows) + mp->n_rows + 1) * sizeof(*r.edits));
	if (read_rows(&r, rows) == -1)
		return -1;
	accept(&r);
	if (said != NULL)
		*said = r.said;
	rules = rules_edit(p->mem, mp->rules, r.edits, r.n);
	if (json_object_array_length(rules) == 0 && mp->rules == NULL)
		return 0;
	json_object_object_add(mp->d.trigger, "map", json_object_get(rules));
	mp->rules = rules;
	return 0;
}
