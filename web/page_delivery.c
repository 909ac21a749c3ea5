/*
 * page_delivery.c - one request that came in: what became of it and why, check
 * by check, what it holds, and what it would do now.  Replaying is
 * page_deliveries.c.
 */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/sample.h"
#include "http/html.h"
#include "pages.h"
#include "pretty.h"
#include "replays.h"
#include "run_parts.h"
#include "store/delivery.h"
#include "web.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

#define PLACES_SHOWN 300 /* values of the request in the table */

/* --- why ---------------------------------------------------------------------
 */

/* What an outcome means, and what to do about it. */
static const char *
meaning(const char *outcome)
{
	static const char *const words[][2] = {
		{ "enrolled", "The contact was enrolled in the workflow." },
		{ "updated",
		  "The contact was updated, but not enrolled: the workflow's "
		  "re-entry rule does not allow it now." },
		{ "captured",
		  "The workflow was not published, so the request was kept and "
		  "nothing else was done. Publish the workflow, then replay "
		  "this request." },
		{ "filtered",
		  "The trigger's filter did not let it pass, so nothing was "
		  "done. If it should have passed, change the filter, then "
		  "replay this request." },
		{ "duplicate",
		  "The same request came before, so nothing was done a second "
		  "time." },
		{ "rejected",
		  "The request was refused, and the sender was told so. Mend "
		  "what the failed check below says, then let the sender send "
		  "again, or replay this request." },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], outcome) == 0)
			return words[i][1];
	return "";
}

static const char *
check_label(struct page *p, const char *check)
{
	static const char *const labels[][2] = {
		{ "method", "Method is allowed" },
		{ "body", "Content can be read" },
		{ "address", "Sender's address is allowed" },
		{ "signature", "Signature is right" },
		{ "handshake", "Sender asked for a proof" },
		{ "dedup", "Was not seen before" },
		{ "split", "List was split" },
		{ "mapping", "Values are mapped" },
		{ "filter", "Filter lets it pass" },
		{ "contact", "Contact is known" },
		{ "reentry", "Re-entry is allowed" },
		{ "published", "Workflow is published" },
	};
	char *text;
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i][0], check) == 0)
			return labels[i][1];
	text = mem_strdup(p->mem, check);
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	return text;
}

static void
checks(struct page *p, struct json_object *list)
{
	struct json_object *o;
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0) {
		nothing_yet(p, "No checks were kept.");
		return;
	}
	table_begin(p, "Each check and its verdict", "Check|Verdict|Detail");
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body,
			  check_label(p, json_get_string(o, "check")));
		html(&p->body, "</th>");
		cell_begin(p, "Verdict");
		badge(p, strcmp(json_get_string(o, "verdict"), "failed") == 0
				 ? "failed"
				 : json_get_string(o, "verdict"));
		cell_end(p);
		cell_text(p, "Detail", json_get_string(o, "detail"));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

/* Ids of what was made of it, as links. */
static void
run_cell(struct page *p, struct json_object *o)
{
	const char *run = json_get_string(o, "run");

	cell_begin(p, "Run");
	if (run != NULL)
		link_to(p, url(p, "runs/%s", run),
			mem_printf(p->mem, "run %s", run));
	else
		html(&p->body, "<span class=\"faint\">none</span>");
	cell_end(p);
}

static void
parts(struct page *p, struct json_object *list)
{
	struct json_object *o;
	const char *id;
	size_t i;

	if (list == NULL)
		return;
	html(&p->body, "<h2>Its parts</h2>\n<p>The list in it was split: each "
		       "element went its own way.</p>\n");
	table_begin(p, "Parts", "Part|Outcome|Run|Why");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		id = json_get_string(o, "delivery");
		html(&p->body, "<tr><th scope=\"row\">");
		link_to(p, url(p, "deliveries/%s", id),
			mem_printf(p->mem, "part %" PRId64,
				   json_get_int(o, "part_no", 0)));
		html(&p->body, "</th>");
		cell_begin(p, "Outcome");
		badge(p, json_get_string(o, "status"));
		cell_end(p);
		run_cell(p, o);
		cell_text(p, "Why", json_get_string(o, "reason"));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

static void
its_replays(struct page *p, struct json_object *list)
{
	struct json_object *o;
	const char *id;
	size_t i;

	if (list == NULL)
		return;
	html(&p->body, "<h2>Its replays</h2>\n");
	table_begin(p, "Replays", "Delivery|When|Outcome|Run");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		id = json_get_string(o, "delivery");
		html(&p->body, "<tr><th scope=\"row\">");
		link_to(p, url(p, "deliveries/%s", id), id);
		html(&p->body, "</th>");
		cell_begin(p, "When");
		html_time(p, json_get_string(o, "received_at"));
		cell_end(p);
		cell_begin(p, "Outcome");
		badge(p, json_get_string(o, "status"));
		cell_end(p);
		run_cell(p, o);
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

/* --- what it holds
 * -------------------------------------------------------------- */

/* The values by their paths, as the mapping names them. */
static void
tree(struct page *p, struct json_object *d)
{
	struct json_object *source =
		json_pool(p->mem, json_object_new_object());
	struct json_object *list, *o;
	struct sample sample;
	size_t i, n;

	json_object_object_add(source, "body",
			       json_object_get(json_get(d, "payload")));
	sample_read(p->mem, source, &sample);
	list = sample_json(&sample);
	n = json_object_array_length(list);
	if (n == 0)
		return;
	html(&p->body, "<h2>Its values</h2>\n");
	table_begin(p, "Values of the request", "Path|Type|Value");
	for (i = 0; i < n && i < PLACES_SHOWN; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr><th scope=\"row\" class=\"mono path\">");
		html_text(&p->body, json_get_string(o, "path"));
		html(&p->body, "</th>");
		cell_text(p, "Type", json_get_string(o, "type"));
		cell_text(p, "Value",
			  json_pool_text(p->mem, json_get(o, "value")));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
	if (n > PLACES_SHOWN)
		buf_addf(&p->body,
			 "<p class=\"faint\">The first %d of %zu values.</p>\n",
			 PLACES_SHOWN, n);
}

static void
headers(struct page *p, struct json_object *o)
{
	html(&p->body,
	     "<details><summary>Headers</summary><dl class=\"facts\">");
	json_object_object_foreach (o, name, v) {
		html(&p->body, "<dt class=\"mono\">");
		html_text(&p->body, name);
		html(&p->body, "</dt><dd>");
		html_text(&p->body, json_pool_text(p->mem, v));
		html(&p->body, "</dd>\n");
	}
	html(&p->body, "</dl></details>\n");
}

static void
content(struct page *p, struct json_object *d, const char *body, size_t len)
{
	struct json_object *payload = json_get(d, "payload");
	size_t at;

	html(&p->body, "<h2>The request</h2>\n");
	headers(p, json_get(d, "headers"));
	if (len == 0) {
		html(&p->body, "<p>It had no content.</p>\n");
		return;
	}
	if (!text_is_utf8(body, len, &at) || memchr(body, '\0', len) != NULL) {
		buf_addf(&p->body, "<p>%zu bytes that are no text.</p>\n", len);
		return;
	}
	if (payload != NULL)
		pretty_json(p, payload);
	if (payload != NULL)
		html(&p->body, "<details><summary>");
	else
		html(&p->body, "<details open><summary>");
	buf_addf(&p->body,
		 "As it came, %zu bytes</summary><pre tabindex=\"0\">", len);
	html_text(&p->body, mem_strndup(p->mem, body, len));
	html(&p->body, "</pre></details>\n");
}

/* --- the page
 * ------------------------------------------------------------------- */

static void
fact(struct page *p, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	html(&p->body, "<dt>");
	html_text(&p->body, name);
	html(&p->body, "</dt><dd>");
	html_text(&p->body, value);
	html(&p->body, "</dd>\n");
}

/* A fact that leads to another delivery. */
static void
fact_delivery(struct page *p, const char *name, const char *id)
{
	if (id == NULL)
		return;
	html(&p->body, "<dt>");
	html_text(&p->body, name);
	html(&p->body, "</dt><dd>");
	link_to(p, url(p, "deliveries/%s", id),
		mem_printf(p->mem, "delivery %s", id));
	html(&p->body, "</dd>\n");
}

static void
facts(struct page *p, struct json_object *d)
{
	const char *run = json_get_string(d, "run");

	html(&p->body, "<dl class=\"facts\"><dt>Received</dt><dd>");
	html_time(p, json_get_string(d, "received_at"));
	html(&p->body, "</dd>\n<dt>Workflow</dt><dd>");
	link_to(p, url(p, "workflows/%s", json_get_string(d, "workflow")),
		json_get_string(d, "workflow_name"));
	html(&p->body, "</dd>\n");
	if (json_get_string(d, "contact") != NULL) {
		html(&p->body, "<dt>Contact</dt><dd>");
		run_person(p, d);
		html(&p->body, "</dd>\n");
	}
	if (run != NULL) {
		html(&p->body, "<dt>Run</dt><dd>");
		link_to(p, url(p, "runs/%s", run),
			mem_printf(p->mem, "run %s", run));
		html(&p->body, "</dd>\n");
	}
	fact_delivery(p, "Part of", json_get_string(d, "part_of"));
	fact_delivery(p, "Replay of", json_get_string(d, "replay_of"));
	fact(p, "Sent from", json_get_string(d, "remote_addr"));
	fact(p, "Type of content", json_get_string(d, "content_type"));
	fact(p, "Query", json_get_string(d, "query"));
	fact(p, "Answered with",
	     json_pool_text(p->mem, json_get(d, "http_status")));
	html(&p->body, "</dl>\n");
}

static void
why(struct page *p, struct json_object *d)
{
	const char *outcome = json_get_string(d, "outcome");
	const char *reason = json_get_string(d, "reason");

	if (strcmp(outcome, "enrolled") == 0)
		html(&p->body, "<h2>What was checked</h2>\n<p>");
	else
		html(&p->body, "<h2>Why did nothing happen?</h2>\n<p>");
	html_text(&p->body, meaning(outcome));
	html(&p->body, "</p>\n");
	if (reason != NULL) {
		html(&p->body, "<p><strong>");
		html_text(&p->body, reason);
		html(&p->body, "</strong></p>\n");
	}
	if (json_get_bool(d, "is_conflict", 0))
		html(&p->body, "<p>The same key came before with another "
			       "content.</p>\n");
	if (json_get_bool(d, "used_old_url", 0))
		html(&p->body, "<p>It came to an old address of the workflow, "
			       "which will stop working: give the sender the "
			       "new one.</p>\n");
	checks(p, json_get(d, "checks"));
}

/* The delivery p->arg[0].  -1 with the page made. */
static int
load(struct page *p, struct json_object **d, const char **body, size_t *len)
{
	struct err e = ERR_INIT;

	if (!is_id(p->arg[0])) {
		page_missing(p);
		return -1;
	}
	if (delivery_show(p->db, p->who->account_id, p->arg[0], p->mem, d, body,
			  len, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	return 0;
}

void
page_delivery(struct page *p)
{
	const char *body, *id = p->arg[0];
	struct json_object *d;
	size_t len;

	if (load(p, &d, &body, &len) == -1)
		return;
	layout_crumb(p, url(p, "deliveries"), "Deliveries");
	layout_begin(p,
		     mem_printf(p->mem, "%s %s to %s",
				json_get_string(d, "method"), id,
				json_get_string(d, "workflow_name")),
		     "deliveries");
	html(&p->body, "<div class=\"bar\">");
	badge(p, json_get_string(d, "outcome"));
	html(&p->body, "<a class=\"button\" href=\"");
	html_text(&p->body, url(p, "deliveries/%s/again", id));
	html(&p->body, "\">What would happen now?</a></div>\n");
	facts(p, d);
	why(p, d);
	parts(p, json_get(d, "parts"));
	its_replays(p, json_get(d, "replays"));
	content(p, d, body, len);
	tree(p, d);
	layout_end(p);
}

/* --- once more?
 * ------------------------------------------------------------------ */

static void
changes(struct page *p, struct json_object *list)
{
	struct json_object *o;
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0) {
		html(&p->body, "<p>Nothing of the contact would change.</p>\n");
		return;
	}
	table_begin(p, "What would change", "Field|Before|After");
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, json_get_string(o, "field"));
		html(&p->body, "</th>");
		cell_text(p, "Before",
			  json_pool_text(p->mem, json_get(o, "before")));
		cell_text(p, "After",
			  json_pool_text(p->mem, json_get(o, "after")));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

/* Whom it would mean. */
static void
person(struct page *p, struct json_object *o)
{
	struct json_object *by = json_get(o, "matched_by");
	const char *id = json_get_string(o, "contact");
	size_t i;

	if (by == NULL)
		return;
	html(&p->body, "<p>");
	if (id == NULL) {
		html(&p->body, "It would make a new contact.");
	} else {
		html(&p->body, "It means ");
		link_to(p, url(p, "contacts/%s", id),
			mem_printf(p->mem, "contact %s", id));
		for (i = 0; i < json_object_array_length(by); i++) {
			html_text(&p->body, i == 0 ? ", matched by " : " and ");
			html_text(&p->body,
				  json_object_get_string(
					  json_object_array_get_idx(by, i)));
		}
		html(&p->body, ".");
	}
	html(&p->body, "</p>\n");
}

/* What would be of one contact. */
static void
effect(struct page *p, struct json_object *o)
{
	struct json_object *variables = json_get(o, "custom_variables");

	person(p, o);
	if (json_get(o, "matched_by") != NULL)
		changes(p, json_get(o, "changes"));
	if (variables != NULL && json_object_object_length(variables) > 0) {
		html(&p->body, "<h2>Custom variables</h2>\n");
		pretty_json(p, variables);
	}
	if (json_get(o, "checks") != NULL) {
		html(&p->body, "<h2>What is checked</h2>\n");
		checks(p, json_get(o, "checks"));
	}
}

static void
verdict(struct page *p, struct json_object *o)
{
	const char *status = json_get_string(o, "status");
	const char *reason = json_get_string(o, "reason");

	html(&p->body, "<div class=\"bar\">");
	badge(p, strcmp(status, "not_replayed") == 0 ? "can't be replayed"
						     : status);
	if (reason != NULL) {
		html(&p->body, "<strong>");
		html_text(&p->body, reason);
		html(&p->body, "</strong>");
	}
	html(&p->body, "</div>\n");
}

static void
replay_button(struct page *p, const char *id)
{
	form_begin(p, url(p, "deliveries/replay"));
	form_hidden(p, "delivery", id);
	form_hidden(p, "confirmed", "ticked");
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL, "Replay it");
	link_to(p, url(p, "deliveries/%s", id), "Leave it");
	html(&p->body, "</div>\n");
	form_end(p);
}

void
page_delivery_again(struct page *p)
{
	const char *body, *id = p->arg[0];
	struct json_object *d, *o, *list;
	struct err e = ERR_INIT;
	size_t i, len;

	if (load(p, &d, &body, &len) == -1)
		return;
	if (replays_try(p, id, &o, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	layout_crumb(p, url(p, "deliveries"), "Deliveries");
	layout_crumb(
		p, url(p, "deliveries/%s", id),
		mem_printf(p->mem, "%s %s", json_get_string(d, "method"), id));
	layout_begin(p, "What would happen now?", "deliveries");
	html(&p->body,
	     "<p>This request, once more through today's mapping, filter and "
	     "re-entry rule. Nothing of it was kept or sent.</p>\n");
	verdict(p, o);
	list = json_get(o, "parts");
	if (list == NULL)
		effect(p, o);
	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		buf_addf(&p->body, "<h2>Part %zu</h2>\n", i + 1);
		verdict(p, json_object_array_get_idx(list, i));
		effect(p, json_object_array_get_idx(list, i));
	}
	if (strcmp(json_get_string(o, "status"), "not_replayed") != 0)
		replay_button(p, id);
	layout_end(p);
}
