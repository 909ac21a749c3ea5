/*
 * step_form.c - a step's fields as HTML.  See step_form.h; conditions are
 * cond_form.c.
 */
#include "config.h"

#include "step_form.h"

#include "base/json.h"
#include "flow/map.h"
#include "flow/plan_kinds.h"
#include "http/html.h"

#include <string.h>

#include "base/banned.h"

static const char *
name_of(struct step_form *f, const struct step_field *row)
{
	return mem_printf(f->p->mem, "%s[%s]", f->name, row->path);
}

static const char *
fault_of(struct step_form *f, const struct step_field *row)
{
	return step_field_fault(
		f->p, f->faults, f->step,
		mem_printf(f->p->mem, "%s%s", f->path, row->path));
}

static struct field
plain(struct step_form *f, const struct step_field *row)
{
	struct field field = { .name = name_of(f, row),
			       .label = row->label,
			       .help = row->help,
			       .fault = fault_of(f, row),
			       .placeholder = row->placeholder,
			       .picks = row->picks,
			       .rows = row->rows,
			       .is_wide = 1 };

	return field;
}

/* --- kinds of field ------------------------------------------------------- */

static void
text_field(struct step_form *f, const struct step_field *row, const char *value)
{
	struct field field = plain(f, row);

	field.value = value;
	if (row->kind == FIELD_AREA || row->kind == FIELD_JSON ||
	    row->kind == FIELD_LINES || row->kind == FIELD_VALUE ||
	    strpbrk(value, "\r\n") != NULL)
		field.type = "area";
	if (row->kind == FIELD_WORKFLOW)
		field.list = "workflows";
	field.is_mono =
		row->kind == FIELD_JSON || strcmp(row->path, "html") == 0;
	form_field(f->p, &field);
}

/* A select; what the step has stays, known or not. */
static void
choice(struct step_form *f, const struct step_field *row, const char *value)
{
	struct field field = plain(f, row);
	const char *found = mem_printf(f->p->mem, "|%s=", value);

	field.value = value;
	field.options = mem_printf(f->p->mem, "|%s", row->options);
	field.options = strstr(field.options, found) != NULL
				? row->options
				: mem_printf(f->p->mem, "%s=%s|%s", value,
					     value, row->options);
	form_field(f->p, &field);
}

static void
tick(struct step_form *f, const struct step_field *row, const char *value)
{
	struct field field = plain(f, row);

	form_hidden(f->p, field.name, "");
	field.type = "checkbox";
	field.value = "true";
	field.is_checked = *value != '\0';
	form_field(f->p, &field);
}

static int
has_text(struct json_object *list, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   text) == 0)
			return 1;
	return 0;
}

/* Words that are not among the options are sent back as they are. */
static int
some_others(struct step_form *f, const struct step_field *row,
	    struct json_object *list, const char *name)
{
	const char *all = mem_printf(f->p->mem, "|%s", row->options), *word;
	size_t i;
	int n = 1;

	for (i = 0; i < json_object_array_length(list); i++) {
		word = json_object_get_string(
			json_object_array_get_idx(list, i));
		if (strstr(all, mem_printf(f->p->mem, "|%s=", word)) == NULL)
			form_hidden(f->p,
				    mem_printf(f->p->mem, "%s[%d]", name, n++),
				    word);
	}
	return n;
}

static void
some(struct step_form *f, const struct step_field *row,
     struct json_object *list)
{
	struct page *p = f->p;
	const char *name = name_of(f, row), *fault = fault_of(f, row);
	const char *s = row->options, *word;
	size_t len, key;
	int i;

	html(&p->body, "<fieldset class=\"some\"><legend>");
	html_text(&p->body, row->label);
	html(&p->body, "</legend>\n");
	form_hidden(p, mem_printf(p->mem, "%s[0]", name), "");
	i = some_others(f, row, list, name);
	for (; *s != '\0'; s += len + (s[len] == '|'), i++) {
		len = strcspn(s, "|");
		key = strcspn(s, "=");
		word = mem_strndup(p->mem, s, key);
		form_field(p, &(struct field){
				      .name = mem_printf(p->mem, "%s[%d]", name,
							 i),
				      .label = mem_strndup(p->mem, s + key + 1,
							   len - key - 1),
				      .type = "checkbox",
				      .value = word,
				      .is_checked = has_text(list, word) });
	}
	if (fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, fault);
		html(&p->body, "</p>\n");
	}
	html(&p->body, "<p class=\"help\">");
	html_text(&p->body, row->help != NULL ? row->help : "");
	html(&p->body, "</p></fieldset>\n");
}

static void
pair(struct step_form *f, const struct step_field *row, const char *name,
     struct json_object *o)
{
	struct page *p = f->p;
	const char *key = json_get_string(o, "name");
	const char *value = json_get_string(o, "value");
	int is_long = value != NULL && strpbrk(value, "\r\n") != NULL;

	html(&p->body, "<li class=\"pair\"><input aria-label=\"Name\" "
		       "placeholder=\"Name\"");
	if (row->picks != NULL && strcmp(row->picks, "contact") == 0)
		html(&p->body, " list=\"contact-fields\"");
	html(&p->body, " name=\"");
	html_text(&p->body, name);
	html(&p->body, "[name]\" value=\"");
	html_text(&p->body, key != NULL ? key : "");
	buf_adds(&p->body, is_long ? "\"><textarea rows=\"2\"" : "\"><input");
	html(&p->body, " aria-label=\"Value\" placeholder=\"Value\" "
		       "data-picks=\"template\" name=\"");
	html_text(&p->body, name);
	buf_adds(&p->body, is_long ? "[value]\">\n" : "[value]\" value=\"");
	html_text(&p->body, value != NULL ? value : "");
	buf_adds(&p->body, is_long ? "</textarea>" : "\">");
	if (o != NULL) {
		html(&p->body, "<button class=\"small\" name=\"remove\" "
			       "value=\"");
		html_text(&p->body, name);
		html(&p->body, "\">Remove<span class=\"unseen\"> ");
		html_text(&p->body, key != NULL ? key : "");
		html(&p->body, "</span></button>");
	}
	html(&p->body, "</li>\n");
}

static void
pairs(struct step_form *f, const struct step_field *row,
      struct json_object *list)
{
	struct page *p = f->p;
	const char *name = name_of(f, row), *fault = fault_of(f, row);
	size_t i, n = json_object_array_length(list);

	html(&p->body, "<fieldset class=\"pairs\" tabindex=\"-1\" id=\"f-");
	html_text(&p->body, name);
	html(&p->body, "\"><legend>");
	html_text(&p->body, row->label);
	html(&p->body, "</legend>\n");
	if (fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, fault);
		html(&p->body, "</p>\n");
	}
	if (row->help != NULL) {
		html(&p->body, "<p class=\"help\">");
		html_text(&p->body, row->help);
		html(&p->body, "</p>\n");
	}
	html(&p->body, "<ul class=\"conds\">\n");
	for (i = 0; i < n; i++)
		pair(f, row, mem_printf(p->mem, "%s[%zu]", name, i),
		     json_object_array_get_idx(list, i));
	pair(f, row, mem_printf(p->mem, "%s[%zu]", name, n), NULL);
	html(&p->body, "</ul>\n<button class=\"small\" name=\"more\" value=\"");
	html_text(&p->body, name);
	html(&p->body, "\">Add a row</button></fieldset>\n");
}

/* --- steps to go to ------------------------------------------------------- */

struct choosing {
	struct step_form *f;
	const char *options;
};

/* What separates options can't stand in one. */
static const char *
unbarred(struct page *p, const char *text)
{
	char *copy = mem_strdup(p->mem, text), *s;

	for (s = copy; *s != '\0'; s++)
		if (*s == '|')
			*s = '/';
	return copy;
}

static void
add_step(void *arg, const struct edit_spot *spot)
{
	struct choosing *c = arg;
	struct page *p = c->f->p;
	const char *id = json_get_string(spot->step, "id");

	if (id != NULL && spot->step != c->f->step)
		c->options = mem_printf(p->mem, "%s|%s=%s (%s)", c->options,
					unbarred(p, id),
					unbarred(p, step_title(p, spot->step)),
					unbarred(p, id));
}

static void
step_choice(struct step_form *f, const struct step_field *row,
	    const char *value)
{
	struct choosing c = { f, "=Choose a step" };
	struct step_field filled = *row;

	edit_each(f->p->mem, f->d->doc, add_step, &c);
	filled.options = c.options;
	choice(f, &filled, value);
}

/* --- all of them ---------------------------------------------------------- */

static void
one_field(struct step_form *f, const struct step_field *row)
{
	struct json_object *shown = step_field_show(f->p->mem, row, f->part);
	const char *text = json_object_is_type(shown, json_type_string)
				   ? json_object_get_string(shown)
				   : "";

	switch (row->kind) {
	case FIELD_CHOICE:
		choice(f, row, text);
		break;
	case FIELD_TICK:
		tick(f, row, text);
		break;
	case FIELD_SOME:
		some(f, row, shown);
		break;
	case FIELD_PAIRS:
	case FIELD_SET:
		pairs(f, row, shown);
		break;
	case FIELD_STEP:
		step_choice(f, row, text);
		break;
	case FIELD_COND:
		cond_form(f->p, name_of(f, row), row->label, row->help,
			  fault_of(f, row), shown);
		break;
	default:
		text_field(f, row, text);
	}
}

static int
is_same_group(const struct step_field *a, const struct step_field *b)
{
	return a->path != NULL && a->group != NULL && b->group != NULL &&
	       strcmp(a->group, b->group) == 0;
}

/* The fields from `row` on that are of its group; returns the next one. */
static const struct step_field *
group(struct step_form *f, const struct step_field *row)
{
	struct page *p = f->p;
	const struct step_field *r;
	int is_open = 0;

	for (r = row; is_same_group(r, row); r++)
		is_open |=
			step_field_is_set(r, f->part) || fault_of(f, r) != NULL;
	buf_adds(&p->body, is_open ? "<details class=\"group\" open>"
				   : "<details class=\"group\">");
	html(&p->body, "<summary>");
	html_text(&p->body, row->group);
	html(&p->body, "</summary>\n");
	for (r = row; is_same_group(r, row); r++)
		one_field(f, r);
	html(&p->body, "</details>\n");
	return r;
}

void
step_form_common(struct step_form *f, const struct step_words *w)
{
	const struct step_field *row = step_fields_common;

	while (row->path != NULL) {
		if (row->group != NULL) {
			row = group(f, row);
			continue;
		}
		if (step_has_common(w, row))
			one_field(f, row);
		row++;
	}
}

void
step_form_fields(struct step_form *f, const struct step_field *fields)
{
	const struct step_field *row = fields;

	while (row->path != NULL) {
		if (row->group != NULL) {
			row = group(f, row);
			continue;
		}
		one_field(f, row);
		row++;
	}
}
