/*
 * receiving.h - one delivery on its way, with all that is known of it so far:
 * what the files of receiving share.  receive.c tells the story,
 * receive_checks.c asks whether it may come in, receive_enrol.c says whom and
 * what it is about, receive_keep.c writes it down.
 */
#ifndef ENGINE_RECEIVING_H
#define ENGINE_RECEIVING_H

#include "engine/receive.h"

#include "base/buf.h"
#include "flow/map.h"
#include "store/hook.h"

struct receiving {
	struct mem *m;
	const struct delivery *d;
	const struct hook *hook;
	const struct receive_rules *rules;
	struct json_object *headers;	   /* with credentials redacted */
	struct json_object *shown_headers; /* without them */
	struct json_object *source;	   /* what mapping reads */
	struct json_object *checks;	   /* [{"check","verdict","detail"}] */
	struct json_object *row; /* as hookline.hook_receive takes it */
	struct buf text;	 /* the row as JSON, without its end */
	struct mapped mapped;	 /* of the last element */
	struct answer answer;
	int is_stale;	   /* it was not kept: the hook has changed */
	struct err failed; /* ERR_TEMP: it could not be judged just now */
};

/* Write down that a check ended so: "passed", "failed" or "noted".  `detail`
 * may be NULL. */
void check_add(struct receiving *r, const char *check, const char *verdict,
	       const char *detail);

/* The delivery ends here, with this outcome; `why` may be NULL. */
void decide(struct receiving *r, int status, const char *outcome,
	    const char *why);

/* decide() for a refusal: `why` is also what the sender is told. */
void refuse(struct receiving *r, int status, const char *why);

void row_set(struct receiving *r, const char *key, struct json_object *value);

/* receive_checks.c: 1 when it may come in; else it was refused. */
int receive_may_enter(struct receiving *r);

/* receive_verify.c: 1 when it comes from whom it says; else it was refused, or
 * was a question that is answered. */
int receive_is_genuine(struct receiving *r);

/* Is it a question that providers ask before they send, and was answered? */
int receive_is_question(struct receiving *r);

/* The methods a trigger takes, as an Allow header. */
const char *receive_allow(const struct hook *h, struct mem *m);

/* receive_enrol.c: map, filter, and fill the row with what to enrol. */
void receive_enrol(struct receiving *r);

#endif
