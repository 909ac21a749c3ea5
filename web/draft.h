/*
 * draft.h - a workflow as its pages need it, and its draft being edited.  Every
 * change of a draft goes through draft_save.
 */
#ifndef WEB_DRAFT_H
#define WEB_DRAFT_H

#include "store/workflow.h"

struct page;

struct draft {
	struct workflow w;
	struct json_object *doc; /* the draft; change it in place */
	/* its parts, made when absent */
	struct json_object *trigger, *settings, *steps;
	const char *rev;  /* of the draft as it was loaded */
	int had_settings; /* an empty part that was made is not kept */
};

/* The workflow p->arg[0], whatever its status.  -1 with the page made: there is
 * none. */
MUSTUSE int draft_load(struct page *p, struct draft *d);

/*
 * Keep d->doc as the draft, valid or not.  `what` says what was changed: "Step
 * \"Hello\" deleted".  -1 with the page made: the draft was changed since the
 * form was shown (its field "rev", see draft_rev_field), and nothing was kept.
 */
MUSTUSE int draft_save(struct page *p, struct draft *d, const char *what);

/* Inside of each form that changes a draft. */
void draft_rev_field(struct page *p, const struct draft *d);

/*
 * The frame of a workflow's pages: its name, status, what to do with it, and
 * tabs.  `tab`: "steps", "trigger", "mapping", "try", "runs", "versions",
 * "settings".  Ends with layout_end.
 */
void draft_frame(struct page *p, struct draft *d, const char *tab);

#endif
