/*
 * cond_form.c - a condition as rows of field, operator and value to fill in,
 * with an empty row at the end of each group for one more.  What it means is
 * flow/cond_rows.h.
 */
#include "config.h"

#include "step_form.h"

#include "base/json.h"
#include "flow/cond_op.h"
#include "flow/cond_rows.h"
#include "http/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static void
operators(struct page *p, const char *name, const char *chosen)
{
	const struct cond_op *op;

	html(&p->body, "<select aria-label=\"Comparison\" name=\"");
	html_text(&p->body, name);
	html(&p->body, "[is]\">");
	for (op = cond_ops; op->name != NULL; op++) {
		html(&p->body, "<option value=\"");
		html_text(&p->body, op->name);
		html(&p->body, "\"");
		if (chosen != NULL && strcmp(chosen, op->name) == 0)
			html(&p->body, " selected");
		html(&p->body, ">");
		html_text(&p->body, cond_op_words(op->name));
		html(&p->body, "</option>");
	}
	html(&p->body, "</select>");
}

/* A text that has line breaks keeps them only in a box of several lines. */
static void
value_box(struct page *p, const char *name, const char *value)
{
	if (strpbrk(value, "\r\n") != NULL) {
		html(&p->body, "<textarea aria-label=\"Value\" "
			       "data-picks=\"template\" rows=\"2\" name=\"");
		html_text(&p->body, name);
		html(&p->body, "[value]\">\n");
		html_text(&p->body, value);
		html(&p->body, "</textarea>");
		return;
	}
	html(&p->body, "<input aria-label=\"Value\" placeholder=\"Value\" "
		       "data-picks=\"template\" name=\"");
	html_text(&p->body, name);
	html(&p->body, "[value]\" value=\"");
	html_text(&p->body, value);
	html(&p->body, "\">");
}

/* `row` NULL: an empty one. */
static void
one_row(struct page *p, const char *name, struct json_object *row)
{
	const char *field = json_get_string(row, "field");
	const char *value = json_get_string(row, "value");

	html(&p->body, "<li class=\"cond\"><input aria-label=\"Field\" "
		       "placeholder=\"Field\" list=\"paths\" "
		       "data-picks=\"path\" name=\"");
	html_text(&p->body, name);
	html(&p->body, "[field]\" value=\"");
	html_text(&p->body, field != NULL ? field : "");
	html(&p->body, "\">");
	operators(p, name, json_get_string(row, "is"));
	value_box(p, name, value != NULL ? value : "");
	if (field != NULL && *field != '\0') {
		html(&p->body, "<button class=\"small\" name=\"remove\" "
			       "value=\"");
		html_text(&p->body, name);
		html(&p->body, "\">Remove<span class=\"unseen\"> ");
		html_text(&p->body, field != NULL ? field : "");
		html(&p->body, "</span></button>");
	}
	html(&p->body, "</li>\n");
}

static void
how_box(struct page *p, const char *name, const char *how)
{
	static const char *const hows[][2] = {
		{ "all", "all of these are true" },
		{ "any", "at least one of these is true" },
		{ "none", "none of these is true" },
		{ "not_all", "not all of these are true" },
	};
	size_t i;

	html(&p->body, "<select class=\"how\" aria-label=\"How they are "
		       "joined\" name=\"");
	html_text(&p->body, name);
	html(&p->body, "[how]\">");
	for (i = 0; i < sizeof(hows) / sizeof(*hows); i++) {
		buf_addf(&p->body, "<option value=\"%s\"%s>%s</option>",
			 hows[i][0],
			 how != NULL && strcmp(how, hows[i][0]) == 0
				 ? " selected"
				 : "",
			 hows[i][1]);
	}
	html(&p->body, "</select>\n");
}

/* Is the last row one without a field, as a new step has it? */
static int
is_empty(struct json_object *rows, size_t n)
{
	const char *field =
		n > 0 ? json_get_string(json_object_array_get_idx(rows, n - 1),
					"field")
		      : NULL;

	return field != NULL && *field == '\0';
}

/* `group` NULL: an empty one. */
static void
one_group(struct page *p, const char *name, struct json_object *group)
{
	struct json_object *rows = json_get(group, "rows");
	size_t i, n = rows != NULL ? json_object_array_length(rows) : 0;

	how_box(p, name, json_get_string(group, "how"));
	html(&p->body, "<ul class=\"conds\">\n");
	for (i = 0; i < n; i++)
		one_row(p, mem_printf(p->mem, "%s[rows][%zu]", name, i),
			json_object_array_get_idx(rows, i));
	if (!is_empty(rows, n))
		one_row(p, mem_printf(p->mem, "%s[rows][%zu]", name, n), NULL);
	html(&p->body, "</ul>\n");
}

static void
as_json(struct page *p, const char *name, const char *json)
{
	form_field(p, &(struct field){
			      .name = mem_printf(p->mem, "%s[json]", name),
			      .label = "The condition as JSON",
			      .help = "It has more in it than rows can show. "
				      "Empty it to begin with rows.",
			      .type = "area",
			      .value = json,
			      .is_mono = 1,
			      .is_wide = 1,
			      .rows = 6 });
}

static void
groups_form(struct page *p, const char *name, struct json_object *groups)
{
	size_t i, n = groups != NULL ? json_object_array_length(groups) : 0;

	for (i = 0; i < n; i++) {
		html(&p->body, "<fieldset><legend>And this group</legend>\n");
		one_group(p, mem_printf(p->mem, "%s[groups][%zu]", name, i),
			  json_object_array_get_idx(groups, i));
		html(&p->body, "</fieldset>\n");
	}
	html(&p->body, "<details><summary>Add a group</summary>"
		       "<fieldset><legend>Another group</legend>\n");
	one_group(p, mem_printf(p->mem, "%s[groups][%zu]", name, n), NULL);
	html(&p->body, "</fieldset></details>\n");
}

void
cond_form(struct page *p, const char *name, const char *legend,
	  const char *help, const char *fault, struct json_object *rows)
{
	const char *json = json_get_string(rows, "json");

	html(&p->body, "<fieldset class=\"condition\" tabindex=\"-1\" id=\"f-");
	html_text(&p->body, name);
	html(&p->body, "\"><legend>");
	html_text(&p->body, legend);
	html(&p->body, "</legend>\n");
	if (fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, fault);
		html(&p->body, "</p>\n");
	}
	if (help != NULL) {
		html(&p->body, "<p class=\"help\">");
		html_text(&p->body, help);
		html(&p->body, "</p>\n");
	}
	if (json != NULL) {
		as_json(p, name, json);
	} else {
		one_group(p, name, rows);
		groups_form(p, name, json_get(rows, "groups"));
		html(&p->body,
		     "<p class=\"help\">Several values: with commas between. "
		     "Between: the lowest and the highest, as 10, 20.</p>\n"
		     "<button class=\"small\" name=\"more\" value=\"");
		html_text(&p->body, name);
		html(&p->body, "\">Add a row</button>\n");
	}
	html(&p->body, "</fieldset>\n");
}

void
cond_form_remove(struct page *p, const char *name)
{
	struct json_object *o = p->form;
	const char *key;
	size_t len;

	for (name += strspn(name, "[]"); *name != '\0' && o != NULL;
	     name += len + strspn(name + len, "[]")) {
		len = strcspn(name, "[]");
		key = mem_strndup(p->mem, name, len);
		if (json_object_is_type(o, json_type_array))
			o = json_object_array_get_idx(
				o, (size_t)strtoul(key, NULL, 10));
		else
			o = json_get(o, key);
	}
	if (!json_object_is_type(o, json_type_object))
		return;
	json_set_string(o, "field", "");
	json_set_string(o, "name", "");
}
