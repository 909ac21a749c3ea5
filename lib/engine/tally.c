/*
 * tally.c - an executor's turns at the sums of runs.  See tally.h.
 */
#include "config.h"

#include "engine/tally.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/workflow.h"

#include "base/banned.h"

#define EVERY_MS 60000
#define TURN_MS 100
#define RUNS_AT_ONCE 10000

int
tally_turn(struct tally_turns *t, struct db *db, struct err *e)
{
	int64_t now = clock_ms(), end = now + TURN_MS;
	int rc;

	if (t->done_ms != 0 && now - t->done_ms < EVERY_MS)
		return 0;
	do
		rc = workflow_tally(db, RUNS_AT_ONCE, e);
	while (rc == 1 && clock_ms() < end);
	if (rc != 1)
		t->done_ms = now;
	if (rc != -1)
		return 0;
	if (e->kind == ERR_TEMP)
		return -1;
	log_warn("the numbers of runs are not summed: %s", e->text);
	return 0;
}
