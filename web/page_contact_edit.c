/*
 * page_contact_edit.c - a contact's fields as a form: a new one, or one that
 * there is.  A value is judged and normalised as one of a webhook is
 * (flow/map.h); what is wrong stands at its field, and what was typed stays.
 */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "contact.h"
#include "flow/map.h"
#include "http/html.h"
#include "pages.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/field.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

struct editing {
	struct json_object *contact; /* NULL: a new one */
	struct json_object *fields;  /* the account's */
	struct json_object *types;   /* {"key": type} */
	struct json_object *faults;  /* {"key": what is wrong} */
	struct json_object *patch, *set, *custom, *drop;
	const char *owner; /* who has the address or number already */
};

/* --- showing it -------------------------------------------------------------
 */

/* What the field holds: what was typed, else what the contact has. */
static const char *
held(struct page *p, struct editing *d, const char *key)
{
	const char *has;

	if (strcmp(p->method, "POST") == 0)
		return form_raw(p, key);
	has = json_get_string(d->contact, key);
	return has != NULL ? has : "";
}

static const char *
custom_text(struct page *p, struct json_object *value)
{
	return json_object_is_type(value, json_type_array)
		       ? texts_joined(p, value)
		       : json_pool_text(p->mem, value);
}

/* What was typed for a custom field; NULL: the form has no such field. */
static const char *
custom_typed(struct page *p, const char *key)
{
	return json_get_string(json_get(p->form, "custom"), key);
}

static const char *
custom_held(struct page *p, struct editing *d, const char *key)
{
	const char *typed = custom_typed(p, key);

	if (typed != NULL)
		return typed;
	return custom_text(p, json_get(json_get(d->contact, "custom"), key));
}

static const char *
fault_of(struct editing *d, const char *key)
{
	return json_get_string(d->faults, key);
}

static void
standard_fields(struct page *p, struct editing *d)
{
	const struct contact_word *w;

	html(&p->body, "<div class=\"fields\">\n");
	for (w = contact_words; w->key != NULL; w++) {
		const struct field f = { .name = w->key,
					 .label = w->label,
					 .value = held(p, d, w->key),
					 .help = w->help,
					 .fault = fault_of(d, w->key),
					 .type = w->type,
					 .autocomplete = w->autocomplete };

		form_field(p, &f);
	}
	html(&p->body, "</div>\n");
}

static void
custom_field(struct page *p, struct editing *d, const char *key,
	     const char *label, const char *type)
{
	int is_truth = strcmp(type, "boolean") == 0;
	struct field f = {
		.name = mem_printf(p->mem, "custom[%s]", key),
		.label = label != NULL && *label != '\0' ? label : key,
		.value = custom_held(p, d, key),
		.fault = fault_of(d, mem_printf(p->mem, "custom.%s", key)),
		.autocomplete = "off",
		.options = is_truth ? "=Not known|true=Yes|false=No" : NULL,
		.help = strcmp(type, "list") == 0   ? "Several between commas."
			: strcmp(type, "date") == 0 ? "Such as 2026-05-17."
						    : NULL,
	};

	form_field(p, &f);
}

/* The account's fields, and what this contact has besides. */
static void
custom_fields(struct page *p, struct editing *d)
{
	struct json_object *custom = json_get(d->contact, "custom"), *f;
	size_t i, n = json_object_array_length(d->fields);

	if (n == 0 &&
	    (custom == NULL || json_object_object_length(custom) == 0))
		return;
	html(&p->body, "<fieldset><legend>Custom fields</legend>"
		       "<div class=\"fields\">\n");
	for (i = 0; i < n; i++) {
		f = json_object_array_get_idx(d->fields, i);
		custom_field(p, d, json_get_string(f, "key"),
			     json_get_string(f, "label"),
			     json_get_string(f, "type"));
	}
	if (custom != NULL) {
		json_object_object_foreach (custom, key, value) {
			if (json_get(d->types, key) == NULL &&
			    !json_object_is_type(value, json_type_object))
				custom_field(p, d, key, NULL,
					     json_object_is_type(
						     value, json_type_array)
						     ? "list"
						     : "text");
		}
	}
	html(&p->body, "</div></fieldset>\n");
}

/* The two may be one person. */
static void
offer_merge(struct page *p, struct editing *d)
{
	if (d->owner == NULL)
		return;
	html(&p->body, "<p class=\"said bad\" role=\"alert\">");
	if (d->contact != NULL) {
		html(&p->body, "Another contact has it. If the two are one "
			       "person, ");
		link_to(p,
			url(p, "contacts/%s/merge?with=%s", p->arg[0],
			    d->owner),
			"look at merging them");
		html(&p->body, ".");
	} else {
		html(&p->body, "There is such a contact already: ");
		link_to(p, contact_url(p, d->owner), "open it");
		html(&p->body, ".");
	}
	html(&p->body, "</p>\n");
}

static void
show_form(struct page *p, struct editing *d)
{
	const char *id = json_get_string(d->contact, "id");
	const struct field tags = { .name = "tags",
				    .label = "Tags",
				    .value = form_raw(p, "tags"),
				    .autocomplete = "off",
				    .is_wide = 1,
				    .help = "Several between commas." };

	if (json_object_object_length(d->faults) > 0)
		p->status = 422;
	contact_frame(p, d->contact,
		      id != NULL ? "Edit contact" : "New contact");
	offer_merge(p, d);
	html(&p->body, "<div class=\"card\">\n");
	form_begin(p, id != NULL ? url(p, "contacts/%s/edit", id)
				 : url(p, "contacts"));
	if (id != NULL)
		form_hidden(p, "seen",
			    json_get_string(d->contact, "updated_at"));
	standard_fields(p, d);
	custom_fields(p, d);
	if (id == NULL)
		form_field(p, &tags);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL,
		    id != NULL ? "Save" : "Make contact");
	link_to(p, id != NULL ? contact_url(p, id) : url(p, "contacts"),
		"Cancel");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

/* -1 with the page made. */
static int
begin(struct page *p, struct editing *d, struct json_object *contact)
{
	struct err e = ERR_INIT;

	memset(d, 0, sizeof(*d));
	d->contact = contact;
	d->faults = json_pool(p->mem, json_object_new_object());
	d->patch = json_pool(p->mem, json_object_new_object());
	d->set = json_object_new_object();
	d->drop = json_object_new_array();
	d->custom = json_pool(p->mem, json_object_new_object());
	json_object_object_add(d->patch, "set", d->set);
	json_object_object_add(d->patch, "drop", d->drop);
	if (field_list(p->db, p->who->account_id, p->mem, &d->fields, &e) ==
		    0 &&
	    contact_custom_types(p->db, p->who->account_id, p->mem, &d->types,
				 &e) == 0)
		return 0;
	page_fail(p, &e);
	return -1;
}

void
page_contact_new(struct page *p)
{
	struct editing d;

	if (begin(p, &d, NULL) == 0)
		show_form(p, &d);
}

void
page_contact_edit(struct page *p)
{
	struct json_object *contact = contact_load_living(p);
	struct editing d;

	if (contact != NULL && begin(p, &d, contact) == 0)
		show_form(p, &d);
}

/* --- taking it ---------------------------------------------------------------
 */

/* What identified the contact until now does so no longer. */
static void
drop_identity(struct page *p, struct editing *d, const char *kind)
{
	const char *old = json_get_string(d->contact, kind), *key = NULL;
	struct json_object *o;

	if (old == NULL)
		return;
	if (contact_field_value(p->mem, kind, old, p->who->country, &key,
				NULL) == NULL)
		return;
	o = json_object_new_object();
	json_set_string(o, "kind", kind);
	json_set_string(o, "value", strcmp(kind, "email") == 0 ? key : old);
	json_object_array_add(d->drop, o);
}

static int
is_identity(const char *key)
{
	return strcmp(key, "email") == 0 || strcmp(key, "phone") == 0;
}

/* The same address in other letters is the same. */
static void
set_identity(struct page *p, struct editing *d, const char *key,
	     const char *value, const char *match)
{
	const char *old = json_get_string(d->contact, key), *old_match = NULL;

	if (strcmp(key, "email") == 0) {
		json_set_string(d->patch, "email_key", match);
		if (old != NULL)
			(void)contact_field_value(p->mem, key, old,
						  p->who->country, &old_match,
						  NULL);
		if (match != NULL && old_match != NULL &&
		    strcmp(match, old_match) == 0)
			return;
	}
	if (value == NULL || old == NULL || strcmp(value, old) != 0)
		drop_identity(p, d, key);
}

static void
take_standard(struct page *p, struct editing *d, const char *key)
{
	const char *typed = form_value(p, key), *value = NULL, *match = NULL;
	const char *has = json_get_string(d->contact, key);
	struct err e = ERR_INIT;

	if (!form_has(p, key))
		return;
	if (*typed != '\0') {
		value = contact_field_value(p->mem, key, typed, p->who->country,
					    &match, &e);
		if (value == NULL) {
			json_set_string(d->faults, key, e.text);
			return;
		}
	}
	if (value == NULL ? has == NULL
			  : has != NULL && strcmp(has, value) == 0)
		return;
	json_object_object_add(d->set, key,
			       value != NULL ? json_object_new_string(value)
					     : NULL);
	if (is_identity(key))
		set_identity(p, d, key, value, match);
}

static struct json_object *
list_of(struct page *p, const char *text)
{
	struct json_object *list = json_pool(p->mem, json_object_new_array());
	char *one, *rest, *copy = mem_strdup(p->mem, text);

	for (one = strtok_r(copy, ",\r\n", &rest); one != NULL;
	     one = strtok_r(NULL, ",\r\n", &rest)) {
		one = text_trim(one);
		if (*one != '\0')
			json_object_array_add(list,
					      json_object_new_string(one));
	}
	return list;
}

static void
take_custom(struct page *p, struct editing *d, const char *key,
	    const char *text)
{
	const char *type = json_get_string(d->types, key);
	struct json_object *has = json_get(json_get(d->contact, "custom"), key);
	struct json_object *v = NULL;
	struct err e = ERR_INIT;

	text = text_trim(mem_strdup(p->mem, text));
	if (strcmp(text, custom_text(p, has)) == 0)
		return;
	if (*text == '\0') {
		json_object_object_add(d->custom, key, NULL);
		return;
	}
	if ((type != NULL && strcmp(type, "list") == 0) ||
	    json_object_is_type(has, json_type_array))
		v = list_of(p, text);
	else
		v = json_pool(p->mem, json_object_new_string(text));
	if (map_fit_custom(p->mem, type, &v, "what was typed", &e) == -1) {
		json_set_string(d->faults, mem_printf(p->mem, "custom.%s", key),
				e.text);
		return;
	}
	json_object_object_add(d->custom, key, json_object_get(v));
}

/* Only what the account defined or the contact has: nobody adds others by
 * hand. */
static void
take_customs(struct page *p, struct editing *d)
{
	struct json_object *form = json_get(p->form, "custom");
	struct json_object *has = json_get(d->contact, "custom");

	if (!json_object_is_type(form, json_type_object))
		return;
	json_object_object_foreach (form, key, value) {
		if (json_object_is_type(value, json_type_string) &&
		    (json_get(d->types, key) != NULL ||
		     json_get(has, key) != NULL))
			take_custom(p, d, key, json_object_get_string(value));
	}
	if (json_object_object_length(d->custom) > 0)
		json_object_object_add(d->set, "custom",
				       json_object_get(d->custom));
}

/* A zone of the right form may still not exist. */
static void
check_zone(struct page *p, struct editing *d)
{
	const char *zone = json_get_string(d->set, "timezone"), *known = NULL;
	struct err e = ERR_INIT;

	if (zone == NULL)
		return;
	if (timezone_find(p->db, zone, p->mem, &known, &e) == 0 &&
	    known == NULL)
		json_set_string(d->faults, "timezone",
				"there is no such time zone: write one like "
				"Europe/Berlin");
}

static void
take_form(struct page *p, struct editing *d)
{
	const struct contact_word *w;

	for (w = contact_words; w->key != NULL; w++)
		take_standard(p, d, w->key);
	take_customs(p, d);
	check_zone(p, d);
	if (*form_value(p, "email") == '\0' && *form_value(p, "phone") == '\0')
		json_set_string(d->faults, "email",
				"Give an e-mail address or a phone number: "
				"without one no webhook finds the contact.");
}

static void
name_owner(struct page *p, struct editing *d, const char *kind,
	   const char *owner)
{
	struct json_object *c;
	struct err e = ERR_INIT;
	const char *who = mem_printf(p->mem, "contact %s", owner);

	if (contact_show(p->db, p->who->account_id, owner, p->mem, &c, &e) == 0)
		who = mem_printf(p->mem, "%s (contact %s)", contact_title(p, c),
				 owner);
	json_set_string(
		d->faults, kind,
		mem_printf(p->mem, "This is already the %s of %s.",
			   strcmp(kind, "email") == 0 ? "address" : "number",
			   who));
	d->owner = owner;
}

/* Was the contact changed since the form was shown?  Then what it shows of the
 * other fields would be written over newer values.  1 with the page made. */
static int
is_stale(struct page *p, struct json_object *contact)
{
	const char *seen = form_value(p, "seen");
	const char *now = json_get_string(contact, "updated_at");

	if (seen[0] == '\0' || now == NULL || strcmp(seen, now) == 0)
		return 0;
	page_note(p, 409, "This contact was changed meanwhile",
		  "A webhook, a workflow or somebody else changed it since "
		  "this form was shown. Nothing was saved. Go back to see what "
		  "you typed, open the form anew, and put it in there.");
	return 1;
}

void
do_contact_edit(struct page *p)
{
	struct json_object *contact = contact_load_living(p), *out;
	const char *problem;
	struct editing d;
	struct err e = ERR_INIT;

	if (contact == NULL || is_stale(p, contact) ||
	    begin(p, &d, contact) == -1)
		return;
	take_form(p, &d);
	if (json_object_object_length(d.faults) > 0) {
		show_form(p, &d);
		return;
	}
	if (contact_edit(p->db, p->who->account_id, p->arg[0],
			 json_pool_text(p->mem, d.patch), p->mem, &out,
			 &e) == -1) {
		page_fail(p, &e);
		return;
	}
	problem = json_get_string(out, "problem");
	if (json_get_string(out, "owner") != NULL) {
		name_owner(p, &d, json_get_string(out, "kind"),
			   json_get_string(out, "owner"));
		show_form(p, &d);
	} else if (problem != NULL) {
		json_set_string(d.faults, "first_name", problem);
		show_form(p, &d);
	} else if (json_get(out, "gone") != NULL) {
		page_missing(p);
	} else {
		page_say(p, 0,
			 json_object_object_length(d.set) > 0
				 ? "Saved."
				 : "Nothing was changed.");
		page_redirect(p, contact_url(p, p->arg[0]));
	}
}

/* Who has this address or number already; NULL: nobody.  -1 with the page
 * made. */
static int
find_owner(struct page *p, struct editing *d, const char **kind)
{
	struct contact_key key = { NULL, NULL, NULL };
	struct err e = ERR_INIT;

	key.email = json_get_string(d->patch, "email_key");
	*kind = "email";
	if (key.email != NULL && contact_find(p->db, p->who->account_id, &key,
					      p->mem, &d->owner, &e) == -1)
		goto fail;
	if (d->owner != NULL)
		return 0;
	key.email = NULL;
	key.phone = json_get_string(d->set, "phone");
	*kind = "phone";
	if (key.phone != NULL && contact_find(p->db, p->who->account_id, &key,
					      p->mem, &d->owner, &e) == -1)
		goto fail;
	return 0;
fail:
	page_fail(p, &e);
	return -1;
}

/* Through the same statement as an import of one line. */
static void
make_contact(struct page *p, struct editing *d)
{
	struct json_object *list = json_pool(p->mem, json_object_new_array());
	struct json_object *one = json_object_new_object();
	struct contact_taken taken = { NULL, NULL, NULL };
	struct err e = ERR_INIT;

	json_object_object_add(one, "contact", json_object_get(d->set));
	json_set_string(one, "email_key",
			json_get_string(d->patch, "email_key"));
	json_object_object_add(
		one, "tags",
		json_object_get(list_of(p, form_value(p, "tags"))));
	json_object_array_add(list, one);
	if (contact_import(p->db, p->who->account_id,
			   json_pool_text(p->mem, list), 0, p->mem, &taken, 1,
			   &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (taken.id == NULL) {
		json_set_string(d->faults, "first_name", taken.reason);
		show_form(p, d);
		return;
	}
	page_say(p, 0, "The contact was made.");
	page_redirect(p, contact_url(p, taken.id));
}

void
do_contact_new(struct page *p)
{
	struct editing d;
	const char *kind;

	if (begin(p, &d, NULL) == -1)
		return;
	take_form(p, &d);
	if (json_object_object_length(d.faults) == 0) {
		if (find_owner(p, &d, &kind) == -1)
			return;
		if (d.owner == NULL) {
			make_contact(p, &d);
			return;
		}
		name_owner(p, &d, kind, d.owner);
	}
	show_form(p, &d);
}
