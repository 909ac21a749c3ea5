/*
 * prune.c - what is kept no longer goes.  See prune.h.
 */
#include "config.h"

#include "engine/prune.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "flow/duration.h"
#include "store/db.h"
#include "store/retention.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

#define BATCH 1000 /* rows: some milliseconds */
#define DAY_S 86400
#define WINDOW_DAYS 7 /* the least that keys are kept, and the usual */
#define MONTH_DAYS 31 /* of a window: rather too long */
#define TURN_MS 100
#define ASK_EVERY_MS 60000
#define LEASE_S 120 /* an executor that ends is followed by another */

static int64_t
window_seconds(const char *text)
{
	struct err e = ERR_INIT;
	struct duration d;

	if (text == NULL || duration_parse(text, &d, &e) == -1)
		return 0;
	return ((int64_t)d.months * MONTH_DAYS + d.days) * DAY_S + d.seconds;
}

/* The longest window in use, and some days: an entry of a spool may be late. */
static int
longest_window(struct prune *p, struct db *db, struct err *e)
{
	struct json_object *list;
	int64_t s;

	p->window_s = WINDOW_DAYS * DAY_S;
	if (retention_windows(db, p->mem, &list, e) == -1)
		return -1;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		s = window_seconds(json_object_get_string(
			json_object_array_get_idx(list, i)));
		if (s > p->window_s)
			p->window_s = s;
	}
	p->window_s += DAY_S;
	return 0;
}

int
prune_begin(struct prune *p, struct db *db, int days, struct mem *m,
	    struct err *e)
{
	memset(p, 0, sizeof(*p));
	p->days = days;
	p->mem = m;
	p->stage = days > 0 ? PRUNE_PARTITIONS : PRUNE_LEFTOVERS;
	p->partitions = json_pool(m, json_object_new_array());
	return longest_window(p, db, e);
}

/* One that is still there will be tried again the next time, and those after
 * it. */
static int
drop_partition(struct prune *p, struct db *db, struct err *e)
{
	struct json_object *o;

	if (retention_drop(db, p->days, p->mem, &o, e) == -1)
		return -1;
	if (o != NULL)
		json_object_array_add(p->partitions, json_object_get(o));
	if (o == NULL || json_get_string(o, "problem") != NULL)
		p->stage = PRUNE_DELIVERIES;
	return 1;
}

static int
delete_deliveries(struct prune *p, struct db *db, struct err *e)
{
	int n = retention_deliveries(db, p->days, BATCH, e);

	if (n == -1)
		return -1;
	p->deliveries += n;
	if (n == 0)
		p->stage = PRUNE_LEFTOVERS;
	return 1;
}

static int
delete_leftovers(struct prune *p, struct db *db, struct err *e)
{
	struct retention_leftovers n;

	if (retention_leftovers(db, p->window_s, BATCH, &n, e) == -1)
		return -1;
	p->dedup_keys += n.dedup_keys;
	p->spool_entries += n.spool_entries;
	p->sessions += n.sessions;
	if (n.dedup_keys == 0 && n.spool_entries == 0 && n.sessions == 0) {
		p->stage = PRUNE_DONE;
		return retention_done(db, e);
	}
	return 1;
}

int
prune_step(struct prune *p, struct db *db, struct err *e)
{
	switch (p->stage) {
	case PRUNE_PARTITIONS:
		return drop_partition(p, db, e);
	case PRUNE_DELIVERIES:
		return delete_deliveries(p, db, e);
	case PRUNE_LEFTOVERS:
		return delete_leftovers(p, db, e);
	case PRUNE_DONE:
		break;
	}
	return 0;
}

int
prune_preview(const struct prune *p, struct db *db, struct json_object **out,
	      struct err *e)
{
	return retention_preview(db, p->days, p->window_s, p->mem, out, e);
}

struct json_object *
prune_result(const struct prune *p)
{
	struct json_object *o = json_pool(p->mem, json_object_new_object());

	json_object_object_add(o, "partitions", json_object_get(p->partitions));
	json_object_object_add(o, "deliveries",
			       json_object_new_int64(p->deliveries));
	json_object_object_add(o, "dedup_keys",
			       json_object_new_int64(p->dedup_keys));
	json_object_object_add(o, "spool_entries",
			       json_object_new_int64(p->spool_entries));
	json_object_object_add(o, "sessions",
			       json_object_new_int64(p->sessions));
	return o;
}

/* --- an executor's turns -------------------------------------------------- */

static void
log_partition(struct json_object *o)
{
	const char *name = json_get_string(o, "partition");
	const char *problem = json_get_string(o, "problem");

	if (problem == NULL)
		log_info("%s was dropped", name);
	else
		log_warn("%s is kept until tomorrow: %s", name, problem);
}

static void
log_result(const struct prune *p)
{
	size_t i, n = json_object_array_length(p->partitions);

	for (i = 0; i < n; i++)
		log_partition(json_object_array_get_idx(p->partitions, i));
	if (p->deliveries + p->dedup_keys + p->spool_entries + p->sessions > 0)
		log_info("removed %" PRId64 " old deliveries, %" PRId64
			 " dedup keys, %" PRId64 " entries of spools, %" PRId64
			 " logins",
			 p->deliveries, p->dedup_keys, p->spool_entries,
			 p->sessions);
}

void
prune_turns_end(struct prune_daily *d)
{
	mem_free(d->mem);
	d->mem = NULL;
}

static int
begin_day(struct prune_daily *d, struct db *db, int days, struct err *e)
{
	int rc = retention_due(db, LEASE_S, e);

	if (rc <= 0)
		return rc;
	d->mem = mem_new();
	return prune_begin(&d->job, db, days, d->mem, e);
}

static int
take_steps(struct prune_daily *d, struct db *db, struct err *e)
{
	int64_t end = clock_ms() + TURN_MS;
	int rc;

	do
		rc = prune_step(&d->job, db, e);
	while (rc == 1 && clock_ms() < end);
	if (rc == 0) {
		log_result(&d->job);
		prune_turns_end(d);
	}
	return rc;
}

int
prune_turn(struct prune_daily *d, struct db *db, int days, struct err *e)
{
	int64_t now = clock_ms();
	int rc = 0;

	if (d->mem == NULL) {
		if (d->asked_ms != 0 && now - d->asked_ms < ASK_EVERY_MS)
			return 0;
		d->asked_ms = now;
		rc = begin_day(d, db, days, e);
	}
	if (rc != -1 && d->mem != NULL)
		rc = take_steps(d, db, e);
	if (rc != -1)
		return 0;
	prune_turns_end(d);
	if (e->kind == ERR_TEMP)
		return -1;
	log_warn("old deliveries are not removed: %s", e->text);
	return 0;
}
