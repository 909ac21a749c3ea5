/*
 * pairs.h - a form or query string ("a=1&b=2") as the pairs that it lists, in
 * their order, repeated names and all.  What names nest and what charset the
 * bytes are in is http/form.h.
 */
#ifndef BASE_PAIRS_H
#define BASE_PAIRS_H

#include "base/mem.h"

#include <stddef.h>

struct pair {
	const char *name, *value;
	size_t name_len, value_len;
};

/*
 * The next pair of the form that ends at `end`, as it is spelt there; *from
 * moves behind it.  Without "=" the value is empty; nothing between two "&"
 * is no pair.  Returns 0 when there is none left.
 */
int pair_next(const char **from, const char *end, struct pair *out);

/*
 * All pairs with + and %XX undone, NUL-terminated, from the pool; a % without
 * its two digits stays.  At most `max`; returns how many there are, which may
 * be more.
 */
size_t pairs_decode(struct mem *m, const char *form, size_t len,
		    struct pair *out, size_t max);

#endif
