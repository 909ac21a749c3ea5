/*
 * workflow.h - workflows, their drafts and published versions, as people see
 * them.  Whether a document is valid is flow/plan.h's business, publishing
 * as a whole is engine/publish.h's.
 */
#ifndef STORE_WORKFLOW_H
#define STORE_WORKFLOW_H

#include "store/db.h"

#include <json-c/json_object.h>

/* A workflow as it stands; lives in a pool. */
struct workflow {
	const char *id, *name, *status;
	int version; /* the newest published; 0: none */
	const char *trigger_id;
	const char *hook_key;	   /* hexadecimal */
	struct json_object *draft; /* the document as last saved */
	const char *rev;	   /* changes with the draft */
};

/* By name, else by id; archived ones are not found.  When there is none, 0
 * with out->id NULL. */
MUSTUSE int workflow_find(struct db *db, const char *account_id,
			  const char *name, struct mem *m, struct workflow *out,
			  struct err *e);

/* The same, where none is ERR_GONE. */
MUSTUSE int workflow_need(struct db *db, const char *account_id,
			  const char *name, struct mem *m, struct workflow *out,
			  struct err *e);

/* The same by id alone.  ERR_GONE. */
MUSTUSE int workflow_by_id(struct db *db, const char *account_id,
			   const char *id, struct mem *m, struct workflow *out,
			   struct err *e);

/* A new draft with its trigger; `hook_key` has TOKEN_KEY_SIZE bytes. */
MUSTUSE int workflow_insert(struct db *db, const char *account_id,
			    const char *name, const char *document,
			    const unsigned char *hook_key, struct err *e);

/* A new draft of an existing workflow. */
MUSTUSE int workflow_save(struct db *db, const char *account_id, const char *id,
			  const char *document, struct err *e);

/* The same, of a draft that still has the revision `rev`.  *new_rev is NULL
 * when it was changed since, and nothing is written. */
MUSTUSE int workflow_save_over(struct db *db, const char *account_id,
			       const char *id, const char *document,
			       const char *rev, struct mem *m,
			       const char **new_rev, struct err *e);

/* Another name, which the document, its new draft, has too; as
 * workflow_save_over. ERR_INPUT: another workflow has it. */
MUSTUSE int workflow_rename(struct db *db, const char *account_id,
			    const char *id, const char *name,
			    const char *document, const char *rev,
			    struct mem *m, const char **new_rev, struct err *e);

/* Publish a document: as a new version, unless it is the published one.  Runs
 * that were paused go on. */
MUSTUSE int workflow_publish(struct db *db, const char *account_id,
			     const char *id, const char *document,
			     const char *webhook_refs, struct err *e);

/* Back to a draft; *n_paused runs go on when it is published again.  ERR_INPUT:
 * it is not published. */
MUSTUSE int workflow_unpublish(struct db *db, const char *account_id,
			       const char *id, int64_t *n_paused,
			       struct err *e);

/* Put away for good: its name is free, its URL opens nothing, its live runs,
 * *n_cancelled, are cancelled.  ERR_GONE: it is archived already. */
MUSTUSE int workflow_archive(struct db *db, const char *account_id,
			     const char *id, int64_t *n_cancelled,
			     struct err *e);

/* How many live runs are where: [{"version","step","count"}], newest version
 * first. */
MUSTUSE int workflow_places(struct db *db, const char *account_id,
			    const char *id, struct mem *m,
			    struct json_object **out, struct err *e);

/* The document of a version; NULL when there is no such version. */
MUSTUSE int workflow_version(struct db *db, const char *account_id,
			     const char *id, const char *version, struct mem *m,
			     struct json_object **out, struct err *e);

/* Add a version that is never published, in a transaction that the caller
 * rolls back. */
MUSTUSE int workflow_version_try(struct db *db, const char *account_id,
				 const char *id, int version,
				 const char *document, struct err *e);

/* At most `most` (a number as text) versions below `before` (NULL: from the
 * newest), newest first: [{"version","published_at"}]. */
MUSTUSE int workflow_versions(struct db *db, const char *account_id,
			      const char *id, const char *before,
			      const char *most, struct mem *m,
			      struct json_object **out, struct err *e);

/* [{"id","name","status","version","enrolled","active","completed","failed",
 * "cancelled","last_enrolled_at"}], by name. */
MUSTUSE int workflow_list(struct db *db, const char *account_id,
			  int with_archived, struct mem *m,
			  struct json_object **out, struct err *e);

/*
 * The same from sums that stay quick however many runs there are, and "days":
 * how many were enrolled on each of the last 14 days of the account's zone,
 * today last.
 */
MUSTUSE int workflow_board(struct db *db, const char *account_id,
			   int with_archived, struct mem *m,
			   struct json_object **out, struct err *e);

/* What a list to choose from needs: [{"id","name","status"}], by name, the
 * archived ones last. */
MUSTUSE int workflow_names(struct db *db, const char *account_id, struct mem *m,
			   struct json_object **out, struct err *e);

/* Bring those sums up to date, about `most` runs at a time.  1: there is more
 * to do; 0: that was all; -1 with *e set. */
MUSTUSE int workflow_tally(struct db *db, int most, struct err *e);

/* As workflow_list for one, and "draft_differs", "trigger", "hook_key",
 * "created_at", "updated_at", "versions": [{"version","published_at"}], "runs":
 * as workflow_places. */
MUSTUSE int workflow_show(struct db *db, const char *account_id, const char *id,
			  struct mem *m, struct json_object **out,
			  struct err *e);

#endif
