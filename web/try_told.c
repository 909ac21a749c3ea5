/*
 * try_told.c - what one step would do, as the rehearsal told it: its verdict,
 * the conditions with what they saw, the message with all that is in it, the
 * end of a wait.  See try.h.
 */
#include "config.h"

#include "try.h"

#include "base/json.h"
#include "flow/cond_rows.h"
#include "http/html.h"

#include <string.h>

#include "base/banned.h"

static const struct {
	const char *verdict, *word, *kind;
} words[] = {
	{ "done", "done", "good" },
	{ "skipped", "left out", "" },
	{ "would_send", "would be sent", "good" },
	{ "would_call", "would be called", "good" },
	{ "would_wait", "would wait", "busy" },
	{ "fault", "fails", "bad" },
};

void
try_verdict(struct page *p, struct json_object *one)
{
	const char *name = json_get_string(one, "verdict");
	size_t i, at = 0;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].verdict, name) == 0)
			at = i;
	buf_addf(&p->body, " <span class=\"badge %s\">%s</span>",
		 words[at].kind, words[at].word);
	html(&p->body, " <span class=\"faint at\">");
	html_text(&p->body, moment_text(p, json_get_string(one, "at")));
	html(&p->body, "</span>");
}

/* --- conditions ------------------------------------------------------------
 */

static void
met_mark(struct page *p, struct json_object *cond)
{
	struct json_object *met = json_get(cond, "met");

	if (met == NULL)
		html(&p->body,
		     "<span class=\"badge bad\">can't be told</span>");
	else if (json_object_get_boolean(met))
		html(&p->body, "<span class=\"badge good\">true</span>");
	else
		html(&p->body, "<span class=\"badge\">not true</span>");
}

static void
comparison(struct page *p, struct json_object *cond)
{
	const char *is = json_get_string(cond, "is");
	const char *op = is != NULL ? cond_op_words(is) : NULL;
	const char *field = json_get_string(cond, "field");
	struct json_object *value = json_get(cond, "value");
	const char *saw = json_get_string(cond, "saw");

	html(&p->body, "<code>");
	html_text(&p->body, field != NULL ? field : "");
	html(&p->body, "</code> ");
	html_text(&p->body, op != NULL ? op : is != NULL ? is : "");
	if (value != NULL) {
		html(&p->body, " <q>");
		html_text(&p->body, json_pool_text(p->mem, value));
		html(&p->body, "</q>");
	}
	if (saw != NULL) {
		html(&p->body, ": it is <q>");
		html_text(&p->body, saw);
		html(&p->body, "</q>");
	} else {
		html(&p->body, ": it is not there");
	}
}

static void condition(struct page *p, struct json_object *cond);

static void
group(struct page *p, struct json_object *list)
{
	size_t i;

	html(&p->body, "<ul>");
	for (i = 0; i < json_object_array_length(list); i++)
		condition(p, json_object_array_get_idx(list, i));
	html(&p->body, "</ul>");
}

static void
condition(struct page *p, struct json_object *cond)
{
	struct json_object *inner;

	html(&p->body, "<li>");
	met_mark(p, cond);
	html(&p->body, " ");
	if ((inner = json_get(cond, "all")) != NULL) {
		html(&p->body, "all of:");
		group(p, inner);
	} else if ((inner = json_get(cond, "any")) != NULL) {
		html(&p->body, "any of:");
		group(p, inner);
	} else if ((inner = json_get(cond, "not")) != NULL) {
		html(&p->body, "not:<ul>");
		condition(p, inner);
		html(&p->body, "</ul>");
	} else {
		comparison(p, cond);
	}
	if (json_get_string(cond, "error") != NULL) {
		html(&p->body, " <span class=\"bad\">");
		html_text(&p->body, json_get_string(cond, "error"));
		html(&p->body, "</span>");
	}
	html(&p->body, "</li>");
}

static void
tests(struct page *p, struct json_object *list)
{
	struct json_object *o;
	const char *of, *name;
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		of = json_get_string(o, "of");
		name = json_get_string(o, "branch");
		html(&p->body, "<div class=\"tests\"><p>");
		if (strcmp(of, "if") == 0)
			html(&p->body, "Only when");
		else if (strcmp(of, "until_condition") == 0)
			html(&p->body, "Waits until");
		else if (strcmp(of, "when") == 0)
			html(&p->body, "The goal");
		else if (name != NULL) {
			html(&p->body, "Branch ");
			html_text(&p->body, name);
		} else
			buf_addf(&p->body, "Branch %zu", i + 1);
		html(&p->body, "</p><ul>");
		condition(p, json_get(o, "condition"));
		html(&p->body, "</ul></div>\n");
	}
}

/* --- messages and calls ----------------------------------------------------
 */

static void
text_block(struct page *p, const char *text)
{
	html(&p->body, "<pre tabindex=\"0\">");
	html_text(&p->body, text);
	html(&p->body, "</pre>\n");
}

/* The mail as it would look, in a frame that may do nothing at all. */
static void
mail_frame(struct page *p, const char *markup)
{
	p->shows_mail = 1;
	html(&p->body,
	     "<iframe class=\"mail\" sandbox=\"\" title=\"The e-mail as it "
	     "would look\" srcdoc=\"");
	html_text(&p->body, markup);
	html(&p->body, "\"></iframe>\n");
}

static void
mail(struct page *p, struct json_object *m)
{
	const char *text = json_get_string(m, "text");
	const char *markup = json_get_string(m, "html");
	int has_html = markup != NULL && *markup != '\0';

	html(&p->body, "<dl class=\"facts\">");
	try_fact(p, "From", json_get_string(m, "from"));
	try_fact(p, "To", json_get_string(m, "to"));
	try_fact(p, "Cc", json_get_string(m, "cc"));
	try_fact(p, "Bcc", json_get_string(m, "bcc"));
	try_fact(p, "Answers to", json_get_string(m, "reply_to"));
	try_fact(p, "Subject", json_get_string(m, "subject"));
	html(&p->body, "</dl>\n");
	if (has_html) {
		mail_frame(p, markup);
		html(&p->body, "<p class=\"help\">Pictures from elsewhere are "
			       "not loaded here.</p>\n");
	}
	if (text != NULL && *text != '\0') {
		if (has_html)
			html(&p->body, "<p class=\"faint\">The same as plain "
				       "text:</p>\n");
		text_block(p, text);
	}
}

static void
sms(struct page *p, struct json_object *m)
{
	html(&p->body, "<dl class=\"facts\">");
	try_fact(p, "From", json_get_string(m, "from"));
	try_fact(p, "To", json_get_string(m, "to"));
	html(&p->body, "</dl>\n");
	text_block(p, json_get_string(m, "text") != NULL
			      ? json_get_string(m, "text")
			      : "");
}

static void
call(struct page *p, struct json_object *c)
{
	struct json_object *headers = json_get(c, "headers");
	const char *lines = "", *body = json_get_string(c, "body");
	size_t i;

	lines = mem_printf(p->mem, "%s %s\n", json_get_string(c, "method"),
			   json_get_string(c, "url"));
	for (i = 0; i < json_object_array_length(headers); i++)
		lines = mem_printf(
			p->mem, "%s%s\n", lines,
			json_object_get_string(
				json_object_array_get_idx(headers, i)));
	text_block(p,
		   mem_printf(p->mem, "%s%s%s", lines, body != NULL ? "\n" : "",
			      body != NULL ? body : ""));
	html(&p->body, "<p class=\"help\">Secrets are shown as ***. The "
		       "rehearsal goes on as if the other system had answered "
		       "200 with nothing in it.</p>\n");
}

/* --- waits -----------------------------------------------------------------
 */

/* How long, or what for. */
static void
wait_begins(struct page *p, struct json_object *w)
{
	const char *span = json_get_string(w, "for");
	const char *most = json_get_string(w, "timeout");
	const char *by = json_get_string(w, "ends_by");

	if (strcmp(by, "contact") == 0)
		html(&p->body, "Something changed, so it would end at once: ");
	else if (strcmp(by, "condition") == 0)
		html(&p->body, "It is taken as met at once: ");
	else if (span != NULL || most != NULL) {
		html(&p->body, "It would wait ");
		if (most != NULL)
			html(&p->body, "at most ");
		html_text(&p->body, span != NULL ? span : most);
		html(&p->body, ", until ");
	} else
		html(&p->body, "It would wait until ");
}

static void
wait(struct page *p, struct json_object *w, const char *zone)
{
	const char *by = json_get_string(w, "ends_by");

	html(&p->body, "<p>");
	wait_begins(p, w);
	html(&p->body, "<strong>");
	html_text(&p->body, json_get_string(w, "ends_local"));
	html(&p->body, "</strong> (");
	html_text(&p->body, zone != NULL ? zone : "UTC");
	html(&p->body, ").");
	if (json_get(w, "condition") != NULL && strcmp(by, "time") == 0)
		html(&p->body, " Its time is up then; it ends before, as soon "
			       "as the contact fits.");
	if (json_get(w, "window") != NULL)
		html(&p->body, " That is in its days and hours.");
	html(&p->body, "</p>\n");
}

/* --- other steps -----------------------------------------------------------
 */

/* What a step's detail says, as far as people want to know. */
static void
detail(struct page *p, struct json_object *one)
{
	static const struct {
		const char *key, *name;
	} facts[] = {
		{ "reason", "Because" },
		{ "error", "Error" },
		{ "tags", "Tags" },
		{ "name", "Variable" },
		{ "value", "Value" },
		{ "workflow", "Workflow" },
		{ "contact", "Contact" },
		{ "step", "Goes on at" },
		{ "jumped_from", "Jumped from" },
	};
	struct json_object *d = json_get(one, "detail"), *set;
	size_t i;

	html(&p->body, "<dl class=\"facts\">");
	for (i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		if (json_get(d, facts[i].key) != NULL)
			try_fact(p, facts[i].name,
				 try_value(p, json_get(d, facts[i].key)));
	set = json_get(d, "set");
	if (json_object_is_type(set, json_type_object)) {
		json_object_object_foreach (set, field, value)
			try_fact(p, field,
				 value != NULL ? try_value(p, value)
					       : "(cleared)");
	}
	html(&p->body, "</dl>\n");
	if (strcmp(json_get_string(one, "type"), "split") == 0)
		html(&p->body, "<p class=\"help\">By chance: a real run may go "
			       "another way.</p>\n");
}

static void
faults(struct page *p, struct json_object *list)
{
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0)
		return;
	html(&p->body, "<p>This step has faults. It was left out here, and "
		       "must be mended before the workflow can be "
		       "published.</p><ul class=\"faults\">");
	for (i = 0; i < n; i++) {
		html(&p->body, "<li>");
		html_text(&p->body,
			  json_object_get_string(
				  json_object_array_get_idx(list, i)));
		html(&p->body, "</li>");
	}
	html(&p->body, "</ul>\n");
}

void
try_told(struct page *p, const struct draft *d, struct json_object *one,
	 const char *zone)
{
	struct json_object *o;

	(void)d;
	html(&p->body, "<div class=\"told\">");
	if (json_get(one, "faults") != NULL) {
		faults(p, json_get(one, "faults"));
		html(&p->body, "</div>\n");
		return;
	}
	tests(p, json_get(one, "tests"));
	if ((o = json_get(one, "mail")) != NULL)
		mail(p, o);
	else if ((o = json_get(one, "sms")) != NULL)
		sms(p, o);
	else if ((o = json_get(one, "call")) != NULL)
		call(p, o);
	else {
		if ((o = json_get(one, "wait")) != NULL)
			wait(p, o, zone);
		detail(p, one);
	}
	html(&p->body, "</div>\n");
}
