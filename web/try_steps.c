/*
 * try_steps.c - the draft's steps as a nested list, with the way that the
 * rehearsal took through them.  See try.h.
 */
#include "config.h"

#include "steps.h"
#include "try.h"

#include "base/json.h"
#include "flow/step_fields.h"
#include "http/html.h"

#include <string.h>

#include "base/banned.h"

#define VISITS_SHOWN 3 /* of a step in a loop */

/* The tree on its way to the page. */
struct way {
	struct page *p;
	const struct draft *d;
	struct json_object *visits; /* {step id: [executions]} */
	const char *zone;
};

static void list_steps(const struct way *w, struct json_object *steps);

/* A step that was left out may have been told by another name: its own was not
 * usable.  It is then told behind the list. */
static struct json_object *
by_step(struct page *p, struct json_object *executed)
{
	struct json_object *all = json_pool(p->mem, json_object_new_object());
	struct json_object *one, *list;
	const char *id;
	size_t i;

	for (i = 0; i < json_object_array_length(executed); i++) {
		one = json_object_array_get_idx(executed, i);
		id = json_get_string(one, "step");
		list = json_get(all, id);
		if (list == NULL) {
			list = json_object_new_array();
			json_object_object_add(all, id, list);
		}
		json_object_array_add(list, json_object_get(one));
	}
	return all;
}

static void
kind_of(const struct way *w, struct json_object *step)
{
	const struct step_words *words =
		step_words_of(json_get_string(step, "type"));
	const char *id = json_get_string(step, "id");
	const char *title = step_title(w->p, step);

	step_icon(w->p, json_get_string(step, "type"));
	html(&w->p->body, "<a class=\"title\" href=\"");
	html_text(&w->p->body, step_url(w->p, w->d, id != NULL ? id : ""));
	html(&w->p->body, "\">");
	html_text(&w->p->body, title);
	html(&w->p->body, "</a>");
	if (words != NULL && strcmp(words->word, title) != 0) {
		html(&w->p->body, " <span class=\"faint\">");
		html_text(&w->p->body, words->word);
		html(&w->p->body, "</span>");
	}
}

/* Did an execution of the step go this way: a branch's number from 1, 0: else?
 */
static int
took(struct json_object *visits, int branch_no)
{
	struct json_object *detail;
	size_t i, n = visits != NULL ? json_object_array_length(visits) : 0;

	for (i = 0; i < n; i++) {
		detail = json_get(json_object_array_get_idx(visits, i),
				  "detail");
		if (json_get(detail, "branch") == NULL &&
		    json_get(detail, "branch_no") == NULL)
			continue;
		if (json_get_int(detail, "branch_no", 0) == branch_no)
			return 1;
	}
	return 0;
}

static void
branch(const struct way *w, const char *name, int is_taken,
       struct json_object *steps)
{
	if (is_taken)
		html(&w->p->body, "<div class=\"way-branch taken\"><p>");
	else
		html(&w->p->body, "<div class=\"way-branch\"><p>");
	html_text(&w->p->body, name);
	if (is_taken)
		html(&w->p->body, " <span class=\"badge good\">taken</span>");
	html(&w->p->body, "</p>\n");
	if (steps != NULL && json_object_is_type(steps, json_type_array) &&
	    json_object_array_length(steps) > 0)
		list_steps(w, steps);
	else
		html(&w->p->body, "<p class=\"faint\">no steps</p>\n");
	html(&w->p->body, "</div>\n");
}

static void
found_branches(const struct way *w, struct json_object *step,
	       struct json_object *visits)
{
	struct json_object *detail = NULL, *met;

	if (visits != NULL)
		detail = json_get(json_object_array_get_idx(visits, 0),
				  "detail");
	met = json_get(detail, "found");
	if (json_get(step, "found") != NULL)
		branch(w, "Found", met != NULL && json_object_get_boolean(met),
		       json_get(step, "found"));
	if (json_get(step, "not_found") != NULL)
		branch(w, "Not found",
		       met != NULL && !json_object_get_boolean(met),
		       json_get(step, "not_found"));
}

static void
branches(const struct way *w, struct json_object *step,
	 struct json_object *visits)
{
	struct json_object *list = json_get(step, "branches"), *one;
	const char *name;
	size_t i;

	found_branches(w, step, visits);
	if (!json_object_is_type(list, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		name = json_get_string(one, "name");
		if (name == NULL || *name == '\0')
			name = mem_printf(w->p->mem, "Branch %zu", i + 1);
		branch(w, name, took(visits, (int)i + 1),
		       json_get(one, "steps"));
	}
	if (json_get(step, "else") != NULL)
		branch(w, "Else", took(visits, 0), json_get(step, "else"));
}

static void
list_visits(const struct way *w, struct json_object *visits)
{
	struct json_object *one;
	size_t i, n = json_object_array_length(visits);

	for (i = 0; i < n && i < VISITS_SHOWN; i++) {
		one = json_object_array_get_idx(visits, i);
		if (i > 0) {
			html(&w->p->body, "<div class=\"head\">Once more");
			try_verdict(w->p, one);
			html(&w->p->body, "</div>\n");
		}
		try_told(w->p, w->d, one, w->zone);
	}
	if (n > VISITS_SHOWN)
		buf_addf(&w->p->body,
			 "<p class=\"faint\">and %zu more times</p>\n",
			 n - VISITS_SHOWN);
}

static void
list_steps(const struct way *w, struct json_object *steps)
{
	struct json_object *step, *visits;
	const char *id;
	size_t i;

	html(&w->p->body, "<ol class=\"way\">\n");
	for (i = 0; i < json_object_array_length(steps); i++) {
		step = json_object_array_get_idx(steps, i);
		id = json_get_string(step, "id");
		visits = id != NULL ? json_get(w->visits, id) : NULL;
		if (visits != NULL)
			html(&w->p->body,
			     "<li class=\"on\"><div class=\"head\">");
		else
			html(&w->p->body,
			     "<li class=\"off\"><div class=\"head\">");
		kind_of(w, step);
		if (visits == NULL)
			html(&w->p->body, " <span class=\"faint\">&ndash; not "
					  "on the way</span>");
		else
			try_verdict(w->p, json_object_array_get_idx(visits, 0));
		html(&w->p->body, "</div>\n");
		if (visits != NULL)
			list_visits(w, visits);
		branches(w, step, visits);
		html(&w->p->body, "</li>\n");
	}
	html(&w->p->body, "</ol>\n");
}

void
try_steps(struct page *p, const struct draft *d, struct json_object *told)
{
	struct way w = { .p = p,
			 .d = d,
			 .visits = by_step(p, json_get(told, "steps")),
			 .zone = json_get_string(told, "timezone") };

	if (json_object_array_length(d->steps) == 0) {
		nothing_yet(p, "The workflow has no steps yet.");
		return;
	}
	list_steps(&w, d->steps);
}
