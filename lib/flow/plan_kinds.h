/*
 * plan_kinds.h - the kinds of step and their fields, as tables, and a walk
 * over a document's texts and conditions.  The tables are for the plan_*.c
 * files alone; plan_walk is for whoever looks at every step.  Others use
 * plan.h.
 */
#ifndef FLOW_PLAN_KINDS_H
#define FLOW_PLAN_KINDS_H

#include "flow/shape.h"

struct step_kind {
	const char *type;
	struct shape shape;
};

/* Ended by a row without type. */
extern const struct step_kind plan_kinds[];
extern const struct shape plan_document;
extern const struct shape plan_step_base; /* common to all kinds */

/* The row of `type` (may be NULL), or NULL. */
const struct step_kind *plan_kind(const char *type);

/* Forms that only a workflow has (plan_form.c). */
FORM(step_id);
FORM(step_type);
FORM(steps);
FORM(branches); /* row->shape each; row->min to row->max of them */
FORM(rules);	/* a mapping */
FORM(contact_set);
FORM(contact_by); /* plan_find.c */

/* Of set_variable (plan_variable.c). */
FORM(place);	 /* of a character: min..max without 0 */
FORM(separator); /* a template that is not empty, white space too */

/* Of a trigger's verify (plan_verify.c). */
FORM(scheme);
FORM(secret);
FORM(dedup_preset); /* "secret:NAME", or a list of such */
FORM(networks);
FORM(tolerance);

extern const struct shape plan_auth; /* a call's login */

/* What rows can't say (plan_form.c, plan_call.c). */
void also_answer(struct checking *c, struct json_object *o, const char *at);
void also_dedup(struct checking *c, struct json_object *o, const char *at);
void also_email(struct checking *c, struct json_object *o, const char *at);
void also_auth(struct checking *c, struct json_object *o, const char *at);
void also_webhook(struct checking *c, struct json_object *o, const char *at);
void also_split(struct checking *c, struct json_object *o, const char *at);
void also_verify(struct checking *c, struct json_object *o, const char *at);
void also_window(struct checking *c, struct json_object *o, const char *at);
void also_wait(struct checking *c, struct json_object *o, const char *at);
void also_variable(struct checking *c, struct json_object *o, const char *at);

/* Is `field` one of a contact that a step can name?  Else the fault is added.
 */
int form_is_field(struct checking *c, const char *field, const char *pointer);

/* What to call on the way through all steps, in the order of the document;
 * each may be NULL. */
struct plan_walk {
	struct mem *mem;
	void (*step)(void *arg, struct json_object *step, const char *pointer);
	void (*text)(void *arg, const char *text, const char *pointer);
	void (*condition)(void *arg, struct json_object *condition,
			  const char *pointer);
	void *arg;
};

/* Takes any document, also a faulty one. */
void plan_walk(const struct plan_walk *w, struct json_object *document);

/*
 * Call fn for every name that the steps' templates and conditions, the
 * trigger's filter and the re-entry key read.  `in_section`: the name stands
 * inside a section, so it may be relative to that.
 */
void plan_each_name(struct mem *m, struct json_object *document,
		    void (*fn)(void *arg, const char *name, const char *pointer,
			       int in_section),
		    void *arg);

#endif
