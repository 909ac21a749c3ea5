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

#define CROWD_MS 2000 /* so long may calls wait where places are short */
#define LOST_LEASES_SUSPECT 2
#define LOST_LEASES_TOO_MANY 4 /* even ending the run at the third failed */

/* The runs of one claim share a pool. */
struct batch {
	struct mem *mem;
	int live;
};

static void
leave_batch(struct batch *b)
{
	if (--b->live > 0)
		return;
	mem_free(b->mem);
	free(b);
}

void
ride_free(struct ride *r)
{
	net_call_clear(&r->passage.call);
	buf_free(&r->passage.message);
	mem_free(r->passage.mem);
	breakers_leave(r->breaker);
	plans_end_use(&r->plan);
	leave_batch(r->batch);
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
	batch->live++;
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
	r->is_again = run->attempt > 1 || run->was_held;
	r->is_suspect = run->lost_leases >= LOST_LEASES_SUSPECT;
	*x->rides_end = r;
	x->rides_end = &r->next;
	x->n_rides++;
	x->n_again += r->is_again;
	x->n_suspect += r->is_suspect;
	x->n_advanced++;
	return 0;
}

/* How many of `room` places are for runs that are tried again or were held:
 * half, and never more than half of all there are, so that a backlog of those
 * that wait for a dead destination does not hold up what is new. */
static int
room_again(struct executor *x, int room)
{
	int most = (x->conf->max_in_flight + 1) / 2 - x->n_again;
	int half = room / 2 + (room % 2 && x->n_claims++ % 2);

	if (most < 0)
		most = 0;
	return half < most ? half : most;
}

/* Of the runs that lost two leases in a row together, one is the culprit: they
 * are advanced one at a time, when all others are recorded. */
static int
begin_rides(struct executor *x, struct batch *batch, struct run *runs, int n,
	    struct err *e)
{
	int i;

	for (i = 0; i < n; i++)
		if (runs[i].lost_leases < LOST_LEASES_SUSPECT &&
		    begin_ride(x, batch, &runs[i], e) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (runs[i].lost_leases >= LOST_LEASES_SUSPECT &&
		    (rides_record(x, e) == -1 ||
		     begin_ride(x, batch, &runs[i], e) == -1))
			return -1;
	return 0;
}

int
rides_claim(struct executor *x, struct err *e)
{
	int max = x->conf->max_in_flight - x->n_rides;
	int n, n_set_aside = 0, n_more = 0;
	struct run_room room = { .suspect = x->n_suspect == 0 };
	struct batch *batch;
	struct run *runs;

	room.max = max < x->conf->claim_batch ? max : x->conf->claim_batch;
	if (room.max <= 0)
		return 0;
	batch = xmalloc(sizeof(*batch));
	batch->mem = mem_new();
	batch->live = 1; /* ours, until all rides have begun */
	room.again = room_again(x, room.max);
	n = run_claim(x->db, x->name, x->conf->lease_seconds, &room,
		      &n_set_aside, batch->mem, &runs, e);
	if (n == 0 && room.again == 0 && room_again(x, 1) > 0) {
		room.max = room.again = 1; /* it was not their turn */
		n = run_claim(x->db, x->name, x->conf->lease_seconds, &room,
			      &n_more, batch->mem, &runs, e);
	}
	if (n > 0 && begin_rides(x, batch, runs, n, e) == -1)
		n = -1;
	leave_batch(batch);
	return n == -1 ? -1 : n + n_set_aside + n_more;
}

static int
has_call_ahead(const struct ride *r)
{
	return r->passage.state == PASSAGE_CALL && !r->passage.is_calling &&
	       !r->needs_record && !r->is_over;
}

/* Which destination the call has, unless it is one that can't be made. */
static void
enter_breaker(struct executor *x, struct ride *r)
{
	struct passage *p = &r->passage;
	const char *key = net_destination(x->net, &p->call, p->mem);

	if (key != NULL)
		r->breaker =
			breakers_enter(x->breakers, effect_destination(p, key));
}

static void
leave_breaker(struct ride *r)
{
	breakers_leave(r->breaker);
	r->breaker = NULL;
	r->is_sent_away = r->is_locked_out = 0;
}

static void
hold(struct ride *r, const struct hold *why)
{
	passage_hold(&r->passage, why->ms, why->key, why->why);
	leave_breaker(r);
	ride_settle(r);
}

static void
start_call(struct executor *x, struct ride *r)
{
	struct passage *p = &r->passage;
	struct hold why;

	if (r->breaker != NULL && !breakers_admit(x->breakers, r->breaker,
						  p->mem, &r->is_probe, &why)) {
		hold(r, &why);
		return;
	}
	p->is_calling = 1;
	p->call.begin_by_ms = r->lease_ends_ms;
	p->call.done = on_answer;
	r->asked_ms = clock_ms();
	net_start(x->net, &p->call);
}

void
rides_start_calls(struct executor *x)
{
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next)
		if (has_call_ahead(r) && r->breaker == NULL)
			enter_breaker(x, r);
	breakers_refresh(x->breakers);
	for (r = x->rides; r != NULL; r = r->next)
		if (has_call_ahead(r))
			start_call(x, r);
}

/* Does its call wait for its turn? */
static int
is_queued(const struct ride *r)
{
	return r->breaker != NULL && r->passage.is_calling &&
	       !r->passage.is_answered && !r->passage.call.is_begun &&
	       !r->is_over && !r->is_cancelled;
}

/* A destination has more calls than it gets through.  As long as there are
 * places, they may wait; else the last of them go. */
void
rides_make_room(struct executor *x)
{
	int64_t long_ago = clock_ms() - CROWD_MS;
	struct ride *r;

	if (x->n_rides < x->conf->max_in_flight)
		return;
	for (r = x->rides; r != NULL; r = r->next) {
		if (r->breaker == NULL)
			continue;
		breakers_begin_count(r->breaker);
		if (is_queued(r) && r->asked_ms < long_ago)
			breakers_crowd(r->breaker);
	}
	for (r = x->rides; r != NULL; r = r->next) {
		if (r->breaker == NULL ||
		    breakers_keeps(x->breakers, r->breaker) || !is_queued(r))
			continue;
		r->is_sent_away = 1;
		r->passage.call.begin_by_ms = LONG_AGO_MS;
	}
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

static int
has_answer(const struct ride *r)
{
	return r->passage.is_calling && r->passage.is_answered;
}

/* What the answer says of its destination, also where the run is not ours any
 * more. */
static void
hear(struct ride *r)
{
	enum breaker_sign sign;

	if (r->breaker == NULL)
		return;
	sign = effect_sign(&r->passage);
	r->is_locked_out = sign == BREAKER_LOCKED;
	breakers_heard(r->breaker, r->is_probe, sign,
		       r->passage.call.is_begun ? r->passage.call.elapsed_ms
						: 0,
		       r->passage.call.text);
	r->is_probe = 0;
}

/* Calls that wait for a destination which is left alone now go. */
static void
send_away_held(struct executor *x)
{
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next)
		if (is_queued(r) && breakers_is_held(r->breaker))
			r->passage.call.begin_by_ms = LONG_AGO_MS;
}

/* Has the call come to nothing by its destination's fault, so that the run is
 * to be held and no attempt lost? */
static int
is_to_be_held(struct executor *x, struct ride *r, struct hold *why)
{
	struct passage *p = &r->passage;

	if (r->breaker == NULL || (!p->call.is_late && !r->is_locked_out))
		return 0;
	if (breakers_is_held(r->breaker))
		breakers_hold(x->breakers, r->breaker, p->mem, why);
	else if (r->is_sent_away || r->is_locked_out)
		breakers_turn(x->breakers, r->breaker, p->mem, why);
	else
		return 0;
	if (r->is_locked_out && !breakers_is_held(r->breaker))
		why->why = mem_strdup(p->mem, p->call.text);
	return 1;
}

static void
take_answer(struct executor *x, struct ride *r)
{
	struct passage *p = &r->passage;
	int is_late = p->call.is_late;
	struct hold why;

	if (r->is_over) { /* its lease was lost meanwhile */
		p->is_calling = 0;
		return;
	}
	if (is_to_be_held(x, r, &why)) {
		hold(r, &why);
		return;
	}
	leave_breaker(r);
	if (!is_late)
		passage_answered(p);
	if (is_late || (x->is_stopping && p->state == PASSAGE_CALL))
		passage_give_back(p);
	ride_settle(r);
}

void
rides_take_answers(struct executor *x)
{
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next)
		if (has_answer(r))
			hear(r);
	breakers_save(x->breakers);
	for (r = x->rides; r != NULL; r = r->next)
		if (has_answer(r))
			take_answer(x, r);
	send_away_held(x);
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
		x->n_suspect -= r->is_suspect;
		ride_free(r);
	}
	x->rides_end = at;
}
