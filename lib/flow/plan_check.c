/*
 * plan_check.c - is a workflow document valid, and can this version carry it
 * out?  See plan.h.  What a valid document looks like is plan_kinds.c; what
 * only warns is plan_names.c.
 */
#include "config.h"

#include "flow/plan.h"

#include "base/json.h"
#include "flow/plan_kinds.h"

#include <string.h>

#include "base/banned.h"

/* Once all ids are known: where does each go_to go? */
static void
check_jump(void *arg, struct json_object *step, const char *pointer)
{
	struct checking *c = arg;
	const char *type = json_get_string(step, "type");
	const char *to = json_get_string(step, "step");

	if (type == NULL || strcmp(type, "go_to") != 0 || to == NULL)
		return;
	if (json_get(c->ids, to) == NULL)
		fault_add(c->f, pointer_key(c->f->mem, pointer, "step"),
			  "no step has the id \"%.100s\"; name one that "
			  "exists",
			  to);
}

void
plan_check(struct json_object *document, struct faults *f)
{
	struct checking c = { f, json_object_new_object(), 0, 0 };
	struct plan_walk w = { .mem = f->mem, .step = check_jump, .arg = &c };

	shape_check(&c, &plan_document, document, "");
	plan_walk(&w, document);
	json_object_put(c.ids);
}

/*
 * What the document may say and this version does not do.  A version that
 * learns one deletes its row.  `member` NULL is the whole step.
 */
struct not_yet {
	const char *where, *member;
	const char *what; /* "this version cannot WHAT yet" */
};

/* clang-format off */
static const struct not_yet steps_not_yet[] = {
	{ "wait", "until_condition", "wait for a condition" },
	{ "wait", "window", "wait for a window of days and hours" },
};
/* clang-format on */

#define N(list) (sizeof(list) / sizeof((list)[0]))

/* The fault of `row`, when `o` (at `pointer`) has its member. */
static void
refuse(struct faults *f, const struct not_yet *row, struct json_object *o,
       const char *pointer)
{
	if (row->member == NULL)
		fault_add(f, pointer_key(f->mem, pointer, "type"),
			  "this version cannot %s yet; remove the %s step",
			  row->what, row->where);
	else if (json_object_object_get_ex(o, row->member, NULL))
		fault_add(f, pointer_key(f->mem, pointer, row->member),
			  "this version cannot %s yet; remove %s", row->what,
			  row->member);
}

static void
refuse_step(void *arg, struct json_object *step, const char *pointer)
{
	const char *type = json_get_string(step, "type");
	size_t i;

	for (i = 0; type != NULL && i < N(steps_not_yet); i++)
		if (strcmp(steps_not_yet[i].where, type) == 0)
			refuse(arg, &steps_not_yet[i], step, pointer);
}

void
plan_check_publish(struct json_object *document, struct faults *f)
{
	struct plan_walk w = { .mem = f->mem, .step = refuse_step, .arg = f };

	plan_walk(&w, document);
	plan_check_secrets(document, f);
}
