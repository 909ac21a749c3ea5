/*
 * plan_refs.c - which of a webhook's data a run has to carry, because its
 * deliveries may be gone before it ends.  See plan.h.
 */
#include "config.h"

#include "flow/plan.h"

#include "base/json.h"
#include "flow/path.h"
#include "flow/plan_kinds.h"

#include <string.h>

#include "base/banned.h"

#define KEYS_MAX 16 /* what lies deeper is kept with what it lies in */

struct collecting {
	struct mem *mem;
	struct json_object *refs;
};

static void
add_ref(struct json_object *refs, struct json_object *ref)
{
	size_t i;

	for (i = 0; i < json_object_array_length(refs); i++)
		if (json_object_equal(json_object_array_get_idx(refs, i),
				      ref)) {
			json_object_put(ref);
			return;
		}
	json_object_array_add(refs, ref);
}

static void
collect(void *arg, const char *name, const char *pointer, int in_section)
{
	struct collecting *c = arg;
	const char *keys[KEYS_MAX];
	struct json_object *ref;
	struct path *p;
	size_t i, n;

	(void)pointer;
	(void)in_section;
	if (path_parse(c->mem, name, &p, NULL) == -1)
		return;
	n = path_keys(p, keys, KEYS_MAX);
	if (n == 0 || (strcmp(keys[0], "webhook") != 0 &&
		       strcmp(keys[0], "inboundWebhookRequest") != 0))
		return;
	ref = json_object_new_array();
	if (strcmp(keys[0], "inboundWebhookRequest") == 0)
		json_object_array_add(ref, json_object_new_string("body"));
	for (i = 1; i < n; i++)
		json_object_array_add(ref, json_object_new_string(keys[i]));
	add_ref(c->refs, ref);
}

/* A run that enrols hands its data on, and what the other workflow refers to
 * is not known here. */
static void
collect_enrol(void *arg, struct json_object *step, const char *pointer)
{
	struct collecting *c = arg;
	const char *type = json_get_string(step, "type");

	(void)pointer;
	if (type != NULL && strcmp(type, "enrol") == 0)
		add_ref(c->refs, json_object_new_array());
}

struct json_object *
plan_webhook_refs(struct json_object *document)
{
	struct collecting c = { mem_new(), json_object_new_array() };
	struct plan_walk w = { .mem = c.mem, .step = collect_enrol, .arg = &c };

	plan_walk(&w, document);
	plan_each_name(c.mem, document, collect, &c);
	mem_free(c.mem);
	return c.refs;
}

/* Below `to`, what `ref` names below `from`.  A value that has no keys is
 * kept whole: an index into it follows.  Of JSON in a string only what is
 * named is kept, so a large payload= does not live on in every run. */
static void
keep(struct json_object *from, struct json_object *to, struct json_object *ref)
{
	struct json_object *value, *inner;
	const char *key;
	size_t i, n = json_object_array_length(ref);

	for (i = 0; i < n; i++) {
		key = json_object_get_string(json_object_array_get_idx(ref, i));
		value = json_get(from, key);
		inner = json_get(to, key);
		if (value == NULL || inner == value)
			return;
		from = json_open(value);
		if (i + 1 == n ||
		    !json_object_is_type(from, json_type_object)) {
			json_object_object_add(to, key, json_object_get(value));
			return;
		}
		if (inner == NULL) {
			inner = json_object_new_object();
			json_object_object_add(to, key, inner);
		}
		to = inner;
	}
}

struct json_object *
plan_webhook_keep(struct json_object *webhook, struct json_object *refs)
{
	struct json_object *out = json_object_new_object(), *ref;
	size_t i;

	if (!json_object_is_type(refs, json_type_array))
		return out;
	for (i = 0; i < json_object_array_length(refs); i++) {
		ref = json_object_array_get_idx(refs, i);
		if (!json_object_is_type(ref, json_type_array))
			continue;
		if (json_object_array_length(ref) == 0) {
			json_object_put(out);
			return json_object_get(webhook);
		}
		keep(webhook, out, ref);
	}
	return out;
}
