/*
 * sparkline.h - a few numbers as a small picture between words.
 */
#ifndef WEB_SPARKLINE_H
#define WEB_SPARKLINE_H

#include <json-c/json_object.h>

struct page;

/* Bars of inline SVG, one for each number of the list `days`, the last one
 * being today.  Who does not see it hears `label` and the numbers' sum and
 * maximum. */
void sparkline(struct page *p, struct json_object *days, const char *label);

#endif
