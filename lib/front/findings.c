/*
 * findings.c - a list of what was found, and what the spool tells, judged.  See
 * findings.h.
 */
#include "config.h"

#include "front/findings.h"

#include "base/json.h"
#include "engine/spool.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

#define SAY(f, ...) mem_printf((f)->mem, __VA_ARGS__)

void
findings_begin(struct findings *f, struct mem *m)
{
	f->mem = m;
	f->list = json_pool(m, json_object_new_array());
	f->has_failed = 0;
}

void
finding(struct findings *f, const char *check, const char *status,
	const char *detail, const char *fix)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "check", check);
	json_set_string(o, "status", status);
	json_set_string(o, "detail", detail);
	json_object_object_add(
		o, "fix", fix != NULL ? json_object_new_string(fix) : NULL);
	json_object_array_add(f->list, o);
	if (strcmp(status, "fail") == 0)
		f->has_failed = 1;
}

/* Deliveries that nobody brings in, or that could not be. */
static void
judge(struct findings *f, const char *dir, struct json_object *o)
{
	int64_t n_failed = json_get_int(o, "failed", 0);
	int64_t n = json_get_int(o, "waiting", 0);
	const char *first = json_get_string(
		json_object_array_get_idx(json_get(o, "failures"), 0),
		"reason");

	if (n_failed > 0)
		finding(f, "spool", "fail",
			SAY(f, "%" PRId64 " %s could not be brought in: %s",
			    n_failed, n_failed == 1 ? "delivery" : "deliveries",
			    first != NULL && !f->is_discreet
				    ? first
				    : "`hookline spool status` says why"),
			SAY(f,
			    "`hookline spool status` lists them; mend what "
			    "they "
			    "say, then `hookline spool drain --failed`, or "
			    "remove them%s%s",
			    f->is_discreet ? "" : " from ",
			    f->is_discreet ? "" : SAY(f, "%s/failed", dir)));
	else if (n > 0)
		finding(f, "spool", "warn",
			SAY(f, "%" PRId64 " %s for the database since %s", n,
			    n == 1 ? "delivery waits" : "deliveries wait",
			    json_get_string(o, "oldest")),
			"hookline-run brings them in within seconds once the "
			"database can be used; it must run as the user of "
			"hook.fcgi");
	else
		finding(f, "spool", "ok",
			f->is_discreet ? "nothing waits" : dir, NULL);
}

void
findings_of_spool(struct findings *f, const struct conf *c,
		  const struct secrets *secrets, struct json_object **status)
{
	struct spool *s = spool_new(c, secrets);
	struct json_object *o;
	struct err e = ERR_INIT;

	*status = NULL;
	if (spool_check(s, 0, &e) == 0 &&
	    spool_status(s, 1, f->mem, &o, &e) == 0) {
		judge(f, c->spool_dir, o);
		*status = o;
	} else {
		finding(f, "spool", e.kind == ERR_GONE ? "warn" : "fail",
			f->is_discreet ? "the folder of the spool can't be used"
				       : e.text,
			f->is_discreet
				? "`hookline doctor` says more"
				: SAY(f,
				      "hook.fcgi makes it where it may; else, "
				      "as root: "
				      "install -d -m 700 -o USER %s, with the "
				      "user that "
				      "hook.fcgi and hookline-run run as",
				      c->spool_dir));
	}
	spool_free(s);
}
