/*
 * page_contact_merge.c - two contacts that are one person, and how that is
 * undone; and a person who is to be forgotten.  Each is looked at before it is
 * done.
 */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "contact.h"
#include "engine/forget.h"
#include "flow/search.h"
#include "http/html.h"
#include "pages.h"
#include "store/contact.h"
#include "store/db.h"
#include "store/field.h"
#include "web.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define FOUND "20"
#define ROWS 50
#define ROWS_ASKED "51"
#define ERASE_MS 45000 /* it looks through all deliveries of nobody */

/* --- choosing the other one --------------------------------------------------
 */

static void
found_row(struct page *p, struct json_object *c)
{
	html(&p->body, "<tr><th scope=\"row\">");
	link_to(p, url_with(p, "with", json_get_string(c, "id")),
		contact_title(p, c));
	html(&p->body, "</th>");
	cell_text(p, "E-mail", json_get_string(c, "email"));
	cell_text(p, "Phone", json_get_string(c, "phone"));
	cell_begin(p, "Since");
	html_time(p, json_get_string(c, "created_at"));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
show_found(struct page *p, struct json_object *list)
{
	struct json_object *c;
	size_t i, n = json_object_array_length(list);
	int shown = 0;

	for (i = 0; i < n; i++) {
		c = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(c, "id"), p->arg[0]) == 0)
			continue;
		if (shown++ == 0)
			table_begin(p, "Contacts that were found",
				    "Choose|E-mail|Phone|Since");
		found_row(p, c);
	}
	if (shown > 0)
		table_end(p);
	else
		nothing_yet(p, "Nobody else is like that.");
}

static void
choose(struct page *p, struct json_object *contact)
{
	const struct field words = { .name = "q",
				     .label = "Name, company, e-mail or phone "
					      "of the other one",
				     .value = query_value(p, "q"),
				     .type = "search",
				     .is_wide = 1 };
	struct contact_filter f = { NULL, NULL, NULL, NULL };
	struct json_object *list = NULL;
	struct err e = ERR_INIT;
	struct search s;

	search_read(p->mem, words.value, p->who->country, &s);
	f.words = s.words;
	f.numbers = s.numbers;
	if (f.words != NULL && contact_list(p->db, p->who->account_id, &f,
					    FOUND, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	contact_frame(p, contact, "Merge with another contact");
	html(&p->body, "<p>All that belongs to the other one becomes this "
		       "contact's, and the other one is gone. You see what "
		       "happens before it does, and it can be undone.</p>\n");
	form_begin_get(p, url(p, "contacts/%s/merge", p->arg[0]));
	form_field(p, &words);
	form_button(p, "main", NULL, NULL, "Search");
	form_end(p);
	if (list != NULL)
		show_found(p, list);
	layout_end(p);
}

/* --- looking at it
 * ------------------------------------------------------------ */

static const char *
text_of(struct page *p, struct json_object *v)
{
	if (json_object_is_type(v, json_type_array))
		return texts_joined(p, v);
	return v != NULL ? json_pool_text(p->mem, v) : "";
}

/* A field of both, and what it will be; nothing where neither has it. */
static void
compare_row(struct page *p, const char *label, struct json_object *mine,
	    struct json_object *other, struct json_object *after)
{
	const char *was = text_of(p, mine), *will = text_of(p, after);

	if (*was == '\0' && *text_of(p, other) == '\0')
		return;
	html(&p->body, "<tr><th scope=\"row\">");
	html_text(&p->body, label);
	html(&p->body, "</th>");
	cell_text(p, "This contact", was);
	cell_text(p, "The other one", text_of(p, other));
	cell_begin(p, "Afterwards");
	if (strcmp(was, will) != 0)
		html(&p->body, "<strong>");
	html_text(&p->body, will);
	if (strcmp(was, will) != 0)
		html(&p->body, "</strong> <span class=\"faint\">new</span>");
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static struct json_object *
after_of(struct json_object *mine, struct json_object *filled)
{
	return filled != NULL ? filled : mine;
}

static void
compare_custom(struct page *p, struct json_object *a, struct json_object *b,
	       struct json_object *filled, struct json_object *fields)
{
	struct json_object *mine = json_get(a, "custom");
	struct json_object *other = json_get(b, "custom");
	struct json_object *fill = json_get(filled, "custom");
	const char *name;

	if (mine != NULL) {
		json_object_object_foreach (mine, key, value) {
			name = mem_printf(p->mem, "custom.%s", key);
			compare_row(p, contact_label(p, name, fields), value,
				    json_get(other, key), value);
		}
	}
	if (fill == NULL)
		return;
	json_object_object_foreach (fill, more, value) {
		name = mem_printf(p->mem, "custom.%s", more);
		compare_row(p, contact_label(p, name, fields), NULL, value,
			    value);
	}
}

static void
compare(struct page *p, struct json_object *a, struct json_object *b,
	struct json_object *result, struct json_object *fields)
{
	struct json_object *filled = json_get(result, "filled");
	const struct contact_word *w;

	table_begin(p, "Both contacts, and what becomes of them",
		    "Field|This contact|The other one|Afterwards");
	for (w = contact_words; w->key != NULL; w++)
		compare_row(p, w->label, json_get(a, w->key),
			    json_get(b, w->key),
			    after_of(json_get(a, w->key),
				     json_get(filled, w->key)));
	compare_custom(p, a, b, filled, fields);
	compare_row(p, "Tags", json_get(a, "tags"), json_get(b, "tags"),
		    json_get(result, "tags"));
	compare_row(p, "Not to be written to by", json_get(a, "do_not_contact"),
		    json_get(b, "do_not_contact"),
		    json_get(result, "do_not_contact"));
	table_end(p);
}

static void
what_moves(struct page *p, struct json_object *result)
{
	size_t n = json_object_array_length(json_get(result, "cancelled_runs"));

	buf_addf(&p->body,
		 "<p>%lld runs and %lld webhooks of the other one become this "
		 "contact's, and so do its addresses and numbers.",
		 (long long)json_get_int(result, "runs", 0),
		 (long long)json_get_int(result, "deliveries", 0));
	if (n > 0)
		buf_addf(&p->body,
			 " <strong>%zu of these runs are cancelled</strong>, "
			 "since this contact is in the same workflow already.",
			 n);
	html(&p->body, "</p>\n");
}

static void
preview(struct page *p, struct json_object *contact, const char *with)
{
	const char *account = p->who->account_id;
	struct json_object *other, *result, *fields;
	struct err e = ERR_INIT;

	if (contact_show(p->db, account, with, p->mem, &other, &e) == -1 ||
	    contact_merge(p->db, account, p->arg[0], with, p->who->email, 1,
			  p->mem, &result, &e) == -1 ||
	    field_list(p->db, account, p->mem, &fields, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	contact_frame(p, contact,
		      mem_printf(p->mem, "Merge %s into %s?",
				 contact_title(p, other),
				 contact_title(p, contact)));
	compare(p, contact, other, result, fields);
	what_moves(p, result);
	form_begin(p, url(p, "contacts/%s/merge", p->arg[0]));
	form_hidden(p, "with", with);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL, "Merge");
	link_to(p, url(p, "contacts/%s/merge?with=%s", with, p->arg[0]),
		"Keep the other one instead");
	link_to(p, url(p, "contacts/%s/merge", p->arg[0]), "Choose again");
	html(&p->body, "</div>\n");
	form_end(p);
	layout_end(p);
}

void
page_contact_merge(struct page *p)
{
	const char *with = query_value(p, "with");
	struct json_object *contact;

	if (*with != '\0' && !is_id(with)) {
		page_missing(p);
		return;
	}
	contact = contact_load_living(p);
	if (contact == NULL)
		return;
	if (*with != '\0')
		preview(p, contact, with);
	else
		choose(p, contact);
}

void
do_contact_merge(struct page *p)
{
	const char *with = form_value(p, "with");
	struct json_object *result, *contact;
	struct err e = ERR_INIT;

	if (!is_id(with)) {
		page_missing(p);
		return;
	}
	contact = contact_load_living(p);
	if (contact == NULL)
		return;
	if (contact_merge(p->db, p->who->account_id, p->arg[0], with,
			  p->who->email, 0, p->mem, &result, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0,
		 "The two are one now. Whether it was right, you can decide "
		 "later: it can be undone on this page.");
	page_redirect(p, contact_url(p, p->arg[0]));
}

/* --- undoing it
 * ---------------------------------------------------------------- */

static void
ledger_row(struct page *p, struct json_object *o)
{
	const char *name = json_get_string(o, "name");
	const char *was = json_get_string(o, "other_name");
	const char *id = json_get_string(o, "contact");

	html(&p->body, "<tr><th scope=\"row\">");
	link_to(p, contact_url(p, id),
		name != NULL ? name : mem_printf(p->mem, "Contact %s", id));
	html(&p->body, "</th>");
	cell_text(p, "Took in",
		  was != NULL ? was
			      : mem_printf(p->mem, "Contact %s",
					   json_get_string(o, "other")));
	cell_begin(p, "When");
	html_time(p, json_get_string(o, "merged_at"));
	cell_end(p);
	cell_text(p, "By", json_get_string(o, "merged_by"));
	cell_begin(p, "");
	if (json_get(o, "unmerged_at") != NULL)
		html(&p->body, "<span class=\"badge\">undone</span>");
	else if (json_get(o, "scrubbed_at") != NULL)
		html(&p->body, "<span class=\"badge\">erased since</span>");
	else
		button_post(p,
			    url(p, "contacts/merges/%s/undo",
				json_get_string(o, "id")),
			    "small", "Undo");
	cell_end(p);
	html(&p->body, "</tr>\n");
}

void
page_contact_merges(struct page *p)
{
	const char *before = query_value(p, "before");
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i, n;

	if (contact_merges(p->db, p->who->account_id, NULL,
			   is_id(before) ? before : NULL, ROWS_ASKED, p->mem,
			   &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	n = json_object_array_length(list);
	layout_crumb(p, url(p, "contacts"), "Contacts");
	layout_begin(p, "Merges", "contacts");
	if (n == 0)
		nothing_yet(p, "No contacts were merged yet.");
	else
		table_begin(p, "Contacts that were merged, the last first",
			    "Contact|Took in|When|By|Undo");
	for (i = 0; i < n && i < ROWS; i++)
		ledger_row(p, json_object_array_get_idx(list, i));
	if (n > 0)
		table_end(p);
	pager(p, "before",
	      n > ROWS
		      ? json_get_string(
				json_object_array_get_idx(list, ROWS - 1), "id")
		      : NULL);
	layout_end(p);
}

void
do_contact_unmerge(struct page *p)
{
	struct json_object *result;
	struct err e = ERR_INIT;
	size_t n;

	if (!is_id(p->arg[0])) {
		page_missing(p);
		return;
	}
	if (contact_unmerge(p->db, p->who->account_id, p->arg[0], p->who->email,
			    p->mem, &result, &e) == -1) {
		if (e.kind != ERR_GONE) {
			page_fail(p, &e);
			return;
		}
		page_say(p, 1, "Nothing was undone: %s.", e.text);
		page_redirect(p, url(p, "contacts/merges"));
		return;
	}
	n = json_object_array_length(json_get(result, "still_cancelled_runs"));
	if (n > 0)
		page_say(p, 0,
			 "They are two again. %zu runs that the merge "
			 "cancelled stay so.",
			 n);
	else
		page_say(p, 0, "They are two again.");
	page_redirect(p, contact_url(p, json_get_string(result, "other")));
}

/* --- forgetting
 * ---------------------------------------------------------------- */

static void
erase_form(struct page *p, struct json_object *c, const char *fault)
{
	const struct field confirm = {
		.name = "confirm",
		.label = mem_printf(p->mem, "Type %s to say that you mean it",
				    contact_title(p, c)),
		.fault = fault,
		.autocomplete = "off"
	};

	if (fault != NULL)
		p->status = 422;
	contact_frame(p, c,
		      mem_printf(p->mem, "Erase %s?", contact_title(p, c)));
	html(&p->body,
	     "<div class=\"card\"><p><strong>This cannot be undone.</strong> "
	     "Fields, addresses, tags and what the webhooks of this person "
	     "brought are erased, also from runs, from requests that belong to "
	     "nobody and name the person, and from imports. Its runs that are "
	     "not over are cancelled. Outcomes and times stay, for your "
	     "counts.</p>\n<p>A person who asked to be left alone need not be "
	     "erased: stop writing to it instead. Who is erased and comes "
	     "again is a new contact.</p>\n");
	form_begin(p, url(p, "contacts/%s/erase", p->arg[0]));
	form_field(p, &confirm);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "danger", NULL, NULL, "Erase for good");
	link_to(p, contact_url(p, p->arg[0]), "Leave it as it is");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
page_contact_erase(struct page *p)
{
	struct json_object *contact = contact_load_living(p);

	if (contact != NULL)
		erase_form(p, contact, NULL);
}

static void
erase(struct page *p)
{
	const struct forget f = { p->db, p->conf, p->secrets,
				  p->who->account_id };
	struct json_object *result;
	struct err e = ERR_INIT;

	db_clock_from(p->db, clock_ms() + ERASE_MS);
	if (forget_contact(&f, p->arg[0], p->mem, &result, &e) == -1) {
		if (e.kind == ERR_PERM || (e.kind == ERR_TEMP && !e.is_away))
			page_note(p, 409, "Nothing was erased", e.text);
		else
			page_fail(p, &e);
		return;
	}
	page_say(p, 0,
		 "Erased: %lld webhooks, %lld runs, and %lld requests that "
		 "named the person. Runs that were cancelled: %lld.",
		 (long long)json_get_int(result, "deliveries", 0),
		 (long long)json_get_int(result, "runs", 0),
		 (long long)json_get_int(result, "unowned_deliveries", 0),
		 (long long)json_get_int(result, "cancelled_runs", 0));
	page_redirect(p, url(p, "contacts"));
}

void
do_contact_erase(struct page *p)
{
	struct json_object *contact = contact_load_living(p);

	if (contact == NULL)
		return;
	if (strcasecmp(form_value(p, "confirm"), contact_title(p, contact)) !=
	    0)
		erase_form(p, contact, "That is not what stands above.");
	else
		erase(p);
}
