/*
 * difference.h - what is different between two workflow documents, as a table.
 */
#ifndef WEB_DIFFERENCE_H
#define WEB_DIFFERENCE_H

#include "web.h"

#include <json-c/json_object.h>

/* Returns how many lines there are; none says so. */
size_t difference(struct page *p, struct json_object *before,
		  struct json_object *after);

#endif
