/*
 * plan_walk.c - a way through all steps of a document and what is written in
 * them: templates, conditions, names.  See plan_kinds.h.  A field is a
 * template or a condition by its row, never by its looks.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "base/json.h"
#include "flow/cond.h"
#include "flow/template.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

static void walk_steps(const struct plan_walk *w, struct json_object *steps,
		       const char *pointer);

/* Every string in `v`, however deep. */
static void
walk_texts(const struct plan_walk *w, struct json_object *v,
	   const char *pointer)
{
	size_t i;

	if (json_object_is_type(v, json_type_string))
		w->text(w->arg, json_object_get_string(v), pointer);
	if (json_object_is_type(v, json_type_array))
		for (i = 0; i < json_object_array_length(v); i++)
			walk_texts(w, json_object_array_get_idx(v, i),
				   pointer_item(w->mem, pointer, i));
	if (!json_object_is_type(v, json_type_object))
		return;
	json_object_object_foreach (v, key, value)
		walk_texts(w, value, pointer_key(w->mem, pointer, key));
}

static int
is_template(const struct member *row)
{
	static void (*const forms[])(struct checking *, const struct member *,
				     struct json_object *, const char *) = {
		form_template,	form_texts,	  form_json,
		form_fields,	form_headers,	  form_number,
		form_duration,	form_span,	  form_date,
		form_url,	form_json_body,	  form_line,
		form_address,	form_addresses,	  form_unsubscribe,
		form_phone,	form_contact_set, form_contact_by,
		form_separator,
	};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (row->form == forms[i])
			return 1;
	return 0;
}

static void
walk_object(const struct plan_walk *w, const struct shape *shape,
	    struct json_object *o, const char *pointer)
{
	const struct member *row;
	const char *at;
	size_t i;

	if (!json_object_is_type(o, json_type_object))
		return;
	json_object_object_foreach (o, key, v) {
		row = shape_member(shape, key);
		if (row == NULL)
			continue;
		at = pointer_key(w->mem, pointer, key);
		if (row->form == form_steps)
			walk_steps(w, v, at);
		else if (row->form == form_object)
			walk_object(w, row->shape, v, at);
		else if (row->form == form_condition && w->condition != NULL)
			w->condition(w->arg, v, at);
		else if (is_template(row) && w->text != NULL)
			walk_texts(w, v, at);
		if (row->form != form_branches ||
		    !json_object_is_type(v, json_type_array))
			continue;
		for (i = 0; i < json_object_array_length(v); i++)
			walk_object(w, row->shape,
				    json_object_array_get_idx(v, i),
				    pointer_item(w->mem, at, i));
	}
}

static void
walk_steps(const struct plan_walk *w, struct json_object *steps,
	   const char *pointer)
{
	const struct step_kind *kind;
	struct json_object *step;
	const char *at;
	size_t i;

	if (!json_object_is_type(steps, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(steps); i++) {
		step = json_object_array_get_idx(steps, i);
		at = pointer_item(w->mem, pointer, i);
		if (w->step != NULL)
			w->step(w->arg, step, at);
		kind = plan_kind(json_get_string(step, "type"));
		if (kind != NULL)
			walk_object(w, &kind->shape, step, at);
	}
}

void
plan_walk(const struct plan_walk *w, struct json_object *document)
{
	walk_steps(w, json_get(document, "steps"), "/steps");
}

/* The names of one text or condition, on their way to fn. */
struct naming {
	struct mem *mem;
	void (*fn)(void *arg, const char *name, const char *pointer,
		   int in_section);
	void *arg;
	const char *pointer;
};

static void
name(void *arg, const char *text, int in_section)
{
	struct naming *n = arg;

	n->fn(n->arg, text, n->pointer, in_section);
}

static void
names_of_text(void *arg, const char *text, const char *pointer)
{
	struct naming *n = arg;
	struct template *t;

	if (template_parse(n->mem, text, &t, NULL) == -1)
		return;
	n->pointer = pointer;
	template_each_name(t, name, n);
}

static void
names_of_condition(void *arg, struct json_object *condition,
		   const char *pointer)
{
	struct naming *n = arg;

	n->pointer = pointer;
	cond_each_name(condition, name, n);
}

void
plan_each_name(struct mem *m, struct json_object *document,
	       void (*fn)(void *arg, const char *name, const char *pointer,
			  int in_section),
	       void *arg)
{
	struct naming n = { m, fn, arg, "" };
	struct plan_walk w = { m, NULL, names_of_text, names_of_condition, &n };
	struct json_object *filter =
		json_get(json_get(document, "trigger"), "filter");
	const char *key =
		json_get_string(json_get(document, "settings"), "reentry_key");

	if (key != NULL)
		fn(arg, key, "/settings/reentry_key", 0);
	if (filter != NULL)
		names_of_condition(&n, filter, "/trigger/filter");
	plan_walk(&w, document);
}
