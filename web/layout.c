/*
 * layout.c - the frame of every page: head, menu, way to here, title, foot;
 * and the parts that lists are made of.  See web.h.
 */
#include "config.h"

#include "assets.h"
#include "base/clock.h"
#include "http/html.h"
#include "web.h"
#include "word.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

static const struct {
	const char *key, *path, *text;
} menu[] = {
	{ "workflows", "", "Workflows" },
	{ "runs", "runs", "Runs" },
	{ "deliveries", "deliveries", "Deliveries" },
	{ "contacts", "contacts", "Contacts" },
	{ "settings", "settings", "Settings" },
};

static void
asset(struct page *p, const char *before, const char *path, const char *tag)
{
	buf_adds(&p->body, before);
	html_text(&p->body, url(p, "static/%s?v=%s", path, tag));
}

static void
head(struct page *p, const char *title)
{
	html(&p->body, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		       "<meta charset=\"utf-8\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, "
		       "initial-scale=1\">\n"
		       "<meta name=\"htmx-config\" content='{"
		       "\"includeIndicatorStyles\":false,\"allowEval\":false,"
		       "\"selfRequestsOnly\":true}'>\n<title>");
	html_text(&p->body, title);
	html(&p->body, " &middot; Hookline</title>\n"
		       "<link rel=\"icon\" href=\"data:,\">\n");
	asset(p, "<link rel=\"stylesheet\" href=\"", "hookline.css",
	      asset_style.tag);
	asset(p, "\">\n<script defer src=\"", "hookline.js", asset_script.tag);
	html(&p->body, "\"></script>\n</head>\n<body>\n"
		       "<a class=\"skip\" href=\"#main\">To the content</a>\n");
}

static void
menu_bar(struct page *p, const char *place)
{
	size_t i;

	html(&p->body, "<header class=\"top\"><a class=\"brand\" href=\"");
	html_text(&p->body, p->root);
	html(&p->body, "\">Hookline</a>");
	if (p->who == NULL) {
		html(&p->body, "</header>\n");
		return;
	}
	html(&p->body, "<nav aria-label=\"Main\"><ul>");
	for (i = 0; i < sizeof(menu) / sizeof(*menu); i++) {
		html(&p->body, "<li><a href=\"");
		html_text(&p->body, url(p, "%s", menu[i].path));
		html(&p->body, "\"");
		if (place != NULL && strcmp(place, menu[i].key) == 0)
			html(&p->body, " aria-current=\"page\"");
		html(&p->body, ">");
		html_text(&p->body, menu[i].text);
		html(&p->body, "</a></li>");
	}
	html(&p->body, "</ul></nav><div class=\"who\"><span>");
	html_text(&p->body, p->who->account_name);
	html(&p->body, "</span>");
	button_post(p, url(p, "logout"), "quiet", "Log out");
	html(&p->body, "</div></header>\n");
}

static void
crumbs(struct page *p)
{
	size_t i;

	if (p->n_crumbs == 0)
		return;
	html(&p->body, "<nav class=\"crumbs\" aria-label=\"Way to here\"><ol>");
	for (i = 0; i < p->n_crumbs; i++) {
		html(&p->body, "<li>");
		link_to(p, p->crumbs[i][0], p->crumbs[i][1]);
		html(&p->body, "</li>");
	}
	html(&p->body, "</ol></nav>\n");
}

static void
word(struct page *p)
{
	int is_bad = 0;
	const char *text = page_word(p, &is_bad);

	if (text == NULL)
		return;
	if (is_bad)
		html(&p->body, "<p class=\"said bad\" role=\"alert\">");
	else
		html(&p->body, "<p class=\"said\" role=\"status\">");
	html_text(&p->body, text);
	html(&p->body, "</p>\n");
}

void
layout_crumb(struct page *p, const char *href, const char *text)
{
	if (p->n_crumbs == sizeof(p->crumbs) / sizeof(*p->crumbs))
		return;
	p->crumbs[p->n_crumbs][0] = href;
	p->crumbs[p->n_crumbs][1] = text;
	p->n_crumbs++;
}

void
layout_begin(struct page *p, const char *title, const char *place)
{
	head(p, title);
	menu_bar(p, place);
	html(&p->body, "<main id=\"main\">\n");
	word(p);
	crumbs(p);
	html(&p->body, "<h1>");
	html_text(&p->body, title);
	html(&p->body, "</h1>\n");
}

void
layout_end(struct page *p)
{
	html(&p->body, "</main>\n<footer class=\"foot\"><span>Hookline "
		       "" PACKAGE_VERSION "</span><span>");
	if (p->who != NULL)
		html_text(&p->body, p->who->email);
	buf_addf(&p->body,
		 "</span><span>made in %" PRId64 " ms</span></footer>\n",
		 (clock_us() - p->began_us) / 1000);
	html(&p->body, "</body>\n</html>\n");
}

void
layout_tabs(struct page *p, const struct tab *tabs, const char *current)
{
	html(&p->body, "<nav class=\"tabs\" aria-label=\"Parts\"><ul>");
	for (; tabs->text != NULL; tabs++) {
		html(&p->body, "<li><a href=\"");
		html_text(&p->body, tabs->href);
		html(&p->body, "\"");
		if (current != NULL && strcmp(current, tabs->key) == 0)
			html(&p->body, " aria-current=\"page\"");
		html(&p->body, ">");
		html_text(&p->body, tabs->text);
		html(&p->body, "</a></li>");
	}
	html(&p->body, "</ul></nav>\n");
}

/* --- lists ---------------------------------------------------------------- */

void
table_begin(struct page *p, const char *caption, const char *columns)
{
	size_t len;
	int is_number;

	html(&p->body, "<div class=\"table\"><table><caption>");
	html_text(&p->body, caption);
	html(&p->body, "</caption><thead><tr>");
	while (*columns != '\0') {
		is_number = *columns == '#';
		columns += is_number;
		len = strcspn(columns, "|");
		if (is_number)
			html(&p->body, "<th scope=\"col\" class=\"n\">");
		else
			html(&p->body, "<th scope=\"col\">");
		html_text(&p->body, mem_strndup(p->mem, columns, len));
		html(&p->body, "</th>");
		columns += len;
		columns += *columns == '|';
	}
	html(&p->body, "</tr></thead>\n<tbody>\n");
}

void
table_end(struct page *p)
{
	html(&p->body, "</tbody></table></div>\n");
}

void
cell_begin(struct page *p, const char *label)
{
	html(&p->body, "<td data-label=\"");
	html_text(&p->body, label);
	html(&p->body, "\">");
}

void
cell_end(struct page *p)
{
	html(&p->body, "</td>");
}

void
cell_text(struct page *p, const char *label, const char *text)
{
	cell_begin(p, label);
	if (text == NULL || text[0] == '\0')
		html(&p->body, "<span class=\"faint\">&ndash;</span>");
	else
		html_text(&p->body, text);
	cell_end(p);
}

void
cell_number(struct page *p, const char *label, int64_t n)
{
	html(&p->body, "<td class=\"n\" data-label=\"");
	html_text(&p->body, label);
	buf_addf(&p->body, "\">%" PRId64 "</td>", n);
}

void
pager(struct page *p, const char *name, const char *next)
{
	if (next == NULL)
		return;
	html(&p->body, "<nav class=\"pager\" aria-label=\"More of the list\">");
	link_to(p, url_with(p, name, next), "Older");
	html(&p->body, "</nav>\n");
}

void
badge(struct page *p, const char *status)
{
	static const char *const good =
		" completed enrolled published done running ok pass passed ";
	static const char *const bad = " failed rejected unknown fault down ";
	static const char *const busy = " waiting retrying paused updated ";
	const char *word = mem_printf(p->mem, " %s ", status);

	html(&p->body, "<span class=\"badge");
	if (strstr(good, word) != NULL)
		html(&p->body, " good");
	else if (strstr(bad, word) != NULL)
		html(&p->body, " bad");
	else if (strstr(busy, word) != NULL)
		html(&p->body, " busy");
	html(&p->body, "\">");
	html_text(&p->body, status);
	html(&p->body, "</span>");
}

void
nothing_yet(struct page *p, const char *text)
{
	html(&p->body, "<p class=\"nothing\">");
	html_text(&p->body, text);
	html(&p->body, "</p>\n");
}
