/*
 * rehearsing.h - one rehearsal under way: what the files of rehearse.h share.
 */
#ifndef ENGINE_REHEARSING_H
#define ENGINE_REHEARSING_H

#include "engine/rehearse.h"

#include "engine/passage.h"
#include "store/rehearsal.h"

struct rehearsing {
	const struct rehearsal *in;
	struct mem *m;
	struct json_object *out;

	struct json_object *document; /* valid: without what is not */
	struct json_object *left_out; /* {step id: [what is wrong with it]} */
	struct json_object *names;    /* {step id: {"name","type"}} */
	struct rehearsal_version version;

	struct engine engine;
	struct plan *plan;
	struct json_object *playing; /* the document with fewer steps at most */
	int is_shortened;	     /* ... than it would allow */
	const char *run_id;
	int64_t now_us;		  /* as far as time has come; 0: now */
	struct json_object *told; /* {seq: what run_show does not say} */
	struct passage *passage;
};

/* rehearse_draft.c: fill in document, left_out and names.  0: its trigger or
 * settings have faults, and it can't be rehearsed; 1. */
int rehearse_draft(struct rehearsing *rh);

/* rehearse_run.c: in the transaction, let rh->run_id go on to its end. */
MUSTUSE int rehearse_run(struct rehearsing *rh, struct err *e);

/* rehearse_tell.c */

/* What is told of the step at this place; made when it is not there. */
struct json_object *rehearse_told(struct rehearsing *rh, int seq);

/* A step is about to be executed. */
void rehearse_watch(void *arg, struct passage *p);

/* It makes a call. */
void rehearse_tell_call(struct rehearsing *rh);

/* It waits until rh->now_us, when `ends_by` ends that. */
MUSTUSE int rehearse_tell_wait(struct rehearsing *rh, const struct run *run,
			       const char *ends_by, struct err *e);

/* All steps, from what is stored of the run. */
void rehearse_tell_steps(struct rehearsing *rh, struct json_object *run);

#endif
