/*
 * try_real.c - a real test: a stored request once more, by the published
 * workflow, for the contact that it is about.  This one sends.  See try.h; what
 * a replay is, engine/replay.h.
 */
#include "config.h"

#include "pages.h"
#include "try.h"

#include "base/json.h"
#include "engine/replay.h"
#include "flow/map.h"
#include "front/apart.h"
#include "http/html.h"
#include "store/contact.h"
#include "store/delivery.h"
#include "store/run.h"

#include <limits.h>
#include <string.h>

#include "base/banned.h"

static int
is_published(const struct draft *d)
{
	return strcmp(d->w.status, "published") == 0;
}

/* --- the form --------------------------------------------------------------
 */

static void
fields(struct page *p, const struct draft *d, const char *options,
       const char *chosen)
{
	form_begin(p, url(p, "workflows/%s/try/real", d->w.id));
	html(&p->body, "<div class=\"fields\">\n");
	if (*options != '\0')
		form_field(p,
			   &(struct field){ .name = "delivery",
					    .label = "This request once more",
					    .value = chosen,
					    .options = options });
	form_field(p, &(struct field){
			      .name = "email",
			      .label = "Or the newest request of this contact",
			      .placeholder = "alex@example.com",
			      .type = "email",
			      .autocomplete = "off",
			      .help = "An e-mail address. Empty: the request "
				      "that is chosen." });
	html(&p->body, "</div>\n");
	form_button(p, "danger", NULL, NULL, "Run it for real");
	form_end(p);
}

void
try_real_form(struct page *p, const struct draft *d, const char *options,
	      const char *chosen)
{
	html(&p->body,
	     "<section class=\"card\"><h2>A real test for one contact</h2>\n"
	     "<p><strong>This sends.</strong> The request comes in once more, "
	     "and its contact goes through the published workflow: e-mails and "
	     "text messages go out, other systems are called, the contact is "
	     "changed.</p>\n");
	if (!is_published(d)) {
		html(&p->body, "<p>The workflow is not published, so nobody "
			       "can go through it. <a href=\"");
		html_text(&p->body, url(p, "workflows/%s/publish", d->w.id));
		html(&p->body, "\">Publish it</a> first, or rehearse it "
			       "above.</p>\n");
	} else {
		buf_addf(&p->body,
			 "<p class=\"faint\">Version %d runs, as it was "
			 "published; what was changed in the draft since then "
			 "is not in it.</p>\n",
			 d->w.version);
		fields(p, d, options, chosen);
	}
	html(&p->body, "</section>\n");
}

/* --- the deed --------------------------------------------------------------
 */

static void
back(struct page *p, const struct draft *d, const char *id)
{
	page_redirect(p, id != NULL ? url(p, "workflows/%s/try?delivery=%s",
					  d->w.id, id)
				    : url(p, "workflows/%s/try", d->w.id));
}

/* The request that the form means.  0 when it means none: then *why; -1. */
static int
find_request(struct page *p, const struct draft *d, const char **id,
	     const char **why, struct err *e)
{
	const char *account = p->who->account_id;
	const char *email = form_value(p, "email");
	struct contact_key key = { .email = NULL };
	const char *contact = NULL;
	struct err bad = ERR_INIT;

	*id = form_value(p, "delivery");
	*why = "Choose a request, or type the e-mail address of a contact.";
	if (*email == '\0')
		return is_id(*id);
	*id = NULL;
	*why = "That is no e-mail address. Write it as in alex@example.com.";
	if (contact_field_value(p->mem, "email", email, p->who->country,
				&key.email, &bad) == NULL)
		return 0;
	if (contact_find(p->db, account, &key, p->mem, &contact, e) == -1)
		return -1;
	*why = "There is no contact with that e-mail address.";
	if (contact == NULL)
		return 0;
	*why = "No request about that contact has come to this workflow. "
	       "Choose one of the requests.";
	if (delivery_of_contact(p->db, account, d->w.trigger_id, contact,
				p->mem, id, e) == -1)
		return -1;
	return *id != NULL;
}

/* It came to this workflow's trigger. */
static int
is_of(struct page *p, const struct draft *d, const char *id, struct err *e)
{
	struct json_object *o;
	const char *body, *trigger;
	size_t len;

	if (delivery_show(p->db, p->who->account_id, id, p->mem, &o, &body,
			  &len, e) == -1)
		return -1;
	trigger = json_get_string(o, "trigger");
	if (trigger != NULL && strcmp(trigger, d->w.trigger_id) == 0)
		return 0;
	return err_set(e, ERR_GONE, "it came to another trigger");
}

static int
run_it(struct page *p, const char *id, struct json_object **out, struct err *e)
{
	struct receive_rules rules = { .secrets = p->secrets,
				       .keep_refused = INT_MAX,
				       .instant = run_instant,
				       .arg = p->db };
	struct replay rp = { .db = p->db,
			     .account_id = p->who->account_id,
			     .rules = &rules,
			     .apart = take_apart };

	return replay_delivery(&rp, id, p->mem, out, e);
}

/* The run that it started: of a split one the first. */
static const char *
run_of(struct json_object *out)
{
	struct json_object *parts = json_get(out, "parts");
	const char *run = json_get_string(out, "run");
	size_t i, n = parts != NULL ? json_object_array_length(parts) : 0;

	for (i = 0; run == NULL && i < n; i++)
		run = json_get_string(json_object_array_get_idx(parts, i),
				      "run");
	return run;
}

static void
lead_on(struct page *p, const struct draft *d, const char *id,
	struct json_object *out)
{
	const char *run = run_of(out), *why = json_get_string(out, "reason");

	if (run != NULL) {
		page_say(p, 0,
			 "This is the real test. It begins as soon as the "
			 "executor comes round.");
		page_redirect(p, url(p, "runs/%s", run));
		return;
	}
	page_say(p, 1, "Nobody was enrolled: %s.",
		 why != NULL ? why : json_get_string(out, "status"));
	back(p, d, id);
}

void
do_try_real(struct page *p)
{
	struct json_object *out;
	struct err e = ERR_INIT;
	const char *id, *why;
	struct draft d;
	int rc;

	if (draft_load(p, &d) == -1)
		return;
	if (!is_published(&d)) {
		page_say(p, 1,
			 "The workflow is not published, so nothing was "
			 "done. Publish it first.");
		back(p, &d, NULL);
		return;
	}
	rc = find_request(p, &d, &id, &why, &e);
	if (rc == 0) {
		page_say(p, 1, "%s", why);
		back(p, &d, NULL);
	} else if (rc == -1 || is_of(p, &d, id, &e) == -1 ||
		   run_it(p, id, &out, &e) == -1) {
		page_fail(p, &e);
	} else {
		lead_on(p, &d, id, out);
	}
}
