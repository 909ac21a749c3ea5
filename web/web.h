/*
 * web.h - the builder's rooms: every page is a row of routes.c, and what it
 * demands is data.  Pages fill a buffer; they know no transport.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/buf.h"
#include "base/mem.h"

struct db;

/* One page being made. */
struct page {
	struct mem *mem;
	struct db *db;
	const char *root; /* the site's path: "/" or "/somewhere/" */
	int status;
	const char *type; /* Content-Type */
	struct buf body;
};

struct route {
	const char *path; /* below the site's root */
	void (*make)(struct page *p);
};

/* Ended by a row without path. */
extern const struct route routes[];

/* Make the page at `path` (GET); 404 when there is none. */
void web_get(struct page *p, const char *path);

/* The beginning and end of every page. */
void layout_begin(struct page *p, const char *title);
void layout_end(struct page *p);

void page_status(struct page *p);

#endif
