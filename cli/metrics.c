/*
 * metrics.c - hookline metrics: what to watch, in the text format of
 * OpenMetrics 1.0, for the collector of a monitoring system.  Numbers that the
 * database has are left out while it is away; that is a number too.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "engine/connect.h"
#include "engine/spool.h"
#include "store/db.h"
#include "store/metrics.h"

#include <stdio.h>

#include "base/banned.h"

#define APPLICATION "hookline:metrics"
#define DEADLINE_MS 30000

/* One family: all are gauges.  `key` is its member of the answer: a number, or
 * with a label an object of numbers by the label's values. */
struct family {
	const char *name, *unit, *key, *label, *help;
};

/* clang-format off */
static const struct family families[] = {
	{ "hookline_database_up", NULL, "database_up", NULL,
	  "Whether the database answered with the numbers below: 1 or 0." },
	{ "hookline_runs", NULL, "runs", "status",
	  "Runs by status. Those that are over are estimated where there are many." },
	{ "hookline_due_runs", NULL, "due", NULL,
	  "Runs that are due now." },
	{ "hookline_due_oldest_age_seconds", "seconds", "due_age_s", NULL,
	  "Since when the oldest of them is due." },
	{ "hookline_lease_overrun_seconds", "seconds", "lease_overrun_s", NULL,
	  "Since when the oldest lease is over whose run nobody took up: its executor died." },
	{ "hookline_executors", NULL, "executors", NULL,
	  "Executors that gave a sign of life in the last 150 seconds." },
	{ "hookline_executor_seen_age_seconds", "seconds", "executor_seen_s", NULL,
	  "Since the last sign of life of any executor." },
	{ "hookline_deliveries_last_day", NULL, "deliveries", "outcome",
	  "Deliveries of the last 24 hours by outcome." },
	{ "hookline_spool_entries", NULL, "spool", "state",
	  "Deliveries in this machine's spool: they wait for the database, or could not be brought in." },
	{ "hookline_spool_oldest_age_seconds", "seconds", "spool_age_s", NULL,
	  "Since when the oldest of those that wait is there." },
};
/* clang-format on */

static int
is_number(struct json_object *v)
{
	return json_object_is_type(v, json_type_int) ||
	       json_object_is_type(v, json_type_double);
}

static void
print_samples(const struct family *f, struct json_object *v)
{
	if (is_number(v)) {
		printf("%s %s\n", f->name, json_object_get_string(v));
		return;
	}
	json_object_object_foreach (v, value, number)
		printf("%s{%s=\"%s\"} %s\n", f->name, f->label, value,
		       json_object_get_string(number));
}

static void
print_family(const struct family *f, struct json_object *all)
{
	struct json_object *v = json_get(all, f->key);

	if (v == NULL)
		return;
	printf("# TYPE %s gauge\n", f->name);
	if (f->unit != NULL)
		printf("# UNIT %s %s\n", f->name, f->unit);
	printf("# HELP %s %s\n", f->name, f->help);
	print_samples(f, v);
}

/* The numbers that a database which answers has: else why there are none. */
static struct json_object *
ask_database(struct cli *c)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;

	c->db = engine_db(&c->conf, APPLICATION, DEADLINE_MS, &e);
	if (c->db != NULL && metrics_read(c->db, c->mem, &o, &e) == 0) {
		json_object_object_add(o, "database_up",
				       json_object_new_int(1));
		return o;
	}
	fprintf(stderr, "hookline: %s\n", e.text);
	o = json_pool(c->mem, json_object_new_object());
	json_object_object_add(o, "database_up", json_object_new_int(0));
	return o;
}

static void
copy_member(struct json_object *to, const char *key, struct json_object *from,
	    const char *member)
{
	json_object_object_add(to, key,
			       json_object_get(json_get(from, member)));
}

static int
ask_spool(struct cli *c, struct json_object *all, struct err *e)
{
	struct spool *s = spool_new(&c->conf, NULL);
	struct json_object *o, *n;
	int rc = spool_status(s, 0, c->mem, &o, e);

	spool_free(s);
	if (rc == -1)
		return -1;
	n = json_object_new_object();
	copy_member(n, "waiting", o, "waiting");
	copy_member(n, "failed", o, "failed");
	json_object_object_add(all, "spool", n);
	copy_member(all, "spool_age_s", o, "oldest_age_s");
	return 0;
}

CLI_COMMAND(cmd_metrics)
{
	struct json_object *all = ask_database(c);
	size_t i;

	(void)a;
	if (ask_spool(c, all, e) == -1)
		fprintf(stderr, "hookline: %s\n", e->text);
	if (c->is_json) {
		print_json(all);
		return 0;
	}
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		print_family(&families[i], all);
	puts("# EOF");
	return 0;
}
