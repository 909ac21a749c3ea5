/*
 * page_deliveries.c - what came in: the list of requests with its filters, and
 * replaying them.  One delivery is page_delivery.c.
 */
#include "config.h"

#include "base/json.h"
#include "flow/date.h"
#include "http/html.h"
#include "lists.h"
#include "pages.h"
#include "replays.h"
#include "run_parts.h"
#include "store/delivery.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define AT_ONCE 100 /* deliveries that one press of a button replays */
#define AT_ONCE_WORDS "100"

struct filter {
	struct delivery_search s;
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
	const char *at = list_value(p, "at");

	memset(f, 0, sizeof(*f));
	f->s.workflow_id = list_id(p, "workflow");
	f->s.outcome = list_word(p, "outcome", delivery_outcomes);
	f->s.from = list_day(p, "from", &f->from_fault);
	f->s.to = list_day(p, "to", &f->to_fault);
	f->s.text = or_null(list_value(p, "text"));
	f->s.before = list_id(p, "before");
	/* Both or none: where the last page ended. */
	if (strlen(at) == 27 && date_is_valid(at))
		f->s.before_at = at;
	if (f->s.before_at == NULL)
		f->s.before = NULL;
	f->has_any = f->s.workflow_id != NULL || f->s.outcome != NULL ||
		     f->s.from != NULL || f->s.to != NULL ||
		     f->s.text != NULL || f->from_fault != NULL ||
		     f->to_fault != NULL;
}

#define PARTS 5

/* A filter's parts by their names in addresses and forms. */
static void
parts_of(const struct filter *f, struct list_part parts[PARTS])
{
	const struct list_part all[PARTS] = {
		{ "workflow", f->s.workflow_id },
		{ "outcome", f->s.outcome },
		{ "from", f->s.from },
		{ "to", f->s.to },
		{ "text", f->s.text },
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

/* --- the list
 * ----------------------------------------------------------------- */

static void
filters(struct page *p, const struct filter *f, const char *workflows)
{
	form_begin_get(p, url(p, "deliveries"));
	form_field(p, &(struct field){ .name = "workflow",
				       .label = "Workflow",
				       .value = f->s.workflow_id,
				       .options = workflows });
	form_field(p, &(struct field){
			      .name = "outcome",
			      .label = "Outcome",
			      .value = f->s.outcome,
			      .options = "=Any outcome|enrolled=Enrolled|"
					 "updated=Updated, not enrolled|"
					 "captured=Captured, not published|"
					 "filtered=Filtered out|"
					 "duplicate=Duplicate|"
					 "rejected=Rejected" });
	form_field(p, &(struct field){ .name = "text",
				       .label = "Text in it",
				       .value = list_value(p, "text"),
				       .placeholder = "Order number, address",
				       .type = "search" });
	form_field(p, &(struct field){ .name = "from",
				       .label = "Received from",
				       .value = list_value(p, "from"),
				       .fault = f->from_fault,
				       .type = "date" });
	form_field(p, &(struct field){ .name = "to",
				       .label = "Until",
				       .value = list_value(p, "to"),
				       .fault = f->to_fault,
				       .type = "date" });
	list_filter_end(p, "deliveries", f->has_any);
}

static void
tick_cell(struct page *p, const char *id)
{
	cell_begin(p, "");
	html(&p->body, "<input type=\"checkbox\" name=\"delivery\" value=\"");
	html_text(&p->body, id);
	html(&p->body, "\" aria-label=\"Delivery ");
	html_text(&p->body, id);
	html(&p->body, "\">");
	cell_end(p);
}

/* What became of it, and why. */
static void
outcome_cell(struct page *p, struct json_object *d)
{
	const char *reason = json_get_string(d, "reason");
	const char *of = json_get_string(d, "replay_of");

	cell_begin(p, "Outcome");
	html(&p->body, "<div>");
	badge(p, json_get_string(d, "outcome"));
	if (of != NULL) {
		html(&p->body, " replay of ");
		link_to(p, url(p, "deliveries/%s", of), of);
	}
	if (reason != NULL) {
		html(&p->body, "<div class=\"why\">");
		html_text(&p->body, list_short(p, reason));
		html(&p->body, "</div>");
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
delivery_row(struct page *p, struct json_object *d)
{
	const char *id = json_get_string(d, "id");
	const char *run = json_get_string(d, "run");

	html(&p->body, "<tr>");
	tick_cell(p, id);
	html(&p->body, "<th scope=\"row\">");
	link_to(p, url(p, "deliveries/%s", id),
		mem_printf(p->mem, "%s %s", json_get_string(d, "method"), id));
	html(&p->body, "</th>");
	cell_begin(p, "Received");
	html_time(p, json_get_string(d, "received_at"));
	cell_end(p);
	cell_begin(p, "Workflow");
	link_to(p, url(p, "workflows/%s", json_get_string(d, "workflow")),
		json_get_string(d, "workflow_name"));
	cell_end(p);
	outcome_cell(p, d);
	cell_begin(p, "Who");
	html(&p->body, "<div>");
	run_person(p, d);
	html(&p->body, "</div>");
	cell_end(p);
	cell_begin(p, "Run");
	if (run != NULL)
		link_to(p, url(p, "runs/%s", run),
			mem_printf(p->mem, "run %s", run));
	else
		html(&p->body, "<span class=\"faint\">none</span>");
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
deeds(struct page *p, const struct filter *f)
{
	html(&p->body,
	     "<fieldset><legend>With the ticked deliveries</legend>\n");
	form_field(p,
		   &(struct field){
			   .name = "all",
			   .label = f->has_any ? "Not only these: all that "
						 "match the filter above, at "
						 "most " AT_ONCE_WORDS
						 " at a time"
					       : "Not only these: all "
						 "deliveries, at "
						 "most " AT_ONCE_WORDS
						 " at a time",
			   .type = "checkbox",
			   .value = "1" });
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "small", NULL, NULL, "Replay");
	html(&p->body, "<span class=\"faint\">once more, as received, through "
		       "today's mapping; you are asked first</span></div>"
		       "</fieldset>\n");
}

static const char *
older_href(struct page *p, const struct filter *f, struct json_object *page)
{
	const char *older = json_get_string(page, "older");

	if (older == NULL)
		return NULL;
	return list_url(p, filtered(p, f, url(p, "deliveries")),
			(const struct list_part[]){
				{ "before", older },
				{ "at", json_get_string(page, "older_at") } },
			2);
}

static void
list_of_deliveries(struct page *p, const struct filter *f,
		   struct json_object *page)
{
	struct json_object *list = json_get(page, "deliveries");
	const char *older = older_href(p, f, page);
	size_t i, n = json_object_array_length(list);

	if (n == 0) {
		nothing_yet(p, older != NULL ? "None so far."
			       : f->has_any || f->s.before != NULL
				       ? "No delivery matches."
				       : "Nothing came in yet. Send a request "
					 "to the URL of a workflow: it is on "
					 "the workflow's page.");
	} else {
		form_begin(p, url(p, "deliveries/replay"));
		hidden_filter(p, f);
		table_begin(p, "Deliveries, newest first",
			    "Tick|Request|Received|Workflow|Outcome|Who|Run");
		for (i = 0; i < n; i++)
			delivery_row(p, json_object_array_get_idx(list, i));
		table_end(p);
		deeds(p, f);
		form_end(p);
	}
	list_older(p, (int)n, older, json_get_string(page, "older_at"));
}

void
page_deliveries(struct page *p)
{
	struct json_object *page;
	struct err e = ERR_INIT;
	const char *workflows;
	struct filter f;

	read_filter(p, &f);
	workflows = list_workflows(p, &e);
	if (workflows == NULL ||
	    delivery_page(p->db, p->who->account_id, &f.s, LIST_ROWS, p->mem,
			  &page, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	layout_begin(p, "Deliveries", "deliveries");
	filters(p, &f, workflows);
	list_of_deliveries(p, &f, page);
	layout_end(p);
}

/* --- replaying
 * ------------------------------------------------------------------ */

static int
is_among(struct json_object *list, const char *id)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   id) == 0)
			return 1;
	return 0;
}

/* The ids that match, oldest first: the whole instead of its parts, and no
 * replays.  -1 with *e set. */
static int
matching(struct page *p, const struct filter *f, struct json_object **ids,
	 int *is_more, struct err *e)
{
	struct json_object *page, *list, *d;
	const char *id;
	size_t i;

	if (delivery_page(p->db, p->who->account_id, &f->s, AT_ONCE, p->mem,
			  &page, e) == -1)
		return -1;
	list = json_get(page, "deliveries");
	*ids = json_pool(p->mem, json_object_new_array());
	*is_more = json_get(page, "older") != NULL;
	for (i = json_object_array_length(list); i-- > 0;) {
		d = json_object_array_get_idx(list, i);
		id = json_get_string(d, "part_of");
		if (id == NULL)
			id = json_get_string(d, "id");
		if (json_get_string(d, "replay_of") == NULL &&
		    !is_among(*ids, id))
			json_object_array_add(*ids, json_object_new_string(id));
	}
	return 0;
}

/* The ticked ones, oldest first, as the list has them newest first. */
static struct json_object *
ticked(struct page *p)
{
	struct json_object *came = form_list(p, "delivery"), *ids;
	const char *id;
	size_t i;

	ids = json_pool(p->mem, json_object_new_array());
	for (i = json_object_array_length(came); i-- > 0;) {
		id = json_object_get_string(json_object_array_get_idx(came, i));
		if (id != NULL && is_id(id) && !is_among(ids, id) &&
		    json_object_array_length(ids) < AT_ONCE)
			json_object_array_add(ids, json_object_new_string(id));
	}
	return ids;
}

static void
ask(struct page *p, const struct filter *f, struct json_object *ids, int is_all,
    int is_more, const char *back)
{
	size_t i, n = json_object_array_length(ids);
	const char *what = mem_printf(p->mem, "Replay %zu %s", n,
				      n == 1 ? "delivery" : "deliveries");

	layout_crumb(p, url(p, "deliveries"), "Deliveries");
	layout_begin(p, mem_printf(p->mem, "%s?", what), "deliveries");
	html(&p->body,
	     "<div class=\"card narrow\"><p>Each goes once more through "
	     "today's "
	     "mapping, filter and re-entry rule, as if it came just now: "
	     "contacts are updated, and workflows that are published enrol "
	     "them and send what they send.</p>\n");
	if (is_all)
		html(&p->body,
		     "<p>What failed its signature, or came from a sender who "
		     "is not allowed, is left out.</p>\n");
	if (is_more)
		html(&p->body,
		     "<p>More match: these are the newest of them.</p>\n");
	form_begin(p, url(p, "deliveries/replay"));
	hidden_filter(p, f);
	form_hidden(p, "confirmed", is_all ? "all" : "ticked");
	for (i = n; i-- > 0;)
		form_hidden(p, "delivery",
			    json_object_get_string(
				    json_object_array_get_idx(ids, i)));
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL, what);
	link_to(p, back, "Leave them");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
do_deliveries_replay(struct page *p)
{
	int is_all = form_has(p, "all"), is_more = 0;
	const char *sure = form_value(p, "confirmed");
	const char *back = url(p, "deliveries");
	struct err e = ERR_INIT;
	struct json_object *ids;
	struct filter f;

	read_filter(p, &f);
	back = filtered(p, &f, back);
	if (is_all && sure[0] == '\0') {
		if (matching(p, &f, &ids, &is_more, &e) == -1) {
			page_fail(p, &e);
			return;
		}
	} else {
		ids = ticked(p);
	}
	if (json_object_array_length(ids) == 0) {
		page_say(p, 1, "%s, so nothing was replayed.",
			 is_all ? "There was none to replay"
				: "No delivery was ticked");
		page_redirect(p, back);
		return;
	}
	if (sure[0] == '\0') {
		ask(p, &f, ids, is_all, is_more, back);
		return;
	}
	replays_make(p, ids, strcmp(sure, "all") == 0, back);
}
