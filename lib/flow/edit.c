/*
 * edit.c - finding steps and places in a workflow document, and moving steps
 * about.  See edit.h; what a new step or a copy looks like is edit_new.c.
 */
#include "config.h"

#include "flow/edit.h"

#include "base/json.h"
#include "flow/edit_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* --- lists ---------------------------------------------------------------- */

void
edit_list_put(struct json_object *list, size_t index, struct json_object *o)
{
	size_t i;

	json_object_array_add(list, NULL);
	for (i = json_object_array_length(list) - 1; i > index; i--)
		json_done(json_object_array_put_idx(
			list, i,
			json_object_get(
				json_object_array_get_idx(list, i - 1))));
	json_done(json_object_array_put_idx(list, index, o));
}

struct json_object *
edit_list_take(struct json_object *list, size_t index)
{
	struct json_object *o =
		json_object_get(json_object_array_get_idx(list, index));

	json_object_array_del_idx(list, index, 1);
	return o;
}

static size_t
length_of(struct json_object *list)
{
	return json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;
}

/* --- places --------------------------------------------------------------- */

static int
index_of(const char *text, size_t *out)
{
	size_t len = strlen(text);

	if (len == 0 || len > 6 || strspn(text, "0123456789") != len)
		return -1;
	*out = (size_t)strtoul(text, NULL, 10);
	return 0;
}

int
edit_place_read(struct mem *m, const char *text, struct edit_place *out)
{
	char *copy = mem_strdup(m, text), *branch, *index;

	memset(out, 0, sizeof(*out));
	branch = strchr(copy, '.');
	if (branch == NULL)
		return index_of(copy, &out->index);
	*branch++ = '\0';
	index = strchr(branch, '.');
	if (index == NULL)
		return -1;
	*index++ = '\0';
	out->step = copy;
	out->branch = branch;
	return index_of(index, &out->index);
}

const char *
edit_place_text(struct mem *m, const struct edit_place *place)
{
	if (place->step == NULL)
		return mem_printf(m, "%zu", place->index);
	return mem_printf(m, "%s.%s.%zu", place->step, place->branch,
			  place->index);
}

/* --- branches ------------------------------------------------------------- */

static void
add_branch(struct edit_branch *b, const char *key, const char *name,
	   struct json_object *json, struct json_object *list)
{
	const char *own = json_get_string(json, "name");

	b->key = key;
	b->name = own != NULL && *own != '\0' ? own : name;
	b->json = json;
	b->list = list;
}

struct edit_branch *
edit_branches(struct mem *m, struct json_object *step, size_t *n)
{
	const char *type = json_get_string(step, "type");
	struct json_object *list = json_get(step, "branches"), *o;
	size_t i, len = length_of(list);
	struct edit_branch *b = mem_alloc(m, (len + 2) * sizeof(*b));

	*n = 0;
	if (type == NULL)
		return b;
	if (strcmp(type, "find_contact") == 0) {
		add_branch(&b[0], "found", "Found", NULL,
			   json_get(step, "found"));
		add_branch(&b[1], "not_found", "Not found", NULL,
			   json_get(step, "not_found"));
		*n = 2;
	}
	if (strcmp(type, "if_else") != 0 && strcmp(type, "split") != 0)
		return b;
	for (i = 0; i < len; i++) {
		o = json_object_array_get_idx(list, i);
		add_branch(&b[i], mem_printf(m, "%zu", i),
			   mem_printf(m, "Branch %zu", i + 1), o,
			   json_get(o, "steps"));
	}
	*n = len;
	if (strcmp(type, "if_else") == 0)
		add_branch(&b[(*n)++], "else", "Else", NULL,
			   json_get(step, "else"));
	return b;
}

/* The list of the branch `key`; a new one where it is not there yet.  NULL:
 * the step has no such branch. */
static struct json_object *
branch_list(struct mem *m, struct json_object *step, const char *key)
{
	size_t i, n;
	struct edit_branch *b = edit_branches(m, step, &n);
	struct json_object *list;

	for (i = 0; i < n && strcmp(b[i].key, key) != 0; i++)
		;
	if (i == n)
		return NULL;
	if (json_object_is_type(b[i].list, json_type_array))
		return b[i].list;
	list = json_object_new_array();
	if (b[i].json != NULL)
		json_object_object_add(b[i].json, "steps", list);
	else if (strchr("0123456789", key[0]) == NULL)
		json_object_object_add(step, key, list);
	else
		json_object_put(list);
	return json_get(b[i].json != NULL ? b[i].json : step,
			b[i].json != NULL ? "steps" : key);
}

/* --- finding -------------------------------------------------------------- */

struct walk {
	struct mem *mem;
	int (*fn)(void *arg, const struct edit_spot *spot); /* 1: enough */
	void *arg;
};

static int
walk_list(const struct walk *w, struct json_object *list,
	  const struct edit_place *place, int depth)
{
	struct edit_spot spot = { .list = list,
				  .place = *place,
				  .depth = depth };
	struct edit_place within;
	struct edit_branch *b;
	size_t i, k, n;

	for (i = 0; i < length_of(list); i++) {
		spot.step = json_object_array_get_idx(list, i);
		spot.place.index = i;
		if (w->fn(w->arg, &spot))
			return 1;
		b = edit_branches(w->mem, spot.step, &n);
		for (k = 0; k < n; k++) {
			within.step = json_get_string(spot.step, "id");
			within.branch = b[k].key;
			within.index = 0;
			if (walk_list(w, b[k].list, &within, depth + 1))
				return 1;
		}
	}
	return 0;
}

static void
walk_all(const struct walk *w, struct json_object *doc)
{
	static const struct edit_place top;

	walk_list(w, json_get(doc, "steps"), &top, 0);
}

struct finding {
	const char *id;
	struct edit_spot *out;
	int is_found;
};

static int
is_it(void *arg, const struct edit_spot *spot)
{
	struct finding *f = arg;
	const char *id = json_get_string(spot->step, "id");

	if (id == NULL || strcmp(id, f->id) != 0)
		return 0;
	*f->out = *spot;
	return f->is_found = 1;
}

int
edit_find(struct mem *m, struct json_object *doc, const char *id,
	  struct edit_spot *out)
{
	struct finding f = { id, out, 0 };
	struct walk w = { m, is_it, &f };

	walk_all(&w, doc);
	return f.is_found;
}

struct each {
	void (*fn)(void *arg, const struct edit_spot *spot);
	void *arg;
};

static int
hand_on(void *arg, const struct edit_spot *spot)
{
	const struct each *each = arg;

	each->fn(each->arg, spot);
	return 0;
}

void
edit_each(struct mem *m, struct json_object *doc,
	  void (*fn)(void *arg, const struct edit_spot *spot), void *arg)
{
	struct each each = { fn, arg };
	struct walk w = { m, hand_on, &each };

	walk_all(&w, doc);
}

static int
holds_steps(const char *key)
{
	return strcmp(key, "steps") == 0 || strcmp(key, "else") == 0 ||
	       strcmp(key, "found") == 0 || strcmp(key, "not_found") == 0;
}

struct json_object *
edit_step_at(struct mem *m, struct json_object *doc, const char *pointer,
	     const char **rest)
{
	struct json_object *o = doc, *step = NULL;
	const char *token, *before = "";
	size_t len, index;

	*rest = pointer;
	while (*pointer == '/') {
		len = strcspn(++pointer, "/");
		token = mem_strndup(m, pointer, len);
		pointer += len;
		if (!json_object_is_type(o, json_type_array)) {
			o = json_get(o, token);
		} else if (index_of(token, &index) == 0) {
			o = json_object_array_get_idx(o, index);
			if (o != NULL && holds_steps(before)) {
				step = o;
				*rest = pointer;
			}
		} else {
			break;
		}
		before = token;
	}
	return step;
}

static void
count_one(void *arg, const struct edit_spot *spot)
{
	(void)spot;
	++*(size_t *)arg;
}

size_t
edit_count_within(struct mem *m, struct json_object *step)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t n = 0;

	json_object_array_add(list, json_object_get(step));
	json_object_object_add(doc, "steps", list);
	edit_each(m, doc, count_one, &n);
	json_object_put(doc);
	return n - 1;
}

/* --- changes -------------------------------------------------------------- */

static int
no_step(const char *id, struct err *e)
{
	return err_set(e, ERR_GONE,
		       "there is no step \"%.64s\" any more; somebody took it "
		       "out",
		       id);
}

struct json_object *
edit_place_list(struct mem *m, struct json_object *doc,
		const struct edit_place *at, struct err *e)
{
	struct json_object *list = NULL;
	struct edit_spot spot;

	if (at->step == NULL) {
		list = json_get(doc, "steps");
		if (!json_object_is_type(list, json_type_array)) {
			list = json_object_new_array();
			json_object_object_add(doc, "steps", list);
		}
	} else if (edit_find(m, doc, at->step, &spot)) {
		list = branch_list(m, spot.step, at->branch);
	} else {
		(void)no_step(at->step, e);
		return NULL;
	}
	if (list != NULL && at->index <= json_object_array_length(list))
		return list;
	(void)err_set(e, ERR_GONE,
		      "this place is not there any more; choose another");
	return NULL;
}

/* Is the step `id` the step `spot` itself, or in a branch of it? */
static int
is_within(struct mem *m, struct json_object *doc, const char *id,
	  const struct edit_spot *spot)
{
	struct edit_spot at;

	while (id != NULL) {
		if (!edit_find(m, doc, id, &at))
			return 0;
		if (at.step == spot->step)
			return 1;
		id = at.place.step;
	}
	return 0;
}

int
edit_move(struct mem *m, struct json_object *doc, const char *id,
	  const struct edit_place *to, struct err *e)
{
	struct edit_spot from;
	struct json_object *list;
	size_t index = to->index;

	if (!edit_find(m, doc, id, &from))
		return no_step(id, e);
	if (is_within(m, doc, to->step, &from))
		return err_set(e, ERR_INPUT,
			       "a step can't be moved into itself; choose "
			       "another place");
	list = edit_place_list(m, doc, to, e);
	if (list == NULL)
		return -1;
	if (list == from.list && index > from.place.index)
		index--;
	edit_list_put(list, index, edit_list_take(from.list, from.place.index));
	return 0;
}

int
edit_shift(struct mem *m, struct json_object *doc, const char *id, int by,
	   struct err *e)
{
	struct edit_spot at;
	size_t to;

	if (!edit_find(m, doc, id, &at))
		return no_step(id, e);
	if (by < 0 ? at.place.index == 0
		   : at.place.index + 1 == json_object_array_length(at.list))
		return 0;
	to = by < 0 ? at.place.index - 1 : at.place.index + 1;
	edit_list_put(at.list, to, edit_list_take(at.list, at.place.index));
	return 0;
}

int
edit_disable(struct mem *m, struct json_object *doc, const char *id,
	     int is_disabled, struct err *e)
{
	struct edit_spot at;

	if (!edit_find(m, doc, id, &at))
		return no_step(id, e);
	if (is_disabled)
		json_object_object_add(at.step, "disabled",
				       json_object_new_boolean(1));
	else
		json_object_object_del(at.step, "disabled");
	return 0;
}

int
edit_delete(struct mem *m, struct json_object *doc, const char *id,
	    struct err *e)
{
	struct edit_spot at;

	if (!edit_find(m, doc, id, &at))
		return no_step(id, e);
	json_object_array_del_idx(at.list, at.place.index, 1);
	return 0;
}

int
edit_branch_remove(struct json_object *step, size_t index, struct err *e)
{
	struct json_object *list = json_get(step, "branches");

	if (index >= length_of(list))
		return err_set(e, ERR_GONE,
			       "this branch is not there any more");
	json_object_array_del_idx(list, index, 1);
	return 0;
}

int
edit_branch_shift(struct json_object *step, size_t index, int by, struct err *e)
{
	struct json_object *list = json_get(step, "branches");
	size_t n = length_of(list);

	if (index >= n)
		return err_set(e, ERR_GONE,
			       "this branch is not there any more");
	if (by < 0 ? index == 0 : index + 1 == n)
		return 0;
	edit_list_put(list, by < 0 ? index - 1 : index + 1,
		      edit_list_take(list, index));
	return 0;
}
