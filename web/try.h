/*
 * try.h - what the page "Try it" is made of: page_try.c asks with what,
 * try_result.c says what became of the request, try_steps.c shows the steps
 * with the way through them, try_told.c what one would do, try_real.c does it
 * in earnest.  For these files alone.
 */
#ifndef WEB_TRY_H
#define WEB_TRY_H

#include "draft.h"
#include "web.h"

/* try_result.c: what a rehearsal (engine/rehearse.h) told, all of it. */
void try_result(struct page *p, const struct draft *d,
		struct json_object *told);

/* Faults or warnings of the document: [{"path","detail"}]. */
void try_faults(struct page *p, const struct draft *d, const char *title,
		struct json_object *list);

/* try_steps.c: the draft's steps, with what was told of them. */
void try_steps(struct page *p, const struct draft *d, struct json_object *told);

/* try_told.c: one execution of a step, in the result's "steps". */
void try_told(struct page *p, const struct draft *d, struct json_object *one,
	      const char *zone);

/* The verdict of one execution, and when it was. */
void try_verdict(struct page *p, struct json_object *one);

/* A value as people read it: a list's elements with commas, nothing of NULL,
 * cut where it is long; from the pool. */
const char *try_value(struct page *p, struct json_object *v);

/* A fact: <dt>name</dt><dd>text</dd>; nothing when there is no text. */
void try_fact(struct page *p, const char *name, const char *text);

/* try_real.c: the form that runs it for real, at the end of the page.
 * `options` are the requests that can be chosen, as struct field has them. */
void try_real_form(struct page *p, const struct draft *d, const char *options,
		   const char *chosen);

#endif
