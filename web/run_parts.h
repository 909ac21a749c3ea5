/*
 * run_parts.h - what the list of runs and the page of one share.
 */
#ifndef WEB_RUN_PARTS_H
#define WEB_RUN_PARTS_H

#include <json-c/json_object.h>

struct page;

/* What a step is called: its name, else its type in words, else its id; from
 * the pool.  Each may be NULL. */
const char *run_step_label(struct page *p, const char *name, const char *type,
			   const char *id);

/* "waiting", "paused", "failed"... of what store/run_list.h gives. */
void run_badge(struct page *p, struct json_object *run);

/* Whose run or delivery it is ("contact","contact_name","contact_address"), as
 * a link. */
void run_person(struct page *p, struct json_object *o);

/* The same as text, from the pool. */
const char *run_person_text(struct page *p, struct json_object *o);

/* Behind that text, the address that it does not say yet. */
void run_address(struct page *p, struct json_object *o);

#endif
