/*
 * step_form.h - the fields of a step (flow/step_fields.h) and conditions as
 * HTML.  Names are f[PATH]; what comes back is for step_take.
 */
#ifndef WEB_STEP_FORM_H
#define WEB_STEP_FORM_H

#include "flow/step_fields.h"
#include "steps.h"

/* One step's form as it is being made. */
struct step_form {
	struct page *p;
	const struct draft *d;
	const struct located *faults; /* of the whole draft */
	struct json_object *step;     /* the step whose faults are shown */
	struct json_object *part;     /* what has the fields: the step itself,
				       * or one of its branches */
	const char *name;	      /* before [PATH]: "f", "f[branches][0]" */
	const char *path; /* of `part` below the step: "", "branches/0/" */
	struct json_object *workflows; /* [{"name"}], NULL: not asked */
};

/* All fields of a table: first those without group, then each group, open
 * where it says anything. */
void step_form_fields(struct step_form *f, const struct step_field *fields);

/* What all kinds of step have, likewise. */
void step_form_common(struct step_form *f, const struct step_words *w);

/* The rows of a condition; `rows` as flow/cond_rows.h has them. */
void cond_form(struct page *p, const char *name, const char *legend,
	       const char *help, const char *fault, struct json_object *rows);

/* A button "Remove" names its row, "f[when][rows][0]": it is emptied in the
 * form, and empty rows are not kept. */
void cond_form_remove(struct page *p, const char *name);

#endif
