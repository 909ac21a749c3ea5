/*
 * plan_form.c - the forms that only a workflow document has: lists of steps,
 * branches, ids; and the rules between members of one object that rows of
 * plan_kinds.c can't say.
 */
#include "config.h"

#include "flow/dedup.h"
#include "flow/plan.h"
#include "flow/plan_kinds.h"

#include "base/json.h"
#include "flow/map.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define STEPS_MAX 500
#define DEPTH_MAX 16
#define ID_MAX 64

FORM(step_id)
{
	const char *id, *other;

	(void)row;
	id = json_object_is_type(v, json_type_string)
		     ? json_object_get_string(v)
		     : "";
	if (*id == '\0' || strlen(id) > ID_MAX ||
	    id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "abcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0') {
		shape_expected(c, pointer,
			       "an id of 1 to 64 letters, digits, _ and -", v);
		return;
	}
	other = json_get_string(c->ids, id);
	if (other != NULL)
		fault_add(c->f, pointer,
			  "the id \"%s\" is that of %s too; ids are unique, "
			  "change one of them",
			  id, other);
	else
		json_object_object_add(c->ids, id,
				       json_object_new_string(pointer));
}

/* All types, ended by NULL. */
static const char **
type_names(struct mem *m)
{
	const struct step_kind *kind;
	const char **list, **at;
	size_t n = 0;

	for (kind = plan_kinds; kind->type != NULL; kind++)
		n++;
	at = list = mem_alloc(m, (n + 1) * sizeof(*list));
	for (kind = plan_kinds; kind->type != NULL; kind++)
		*at++ = kind->type;
	return list;
}

FORM(step_type)
{
	const char **list = type_names(c->f->mem), *near, *type;
	struct buf all = BUF_INIT;
	size_t i;

	(void)row;
	if (!json_object_is_type(v, json_type_string)) {
		shape_expected(c, pointer, "a type of step", v);
		return;
	}
	type = json_object_get_string(v);
	if (plan_kind(type) != NULL)
		return;
	near = shape_nearest(type, list);
	if (near != NULL) {
		fault_add(c->f, pointer,
			  "no step has the type \"%.100s\"; did you mean "
			  "\"%s\"?",
			  type, near);
		return;
	}
	for (i = 0; list[i] != NULL; i++)
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", list[i]);
	fault_add(c->f, pointer, "no step has the type \"%.100s\"; known: %s",
		  type, all.s);
	buf_free(&all);
}

/* A step of unknown kind: what all kinds have in common can be checked. */
static void
check_common(struct checking *c, struct json_object *step, const char *pointer)
{
	const struct member *row;

	for (row = plan_step_base.members; row->name != NULL; row++)
		if (json_object_object_get_ex(step, row->name, NULL))
			row->form(c, row, json_get(step, row->name),
				  pointer_key(c->f->mem, pointer, row->name));
		else if (row->is_required)
			fault_add(c->f, pointer,
				  "a step needs the member \"%s\"; add it",
				  row->name);
}

static void
check_step(struct checking *c, struct json_object *step, const char *pointer)
{
	const struct step_kind *kind = plan_kind(json_get_string(step, "type"));

	if (kind != NULL)
		shape_check(c, &kind->shape, step, pointer);
	else if (json_object_is_type(step, json_type_object))
		check_common(c, step, pointer);
	else
		shape_expected(c, pointer, "an object", step);
}

FORM(steps)
{
	size_t i;

	(void)row;
	if (!json_object_is_type(v, json_type_array)) {
		shape_expected(c, pointer, "a list of steps", v);
		return;
	}
	if (c->depth == DEPTH_MAX && json_object_array_length(v) > 0) {
		fault_add(c->f, pointer,
			  "steps are nested more than %d levels deep; move "
			  "some to a workflow of their own and enrol into it",
			  DEPTH_MAX);
		return;
	}
	c->depth++;
	for (i = 0; i < json_object_array_length(v); i++) {
		if (c->n_steps++ == STEPS_MAX)
			fault_add(c->f, "/steps",
				  "a workflow has at most %d steps; move some "
				  "to another and enrol into it",
				  STEPS_MAX);
		if (c->n_steps > STEPS_MAX)
			break;
		check_step(c, json_object_array_get_idx(v, i),
			   pointer_item(c->f->mem, pointer, i));
	}
	c->depth--;
}

FORM(branches)
{
	size_t i, n;

	if (!json_object_is_type(v, json_type_array)) {
		shape_expected(c, pointer, "a list of branches", v);
		return;
	}
	n = json_object_array_length(v);
	if (n < (size_t)row->min || n > (size_t)row->max)
		fault_add(c->f, pointer,
			  "expected %d to %d branches, found %zu", row->min,
			  row->max, n);
	for (i = 0; i < n && i < (size_t)row->max; i++)
		shape_check(c, row->shape, json_object_array_get_idx(v, i),
			    pointer_item(c->f->mem, pointer, i));
}

FORM(rules)
{
	(void)row;
	map_check(v, pointer, c->f);
}

int
form_is_field(struct checking *c, const char *field, const char *pointer)
{
	const char *const *known = map_contact_fields, *near;

	if (strncmp(field, "custom.", 7) == 0 && shape_is_name(field + 7))
		return 1;
	for (; *known != NULL; known++)
		if (strcmp(*known, field) == 0)
			return 1;
	near = shape_nearest(field, map_contact_fields);
	if (near != NULL)
		fault_add(c->f, pointer,
			  "a contact has no field \"%.100s\"; did you mean "
			  "\"%s\"?",
			  field, near);
	else
		fault_add(c->f, pointer,
			  "a contact has no field \"%.100s\"; a field of your "
			  "own is custom.KEY",
			  field);
	return 0;
}

/* null clears a field; what identifies a contact can't be cleared. */
static int
may_be_cleared(const char *field)
{
	return strcmp(field, "email") != 0 && strcmp(field, "phone") != 0 &&
	       strcmp(field, "full_name") != 0;
}

/* A text or number that is the same for every run must be one that the field
 * takes.  Not so a telephone number without country code: the country is the
 * account's. */
static void
check_contact_value(struct checking *c, const char *field,
		    struct json_object *value, const char *pointer)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	json_to_text(&text, value);
	if (strncmp(field, "custom.", 7) != 0 && text.len > 0 &&
	    !shape_has_tag(text.s) &&
	    (strcmp(field, "phone") != 0 || text.s[0] == '+') &&
	    contact_field_value(c->f->mem, field, text.s, "US", NULL, &e) ==
		    NULL)
		fault_add(c->f, pointer, "%s", e.text);
	buf_free(&text);
}

/* A list of some of email and sms, or null.  No template: what a sender says
 * must not decide whether somebody is written to. */
static void
check_do_not_contact(struct checking *c, struct json_object *value,
		     const char *pointer)
{
	static const struct member row = { .one_of = "email|sms" };

	if (value != NULL)
		form_some_of(c, &row, value, pointer);
}

FORM(contact_set)
{
	const char *at;

	if (!json_object_is_type(v, json_type_object) ||
	    json_object_object_length(v) == 0) {
		shape_expected(c, pointer,
			       "an object of at least one field and value", v);
		return;
	}
	json_object_object_foreach (v, field, value) {
		at = pointer_key(c->f->mem, pointer, field);
		if (strcmp(field, "do_not_contact") == 0) {
			check_do_not_contact(c, value, at);
			continue;
		}
		if (!form_is_field(c, field, at))
			continue;
		if (value == NULL && may_be_cleared(field))
			continue;
		if (value == NULL ||
		    json_object_is_type(value, json_type_object) ||
		    (json_object_is_type(value, json_type_array) &&
		     strncmp(field, "custom.", 7) != 0))
			shape_expected(c, at, "text, a number, true or false",
				       value);
		else {
			form_json(c, row, value, at);
			check_contact_value(c, field, value, at);
		}
	}
}

/* It goes into a header as it is. */
void
also_answer(struct checking *c, struct json_object *o, const char *at)
{
	const char *type = json_get_string(o, "content_type");
	const char *s = type;

	while (s != NULL && *s >= 0x20 && *s < 0x7f)
		s++;
	if (type != NULL && (*s != '\0' || strchr(type, '/') == NULL))
		fault_add(c->f, pointer_key(c->f->mem, at, "content_type"),
			  "expected a content type like application/json, "
			  "found \"%.100s\"",
			  type);
}

FORM(dedup_preset)
{
	const char *text = json_object_is_type(v, json_type_string)
				   ? json_object_get_string(v)
				   : "";
	const struct dedup_preset *p;
	const char *names = "";

	(void)row;
	if (dedup_preset_find(text) != NULL)
		return;
	for (p = dedup_presets; p->name != NULL; p++)
		names = mem_printf(c->f->mem, "%s%s%s", names,
				   names[0] != '\0' ? ", " : "", p->name);
	shape_expected(c, pointer, mem_printf(c->f->mem, "one of %s", names),
		       v);
}

void
also_dedup(struct checking *c, struct json_object *o, const char *at)
{
	static const char *const keys[] = { "from", "header", "preset", NULL };
	static const char *const all[] = { "from", "header", "preset", "window",
					   NULL };

	if (shape_count(o, keys) > 1)
		fault_add(c->f, at,
			  "dedup takes one of from, header and preset; "
			  "remove the others");
	else if (shape_count(o, all) == 0)
		fault_add(c->f, at,
			  "dedup needs from, header, preset or window; add "
			  "\"from\" "
			  "with the path of the sender's id, like "
			  "\"body.id\"");
}

/* list_unsubscribe, where it says anything. */
static struct json_object *
link_of(struct json_object *step)
{
	struct json_object *link = json_get(step, "list_unsubscribe");

	if (json_object_is_type(link, json_type_string) &&
	    json_object_get_string_len(link) == 0)
		return NULL;
	return link;
}

int
plan_is_marketing(struct json_object *step)
{
	const char *category = json_get_string(step, "category");

	return category != NULL ? strcmp(category, "marketing") == 0
				: link_of(step) != NULL;
}

int
plan_has_own_link(struct json_object *step)
{
	return plan_is_marketing(step) &&
	       !json_object_is_type(link_of(step), json_type_string);
}

void
also_email(struct checking *c, struct json_object *o, const char *at)
{
	static const char *const parts[] = { "html", "text", NULL };

	if (shape_count(o, parts) == 0)
		fault_add(c->f, at,
			  "a send_email step needs html, text or both; add "
			  "one");
	if (!plan_is_marketing(o) && (link_of(o) != NULL))
		fault_add(c->f, pointer_key(c->f->mem, at, "list_unsubscribe"),
			  "only marketing e-mail has list_unsubscribe; remove "
			  "it, or set category to \"marketing\"");
}

void
also_split(struct checking *c, struct json_object *o, const char *at)
{
	struct json_object *branches = json_get(o, "branches");
	int64_t sum = 0;
	size_t i;

	if (!json_object_is_type(branches, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(branches); i++)
		sum += json_get_int(json_object_array_get_idx(branches, i),
				    "percent", 0);
	if (sum != 100)
		fault_add(c->f, pointer_key(c->f->mem, at, "branches"),
			  "the branches' percent add up to %lld; make it 100",
			  (long long)sum);
}

/* `name` means something only beside `with`. */
static void
only_with(struct checking *c, struct json_object *o, const char *at,
	  const char *name, const char *with)
{
	if (json_object_object_get_ex(o, name, NULL) &&
	    !json_object_object_get_ex(o, with, NULL))
		fault_add(c->f, pointer_key(c->f->mem, at, name),
			  "%s belongs to %s, which is not there; remove it or "
			  "add %s",
			  name, with, with);
}

void
also_window(struct checking *c, struct json_object *o, const char *at)
{
	const char *from = json_get_string(o, "from");
	const char *to = json_get_string(o, "to");

	if (json_get(o, "days") == NULL && from == NULL && to == NULL)
		fault_add(c->f, at,
			  "a window needs days, from or to; add one, like "
			  "\"from\": \"09:00\"");
	if (from != NULL && to != NULL && strcmp(from, to) == 0)
		fault_add(c->f, pointer_key(c->f->mem, at, "to"),
			  "the window ends when it begins, at %.20s; make it "
			  "later, or remove from and to for whole days",
			  to);
}

/* What is done with what comes late. */
static void
check_late(struct checking *c, struct json_object *o, const char *at)
{
	const char *rule = json_get_string(o, "if_late");
	int has_window = json_object_object_get_ex(o, "window", NULL);

	if (rule != NULL && strcmp(rule, "next_window") == 0 && !has_window)
		fault_add(c->f, pointer_key(c->f->mem, at, "if_late"),
			  "there is no window to wait for; add window, or take "
			  "run or skip_step");
	if (!has_window)
		only_with(c, o, at, "late_after", "if_late");
}

void
also_wait(struct checking *c, struct json_object *o, const char *at)
{
	static const char *const ways[] = { "for", "until", "until_condition",
					    NULL };
	int n = shape_count(o, ways);

	if (n > 1)
		fault_add(c->f, at,
			  "a wait step takes one of for, until and "
			  "until_condition, found %d; keep one",
			  n);
	if (n == 0 && !json_object_object_get_ex(o, "window", NULL))
		fault_add(c->f, at,
			  "a wait step needs for, until, until_condition or "
			  "window; add one, like \"for\": \"2 days\"");
	only_with(c, o, at, "offset", "until");
	only_with(c, o, at, "if_past", "until");
	only_with(c, o, at, "timeout", "until_condition");
	only_with(c, o, at, "if_timeout", "until_condition");
	if (json_object_object_get_ex(o, "until_condition", NULL) &&
	    !json_object_object_get_ex(o, "timeout", NULL))
		fault_add(c->f, at,
			  "until_condition needs a timeout, so that no run "
			  "waits for ever; add one, like \"timeout\": "
			  "\"30 days\"");
	check_late(c, o, at);
}
