/*
 * unsubscribe_page.h - the pages at /u/TOKEN as HTML, and the headers they go
 * out with.  Each is one file: nothing else is loaded, and no script runs.
 */
#ifndef FCGI_UNSUBSCRIBE_PAGE_H
#define FCGI_UNSUBSCRIBE_PAGE_H

#include "base/buf.h"
#include "base/mem.h"

enum page_kind {
	PAGE_ASK,    /* unsubscribe? */
	PAGE_IS_OFF, /* it is unsubscribed */
	PAGE_IS_ON,  /* it is subscribed again */
};

/* The fields of its forms, and what they say. */
#define UNSUBSCRIBE_FIELD "List-Unsubscribe"
#define UNSUBSCRIBE_NOW "One-Click"
#define UNSUBSCRIBE_UNDO "Undo"

/* `account`, whose mail it is, and `email`, with most letters masked, may be
 * NULL. */
void page_of_link(struct buf *out, enum page_kind kind, const char *account,
		  const char *email);

/* A page that only says something. */
void page_of_trouble(struct buf *out, const char *title, const char *text);

/* Complete lines, from the pool. */
const char *page_headers(struct mem *m);

#endif
