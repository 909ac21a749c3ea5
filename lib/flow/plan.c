/*
 * plan.c - which step comes next.  See plan.h.  The document's tree of steps
 * is laid out once (plan_tree.h); a document that gets here is valid
 * (plan_check.c).
 */
#include "config.h"

#include "flow/plan.h"

#include "base/json.h"
#include "flow/plan_tree.h"

#include <string.h>

#include "base/banned.h"

static struct node *lay_out(struct mem *m, struct plan *p,
			    struct json_object *steps, struct node *parent);

/* The two ways out of a find_contact. */
static void
lay_out_found(struct mem *m, struct plan *p, struct node *n)
{
	n->n_branches = 1;
	n->branch = mem_alloc(m, sizeof(struct node *));
	n->branch[0] = lay_out(m, p, json_get(n->step.json, "found"), n);
	n->otherwise = lay_out(m, p, json_get(n->step.json, "not_found"), n);
}

static void
lay_out_branches(struct mem *m, struct plan *p, struct node *n)
{
	struct json_object *branches = json_get(n->step.json, "branches");
	struct json_object *branch;
	size_t i;

	if (json_object_is_type(branches, json_type_array)) {
		n->n_branches = json_object_array_length(branches);
		n->branch = mem_alloc(m, (n->n_branches + 1) *
						 sizeof(struct node *));
	}
	for (i = 0; i < n->n_branches; i++) {
		branch = json_object_array_get_idx(branches, i);
		n->branch[i] = lay_out(m, p, json_get(branch, "steps"), n);
	}
	n->otherwise = lay_out(m, p, json_get(n->step.json, "else"), n);
}

/* A document that was put into the database by hand may lack it. */
static const char *
text_of(struct json_object *step, const char *key)
{
	const char *text = json_get_string(step, key);

	return text != NULL ? text : "";
}

/* The nodes of one list of steps; returns the first, NULL for an empty one. */
static struct node *
lay_out(struct mem *m, struct plan *p, struct json_object *steps,
	struct node *parent)
{
	struct node *first = NULL, **link = &first, *n;
	size_t i;

	if (!json_object_is_type(steps, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(steps); i++) {
		n = mem_alloc(m, sizeof(*n));
		n->step.json = json_object_array_get_idx(steps, i);
		n->step.id = text_of(n->step.json, "id");
		n->step.type = text_of(n->step.json, "type");
		n->step.is_disabled =
			json_get_bool(n->step.json, "disabled", 0);
		n->parent = parent;
		*link = n;
		link = &n->next;
		*p->last = n;
		p->last = &n->listed;
		p->has_goal |= strcmp(n->step.type, "goal") == 0;
		if (strcmp(n->step.type, "find_contact") == 0)
			lay_out_found(m, p, n);
		else
			lay_out_branches(m, p, n);
	}
	return first;
}

struct plan *
plan_open(struct mem *m, struct json_object *document)
{
	struct plan *p = mem_alloc(m, sizeof(*p));

	p->last = &p->all;
	p->first = lay_out(m, p, json_get(document, "steps"), NULL);
	return p;
}

static const struct plan_step *
step_of(const struct node *n)
{
	return n == NULL ? NULL : &n->step;
}

const struct plan_step *
plan_first(const struct plan *p)
{
	return step_of(p->first);
}

const struct plan_step *
plan_find(const struct plan *p, const char *id)
{
	const struct node *n;

	for (n = p->all; n != NULL; n = n->listed)
		if (strcmp(n->step.id, id) == 0)
			break;
	return step_of(n);
}

static const struct node *
node_of(const struct plan_step *s)
{
	return (const struct node *)s;
}

const struct plan_step *
plan_next(const struct plan *p, const struct plan_step *s)
{
	const struct node *n = node_of(s);

	(void)p;
	while (n != NULL && n->next == NULL)
		n = n->parent;
	return n == NULL ? NULL : &n->next->step;
}

const struct plan_step *
plan_enter(const struct plan *p, const struct plan_step *s, int branch)
{
	const struct node *n = node_of(s), *into = n->otherwise;

	if (branch >= 0)
		into = (size_t)branch < n->n_branches ? n->branch[branch]
						      : NULL;
	return into == NULL ? plan_next(p, s) : &into->step;
}

const struct plan_step *
plan_goal(const struct plan *p, const struct plan_step *s)
{
	if (!p->has_goal)
		return NULL;
	do
		s = plan_next(p, s);
	while (s != NULL && (s->is_disabled || strcmp(s->type, "goal") != 0));
	return s;
}
