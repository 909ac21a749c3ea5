/*
 * differ.c - two workflow documents compared.  See differ.h.
 */
#include "config.h"

#include "flow/differ.h"

#include "base/json.h"
#include "flow/edit.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

struct differing {
	struct mem *mem;
	struct json_object *before, *after, *out;
	struct edit_spot *spots; /* of the older document, in its order */
	size_t n, cap;
};

/* --- lines of the answer -------------------------------------------------- */

static struct json_object *
say(struct differing *d, const char *what, struct json_object *step,
    const char *field)
{
	struct json_object *line = json_object_new_object();

	json_set_string(line, "what", what);
	json_set_string(line, "step", json_get_string(step, "id"));
	json_set_string(line, "type", json_get_string(step, "type"));
	json_set_string(line, "name", json_get_string(step, "name"));
	json_set_string(line, "field", field);
	json_object_array_add(d->out, line);
	return line;
}

static void
say_values(struct differing *d, const char *what, struct json_object *step,
	   const char *field, struct json_object *before,
	   struct json_object *after)
{
	struct json_object *line = say(d, what, step, field);

	if (before != NULL)
		json_set_string(line, "before", json_pool_text(d->mem, before));
	if (after != NULL)
		json_set_string(line, "after", json_pool_text(d->mem, after));
}

/* --- members -------------------------------------------------------------- */

static int
is_listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return 1;
	return 0;
}

/* Every member that differs, but for `others` (ended by NULL); `prefix` stands
 * before its name. */
static void
members(struct differing *d, const char *what, struct json_object *step,
	const char *prefix, struct json_object *before,
	struct json_object *after, const char *const *others)
{
	struct json_object *other;

	if (json_object_is_type(after, json_type_object)) {
		json_object_object_foreach (after, key, v) {
			other = json_get(before, key);
			if (!is_listed(others, key) &&
			    !json_object_equal(v, other))
				say_values(
					d, what, step,
					mem_printf(d->mem, "%s%s", prefix, key),
					other, v);
		}
	}
	if (json_object_is_type(before, json_type_object)) {
		json_object_object_foreach (before, old, was) {
			if (!is_listed(others, old) &&
			    !json_object_object_get_ex(after, old, NULL))
				say_values(
					d, what, step,
					mem_printf(d->mem, "%s%s", prefix, old),
					was, NULL);
		}
	}
}

/* --- steps ---------------------------------------------------------------- */

static void
note_step(void *arg, const struct edit_spot *spot)
{
	struct differing *d = arg;
	struct edit_spot *wider;

	if (d->n == d->cap) {
		wider = mem_alloc(d->mem, (2 * d->cap + 16) * sizeof(*wider));
		if (d->n > 0)
			memcpy(wider, d->spots, d->n * sizeof(*wider));
		d->spots = wider;
		d->cap = 2 * d->cap + 16;
	}
	d->spots[d->n++] = *spot;
}

static const struct edit_spot *
old_spot(const struct differing *d, const char *id)
{
	const char *other;
	size_t i;

	for (i = 0; id != NULL && i < d->n; i++) {
		other = json_get_string(d->spots[i].step, "id");
		if (other != NULL && strcmp(other, id) == 0)
			return &d->spots[i];
	}
	return NULL;
}

static int
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static int
is_same_list(const struct edit_place *a, const struct edit_place *b)
{
	return is_same(a->step, b->step) && is_same(a->branch, b->branch);
}

/*
 * Which steps of a list did not move: the longest row of those that stand in
 * the same order as before.  `was` is where each stood (-1: elsewhere); is_kept
 * gets 1 for those.
 */
static void
keep_longest(struct mem *m, const long *was, size_t n, int *is_kept)
{
	size_t *best = mem_alloc(m, (n + 1) * sizeof(*best)), i, k, last = n;
	size_t *from = mem_alloc(m, (n + 1) * sizeof(*from));

	for (i = 0; i < n; i++) {
		if (was[i] < 0)
			continue;
		best[i] = 1;
		from[i] = n;
		for (k = 0; k < i; k++)
			if (was[k] >= 0 && was[k] < was[i] &&
			    best[k] + 1 > best[i]) {
				best[i] = best[k] + 1;
				from[i] = k;
			}
		if (last == n || best[i] > best[last])
			last = i;
	}
	for (; last < n; last = from[last])
		is_kept[last] = 1;
}

/* Did the step move?  Asked of its list as a whole. */
static int
has_moved(struct differing *d, const struct edit_spot *now,
	  const struct edit_spot *then)
{
	size_t n = json_object_array_length(now->list), i;
	long *was = mem_alloc(d->mem, n * sizeof(*was));
	int *is_kept = mem_alloc(d->mem, n * sizeof(*is_kept));
	const struct edit_spot *old;

	if (!is_same_list(&now->place, &then->place))
		return 1;
	for (i = 0; i < n; i++) {
		old = old_spot(d, json_get_string(json_object_array_get_idx(
							  now->list, i),
						  "id"));
		was[i] = old != NULL && is_same_list(&old->place, &then->place)
				 ? (long)old->place.index
				 : -1;
	}
	keep_longest(d->mem, was, n, is_kept);
	return !is_kept[now->place.index];
}

static void
compare_branches(struct differing *d, struct json_object *before,
		 struct json_object *after)
{
	static const char *const steps[] = { "steps", NULL };
	size_t n, n_old, i;
	struct edit_branch *now = edit_branches(d->mem, after, &n);
	struct edit_branch *then = edit_branches(d->mem, before, &n_old);
	struct json_object *a, *b;

	for (i = 0; i < n || i < n_old; i++) {
		a = i < n ? now[i].json : NULL;
		b = i < n_old ? then[i].json : NULL;
		if (a != NULL || b != NULL)
			members(d, "step changed", after,
				mem_printf(d->mem, "branch %zu: ", i + 1), b, a,
				steps);
	}
}

static void
compare_step(void *arg, const struct edit_spot *now)
{
	static const char *const others[] = { "id",   "type",  "branches",
					      "else", "found", "not_found",
					      NULL };
	struct differing *d = arg;
	const struct edit_spot *then =
		old_spot(d, json_get_string(now->step, "id"));
	const char *type;

	type = then != NULL ? json_get_string(then->step, "type") : NULL;
	if (then == NULL) {
		say(d, "step added", now->step, NULL);
		return;
	}
	if (!is_same(type, json_get_string(now->step, "type")))
		say_values(d, "step changed", now->step, "type",
			   json_get(then->step, "type"),
			   json_get(now->step, "type"));
	if (has_moved(d, now, then))
		say(d, "step moved", now->step, NULL);
	members(d, "step changed", now->step, "", then->step, now->step,
		others);
	compare_branches(d, then->step, now->step);
}

static void
compare_steps(struct differing *d)
{
	struct edit_spot at;
	const char *id;
	size_t i;

	edit_each(d->mem, d->before, note_step, d);
	edit_each(d->mem, d->after, compare_step, d);
	for (i = 0; i < d->n; i++) {
		id = json_get_string(d->spots[i].step, "id");
		if (id != NULL && !edit_find(d->mem, d->after, id, &at))
			say(d, "step removed", d->spots[i].step, NULL);
	}
}

/* --- mapping, trigger, settings --------------------------------------------
 */

static struct json_object *
rules_of(struct json_object *doc)
{
	struct json_object *map = json_get(json_get(doc, "trigger"), "map");

	return json_object_is_type(map, json_type_array) ? map : NULL;
}

static size_t
count(struct json_object *list)
{
	return list != NULL ? json_object_array_length(list) : 0;
}

/* The rule with the same target, the one that is the same first. */
static struct json_object *
same_target(struct json_object *rules, struct json_object *rule)
{
	struct json_object *o, *found = NULL;
	size_t i;

	for (i = 0; i < count(rules); i++) {
		o = json_object_array_get_idx(rules, i);
		if (json_object_equal(o, rule))
			return o;
		if (found == NULL && is_same(json_get_string(o, "to"),
					     json_get_string(rule, "to")))
			found = o;
	}
	return found;
}

/* The rule, without its target, as text. */
static struct json_object *
source_of(struct differing *d, struct json_object *rule)
{
	const char *from = json_get_string(rule, "from");

	if (from != NULL && json_object_object_length(rule) == 2)
		return json_get(rule, "from");
	return json_pool(d->mem,
			 json_object_new_string(json_pool_text(d->mem, rule)));
}

static void
compare_rules(struct differing *d)
{
	struct json_object *old = rules_of(d->before),
			   *now = rules_of(d->after);
	struct json_object *rule, *other;
	size_t i;

	for (i = 0; i < count(now); i++) {
		rule = json_object_array_get_idx(now, i);
		other = same_target(old, rule);
		if (!json_object_equal(rule, other))
			say_values(d,
				   other == NULL ? "mapping added"
						 : "mapping changed",
				   NULL, json_get_string(rule, "to"),
				   other != NULL ? source_of(d, other) : NULL,
				   source_of(d, rule));
	}
	for (i = 0; i < count(old); i++) {
		rule = json_object_array_get_idx(old, i);
		if (same_target(now, rule) == NULL)
			say_values(d, "mapping removed", NULL,
				   json_get_string(rule, "to"),
				   source_of(d, rule), NULL);
	}
}

struct json_object *
differ(struct mem *m, struct json_object *before, struct json_object *after)
{
	static const char *const map[] = { "map", NULL };
	static const char *const nothing[] = { NULL };
	struct differing d = { .mem = m, .before = before, .after = after };

	d.out = json_pool(m, json_object_new_array());
	if (!json_object_equal(json_get(before, "name"),
			       json_get(after, "name")))
		say_values(&d, "name changed", NULL, NULL,
			   json_get(before, "name"), json_get(after, "name"));
	compare_steps(&d);
	compare_rules(&d);
	members(&d, "trigger changed", NULL, "", json_get(before, "trigger"),
		json_get(after, "trigger"), map);
	members(&d, "settings changed", NULL, "", json_get(before, "settings"),
		json_get(after, "settings"), nothing);
	return d.out;
}
