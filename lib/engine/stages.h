/*
 * stages.h - where the time of one request goes: laps on the monotonic clock,
 * cheap enough to be taken of every request.  Who tells whom of them is not
 * known here.
 */
#ifndef ENGINE_STAGES_H
#define ENGINE_STAGES_H

#include <stdint.h>

enum stage {
	STAGE_READ,   /* the request was read and decoded */
	STAGE_FIND,   /* the hook behind its token was found */
	STAGE_JUDGE,  /* verified, mapped and filtered, in memory */
	STAGE_WAIT,   /* the statement before its own was still under way */
	STAGE_KEEP,   /* its statement, shared or alone, and the commit */
	STAGE_SPOOL,  /* it was put into the spool instead */
	STAGE_ANSWER, /* the answer was handed to the web server */
	STAGES
};

/* Zero for a stage that it did not come to. */
struct stages {
	int64_t began_us, last_us; /* monotonic clock */
	int64_t us[STAGES];
};

void stages_begin(struct stages *s);

/* What was done since the stage before ended, or since the beginning, was
 * this. */
void stage_end(struct stages *s, enum stage stage);

#endif
