/*
 * plan_check.c - is a workflow document valid?  See plan.h.  What a valid
 * document looks like is plan_kinds.c; what only warns is plan_names.c.
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
