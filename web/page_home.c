/*
 * page_home.c - the first page: all workflows, and how they do.
 */
#include "config.h"

#include "base/json.h"
#include "http/html.h"
#include "pages.h"
#include "store/workflow.h"
#include "web.h"

#include "base/banned.h"

static void
workflow_row(struct page *p, struct json_object *w)
{
	html(&p->body, "<tr><th scope=\"row\">");
	link_to(p, url(p, "workflows/%s", json_get_string(w, "id")),
		json_get_string(w, "name"));
	html(&p->body, "</th>");
	cell_begin(p, "Status");
	badge(p, json_get_string(w, "status"));
	cell_end(p);
	cell_number(p, "Enrolled", json_get_int(w, "enrolled", 0));
	cell_number(p, "Active", json_get_int(w, "active", 0));
	cell_number(p, "Completed", json_get_int(w, "completed", 0));
	cell_number(p, "Failed", json_get_int(w, "failed", 0));
	html(&p->body, "</tr>\n");
}

void
page_home(struct page *p)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i;

	if (p->who == NULL) {
		page_login(p);
		return;
	}
	if (workflow_list(p->db, p->who->account_id, 0, p->mem, &list, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	layout_begin(p, "Workflows", "workflows");
	html(&p->body, "<div class=\"bar\"><a class=\"button main\" href=\"");
	html_text(&p->body, url(p, "workflows/new"));
	html(&p->body, "\">New workflow</a></div>\n");
	if (json_object_array_length(list) == 0)
		nothing_yet(p,
			    "No workflow yet. Make one: it has a URL at once, "
			    "and shows what arrives there.");
	else {
		table_begin(p, "Workflows",
			    "Name|Status|#Enrolled|#Active|#Completed|#Failed");
		for (i = 0; i < json_object_array_length(list); i++)
			workflow_row(p, json_object_array_get_idx(list, i));
		table_end(p);
	}
	layout_end(p);
}
