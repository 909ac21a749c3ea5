/*
 * contact.c - what the contacts' pages share.  See contact.h.
 */
#include "config.h"

#include "contact.h"

#include "base/json.h"
#include "flow/search.h"
#include "http/html.h"
#include "store/contact.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

/* clang-format off */
const struct contact_word contact_words[] = {
	{ "first_name",    "First name",      NULL,    "off", NULL },
	{ "last_name",     "Last name",       NULL,    "off", NULL },
	{ "email",         "E-mail address",  NULL,    "off", NULL },
	{ "phone",         "Phone",           "tel",   "off", NULL },
	{ "company_name",  "Company",         NULL,    "off", NULL },
	{ "address1",      "Street",          NULL,    "off", NULL },
	{ "postal_code",   "Postal code",     NULL,    "off", NULL },
	{ "city",          "City",            NULL,    "off", NULL },
	{ "state",         "State or region", NULL,    "off", NULL },
	{ "country",       "Country",         NULL,    "off", NULL },
	{ "timezone",      "Time zone",       NULL,    "off", "Such as Europe/Berlin." },
	{ "date_of_birth", "Date of birth",   NULL,    "off", "Such as 1990-05-17." },
	{ "source",        "Source",          NULL,    "off", NULL },
	{ "website",       "Web site",        NULL,    "off", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

const char *
contact_label(struct page *p, const char *key, struct json_object *fields)
{
	const struct contact_word *w;
	struct json_object *f;
	const char *label;
	size_t i;

	if (strncmp(key, "custom.", 7) != 0) {
		for (w = contact_words; w->key != NULL; w++)
			if (strcmp(w->key, key) == 0)
				return w->label;
		return key;
	}
	key += 7;
	for (i = 0; i < json_object_array_length(fields); i++) {
		f = json_object_array_get_idx(fields, i);
		label = json_get_string(f, "label");
		if (strcmp(json_get_string(f, "key"), key) == 0 &&
		    label != NULL && *label != '\0')
			return label;
	}
	return mem_strdup(p->mem, key);
}

const char *
contact_url(struct page *p, const char *id)
{
	return url(p, "contacts/%s", id);
}

struct json_object *
contact_load(struct page *p)
{
	struct contact_key key = { p->arg[0], NULL, NULL };
	struct json_object *contact;
	struct err e = ERR_INIT;
	const char *id;

	if (!is_id(p->arg[0])) {
		page_missing(p);
		return NULL;
	}
	if (contact_find(p->db, p->who->account_id, &key, p->mem, &id, &e) ==
	    -1) {
		page_fail(p, &e);
		return NULL;
	}
	if (id == NULL) {
		page_missing(p);
		return NULL;
	}
	if (strcmp(id, p->arg[0]) != 0) {
		page_say(p, 0, "Contact %s was merged into this one.",
			 p->arg[0]);
		page_redirect(p, contact_url(p, id));
		return NULL;
	}
	if (contact_show(p->db, p->who->account_id, id, p->mem, &contact, &e) ==
	    -1) {
		page_fail(p, &e);
		return NULL;
	}
	return contact;
}

struct json_object *
contact_load_living(struct page *p)
{
	struct json_object *c = contact_load(p);

	if (c == NULL || json_get(c, "erased_at") == NULL)
		return c;
	page_redirect(p, contact_url(p, p->arg[0]));
	return NULL;
}

const char *
contact_title(struct page *p, struct json_object *contact)
{
	static const char *const names[] = { "name", "email", "phone" };
	const char *text;
	size_t i;

	for (i = 0; i < 3; i++) {
		text = json_get_string(contact, names[i]);
		if (text != NULL && *text != '\0')
			return text;
	}
	return mem_printf(p->mem, "Contact %s", json_get_string(contact, "id"));
}

void
contact_frame(struct page *p, struct json_object *contact, const char *title)
{
	layout_crumb(p, url(p, "contacts"), "Contacts");
	if (contact != NULL)
		layout_crumb(p, contact_url(p, json_get_string(contact, "id")),
			     contact_title(p, contact));
	layout_begin(p, title, "contacts");
}

void
contact_asked(struct page *p, struct contact_filter *f)
{
	const char *tag = query_value(p, "tag");
	const char *before = query_value(p, "before");
	struct search s;

	search_read(p->mem, query_value(p, "q"), p->who->country, &s);
	f->words = s.words;
	f->numbers = s.numbers;
	f->tag = *tag != '\0' ? tag : NULL;
	f->before = is_id(before) ? before : NULL;
}

int
contact_is_stopped(struct json_object *contact, const char *channel)
{
	struct json_object *list = json_get(contact, "do_not_contact");
	size_t i;

	if (strcmp(channel, "marketing") == 0)
		return json_get(contact, "unsubscribed_at") != NULL;
	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   channel) == 0)
			return 1;
	return 0;
}

const char *
texts_joined(struct page *p, struct json_object *list)
{
	struct buf b = BUF_INIT;
	const char *text;
	size_t i;

	if (list == NULL)
		return "";
	for (i = 0; i < json_object_array_length(list); i++) {
		if (i > 0)
			buf_adds(&b, ", ");
		json_to_text(&b, json_object_array_get_idx(list, i));
	}
	text = mem_strndup(p->mem, b.s, b.len);
	buf_free(&b);
	return text;
}

void
ask_first(struct page *p, const struct question *q, const char *place)
{
	layout_begin(p, q->title, place);
	html(&p->body, "<div class=\"card\"><p>");
	html_text(&p->body, q->text);
	html(&p->body, "</p>\n");
	form_begin(p, q->action);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "danger", NULL, NULL, q->button);
	link_to(p, q->back, "Leave it as it is");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}
