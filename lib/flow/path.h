/*
 * path.h - paths into JSON: `root.key[index]["odd key"]`, `list[*].key` for
 * all elements, `list[?key=value].key` for the first element whose key has
 * that value (the key may lie deeper: `[?field.ref=email]`; either side may
 * stand in quotes).  [*] behind [*] makes one flat list.  The root is simply
 * the first key.  A key that follows a dot may hold anything but . [ ] and
 * white space at its ends; any other key is written in ["..."] with JSON's
 * escapes.  A negative index counts from the end.  The names of form fields
 * can be written as they are sent: `body.order[customer][email]`; a bare word
 * in brackets begins with a letter or _.
 *
 * Two things make paths hold for what senders really send.  A string that
 * holds a JSON object or list is looked into like one: `body.payload.user.id`
 * where payload is a form's field.  And what is sent once or many times (XML
 * elements, form fields) has one path: what is no list counts as a list of one
 * for [0], [-1], [*] and [?...], unless it has such a key.
 */
#ifndef FLOW_PATH_H
#define FLOW_PATH_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

struct path;

/* Parse; the path lives in the pool.  -1 with ERR_INPUT that says what was
 * expected at which character (counted from 1). */
MUSTUSE int path_parse(struct mem *m, const char *text, struct path **out,
		       struct err *e);

/*
 * The value at `p` below `root`, or NULL when there is none (or it is null).
 * Borrowed from root, except the list that [*] makes, which belongs to the
 * pool.  Elements without the rest of the path are left out of that.
 */
struct json_object *path_get(const struct path *p, struct json_object *root,
			     struct mem *m);

/* path_parse and path_get in one; a faulty path gives NULL. */
struct json_object *path_lookup(struct mem *m, const char *text,
				struct json_object *root);

/* The first key: "body", "contact", ... */
const char *path_root(const struct path *p);

/* How many steps the path has, the root included. */
size_t path_length(const struct path *p);

/*
 * The plain keys the path begins with, up to the first bracket that is no
 * key: keys[0..n) of webhook.body.items[*].sku is webhook, body, items.
 * Returns n, at most `max`.
 */
size_t path_keys(const struct path *p, const char **keys, size_t max);

#endif
