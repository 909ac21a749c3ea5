/*
 * executor.c - claim, advance, record, wait: the loop around advance.c.  One
 * claim is one statement and commits before any effect (ride.c); so is one
 * record, for all runs that have something to say, one verdict each (record.c).
 */
#include "config.h"

#include "engine/executing.h"

#include "engine/outside.h"
#include "engine/sms.h"

#include "base/clock.h"
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
#define DB_AGAIN_MAX_MS 5000

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

int
executor_is_stopped(void)
{
	return stop_requested;
}

static double
dice(void)
{
	unsigned int n;

	random_bytes(&n, sizeof(n));
	return (double)n / 4294967296.0;
}

/* A destination is tried by a call, which is over before its lease is.  A slow
 * one may have twice as many calls here as go on at once. */
static struct breakers *
open_breakers(const struct executor *x)
{
	const struct conf *c = x->conf;
	int half = (c->max_in_flight + 1) / 2;
	struct breakers_options o = { .db = x->db,
				      .executor = x->name,
				      .dice = dice,
				      .probe_s = c->lease_seconds,
				      .share = 2 * c->per_destination };

	if (o.share > half)
		o.share = half;
	return breakers_new(&o);
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
	x->breakers = open_breakers(x);
	if (backoff_parse(c->retry_schedule, &x->engine.backoff, e) == -1 ||
	    (x->engine.sms = sms_open(c, e)) == NULL ||
	    (x->net = outside_open(c, e)) == NULL) {
		executor_free(x);
		return NULL;
	}
	return x;
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
	breakers_free(x->breakers);
	plans_free(x->plans);
	prune_turns_end(&x->prune);
	sms_free(x->engine.sms);
	free(x);
}

int64_t
executor_ask_again_at(struct executor *x)
{
	int64_t wait = x->db_wait_ms == 0 ? DB_AGAIN_MS : 2 * x->db_wait_ms;

	x->db_wait_ms = wait < DB_AGAIN_MAX_MS ? wait : DB_AGAIN_MAX_MS;
	return clock_ms() + x->db_wait_ms;
}

void
executor_db_is_back(struct executor *x)
{
	x->is_db_away = 0;
	x->db_wait_ms = 0;
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
	    (prune_turn(&x->prune, x->db, x->conf->keep_days, e) == -1 ||
	     tally_turn(&x->tally, x->db, e) == -1))
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
	    (!x->is_stopping && (n = rides_claim(x, e)) == -1)) {
		if (e->kind != ERR_TEMP)
			return -1;
		if (!x->is_db_away && x->is_lingering)
			log_warn("%s; waiting for it", e->text);
		x->is_db_away = 1;
		x->db_again_ms = executor_ask_again_at(x);
		return 0;
	}
	executor_db_is_back(x);
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
	rides_renew_leases(x);
	rides_make_room(x);
	if (rides_record(x, e) == -1)
		return -1;
	rides_start_calls(x);
	rides_drop_finished(x);
	if (claimed == 0 && !x->is_also_busy &&
	    (x->n_rides > 0 || !x->is_stopping))
		net_wait(x->net, POLL_MS);
	else if (x->n_rides > 0)
		net_wait(x->net, 0);
	rides_take_answers(x);
	if (rides_record(x, e) == -1)
		return -1;
	rides_drop_finished(x);
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
