/*
 * page_status.c - the first page: what runs.  Open to everybody, so it tells
 * states and nothing of any account.
 */
#include "config.h"

#include "pages.h"
#include "web.h"

#include "base/log.h"
#include "http/html.h"
#include "store/db.h"
#include "store/house.h"

#include <string.h>

#include "base/banned.h"

#define RUNNING "running"
#define EXECUTOR_LATE_S 90 /* cron starts one each minute */

static void
row(struct page *p, const char *what, const char *state, const char *detail)
{
	html(&p->body, "<div><dt>");
	html_text(&p->body, what);
	if (strcmp(state, RUNNING) == 0)
		html(&p->body, "</dt><dd class=\"ok\">");
	else
		html(&p->body, "</dt><dd class=\"bad\">");
	html_text(&p->body, state);
	html(&p->body, "</dd><dd>");
	html_text(&p->body, detail);
	html(&p->body, "</dd></div>\n");
}

static void
executor_row(struct page *p, const struct house_status *s)
{
	if (s->executor_seen_s < 0)
		row(p, "Executor", "not seen",
		    "never yet: let cron start hookline-run each minute");
	else if (s->executor_seen_s > EXECUTOR_LATE_S)
		row(p, "Executor", "not seen",
		    mem_printf(p->mem,
			       "last seen %lld s ago: is its cron line there?",
			       (long long)s->executor_seen_s));
	else
		row(p, "Executor", RUNNING,
		    mem_printf(p->mem, "last seen %lld s ago",
			       (long long)s->executor_seen_s));
}

/* What was found, without the words of the error: they name hosts and users.
 */
static void
trouble_row(struct page *p, const struct err *e)
{
	if (db_is_other_schema(p->db))
		row(p, "Database", "not usable",
		    "it answers, but has another schema than this program's, "
		    "or none yet: hookline doctor says more");
	else if (e->kind == ERR_PERM)
		row(p, "Database", "not usable",
		    "it answers, but its user may not do what this page needs: "
		    "hookline doctor says more");
	else
		row(p, "Database", "unknown",
		    "it is not reachable from here: hookline doctor says why");
	row(p, "Executor", "unknown", "only the database could tell");
}

static void
database_rows(struct page *p)
{
	struct house_status s;
	struct err e = ERR_INIT;

	if (house_status(p->db, &s, &e) == -1) {
		log_warn("status page: %s", e.text);
		trouble_row(p, &e);
		return;
	}
	row(p, "Database", RUNNING,
	    mem_printf(p->mem, "schema version %d", s.schema_version));
	executor_row(p, &s);
}

void
page_status(struct page *p)
{
	layout_begin(p, "Hookline is here", NULL);
	html(&p->body, "<p class=\"faint\">Version " PACKAGE_VERSION
		       ". The home of your inbound webhooks.</p>\n"
		       "<section class=\"card\"><dl class=\"states\">\n");
	row(p, "Web server", RUNNING, "it brought you this page");
	database_rows(p);
	html(&p->body, "</dl></section>\n");
	layout_end(p);
}
