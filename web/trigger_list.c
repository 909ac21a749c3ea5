/*
 * trigger_list.c - the latest requests to a workflow, live, and the one of them
 * that is its sample.
 */
#include "config.h"

#include "trigger.h"

#include "base/json.h"
#include "http/html.h"
#include "web.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

#define REASON_MAX 200
#define AGENT_MAX 60

/* --- the list ------------------------------------------------------------- */

static void
sender_cell(struct page *p, struct json_object *o)
{
	const char *agent = json_get_string(o, "user_agent");
	const char *address = json_get_string(o, "remote_addr");

	cell_begin(p, "From");
	html(&p->body, "<div>");
	html_text(&p->body, address != NULL ? address : "not known");
	if (agent != NULL) {
		html(&p->body, "<br><span class=\"faint fine\">");
		html_text(&p->body, sampled_short(p->mem, agent, AGENT_MAX));
		html(&p->body, "</span>");
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
outcome_cell(struct page *p, struct json_object *o)
{
	const char *reason = json_get_string(o, "reason");

	cell_begin(p, "Request");
	html(&p->body, "<div>");
	html_text(&p->body, json_get_string(o, "method"));
	html(&p->body, " ");
	badge(p, json_get_string(o, "outcome"));
	buf_addf(&p->body, " <span class=\"faint\">%" PRId64 "</span>",
		 json_get_int(o, "http_status", 0));
	if (json_get_bool(o, "used_old_url", 0))
		html(&p->body, " <span class=\"faint\">old address</span>");
	if (json_get(o, "replay_of") != NULL)
		html(&p->body, " <span class=\"faint\">replay</span>");
	if (reason != NULL) {
		html(&p->body, "<br><span class=\"fine\">");
		html_text(&p->body, sampled_short(p->mem, reason, REASON_MAX));
		html(&p->body, "</span>");
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
choose_cell(struct page *p, const struct draft *d, const struct sampled *s,
	    struct json_object *o)
{
	const char *id = json_get_string(o, "id");
	int is_sample = s->id != NULL && strcmp(s->id, id) == 0;

	cell_begin(p, "");
	html(&p->body, "<div class=\"acts\"><a href=\"");
	html_text(&p->body, url(p, "deliveries/%s", id));
	html(&p->body, "\">View</a>\n");
	if (is_sample) {
		html(&p->body, "<span class=\"ok\">Sample</span>");
	} else if (json_get_bool(o, "is_usable", 0)) {
		form_begin(p, url(p, "workflows/%s/trigger/sample", d->w.id));
		form_hidden(p, "delivery", id);
		form_button(p, "small", NULL, NULL, "Use as sample");
		form_end(p);
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
request_row(struct page *p, const struct draft *d, const struct sampled *s,
	    struct json_object *o)
{
	html(&p->body, "<tr>");
	cell_begin(p, "Time");
	html_time(p, json_get_string(o, "received_at"));
	cell_end(p);
	sender_cell(p, o);
	outcome_cell(p, o);
	choose_cell(p, d, s, o);
	html(&p->body, "</tr>\n");
}

static void
waiting(struct page *p)
{
	html(&p->body,
	     "<p class=\"nothing\" role=\"status\"><span class=\"pulse\" "
	     "aria-hidden=\"true\"></span> Waiting for the first "
	     "request&hellip;<br><span class=\"fine\">Send one to the "
	     "address above: it shows up here within seconds. Without "
	     "JavaScript, load this page again.</span></p>\n");
}

/* The last one's id, and the minute: when both are as before there is nothing
 * new to show. */
static const char *
state_of(struct page *p, const struct sampled *s)
{
	const char *last = "0";

	if (json_object_array_length(s->latest) > 0)
		last = json_get_string(json_object_array_get_idx(s->latest, 0),
				       "id");
	return mem_printf(p->mem, "%s-%" PRId64 "-%s", last,
			  p->who->now_us / 60000000,
			  s->id != NULL ? s->id : "0");
}

void
trigger_requests(struct page *p, const struct draft *d, const struct sampled *s)
{
	size_t i, n = json_object_array_length(s->latest);
	const char *state = state_of(p, s);

	if (p->is_partial && strcmp(query_value(p, "state"), state) == 0) {
		p->status = 204;
		return;
	}
	html(&p->body, "<div id=\"requests\" hx-trigger=\"every 3s\" "
		       "hx-swap=\"outerHTML\" hx-get=\"");
	html_text(&p->body, url(p, "workflows/%s/trigger/requests?state=%s",
				d->w.id, url_arg(p, state)));
	html(&p->body, "\">\n");
	if (n == 0)
		waiting(p);
	else {
		table_begin(p, "The latest requests",
			    "Time|From|Request|Actions");
		for (i = 0; i < n; i++)
			request_row(p, d, s,
				    json_object_array_get_idx(s->latest, i));
		table_end(p);
		link_to(p, url(p, "deliveries?workflow=%s", d->w.id),
			"All requests of this workflow");
	}
	html(&p->body, "</div>\n");
}

/* --- the sample ----------------------------------------------------------- */

static void
sample_text(struct page *p, const struct draft *d, const struct sampled *s)
{
	html(&p->body, "<p>");
	if (s->is_gone)
		html(&p->body, "The request that was chosen as the sample is "
			       "not kept any more. ");
	if (s->is_chosen)
		html(&p->body, "You chose this ");
	else
		html(&p->body, "This is the latest ");
	html(&p->body, "<a href=\"");
	html_text(&p->body, url(p, "deliveries/%s", s->id));
	html(&p->body, "\">request</a>: ");
	html_time(p, s->received_at);
	if (s->n_elements > 0)
		buf_addf(&p->body,
			 "<br>It is split into %zu; mapping is shown with the "
			 "first. ",
			 s->n_elements);
	html(&p->body, "</p>\n<p><a class=\"button main\" href=\"");
	html_text(&p->body, url(p, "workflows/%s/mapping", d->w.id));
	html(&p->body, "\">Map its values</a></p>\n");
}

void
trigger_sample(struct page *p, const struct draft *d, const struct sampled *s,
	       int is_late)
{
	html(&p->body, "<section class=\"card\" id=\"sample\"");
	if (is_late)
		html(&p->body, " hx-swap-oob=\"true\"");
	html(&p->body, "><h2>Sample</h2>\n");
	if (s->whole == NULL) {
		html(&p->body,
		     "<p class=\"faint\">Once a request has come, what it "
		     "holds is shown here: the values that you can map to "
		     "contacts and use in steps.</p>\n");
	} else {
		sample_text(p, d, s);
		sampled_tree(p, s->whole);
	}
	html(&p->body, "</section>\n");
}
