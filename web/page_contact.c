/*
 * page_contact.c - one contact: what is known of it, what it went through, and
 * the small deeds on its page.  Changing its fields is page_contact_edit.c,
 * joining and forgetting page_contact_merge.c.
 */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "contact.h"
#include "http/html.h"
#include "pages.h"
#include "store/contact.h"
#include "store/field.h"
#include "web.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define ROWS 50
#define ROWS_ASKED "51"

/* --- what is known ---------------------------------------------------------
 */

static void
fact(struct page *p, const char *label, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	html(&p->body, "<dt>");
	html_text(&p->body, label);
	html(&p->body, "</dt><dd>");
	html_text(&p->body, text);
	html(&p->body, "</dd>");
}

static void
moment(struct page *p, const char *label, const char *at)
{
	html(&p->body, "<dt>");
	html_text(&p->body, label);
	html(&p->body, "</dt><dd>");
	html_time(p, at);
	html(&p->body, "</dd>\n");
}

static void
facts(struct page *p, struct json_object *c, struct json_object *fields)
{
	struct json_object *custom = json_get(c, "custom");
	const struct contact_word *w;

	html(&p->body, "<section class=\"card\"><h2>Fields</h2>\n"
		       "<dl class=\"facts\">");
	for (w = contact_words; w->key != NULL; w++)
		fact(p, w->label, json_get_string(c, w->key));
	json_object_object_foreach (custom, key, value) {
		fact(p,
		     contact_label(p, mem_printf(p->mem, "custom.%s", key),
				   fields),
		     json_object_is_type(value, json_type_array)
			     ? texts_joined(p, value)
			     : json_pool_text(p->mem, value));
	}
	fact(p, "Id", json_get_string(c, "id"));
	moment(p, "Created", json_get_string(c, "created_at"));
	moment(p, "Last changed", json_get_string(c, "updated_at"));
	html(&p->body, "</dl>\n<p>");
	html(&p->body, "<a class=\"button small\" href=\"");
	html_text(&p->body,
		  url(p, "contacts/%s/edit", json_get_string(c, "id")));
	html(&p->body, "\">Edit</a></p></section>\n");
}

static void
tag_forms(struct page *p, struct json_object *c)
{
	const char *action =
		url(p, "contacts/%s/tags", json_get_string(c, "id"));
	struct json_object *tags = json_get(c, "tags");
	const struct field add = { .name = "add",
				   .label = "Add tags",
				   .autocomplete = "off",
				   .help = "Several between commas." };
	const char *tag;
	size_t i;

	html(&p->body, "<section class=\"card\"><h2>Tags</h2>\n");
	html(&p->body, "<ul class=\"chips\">");
	for (i = 0; i < json_object_array_length(tags); i++) {
		tag = json_object_get_string(
			json_object_array_get_idx(tags, i));
		html(&p->body, "<li>");
		link_to(p, url(p, "contacts?tag=%s", url_arg(p, tag)), tag);
		form_begin(p, action);
		form_hidden(p, "remove", tag);
		html(&p->body, "<button class=\"quiet\" aria-label=\"");
		html_text(&p->body, mem_printf(p->mem, "Remove tag %s", tag));
		html(&p->body, "\">Remove</button>");
		form_end(p);
		html(&p->body, "</li>\n");
	}
	html(&p->body, "</ul>\n");
	form_begin(p, action);
	form_field(p, &add);
	form_button(p, "small", NULL, NULL, "Add");
	form_end(p);
	html(&p->body, "</section>\n");
}

/* clang-format off */
static const struct {
	const char *channel, *text;
} channels[] = {
	{ "email",     "E-mail, all of it" },
	{ "marketing", "Marketing e-mail" },
	{ "sms",       "Text messages" },
};
/* clang-format on */

static void
consent(struct page *p, struct json_object *c)
{
	const char *action =
		url(p, "contacts/%s/stop", json_get_string(c, "id"));
	int is_stopped;
	size_t i;

	html(&p->body, "<section class=\"card\"><h2>May be written to</h2>\n"
		       "<ul class=\"rows\">");
	for (i = 0; i < sizeof(channels) / sizeof(channels[0]); i++) {
		is_stopped = contact_is_stopped(c, channels[i].channel);
		html(&p->body, "<li><span>");
		html_text(&p->body, channels[i].text);
		html(&p->body, "</span> ");
		if (is_stopped)
			html(&p->body,
			     "<span class=\"badge bad\">stopped</span>");
		else
			html(&p->body,
			     "<span class=\"badge good\">allowed</span>");
		form_begin(p, action);
		form_hidden(p, "channel", channels[i].channel);
		form_hidden(p, "is_stopped", is_stopped ? "no" : "yes");
		html(&p->body, "<button class=\"small\" aria-label=\"");
		html_text(&p->body, mem_printf(p->mem, "%s: %s",
					       is_stopped ? "Allow" : "Stop",
					       channels[i].text));
		if (is_stopped)
			html(&p->body, "\">Allow</button>");
		else
			html(&p->body, "\">Stop</button>");
		form_end(p);
		html(&p->body, "</li>\n");
	}
	html(&p->body, "</ul></section>\n");
}

/* The address and the number that are its fields are changed by its form. */
static int
is_own(struct json_object *c, struct json_object *identity)
{
	const char *own = json_get_string(c, json_get_string(identity, "kind"));
	const char *value = json_get_string(identity, "value");

	return own != NULL && strcasecmp(own, value) == 0;
}

static void
identities(struct page *p, struct json_object *c)
{
	struct json_object *list = json_get(c, "identities"), *o;
	size_t i, n = json_object_array_length(list);

	html(&p->body, "<section class=\"card\"><h2>Found by</h2>\n"
		       "<p class=\"help\">What comes with one of these is this "
		       "contact's.</p>\n<ul class=\"rows\">");
	if (n == 0)
		html(&p->body, "<li><span>No address and no number: no webhook "
			       "finds this contact.</span></li>");
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<li><span>");
		html_text(&p->body, json_get_string(o, "value"));
		html(&p->body, "</span>");
		if (n > 1 && !is_own(c, o)) {
			form_begin(p, url(p, "contacts/%s/identity",
					  json_get_string(c, "id")));
			form_hidden(p, "kind", json_get_string(o, "kind"));
			form_hidden(p, "value", json_get_string(o, "value"));
			html(&p->body, "<button class=\"quiet\" aria-label=\"");
			html_text(&p->body,
				  mem_printf(p->mem, "Remove %s",
					     json_get_string(o, "value")));
			html(&p->body, "\">Remove</button>");
			form_end(p);
		}
		html(&p->body, "</li>\n");
	}
	html(&p->body, "</ul></section>\n");
}

/* Those that can still be undone. */
static void
merges(struct page *p, struct json_object *list)
{
	struct json_object *o;
	const char *was;
	size_t i;
	int n = 0;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (json_get(o, "unmerged_at") != NULL ||
		    json_get(o, "scrubbed_at") != NULL)
			continue;
		if (n++ == 0)
			html(&p->body, "<h3>Merged into this one</h3>\n"
				       "<ul class=\"rows\">");
		was = json_get_string(o, "other_name");
		html(&p->body, "<li><span>");
		html_text(&p->body,
			  was != NULL
				  ? was
				  : mem_printf(p->mem, "Contact %s",
					       json_get_string(o, "other")));
		html(&p->body, "</span> ");
		html_time(p, json_get_string(o, "merged_at"));
		html(&p->body, " ");
		button_post(p,
			    url(p, "contacts/merges/%s/undo",
				json_get_string(o, "id")),
			    "small", "Undo");
		html(&p->body, "</li>\n");
	}
	if (n > 0)
		html(&p->body, "</ul>\n");
}

static void
large_deeds(struct page *p, struct json_object *c, struct json_object *ledger)
{
	const char *id = json_get_string(c, "id");

	html(&p->body, "<section class=\"card\"><h2>Merge or erase</h2>\n<div "
		       "class=\"bar\">"
		       "<a class=\"button small\" href=\"");
	html_text(&p->body, url(p, "contacts/%s/merge", id));
	html(&p->body, "\">Merge with another&hellip;</a>\n"
		       "<a class=\"button small\" href=\"");
	html_text(&p->body, url(p, "contacts/%s/erase", id));
	html(&p->body, "\">Erase&hellip;</a></div>\n");
	merges(p, ledger);
	html(&p->body, "</section>\n");
}

/* --- what it went through ---------------------------------------------------
 */

static void
what_cell(struct page *p, struct json_object *o)
{
	const char *id = json_get_string(o, "id");

	html(&p->body, "<th scope=\"row\">");
	if (strcmp(json_get_string(o, "kind"), "run") == 0)
		link_to(p, url(p, "runs/%s", id),
			mem_printf(p->mem, "Run %s", id));
	else
		link_to(p, url(p, "deliveries/%s", id),
			mem_printf(p->mem, "Webhook %s", id));
	html(&p->body, "</th>");
}

static void
event_row(struct page *p, struct json_object *o)
{
	const char *step = json_get_string(o, "step");
	const char *reason = json_get_string(o, "reason");

	html(&p->body, "<tr>");
	what_cell(p, o);
	cell_begin(p, "Workflow");
	link_to(p, url(p, "workflows/%s", json_get_string(o, "workflow")),
		json_get_string(o, "workflow_name"));
	cell_end(p);
	cell_begin(p, "Outcome");
	html(&p->body, "<div>");
	badge(p, json_get_string(o, "status"));
	if (step != NULL && json_get(o, "finished_at") == NULL) {
		html(&p->body, " <span class=\"faint\">at ");
		html_text(&p->body, step);
		html(&p->body, "</span>");
	}
	if (reason != NULL) {
		html(&p->body, "<div class=\"faint\">");
		html_text(&p->body, reason);
		html(&p->body, "</div>");
	}
	html(&p->body, "</div>");
	cell_end(p);
	cell_begin(p, "When");
	html_time(p, json_get_string(o, "at"));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

/* "R.D": runs below R and deliveries below D follow; 0: all of them do. */
struct cursor {
	const char *run, *delivery;
};

static void
read_cursor(struct page *p, struct cursor *c)
{
	char *text = mem_strdup(p->mem, query_value(p, "before"));
	char *dot = strchr(text, '.');

	c->run = c->delivery = NULL;
	if (dot == NULL)
		return;
	*dot = '\0';
	if (is_id(text))
		c->run = text;
	if (is_id(dot + 1))
		c->delivery = dot + 1;
}

/* The cursor behind the first `n` of `list`. */
static const char *
next_cursor(struct page *p, struct json_object *list, size_t n, struct cursor c)
{
	struct json_object *o;
	size_t i;

	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(o, "kind"), "run") == 0)
			c.run = json_get_string(o, "id");
		else
			c.delivery = json_get_string(o, "id");
	}
	return mem_printf(p->mem, "%s.%s", c.run != NULL ? c.run : "0",
			  c.delivery != NULL ? c.delivery : "0");
}

static void
timeline(struct page *p, struct json_object *list, struct cursor c)
{
	size_t i, n = json_object_array_length(list);

	html(&p->body, "<h2 id=\"history\">History</h2>\n");
	if (n == 0) {
		nothing_yet(p, "No webhook and no run of this contact.");
		return;
	}
	table_begin(p, "Webhooks and runs of this contact",
		    "What|Workflow|Outcome|When");
	for (i = 0; i < n && i < ROWS; i++)
		event_row(p, json_object_array_get_idx(list, i));
	table_end(p);
	pager(p, "before", n > ROWS ? next_cursor(p, list, ROWS, c) : NULL);
}

/* What is left of somebody who was erased. */
static void
erased(struct page *p, struct json_object *c)
{
	html(&p->body, "<p class=\"lead\">This contact was erased ");
	html_time(p, json_get_string(c, "erased_at"));
	html(&p->body, ". Outcomes and times of its runs and webhooks stay; "
		       "nothing of the person does.</p>\n");
}

void
page_contact(struct page *p)
{
	struct json_object *c = contact_load(p), *fields, *ledger, *list;
	const char *account = p->who->account_id;
	struct err e = ERR_INIT;
	struct cursor at;

	if (c == NULL)
		return;
	read_cursor(p, &at);
	if (field_list(p->db, account, p->mem, &fields, &e) == -1 ||
	    contact_merges(p->db, account, p->arg[0], NULL, "20", p->mem,
			   &ledger, &e) == -1 ||
	    contact_timeline(p->db, account, p->arg[0], at.run, at.delivery,
			     ROWS_ASKED, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	contact_frame(p, NULL, contact_title(p, c));
	if (json_get(c, "erased_at") != NULL) {
		erased(p, c);
		timeline(p, list, at);
	} else {
		html(&p->body, "<div class=\"side\"><div>\n");
		facts(p, c, fields);
		timeline(p, list, at);
		html(&p->body, "</div><div>\n");
		tag_forms(p, c);
		consent(p, c);
		identities(p, c);
		large_deeds(p, c, ledger);
		html(&p->body, "</div></div>\n");
	}
	layout_end(p);
}

/* --- the small deeds ---------------------------------------------------------
 */

/* Apply a patch and go back to the contact's page; `said` when it was done. */
static void
patch(struct page *p, struct json_object *patch, const char *said)
{
	struct json_object *out;
	struct err e = ERR_INIT;
	const char *problem;

	if (contact_edit(p->db, p->who->account_id, p->arg[0],
			 json_pool_text(p->mem, patch), p->mem, &out,
			 &e) == -1) {
		page_fail(p, &e);
		return;
	}
	problem = json_get_string(out, "problem");
	if (problem == NULL)
		problem = json_get_string(out, "gone");
	if (problem != NULL)
		page_say(p, 1, "Nothing was changed: %s", problem);
	else
		page_say(p, 0, "%s", said);
	page_redirect(p, contact_url(p, p->arg[0]));
}

/* What stands between commas, trimmed; a new list. */
static struct json_object *
tags_of(struct page *p, const char *text)
{
	struct json_object *list = json_object_new_array();
	char *tag, *rest, *copy = mem_strdup(p->mem, text);

	for (tag = strtok_r(copy, ",;|\r\n", &rest); tag != NULL;
	     tag = strtok_r(NULL, ",;|\r\n", &rest)) {
		tag = text_trim(tag);
		if (*tag != '\0')
			json_object_array_add(list,
					      json_object_new_string(tag));
	}
	return list;
}

void
do_contact_tags(struct page *p)
{
	struct json_object *o = json_pool(p->mem, json_object_new_object());
	struct json_object *c = contact_load(p), *add, *gone;
	const char *remove = form_raw(p, "remove");

	if (c == NULL)
		return;
	add = tags_of(p, form_value(p, "add"));
	gone = json_object_new_array();
	json_object_object_add(o, "add_tags", add);
	json_object_object_add(o, "remove_tags", gone);
	if (*remove != '\0')
		json_object_array_add(gone, json_object_new_string(remove));
	if (json_object_array_length(add) + json_object_array_length(gone) ==
	    0) {
		page_say(p, 1, "Type a tag first.");
		page_redirect(p, contact_url(p, p->arg[0]));
		return;
	}
	patch(p, o,
	      *remove != '\0'
		      ? mem_printf(p->mem, "The tag %s was removed.", remove)
		      : mem_printf(p->mem, "Tagged: %s.",
				   texts_joined(p, add)));
}

void
do_contact_identity(struct page *p)
{
	struct json_object *o = json_pool(p->mem, json_object_new_object());
	struct json_object *drop = json_object_new_array();
	struct json_object *one = json_object_new_object();
	struct json_object *c = contact_load(p);

	json_set_string(one, "kind", form_value(p, "kind"));
	json_set_string(one, "value", form_value(p, "value"));
	json_object_array_add(drop, one);
	json_object_object_add(o, "drop", drop);
	if (c == NULL)
		return;
	patch(p, o,
	      mem_printf(p->mem, "This contact is no longer found by %s.",
			 form_value(p, "value")));
}

void
do_contact_stop(struct page *p)
{
	const char *channel = form_value(p, "channel");
	int is_stopped = strcmp(form_value(p, "is_stopped"), "yes") == 0;
	struct json_object *c = contact_load(p);
	struct err e = ERR_INIT;
	size_t i = 0, n = sizeof(channels) / sizeof(channels[0]);

	if (c == NULL)
		return;
	while (i < n && strcmp(channels[i].channel, channel) != 0)
		i++;
	if (i == n) {
		page_missing(p);
		return;
	}
	if (contact_stop(p->db, p->who->account_id, p->arg[0],
			 mem_printf(p->mem, "{%s}", channels[i].channel),
			 is_stopped, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "%s: %s.", channels[i].text,
		 is_stopped ? "stopped" : "allowed");
	page_redirect(p, contact_url(p, p->arg[0]));
}
