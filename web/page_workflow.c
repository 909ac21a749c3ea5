/*
 * page_workflow.c - what a workflow is called and how contacts come in, and
 * what is done with it as a whole: duplicate, export, archive.
 */
#include "config.h"

#include "base/conf.h"
#include "base/json.h"
#include "draft.h"
#include "engine/publish.h"
#include "flow/faults.h"
#include "flow/plan.h"
#include "http/html.h"
#include "pages.h"
#include "web.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* The faults of the draft that the form shows where they belong; `path` is
 * below /settings. */
static const char *
fault_at(const struct faults *f, const char *path)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->list[i].path, path) == 0)
			return f->list[i].detail;
	return NULL;
}

static const char *
setting(const struct draft *d, const char *name)
{
	const char *value = json_get_string(d->settings, name);

	return value != NULL ? value : "";
}

static void
entry_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	form_field(p, &(struct field){
			      .name = "reentry",
			      .label = "May a contact come in again?",
			      .value = setting(d, "reentry"),
			      .options = "when_finished=Once it is through|"
					 "always=Always, also while it is "
					 "inside|never=Never",
			      .fault = fault_at(f, "/settings/reentry") });
	form_field(p, &(struct field){
			      .name = "reentry_key",
			      .label = "That rule holds for each",
			      .value = setting(d, "reentry_key"),
			      .placeholder = "custom_variables.order_id",
			      .help = "Empty: for each contact. With a "
				      "variable, two orders of one contact are "
				      "two runs.",
			      .fault = fault_at(f, "/settings/reentry_key"),
			      .is_mono = 1 });
	form_field(p, &(struct field){
			      .name = "contact",
			      .label = "Must a request name a person?",
			      .value = setting(d, "contact"),
			      .options = "required=Yes: an e-mail address or a "
					 "phone number|optional=No: runs "
					 "without a contact are fine",
			      .fault = fault_at(f, "/settings/contact") });
	form_field(p, &(struct field){
			      .name = "timezone",
			      .label = "Time zone",
			      .value = setting(d, "timezone"),
			      .placeholder = p->who->timezone,
			      .help = "Of waits and send windows. Empty: the "
				      "account's.",
			      .fault = fault_at(f, "/settings/timezone") });
}

static void
sender_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	struct json_object *sender = json_get(d->settings, "sender");

	form_field(p, &(struct field){
			      .name = "sender_name",
			      .label = "E-mail comes from (name)",
			      .value = json_get_string(sender, "name"),
			      .fault = fault_at(f, "/settings/sender/name") });
	form_field(p, &(struct field){
			      .name = "sender_email",
			      .label = "E-mail comes from (address)",
			      .value = json_get_string(sender, "email"),
			      .type = "email",
			      .placeholder = p->conf->mail_from,
			      .help = "Empty: the server's own sender.",
			      .fault = fault_at(f, "/settings/sender/email") });
	form_field(p,
		   &(struct field){
			   .name = "max_steps",
			   .label = "Stop a run after so many steps",
			   .value = json_pool_text(
				   p->mem, json_get(d->settings, "max_steps")),
			   .type = "number",
			   .placeholder =
				   mem_printf(p->mem, "%d", p->conf->max_steps),
			   .fault = fault_at(f, "/settings/max_steps") });
}

static void
show_settings(struct page *p, struct draft *d, const char *name,
	      const char *name_fault, const struct faults *f)
{
	draft_frame(p, d, "settings");
	html(&p->body, "<section class=\"card\">\n");
	form_begin(p, url(p, "workflows/%s/settings", d->w.id));
	draft_rev_field(p, d);
	html(&p->body, "<div class=\"fields\">\n");
	form_field(p, &(struct field){ .name = "name",
				       .label = "Name",
				       .value = name,
				       .fault = name_fault,
				       .is_required = 1,
				       .is_wide = 1 });
	entry_fields(p, d, f);
	sender_fields(p, d, f);
	html(&p->body, "</div>\n");
	form_button(p, "main", NULL, NULL, "Save");
	form_end(p);
	html(&p->body, "</section>\n<section class=\"card\"><h2>The workflow "
		       "as a whole</h2>\n<div class=\"bar\">");
	button_post(p, url(p, "workflows/%s/duplicate", d->w.id), "plain",
		    "Duplicate");
	html(&p->body, "<a class=\"button\" href=\"");
	html_text(&p->body, url(p, "workflows/%s/export", d->w.id));
	html(&p->body,
	     "\">Export</a></div>\n<details><summary>Archive it&hellip;"
	     "</summary><p>Its URL opens nothing any more, runs inside "
	     "are cancelled, and its name is free. What happened stays to be "
	     "looked at. This can't be taken back.</p>\n");
	button_post(p, url(p, "workflows/%s/archive", d->w.id), "danger",
		    "Archive it for good");
	html(&p->body, "</details>\n</section>\n");
	layout_end(p);
}

void
page_workflow_settings(struct page *p)
{
	struct faults f = FAULTS_INIT(p->mem);
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	plan_check(d.doc, &f);
	show_settings(p, &d, d.w.name, NULL, &f);
}

/* A text member as the form has it; an empty one is taken out. */
static void
take_text(struct json_object *o, const char *key, const char *value)
{
	if (value[0] == '\0')
		json_object_object_del(o, key);
	else
		json_set_string(o, key, value);
}

static void
take_sender(struct page *p, struct draft *d)
{
	const char *name = form_value(p, "sender_name");
	const char *email = form_value(p, "sender_email");
	struct json_object *sender;

	json_object_object_del(d->settings, "sender");
	if (name[0] == '\0' && email[0] == '\0')
		return;
	sender = json_object_new_object();
	take_text(sender, "name", name);
	take_text(sender, "email", email);
	json_object_object_add(d->settings, "sender", sender);
}

/* What is no number stays a text, so that it is shown with its fault. */
static void
take_max_steps(struct page *p, struct draft *d)
{
	const char *text = form_value(p, "max_steps");
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (text[0] != '\0' && *end == '\0' && errno == 0)
		json_object_object_add(d->settings, "max_steps",
				       json_object_new_int64(n));
	else
		take_text(d->settings, "max_steps", text);
}

/* Are there faults among those that this page shows? */
static int
has_settings_fault(const struct faults *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strncmp(f->list[i].path, "/settings", 9) == 0 ||
		    strcmp(f->list[i].path, "/name") == 0)
			return 1;
	return 0;
}

/* 0; -1 with the page made. */
static int
rename_to(struct page *p, struct draft *d, const char *name,
	  const struct faults *f)
{
	const char *rev = d->rev;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = 0;

	if (strcmp(name, d->w.name) != 0) {
		json_set_string(d->doc, "name", name);
		json_write(&text, d->doc);
		rc = workflow_rename(p->db, p->who->account_id, d->w.id, name,
				     text.s, d->rev, p->mem, &rev, &e);
		buf_free(&text);
	}
	if (rc == 0 && rev != NULL) {
		d->rev = rev;
		return 0;
	}
	if (rc == -1 && e.kind != ERR_INPUT) {
		page_fail(p, &e);
		return -1;
	}
	p->status = 422;
	show_settings(p, d, name,
		      rc == -1
			      ? e.text
			      : "the workflow was changed meanwhile: try again",
		      f);
	return -1;
}

void
do_workflow_settings(struct page *p)
{
	struct faults f = FAULTS_INIT(p->mem);
	const char *name = form_value(p, "name");
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	take_text(d.settings, "reentry", form_value(p, "reentry"));
	take_text(d.settings, "reentry_key", form_value(p, "reentry_key"));
	take_text(d.settings, "contact", form_value(p, "contact"));
	take_text(d.settings, "timezone", form_value(p, "timezone"));
	take_sender(p, &d);
	take_max_steps(p, &d);
	json_set_string(d.doc, "name", name);
	plan_check(d.doc, &f);
	if (has_settings_fault(&f)) {
		p->status = 422;
		show_settings(p, &d, name, fault_at(&f, "/name"), &f);
		return;
	}
	json_set_string(d.doc, "name", d.w.name); /* until it is its own */
	if (draft_save(p, &d, "Settings changed") == -1 ||
	    rename_to(p, &d, name, &f) == -1)
		return;
	page_say(p, 0, "Saved. What a run obeys changes when you publish.");
	page_redirect(p, url(p, "workflows/%s/settings", d.w.id));
}

void
do_workflow_duplicate(struct page *p)
{
	struct err e = ERR_INIT;
	struct draft d;
	const char *id;

	if (draft_load(p, &d) == -1)
		return;
	if (publish_new(p->db, p->who->account_id, p->mem, d.doc, &id, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0,
		 "This is the copy. It has a URL of its own and is not "
		 "published.");
	page_redirect(p, url(p, "workflows/%s/settings", id));
}

void
do_workflow_archive(struct page *p)
{
	struct err e = ERR_INIT;
	struct draft d;
	int64_t n;

	if (draft_load(p, &d) == -1)
		return;
	if (workflow_archive(p->db, p->who->account_id, d.w.id, &n, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "%s is archived; %" PRId64 " runs were cancelled.",
		 d.w.name, n);
	page_redirect(p, p->root);
}

void
page_workflow_export(struct page *p)
{
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	page_download(p, "application/json",
		      mem_printf(p->mem, "%s.json", d.w.name));
	buf_adds(&p->body,
		 json_object_to_json_string_ext(
			 d.doc, JSON_C_TO_STRING_PRETTY |
					JSON_C_TO_STRING_SPACED |
					JSON_C_TO_STRING_NOSLASHESCAPE));
	buf_addc(&p->body, '\n');
}
