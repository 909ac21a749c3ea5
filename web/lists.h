/*
 * lists.h - what the long lists of runs and of deliveries share: their filters,
 * and the way to what is older.
 */
#ifndef WEB_LISTS_H
#define WEB_LISTS_H

#include <stddef.h>

struct page;
struct err;

#define LIST_ROWS 50

/* A part of a filter: its name in addresses and forms; NULL: it is not set. */
struct list_part {
	const char *name, *value;
};

/* `href` with a parameter for each part that is set, from the pool. */
const char *list_url(struct page *p, const char *href,
		     const struct list_part *parts, size_t n);

/* The same as hidden fields of a form. */
void list_hidden(struct page *p, const struct list_part *parts, size_t n);

/* For struct field's options: "=All workflows|ID=Name|...", from the pool; NULL
 * with *e set. */
const char *list_workflows(struct page *p, struct err *e);

/* A filter as it came: by the query, or by the form that acts on what it shows.
 */
const char *list_value(const struct page *p, const char *name);

/* One that is an id, NULL when it is empty or none. */
const char *list_id(const struct page *p, const char *name);

/* One of a list of words that ends with NULL; else NULL. */
const char *list_word(const struct page *p, const char *name,
		      const char *const *words);

/* A day, NULL when it is empty; what is none sets *fault to what to do. */
const char *list_day(const struct page *p, const char *name,
		     const char **fault);

/* The beginning of a text, as much of it as a list shows. */
const char *list_short(struct page *p, const char *text);

/* A button to send the filters by, and a link that takes them away when there
 * are any. */
void list_filter_end(struct page *p, const char *path, int has_any);

/*
 * Below a list of `n` rows: the link to what is older, at `href` (NULL: that
 * was all).  With fewer rows than fit, only so much was looked at, down to
 * `since` (RFC 3339, or NULL where it is not known), and that is said.
 */
void list_older(struct page *p, int n, const char *href, const char *since);

#endif
