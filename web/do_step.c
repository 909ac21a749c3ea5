/*
 * do_step.c - what is done to the steps of a draft from their list: a new one,
 * moving, copying, switching off, deleting; and undoing it all.  The list is
 * page_steps.c.
 */
#include "config.h"

#include "pages.h"
#include "steps.h"

#include "base/json.h"
#include "flow/step_fields.h"
#include "http/html.h"
#include "store/draft.h"

#include <string.h>

#include "base/banned.h"

/* --- a new step ----------------------------------------------------------- */

static void
kind_button(struct page *p, const char *type, const char *icon,
	    const char *word, const char *help)
{
	html(&p->body, "<li><button class=\"kind\" name=\"type\" value=\"");
	html_text(&p->body, type);
	html(&p->body, "\">");
	step_icon(p, icon);
	html(&p->body, "<span><b>");
	html_text(&p->body, word);
	html(&p->body, "</b><span class=\"help\">");
	html_text(&p->body, help);
	html(&p->body, "</span></span></button></li>\n");
}

static void
wait_buttons(struct page *p)
{
	kind_button(p, "wait", "wait", "Wait for some time",
		    "For example 2 days.");
	kind_button(p, "wait.until", "wait", "Wait until a date",
		    "A day before an appointment, for example.");
	kind_button(p, "wait.until_condition", "wait",
		    "Wait until something is true",
		    "And no longer than you say.");
	kind_button(p, "wait.window", "wait", "Wait for days and hours",
		    "Go on only on weekdays from 9 to 5, for example.");
}

/* Where the new step will stand, in words. */
static const char *
place_words(struct page *p, const struct draft *d, const struct edit_place *at)
{
	struct edit_spot spot;
	struct edit_branch *b;
	size_t i, n;

	if (at->step == NULL || !edit_find(p->mem, d->doc, at->step, &spot))
		return mem_printf(p->mem, "as number %zu of the workflow",
				  at->index + 1);
	b = edit_branches(p->mem, spot.step, &n);
	for (i = 0; i < n; i++)
		if (strcmp(b[i].key, at->branch) == 0)
			return mem_printf(p->mem,
					  "as number %zu of the branch %s of "
					  "%s",
					  at->index + 1, b[i].name,
					  step_title(p, spot.step));
	return "";
}

void
page_step_add(struct page *p)
{
	const char *text = query_value(p, "at"), *group = "";
	const struct step_words *w;
	struct edit_place at;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (edit_place_read(p->mem, text, &at) == -1) {
		page_missing(p);
		return;
	}
	draft_frame(p, &d, "steps");
	html(&p->body,
	     "<h2>Add a step</h2>\n<p class=\"faint\">It will stand ");
	html_text(&p->body, place_words(p, &d, &at));
	html(&p->body, ".</p>\n");
	form_begin(p, url(p, "workflows/%s/add", d.w.id));
	draft_rev_field(p, &d);
	form_hidden(p, "at", text);
	for (w = step_words; w->type != NULL; w++) {
		if (strcmp(group, w->group) != 0) {
			if (*group != '\0')
				html(&p->body, "</ul>\n");
			group = w->group;
			html(&p->body, "<h3>");
			html_text(&p->body, group);
			html(&p->body, "</h3>\n<ul class=\"kinds\">\n");
		}
		if (strcmp(w->type, "wait") == 0)
			wait_buttons(p);
		else
			kind_button(p, w->type, w->type, w->word, w->help);
	}
	html(&p->body, "</ul>\n");
	form_end(p);
	html(&p->body, "<p>");
	link_to(p, url(p, "workflows/%s", d.w.id), "Back to the steps");
	html(&p->body, "</p>\n");
	layout_end(p);
}

void
do_step_add(struct page *p)
{
	struct json_object *step;
	struct edit_place at;
	struct err e = ERR_INIT;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (edit_place_read(p->mem, form_value(p, "at"), &at) == -1) {
		page_missing(p);
		return;
	}
	step = edit_insert(p->mem, d.doc, &at, form_value(p, "type"), &e);
	if (step == NULL) {
		page_fail(p, &e);
		return;
	}
	if (draft_save(p, &d,
		       mem_printf(p->mem, "%s added", step_title(p, step))) ==
	    -1)
		return;
	page_redirect(p, step_url(p, &d, json_get_string(step, "id")));
}

/* --- deeds ---------------------------------------------------------------- */

struct deed {
	const char *name, *done; /* "Hello deleted" */
	int (*act)(struct page *p, struct draft *d, const char *id,
		   struct err *e);
};

static int
act_up(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_shift(p->mem, d->doc, id, -1, e);
}

static int
act_down(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_shift(p->mem, d->doc, id, 1, e);
}

static int
act_move(struct page *p, struct draft *d, const char *id, struct err *e)
{
	struct edit_place to;

	if (edit_place_read(p->mem, form_value(p, "to"), &to) == -1)
		return err_set(e, ERR_INPUT, "choose where the step shall go");
	return edit_move(p->mem, d->doc, id, &to, e);
}

static int
act_copy(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_copy(p->mem, d->doc, id, e) != NULL ? 0 : -1;
}

static int
act_disable(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_disable(p->mem, d->doc, id, 1, e);
}

static int
act_enable(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_disable(p->mem, d->doc, id, 0, e);
}

static int
act_delete(struct page *p, struct draft *d, const char *id, struct err *e)
{
	return edit_delete(p->mem, d->doc, id, e);
}

static const struct deed deeds[] = {
	{ "up", "moved up", act_up },
	{ "down", "moved down", act_down },
	{ "move", "moved", act_move },
	{ "copy", "copied", act_copy },
	{ "disable", "switched off", act_disable },
	{ "enable", "switched on", act_enable },
	{ "delete", "deleted", act_delete },
	{ NULL, NULL, NULL },
};

void
do_step(struct page *p)
{
	const char *id = p->arg[1], *what;
	const struct deed *deed = deeds;
	struct err e = ERR_INIT;
	struct edit_spot spot;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	while (deed->name != NULL && strcmp(deed->name, p->arg[2]) != 0)
		deed++;
	if (deed->name == NULL || !edit_find(p->mem, d.doc, id, &spot)) {
		page_missing(p);
		return;
	}
	what = mem_printf(p->mem, "%s %s", step_title(p, spot.step),
			  deed->done);
	if (deed->act(p, &d, id, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (draft_save(p, &d, what) == -1)
		return;
	if (strcmp(deed->name, "delete") == 0)
		page_say(p, 0, "%s. Undo brings it back.", what);
	else
		page_say(p, 0, "%s.", what);
	page_redirect(p, edit_find(p->mem, d.doc, id, &spot)
				 ? steps_url(p, &d, id)
				 : url(p, "workflows/%s", d.w.id));
}

/* The name is the workflow's, whatever the draft of then calls it. */
static int
keep_name(struct page *p, struct draft *d)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	const char *rev, *name;
	int rc = 0;

	if (draft_load(p, d) == -1)
		return -1;
	name = json_get_string(d->doc, "name");
	if (name != NULL && strcmp(name, d->w.name) == 0)
		return 0;
	json_set_string(d->doc, "name", d->w.name);
	json_write(&text, d->doc);
	rc = workflow_save_over(p->db, p->who->account_id, d->w.id, text.s,
				d->rev, p->mem, &rev, &e);
	buf_free(&text);
	if (rc == -1)
		page_fail(p, &e);
	return rc;
}

void
do_undo(struct page *p)
{
	struct json_object *undone;
	struct err e = ERR_INIT;
	const char *seen = form_value(p, "rev");
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (draft_undo(p->db, p->who->account_id, d.w.id,
		       *seen != '\0' ? seen : d.rev, p->mem, &undone,
		       &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (undone != NULL && keep_name(p, &d) == -1)
		return;
	if (undone == NULL)
		page_say(p, 1,
			 "Nothing was undone: there is nothing to undo, "
			 "or the workflow was changed meanwhile.");
	else
		page_say(p, 0, "Undone: %s.", json_get_string(undone, "label"));
	page_redirect(p, url(p, "workflows/%s", d.w.id));
}

/* --- to any place --------------------------------------------------------- */

struct moving {
	struct page *p;
	struct draft *d;
	struct json_object *step; /* what moves: not into itself */
};

static void places(struct moving *m, struct json_object *steps,
		   const struct edit_place *place, int depth);

static void
place_choice(struct moving *m, const struct edit_place *at, int depth,
	     const char *where, const char *what)
{
	struct page *p = m->p;
	const char *text = edit_place_text(p->mem, at);
	int i;

	html(&p->body, "<li>");
	for (i = 0; i < depth; i++)
		html(&p->body, "<span class=\"indent\"></span>");
	html(&p->body, "<input type=\"radio\" name=\"to\" required id=\"to-");
	html_text(&p->body, text);
	html(&p->body, "\" value=\"");
	html_text(&p->body, text);
	html(&p->body, "\"><label for=\"to-");
	html_text(&p->body, text);
	html(&p->body, "\">");
	html_text(&p->body, where);
	html(&p->body, " <b>");
	html_text(&p->body, what);
	html(&p->body, "</b></label></li>\n");
}

static void
places_within(struct moving *m, struct json_object *step, int depth)
{
	struct page *p = m->p;
	struct edit_place first = { json_get_string(step, "id"), NULL, 0 };
	struct edit_branch *b;
	size_t i, n;

	if (step == m->step || first.step == NULL)
		return;
	b = edit_branches(p->mem, step, &n);
	for (i = 0; i < n; i++) {
		first.branch = b[i].key;
		place_choice(m, &first, depth + 1, "First in the branch",
			     b[i].name);
		places(m, b[i].list, &first, depth + 1);
	}
}

static void
places(struct moving *m, struct json_object *steps,
       const struct edit_place *place, int depth)
{
	struct edit_place at = *place;
	struct json_object *step;
	size_t i;

	if (!json_object_is_type(steps, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(steps); i++) {
		step = json_object_array_get_idx(steps, i);
		places_within(m, step, depth);
		at.index = i + 1;
		if (step != m->step)
			place_choice(m, &at, depth, "After",
				     step_title(m->p, step));
	}
}

void
page_step_move(struct page *p)
{
	static const struct edit_place top;
	struct moving m = { .p = p };
	struct edit_spot spot;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (!edit_find(p->mem, d.doc, p->arg[1], &spot)) {
		page_missing(p);
		return;
	}
	m.d = &d;
	m.step = spot.step;
	draft_frame(p, &d, "steps");
	html(&p->body, "<h2>Move ");
	html_text(&p->body, step_title(p, spot.step));
	html(&p->body, "</h2>\n");
	form_begin(p, step_deed(p, &d, p->arg[1], "move"));
	draft_rev_field(p, &d);
	html(&p->body, "<fieldset><legend>Where to</legend>"
		       "<ul class=\"places\">\n");
	place_choice(&m, &top, 0, "First of", "the workflow");
	places(&m, d.steps, &top, 0);
	html(&p->body, "</ul></fieldset>\n");
	form_button(p, "main", NULL, NULL, "Move it there");
	form_end(p);
	layout_end(p);
}
