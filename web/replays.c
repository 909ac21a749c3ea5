/*
 * replays.c - see replays.h.
 */
#include "config.h"

#include "replays.h"

#include "base/json.h"
#include "engine/replay.h"
#include "front/apart.h"
#include "store/run.h"
#include "web.h"

#include <limits.h>
#include <string.h>

#include "base/banned.h"

/* What became of many. */
struct results {
	int n, n_left_out;
	const char *why;	      /* of the first that was left out */
	struct json_object *statuses; /* {STATUS: how many} */
	const char *last;	      /* the newest delivery that was made */
};

static int
replay(struct page *p, const char *id, int is_dry, int only_proven,
       struct json_object **out, struct err *e)
{
	struct receive_rules rules = {
		.secrets = p->secrets,
		.keep_refused = INT_MAX, /* somebody asked for each */
		.instant = run_instant,
		.arg = p->db,
	};
	struct replay rp = {
		.db = p->db,
		.account_id = p->who->account_id,
		.rules = &rules,
		.apart = take_apart,
		.is_dry = is_dry,
		.only_proven = only_proven,
	};

	return replay_delivery(&rp, id, p->mem, out, e);
}

int
replays_try(struct page *p, const char *id, struct json_object **out,
	    struct err *e)
{
	return replay(p, id, 1, 0, out, e);
}

static void
count(struct page *p, struct results *r, struct json_object *one)
{
	const char *status = json_get_string(one, "status");
	const char *reason = json_get_string(one, "reason");

	r->n++;
	if (strcmp(status, "not_replayed") == 0) {
		if (r->n_left_out++ == 0)
			r->why = mem_strdup(p->mem,
					    reason != NULL ? reason : "");
		return;
	}
	json_object_object_add(
		r->statuses, status,
		json_object_new_int64(json_get_int(r->statuses, status, 0) +
				      1));
	if (json_get_string(one, "delivery") != NULL)
		r->last = json_get_string(one, "delivery");
}

static void
say(struct page *p, const struct results *r)
{
	const char *text = "";

	json_object_object_foreach (r->statuses, status, n)
		text = mem_printf(p->mem, "%s%s%s %s", text,
				  text[0] != '\0' ? ", " : "",
				  json_object_get_string(n), status);
	if (r->n_left_out == 0)
		page_say(p, 0, "Replayed: %s.", text);
	else
		page_say(p, 1, "%s%s%s%d not replayed: %s",
			 text[0] != '\0' ? "Replayed: " : "", text,
			 text[0] != '\0' ? "; " : "", r->n_left_out, r->why);
}

void
replays_make(struct page *p, struct json_object *ids, int only_proven,
	     const char *back)
{
	struct results r = { .why = "" };
	struct json_object *one;
	struct err e = ERR_INIT;
	const char *id;
	size_t i;

	r.statuses = json_pool(p->mem, json_object_new_object());
	for (i = 0; i < json_object_array_length(ids); i++) {
		id = json_object_get_string(json_object_array_get_idx(ids, i));
		if (replay(p, id, 0, only_proven, &one, &e) == -1) {
			page_fail(p, &e);
			return;
		}
		count(p, &r, one);
	}
	say(p, &r);
	if (r.n == 1 && r.last != NULL)
		back = url(p, "deliveries/%s", r.last);
	page_redirect(p, back);
}
