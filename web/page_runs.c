/*
 * page_runs.c - who came through: the list of runs with its filters, and what
 * is done to many of them at once.  One run is page_run.c.
 */
#include "config.h"

#include "base/json.h"
#include "http/html.h"
#include "lists.h"
#include "pages.h"
#include "run_parts.h"
#include "store/run_list.h"
#include "store/workflow.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define AT_ONCE 500 /* runs that one press of a button acts on */
#define AT_ONCE_WORDS "500"

struct filter {
	struct run_search s;
	const char *from_fault, *to_fault;
	int has_any;
};

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void
read_filter(const struct page *p, struct filter *f)
{
	memset(f, 0, sizeof(*f));
	f->s.workflow_id = list_id(p, "workflow");
	f->s.status = list_word(p, "status", run_statuses);
	f->s.from = list_day(p, "from", &f->from_fault);
	f->s.to = list_day(p, "to", &f->to_fault);
	f->s.contact = or_null(list_value(p, "contact"));
	f->s.before = list_id(p, "before");
	if (f->s.workflow_id != NULL)
		f->s.step = or_null(list_value(p, "step"));
	f->has_any = f->s.workflow_id != NULL || f->s.status != NULL ||
		     f->s.from != NULL || f->s.to != NULL ||
		     f->s.contact != NULL || f->from_fault != NULL ||
		     f->to_fault != NULL;
}

#define PARTS 6

/* A filter's parts by their names in addresses and forms. */
static void
parts_of(const struct filter *f, struct list_part parts[PARTS])
{
	const struct list_part all[PARTS] = {
		{ "workflow", f->s.workflow_id },
		{ "status", f->s.status },
		{ "step", f->s.step },
		{ "from", f->s.from },
		{ "to", f->s.to },
		{ "contact", f->s.contact },
	};

	memcpy(parts, all, sizeof(all));
}

/* `href` with the filter. */
static const char *
filtered(struct page *p, const struct filter *f, const char *href)
{
	struct list_part parts[PARTS];

	parts_of(f, parts);
	return list_url(p, href, parts, PARTS);
}

static void
hidden_filter(struct page *p, const struct filter *f)
{
	struct list_part parts[PARTS];

	parts_of(f, parts);
	list_hidden(p, parts, PARTS);
}

/* --- the filters ------------------------------------------------------------
 */

/* Append "|id=label" for each step of a list, and for those in its branches. */
static void
add_steps(struct page *p, struct buf *b, struct json_object *steps)
{
	struct json_object *step, *list;
	const char *id, *label;
	size_t i, k;

	if (!json_object_is_type(steps, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(steps); i++) {
		step = json_object_array_get_idx(steps, i);
		id = json_get_string(step, "id");
		if (id == NULL || strpbrk(id, "|=") != NULL)
			continue;
		label = run_step_label(p, json_get_string(step, "name"),
				       json_get_string(step, "type"), id);
		buf_addf(b, "|%s=", id);
		for (k = 0; label[k] != '\0'; k++)
			buf_addc(b, label[k] == '|' ? '/' : label[k]);
		list = json_get(step, "branches");
		for (k = 0; json_object_is_type(list, json_type_array) &&
			    k < json_object_array_length(list);
		     k++)
			add_steps(p, b,
				  json_get(json_object_array_get_idx(list, k),
					   "steps"));
		add_steps(p, b, json_get(step, "else"));
		add_steps(p, b, json_get(step, "found"));
		add_steps(p, b, json_get(step, "not_found"));
	}
}

/* The steps of the workflow that is looked at; nothing when it is none. */
static void
step_field(struct page *p, const struct filter *f)
{
	struct workflow w = { .id = NULL };
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (f->s.workflow_id == NULL ||
	    workflow_by_id(p->db, p->who->account_id, f->s.workflow_id, p->mem,
			   &w, &e) == -1)
		return;
	buf_adds(&b, "=Any step");
	add_steps(p, &b, json_get(w.draft, "steps"));
	form_field(p, &(struct field){
			      .name = "step",
			      .label = "Step",
			      .value = f->s.step,
			      .options = mem_strndup(p->mem, b.s, b.len) });
	buf_free(&b);
}

static void
filters(struct page *p, const struct filter *f, const char *workflows)
{
	form_begin_get(p, url(p, "runs"));
	form_field(p, &(struct field){ .name = "workflow",
				       .label = "Workflow",
				       .value = f->s.workflow_id,
				       .options = workflows });
	form_field(p, &(struct field){
			      .name = "status",
			      .label = "Status",
			      .value = f->s.status,
			      .options = "=Any status|waiting=Waiting|"
					 "running=Running|completed=Completed|"
					 "failed=Failed|cancelled=Cancelled" });
	step_field(p, f);
	form_field(p, &(struct field){ .name = "contact",
				       .label = "Contact",
				       .value = list_value(p, "contact"),
				       .placeholder = "Name, e-mail or phone",
				       .type = "search" });
	form_field(p, &(struct field){ .name = "from",
				       .label = "Enrolled from",
				       .value = list_value(p, "from"),
				       .fault = f->from_fault,
				       .type = "date" });
	form_field(p, &(struct field){ .name = "to",
				       .label = "Until",
				       .value = list_value(p, "to"),
				       .fault = f->to_fault,
				       .type = "date" });
	list_filter_end(p, "runs", f->has_any);
}

/* --- the list ----------------------------------------------------------------
 */

static void
tick_cell(struct page *p, const char *id, const char *who)
{
	cell_begin(p, "");
	html(&p->body, "<input type=\"checkbox\" name=\"run\" value=\"");
	html_text(&p->body, id);
	html(&p->body, "\" aria-label=\"Run ");
	html_text(&p->body, id);
	html(&p->body, ", ");
	html_text(&p->body, who);
	html(&p->body, "\">");
	cell_end(p);
}

/* Since when it is over, or when it goes on. */
static void
now_cell(struct page *p, struct json_object *r)
{
	const char *finished = json_get_string(r, "finished_at");
	const char *error = json_get_string(r, "last_error");
	const char *due = json_get_string(r, "due_at");
	const char *status = json_get_string(r, "status");

	cell_begin(p, "Now");
	html(&p->body, "<div>");
	if (finished != NULL) {
		html(&p->body, "ended ");
		html_time(p, finished);
	} else if (json_get_bool(r, "paused", 0)) {
		html(&p->body, "until its workflow is published");
	} else if (strcmp(status, "waiting") == 0) {
		html(&p->body, "goes on ");
		html_time(p, due);
	} else {
		html(&p->body, "at work");
	}
	if (error != NULL && strcmp(status, "completed") != 0) {
		html(&p->body, "<div class=\"bad\">");
		html_text(&p->body, list_short(p, error));
		html(&p->body, "</div>");
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
run_row(struct page *p, struct json_object *r)
{
	const char *id = json_get_string(r, "id");
	const char *step = json_get_string(r, "step");

	html(&p->body, "<tr>");
	tick_cell(p, id, run_person_text(p, r));
	html(&p->body, "<th scope=\"row\">");
	link_to(p, url(p, "runs/%s", id), run_person_text(p, r));
	run_address(p, r);
	html(&p->body, "</th>");
	cell_begin(p, "Workflow");
	link_to(p, url(p, "workflows/%s", json_get_string(r, "workflow")),
		json_get_string(r, "workflow_name"));
	cell_end(p);
	cell_begin(p, "Status");
	run_badge(p, r);
	cell_end(p);
	cell_text(p, "Step",
		  step != NULL ? run_step_label(
					 p, json_get_string(r, "step_name"),
					 json_get_string(r, "step_type"), step)
			       : NULL);
	cell_begin(p, "Enrolled");
	html_time(p, json_get_string(r, "started_at"));
	cell_end(p);
	now_cell(p, r);
	html(&p->body, "</tr>\n");
}

static void
deeds(struct page *p, const struct filter *f)
{
	html(&p->body, "<fieldset><legend>With the ticked runs</legend>\n");
	form_field(p,
		   &(struct field){
			   .name = "all",
			   .label = f->has_any ? "Not only these: all that "
						 "match the filter above, at "
						 "most " AT_ONCE_WORDS
						 " at a time"
					       : "Not only these: all runs, at "
						 "most " AT_ONCE_WORDS
						 " at a time",
			   .type = "checkbox",
			   .value = "1" });
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "small", "order", "retry", "Try again");
	form_button(p, "small", "order", "resume", "Go on now");
	form_button(p, "small", "order", "skip", "Skip the step");
	form_button(p, "small danger", "order", "cancel", "Cancel");
	html(&p->body, "</div></fieldset>\n");
}

static void
list_of_runs(struct page *p, const struct filter *f, struct json_object *page)
{
	struct json_object *runs = json_get(page, "runs");
	const char *older = json_get_string(page, "older");
	size_t i, n = json_object_array_length(runs);

	if (n == 0) {
		nothing_yet(p, older != NULL ? "None so far."
			       : f->has_any || f->s.before != NULL
				       ? "No run matches."
				       : "Nobody was enrolled yet. A run "
					 "begins when a request comes to the "
					 "URL of a published workflow.");
	} else {
		form_begin(p, url(p, "runs/act"));
		hidden_filter(p, f);
		table_begin(p, "Runs, newest first",
			    "Tick|Who|Workflow|Status|Step|Enrolled|Now");
		for (i = 0; i < n; i++)
			run_row(p, json_object_array_get_idx(runs, i));
		table_end(p);
		deeds(p, f);
		form_end(p);
	}
	list_older(p, (int)n,
		   older != NULL ? url_with(p, "before", older) : NULL,
		   json_get_string(page, "older_at"));
}

void
page_runs(struct page *p)
{
	struct json_object *page;
	struct err e = ERR_INIT;
	const char *workflows;
	struct filter f;

	read_filter(p, &f);
	workflows = list_workflows(p, &e);
	if (workflows == NULL || run_page(p->db, p->who->account_id, &f.s,
					  LIST_ROWS, p->mem, &page, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	layout_begin(p, "Runs", "runs");
	filters(p, &f, workflows);
	list_of_runs(p, &f, page);
	layout_end(p);
}

/* --- deeds
 * -------------------------------------------------------------------- */

/* What may be ordered, and how it is spoken of. */
static const struct order {
	const char *name, *verb, *done;
	int is_final;
} orders[] = {
	{ "retry", "Try again", "tried again", 0 },
	{ "resume", "Let go on now", "let go on", 0 },
	{ "skip", "Skip the step of", "sent on behind their step", 0 },
	{ "cancel", "Cancel", "cancelled", 1 },
	{ NULL, NULL, NULL, 0 },
};

static const struct order *
find_order(const char *name)
{
	const struct order *o;

	for (o = orders; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* What became of the runs. */
struct tally {
	int n_done, n_refused;
	const char *why; /* of the first that was refused */
};

/* -1: the database is away; what was done till then is in *t. */
static int
act(struct page *p, const struct order *o, struct json_object *ids,
    struct tally *t, struct err *e)
{
	const char *id;
	size_t i;
	int rc;

	for (i = 0; i < json_object_array_length(ids) && i < AT_ONCE; i++) {
		id = json_object_get_string(json_object_array_get_idx(ids, i));
		if (id == NULL || !is_id(id))
			continue;
		rc = strcmp(o->name, "cancel") == 0
			     ? run_cancel(p->db, p->who->account_id, id, p->mem,
					  e)
			     : run_by_hand(p->db, p->who->account_id, id,
					   o->name, p->mem, e);
		if (rc == 0) {
			t->n_done++;
			continue;
		}
		if (e->kind != ERR_GONE && e->kind != ERR_INPUT)
			return -1;
		if (t->n_refused++ == 0)
			t->why = mem_strdup(p->mem, e->text);
	}
	return 0;
}

static void
say(struct page *p, const struct order *o, const struct tally *t, int is_more)
{
	if (t->n_done + t->n_refused == 0)
		page_say(p, 1, "No run was ticked, so nothing was done.");
	else if (t->n_refused == 0)
		page_say(p, 0, "%d %s %s.%s", t->n_done,
			 t->n_done == 1 ? "run was" : "runs were", o->done,
			 is_more ? " There are more: do it again for these."
				 : "");
	else
		page_say(p, t->n_done == 0,
			 "%d %s %s, %d could not be. The first of these: %s.%s",
			 t->n_done, t->n_done == 1 ? "run was" : "runs were",
			 o->done, t->n_refused, t->why,
			 is_more ? " There are more." : "");
}

/* What can't be taken back, and what is done to many, is asked about first. */
static void
ask(struct page *p, const struct order *o, const struct filter *f,
    struct json_object *ids, int is_more, const char *back)
{
	size_t i, n = json_object_array_length(ids);

	layout_crumb(p, url(p, "runs"), "Runs");
	layout_begin(p,
		     mem_printf(p->mem, "%s %zu %s?", o->verb, n,
				n == 1 ? "run" : "runs"),
		     "runs");
	html(&p->body, "<div class=\"card narrow\"><p>");
	if (o->is_final)
		html(&p->body, "What is cancelled does not begin again; the "
			       "contacts stay, and can be enrolled anew.");
	else
		html(&p->body, "Those that this does not fit are left as they "
			       "are.");
	if (is_more)
		html(&p->body, " More runs match: these are the newest.");
	html(&p->body, "</p>\n");
	form_begin(p, url(p, "runs/act"));
	hidden_filter(p, f);
	form_hidden(p, "order", o->name);
	form_hidden(p, "confirmed", "1");
	form_hidden(p, "one", form_value(p, "one"));
	for (i = 0; i < n; i++)
		form_hidden(p, "run",
			    json_object_get_string(
				    json_object_array_get_idx(ids, i)));
	html(&p->body, "<div class=\"bar\">");
	form_button(p, o->is_final ? "danger" : "main", NULL, NULL,
		    mem_printf(p->mem, "%s %zu %s", o->verb, n,
			       n == 1 ? "run" : "runs"));
	link_to(p, back, "Leave them as they are");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

/* The ids that are meant: the ticked ones, or all that match.  -1 with the page
 * made. */
static int
which(struct page *p, const struct filter *f, int is_all,
      struct json_object **ids, int *is_more)
{
	struct json_object *found;
	struct err e = ERR_INIT;

	*is_more = 0;
	*ids = form_list(p, "run");
	if (!is_all)
		return 0;
	if (run_ids(p->db, p->who->account_id, &f->s, AT_ONCE, p->mem, &found,
		    &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	*ids = json_get(found, "ids");
	*is_more = json_get(found, "older") != NULL;
	return 0;
}

void
do_runs_act(struct page *p)
{
	const struct order *o = find_order(form_value(p, "order"));
	const char *back = url(p, "runs"), *one = form_value(p, "one");
	int is_all = form_has(p, "all"), is_more;
	struct tally t = { 0, 0, NULL };
	struct err e = ERR_INIT;
	struct json_object *ids;
	struct filter f;

	read_filter(p, &f);
	back = filtered(p, &f, back);
	if (is_id(one))
		back = url(p, "runs/%s", one);
	if (o == NULL) {
		page_redirect(p, back);
		return;
	}
	if (which(p, &f, is_all, &ids, &is_more) == -1)
		return;
	if ((is_all || o->is_final) && json_object_array_length(ids) > 0 &&
	    !form_has(p, "confirmed")) {
		ask(p, o, &f, ids, is_more, back);
		return;
	}
	if (act(p, o, ids, &t, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	say(p, o, &t, is_more);
	page_redirect(p, back);
}
