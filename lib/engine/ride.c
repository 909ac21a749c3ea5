/*
 * ride.c - the rides of an executor: a run is claimed, advances, has its call
 * made and the answer taken, and leaves.  See executing.h; what advancing is,
 * is advance.c.
 */
#include "config.h"

#include "engine/executing.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define LOST_LEASES_TOO_MANY 4 /* even ending the run at the third failed */

/* The runs of one claim share a pool. */
struct batch {
	struct mem *mem;
	int live;
};

void
ride_free(struct ride *r)
{
	net_call_clear(&r->passage.call);
	buf_free(&r->passage.message);
	mem_free(r->passage.mem);
	plans_end_use(&r->plan);
	if (--r->batch->live == 0) {
		mem_free(r->batch->mem);
		free(r->batch);
	}
	free(r);
}

static void
on_answer(struct net_call *c)
{
	struct passage *p = c->arg;

	p->is_answered = 1;
}

void
ride_settle(struct ride *r)
{
	struct passage *p = &r->passage;

	r->needs_record = p->state != PASSAGE_CALL ||
			  json_object_array_length(p->steps) > 0;
}

static struct ride *
new_ride(struct executor *x, struct batch *batch)
{
	struct ride *r = xmalloc(sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->batch = batch;
	r->lease_ends_ms = clock_ms() + 1000 * x->conf->lease_seconds;
	r->passage.mem = mem_new();
	r->passage.engine = &x->engine;
	buf_init(&r->passage.message);
	buf_init(&r->passage.call.answer);
	buf_init(&r->passage.call.answer_headers);
	return r;
}

/* Advance, or end, a run that was leased.  -1: the database went away. */
static int
begin_passage(struct executor *x, struct ride *r, struct run *run,
	      struct err *e)
{
	if (run->problem != NULL) {
		passage_refuse(&r->passage, run, run->problem);
		return 0;
	}
	if (run->lost_leases >= LOST_LEASES_TOO_MANY) {
		passage_refuse(&r->passage, run,
			       "it made its executors die again and again");
		return 0;
	}
	if (plans_use(x->plans, x->db, run, r->passage.mem, &r->plan, e) ==
	    -1) {
		if (e->kind == ERR_TEMP)
			return -1;
		passage_refuse(&r->passage, run, e->text);
		return 0;
	}
	passage_begin(&r->passage, run, r->plan.plan, r->plan.document);
	passage_advance(&r->passage);
	return 0;
}

static int
begin_ride(struct executor *x, struct batch *batch, struct run *run,
	   struct err *e)
{
	struct ride *r = new_ride(x, batch);

	if (begin_passage(x, r, run, e) == -1) {
		ride_free(r);
		return -1;
	}
	ride_settle(r);
	r->is_again = run->attempt > 1;
	*x->rides_end = r;
	x->rides_end = &r->next;
	x->n_rides++;
	x->n_again += r->is_again;
	x->n_advanced++;
	return 0;
}

/* How many of `room` places are for runs that are tried again: half, and never
 * more than half of all there are, so that a backlog of retries that wait for
 * a dead destination does not hold up what is new. */
static int
room_again(struct executor *x, int room)
{
	int most = (x->conf->max_in_flight + 1) / 2 - x->n_again;
	int half = room / 2 + (room % 2 && x->n_claims++ % 2);

	if (most < 0)
		most = 0;
	return half < most ? half : most;
}

int
rides_claim(struct executor *x, struct err *e)
{
	int room = x->conf->max_in_flight - x->n_rides;
	struct batch *batch;
	struct run *runs;
	int i, n, again;

	if (room > x->conf->claim_batch)
		room = x->conf->claim_batch;
	if (room <= 0)
		return 0;
	batch = xmalloc(sizeof(*batch));
	batch->mem = mem_new();
	again = room_again(x, room);
	n = run_claim(x->db, x->name, x->conf->lease_seconds, room, again,
		      batch->mem, &runs, e);
	if (n == 0 && again == 0 && room_again(x, 1) > 0) /* not their turn */
		n = run_claim(x->db, x->name, x->conf->lease_seconds, 1, 1,
			      batch->mem, &runs, e);
	batch->live = n + 1; /* one is ours, until all rides have begun */
	for (i = 0; i < n; i++)
		if (begin_ride(x, batch, &runs[i], e) == -1) {
			batch->live -= n - i - 1;
			n = -1;
			break;
		}
	if (n == -1 && batch->live < 1)
		batch->live = 1;
	if (--batch->live <= 0) {
		mem_free(batch->mem);
		free(batch);
	}
	return n;
}

void
ride_start_call(struct executor *x, struct ride *r)
{
	struct passage *p = &r->passage;

	p->is_calling = 1;
	p->call.begin_by_ms = r->lease_ends_ms;
	p->call.done = on_answer;
	net_start(x->net, &p->call);
}

void
rides_start_calls(struct executor *x)
{
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next)
		if (r->passage.state == PASSAGE_CALL && !r->needs_record &&
		    !r->passage.is_calling)
			ride_start_call(x, r);
}

void
rides_renew_leases(struct executor *x)
{
	int64_t soon = clock_ms() + 500 * x->conf->lease_seconds;
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next) {
		if (!r->passage.is_calling || r->is_over || r->is_cancelled)
			continue;
		if (x->is_stopping)
			r->passage.call.begin_by_ms = LONG_AGO_MS;
		if (r->lease_ends_ms < soon)
			r->needs_record = 1;
	}
}

void
rides_take_answers(struct executor *x)
{
	struct passage *p;
	struct ride *r;
	int is_late;

	for (r = x->rides; r != NULL; r = r->next) {
		p = &r->passage;
		if (!p->is_calling || !p->is_answered)
			continue;
		if (r->is_over) { /* its lease was lost meanwhile */
			p->is_calling = 0;
			continue;
		}
		is_late = p->call.is_late;
		if (!is_late)
			passage_answered(p);
		if (is_late || (x->is_stopping && p->state == PASSAGE_CALL))
			passage_give_back(p);
		ride_settle(r);
	}
}

void
rides_drop_finished(struct executor *x)
{
	struct ride **at = &x->rides, *r;

	while ((r = *at) != NULL) {
		if (!r->is_over || r->passage.is_calling) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		x->n_rides--;
		x->n_again -= r->is_again;
		ride_free(r);
	}
	x->rides_end = at;
}
