/*
 * import.h - what the pages of an import share: page_import.c (a file and what
 * its columns are) and page_import_run.c (how far it is).
 */
#ifndef WEB_IMPORT_H
#define WEB_IMPORT_H

#include <json-c/json_object.h>

struct page;

/* The import p->arg[0], as store/import_job.h has it.  NULL with the page made:
 * there is none. */
struct json_object *import_load(struct page *p);

/* Which column is what (of one in the state "mapping"), at first by guessing.
 */
void import_mapping(struct page *p, struct json_object *job);

/* How far one is that runs, after taking in a piece; or what became of it. */
void import_progress(struct page *p, struct json_object *job);

#endif
