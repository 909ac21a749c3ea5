/*
 * lists.c - see lists.h.
 */
#include "config.h"

#include "lists.h"

#include "base/json.h"
#include "flow/date.h"
#include "http/html.h"
#include "store/workflow.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define TEXT_SHOWN 160 /* bytes */

/* Names are people's; "|" and "=" belong to the list of options. */
static void
add_name(struct buf *b, const char *name)
{
	for (; *name != '\0'; name++)
		buf_addc(b, *name == '|' ? '/' : *name);
}

const char *
list_workflows(struct page *p, struct err *e)
{
	struct buf b = BUF_INIT;
	struct json_object *list, *w;
	const char *text;
	size_t i;

	if (workflow_names(p->db, p->who->account_id, p->mem, &list, e) == -1)
		return NULL;
	buf_adds(&b, "=All workflows");
	for (i = 0; i < json_object_array_length(list); i++) {
		w = json_object_array_get_idx(list, i);
		buf_addf(&b, "|%s=", json_get_string(w, "id"));
		add_name(&b, json_get_string(w, "name"));
		if (strcmp(json_get_string(w, "status"), "archived") == 0)
			buf_adds(&b, " (archived)");
	}
	text = mem_strndup(p->mem, b.s, b.len);
	buf_free(&b);
	return text;
}

const char *
list_value(const struct page *p, const char *name)
{
	return strcmp(p->method, "POST") == 0 ? form_value(p, name)
					      : query_value(p, name);
}

const char *
list_id(const struct page *p, const char *name)
{
	const char *value = list_value(p, name);

	return is_id(value) ? value : NULL;
}

const char *
list_word(const struct page *p, const char *name, const char *const *words)
{
	const char *value = list_value(p, name);

	for (; *words != NULL; words++)
		if (strcmp(*words, value) == 0)
			return *words;
	return NULL;
}

const char *
list_day(const struct page *p, const char *name, const char **fault)
{
	const char *value = list_value(p, name);

	if (value[0] == '\0')
		return NULL;
	if (strlen(value) == 10 && strspn(value, "0123456789-") == 10 &&
	    date_is_valid(value))
		return value;
	*fault = "Give a day as year-month-day, such as 2026-11-30.";
	return NULL;
}

/* Characters are not cut in two. */
const char *
list_short(struct page *p, const char *text)
{
	size_t n = TEXT_SHOWN;

	if (strlen(text) <= n)
		return text;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return mem_printf(p->mem, "%.*s\xe2\x80\xa6", (int)n, text);
}

void
list_filter_end(struct page *p, const char *path, int has_any)
{
	form_button(p, "plain", NULL, NULL, "Show");
	if (has_any)
		link_to(p, url(p, "%s", path), "Show all");
	form_end(p);
}

void
list_older(struct page *p, int n, const char *href, const char *since)
{
	if (href == NULL)
		return;
	html(&p->body, "<nav class=\"pager\" aria-label=\"More of the list\">");
	if (n >= LIST_ROWS) {
		link_to(p, href, "Older");
	} else {
		html(&p->body, "<p>Looked back ");
		if (since != NULL) {
			html(&p->body, "to ");
			html_text(&p->body, moment_text(p, since));
		} else
			html(&p->body, "some way");
		html(&p->body, " so far. ");
		link_to(p, href, "Search further back");
		html(&p->body, "</p>");
	}
	html(&p->body, "</nav>\n");
}

const char *
list_url(struct page *p, const char *href, const struct list_part *parts,
	 size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (parts[i].value != NULL)
			href = mem_printf(p->mem, "%s%c%s=%s", href,
					  strchr(href, '?') == NULL ? '?' : '&',
					  parts[i].name,
					  url_arg(p, parts[i].value));
	return href;
}

void
list_hidden(struct page *p, const struct list_part *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (parts[i].value != NULL)
			form_hidden(p, parts[i].name, parts[i].value);
}
