/*
 * edit_list.h - lists of steps as edit.c and edit_new.c change them.  Others
 * use edit.h.
 */
#ifndef FLOW_EDIT_LIST_H
#define FLOW_EDIT_LIST_H

#include "flow/edit.h"

/* Put `o` (taken over) before the element `index`, which may be the end. */
void edit_list_put(struct json_object *list, size_t index,
		   struct json_object *o);

/* Take an element out; the caller owns it. */
struct json_object *edit_list_take(struct json_object *list, size_t index);

/* The list of a place, made where it is not there yet; NULL with ERR_GONE. */
struct json_object *edit_place_list(struct mem *m, struct json_object *doc,
				    const struct edit_place *at, struct err *e);

#endif
