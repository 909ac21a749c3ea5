/*
 * plan.h - the workflow document (doc/workflow.schema.json): is it valid, and
 * which step comes next.  Pure.  The kinds of step are a table; what they do
 * is engine/advance.c.
 */
#ifndef FLOW_PLAN_H
#define FLOW_PLAN_H

#include "flow/faults.h"

#include <json-c/json_object.h>

struct plan;

struct plan_step {
	const char *id, *type;
	struct json_object *json; /* the step's own object, borrowed */
	int is_disabled;
};

/*
 * Check a document against the schema and everything a schema can't say:
 * unique step ids, templates and conditions and durations and paths that
 * parse, at most 10 branches a step.  Every fault at once; none is valid.
 */
void plan_check(struct json_object *document, struct faults *f);

/*
 * Warnings that refuse nothing: names in templates, conditions and mapping
 * that nothing can give (unknown roots, contact fields, custom variables
 * that no rule or step sets, results of steps that are not there).
 * `known` is what the account has, {"fields": {KEY: ...}, "values": {NAME:
 * ...}}, its custom fields and constants; NULL where that is not known.
 */
void plan_check_names(struct json_object *document, struct json_object *known,
		      struct faults *f);

/*
 * What stands between a valid document and its publication: secrets,
 * {{secret.NAME}}, may stand only where they leave by a call; elsewhere each is
 * a fault.
 */
void plan_check_secrets(struct json_object *document, struct faults *f);

/* Call fn for every secret that the steps name, with the place. */
void plan_each_secret(struct mem *m, struct json_object *document,
		      void (*fn)(void *arg, const char *name,
				 const char *pointer),
		      void *arg);

/* Call fn for every secret that the templates in `texts` (any value) name; the
 * names live in the pool. */
void plan_secrets_of(struct mem *m, struct json_object *texts,
		     void (*fn)(void *arg, const char *name), void *arg);

/* Is a send_email step a marketing one: by its category, else since it has a
 * list_unsubscribe? */
int plan_is_marketing(struct json_object *step);

/* Does it carry Hookline's own link to unsubscribe, not the sender's? */
int plan_has_own_link(struct json_object *step);

/* Warnings, likewise: steps that no run can come to, the first of each list. */
void plan_check_reach(struct json_object *document, struct faults *f);

/* Open a valid document; the plan lives in the pool and borrows `document`. */
struct plan *plan_open(struct mem *m, struct json_object *document);

/* The first step; NULL when there are none. */
const struct plan_step *plan_first(const struct plan *p);

/* The step `id`, or NULL. */
const struct plan_step *plan_find(const struct plan *p, const char *id);

/* The step after `s`, climbing out of branches; NULL is the end. */
const struct plan_step *plan_next(const struct plan *p,
				  const struct plan_step *s);

/* The first step of branch `branch` of an if_else or split (-1 is `else`), or
 * what follows it when that branch is empty.  Of a find_contact 0 is `found`,
 * -1 `not_found`. */
const struct plan_step *plan_enter(const struct plan *p,
				   const struct plan_step *s, int branch);

/* The next goal that is not disabled behind `s` on the way to the end, not
 * within branches that `s` does not stand in; NULL when there is none. */
const struct plan_step *plan_goal(const struct plan *p,
				  const struct plan_step *s);

/*
 * Which of the webhook's data the steps, the filter and the re-entry key
 * refer to: a list of key paths below the webhook, e.g. [["body","items"],
 * ["headers","x-shop"]]; [] among them means all of it (a workflow with an
 * enrol step hands all of it on).  A new object.
 */
struct json_object *plan_webhook_refs(struct json_object *document);

/* Copy of `webhook` ({"body","query","headers"}) with only what `refs` name.
 * A new object. */
struct json_object *plan_webhook_keep(struct json_object *webhook,
				      struct json_object *refs);

#endif
