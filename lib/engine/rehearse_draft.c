/*
 * rehearse_draft.c - a draft is made fit for a rehearsal: a step that is not
 * valid is left out, so that the others can be tried before it is mended.  See
 * rehearse.h; what is valid, flow/plan.h says.
 */
#include "config.h"

#include "engine/rehearsing.h"

#include "base/json.h"
#include "flow/plan.h"
#include "flow/plan_kinds.h"

#include <string.h>

#include "base/banned.h"

#define ROUNDS_MAX 8 /* what is mended may show other faults */

/* A step of the document. */
struct place {
	const char *pointer;
	struct json_object *step; /* ours, as long as the list lives */
	struct json_object *why;  /* what is wrong with it; NULL: nothing */
	int has_bad_id;
	struct place *next;
};

struct places {
	struct mem *m;
	struct place *first;
};

static void
add_place(void *arg, struct json_object *step, const char *pointer)
{
	struct places *all = arg;
	struct place *p = mem_alloc(all->m, sizeof(*p));

	p->pointer = pointer;
	p->step = json_pool(all->m, json_object_get(step));
	p->next = all->first;
	all->first = p;
}

static void
find_places(struct rehearsing *rh, struct places *all)
{
	struct plan_walk w = { .mem = rh->m, .step = add_place, .arg = all };

	all->m = rh->m;
	all->first = NULL;
	plan_walk(&w, rh->document);
}

/* The innermost step that the fault is in; NULL: it is in none. */
static struct place *
place_of(struct places *all, const char *path)
{
	struct place *p, *best = NULL;
	size_t len, longest = 0;

	for (p = all->first; p != NULL; p = p->next) {
		len = strlen(p->pointer);
		if (strncmp(path, p->pointer, len) != 0 ||
		    (path[len] != '/' && path[len] != '\0') || len < longest)
			continue;
		best = p;
		longest = len;
	}
	return best != NULL && json_object_is_type(best->step, json_type_object)
		       ? best
		       : NULL;
}

static void
add_fault(struct rehearsing *rh, const struct fault *f)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "path", f->path);
	json_set_string(o, "detail", f->detail);
	json_object_array_add(json_get(rh->out, "faults"), o);
}

static void
blame(struct rehearsing *rh, struct place *p, const struct fault *f)
{
	const char *rest = f->path + strlen(p->pointer);

	if (p->why == NULL)
		p->why = json_pool(rh->m, json_object_new_array());
	if (strcmp(rest, "/id") == 0)
		p->has_bad_id = 1;
	json_object_array_add(p->why,
			      json_object_new_string(mem_printf(
				      rh->m, "%s%s%s", rest + (*rest == '/'),
				      *rest != '\0' ? ": " : "", f->detail)));
}

/* It stands in its place, and nothing of it is done. */
static void
leave_out(struct rehearsing *rh, struct place *p)
{
	const char *id = json_get_string(p->step, "id");
	const char *name = json_get_string(p->step, "name");
	const char *type = json_get_string(p->step, "type");
	struct json_object *told = json_object_new_object();

	if (id == NULL || p->has_bad_id)
		id = mem_printf(rh->m, "left_out_%d",
				json_object_object_length(rh->left_out) + 1);
	id = mem_strdup(rh->m, id);
	json_set_string(told, "name", name);
	json_set_string(told, "type", type);
	json_object_object_add(rh->names, id, told);
	json_object_object_add(rh->left_out, id, json_object_get(p->why));
	json_object_object_foreach (p->step, key, value) {
		(void)value;
		json_object_object_del(p->step, key);
	}
	json_set_string(p->step, "id", id);
	json_set_string(p->step, "type", "end");
	json_object_object_add(p->step, "disabled", json_object_new_boolean(1));
}

static void
note_names(struct rehearsing *rh)
{
	struct places all;
	struct place *p;

	find_places(rh, &all);
	for (p = all.first; p != NULL; p = p->next) {
		struct json_object *o = json_object_new_object();
		const char *id = json_get_string(p->step, "id");

		json_set_string(o, "name", json_get_string(p->step, "name"));
		json_set_string(o, "type", json_get_string(p->step, "type"));
		json_object_object_add(rh->names, id != NULL ? id : "", o);
	}
}

/* 1: all faults are in steps, which are left out now. */
static int
mend(struct rehearsing *rh, const struct faults *f)
{
	struct places all;
	struct place *p;
	size_t i;
	int rc = 1;

	find_places(rh, &all);
	for (i = 0; i < f->n; i++) {
		add_fault(rh, &f->list[i]);
		p = place_of(&all, f->list[i].path);
		if (p != NULL)
			blame(rh, p, &f->list[i]);
		else
			rc = 0;
	}
	for (p = all.first; p != NULL; p = p->next)
		if (p->why != NULL)
			leave_out(rh, p);
	return rc;
}

int
rehearse_draft(struct rehearsing *rh)
{
	int i;

	rh->document = json_pool(rh->m, json_copy(rh->in->document));
	rh->left_out = json_pool(rh->m, json_object_new_object());
	rh->names = json_pool(rh->m, json_object_new_object());
	note_names(rh);
	for (i = 0; i < ROUNDS_MAX; i++) {
		struct faults f = FAULTS_INIT(rh->m);

		plan_check(rh->document, &f);
		if (f.n == 0)
			return 1;
		if (!mend(rh, &f))
			return 0;
	}
	return 0;
}
