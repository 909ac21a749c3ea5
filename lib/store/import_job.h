/*
 * import_job.h - files of contacts that are taken in piece by piece.  Here they
 * are kept, with how far that is; what a piece says is engine/import.h.
 */
#ifndef STORE_IMPORT_JOB_H
#define STORE_IMPORT_JOB_H

#include "store/db.h"

#include <json-c/json_object.h>

/*
 * A job: {"id","filename","made_by","size","state": "mapping|running|done",
 * "targets","read_to","line","lines","created","updated","unchanged",
 * "skipped","problems","is_busy","created_at","finished_at","expires_at"}.
 */

/* What is brought, and by whom. */
struct import_file {
	const char *made_by, *name;
	const char *bytes;
	size_t len;
};

/* Keep a file: *id.  Files that expired are forgotten on the way. */
MUSTUSE int import_job_add(struct db *db, const char *account_id,
			   const struct import_file *f, struct mem *m,
			   const char **id, struct err *e);

/* ERR_GONE: there is none, or it expired. */
MUSTUSE int import_job_show(struct db *db, const char *account_id,
			    const char *id, struct mem *m,
			    struct json_object **out, struct err *e);

/* The newest, without problems. */
MUSTUSE int import_job_list(struct db *db, const char *account_id,
			    struct mem *m, struct json_object **out,
			    struct err *e);

/* At most `most` bytes from `from` on, in the pool; none behind the end. */
MUSTUSE int import_job_text(struct db *db, const char *account_id,
			    const char *id, int64_t from, int64_t most,
			    struct mem *m, const char **bytes, size_t *len,
			    struct err *e);

/* Let it run: `targets` is a list in JSON of what each column is; the lines
 * behind the first begin at `from`, which is in line `line`.  Running or done
 * it stays as it is. */
MUSTUSE int import_job_map(struct db *db, const char *account_id,
			   const char *id, const char *targets, int64_t from,
			   int64_t line, struct err *e);

/* Take the next piece, for at most `seconds`; *out is NULL when somebody else
 * has it, or nothing is left. */
MUSTUSE int import_job_claim(struct db *db, const char *account_id,
			     const char *id, int seconds, struct mem *m,
			     struct json_object **out, struct err *e);

/* Note what was taken in: {"from","read_to","line","lines","created","updated",
 * "unchanged","skipped","problems"} in JSON. */
MUSTUSE int import_job_note(struct db *db, const char *account_id,
			    const char *id, const char *note, struct err *e);

/* Forget one; that there is none is no failure. */
MUSTUSE int import_job_remove(struct db *db, const char *account_id,
			      const char *id, struct err *e);

/* Forget those that name a person (store/contact.h: person_pattern). */
MUSTUSE int import_job_forget(struct db *db, const char *account_id,
			      const char *pattern, struct err *e);

#endif
