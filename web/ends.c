/*
 * ends.c - how a page ends other than by being shown: somewhere else, with a
 * word for the next page, with an error, as a file.  See web.h.
 */
#include "config.h"

#include "base/json.h"
#include "base/log.h"
#include "base/percent.h"
#include "http/html.h"
#include "session.h"
#include "web.h"
#include "word.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define SAID "hookline_said" /* the cookie of page_say */
#define SAID_MAX 600	     /* bytes of text in it */

void
page_redirect(struct page *p, const char *href)
{
	p->status = 303;
	buf_reset(&p->body);
	buf_addf(&p->headers, "Location: %.*s\r\n", (int)strcspn(href, "\r\n"),
		 href);
}

void
page_say(struct page *p, int is_bad, const char *fmt, ...)
{
	char text[SAID_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_set_cookie(p, SAID,
			mem_printf(p->mem, "%c%s", is_bad ? 'b' : 'g',
				   url_arg(p, text)),
			-1);
}

const char *
page_word(struct page *p, int *is_bad)
{
	const char *s = page_cookie(p, SAID);
	struct buf text = BUF_INIT;
	const char *word;
	int byte;

	if (s == NULL || s[0] == '\0')
		return NULL;
	page_set_cookie(p, SAID, "", 0);
	*is_bad = *s++ == 'b';
	for (; *s != '\0'; s++) {
		byte = *s == '%' ? percent_byte(s, strlen(s)) : -1;
		if (byte > 0) {
			buf_addc(&text, (char)byte);
			s += 2;
		} else
			buf_addc(&text, *s);
	}
	word = mem_strndup(p->mem, text.s, text.len);
	buf_free(&text);
	return word;
}

void
page_note(struct page *p, int status, const char *title, const char *text)
{
	buf_reset(&p->body);
	p->type = "text/html; charset=utf-8";
	p->n_crumbs = 0;
	p->status = status;
	layout_begin(p, title, NULL);
	html(&p->body, "<p class=\"lead\">");
	html_text(&p->body, text);
	html(&p->body, "</p>\n<p>");
	link_to(p, p->root, "To the start");
	html(&p->body, "</p>\n");
	layout_end(p);
}

void
page_fail(struct page *p, const struct err *e)
{
	switch (e->kind) {
	case ERR_GONE:
		page_missing(p);
		return;
	case ERR_INPUT:
	case ERR_AUTH:
		page_note(p, 422, "That could not be done", e->text);
		return;
	case ERR_TEMP:
		log_warn("%s: %s", p->path, e->text);
		page_note(p, 503, "The database does not answer",
			  "Nothing was changed by this. Try again in a moment; "
			  "webhooks are taken in all the same.");
		return;
	case ERR_NONE:
	case ERR_PERM:
	case ERR_BUG:
		log_error("%s: %s", p->path, e->text);
		page_note(p, 500, "Something is wrong here",
			  "It is not your doing. The log of the server says "
			  "more.");
	}
}

void
page_missing(struct page *p)
{
	page_note(p, 404, "There is nothing here",
		  "The address may be mistyped, or what it led to was removed "
		  "or is another account's.");
}

void
page_download(struct page *p, const char *type, const char *filename)
{
	char *name = mem_strdup(p->mem, filename), *s;

	for (s = name; *s != '\0'; s++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
			   *s) == NULL)
			*s = '-';
	p->type = type;
	buf_addf(&p->headers,
		 "Content-Disposition: attachment; filename=\"%s\"\r\n", name);
}
