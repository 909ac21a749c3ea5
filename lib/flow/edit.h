/*
 * edit.h - changes to a workflow document, as a person makes them in the
 * builder: a step is put in, moved, copied, switched off, taken out.  Pure.
 * Documents may be faulty (flow/plan.h says how); what a step's fields mean is
 * flow/step_fields.h.
 */
#ifndef FLOW_EDIT_H
#define FLOW_EDIT_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>
#include <stddef.h>

/* As many branches as a step may have. */
#define EDIT_BRANCHES_MAX 10

/* Where a step stands or shall stand: as text "INDEX" in the workflow's own
 * list, "STEP.BRANCH.INDEX" in a step's branch, which is a number, else, found
 * or not_found. */
struct edit_place {
	const char *step;   /* NULL: the workflow's own list */
	const char *branch; /* of that step */
	size_t index;
};

/* -1: it is none. */
MUSTUSE int edit_place_read(struct mem *m, const char *text,
			    struct edit_place *out);
const char *edit_place_text(struct mem *m, const struct edit_place *place);

/* One branch of a step. */
struct edit_branch {
	const char *key;  /* "0", "1"..., "else", "found", "not_found" */
	const char *name; /* its own, else what it is: "Branch 1" */
	struct json_object *json; /* its object; NULL: it has none */
	struct json_object *list; /* its steps; NULL: not there yet */
};

/* The branches of a step in their order, also of faulty ones; *n is 0 where a
 * step of its type has none. */
struct edit_branch *edit_branches(struct mem *m, struct json_object *step,
				  size_t *n);

/* A step in its document; all borrowed. */
struct edit_spot {
	struct json_object *step, *list;
	struct edit_place place;
	int depth; /* 0: in the workflow's own list */
};

/* The step `id`; 0 when there is none. */
int edit_find(struct mem *m, struct json_object *doc, const char *id,
	      struct edit_spot *out);

/* Call fn for every step, in the order of the document. */
void edit_each(struct mem *m, struct json_object *doc,
	       void (*fn)(void *arg, const struct edit_spot *spot), void *arg);

/* The innermost step that a JSON Pointer leads into, and what is left of the
 * pointer below it ("" or "/subject"); NULL: it leads elsewhere. */
struct json_object *edit_step_at(struct mem *m, struct json_object *doc,
				 const char *pointer, const char **rest);

/*
 * Changes.  Each answers what it changed, or NULL (-1) with ERR_INPUT, or
 * ERR_GONE where the step or place is not there (any more).
 */

/* A new step with an id of its own and what is usual.  A wait may be told more
 * nearly: "wait.until", "wait.until_condition", "wait.window". */
struct json_object *edit_insert(struct mem *m, struct json_object *doc,
				const struct edit_place *at, const char *type,
				struct err *e);

MUSTUSE int edit_move(struct mem *m, struct json_object *doc, const char *id,
		      const struct edit_place *to, struct err *e);

/* One up (-1) or down (1) in its own list; at its end nothing changes. */
MUSTUSE int edit_shift(struct mem *m, struct json_object *doc, const char *id,
		       int by, struct err *e);

/* A copy right behind the step, with ids of their own for it and all in it;
 * what goes to one of these goes to its copy. */
struct json_object *edit_copy(struct mem *m, struct json_object *doc,
			      const char *id, struct err *e);

MUSTUSE int edit_disable(struct mem *m, struct json_object *doc, const char *id,
			 int is_disabled, struct err *e);

MUSTUSE int edit_delete(struct mem *m, struct json_object *doc, const char *id,
			struct err *e);

/* The branches of an if_else or split: a new one at the end; take one out, its
 * steps with it; one up or down. */
MUSTUSE int edit_branch_add(struct json_object *step, struct err *e);
MUSTUSE int edit_branch_remove(struct json_object *step, size_t index,
			       struct err *e);
MUSTUSE int edit_branch_shift(struct json_object *step, size_t index, int by,
			      struct err *e);

/* How many steps there are in a step's branches, however deep. */
size_t edit_count_within(struct mem *m, struct json_object *step);

#endif
