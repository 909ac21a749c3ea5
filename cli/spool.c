/*
 * spool.c - hookline spool: what waits for the database, what failed, and
 * bringing it in by hand; hookline-run does it by itself.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "engine/spool.h"
#include "front/apart.h"
#include "store/run.h"

#include <stdio.h>
#include <time.h>

#include "base/banned.h"

#define FAILURES_SHOWN 1000
#define STEP_MS 1000
#define OTHER_TRIES 50 /* of 100 ms: a step of another process */

CLI_COMMAND(cmd_spool_status)
{
	struct spool *s = spool_new(&c->conf, &c->secrets);
	struct json_object *o;
	int rc = spool_status(s, FAILURES_SHOWN, c->mem, &o, e);

	(void)a;
	spool_free(s);
	if (rc == -1)
		return -1;
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	print_fields(o, "dir waiting waiting_bytes oldest failed failed_bytes "
			"max_files max_bytes");
	if (json_get_int(o, "failed", 0) == 0)
		return 0;
	putchar('\n');
	print_table(json_get(o, "failures"), "name received_at bytes reason",
		    "");
	return 0;
}

/* Until nothing is left to do; another process at it is waited for. */
static int
drain_all(struct spool_drain *d, struct err *e)
{
	const struct timespec pause = { 0, 100000000 };
	int rc, tries = OTHER_TRIES;

	for (;;) {
		rc = spool_drain_step(d, STEP_MS, e);
		if (rc == -1)
			return -1;
		if (rc == 1)
			continue;
		if (!spool_drain_done(d)->is_elsewhere || tries-- == 0)
			return 0;
		nanosleep(&pause, NULL);
	}
}

static void
print_drained(struct cli *c, const struct spool_drained *done)
{
	struct json_object *o = json_pool(c->mem, json_object_new_object());

	json_object_object_add(o, "taken", json_object_new_int(done->taken));
	json_object_object_add(o, "failed", json_object_new_int(done->failed));
	json_object_object_add(o, "waiting",
			       json_object_new_int(done->waiting));
	if (c->is_json)
		print_json(o);
	else
		printf("%d brought in, %d failed, %d still waiting\n",
		       done->taken, done->failed, done->waiting);
}

CLI_COMMAND(cmd_spool_drain)
{
	struct receive_rules rules = { .secrets = &c->secrets,
				       .keep_refused = c->conf.keep_refused,
				       .instant = run_instant,
				       .arg = c->db };
	struct spool *s = spool_new(&c->conf, &c->secrets);
	struct spool_drain *d = spool_drain_new(s, c->db, &rules, take_apart);
	int rc = 0;

	if (args_option(a, "failed") != NULL && spool_retry_failed(s, e) == -1)
		rc = -1;
	if (rc == 0) {
		rc = drain_all(d, e);
		print_drained(c, spool_drain_done(d));
	}
	if (rc == 0 && spool_drain_done(d)->failed > 0)
		rc = 1; /* the log has said why */
	spool_drain_free(d);
	spool_free(s);
	return rc;
}
