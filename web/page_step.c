/*
 * page_step.c - the form of one step.  It saves what was typed whether it is
 * right or not: what is wrong is said beside the fields and keeps the workflow
 * from being published, nothing else.  The fields are flow/step_fields.h's.
 */
#include "config.h"

#include "pages.h"
#include "picker.h"
#include "step_form.h"

#include "base/json.h"
#include "flow/date.h"
#include "http/html.h"
#include "store/workflow.h"

#include <string.h>

#include "base/banned.h"

/* --- the form ------------------------------------------------------------- */

static void
branch_deed(struct page *p, const char *deed, size_t i, const char *kind,
	    const char *text)
{
	form_button(p, kind, "branch", mem_printf(p->mem, "%s.%zu", deed, i),
		    text);
}

static void
one_branch(struct step_form *f, const char *type, size_t i,
	   struct json_object *branch)
{
	struct page *p = f->p;
	struct step_form part = *f;
	size_t n =
		json_object_is_type(json_get(branch, "steps"), json_type_array)
			? json_object_array_length(json_get(branch, "steps"))
			: 0;

	part.part = branch;
	part.name = mem_printf(p->mem, "f[branches][%zu]", i);
	part.path = mem_printf(p->mem, "branches/%zu/", i);
	buf_addf(&p->body,
		 "<fieldset class=\"branch-form\"><legend>Branch "
		 "%zu</legend>\n",
		 i + 1);
	step_form_fields(&part, strcmp(type, "split") == 0
					? step_fields_share
					: step_fields_branch);
	html(&p->body, "<div class=\"bar\">\n");
	branch_deed(p, "up", i, "small", "Move up");
	branch_deed(p, "down", i, "small", "Move down");
	branch_deed(p, "remove", i, "small danger",
		    n == 0 ? "Remove this branch"
			   : mem_printf(p->mem,
					"Remove this branch and its %zu %s", n,
					n == 1 ? "step" : "steps"));
	html(&p->body, "</div></fieldset>\n");
}

/* What is wrong with the list of branches itself: what is wrong within one is
 * said there. */
static const char *
fault_of_branches(const struct step_form *f)
{
	const struct located *l = f->faults;
	size_t i;

	for (i = 0; i < l->f.n; i++)
		if (l->steps[i] == f->step &&
		    strcmp(l->rests[i], "/branches") == 0)
			return l->f.list[i].detail;
	return NULL;
}

static void
branches(struct step_form *f, const char *type)
{
	struct page *p = f->p;
	struct json_object *list = json_get(f->step, "branches");
	const char *fault;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return;
	fault = fault_of_branches(f);
	html(&p->body, "<div id=\"f-f[branches]\" tabindex=\"-1\">");
	if (fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, fault);
		html(&p->body, "</p>\n");
	}
	for (i = 0; i < json_object_array_length(list); i++)
		one_branch(f, type, i, json_object_array_get_idx(list, i));
	if (strcmp(type, "if_else") == 0)
		html(&p->body, "<p class=\"help\">The first branch that is "
			       "true is taken; when none is, Else.</p>\n");
	html(&p->body, "</div>\n");
	form_button(p, "small", "branch", "add.0", "Add a branch");
}

static int
workflows_datalist(struct page *p, const char *type)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i;

	if (strcmp(type, "enrol") != 0 && strcmp(type, "unenrol") != 0)
		return 0;
	if (workflow_list(p->db, p->who->account_id, 0, p->mem, &list, &e) ==
	    -1) {
		page_fail(p, &e);
		return -1;
	}
	html(&p->body, "<datalist id=\"workflows\">");
	for (i = 0; i < json_object_array_length(list); i++) {
		html(&p->body, "<option value=\"");
		html_text(&p->body,
			  json_get_string(json_object_array_get_idx(list, i),
					  "name"));
		html(&p->body, "\">");
	}
	html(&p->body, "</datalist>\n");
	return 0;
}

/* --- showing -------------------------------------------------------------- */

static void
heading(struct page *p, const struct draft *d, struct json_object *step,
	const struct step_words *w)
{
	html(&p->body, "<h2 class=\"step-head\">");
	step_icon(p, w->type);
	html(&p->body, " ");
	html_text(&p->body, step_title(p, step));
	html(&p->body, "</h2>\n<p class=\"faint\">");
	html_text(&p->body, w->help);
	html(&p->body, " Its id is <code>");
	html_text(&p->body, json_get_string(step, "id"));
	html(&p->body, "</code>. ");
	link_to(p, steps_url(p, d, json_get_string(step, "id")),
		"Back to the steps");
	html(&p->body, "</p>\n");
}

/* The draft saves by itself while a script runs; the note says when. */
static void
begin_form(struct page *p, const struct draft *d, const char *id)
{
	const char *href = step_url(p, d, id);

	html(&p->body, "<div hx-post=\"");
	html_text(&p->body, href);
	html(&p->body, "\" hx-trigger=\"change delay:600ms\" "
		       "hx-include=\"find form\" hx-target=\"#saved\" "
		       "hx-sync=\"this:queue last\">\n");
	form_begin(p, href);
	draft_rev_field(p, d);
}

static void
end_form(struct page *p)
{
	html(&p->body, "<div class=\"bar sticky\">");
	form_button(p, "main", "back", "1", "Save and go back");
	form_button(p, "plain", NULL, NULL, "Save");
	html(&p->body, "<div id=\"saved\" role=\"status\" "
		       "class=\"faint\"></div></div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
}

static void
show(struct page *p, struct draft *d, struct json_object *step)
{
	const char *id = json_get_string(step, "id");
	const struct step_words *w =
		step_words_of(json_get_string(step, "type"));
	struct verdict v;
	struct picks picks;
	struct step_form f = { .p = p,
			       .d = d,
			       .faults = &v.faults,
			       .step = step,
			       .part = step,
			       .name = "f",
			       .path = "" };

	if (steps_check(p, d, &v) == -1 || picks_load(p, d, &picks) == -1)
		return;
	draft_frame(p, d, "steps");
	heading(p, d, step, w);
	html(&p->body, "<div class=\"side\">\n<div>\n");
	step_faults(p, &v.faults, step, 0);
	step_faults(p, &v.warnings, step, 1);
	begin_form(p, d, id);
	step_form_fields(&f, w->fields);
	branches(&f, w->type);
	html(&p->body, "<h3>About this step</h3>\n");
	step_form_common(&f, w);
	end_form(p);
	html(&p->body, "</div>\n");
	picks_panel(p, &picks);
	html(&p->body, "</div>\n");
	picks_datalists(p, &picks);
	if (workflows_datalist(p, w->type) == -1)
		return;
	layout_end(p);
}

/* The step p->arg[1] of the draft; -1 with the page made. */
static int
find_step(struct page *p, struct draft *d, struct json_object **step)
{
	struct edit_spot spot;

	if (draft_load(p, d) == -1)
		return -1;
	if (!edit_find(p->mem, d->doc, p->arg[1], &spot) ||
	    step_words_of(json_get_string(spot.step, "type")) == NULL) {
		page_missing(p);
		return -1;
	}
	*step = spot.step;
	return 0;
}

void
page_step(struct page *p)
{
	struct json_object *step;
	struct draft d;

	if (find_step(p, &d, &step) == 0)
		show(p, &d, step);
}

/* --- taking --------------------------------------------------------------- */

/* "add.0", "remove.1", "up.1", "down.1" */
static int
act_on_branch(struct page *p, struct json_object *step, const char *deed,
	      struct err *e)
{
	struct edit_place at;
	const char *dot = strchr(deed, '.');

	if (dot == NULL || edit_place_read(p->mem, dot + 1, &at) == -1)
		return 0;
	if (strncmp(deed, "add.", 4) == 0)
		return edit_branch_add(step, e);
	if (strncmp(deed, "remove.", 7) == 0)
		return edit_branch_remove(step, at.index, e);
	return edit_branch_shift(step, at.index, deed[0] == 'u' ? -1 : 1, e);
}

/* "10:26:33", by the account's clock. */
static const char *
clock_text(struct page *p)
{
	char at[32];
	const char *text, *colon;

	date_format_utc(p->who->now_us, at);
	text = moment_text(p, at);
	colon = strchr(text, ':');
	return colon != NULL && colon - text >= 2
		       ? mem_strndup(p->mem, colon - 2, 8)
		       : text;
}

/* What a script shows after the draft was saved by itself. */
static void
saved_note(struct page *p, const struct draft *d, struct json_object *step)
{
	struct verdict v;

	if (steps_check(p, d, &v) == -1)
		return;
	html(&p->body, "Saved at ");
	html_text(&p->body, clock_text(p));
	step_faults(p, &v.faults, step, 0);
}

void
do_step_save(struct page *p)
{
	struct json_object *step;
	struct err e = ERR_INIT;
	const char *what;
	struct draft d;

	if (find_step(p, &d, &step) == -1)
		return;
	if (form_has(p, "remove"))
		cond_form_remove(p, form_value(p, "remove"));
	step_take(p->mem, step, json_get(p->form, "f"));
	if (form_has(p, "branch") &&
	    act_on_branch(p, step, form_value(p, "branch"), &e) == -1) {
		page_fail(p, &e);
		return;
	}
	what = mem_printf(p->mem, "%s changed", step_title(p, step));
	if (draft_save(p, &d, what) == -1)
		return;
	if (p->is_partial) {
		saved_note(p, &d, step);
		return;
	}
	if (form_has(p, "back"))
		page_redirect(p, steps_url(p, &d, p->arg[1]));
	else
		page_redirect(
			p,
			form_has(p, "more")
				? mem_printf(p->mem, "%s#f-%s",
					     step_url(p, &d, p->arg[1]),
					     url_arg(p, form_value(p, "more")))
				: step_url(p, &d, p->arg[1]));
}
