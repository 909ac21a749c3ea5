/*
 * nest.h - names such as a[b][] and what they make of a form's values, as PHP
 * has it.  Private to lib/http.  How names and values are spelled (urlencoded,
 * multipart) is the caller's business.
 *
 * a[b]=1 makes an object, a[]=1 and a repeated name make a list, a[0] to
 * a[n-1] in order do, too.  Where names contradict each other the last wins.
 * Brackets that don't match are part of the name.
 */
#ifndef HTTP_NEST_H
#define HTTP_NEST_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

struct nest {
	struct mem *mem;
	struct json_object *root;
	size_t value_levels; /* how deep a value may be itself */
	size_t n_names;
	size_t n_nodes; /* the objects and lists that names made */
};

void nest_begin(struct nest *n, struct mem *m, size_t value_levels);

/*
 * Put `value` (taken over in any case; a string or an object) at
 * `name`, which is cut up.  -1 with ERR_INPUT when that is deeper than JSON
 * may be, or more than DECODE_KEYS_MAX; `offset` is what the text names.
 */
MUSTUSE int nest_put(struct nest *n, char *name, struct json_object *value,
		     size_t offset, struct err *e);

/* The object that the names made, owned by the caller; `n` is used up. */
struct json_object *nest_end(struct nest *n);

#endif
