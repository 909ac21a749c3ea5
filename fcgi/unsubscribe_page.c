/*
 * unsubscribe_page.c - the pages at /u/TOKEN.  See unsubscribe_page.h.
 */
#include "config.h"

#include "unsubscribe_page.h"

#include "base/coding.h"
#include "base/hash.h"
#include "http/html.h"
#include "unsubscribe_css.h"

#include <string.h>

#include "base/banned.h"

static void
begin(struct buf *b, const char *title)
{
	html(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n<title>");
	html_text(b, title);
	html(b, "</title>\n<style>");
	buf_adds(b, unsubscribe_css);
	html(b, "</style>\n</head>\n<body>\n<main>\n<h1>");
	html_text(b, title);
	html(b, "</h1>\n");
}

static void
end(struct buf *b)
{
	html(b, "</main>\n</body>\n</html>\n");
}

/* It posts to the page's own URL. */
static void
button(struct buf *b, const char *value, const char *label, int is_main)
{
	html(b, "<form method=\"post\"><button name=\"" UNSUBSCRIBE_FIELD
		"\" value=\"");
	html_text(b, value);
	if (is_main)
		html(b, "\">");
	else
		html(b, "\" class=\"quiet\">");
	html_text(b, label);
	html(b, "</button></form>\n");
}

/* "from SHOP to a***@example.com", of what is known. */
static void
from_and_to(struct buf *b, const char *account, const char *email)
{
	html(b, " from <strong>");
	html_text(b, account != NULL ? account : "this sender");
	html(b, "</strong>");
	if (email == NULL)
		return;
	html(b, " to <strong>");
	html_text(b, email);
	html(b, "</strong>");
}

void
page_of_link(struct buf *b, enum page_kind kind, const char *account,
	     const char *email)
{
	static const char *const titles[] = {
		[PAGE_ASK] = "Unsubscribe?",
		[PAGE_IS_OFF] = "You are unsubscribed",
		[PAGE_IS_ON] = "You are subscribed again",
	};

	begin(b, titles[kind]);
	switch (kind) {
	case PAGE_ASK:
		html(b, "<p>Newsletters and offers");
		from_and_to(b, account, email);
		html(b, " will stop. Messages about something you ordered or "
			"booked still come.</p>\n");
		button(b, UNSUBSCRIBE_NOW, "Unsubscribe", 1);
		break;
	case PAGE_IS_OFF:
		html(b, "<p>No more newsletters and offers will come");
		from_and_to(b, account, email);
		html(b, ".</p>\n<p class=\"faint\">Was it a mistake?</p>\n");
		button(b, UNSUBSCRIBE_UNDO, "Subscribe again", 0);
		break;
	case PAGE_IS_ON:
		html(b, "<p>Newsletters and offers");
		from_and_to(b, account, email);
		html(b, " come as before.</p>\n");
		button(b, UNSUBSCRIBE_NOW, "Unsubscribe", 0);
		break;
	}
	end(b);
}

void
page_of_trouble(struct buf *b, const char *title, const char *text)
{
	begin(b, title);
	html(b, "<p>");
	html_text(b, text);
	html(b, "</p>\n");
	end(b);
}

const char *
page_headers(struct mem *m)
{
	unsigned char sum[SHA256_SIZE];
	struct buf style = BUF_INIT;
	const char *lines;

	sha256(unsubscribe_css, strlen(unsubscribe_css), sum);
	base64_encode(sum, sizeof(sum), &style);
	lines = mem_printf(m,
			   "Content-Type: text/html; charset=utf-8\r\n"
			   "Cache-Control: no-store\r\n"
			   "Content-Security-Policy: default-src 'none'; "
			   "style-src 'sha256-%s'; base-uri 'none'; "
			   "form-action 'self'; frame-ancestors 'none'\r\n"
			   "X-Content-Type-Options: nosniff\r\n"
			   "Referrer-Policy: no-referrer\r\n",
			   style.s);
	buf_free(&style);
	return lines;
}
