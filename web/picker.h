/*
 * picker.h - what can be put into a field of a step: the webhook's fields with
 * what the sample has there, the contact's, custom variables, constants,
 * results of steps; as lists to choose from.
 */
#ifndef WEB_PICKER_H
#define WEB_PICKER_H

#include "draft.h"
#include "web.h"

#include <json-c/json_object.h>

/* One thing to pick. */
struct pick {
	const char *path;  /* "contact.email" */
	const char *value; /* what the sample has there; NULL: not known */
};

struct pick_group {
	const char *title;
	struct pick *list;
	size_t n, cap;
};

struct picks {
	struct pick_group groups[6];
	size_t n;
	int has_sample;
};

/* All there is to pick; -1 with the page made. */
MUSTUSE int picks_load(struct page *p, const struct draft *d,
		       struct picks *out);

/* <datalist id="paths">, id="contact-fields", for fields that name a path. */
void picks_datalists(struct page *p, const struct picks *picks);

/* The lists to look through, as {{...}} to put in or copy. */
void picks_panel(struct page *p, const struct picks *picks);

#endif
