/*
 * record.c - what rides have to say is written down: one statement for all of
 * them, one verdict each, and what the verdict means.  See executing.h.
 */
#include "config.h"

#include "engine/executing.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include "base/banned.h"

/* Beyond the lease: it may be lost, but while nobody can reach the database,
 * nobody takes it. */
#define RECORD_PATIENCE_MS 600000
#define PASSAGES_MAX 512

/* The record of a ride was taken: what now?  `problem` is the act's. */
static void
go_on(struct executor *x, struct ride *r, const char *problem)
{
	struct passage *p = &r->passage;

	r->needs_record = 0;
	r->lease_ends_ms = clock_ms() + 1000 * x->conf->lease_seconds;
	switch (p->state) {
	case PASSAGE_CALL:
		passage_recorded(p);
		p->call.begin_by_ms = r->lease_ends_ms;
		if (p->call.leave == QUEUE_LEAVE_ASKED)
			p->call.leave = QUEUE_LEAVE_GIVEN;
		break;
	case PASSAGE_ACT:
		if (p->step == NULL) {
			r->is_over = 1;
			break;
		}
		passage_acted(p, problem);
		if (x->is_stopping && p->state == PASSAGE_CALL)
			passage_give_back(p);
		ride_settle(r);
		break;
	default:
		r->is_over = 1;
	}
}

/* The run was cancelled.  A call on its way is waited for, so that what came
 * of it is written down; one that waits for its turn is not made. */
static void
end_cancelled(struct ride *r)
{
	struct passage *p = &r->passage;

	if (!r->is_cancelled)
		log_info("run %s was cancelled", p->run->id);
	r->needs_record = 0;
	r->is_cancelled = 1;
	r->is_over = !p->is_calling;
	p->call.begin_by_ms = LONG_AGO_MS;
}

static void
take_verdict(struct executor *x, struct ride *r, const struct run_verdict *v)
{
	const struct run *run = r->passage.run;

	switch (v->kind) {
	case RUN_OK:
		go_on(x, r, v->problem);
		break;
	case RUN_LOST:
		log_warn("run %s: the lease was lost; another executor decides",
			 run->id);
		r->is_over = 1;
		r->passage.call.begin_by_ms = LONG_AGO_MS;
		break;
	case RUN_CANCELLED:
		end_cancelled(r);
		break;
	case RUN_PAUSED:
	case RUN_ACT_FAILED:
		r->is_over = 1;
		break;
	}
}

static int
record_list(struct executor *x, struct ride **rides, int n, struct err *e)
{
	struct mem *m = mem_new();
	struct run_verdict *verdicts =
		mem_alloc(m, (size_t)n * sizeof(*verdicts));
	struct buf list = BUF_INIT;
	int i, rc;

	for (i = 0; i < n; i++) {
		buf_addc(&list, i == 0 ? '[' : ',');
		json_write(&list, passage_record(&rides[i]->passage));
	}
	buf_addc(&list, ']');
	rc = run_record(x->db, &list, m, verdicts, n, e);
	buf_free(&list);
	for (i = 0; rc == 0 && i < n; i++)
		take_verdict(x, rides[i], &verdicts[i]);
	mem_free(m);
	return rc;
}

/* What was done must be written down: a run whose lease passes without a
 * record does its step again. */
static int
record_stubbornly(struct executor *x, struct ride **rides, int n, struct err *e)
{
	int64_t until = rides[0]->lease_ends_ms, next;
	int rc;

	while ((rc = record_list(x, rides, n, e)) == -1 &&
	       e->kind == ERR_TEMP) {
		next = executor_ask_again_at(x);
		if (next >
		    until + (executor_is_stopped() ? 0 : RECORD_PATIENCE_MS))
			break;
		log_warn("recording %d %s: %s; trying again", n,
			 n == 1 ? "run" : "runs", e->text);
		while (clock_ms() < next) /* calls go on meanwhile */
			net_wait(x->net, DB_AGAIN_MS / 10);
	}
	return rc;
}

/* The database does not take what the run did: that is its end. */
static int
record_refusal(struct executor *x, struct ride *r, struct err *e)
{
	struct passage *p = &r->passage;

	log_error("run %s can't be recorded: %s", p->run->id, e->text);
	passage_refuse(p, p->run,
		       mem_printf(p->mem, "it can't be recorded: %s", e->text));
	if (record_stubbornly(x, &r, 1, e) == 0)
		return 0;
	r->is_over = 1;
	r->needs_record = 0;
	return e->kind == ERR_TEMP ? -1 : 0;
}

/* One run's record that the database will not take must not hold up the
 * others: alone, it is told apart. */
static int
record_one_by_one(struct executor *x, struct ride **rides, int n, struct err *e)
{
	int i;

	for (i = 0; i < n; i++) {
		if (record_stubbornly(x, &rides[i], 1, e) == 0)
			continue;
		if (e->kind == ERR_TEMP || record_refusal(x, rides[i], e) == -1)
			return -1;
	}
	return 0;
}

/* Its turn has come: that it is about to be sent is written down first, for
 * what may not be sent twice. */
static int
asks_for_leave(const struct ride *r)
{
	return r->passage.is_calling && !r->passage.is_answered &&
	       !r->is_cancelled && r->passage.call.leave == QUEUE_LEAVE_ASKED;
}

static int
record_once(struct executor *x, struct err *e)
{
	struct ride *rides[PASSAGES_MAX], *r;
	int n = 0;

	for (r = x->rides; r != NULL && n < PASSAGES_MAX; r = r->next)
		if ((r->needs_record || asks_for_leave(r)) && !r->is_over)
			rides[n++] = r;
	if (n == 0)
		return 0;
	if (record_stubbornly(x, rides, n, e) == -1 &&
	    (e->kind == ERR_TEMP || record_one_by_one(x, rides, n, e) == -1))
		return -1;
	executor_db_is_back(x);
	return n;
}

int
rides_record(struct executor *x, struct err *e)
{
	int n;

	while ((n = record_once(x, e)) > 0)
		;
	return n;
}
