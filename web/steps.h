/*
 * steps.h - what the pages of a workflow's steps share: what is wrong with its
 * draft and where, icons, places in words.  For page_step*.c, page_check.c,
 * page_publish.c and page_versions.c.
 */
#ifndef WEB_STEPS_H
#define WEB_STEPS_H

#include "draft.h"
#include "flow/edit.h"
#include "flow/faults.h"
#include "web.h"

/* Faults, each with the step that it is about: NULL, it is about none. */
struct located {
	struct faults f;
	struct json_object **steps;
	const char **rests; /* below that step: "" or "/subject" */
};

/* What is wrong with a draft, and what is to be said besides. */
struct verdict {
	struct located faults, warnings;
};

/*
 * Look at the whole draft as publishing would; -1 with the page made when the
 * database does not answer.
 */
MUSTUSE int steps_check(struct page *p, const struct draft *d,
			struct verdict *v);

/* The same of faults and warnings that are there already. */
void steps_locate(struct page *p, const struct draft *d, struct verdict *v);

/* What a step is called: its name, else its kind; from the pool. */
const char *step_title(struct page *p, struct json_object *step);

/* The kind's icon, for the eyes alone. */
void step_icon(struct page *p, const char *type);

/* The address of a step's form, of a deed to it, of its place in the list. */
const char *step_url(struct page *p, const struct draft *d, const char *id);
const char *step_deed(struct page *p, const struct draft *d, const char *id,
		      const char *deed);
const char *steps_url(struct page *p, const struct draft *d, const char *id);

/* The faults (or warnings) that concern a step itself, not what is in its
 * branches; a list for people.  Returns how many. */
size_t step_faults(struct page *p, const struct located *l,
		   struct json_object *step, int is_warning);

/* A fault of the step below `path` ("subject", "branches/0/when"); several are
 * joined.  NULL: none. */
const char *step_field_fault(struct page *p, const struct located *l,
			     struct json_object *step, const char *path);

/* The whole list of what is wrong, each with a link to where. */
void steps_list_faults(struct page *p, const struct draft *d,
		       const struct located *l);

#endif
