/*
 * replay.c - a stored delivery once more: fetch it, ask whether it is still
 * whole, take it apart as if it came just now, and receive it.  See replay.h;
 * what a dry run says is replay_dry.c.
 */
#include "config.h"

#include "engine/replay.h"

#include "engine/replaying.h"
#include "engine/receiving.h"

#include "base/json.h"
#include "store/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define ERASED "erased" /* how a reason begins when a contact was erased */

static int
leave_out(struct replaying *rg, const char *why)
{
	json_set_string(rg->out, "status", "not_replayed");
	json_set_string(rg->out, "reason", why);
	return 0;
}

/* The delivery, or the whole it is a part of.  1: found, 0: left out. */
static int
fetch(struct replaying *rg, struct err *e)
{
	const struct replay *rp = rg->rp;
	const char *whole;

	for (;;) {
		if (delivery_show(rp->db, rp->account_id, rg->id, rg->m,
				  &rg->stored, &rg->body, &rg->body_len,
				  e) == -1)
			break;
		whole = json_get_string(rg->stored, "part_of");
		if (whole == NULL)
			return 1;
		rg->id = whole;
	}
	if (e->kind != ERR_GONE)
		return -1;
	return leave_out(rg, mem_printf(rg->m,
					"there is no delivery %s: it was "
					"removed, or never was",
					rg->id));
}

static const char *
header(const struct replaying *rg, const char *name)
{
	return json_get_string(json_get(rg->stored, "headers"), name);
}

/* Why what is stored is not what was sent, or NULL. */
static const char *
damage(const struct replaying *rg)
{
	const char *reason = json_get_string(rg->stored, "reason");
	const char *length = header(rg, "content-length");
	size_t promised = length != NULL ? strtoul(length, NULL, 10) : 0;

	if (rg->body_len == 0 && reason != NULL &&
	    strncmp(reason, ERASED, strlen(ERASED)) == 0)
		return "its content was erased with its contact";
	if (json_get_int(rg->stored, "http_status", 0) == 413)
		return "its body was too large to be kept: it must be sent "
		       "again";
	if (promised > 0 && rg->body_len == 0)
		return "its body is not kept any more: it must be sent again";
	if (promised > rg->body_len)
		return mem_printf(rg->m,
				  "only %zu of its %zu bytes arrived: it must "
				  "be sent again",
				  rg->body_len, promised);
	return NULL;
}

/* Was it refused because nobody knows who sent it? */
static int
is_unproven(const struct replaying *rg)
{
	int64_t status = json_get_int(rg->stored, "http_status", 0);

	return status == 401 || status == 403;
}

static const char *
stored_text(const struct replaying *rg, const char *key)
{
	const char *text = json_get_string(rg->stored, key);

	return text != NULL ? text : "";
}

static void
fill_delivery(struct replaying *rg)
{
	rg->d = (struct delivery){
		.method = stored_text(rg, "method"),
		.query = stored_text(rg, "query"),
		.content_type = stored_text(rg, "content_type"),
		.url = "",
		.remote_addr = stored_text(rg, "remote_addr"),
		.headers = json_get(rg->stored, "headers"),
		.body = rg->body,
		.body_len = rg->body_len,
		.replay_of = rg->id,
	};
}

static int
keep(struct replaying *rg, struct err *e)
{
	const struct answer *a;

	if (receive_keep(rg->rp->db, &rg->r, 1, e) == -1)
		return -1;
	a = &rg->r->answer;
	json_set_string(rg->out, "status", a->outcome);
	json_set_string(rg->out, "reason", a->reason);
	json_set_string(rg->out, "delivery", a->delivery_id);
	json_set_string(rg->out, "contact", a->contact_id);
	json_set_string(rg->out, "run", a->run_id);
	if (a->parts != NULL)
		json_object_object_add(rg->out, "parts",
				       json_object_get(a->parts));
	return 0;
}

/* A draft is only ever tried. */
static int
is_dry(const struct replay *rp)
{
	return rp->is_dry || rp->document != NULL;
}

static int
find_hook(struct replaying *rg, const char *trigger_id, struct err *e)
{
	const struct replay *rp = rg->rp;

	if (hook_of_trigger(rp->db, rp->account_id, trigger_id, rg->m,
			    &rg->hook, e) == -1)
		return -1;
	if (rp->document != NULL && replay_use_draft(rg, e) == -1)
		return -1;
	return rp->trial != NULL ? rp->trial->rules(rp->trial->arg, rg->hook, e)
				 : 0;
}

/* 0: its result is in rg->out; -1 with ERR_TEMP, or with what is wrong with
 * this one alone. */
static int
receive_now(struct replaying *rg, struct err *e)
{
	const struct replay *rp = rg->rp;

	rp->apart(rg->m, &rg->d);
	rg->r = receive_judge(rg->hook, &rg->d, rp->rules, rg->m);
	if (receive_failure(rg->r)->kind != ERR_NONE) {
		*e = *receive_failure(rg->r);
		return -1;
	}
	return is_dry(rp) ? replay_dry(rg, e) : keep(rg, e);
}

static int
receive_again(struct replaying *rg, struct err *e)
{
	if (find_hook(rg, json_get_string(rg->stored, "trigger"), e) == -1)
		return -1;
	fill_delivery(rg);
	return receive_now(rg, e);
}

static int
replay(struct replaying *rg, struct err *e)
{
	const char *why;
	int rc = fetch(rg, e);

	if (rc != 1)
		return rc;
	json_set_string(rg->out, "replay_of", rg->id); /* the whole */
	why = damage(rg);
	if (why != NULL)
		return leave_out(rg, why);
	if (rg->rp->only_proven && is_unproven(rg))
		return leave_out(rg, "it was refused because it does not prove "
				     "who sent it: where you know, name it by "
				     "its id");
	if (receive_again(rg, e) == 0)
		return 0;
	return e->kind == ERR_TEMP ? -1 : leave_out(rg, e->text);
}

int
replay_delivery(const struct replay *rp, const char *id, struct mem *m,
		struct json_object **out, struct err *e)
{
	struct replaying rg = { .rp = rp, .m = mem_new(), .id = id };
	int rc;

	rg.out = json_pool(m, json_object_new_object());
	json_set_string(rg.out, "replay_of", id);
	rc = replay(&rg, e);
	mem_free(rg.m);
	*out = rg.out;
	return rc;
}

int
replay_imagined(const struct replay *rp, const char *trigger_id,
		const struct delivery *d, struct mem *m,
		struct json_object **out, struct err *e)
{
	struct replaying rg = { .rp = rp, .m = mem_new(), .d = *d };
	int rc;

	rg.out = json_pool(m, json_object_new_object());
	rc = find_hook(&rg, trigger_id, e);
	if (rc == 0)
		rc = receive_now(&rg, e);
	if (rc == -1 && e->kind != ERR_TEMP)
		rc = leave_out(&rg, e->text);
	mem_free(rg.m);
	*out = rg.out;
	return rc;
}
