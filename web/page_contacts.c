/*
 * page_contacts.c - the list of contacts, narrowed by what is typed and by a
 * tag, and the same as a file.  One of them is page_contact.c.
 */
#include "config.h"

#include "base/json.h"
#include "contact.h"
#include "flow/csv_contact.h"
#include "http/html.h"
#include "pages.h"
#include "store/contact.h"
#include "web.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define ROWS 50
#define ROWS_ASKED "51" /* one more: is there a next page? */
#define PIECE "500"

/* Each leads to who else has it. */
static void
tags_cell(struct page *p, struct json_object *tags)
{
	size_t i, n = json_object_array_length(tags);
	const char *tag;

	cell_begin(p, "Tags");
	if (n == 0)
		html(&p->body, "<span class=\"faint\">&ndash;</span>");
	html(&p->body, "<span class=\"tags\">");
	for (i = 0; i < n; i++) {
		tag = json_object_get_string(
			json_object_array_get_idx(tags, i));
		link_to(p, url(p, "contacts?tag=%s", url_arg(p, tag)), tag);
		html(&p->body, " ");
	}
	html(&p->body, "</span>");
	cell_end(p);
}

static void
contact_row(struct page *p, struct json_object *c)
{
	html(&p->body, "<tr><th scope=\"row\">");
	link_to(p, contact_url(p, json_get_string(c, "id")),
		contact_title(p, c));
	html(&p->body, "</th>");
	cell_text(p, "E-mail", json_get_string(c, "email"));
	cell_text(p, "Phone", json_get_string(c, "phone"));
	tags_cell(p, json_get(c, "tags"));
	cell_begin(p, "Since");
	html_time(p, json_get_string(c, "created_at"));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
tag_list(struct page *p, struct json_object *tags)
{
	size_t i;

	html(&p->body, "<datalist id=\"known-tags\">");
	for (i = 0; i < json_object_array_length(tags); i++) {
		html(&p->body, "<option value=\"");
		html_text(&p->body,
			  json_object_get_string(
				  json_object_array_get_idx(tags, i)));
		html(&p->body, "\">");
	}
	html(&p->body, "</datalist>\n");
}

static void
filters(struct page *p, struct json_object *tags)
{
	const struct field words = { .name = "q",
				     .label = "Name, company, e-mail or phone",
				     .value = query_value(p, "q"),
				     .type = "search",
				     .is_wide = 1 };
	const struct field tag = { .name = "tag",
				   .label = "Tag",
				   .value = query_value(p, "tag"),
				   .autocomplete = "off",
				   .list = "known-tags" };

	form_begin_get(p, url(p, "contacts"));
	form_field(p, &words);
	form_field(p, &tag);
	form_button(p, "main", NULL, NULL, "Search");
	if (*words.value != '\0' || *tag.value != '\0')
		link_to(p, url(p, "contacts"), "Show all");
	form_end(p);
	tag_list(p, tags);
}

static void
button_link(struct page *p, const char *href, const char *text)
{
	html(&p->body, "<a class=\"button small\" href=\"");
	html_text(&p->body, href);
	html(&p->body, "\">");
	html_text(&p->body, text);
	html(&p->body, "</a>\n");
}

static void
deeds(struct page *p)
{
	const char *query = mem_printf(p->mem, "q=%s&tag=%s",
				       url_arg(p, query_value(p, "q")),
				       url_arg(p, query_value(p, "tag")));

	html(&p->body, "<div class=\"bar\">");
	button_link(p, url(p, "contacts/new"), "New contact");
	button_link(p, url(p, "contacts/import"), "Import");
	button_link(p, url(p, "contacts/export?%s", query),
		    strcmp(query, "q=&tag=") == 0 ? "Export all"
						  : "Export these");
	button_link(p, url(p, "contacts/merges"), "Merges");
	html(&p->body, "</div>\n");
}

static void
show_list(struct page *p, struct json_object *list, int is_narrowed)
{
	size_t i, n = json_object_array_length(list);
	const char *next = NULL;

	if (n == 0) {
		nothing_yet(p, is_narrowed ? "Nobody is like that. What you "
					     "type is looked for at the "
					     "beginning of names, companies, "
					     "addresses and numbers."
					   : "No contacts yet. They come with "
					     "webhooks, from a file, or you "
					     "make one by hand.");
		return;
	}
	table_begin(p, "Contacts", "Name|E-mail|Phone|Tags|Since");
	for (i = 0; i < n && i < ROWS; i++)
		contact_row(p, json_object_array_get_idx(list, i));
	table_end(p);
	if (n > ROWS)
		next = json_get_string(
			json_object_array_get_idx(list, ROWS - 1), "id");
	pager(p, "before", next);
}

void
page_contacts(struct page *p)
{
	struct contact_filter f;
	struct json_object *list, *tags;
	struct err e = ERR_INIT;

	contact_asked(p, &f);
	if (contact_list(p->db, p->who->account_id, &f, ROWS_ASKED, p->mem,
			 &list, &e) == -1 ||
	    contact_tags(p->db, p->who->account_id, p->mem, &tags, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	layout_begin(p, "Contacts", "contacts");
	deeds(p);
	filters(p, tags);
	show_list(p, list, f.words != NULL || f.tag != NULL);
	layout_end(p);
}

/* --- as a file -------------------------------------------------------------
 */

struct export
{
	struct contact_filter f;
	struct json_object *keys; /* of custom fields */
	struct mem *mem;	  /* of one piece */
	char at[32];		  /* the id behind which the next one is */
};

static struct json_object *
ids_of(struct mem *m, struct json_object *list)
{
	struct json_object *ids = json_pool(m, json_object_new_array());
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		json_object_array_add(
			ids,
			json_object_get(json_get(
				json_object_array_get_idx(list, i), "id")));
	return ids;
}

/* Go on behind the last of `list`. */
static void
go_behind(struct export *x, struct json_object *list)
{
	size_t n = json_object_array_length(list);

	if (n > 0)
		snprintf(x->at, sizeof(x->at), "%s",
			 json_get_string(json_object_array_get_idx(list, n - 1),
					 "id"));
}

/* All by their ids; or those that are asked for, the newest first. */
static int
next_piece(struct page *p, struct export *x, struct json_object **list,
	   struct err *e)
{
	const char *account = p->who->account_id, *ids;

	if (x->f.words == NULL && x->f.tag == NULL) {
		if (contact_export(p->db, account, x->at, PIECE, NULL, x->mem,
				   list, e) == -1)
			return -1;
		go_behind(x, *list);
		return 0;
	}
	if (contact_list(p->db, account, &x->f, PIECE, x->mem, list, e) == -1)
		return -1;
	ids = json_pool_text(x->mem, ids_of(x->mem, *list));
	go_behind(x, *list);
	x->f.before = x->at;
	return contact_export(p->db, account, "0", PIECE, ids, x->mem, list, e);
}

/* A file that ends too early must not look whole. */
static int
more_lines(struct page *p)
{
	struct export *x = p->rest;
	struct err e = ERR_INIT;
	struct json_object *list;
	size_t i, n;

	mem_reset(x->mem);
	if (next_piece(p, x, &list, &e) == -1) {
		csv_add(&p->body, 0, "THE EXPORT WAS CUT OFF HERE:");
		csv_add(&p->body, 1, e.text);
		csv_end(&p->body);
		return 0;
	}
	n = json_object_array_length(list);
	for (i = 0; i < n; i++)
		csv_contact_add(&p->body, json_object_array_get_idx(list, i),
				x->keys);
	return n > 0;
}

static void
free_pool(void *arg)
{
	mem_free(arg);
}

void
page_contacts_export(struct page *p)
{
	struct export *x = mem_alloc(p->mem, sizeof(*x));
	struct err e = ERR_INIT;

	contact_asked(p, &x->f);
	x->f.before = NULL;
	x->at[0] = '0';
	x->mem = mem_new();
	mem_on_free(p->mem, free_pool, x->mem);
	if (contact_custom_keys(p->db, p->who->account_id, p->mem, &x->keys,
				&e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_download(p, "text/csv; charset=utf-8", "contacts.csv");
	csv_contact_head(&p->body, x->keys);
	p->rest = x;
	p->more = more_lines;
}
