/*
 * page_new.c - a new workflow: blank, from a template, or from a document that
 * was exported before.  The templates are files in templates/.
 */
#include "config.h"

#include "base/json.h"
#include "engine/publish.h"
#include "http/html.h"
#include "pages.h"
#include "templates.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

static const struct {
	const char *key, *title, *text, *document;
} templates[] = {
	{ "blank", "Blank", "Nothing but the URL: begin with a request.",
	  template_blank },
	{ "order", "Order fulfilment",
	  "Confirm the order, mark big ones, ask a week later whether it "
	  "arrived.",
	  template_order },
	{ "lead", "Lead nurture",
	  "Say hello, wait two days, offer a call unless the lead became a "
	  "customer.",
	  template_lead },
	{ "appointment", "Appointment reminders",
	  "Confirm, remind a day before, ask a day after.",
	  template_appointment },
	{ "milestone", "Milestone follow-up",
	  "One message for each milestone that your app reports.",
	  template_milestone },
	{ "handover", "Hand-over from Zapier or Make",
	  "Take contacts from there, tag them, and go on from here.",
	  template_handover },
};
#define TEMPLATES (sizeof(templates) / sizeof(*templates))

static void
template_choice(struct page *p, size_t i, const char *chosen)
{
	html(&p->body, "<div class=\"field box\"><input type=\"radio\" "
		       "name=\"template\" id=\"t-");
	html_text(&p->body, templates[i].key);
	html(&p->body, "\" value=\"");
	html_text(&p->body, templates[i].key);
	html(&p->body, "\"");
	if (strcmp(chosen, templates[i].key) == 0)
		html(&p->body, " checked");
	html(&p->body, "><label for=\"t-");
	html_text(&p->body, templates[i].key);
	html(&p->body, "\"><strong>");
	html_text(&p->body, templates[i].title);
	html(&p->body, "</strong><br><span class=\"faint\">");
	html_text(&p->body, templates[i].text);
	html(&p->body, "</span></label></div>\n");
}

static void
form_new(struct page *p, const char *chosen, const char *fault)
{
	size_t i;

	html(&p->body, "<section class=\"card\"><h2>Make one</h2>\n");
	form_begin(p, url(p, "workflows"));
	form_field(p, &(struct field){ .name = "name",
				       .label = "Name",
				       .value = form_value(p, "name"),
				       .placeholder = "as the template",
				       .fault = fault,
				       .is_wide = 1 });
	html(&p->body, "<fieldset><legend>Begin with</legend>\n");
	for (i = 0; i < TEMPLATES; i++)
		template_choice(p, i, chosen);
	html(&p->body, "</fieldset>\n");
	form_button(p, "main", NULL, NULL, "Make the workflow");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
form_import(struct page *p, const struct faults *faults)
{
	size_t i;

	html(&p->body, "<section class=\"card\"><h2>Or bring one in</h2>\n");
	if (faults != NULL) {
		html(&p->body, "<div class=\"fault\" role=\"alert\"><p>This "
			       "document can't be taken:</p><ul>");
		for (i = 0; i < faults->n; i++) {
			html(&p->body, "<li><code>");
			html_text(&p->body, faults->list[i].path);
			html(&p->body, "</code> ");
			html_text(&p->body, faults->list[i].detail);
			html(&p->body, "</li>");
		}
		html(&p->body, "</ul></div>\n");
	}
	form_begin_files(p, url(p, "workflows/import"));
	form_field(p, &(struct field){ .name = "file",
				       .label = "A file that was exported",
				       .type = "file",
				       .is_wide = 1 });
	form_field(p, &(struct field){ .name = "document",
				       .label = "or its text",
				       .type = "area",
				       .rows = 8,
				       .value = form_raw(p, "document"),
				       .is_mono = 1,
				       .is_wide = 1 });
	form_button(p, "plain", NULL, NULL, "Bring it in");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
show(struct page *p, const char *chosen, const char *fault,
     const struct faults *faults)
{
	if (fault != NULL || faults != NULL)
		p->status = 422;
	layout_crumb(p, p->root, "Workflows");
	layout_begin(p, "New workflow", "workflows");
	html(&p->body, "<div class=\"side\">\n");
	form_new(p, chosen, fault);
	form_import(p, faults);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
page_new(struct page *p)
{
	show(p, "blank", NULL, NULL);
}

/* To the new workflow; what fails is told at the name. */
static void
make(struct page *p, struct json_object *doc, const char *chosen)
{
	struct err e = ERR_INIT;
	const char *id;

	if (publish_new(p->db, p->who->account_id, p->mem, doc, &id, &e) == 0)
		page_redirect(p, url(p, "workflows/%s/trigger", id));
	else if (e.kind == ERR_INPUT)
		show(p, chosen, e.text, NULL);
	else
		page_fail(p, &e);
}

void
do_new(struct page *p)
{
	const char *chosen = form_value(p, "template");
	const char *name = form_value(p, "name"), *text = template_blank;
	struct json_object *doc;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < TEMPLATES; i++)
		if (strcmp(chosen, templates[i].key) == 0)
			text = templates[i].document;
	if (json_read(text, strlen(text), JSON_MAX_DEPTH, &doc, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	json_pool(p->mem, doc);
	if (name[0] != '\0')
		json_set_string(doc, "name", name);
	make(p, doc, chosen);
}

void
do_import(struct page *p)
{
	const struct upload *file = form_upload(p, "file");
	const char *text = file != NULL ? file->bytes : form_raw(p, "document");
	struct faults faults = FAULTS_INIT(p->mem);
	struct json_object *doc;

	document_read(text, file != NULL ? file->len : strlen(text), &doc,
		      &faults);
	if (faults.n > 0)
		show(p, "blank", NULL, &faults);
	else
		make(p, doc, "blank");
}
