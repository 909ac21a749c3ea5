/*
 * page_trigger.c - the trigger of a workflow: its address, what comes in, the
 * sample, what is asked of a request, and a new address.
 */
#include "config.h"

#include "base/json.h"
#include "engine/hook_url.h"
#include "http/html.h"
#include "pages.h"
#include "store/trigger.h"
#include "trigger.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

static const char *
address_of(struct page *p, const struct draft *d)
{
	return hook_url(p->conf, p->secrets, d->w.hook_key, p->mem);
}

static void
to_trigger(struct page *p, const struct draft *d)
{
	page_redirect(p, url(p, "workflows/%s/trigger", d->w.id));
}

/* --- the address ---------------------------------------------------------- */

static void
address_card(struct page *p, const struct draft *d, const struct sampled *s)
{
	const char *address = address_of(p, d);
	int is_published = strcmp(d->w.status, "published") == 0;

	html(&p->body, "<section class=\"card\"><h2>Send requests to this "
		       "address</h2>\n");
	copy_box(p, "address", address);
	if (is_published)
		html(&p->body,
		     "<p>The workflow is published: requests enrol contacts by "
		     "its published version. Changes on this page are kept in "
		     "the draft and count once you publish.</p>\n");
	else
		html(&p->body,
		     "<p>The workflow is a draft: requests are kept and shown "
		     "below, nobody is enrolled until you publish.</p>\n");
	trigger_by_browser(p, d, address);
	html(&p->body, "<div class=\"two\"><div><h3>Ready to copy</h3>\n");
	trigger_snippets(p, address, s);
	html(&p->body, "</div><div><h3>Where to paste it</h3>\n");
	trigger_places(p, address);
	html(&p->body, "</div></div></section>\n");
}

/* --- a new address -------------------------------------------------------- */

/* As a form names them, and as PostgreSQL reads them. */
static const char *const overlaps[][2] = {
	{ "none", "0 hours" },	    { "1-hour", "1 hour" },
	{ "24-hours", "24 hours" }, { "7-days", "7 days" },
	{ "30-days", "30 days" },
};

static void
old_senders(struct page *p, const struct draft *d)
{
	struct json_object *list, *o;
	struct err e = ERR_INIT;
	size_t i;

	if (trigger_old_senders(p->db, p->who->account_id, d->w.trigger_id,
				p->mem, &list, &e) == -1)
		return;
	if (json_object_array_length(list) == 0) {
		html(&p->body, "<p class=\"ok\">Nobody has used an old address "
			       "since then.</p>\n");
		return;
	}
	html(&p->body, "<p>These still send to an old address:</p>\n");
	table_begin(p, "Senders that use an old address",
		    "From|Program|#Requests|Last");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr>");
		cell_text(p, "From", json_get_string(o, "remote_addr"));
		cell_text(p, "Program", json_get_string(o, "user_agent"));
		cell_number(p, "Requests", json_get_int(o, "deliveries", 0));
		cell_begin(p, "Last");
		html_time(p, json_get_string(o, "last_seen_at"));
		cell_end(p);
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

static void
rotation_state(struct page *p, const struct draft *d, const struct sampled *s)
{
	const char *since = json_get_string(s->trigger, "rotated_at");
	const char *until = json_get_string(s->trigger, "old_url_ends_at");

	if (since == NULL)
		return;
	html(&p->body, "<p>The address was made new ");
	html_text(&p->body, moment_ago(p, since));
	if (until == NULL) {
		html(&p->body, ". No old one works any more.</p>\n");
		return;
	}
	html(&p->body, ". The old one works until ");
	html_text(&p->body, moment_text(p, until));
	html(&p->body, ".</p>\n");
	old_senders(p, d);
}

static void
rotate_card(struct page *p, const struct draft *d, const struct sampled *s)
{
	html(&p->body, "<section class=\"card\" id=\"rotate\"><h2>A new "
		       "address</h2>\n");
	rotation_state(p, d, s);
	html(&p->body,
	     "<p>When somebody knows the address who should not, make a new "
	     "one. The sample, the mapping and the steps stay.</p>\n");
	form_begin(p, url(p, "workflows/%s/trigger/rotate", d->w.id));
	form_field(p, &(struct field){
			      .name = "overlap",
			      .label = "How long shall the old address work?",
			      .options = "none=Not at all: it ends now|"
					 "1-hour=1 hour|24-hours=24 hours|"
					 "7-days=7 days|30-days=30 days",
			      .value = "24-hours",
			      .help = "Time to change it at every sender." });
	form_button(p, "danger", NULL, NULL, "Make a new address");
	form_end(p);
	html(&p->body, "</section>\n");
}

void
do_rotate(struct page *p)
{
	unsigned char key[TOKEN_KEY_SIZE];
	const char *until, *overlap = NULL;
	struct err e = ERR_INIT;
	struct draft d;
	size_t i;

	if (draft_load(p, &d) == -1)
		return;
	for (i = 0; i < sizeof(overlaps) / sizeof(*overlaps); i++)
		if (strcmp(overlaps[i][0], form_value(p, "overlap")) == 0)
			overlap = overlaps[i][1];
	if (overlap == NULL) {
		page_say(p, 1, "Choose how long the old address shall work.");
		to_trigger(p, &d);
		return;
	}
	random_bytes(key, sizeof(key));
	if (trigger_rotate(p->db, p->who->account_id, d.w.trigger_id, key,
			   overlap, p->mem, &until, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (until != NULL)
		page_say(p, 0,
			 "There is a new address. The old one works until %s.",
			 moment_text(p, until));
	else
		page_say(
			p, 0,
			"There is a new address. The old one does not work any "
			"more.");
	to_trigger(p, &d);
}

/* --- the sample ----------------------------------------------------------- */

void
do_choose_sample(struct page *p)
{
	const char *delivery = form_value(p, "delivery");
	struct err e = ERR_INIT;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (!is_id(delivery)) {
		page_missing(p);
		return;
	}
	if (trigger_sample_set(p->db, p->who->account_id, d.w.trigger_id,
			       delivery, p->mem, &e) == 0) {
		page_say(p, 0, "This request is the sample now.");
	} else if (e.kind == ERR_GONE) {
		page_say(p, 1,
			 "This request can't be the sample: it is none of this "
			 "workflow's, or its content could not be read.");
	} else {
		page_fail(p, &e);
		return;
	}
	to_trigger(p, &d);
}

/* --- the page ------------------------------------------------------------- */

void
page_trigger(struct page *p)
{
	struct picks picks;
	struct sampled s;
	struct draft d;

	if (draft_load(p, &d) == -1 || sampled_load(p, &d, &s) == -1 ||
	    picks_load(p, &d, &picks) == -1)
		return;
	draft_frame(p, &d, "trigger");
	address_card(p, &d, &s);
	html(&p->body,
	     "<div class=\"side\"><section><h2>Latest requests</h2>\n");
	trigger_requests(p, &d, &s);
	html(&p->body, "</section>\n");
	trigger_sample(p, &d, &s, 0);
	html(&p->body, "</div>\n");
	trigger_form(p, &d, &s, &picks);
	rotate_card(p, &d, &s);
	layout_end(p);
}

/* What changes of it. */
void
page_trigger_requests(struct page *p)
{
	struct sampled s;
	struct draft d;
	const char *shown;

	if (draft_load(p, &d) == -1)
		return;
	if (!p->is_partial) {
		to_trigger(p, &d);
		return;
	}
	if (sampled_load(p, &d, &s) == -1)
		return;
	trigger_requests(p, &d, &s);
	shown = strrchr(query_value(p, "state"), '-');
	if (p->status == 200 && s.id != NULL &&
	    (shown == NULL || strcmp(shown + 1, s.id) != 0))
		trigger_sample(p, &d, &s, 1);
}
