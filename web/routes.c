/*
 * routes.c - every page there is, and the style sheet.
 */
#include "config.h"

#include "web.h"

#include "http/html.h"
#include "static_css.h"

#include <string.h>

#include "base/banned.h"

static void
style_sheet(struct page *p)
{
	p->type = "text/css; charset=utf-8";
	buf_adds(&p->body, static_css);
}

const struct route routes[] = {
	{ "", page_status },
	{ "static/hookline.css", style_sheet },
	{ NULL, NULL },
};

static void
page_missing(struct page *p)
{
	p->status = 404;
	layout_begin(p, "Not found");
	html(&p->body, "<p>There is no such page. <a href=\"");
	html_text(&p->body, p->root);
	html(&p->body, "\">Back to the start</a></p>\n");
	layout_end(p);
}

void
web_get(struct page *p, const char *path)
{
	const struct route *r;

	p->status = 200;
	p->type = "text/html; charset=utf-8";
	for (r = routes; r->path != NULL; r++)
		if (strcmp(r->path, path) == 0) {
			r->make(p);
			return;
		}
	page_missing(p);
}

void
layout_begin(struct page *p, const char *title)
{
	html(&p->body, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		       "<meta charset=\"utf-8\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, "
		       "initial-scale=1\">\n<title>");
	html_text(&p->body, title);
	html(&p->body, " &middot; Hookline</title>\n<link rel=\"stylesheet\" "
		       "href=\"");
	html_text(&p->body, p->root);
	html(&p->body, "static/hookline.css\">\n</head>\n<body>\n<main>\n<h1>");
	html_text(&p->body, title);
	html(&p->body, "</h1>\n");
}

void
layout_end(struct page *p)
{
	html(&p->body, "</main>\n</body>\n</html>\n");
}
