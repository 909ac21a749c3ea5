/*
 * plan_reach.c - warnings: steps that no run can come to.  See plan.h.  What a
 * condition says is not known here, so both its answers are possible.
 */
#include "config.h"

#include "flow/plan_tree.h"

#include "base/json.h"
#include "flow/plan_kinds.h"

#include <string.h>

#include "base/banned.h"

/* Nodes that were reached and not yet left. */
struct frontier {
	struct plan *plan;
	struct node **list;
	size_t n;
};

static void
reach(struct frontier *f, const struct plan_step *s)
{
	struct node *n = f->plan->all;

	while (n != NULL && &n->step != s)
		n = n->listed;
	if (n == NULL || n->is_reached)
		return;
	n->is_reached = 1;
	f->list[f->n++] = n;
}

/* May a run pass the step without doing what its kind does? */
static int
may_be_passed(const struct plan_step *s)
{
	const char *rule = json_get_string(s->json, "on_error");

	return s->is_disabled || json_get(s->json, "if") != NULL ||
	       (rule != NULL && strcmp(rule, "continue") == 0);
}

static void
reach_branches(struct frontier *f, const struct node *n)
{
	struct json_object *branches = json_get(n->step.json, "branches");
	int is_split = strcmp(n->step.type, "split") == 0;
	size_t i;

	for (i = 0; i < n->n_branches; i++)
		if (!is_split ||
		    json_get_int(json_object_array_get_idx(branches, i),
				 "percent", 0) > 0)
			reach(f, plan_enter(f->plan, &n->step, (int)i));
	if (!is_split)
		reach(f, plan_enter(f->plan, &n->step, -1));
}

/* Where a run can go from `n`. */
static void
leave(struct frontier *f, const struct node *n)
{
	const struct plan_step *s = &n->step, *goal;
	const char *to = json_get_string(s->json, "step");

	for (goal = plan_goal(f->plan, s); goal != NULL;
	     goal = plan_goal(f->plan, goal))
		reach(f, goal);
	if (may_be_passed(s))
		reach(f, plan_next(f->plan, s));
	if (s->is_disabled)
		return;
	if (n->n_branches > 0)
		reach_branches(f, n);
	else if (strcmp(s->type, "go_to") == 0)
		reach(f, to != NULL ? plan_find(f->plan, to) : NULL);
	else if (strcmp(s->type, "end") != 0)
		reach(f, plan_next(f->plan, s));
}

struct warning {
	struct faults *f;
	struct plan *plan;
};

/* The step before it in its list, or whose branch it stands in. */
static const struct node *
before(const struct plan *p, const struct node *n)
{
	const struct node *other;

	for (other = p->all; other != NULL; other = other->listed)
		if (other->next == n)
			return other;
	return n->parent;
}

static void
warn(void *arg, struct json_object *step, const char *pointer)
{
	struct warning *w = arg;
	const struct node *n, *other;

	for (n = w->plan->all; n != NULL && n->step.json != step; n = n->listed)
		;
	if (n == NULL || n->is_reached)
		return;
	other = before(w->plan, n);
	if (other == NULL || other->is_reached)
		fault_add(w->f, pointer,
			  "no run can come to this step: nothing goes on here "
			  "and no go_to names it; move it or remove it");
}

static size_t
count(const struct plan *p)
{
	const struct node *n;
	size_t total = 0;

	for (n = p->all; n != NULL; n = n->listed)
		total++;
	return total;
}

void
plan_check_reach(struct json_object *document, struct faults *f)
{
	struct plan *p = plan_open(f->mem, document);
	struct frontier front = { .plan = p };
	struct warning warning = { f, p };
	struct plan_walk w = { .mem = f->mem, .step = warn, .arg = &warning };

	front.list = mem_alloc(f->mem, (count(p) + 1) * sizeof(*front.list));
	reach(&front, plan_first(p));
	while (front.n > 0)
		leave(&front, front.list[--front.n]);
	plan_walk(&w, document);
}
