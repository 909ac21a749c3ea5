/*
 * page_run.c - one run: who, where it is and why, what it was begun with, and
 * each step with its attempts, what was sent and what came back.  What is done
 * to it is page_runs.c.
 */
#include "config.h"

#include "base/json.h"
#include "flow/plan.h"
#include "front/run_why.h"
#include "front/run_words.h"
#include "http/html.h"
#include "pages.h"
#include "pretty.h"
#include "run_parts.h"
#include "store/run_list.h"
#include "web.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

/* Seconds since an executor was seen, when all is well. */
#define SEEN_OK_S 150

/* A run as its page tells it. */
struct story {
	struct json_object *run, *more; /* as run_show and run_explain */
	struct plan *plan;
};

static int
is_status(const struct story *s, const char *status)
{
	return strcmp(json_get_string(s->run, "status"), status) == 0;
}

static void
fact_begin(struct page *p, const char *name)
{
	html(&p->body, "<dt>");
	html_text(&p->body, name);
	html(&p->body, "</dt><dd>");
}

static void
fact_end(struct page *p)
{
	html(&p->body, "</dd>\n");
}

/* What a step of this run is called. */
static const char *
step_name(struct page *p, const struct story *s, const char *id,
	  const char *type)
{
	const struct plan_step *step = plan_find(s->plan, id);

	return run_step_label(
		p, step != NULL ? json_get_string(step->json, "name") : NULL,
		step != NULL ? step->type : type, id);
}

/* --- above: how it stands
 * ------------------------------------------------------ */

static void
deed(struct page *p, const struct story *s, const char *order, const char *kind,
     const char *text)
{
	const char *id = json_get_string(s->run, "id");

	html(&p->body, "<form method=\"post\" class=\"one\" action=\"");
	html_text(&p->body, url(p, "runs/act"));
	html(&p->body, "\">");
	form_hidden(p, "csrf", p->who->csrf);
	form_hidden(p, "run", id);
	form_hidden(p, "one", id);
	form_button(p, kind, "order", order, text);
	form_end(p);
}

static void
deeds(struct page *p, const struct story *s)
{
	int is_waiting = is_status(s, "waiting");

	html(&p->body, "<div class=\"bar\">");
	run_badge(p, s->run);
	if (is_status(s, "failed")) {
		deed(p, s, "retry", "main", "Try the step again");
		deed(p, s, "skip", "plain", "Skip the step");
	}
	if (is_waiting && !json_get_bool(s->run, "paused", 0)) {
		deed(p, s, "resume", "main", "Go on now");
		deed(p, s, "skip", "plain", "Skip the step");
	}
	if (is_waiting || is_status(s, "running"))
		deed(p, s, "cancel", "danger", "Cancel the run");
	html(&p->body, "</div>\n");
}

/* Why it stands where it stands. */
static void
why(struct page *p, const struct story *s)
{
	const char *goes_on = run_why(p->mem, s->run);
	int64_t seen = json_get_int(s->more, "executor_seen_s", -1);

	if (goes_on != NULL) {
		html(&p->body, "<p>It goes on ");
		html_text(&p->body, goes_on);
		html(&p->body, ".</p>\n");
		if (json_get_bool(s->run, "is_due", 0) &&
		    (seen < 0 || seen > SEEN_OK_S)) {
			html(&p->body,
			     "<p class=\"bad\">Nothing carries out steps just "
			     "now: the executor was not seen lately. ");
			link_to(p, url(p, "health"), "What Health says");
			html(&p->body, "</p>\n");
		}
	} else if (is_status(s, "running")) {
		html(&p->body, "<p>An executor is at work on it just "
			       "now.</p>\n");
	}
}

static void
trouble(struct page *p, const struct story *s)
{
	const char *error = json_get_string(s->run, "last_error");

	if (error == NULL || is_status(s, "completed"))
		return;
	html(&p->body, "<div class=\"card trouble\"><h2>What went wrong</h2>"
		       "<p class=\"bad\">");
	html_text(&p->body, error);
	html(&p->body, "</p>\n<p>");
	if (is_status(s, "failed"))
		html(&p->body,
		     "Mend what it says, then try the step again. Or skip the "
		     "step: the run goes on behind it.");
	else if (is_status(s, "cancelled"))
		html(&p->body, "What is cancelled does not begin again.");
	else
		html(&p->body, "It is tried again by itself.");
	html(&p->body, "</p></div>\n");
}

static void
facts(struct page *p, const struct story *s)
{
	const char *delivery = json_get_string(s->run, "delivery");
	const char *parent = json_get_string(s->run, "parent_run");
	const char *finished = json_get_string(s->run, "finished_at");
	const char *step = json_get_string(s->run, "step");

	html(&p->body, "<dl class=\"facts\">");
	fact_begin(p, "Who");
	run_person(p, s->run);
	fact_end(p);
	fact_begin(p, "Workflow");
	link_to(p, url(p, "workflows/%s", json_get_string(s->run, "workflow")),
		json_get_string(s->run, "workflow_name"));
	buf_addf(&p->body, ", version %" PRId64,
		 json_get_int(s->run, "version", 0));
	fact_end(p);
	fact_begin(p, "Enrolled");
	html_time(p, json_get_string(s->run, "started_at"));
	if (delivery != NULL) {
		html(&p->body, " by ");
		link_to(p, url(p, "deliveries/%s", delivery),
			mem_printf(p->mem, "delivery %s", delivery));
	}
	if (parent != NULL) {
		html(&p->body, " by ");
		link_to(p, url(p, "runs/%s", parent),
			mem_printf(p->mem, "run %s", parent));
	}
	fact_end(p);
	if (step != NULL) {
		fact_begin(p, finished != NULL ? "Last step" : "At step");
		html_text(&p->body, step_name(p, s, step, NULL));
		fact_end(p);
	}
	if (finished != NULL) {
		fact_begin(p, "Ended");
		html_time(p, finished);
		fact_end(p);
	}
	html(&p->body, "</dl>\n");
}

/* --- the timeline
 * -------------------------------------------------------------- */

/* Members of a step's detail, as people call them. */
static const char *
detail_label(struct page *p, const char *key)
{
	static const char *const labels[][2] = {
		{ "url", "Address" },
		{ "status", "Answered with" },
		{ "answer", "What came back" },
		{ "answer_cut", "Answer shortened" },
		{ "dialogue", "Talk with the mail server" },
		{ "message_id", "Message-ID" },
		{ "idempotency_key", "Idempotency-Key" },
		{ "late_s", "Seconds late" },
		{ "again_in_s", "Tried again in seconds" },
		{ "branch_no", "Branch number" },
		{ "ended_by", "Ended by" },
	};
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i][0], key) == 0)
			return labels[i][1];
	return pretty_words(p, key);
}

static int
is_long(struct page *p, struct json_object *v)
{
	const char *text = json_pool_text(p->mem, v);

	return json_object_is_type(v, json_type_object) ||
	       json_object_is_type(v, json_type_array) || strlen(text) > 200 ||
	       strchr(text, '\n') != NULL;
}

static void
detail_value(struct page *p, const char *key, struct json_object *v)
{
	const char *text = json_pool_text(p->mem, v);

	if (is_long(p, v))
		pretty_json(p, v);
	else if (strcmp(key, "until") == 0)
		html_time(p, text);
	else if ((strcmp(key, "contact") == 0 || strcmp(key, "run") == 0) &&
		 is_id(text))
		link_to(p, url(p, "%ss/%s", key, text), text);
	else
		html_text(&p->body, text);
}

static void
detail(struct page *p, struct json_object *o)
{
	if (o == NULL || json_object_object_length(o) == 0)
		return;
	html(&p->body,
	     "<details><summary>Details</summary><dl class=\"facts\">");
	json_object_object_foreach (o, key, v) {
		if (v == NULL)
			continue;
		fact_begin(p, detail_label(p, key));
		detail_value(p, key, v);
		fact_end(p);
	}
	html(&p->body, "</dl></details>\n");
}

/* What came of it, in a sentence; the badge says the status already, and a
 * moment is told in the account's zone. */
static const char *
outcome(struct page *p, struct json_object *done, const struct plan_step *step)
{
	static const char *const dull[] = { "result ", "error ", "reason " };
	const char *until = json_get_string(json_get(done, "detail"), "until");
	const char *status = json_get_string(done, "status");
	const char *words =
		words_outcome(p->mem, done, step != NULL ? step->json : NULL);
	size_t i, len = strlen(status);

	if (strncmp(words, status, len) != 0 || words[len] != ':')
		return NULL;
	words += len + 2;
	if (until != NULL && strncmp(words, "until ", 6) == 0)
		return mem_printf(p->mem, "until %s", moment_text(p, until));
	for (i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
		if (strncmp(words, dull[i], strlen(dull[i])) == 0)
			return words + strlen(dull[i]);
	return words;
}

static void
attempt(struct page *p, const struct story *s, struct json_object *done)
{
	const char *id = json_get_string(done, "step");
	const struct plan_step *step = plan_find(s->plan, id);
	const char *words = outcome(p, done, step);
	int64_t no = json_get_int(done, "attempt", 1);

	html(&p->body, "<li><div class=\"bar\"><strong>");
	html_text(&p->body, step_name(p, s, id, json_get_string(done, "type")));
	html(&p->body, "</strong>");
	badge(p, json_get_string(done, "status"));
	if (no > 1)
		buf_addf(&p->body, "<span>attempt %" PRId64 "</span>", no);
	html_time(p, json_get_string(done, "finished_at"));
	html(&p->body, "</div>\n");
	if (words != NULL) {
		html(&p->body, "<p>");
		html_text(&p->body, words);
		html(&p->body, "</p>\n");
	}
	detail(p, json_get(done, "detail"));
	html(&p->body, "</li>\n");
}

static void
timeline(struct page *p, const struct story *s)
{
	struct json_object *steps = json_get(s->run, "steps");
	size_t i, n = json_object_array_length(steps);

	html(&p->body, "<h2>What happened</h2>\n<ol class=\"timeline\">\n"
		       "<li><div class=\"bar\"><strong>Enrolled</strong>");
	html_time(p, json_get_string(s->run, "started_at"));
	html(&p->body, "</div></li>\n");
	for (i = 0; i < n; i++)
		attempt(p, s, json_object_array_get_idx(steps, i));
	if (json_get_string(s->run, "finished_at") != NULL) {
		html(&p->body, "<li><div class=\"bar\"><strong>Ended</strong>");
		badge(p, json_get_string(s->run, "status"));
		html_time(p, json_get_string(s->run, "finished_at"));
		html(&p->body, "</div></li>\n");
	} else {
		html(&p->body, "<li class=\"now\"><div class=\"bar\">"
			       "<strong>Now</strong>");
		run_badge(p, s->run);
		html(&p->body, "</div>");
		why(p, s);
		html(&p->body, "</li>\n");
	}
	html(&p->body, "</ol>\n");
}

/* --- what it was begun with
 * ------------------------------------------------------ */

static void
variables(struct page *p, struct json_object *o)
{
	html(&p->body, "<h2>Custom variables</h2>\n");
	if (o == NULL || json_object_object_length(o) == 0) {
		nothing_yet(p, "The mapping gave this run none.");
		return;
	}
	table_begin(p, "Custom variables", "Name|Value");
	json_object_object_foreach (o, name, v) {
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, name);
		html(&p->body, "</th>");
		cell_begin(p, "Value");
		if (v != NULL && is_long(p, v))
			pretty_json(p, v);
		else
			html_text(&p->body, json_pool_text(p->mem, v));
		cell_end(p);
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

static void
kept(struct page *p, const char *title, struct json_object *o)
{
	if (o == NULL || json_object_object_length(o) == 0)
		return;
	html(&p->body, "<details><summary>");
	html_text(&p->body, title);
	html(&p->body, "</summary>");
	pretty_json(p, o);
	html(&p->body, "</details>\n");
}

/* Only what changes by itself: asked for again every few seconds while the run
 * is under way. */
static void
live_part(struct page *p, const struct story *s)
{
	html(&p->body, "<div id=\"run\"");
	if (json_get_string(s->run, "finished_at") == NULL) {
		html(&p->body, " hx-get=\"");
		html_text(&p->body,
			  url(p, "runs/%s", json_get_string(s->run, "id")));
		html(&p->body, "\" hx-trigger=\"every 5s\" "
			       "hx-swap=\"outerHTML\"");
	}
	html(&p->body, ">\n");
	deeds(p, s);
	trouble(p, s);
	facts(p, s);
	timeline(p, s);
	html(&p->body, "</div>\n");
}

void
page_run(struct page *p)
{
	const char *account = p->who->account_id;
	struct story s = { NULL, NULL, NULL };
	struct err e = ERR_INIT;

	if (!is_id(p->arg[0])) {
		page_missing(p);
		return;
	}
	if (run_show(p->db, account, p->arg[0], p->mem, &s.run, &e) == -1 ||
	    run_explain(p->db, account, p->arg[0], p->mem, &s.more, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	s.plan = plan_open(p->mem, json_get(s.more, "document"));
	if (p->is_partial) {
		live_part(p, &s);
		return;
	}
	layout_crumb(p, url(p, "runs"), "Runs");
	layout_begin(p,
		     mem_printf(p->mem, "%s in %s", run_person_text(p, s.run),
				json_get_string(s.run, "workflow_name")),
		     "runs");
	live_part(p, &s);
	variables(p, json_get(s.run, "variables"));
	kept(p, "What it keeps of the request", json_get(s.run, "webhook"));
	kept(p, "Results of its steps", json_get(s.run, "results"));
	layout_end(p);
}
