/*
 * page_home.c - the first page: all workflows, and how they do.
 */
#include "config.h"

#include "base/json.h"
#include "http/html.h"
#include "pages.h"
#include "store/workflow.h"
#include "sparkline.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

static void
workflow_row(struct page *p, struct json_object *w)
{
	const char *id = json_get_string(w, "id");
	const char *status = json_get_string(w, "status");

	html(&p->body, "<tr><th scope=\"row\">");
	if (strcmp(status, "archived") == 0)
		html_text(&p->body, json_get_string(w, "name"));
	else
		link_to(p, url(p, "workflows/%s", id),
			json_get_string(w, "name"));
	html(&p->body, "</th>");
	cell_begin(p, "Status");
	badge(p, status);
	cell_end(p);
	cell_number(p, "Enrolled", json_get_int(w, "enrolled", 0));
	cell_number(p, "Active", json_get_int(w, "active", 0));
	cell_number(p, "Completed", json_get_int(w, "completed", 0));
	html(&p->body, "<td class=\"n\" data-label=\"Failed\">");
	if (json_get_int(w, "failed", 0) == 0)
		html(&p->body, "0");
	else
		link_to(p, url(p, "runs?workflow=%s&status=failed", id),
			json_pool_text(p->mem, json_get(w, "failed")));
	cell_end(p);
	cell_begin(p, "Last 14 days");
	sparkline(p, json_get(w, "days"), "Enrolled in the last 14 days");
	cell_end(p);
	cell_begin(p, "Last enrolled");
	html_time(p, json_get_string(w, "last_enrolled_at"));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
table(struct page *p, struct json_object *list)
{
	size_t i;

	table_begin(p, "Workflows",
		    "Name|Status|#Enrolled|#Active|#Completed|#Failed|"
		    "Last 14 days|Last enrolled");
	for (i = 0; i < json_object_array_length(list); i++)
		workflow_row(p, json_object_array_get_idx(list, i));
	table_end(p);
}

void
page_home(struct page *p)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	int with_archived;

	if (p->who == NULL) {
		page_login(p);
		return;
	}
	with_archived = query_value(p, "archived")[0] != '\0';
	if (workflow_board(p->db, p->who->account_id, with_archived, p->mem,
			   &list, &e) == -1) {
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
	else
		table(p, list);
	html(&p->body, "<p>");
	if (with_archived)
		link_to(p, p->root, "Without those that were archived");
	else
		link_to(p, url(p, "%s", "?archived=1"),
			"Also show those that were archived");
	html(&p->body, "</p>\n");
	layout_end(p);
}
