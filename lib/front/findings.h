/*
 * findings.h - is an installation as it should be?  What its database and its
 * spool tell is judged here, a line each with the fix, for the command line and
 * for the builder.  What only a shell can look at stays in cli/doctor.c.
 */
#ifndef FRONT_FINDINGS_H
#define FRONT_FINDINGS_H

#include "base/conf.h"
#include "base/mem.h"
#include "base/token.h"

#include <json-c/json_object.h>

struct findings {
	struct mem *mem;
	struct json_object *list; /* [{"check","status","detail","fix"}] */
	/* for the fixes that name them */
	const char *run_program, *conf_path;
	int is_discreet; /* say nothing that could be somebody else's data */
	int has_failed;
};

/* Nothing is found yet. */
void findings_begin(struct findings *f, struct mem *m);

/* One more line: `status` is "ok", "warn" or "fail", `fix` what to do about it,
 * NULL when there is nothing to do. */
void finding(struct findings *f, const char *check, const char *status,
	     const char *detail, const char *fix);

/* What health_read (store/health.h) told: of the installation, and of the runs
 * that are due. */
void findings_of_house(struct findings *f, struct json_object *health);
void findings_of_runs(struct findings *f, struct json_object *health);

/* What waits in the spool or could not be brought in; *status is spool_status's
 * answer, NULL without one. */
void findings_of_spool(struct findings *f, const struct conf *c,
		       const struct secrets *secrets,
		       struct json_object **status);

#endif
