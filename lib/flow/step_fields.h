/*
 * step_fields.h - the fields of each kind of step as a person fills them in: a
 * table, and the way between a step and a form.  Pure.  What a step must have
 * is flow/plan_kinds.h; how a form looks is web/step_form.c.
 *
 * What a form shows and gets back unchanged leaves the step as it was written,
 * to the byte; members that no field shows stay.
 */
#ifndef FLOW_STEP_FIELDS_H
#define FLOW_STEP_FIELDS_H

#include "base/mem.h"

#include <json-c/json_object.h>

enum step_field_kind {
	FIELD_LINE,	/* a text */
	FIELD_AREA,	/* of several lines */
	FIELD_CHOICE,	/* one of options; "" is: not said */
	FIELD_TICK,	/* yes, or not said */
	FIELD_SCALAR,	/* a number, true, false; else a text */
	FIELD_LINES,	/* a list of texts, one a line */
	FIELD_SOME,	/* a list of some of options */
	FIELD_PAIRS,	/* an object: names and values */
	FIELD_SET,	/* likewise, where no value is null */
	FIELD_COND,	/* a condition (flow/cond_rows.h) */
	FIELD_JSON,	/* any JSON */
	FIELD_VALUE,	/* a text, or a list or object as JSON */
	FIELD_STEP,	/* the id of a step */
	FIELD_WORKFLOW, /* name or id of a workflow */
};

struct step_field {
	const char *path; /* the member; "window/from" is one of a member */
	enum step_field_kind kind;
	const char *label, *help;
	const char *options; /* "value=Label|value=Label" */
	const char *placeholder;
	const char *group; /* fields of one group follow each other; NULL: the
			    * step's main ones */
	const char *picks; /* "template", "path", "contact": what can be put
			    * in; NULL: nothing */
	int rows;
};

/* A kind of step in words. */
struct step_words {
	const char *type;
	const char *word;		 /* "E-mail" */
	const char *help;		 /* what it does, one line */
	const char *group;		 /* of the chooser: "Messages" */
	const struct step_field *fields; /* ended by one without path */
};

/* Ended by a row without type. */
extern const struct step_words step_words[];
extern const struct step_field step_fields_common[]; /* of all steps */
extern const struct step_field step_fields_branch[]; /* of an if_else's */
extern const struct step_field step_fields_share[];  /* of a split's */

/* The row of `type` (may be NULL), or NULL. */
const struct step_words *step_words_of(const char *type);

/* May the step have this of the common fields?  Not where a member of its own
 * has that name (set_variable's is the variable's). */
int step_has_common(const struct step_words *w, const struct step_field *f);

/*
 * What the form shows of a field: a text; a list of texts (FIELD_SOME); a list
 * of {"name","value"} (FIELD_PAIRS, FIELD_SET); or rows (FIELD_COND).  Owned by
 * the pool.
 */
struct json_object *step_field_show(struct mem *m, const struct step_field *f,
				    struct json_object *step);

/* Is the member there? */
int step_field_is_set(const struct step_field *f, struct json_object *step);

/*
 * Take over what the form says: {PATH: as step_field_show has it}.  Fields that
 * it does not have stay.  Of a check box that may not be sent at all a list
 * with "" is expected first, as a hidden field beside it makes.
 */
void step_fields_take(struct mem *m, const struct step_field *fields,
		      struct json_object *step, struct json_object *form);

/* All fields of the step, its common ones, and its branches' below "branches":
 * {"0": {...}}. */
void step_take(struct mem *m, struct json_object *step,
	       struct json_object *form);

/* One line of what a step does, in the pool: "to {{contact.email}}: Thanks". */
const char *step_summary(struct mem *m, struct json_object *step);

#endif
