/*
 * word.h - what page_say left for the page that is shown next.  For layout.c.
 */
#ifndef WEB_WORD_H
#define WEB_WORD_H

struct page;

/* The text, once; NULL when nothing was said. */
const char *page_word(struct page *p, int *is_bad);

#endif
