/*
 * publish.h - a workflow document becomes a draft, and a draft a version: the
 * checks that need the database, and the writes in one transaction.  What a
 * valid document is, is flow/plan.h.
 */
#ifndef ENGINE_PUBLISH_H
#define ENGINE_PUBLISH_H

#include "flow/faults.h"

#include <json-c/json_object.h>

struct db;

/*
 * Read and check a document without a database.  Text that is no JSON is a
 * fault at "".  *out belongs to the pool of `faults`; it is NULL when the text
 * could not be read.
 */
void document_read(const char *text, size_t len, struct json_object **out,
		   struct faults *faults);

/*
 * What is to be said of a valid document although it is not refused: names
 * that nothing gives, and what would stand between it and publication.
 * `known` is what the account has (flow/plan.h), or NULL.
 */
void document_warnings(struct json_object *document, struct json_object *known,
		       struct faults *warnings);

/*
 * `base_url` below is the configuration's: marketing e-mail has links to it.
 *
 * Make the document the draft of the account's workflow of its name (a new
 * one with its trigger when there is none), and publish it when asked to.
 * Nothing is written when it has faults: -1 with ERR_INPUT then.  *id is the
 * workflow's.
 */
MUSTUSE int publish_import(struct db *db, const char *account_id,
			   const char *base_url, struct json_object *document,
			   int is_published, const char **id,
			   struct faults *faults, struct faults *warnings,
			   struct err *e);

/*
 * Make the document, valid or not, the draft of a new workflow: of its own
 * name, or where there is one of it, of that and a number ("Welcome 2"), which
 * the document then has.  *id is the workflow's.  ERR_INPUT: its name is none.
 */
MUSTUSE int publish_new(struct db *db, const char *account_id, struct mem *m,
			struct json_object *document, const char **id,
			struct err *e);

/*
 * What would be said if a document were published: all faults when there are
 * any, else the warnings too.  -1: the database did not answer.
 */
MUSTUSE int publish_check(struct db *db, const char *account_id,
			  const char *base_url, struct json_object *document,
			  struct faults *faults, struct faults *warnings,
			  struct err *e);

/* Publish the draft of the workflow `name` (or id), likewise. */
MUSTUSE int publish_draft(struct db *db, const char *account_id,
			  const char *base_url, const char *name,
			  const char **id, struct faults *faults,
			  struct faults *warnings, struct err *e);

#endif
