/*
 * sample.h - what a delivery holds, as places that a mapping can name: each
 * scalar with its path, quoted as flow/path.h demands.  Pure.
 *
 * Strings that hold JSON are looked into, as paths look into them.  Of a list
 * of objects the first stands for all.  Lists of answers, as form
 * tools send them ([{"label":"Email","value":"..."}]), are told apart: each
 * answer is named by what it calls itself (answers[?type=email].email), so that
 * a path holds when the order changes.
 */
#ifndef FLOW_SAMPLE_H
#define FLOW_SAMPLE_H

#include "base/mem.h"

#include <json-c/json_object.h>
#include <stddef.h>

/* One place.  All borrowed from the source and the pool. */
struct place {
	const char *path;
	struct json_object *value; /* a scalar, or a list; NULL is null */
	const char *const *names;  /* of root and keys on the way; positions in
				    * lists have none */
	size_t n_names;
	const char *const *labels; /* what an answer calls itself */
	size_t n_labels;
	int is_in_list; /* the first of a list that has others like it */
};

struct sample {
	struct mem *mem;
	struct place *list;
	size_t n, cap;
};

/* At most so many places are looked at. */
#define SAMPLE_MAX 2000

/* The places of `source` ({"body","query","headers"...}), in its order. */
void sample_read(struct mem *m, struct json_object *source, struct sample *out);

/* For people and programs: [{"path","type","value"}], where type is text,
 * number, boolean, null, list or object; a list has "elements", their number,
 * and no value where they are objects.  Owned by the pool. */
struct json_object *sample_json(const struct sample *s);

#endif
