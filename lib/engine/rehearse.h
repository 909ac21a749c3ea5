/*
 * rehearse.h - what a workflow's draft would do with a delivery: the code that
 * receives, enrols, advances and records does it all in a transaction that is
 * rolled back, and nothing is called.  So what it tells is what would happen,
 * but for three things: a call is taken as done, with the answer that the
 * caller gives; a wait is taken as over when it would be; and where a split
 * falls is chance.  Nothing is sent and nothing is stored.
 *
 * rehearse.c tells the story, rehearse_draft.c sees to drafts with faults,
 * rehearse_run.c has the run go on, rehearse_tell.c says what it would do.
 */
#ifndef ENGINE_REHEARSE_H
#define ENGINE_REHEARSE_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

struct conf;
struct db;
struct delivery;
struct secrets;

#define REHEARSE_STEPS_MAX 300

struct rehearsal {
	struct db *db;
	const struct conf *conf;
	const struct secrets *secrets;
	const char *account_id, *workflow_id, *trigger_id;
	struct json_object *document; /* the draft, valid or not; stays */
	/* As replay.h. */
	void (*apart)(struct mem *m, struct delivery *d);

	/* What it is tried with: a stored delivery of this trigger ... */
	const char *delivery_id;
	/* ... or a request that never came: method, query, content_type,
	 * headers and body; who sent it is not asked ... */
	const struct delivery *imagined;
	/* ... or, when both are NULL, a contact (NULL: none) and variables. */
	const char *contact_id;
	struct json_object *variables;

	/* A condition that is waited for is met at once; else its time is up.
	 */
	int assumes_met;
	struct json_object *answers; /* {step id: what its call is answered} */
};

/*
 * *out:
 *
 * "status": "completed", "failed", "cancelled", "stopped" (after
 *     REHEARSE_STEPS_MAX steps), "not_enrolled" (the delivery starts nothing)
 * or "faulty" (the draft's trigger or settings have faults), and the "reason"
 * "delivery": what a dry run (replay.h) of the delivery says
 * "anyway": why nobody would be enrolled, although the steps are told
 * "part","parts": of a split delivery, the part that is told and how many
 * "started_at","ended_at","timezone"
 * "steps": what is executed, in order: {"step","name","type","verdict","at",
 *     "detail"}, where the verdict is "done", "skipped", "would_send",
 *     "would_call", "would_wait" or "fault"; and
 *     "tests": [{"of","branch","condition": as cond_tell.h}]
 *     "mail": {"from","to","cc","bcc","reply_to","subject","text","html"}
 *     "sms": {"from","to","text"}
 *     "call": {"method","url","headers": [text],"body"}, without secrets
 *     "wait": what it waits for, {"ends_at","ends_local","ends_by": "time",
 *         "condition", "contact"}
 *     "faults": [text], of a step that is not valid and was left out
 * "contact","variables": as they are in the end
 * "faults","warnings": [{"path","detail"}], of the document
 *
 * -1: the database is away, or the workflow or delivery is not there.
 */
MUSTUSE int rehearse(const struct rehearsal *in, struct mem *m,
		     struct json_object **out, struct err *e);

#endif
