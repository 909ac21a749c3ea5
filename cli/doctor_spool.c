/*
 * doctor_spool.c - can the spool be used, and does somebody have to look at
 * what is in it?  See doctor.h.
 */
#include "config.h"

#include "doctor.h"

#include "base/json.h"
#include "engine/spool.h"

#include <inttypes.h>

#include "base/banned.h"

/* Deliveries that nobody brings in, or that could not be. */
static void
judge(struct visit *v, struct json_object *o)
{
	int64_t n_failed = json_get_int(o, "failed", 0);
	int64_t n = json_get_int(o, "waiting", 0);
	const char *first = json_get_string(
		json_object_array_get_idx(json_get(o, "failures"), 0),
		"reason");

	if (n_failed > 0)
		found(v, "spool", "fail",
		      SAY(v, "%" PRId64 " %s could not be brought in: %s",
			  n_failed, n_failed == 1 ? "delivery" : "deliveries",
			  first != NULL ? first : "no reason is known"),
		      SAY(v,
			  "`hookline spool status` lists them; mend what they "
			  "say, then `hookline spool drain --failed`, or "
			  "remove them from %s/failed",
			  v->c->conf.spool_dir));
	else if (n > 0)
		found(v, "spool", "warn",
		      SAY(v, "%" PRId64 " %s for the database since %s", n,
			  n == 1 ? "delivery waits" : "deliveries wait",
			  json_get_string(o, "oldest")),
		      "hookline-run brings them in within seconds once the "
		      "database can be used; it must run as the user of "
		      "hook.fcgi");
	else
		found(v, "spool", "ok", v->c->conf.spool_dir, NULL);
}

void
doctor_spool(struct visit *v)
{
	struct spool *s = spool_new(&v->c->conf, &v->c->secrets);
	struct json_object *o;
	struct err e = ERR_INIT;

	if (spool_check(s, 0, &e) == 0 &&
	    spool_status(s, 1, v->c->mem, &o, &e) == 0)
		judge(v, o);
	else
		found(v, "spool", e.kind == ERR_GONE ? "warn" : "fail", e.text,
		      SAY(v,
			  "hook.fcgi makes it where it may; else, as root: "
			  "install -d -m 700 -o USER %s, with the user that "
			  "hook.fcgi and hookline-run run as",
			  v->c->conf.spool_dir));
	spool_free(s);
}
