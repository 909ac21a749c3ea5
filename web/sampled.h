/*
 * sampled.h - what a workflow's senders send, as its pages show it: the latest
 * requests, and the sample that mapping is made by.
 */
#ifndef WEB_SAMPLED_H
#define WEB_SAMPLED_H

#include "flow/sample.h"

struct draft;
struct page;

#define SAMPLED_LATEST "20"

/* All in the page's pool. */
struct sampled {
	struct json_object *trigger; /* store/trigger.h: trigger_show */
	struct json_object *latest;  /* trigger_latest */
	const char *id;		     /* of the sample; NULL: none came yet */
	int is_chosen;		     /* by somebody; else it is the latest */
	int is_gone;		     /* what was chosen is not there any more */
	const char *received_at;
	struct json_object *source; /* as mapping sees it; of a split one its
				     * first element.  NULL without sample */
	struct json_object *whole;  /* the same where nothing is split */
	size_t n_elements;	    /* of a split one; 0: it is not split */
	struct sample places;	    /* of source */
};

/* -1 with the page made. */
MUSTUSE int sampled_load(struct page *p, const struct draft *d,
			 struct sampled *out);

/* The text, or its beginning of at most `max` bytes and "..."; in the pool. */
const char *sampled_short(struct mem *m, const char *text, size_t max);

/* What a value is, for people: "text", "number", "list", ... */
const char *sampled_kind(struct json_object *v);

/* A value as nested <details>: names, types, values. */
void sampled_tree(struct page *p, struct json_object *value);

/* Options of a <datalist> or <select>: the paths of places that hold one value,
 * or (`lists`) of lists of the whole. */
void sampled_options(struct page *p, const struct sampled *s, int lists);

#endif
