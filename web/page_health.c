/*
 * page_health.c - is everything as it should be?  What hookline doctor finds
 * that a web process can ask; of runs and destinations, only the account's own.
 */
#include "config.h"

#include "base/json.h"
#include "front/findings.h"
#include "http/html.h"
#include "pages.h"
#include "store/health.h"
#include "settings.h"
#include "web.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

/* What a check is about, for people. */
static const char *
label(const char *check)
{
	static const char *const labels[][2] = {
		{ "database", "Database" },
		{ "roles", "Database roles" },
		{ "users", "Database users" },
		{ "partition", "Room for next month" },
		{ "default partition", "Deliveries without a month" },
		{ "prune", "Old deliveries are removed" },
		{ "executor", "Steps are carried out" },
		{ "backlog", "Your runs that are due" },
		{ "destinations", "Servers that your runs call" },
		{ "spool", "Deliveries kept aside" },
	};
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i][0], check) == 0)
			return labels[i][1];
	return check;
}

static void
verdict(struct page *p, const char *status)
{
	if (strcmp(status, "ok") == 0)
		badge(p, "ok");
	else if (strcmp(status, "fail") == 0)
		html(&p->body, "<span class=\"badge bad\">not well</span>");
	else
		html(&p->body, "<span class=\"badge busy\">look at it</span>");
}

static void
findings_table(struct page *p, struct json_object *list)
{
	struct json_object *o;
	size_t i;

	table_begin(p, "What was looked at",
		    "What|Verdict|What was found|What to do");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, label(json_get_string(o, "check")));
		html(&p->body, "</th>");
		cell_begin(p, "Verdict");
		verdict(p, json_get_string(o, "status"));
		cell_end(p);
		cell_text(p, "Found", json_get_string(o, "detail"));
		cell_text(p, "What to do", json_get_string(o, "fix"));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

static void
summary(struct page *p, struct json_object *list)
{
	size_t i, n = 0;

	for (i = 0; i < json_object_array_length(list); i++)
		n += strcmp(json_get_string(json_object_array_get_idx(list, i),
					    "status"),
			    "ok") != 0;
	if (n == 0)
		html(&p->body, "<p class=\"lead ok\">All is well.</p>\n");
	else
		buf_addf(&p->body,
			 "<p class=\"lead\">%zu of %zu things need a look. "
			 "What to do is for whoever runs the server.</p>\n",
			 n, json_object_array_length(list));
}

static void
count_fact(struct page *p, const char *name, int64_t n, const char *none)
{
	html(&p->body, "<dt>");
	html_text(&p->body, name);
	html(&p->body, "</dt><dd>");
	if (n == 0)
		html_text(&p->body, none);
	else
		buf_addf(&p->body, "%" PRId64, n);
	html(&p->body, "</dd>\n");
}

static void
facts(struct page *p, struct json_object *own, struct json_object *spool)
{
	html(&p->body, "<dl class=\"facts\"><dt>Executor last seen</dt><dd>");
	html_time(p, json_get_string(own, "executor_seen_at"));
	html(&p->body, "</dd>\n<dt>Oldest run that is due</dt><dd>");
	if (json_get_string(own, "oldest_due_at") != NULL)
		html_time(p, json_get_string(own, "oldest_due_at"));
	else
		html(&p->body, "none is due");
	html(&p->body, "</dd>\n");
	count_fact(p, "Servers left alone",
		   json_get_int(own, "destinations_held", 0), "none");
	if (spool != NULL) {
		count_fact(p, "Deliveries waiting for the database",
			   json_get_int(spool, "waiting", 0), "none");
		count_fact(p, "Deliveries that could not be brought in",
			   json_get_int(spool, "failed", 0), "none");
	}
	html(&p->body, "</dl>\n");
}

void
page_health(struct page *p)
{
	struct findings f = { .run_program = "hookline-run",
			      .conf_path = "FILE",
			      .is_discreet = 1 };
	struct json_object *house, *own, *spool;
	struct err e = ERR_INIT;

	if (health_read(p->db, p->mem, &house, &e) == -1 ||
	    health_of_account(p->db, p->who->account_id, p->mem, &own, &e) ==
		    -1) {
		page_fail(p, &e);
		return;
	}
	findings_begin(&f, p->mem);
	findings_of_house(&f, house);
	findings_of_runs(&f, own);
	findings_of_spool(&f, p->conf, p->secrets, &spool);
	settings_frame(p, "health");
	summary(p, f.list);
	facts(p, own, spool);
	findings_table(p, f.list);
	layout_end(p);
}
