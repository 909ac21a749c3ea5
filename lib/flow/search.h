/*
 * search.h - what somebody typed to find a contact, as the database looks for
 * it (store/contact.h: contact_filter).  Pure.
 */
#ifndef FLOW_SEARCH_H
#define FLOW_SEARCH_H

#include "base/mem.h"

/* Lists of texts, as JSON in the pool. */
struct search {
	const char *words;   /* in lower case or not; NULL: nothing was typed */
	const char *numbers; /* how E.164 numbers begin that are meant */
};

/* What looks like a part of a telephone number is one, without country code one
 * of `country`, and a word too. */
void search_read(struct mem *m, const char *text, const char *country,
		 struct search *out);

#endif
