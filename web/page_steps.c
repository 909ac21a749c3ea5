/*
 * page_steps.c - a workflow's steps as a list with its branches nested, and a
 * place for a new one between any two.  What is done to a step is do_step.c,
 * its form page_step.c.
 */
#include "config.h"

#include "pages.h"
#include "steps.h"

#include "base/json.h"
#include "flow/cond_rows.h"
#include "flow/step_fields.h"
#include "http/html.h"
#include "store/draft.h"
#include "store/workflow.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

struct listing {
	struct page *p;
	const struct draft *d;
	struct verdict verdict;
	struct json_object *counts; /* step id: runs that are there now */
};

static void list_steps(struct listing *l, struct json_object *steps,
		       const struct edit_place *place, const char *where);

/* {step: how many}, all versions together. */
static int
load_counts(struct listing *l)
{
	struct page *p = l->p;
	struct json_object *places, *o;
	struct err e = ERR_INIT;
	const char *step;
	size_t i;

	l->counts = json_pool(p->mem, json_object_new_object());
	if (l->d->w.version == 0)
		return 0;
	if (workflow_places(p->db, p->who->account_id, l->d->w.id, p->mem,
			    &places, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	for (i = 0; i < json_object_array_length(places); i++) {
		o = json_object_array_get_idx(places, i);
		step = json_get_string(o, "step");
		if (step != NULL)
			json_object_object_add(
				l->counts, step,
				json_object_new_int64(
					json_get_int(l->counts, step, 0) +
					json_get_int(o, "count", 0)));
	}
	return 0;
}

/* --- one step ------------------------------------------------------------- */

static void
plus(struct listing *l, const struct edit_place *place, const char *where)
{
	struct page *p = l->p;

	html(&p->body, "<li class=\"plus\"><a href=\"");
	html_text(&p->body, url(p, "workflows/%s/add?at=%s", l->d->w.id,
				url_arg(p, edit_place_text(p->mem, place))));
	html(&p->body, "\"><span aria-hidden=\"true\">+</span>"
		       "<span class=\"unseen\">Add a step ");
	html_text(&p->body, where);
	html(&p->body, "</span></a></li>\n");
}

static void
deed(struct listing *l, const char *id, const char *deed, const char *kind,
     const char *text)
{
	struct page *p = l->p;

	buf_addf(&p->body, "<button class=\"%s\" formaction=\"", kind);
	html_text(&p->body, step_deed(p, l->d, id, deed));
	html(&p->body, "\">");
	html_text(&p->body, text);
	html(&p->body, "</button>\n");
}

static void
menu(struct listing *l, struct json_object *step, const char *id,
     const char *title)
{
	struct page *p = l->p;
	size_t n = edit_count_within(p->mem, step);
	int is_disabled = json_get_bool(step, "disabled", 0);

	html(&p->body, "<details class=\"menu\"><summary><span "
		       "aria-hidden=\"true\">&middot;&middot;&middot;</span>"
		       "<span class=\"unseen\">What to do with ");
	html_text(&p->body, title);
	html(&p->body, "</span></summary><div class=\"choices\">\n"
		       "<a class=\"button small\" href=\"");
	html_text(&p->body, step_url(p, l->d, id));
	html(&p->body, "\">Edit</a>\n");
	deed(l, id, "up", "small", "Move up");
	deed(l, id, "down", "small", "Move down");
	html(&p->body, "<a class=\"button small\" href=\"");
	html_text(&p->body, step_deed(p, l->d, id, "move"));
	html(&p->body, "\">Move to&hellip;</a>\n");
	deed(l, id, "copy", "small", "Copy");
	deed(l, id, is_disabled ? "enable" : "disable", "small",
	     is_disabled ? "Switch on" : "Switch off");
	deed(l, id, "delete", "small danger",
	     n == 0 ? "Delete"
		    : mem_printf(p->mem, "Delete with %zu %s within", n,
				 n == 1 ? "step" : "steps"));
	html(&p->body, "</div></details>\n");
}

static void
runs_here(struct listing *l, const char *id)
{
	struct page *p = l->p;
	int64_t n = json_get_int(l->counts, id, 0);

	if (n == 0)
		return;
	html(&p->body, "<a class=\"badge busy\" href=\"");
	html_text(&p->body, url(p, "runs?workflow=%s&step=%s", l->d->w.id,
				url_arg(p, id)));
	buf_addf(&p->body, "\">%" PRId64 " here now</a>", n);
}

static void
step_line(struct listing *l, struct json_object *step, const char *id,
	  const char *title)
{
	struct page *p = l->p;
	const char *type = json_get_string(step, "type");
	const struct step_words *w = step_words_of(type);
	const char *summary = step_summary(p->mem, step);

	html(&p->body, "<div class=\"line\">");
	step_icon(p, type);
	html(&p->body, "<div class=\"what\"><a class=\"title\" href=\"");
	html_text(&p->body, step_url(p, l->d, id));
	html(&p->body, "\">");
	html_text(&p->body, title);
	html(&p->body, "</a>");
	if (w != NULL && strcmp(title, w->word) != 0) {
		html(&p->body, " <span class=\"faint\">");
		html_text(&p->body, w->word);
		html(&p->body, "</span>");
	}
	if (json_get_bool(step, "disabled", 0))
		html(&p->body, " <span class=\"badge\">switched off</span>");
	if (json_get(step, "if") != NULL) {
		html(&p->body, " <span class=\"badge\">only when ");
		html_text(&p->body, cond_words(p->mem, json_get(step, "if")));
		html(&p->body, "</span>");
	}
	if (*summary != '\0') {
		html(&p->body, "<span class=\"summary\">");
		html_text(&p->body, summary);
		html(&p->body, "</span>");
	}
	html(&p->body, "</div>");
	runs_here(l, id);
	menu(l, step, id, title);
	html(&p->body, "</div>\n");
}

static void
branch(struct listing *l, struct json_object *step, const struct edit_branch *b,
       const char *id)
{
	struct page *p = l->p;
	struct edit_place place = { id, b->key, 0 };
	struct json_object *when = json_get(b->json, "when");
	struct json_object *percent = json_get(b->json, "percent");

	(void)step;
	html(&p->body, "<li class=\"branch\"><p class=\"branch-name\"><b>");
	html_text(&p->body, b->name);
	html(&p->body, "</b>");
	if (when != NULL || percent != NULL) {
		html(&p->body, " <span class=\"faint\">");
		if (when != NULL)
			html_text(&p->body, cond_words(p->mem, when));
		if (percent != NULL) {
			html_text(&p->body, json_pool_text(p->mem, percent));
			html(&p->body, " %");
		}
		html(&p->body, "</span>");
	}
	html(&p->body, "</p>\n");
	list_steps(l, b->list, &place,
		   mem_printf(p->mem, "to the branch %s", b->name));
	html(&p->body, "</li>\n");
}

static void
one_step(struct listing *l, struct json_object *step)
{
	struct page *p = l->p;
	const char *id = json_get_string(step, "id");
	const char *title = step_title(p, step);
	struct edit_branch *b;
	size_t i, n;

	html(&p->body, "<li class=\"step");
	if (json_get_bool(step, "disabled", 0))
		html(&p->body, " off");
	html(&p->body, "\" id=\"s-");
	html_text(&p->body, id != NULL ? id : "");
	html(&p->body, "\">");
	if (id == NULL) {
		html(&p->body, "<p class=\"fault\">This step has no id: mend "
			       "it in the workflow's document.</p></li>\n");
		return;
	}
	step_line(l, step, id, title);
	step_faults(p, &l->verdict.faults, step, 0);
	step_faults(p, &l->verdict.warnings, step, 1);
	b = edit_branches(p->mem, step, &n);
	if (n > 0)
		html(&p->body, "<ul class=\"branches\">\n");
	for (i = 0; i < n; i++)
		branch(l, step, &b[i], id);
	if (n > 0)
		html(&p->body, "</ul>\n");
	html(&p->body, "</li>\n");
}

static void
list_steps(struct listing *l, struct json_object *steps,
	   const struct edit_place *place, const char *where)
{
	struct page *p = l->p;
	struct edit_place at = *place;
	struct json_object *step;
	size_t i, n = json_object_is_type(steps, json_type_array)
			      ? json_object_array_length(steps)
			      : 0;

	html(&p->body, "<ol class=\"steps\">\n");
	at.index = 0;
	plus(l, &at,
	     n == 0 ? where : mem_printf(p->mem, "%s, as the first", where));
	for (i = 0; i < n; i++) {
		step = json_object_array_get_idx(steps, i);
		one_step(l, step);
		at.index = i + 1;
		plus(l, &at,
		     mem_printf(p->mem, "after %s", step_title(p, step)));
	}
	html(&p->body, "</ol>\n");
}

/* --- the page ------------------------------------------------------------- */

static int
undo_bar(struct page *p, const struct draft *d)
{
	struct json_object *last;
	struct err e = ERR_INIT;

	if (draft_last_change(p->db, p->who->account_id, d->w.id, p->mem, &last,
			      &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	if (last == NULL)
		return 0;
	html(&p->body, "<div class=\"bar\"><button class=\"small\" "
		       "formaction=\"");
	html_text(&p->body, url(p, "workflows/%s/undo", d->w.id));
	html(&p->body, "\">Undo</button><span class=\"faint\">");
	html_text(&p->body, json_get_string(last, "label"));
	html(&p->body, ", ");
	html_time(p, json_get_string(last, "at"));
	if (json_get_string(last, "by") != NULL) {
		html(&p->body, " by ");
		html_text(&p->body, json_get_string(last, "by"));
	}
	html(&p->body, "</span></div>\n");
	return 0;
}

static void
count_bar(struct listing *l)
{
	struct page *p = l->p;
	size_t n = l->verdict.faults.f.n;

	if (n == 0 && l->verdict.warnings.f.n == 0)
		return;
	buf_adds(&p->body,
		 n > 0 ? "<p class=\"said bad\">" : "<p class=\"said busy\">");
	if (n > 0)
		buf_addf(&p->body,
			 "%zu %s to be mended before this can be "
			 "published. ",
			 n, n == 1 ? "thing has" : "things have");
	else
		buf_addf(&p->body, "%zu %s to look at. ",
			 l->verdict.warnings.f.n,
			 l->verdict.warnings.f.n == 1 ? "thing" : "things");
	link_to(p, url(p, "workflows/%s/check", l->d->w.id), "Show all");
	html(&p->body, "</p>\n");
}

void
page_steps(struct page *p)
{
	static const struct edit_place top;
	struct draft d;
	struct listing l = { .p = p, .d = &d };

	if (draft_load(p, &d) == -1 || steps_check(p, &d, &l.verdict) == -1 ||
	    load_counts(&l) == -1)
		return;
	draft_frame(p, &d, "steps");
	html(&p->body, "<h2 class=\"unseen\">Steps</h2>\n");
	count_bar(&l);
	form_begin(p, url(p, "workflows/%s/undo", d.w.id));
	draft_rev_field(p, &d);
	if (undo_bar(p, &d) == -1)
		return;
	html(&p->body, "<p class=\"start\"><span class=\"badge\">Start</span> "
		       "a request comes to the workflow's ");
	link_to(p, url(p, "workflows/%s/trigger", d.w.id), "address");
	html(&p->body, "</p>\n");
	list_steps(&l, d.steps, &top, "to the workflow");
	html(&p->body, "<p class=\"start\"><span class=\"badge\">End</span> "
		       "the contact has been through</p>\n");
	form_end(p);
	layout_end(p);
}
