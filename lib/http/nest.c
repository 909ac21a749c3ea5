/*
 * nest.c - names such as a[b][] and what they make of a form's values.  See
 * nest.h.
 *
 * While reading, everything that nests is an object, and "[]" and repeated
 * names make the keys "0", "1", ...; at the end an object whose keys are 0 to
 * n-1 in order becomes a list.
 */
#include "config.h"

#include "http/nest.h"

#include "base/json.h"
#include "http/decode.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* What an object has to remember until it is clear whether it is a list. */
struct node {
	int is_list; /* its keys are 0..n-1 in order, so far */
	long n_keys;
	long next; /* the index that "[]" gets */
};

/* How many brackets "a[b][]" has; 0 when they don't match: it's just a name. */
static size_t
count_brackets(const char *name)
{
	size_t n = 0, len = strcspn(name, "[]");

	if (len == 0)
		return 0;
	for (name += len; *name != '\0'; n++) {
		if (*name != '[')
			return 0;
		name++;
		name += strcspn(name, "[]");
		if (*name != ']')
			return 0;
		name++;
	}
	return n;
}

/* Cut "a[b][c]" into its keys, in place. */
static void
cut_keys(char *name, size_t n_brackets, char **keys)
{
	keys[0] = name;
	for (size_t i = 1; i <= n_brackets; i++) {
		name = strchr(name, '[');
		*name++ = '\0';
		keys[i] = name;
		name = strchr(name, ']');
		*name++ = '\0';
	}
}

static struct json_object *
new_node(struct nest *n)
{
	struct json_object *o = json_object_new_object();
	struct node *node = mem_alloc(n->mem, sizeof(*node));

	node->is_list = 1;
	json_object_set_userdata(o, node, NULL);
	n->n_nodes++;
	return o;
}

/* Of the form's own values none has user data. */
static struct node *
node_of(struct json_object *o)
{
	return json_object_is_type(o, json_type_object)
		       ? json_object_get_userdata(o)
		       : NULL;
}

/* The index that a key spells as a list would, or -1. */
static long
index_of(const char *key)
{
	size_t len = strspn(key, "0123456789");

	if (len == 0 || len > 9 || key[len] != '\0' ||
	    (key[0] == '0' && len > 1))
		return -1;
	return strtol(key, NULL, 10);
}

/* Put `child` (which it takes over) at a key, over what was there. */
static void
put(struct json_object *parent, const char *key, struct json_object *child)
{
	struct node *node = json_object_get_userdata(parent);

	if (!json_object_object_get_ex(parent, key, NULL)) {
		long index = index_of(key);

		if (index != node->n_keys)
			node->is_list = 0;
		if (index >= node->next)
			node->next = index + 1;
		node->n_keys++;
	}
	json_object_object_add(parent, key, child);
}

static void
append(struct json_object *parent, struct json_object *child)
{
	struct node *node = json_object_get_userdata(parent);
	char key[24];

	snprintf(key, sizeof(key), "%ld", node->next);
	put(parent, key, child);
}

/* The object at a key; when there is none, a new one, "" appends it. */
static struct json_object *
descend(struct nest *n, struct json_object *parent, const char *key)
{
	struct json_object *child = NULL;

	if (key[0] != '\0' && json_object_object_get_ex(parent, key, &child) &&
	    node_of(child) != NULL)
		return child;
	child = new_node(n);
	if (key[0] != '\0')
		put(parent, key, child);
	else
		append(parent, child);
	return child;
}

/* A plain value at a key becomes the first element of a list there. */
static struct json_object *
gather(struct nest *n, struct json_object *parent, const char *key)
{
	struct json_object *first = json_get(parent, key), *list;

	if (first == NULL || node_of(first) != NULL)
		return descend(n, parent, key);
	json_object_get(first);
	list = descend(n, parent, key); /* in its place */
	append(list, first);
	return list;
}

/* A repeated name gathers its values; an object at its place gives way. */
static void
put_value(struct nest *n, struct json_object *parent, const char *key,
	  struct json_object *value)
{
	struct json_object *old = json_get(parent, key);
	struct node *node;

	if (old != NULL && node_of(old) == NULL)
		old = gather(n, parent, key);
	node = node_of(old);
	if (node != NULL && node->is_list)
		append(old, value);
	else
		put(parent, key, value);
}

static int
place(struct nest *n, char *name, size_t n_brackets, struct json_object *value)
{
	char *keys[JSON_MAX_DEPTH];
	struct json_object *at = n->root;
	size_t levels = n_brackets + 1 + n->value_levels, i;

	if (levels > JSON_MAX_DEPTH)
		return -1;
	cut_keys(name, n_brackets, keys);
	for (i = 0; i < n_brackets; i++)
		at = keys[i][0] != '\0' && keys[i + 1][0] == '\0'
			     ? gather(n, at, keys[i])
			     : descend(n, at, keys[i]);
	/* One more value of this name would make a list of it. */
	if (levels == JSON_MAX_DEPTH && json_get(at, keys[i]) != NULL)
		return -1;
	if (i > 0 && keys[i][0] == '\0')
		append(at, json_object_get(value));
	else
		put_value(n, at, keys[i], json_object_get(value));
	return 0;
}

int
nest_put(struct nest *n, char *name, struct json_object *value, size_t offset,
	 struct err *e)
{
	int rc = 0;

	if (place(n, name, count_brackets(name), value) == -1)
		rc = err_set(e, ERR_INPUT,
			     "expected names nested at most %d deep, found "
			     "more at offset %zu",
			     JSON_MAX_DEPTH - (int)n->value_levels, offset);
	else if (++n->n_names > DECODE_KEYS_MAX || n->n_nodes > DECODE_KEYS_MAX)
		rc = err_set(e, ERR_INPUT,
			     "expected at most %d names, found more at offset "
			     "%zu",
			     DECODE_KEYS_MAX, offset);
	json_object_put(value);
	return rc;
}

void
nest_begin(struct nest *n, struct mem *m, size_t value_levels)
{
	*n = (struct nest){ .mem = m, .value_levels = value_levels };
	n->root = new_node(n);
}

/* Make lists of what turned out to be lists; returns what `o` became. */
static struct json_object *
settle(struct json_object *o)
{
	struct node *node = json_object_get_userdata(o);
	struct json_object *list;

	json_object_object_foreach (o, key, child) {
		struct json_object *settled = child;

		if (node_of(child) != NULL)
			settled = settle(child);
		if (settled != child)
			json_object_object_add(o, key, settled);
	}
	json_object_set_userdata(o, NULL, NULL);
	json_fit(o);
	if (!node->is_list)
		return o;
	list = json_object_new_array_ext((int)node->n_keys);
	json_object_object_foreach (o, index, element) {
		(void)index; /* they are in order */
		json_object_array_add(list, json_object_get(element));
	}
	return list;
}

struct json_object *
nest_end(struct nest *n)
{
	struct node *root = node_of(n->root);

	root->is_list = 0; /* a form is an object, whatever its names */
	return settle(n->root);
}
