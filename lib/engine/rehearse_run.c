/*
 * rehearse_run.c - the run of a rehearsal goes on to its end: leased, advanced
 * and recorded as the executor does it, but with a clock of its own and without
 * calls.  See rehearse.h.  All of it is in a transaction that is rolled back,
 * in which the database's clock stands still: what is reckoned from now on is
 * reckoned here, by the same functions.
 */
#include "config.h"

#include "engine/rehearsing.h"

#include "base/json.h"
#include "store/run.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define EXECUTOR "rehearsal"
#define LEASES_MAX 1000
#define UTC_PATTERN "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""
#define LOCAL_PATTERN "YYYY-MM-DD\"T\"HH24:MI:SS"

/* --- time ------------------------------------------------------------------
 */

/* Let the run see the rehearsal's time. */
static int
set_clock(struct rehearsing *rh, struct run *run, struct err *e)
{
	char text[32];

	if (rh->now_us == 0) {
		rh->now_us = run->now_us;
		date_format_utc(run->now_us, text);
		json_set_string(rh->out, "started_at", text);
	}
	if (rh->now_us == run->now_us)
		return 0;
	run->now_us = rh->now_us;
	if (run_date_text(rh->in->db, rh->now_us, "UTC", UTC_PATTERN, rh->m,
			  &run->now_utc, e) == -1)
		return -1;
	return run_date_text(rh->in->db, rh->now_us, run->zone, LOCAL_PATTERN,
			     rh->m, &run->now_local, e);
}

static void
set_due(struct json_object *record, int64_t us)
{
	char text[32];

	date_format_utc(us, text);
	json_set_string(record, "due_at", text);
}

/* run_record would reckon from the real time. */
static int
reckon_due(struct rehearsing *rh, struct json_object *record, struct err *e)
{
	const char *interval = json_get_string(record, "interval");
	const char *due = json_get_string(record, "due_at");
	const char *zone = json_get_string(record, "timezone");
	struct date_env env = { rh->now_us, NULL, NULL, NULL };
	int64_t us = rh->now_us;

	if (due != NULL && date_instant(due, &env, &us, e) == -1)
		return -1;
	if (due == NULL && interval != NULL &&
	    run_instant_add(rh->in->db, &us, interval, zone, e) == -1)
		return -1;
	set_due(record, us > rh->now_us ? us : rh->now_us);
	return 0;
}

/* Time goes on to where the wait ends. */
static int
pass_time(struct rehearsing *rh, struct run *run, const char **ends_by,
	  struct err *e)
{
	const char *until = json_get_string(run->wait, "until");
	struct date_env env = { rh->now_us, NULL, NULL, NULL };
	int64_t us = rh->now_us;

	*ends_by = "contact";
	if (run->woken_by != NULL)
		return 0;
	if (rh->in->assumes_met && json_get(run->wait, "condition") != NULL) {
		*ends_by = "condition";
		rh->passage->assumes_met = 1;
		run->woken_by = "contact";
		return 0;
	}
	*ends_by = "time";
	if (until != NULL && date_instant(until, &env, &us, e) == -1)
		return -1;
	if (us > rh->now_us)
		rh->now_us = us;
	run->due_us = rh->now_us;
	return 0;
}

/* --- recording -------------------------------------------------------------
 */

static int
record(struct rehearsing *rh, struct run_verdict *v, struct err *e)
{
	struct passage *p = rh->passage;
	struct json_object *o = passage_record(p);
	struct buf list = BUF_INIT;
	int rc = 0;

	/* Whether the workflow is published is no matter here. */
	json_object_object_add(o, "may_pause", json_object_new_boolean(0));
	if (p->state == PASSAGE_WAITING)
		rc = reckon_due(rh, o, e);
	buf_addc(&list, '[');
	json_write(&list, o);
	buf_addc(&list, ']');
	if (rc == 0)
		rc = run_record(rh->in->db, &list, rh->m, v, 1, e);
	buf_free(&list);
	return rc;
}

/* What the database does not take is the run's end. */
static int
record_or_refuse(struct rehearsing *rh, struct run_verdict *v, struct err *e)
{
	struct passage *p = rh->passage;
	struct err why = ERR_INIT;

	if (record(rh, v, &why) == 0)
		return 0;
	if (why.kind == ERR_TEMP) {
		*e = why;
		return -1;
	}
	passage_refuse(p, p->run,
		       mem_printf(rh->m, "it can't be recorded: %s", why.text));
	return record(rh, v, e);
}

/* --- going on --------------------------------------------------------------
 */

/* The call is not made, and taken as done. */
static void
answer(struct rehearsing *rh)
{
	struct passage *p = rh->passage;
	struct net_call *c = &p->call;
	struct json_object *given = json_get(rh->in->answers, p->step->id);

	rehearse_tell_call(rh);
	c->outcome = NET_DONE;
	c->status = c->kind == NET_HTTP ? 200 : 250;
	snprintf(c->text, sizeof(c->text),
		 "not sent: this is a rehearsal, which goes on as if it had "
		 "been");
	if (given != NULL)
		json_write(&c->answer, given);
	passage_answered(p);
}

/* 1: it goes on under this lease; 0: not; -1. */
static int
record_act(struct rehearsing *rh, struct err *e)
{
	struct passage *p = rh->passage;
	struct run_verdict v;

	if (record_or_refuse(rh, &v, e) == -1)
		return -1;
	if (v.kind != RUN_OK || p->step == NULL || p->state != PASSAGE_ACT)
		return 0;
	passage_acted(p, v.problem);
	return 1;
}

/* Until the lease ends. */
static int
ride(struct rehearsing *rh, struct err *e)
{
	struct passage *p = rh->passage;
	struct run_verdict v;
	int rc = 1;

	while (rc == 1) {
		if (p->state == PASSAGE_CALL)
			answer(rh);
		else if (p->state == PASSAGE_ACT)
			rc = record_act(rh, e);
		else
			return record_or_refuse(rh, &v, e);
	}
	return rc;
}

/* The run as it is, leased; NULL when it has ended. */
static int
take(struct rehearsing *rh, struct run **run, struct err *e)
{
	return run_take(rh->in->db, rh->in->account_id, rh->run_id, EXECUTOR,
			rh->m, run, e);
}

static int
begin_lease(struct rehearsing *rh, struct run *run, struct err *e)
{
	struct passage *p = rh->passage;
	const char *ends_by;

	memset(p, 0, sizeof(*p));
	p->mem = rh->m;
	p->engine = &rh->engine;
	buf_init(&p->message);
	buf_init(&p->call.answer);
	buf_init(&p->call.answer_headers);
	if (set_clock(rh, run, e) == -1)
		return -1;
	if (run->is_after_wait &&
	    (pass_time(rh, run, &ends_by, e) == -1 ||
	     rehearse_tell_wait(rh, run, ends_by, e) == -1 ||
	     set_clock(rh, run, e) == -1))
		return -1;
	passage_begin(p, run, rh->plan, rh->playing);
	passage_advance(p);
	return 0;
}

static void
end_lease(struct passage *p)
{
	net_call_clear(&p->call);
	buf_free(&p->message);
}

/* What became of whom it is about. */
static void
tell_end(struct rehearsing *rh, const struct run *run)
{
	char text[32];

	date_format_utc(rh->now_us, text);
	json_set_string(rh->out, "ended_at", text);
	json_object_object_add(rh->out, "contact",
			       run->contact != NULL ? json_copy(run->contact)
						    : NULL);
}

int
rehearse_run(struct rehearsing *rh, struct err *e)
{
	struct passage passage;
	struct run *run, *last = NULL;
	int n, rc = 0;

	rh->passage = &passage;
	for (n = 0; n < LEASES_MAX; n++) {
		if (take(rh, &run, e) == -1)
			return -1;
		if (run == NULL)
			break;
		last = run;
		rc = begin_lease(rh, run, e);
		if (rc == 0)
			rc = ride(rh, e);
		end_lease(&passage);
		if (rc == -1)
			return -1;
	}
	if (last != NULL)
		tell_end(rh, last);
	rh->passage = NULL;
	return 0;
}
