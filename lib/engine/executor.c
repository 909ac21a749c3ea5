/*
 * executor.c - claim, advance, record, wait: the loop around advance.c.  One
 * claim is one statement and commits before any effect; so is one record, for
 * all runs that have something to say, one verdict each.
 */
#include "config.h"

#include "engine/executor.h"

#include "engine/outside.h"
#include "engine/passage.h"
#include "engine/plans.h"
#include "engine/prune.h"
#include "engine/sms.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define POLL_MS 250	    /* how soon a new run is noticed */
#define SEEN_EVERY_MS 15000 /* sign of life */
#define PARTITIONS_EVERY_MS 3600000
#define PARTITION_MONTHS 3
#define DB_AGAIN_MS 1000 /* at first, then twice as long each time */
#define DB_AGAIN_MAX_MS 5000
#define LONG_AGO_MS 1
#define RECORD_PATIENCE_MS                                              \
	600000		       /* beyond the lease: it may be lost, but \
				* while nobody can reach the database,  \
				* nobody takes it */
#define LOST_LEASES_TOO_MANY 4 /* even ending the run at the third failed */
#define PASSAGES_MAX 512

/* The runs of one claim share a pool. */
struct batch {
	struct mem *mem;
	int live;
};

/* A passage, and what the executor knows of it beyond advancing. */
struct ride {
	struct passage passage;
	struct batch *batch;
	struct plan_use plan;
	struct ride *next;
	int64_t lease_ends_ms;
	int is_again;	  /* not its step's first attempt */
	int is_cancelled; /* its call is waited for, nothing else */
	int needs_record, is_over;
};

struct executor {
	const struct conf *conf;
	struct db *db;
	struct net *net;
	struct engine engine;
	char name[300];
	struct plans *plans;
	struct ride *rides, **rides_end;
	int n_rides, n_again, n_advanced;
	unsigned int n_claims;
	int64_t seen_ms, partitions_ms, db_again_ms, db_wait_ms;
	struct prune_daily prune;
	int is_stopping, is_lingering, is_db_away;
	int (*also)(void *);
	void *also_arg;
	int is_also_busy;
};

static volatile sig_atomic_t stop_requested;

void
executor_also(struct executor *x, int (*fn)(void *), void *arg)
{
	x->also = fn;
	x->also_arg = arg;
}

void
executor_stop(void)
{
	stop_requested = 1;
}

static double
dice(void)
{
	unsigned int n;

	random_bytes(&n, sizeof(n));
	return (double)n / 4294967296.0;
}

static void
set_name(struct executor *x)
{
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	snprintf(x->name, sizeof(x->name), "%s:%ld", host, (long)getpid());
}

struct executor *
executor_new(const struct conf *c, const struct secrets *s, struct db *db,
	     struct err *e)
{
	struct executor *x = xmalloc(sizeof(*x));

	memset(x, 0, sizeof(*x));
	x->conf = c;
	x->rides_end = &x->rides;
	x->plans = plans_new();
	x->db = db;
	x->engine.db = db;
	x->engine.secrets = s;
	x->engine.conf = c;
	x->engine.dice = dice;
	set_name(x);
	if (backoff_parse(c->retry_schedule, &x->engine.backoff, e) == -1 ||
	    (x->engine.sms = sms_open(c, e)) == NULL ||
	    (x->net = outside_open(c, e)) == NULL) {
		executor_free(x);
		return NULL;
	}
	return x;
}

static void
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

void
executor_free(struct executor *x)
{
	struct ride *r;

	if (x == NULL)
		return;
	net_free(x->net);
	while ((r = x->rides) != NULL) {
		x->rides = r->next;
		ride_free(r);
	}
	plans_free(x->plans);
	prune_turns_end(&x->prune);
	sms_free(x->engine.sms);
	free(x);
}

static void
on_answer(struct net_call *c)
{
	struct passage *p = c->arg;

	p->is_answered = 1;
}

/* What a passage's state demands of the executor. */
static void
settle(struct ride *r)
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
	settle(r);
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

/* Lease what is due, as far as there is room. */
static int
claim(struct executor *x, struct err *e)
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

static void
start_call(struct executor *x, struct ride *r)
{
	struct passage *p = &r->passage;

	p->is_calling = 1;
	p->call.begin_by_ms = r->lease_ends_ms;
	p->call.done = on_answer;
	net_start(x->net, &p->call);
}

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
		if (!p->is_calling)
			start_call(x, r);
		break;
	case PASSAGE_ACT:
		if (p->step == NULL) {
			r->is_over = 1;
			break;
		}
		passage_acted(p, problem);
		if (x->is_stopping && p->state == PASSAGE_CALL)
			passage_give_back(p);
		settle(r);
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
		break;
	case RUN_CANCELLED:
		end_cancelled(r);
		break;
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

/* The database did not answer: when to ask again. */
static int64_t
ask_again_at(struct executor *x)
{
	int64_t wait = x->db_wait_ms == 0 ? DB_AGAIN_MS : 2 * x->db_wait_ms;

	x->db_wait_ms = wait < DB_AGAIN_MAX_MS ? wait : DB_AGAIN_MAX_MS;
	return clock_ms() + x->db_wait_ms;
}

static void
db_is_back(struct executor *x)
{
	x->is_db_away = 0;
	x->db_wait_ms = 0;
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
		next = ask_again_at(x);
		if (next > until + (stop_requested ? 0 : RECORD_PATIENCE_MS))
			break;
		log_warn("recording %d %s: %s; trying again", n,
			 n == 1 ? "run" : "runs", e->text);
		while (clock_ms() < next) /* calls go on meanwhile */
			net_wait(x->net, DB_AGAIN_MS / 10, -1);
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

static int
record_once(struct executor *x, struct err *e)
{
	struct ride *rides[PASSAGES_MAX], *r;
	int n = 0;

	for (r = x->rides; r != NULL && n < PASSAGES_MAX; r = r->next)
		if (r->needs_record && !r->is_over)
			rides[n++] = r;
	if (n == 0)
		return 0;
	if (record_stubbornly(x, rides, n, e) == -1 &&
	    (e->kind == ERR_TEMP || record_one_by_one(x, rides, n, e) == -1))
		return -1;
	db_is_back(x);
	return n;
}

/* Record until nobody has anything to record. */
static int
record_all(struct executor *x, struct err *e)
{
	int n;

	while ((n = record_once(x, e)) > 0)
		;
	return n;
}

/* A call may wait for its turn longer than a lease lasts: renew it in time.
 * When it is time to stop, its turn does not come any more. */
static void
renew_leases(struct executor *x)
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

/* Calls that need no record before they begin. */
static void
start_calls(struct executor *x)
{
	struct ride *r;

	for (r = x->rides; r != NULL; r = r->next)
		if (r->passage.state == PASSAGE_CALL && !r->needs_record &&
		    !r->passage.is_calling)
			start_call(x, r);
}

static void
take_answers(struct executor *x)
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
		settle(r);
	}
}

static void
drop_finished(struct executor *x)
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

static int
housekeeping(struct executor *x, struct err *e)
{
	int64_t now = clock_ms();

	if (x->partitions_ms == 0 ||
	    now - x->partitions_ms > PARTITIONS_EVERY_MS) {
		x->partitions_ms = now;
		if (partition_ensure(x->db, PARTITION_MONTHS, e) == -1) {
			if (e->kind == ERR_TEMP)
				return -1;
			log_warn("partitions of delivery: %s", e->text);
		}
	}
	if (!x->is_stopping &&
	    prune_turn(&x->prune, x->db, x->conf->keep_days, e) == -1)
		return -1;
	if (x->seen_ms != 0 && now - x->seen_ms < SEEN_EVERY_MS)
		return 0;
	x->seen_ms = now;
	return executor_seen(x->db, x->name, e);
}

/* Claim more.  A database that is away is waited for, also when it never was
 * there: an executor started instead would know no more than this one. */
static int
look_for_work(struct executor *x, struct err *e)
{
	int n = 0;

	if (x->is_db_away && clock_ms() < x->db_again_ms)
		return 0;
	if (housekeeping(x, e) == -1 ||
	    (!x->is_stopping && (n = claim(x, e)) == -1)) {
		if (e->kind != ERR_TEMP)
			return -1;
		if (!x->is_db_away && x->is_lingering)
			log_warn("%s; waiting for it", e->text);
		x->is_db_away = 1;
		x->db_again_ms = ask_again_at(x);
		return 0;
	}
	db_is_back(x);
	return n;
}

/* One turn: claim, start, record, wait for answers. */
static int
turn(struct executor *x, struct err *e)
{
	int claimed;

	x->is_also_busy = x->also != NULL && !x->is_stopping &&
			  !x->is_db_away && x->also(x->also_arg);
	claimed = look_for_work(x, e);
	if (claimed == -1)
		return -1;
	renew_leases(x);
	if (record_all(x, e) == -1)
		return -1;
	start_calls(x);
	drop_finished(x);
	if (claimed == 0 && !x->is_also_busy &&
	    (x->n_rides > 0 || !x->is_stopping))
		net_wait(x->net, POLL_MS, -1);
	else if (x->n_rides > 0)
		net_wait(x->net, 0, -1);
	take_answers(x);
	if (record_all(x, e) == -1)
		return -1;
	drop_finished(x);
	return claimed;
}

/* Lingering ends at its deadline whatever is due: cron has started another
 * executor by then.  Without lingering, the end is when nothing is due. */
static int
is_time_to_stop(const struct executor *x, int linger_s, int64_t deadline,
		int claimed)
{
	if (stop_requested)
		return 1;
	if (linger_s > 0)
		return clock_ms() >= deadline;
	return claimed == 0 && x->n_rides == 0 && !x->is_also_busy &&
	       x->prune.mem == NULL;
}

int
executor_work(struct executor *x, int linger_s, struct err *e)
{
	int64_t deadline = clock_ms() + 1000 * (int64_t)linger_s;
	int claimed;

	x->n_advanced = 0;
	x->is_stopping = 0;
	x->is_lingering = linger_s > 0;
	do {
		claimed = turn(x, e);
		if (claimed == -1)
			return -1;
		x->is_stopping =
			is_time_to_stop(x, linger_s, deadline, claimed);
	} while (!x->is_stopping || x->n_rides > 0);
	if (x->is_db_away)
		return err_context(e, "the database is%s away",
				   x->is_lingering ? " still" : "");
	return x->n_advanced;
}
