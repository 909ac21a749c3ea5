/*
 * advance.c - a run goes through its steps: the story of the executor for one
 * run.  In memory it walks from step to step until one waits, talks to the
 * outside or needs the database; what happened is written down as the record
 * that hookline.run_record takes.  What each kind of step does is steps.c and
 * effect.c; claiming, recording and the event loop are executor.c.
 *
 * An attempt is counted when its lease begins, so one that kills its executor
 * counts too.  A lease that ended without a record while at an outside step
 * leaves that attempt's outcome unknown.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/json.h"
#include "flow/cond.h"
#include "flow/scope.h"
#include "flow/template.h"

#include <string.h>

#include "base/banned.h"

#define LOST_LEASES_MAX 3
#define TEXT_MAX_BYTES (1024 * 1024)

const struct deed deeds[] = {
	{ "send_email", perform_send_email },
	{ "send_sms", perform_send_sms },
	{ "call_webhook", perform_call_webhook },
	{ "if_else", perform_if_else },
	{ "wait", perform_wait },
	{ "set_variable", perform_set_variable },
	{ "update_contact", perform_update_contact },
	{ "add_tag", perform_add_tag },
	{ "remove_tag", perform_remove_tag },
	{ "enrol", perform_enrol },
	{ "unenrol", perform_unenrol },
	{ "notify", perform_notify },
	{ "find_contact", perform_find_contact },
	{ "split", perform_split },
	{ "go_to", perform_go_to },
	{ "goal", perform_goal },
	{ "end", perform_end },
	{ NULL, NULL },
};

static const struct deed *
deed_of(const char *type)
{
	const struct deed *d;

	for (d = deeds; d->type != NULL; d++)
		if (strcmp(d->type, type) == 0)
			return d;
	return NULL;
}

static int
is_outside(const struct plan_step *s)
{
	return strcmp(s->type, "send_email") == 0 ||
	       strcmp(s->type, "send_sms") == 0 ||
	       strcmp(s->type, "notify") == 0 ||
	       strcmp(s->type, "call_webhook") == 0;
}

const char *
step_text(struct passage *p, const char *field, struct err *e)
{
	const char *text = json_get_string(p->step->json, field);

	if (text == NULL)
		return NULL;
	text = template_text(p->mem, text, p->scope, ESCAPE_NONE,
			     TEXT_MAX_BYTES, e);
	if (text == NULL)
		err_context(e, "%s", field);
	return text;
}

/* Write one executed step down.  `detail` is taken over. */
static struct json_object *
note_step(struct passage *p, const char *status, int64_t ms,
	  struct json_object *detail)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "seq", json_object_new_int(p->seq + 1));
	json_object_object_add(o, "attempt", json_object_new_int(p->attempt));
	json_set_string(o, "step_id", p->step->id);
	json_set_string(o, "type", p->step->type);
	json_set_string(o, "status", status);
	json_object_object_add(o, "ms", json_object_new_int64(ms));
	json_object_object_add(o, "detail", detail);
	if (p->run->is_after_wait)
		json_object_object_add(o, "since_wait",
				       json_object_new_boolean(1));
	json_object_array_add(p->steps, o);
	p->last = p->step;
	return o;
}

/* A row of what reached the outside is written down also when the run was
 * cancelled meanwhile. */
static void
mark_call(struct json_object *row)
{
	json_object_object_add(row, "is_call", json_object_new_boolean(1));
}

static struct json_object *
detail_error(const char *text)
{
	struct json_object *detail = json_object_new_object();

	json_set_string(detail, "error", text);
	return detail;
}

/* The present step is over: the next one begins with its first attempt. */
static void
move_on(struct passage *p)
{
	p->step = p->next != NULL ? p->next : plan_next(p->plan, p->step);
	p->next = NULL;
	p->seq++;
	p->attempt = 1;
	p->run->is_after_wait = 0;
	p->run->woken_by = NULL;
}

static void
finish(struct passage *p, const char *status, const char *error)
{
	p->state = PASSAGE_FINISHED;
	p->status = status;
	p->error = error != NULL ? mem_strdup(p->mem, error) : NULL;
}

static const char *
on_error(const struct passage *p)
{
	const char *rule = json_get_string(p->step->json, "on_error");

	return rule != NULL ? rule : "retry";
}

/* The present step ended badly, as `status` says: go on or end, by its
 * on_error. */
static void
give_up(struct passage *p, const char *status, int64_t ms,
	struct json_object *detail, const char *why)
{
	note_step(p, status, ms, detail);
	if (strcmp(on_error(p), "continue") == 0) {
		move_on(p);
		p->state = PASSAGE_ADVANCING;
		return;
	}
	p->seq++;
	finish(p, "failed", why);
}

static void
fail_step(struct passage *p, int64_t ms, struct json_object *detail,
	  const char *why)
{
	give_up(p, "failed", ms, detail, why);
}

/* As a number of seconds. */
static struct json_object *
seconds(struct passage *p, int64_t ms)
{
	return json_object_new_double_s((double)ms / 1000,
					mem_printf(p->mem, "%lld.%03d",
						   (long long)(ms / 1000),
						   (int)(ms % 1000)));
}

/* Try the present step again after a while, or give up: then an attempt of
 * unknown outcome stays unknown. */
static void
retry_step(struct passage *p, const char *status, int64_t ms,
	   struct json_object *detail, const char *why, int retry_after_s)
{
	int64_t wait_ms = -1;

	if (strcmp(on_error(p), "retry") == 0)
		wait_ms = backoff_next(&p->engine->backoff, p->attempt,
				       p->engine->dice(), retry_after_s);
	if (wait_ms == -1) {
		give_up(p, strcmp(status, "unknown") == 0 ? status : "failed",
			ms, detail, why);
		return;
	}
	json_object_object_add(detail, "again_in_s", seconds(p, wait_ms));
	note_step(p, status, ms, detail);
	json_object_object_add(p->record, "delay_s", seconds(p, wait_ms));
	p->error = mem_strdup(p->mem, why);
	p->state = PASSAGE_WAITING;
}

static struct json_object *
run_object(const struct run *r)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "id", r->id);
	json_set_string(o, "started_at", r->started_at);
	json_set_string(o, "delivery", r->delivery_id);
	json_set_string(o, "timezone", r->zone);
	return o;
}

static struct json_object *
workflow_object(const struct run *r)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "id", r->workflow_id);
	json_set_string(o, "name", r->workflow_name);
	json_object_object_add(o, "version", json_object_new_int(r->version));
	return o;
}

static void
new_record(struct passage *p)
{
	p->record = json_pool(p->mem, json_object_new_object());
	p->steps = json_object_new_array();
	json_object_object_add(p->record, "steps", p->steps);
	p->act = NULL;
}

void
passage_scope(struct passage *p)
{
	const struct run *run = p->run;
	struct scope_in in = {
		.contact = run->contact,
		.variables = run->variables,
		.webhook = run->webhook,
		.account = run->account,
		.values = run->constants,
		.steps = run->results,
		.run = json_pool(p->mem, run_object(run)),
		.workflow = json_pool(p->mem, workflow_object(run)),
		.now_utc = run->now_utc,
		.now_local = run->now_local,
	};

	p->scope = json_pool(p->mem, scope_build(&in));
}

void
passage_begin(struct passage *p, struct run *run, struct plan *plan,
	      struct json_object *document)
{
	p->run = run;
	p->plan = plan;
	p->document = document;
	p->state = PASSAGE_ADVANCING;
	p->seq = run->seq;
	p->attempt = run->attempt;
	passage_scope(p);
	if (run->step_id != NULL)
		p->step = plan_find(plan, run->step_id);
	new_record(p);
	if (run->step_id != NULL && p->step == NULL)
		finish(p, "failed",
		       mem_printf(p->mem,
				  "step \"%s\" is not in version %d of the "
				  "workflow",
				  run->step_id, run->version));
}

void
passage_refuse(struct passage *p, struct run *run, const char *why)
{
	p->run = run;
	p->seq = run->seq;
	p->attempt = run->attempt;
	p->step = NULL;
	p->is_refused = 1;
	new_record(p);
	finish(p, "failed", why);
}

/* The lease before this one ended without a record: what the attempt then
 * did to the outside, nobody knows. */
static void
judge_lost_lease(struct passage *p)
{
	int is_last = p->run->lost_leases >= LOST_LEASES_MAX;
	int was_sending = is_outside(p->step) && !p->step->is_disabled &&
			  p->attempt > 1 &&
			  (effect_is_repeatable(p) || p->run->is_sending);
	int goes_on = was_sending && !effect_is_repeatable(p);

	if (was_sending) {
		p->attempt--;
		mark_call(note_step(p, "unknown", 0,
				    detail_error("the executor died before it "
						 "could record the outcome")));
		p->attempt++;
	}
	if (goes_on)
		move_on(p);
	else if (is_last)
		finish(p, "failed",
		       mem_printf(p->mem,
				  "step \"%s\": its executor died %d times",
				  p->step->id, p->run->lost_leases));
}

/* 1: do it, 0: skip it (*why), -1: its condition is faulty. */
static int
is_wanted(struct passage *p, const char **why, struct err *e)
{
	struct json_object *cond = json_get(p->step->json, "if");
	struct date_env env = passage_date_env(p);

	*why = "disabled";
	if (p->step->is_disabled)
		return 0;
	*why = "an earlier wait said so";
	if (p->skips_next) {
		p->skips_next = 0;
		return 0;
	}
	*why = "its condition is not met";
	return cond != NULL ? cond_eval(cond, p->scope, &env, p->mem, e) : 1;
}

static struct json_object *
detail_reason(const char *why)
{
	struct json_object *detail = json_object_new_object();

	json_set_string(detail, "reason", why);
	return detail;
}

static void
perform(struct passage *p)
{
	const struct deed *deed = deed_of(p->step->type);
	struct json_object *detail = json_object_new_object();
	struct json_object *o;
	struct err e = ERR_INIT;
	enum step_end end;

	if (deed == NULL) {
		json_object_put(detail);
		fail_step(p, 0, detail_error("unknown type of step"),
			  "unknown type of step");
		return;
	}
	if (p->run->is_after_wait)
		end = wait_go_on(p, detail, &e);
	else
		end = deed->perform(p, detail, &e);
	switch (end) {
	case STEP_DONE:
		note_step(p, "done", 0, detail);
		move_on(p);
		return;
	case STEP_CALL:
		p->detail = json_pool(p->mem, detail);
		p->state = PASSAGE_CALL;
		return;
	case STEP_ACT:
		o = note_step(p, "done", 0, detail);
		json_object_object_add(o, "is_act", json_object_new_boolean(1));
		json_set_string(p->act, "step_id", p->step->id);
		json_set_string(p->act, "on_error", on_error(p));
		json_object_object_add(p->record, "act", p->act);
		move_on(p);
		p->state = PASSAGE_ACT;
		return;
	case STEP_WAIT:
		json_object_put(detail);
		json_object_object_add(p->record, "is_wait",
				       json_object_new_boolean(1));
		p->state = PASSAGE_WAITING;
		return;
	case STEP_FINISH:
		note_step(p, "done", 0, detail);
		p->seq++;
		finish(p, "completed", NULL);
		return;
	case STEP_SKIP:
		note_step(p, "skipped", 0, detail);
		move_on(p);
		return;
	case STEP_FAILED:
		break;
	}
	json_set_string(detail, "error", e.text);
	if (e.kind == ERR_TEMP && p->run->is_after_wait)
		json_object_object_add(p->record, "wait_goes_on",
				       json_object_new_boolean(1));
	if (e.kind == ERR_TEMP)
		retry_step(p, "retrying", 0, detail, e.text, 0);
	else
		fail_step(p, 0, detail,
			  mem_printf(p->mem, "step \"%s\": %s", p->step->id,
				     e.text));
}

static int
is_woken_by(const struct run *r, const char *what)
{
	return r->woken_by != NULL && strcmp(r->woken_by, what) == 0;
}

/* The present step is not done. */
static void
skip(struct passage *p, const char *why)
{
	note_step(p, "skipped", 0, detail_reason(why));
	move_on(p);
}

static void
advance_one(struct passage *p)
{
	struct err e = ERR_INIT;
	const char *why = "";

	if (is_woken_by(p->run, "skip")) {
		skip(p, "skipped by hand");
		return;
	}
	if (p->run->is_after_wait) {
		perform(p);
		return;
	}
	if (passage_is_too_long(p)) {
		finish(p, "failed",
		       mem_printf(p->mem,
				  "step \"%s\": the run has executed %d steps, "
				  "as many as max_steps allows: a loop?",
				  p->step->id, p->seq));
		return;
	}
	passage_seek_goal(p);
	if (p->engine->watch != NULL)
		p->engine->watch(p->engine->watch_arg, p);
	switch (is_wanted(p, &why, &e)) {
	case 1:
		perform(p);
		break;
	case 0:
		skip(p, why);
		break;
	default:
		fail_step(p, 0, detail_error(e.text),
			  mem_printf(p->mem, "step \"%s\": if: %s", p->step->id,
				     e.text));
	}
}

void
passage_advance(struct passage *p)
{
	if (p->state == PASSAGE_ADVANCING && p->step != NULL &&
	    p->run->lost_leases > 0)
		judge_lost_lease(p);
	p->run->lost_leases = 0;
	while (p->state == PASSAGE_ADVANCING && p->step != NULL)
		advance_one(p);
	if (p->state == PASSAGE_ADVANCING)
		finish(p, "completed", NULL);
}

void
passage_acted(struct passage *p, const char *problem)
{
	if (problem == NULL)
		act_apply(p);
	passage_recorded(p);
	p->state = PASSAGE_ADVANCING;
	passage_advance(p);
}

void
passage_answered(struct passage *p)
{
	const struct net_call *c = &p->call;
	struct json_object *detail = json_object_get(p->detail);
	const char *why;
	size_t n = json_object_array_length(p->steps);

	p->is_calling = p->is_answered = 0;
	p->state = PASSAGE_ADVANCING;
	effect_keep_answer(p);
	why = mem_printf(p->mem, "step \"%s\": %s", p->step->id, c->text);
	switch (c->outcome) {
	case NET_DONE:
		note_step(p, "done", c->elapsed_ms, detail);
		move_on(p);
		break;
	case NET_RETRY:
		retry_step(p, "retrying", c->elapsed_ms, detail, why,
			   c->retry_after_s);
		break;
	case NET_UNKNOWN:
		if (effect_is_repeatable(p)) {
			retry_step(p, "unknown", c->elapsed_ms, detail, why, 0);
			break;
		}
		note_step(p, "unknown", c->elapsed_ms, detail);
		move_on(p);
		break;
	case NET_FAILED:
		fail_step(p, c->elapsed_ms, detail, why);
		break;
	}
	mark_call(json_object_array_get_idx(p->steps, n));
	net_call_clear(&p->call);
	passage_advance(p);
}

void
passage_give_back(struct passage *p)
{
	json_object_object_add(p->record, "delay_s", json_object_new_int(0));
	p->attempt--;
	p->is_calling = p->is_answered = 0;
	p->state = PASSAGE_WAITING;
}

void
passage_hold(struct passage *p, int64_t ms, const char *destination,
	     const char *why)
{
	passage_give_back(p);
	json_object_object_add(p->record, "delay_s", seconds(p, ms));
	json_set_string(p->record, "held_by", destination);
	p->error = mem_strdup(p->mem, why);
}

static const char *
status_to_record(const struct passage *p)
{
	switch (p->state) {
	case PASSAGE_WAITING:
		return "waiting";
	case PASSAGE_FINISHED:
		return p->status;
	case PASSAGE_ACT:
		return p->step == NULL ? "completed" : "running";
	default:
		return "running";
	}
}

/* The present step; where there is none, the one it ended with. */
static const char *
step_to_record(const struct passage *p)
{
	const struct plan_step *s = p->step != NULL ? p->step : p->last;

	return s != NULL ? s->id : NULL;
}

struct json_object *
passage_record(struct passage *p)
{
	struct json_object *o = p->record;
	const struct run *r = p->run;
	int is_wait = json_get(o, "is_wait") != NULL;

	json_set_string(o, "account_id", r->account_id);
	json_set_string(o, "run_id", r->id);
	json_set_string(o, "lease_no", r->lease_no);
	json_set_string(o, "contact_id", r->contact_id);
	json_set_string(o, "status", status_to_record(p));
	json_set_string(o, "step_id", step_to_record(p));
	json_set_string(o, "timezone", r->zone);
	json_set_string(o, "last_error", p->error);
	json_object_object_add(
		o, "lease_s",
		json_object_new_int(p->engine->conf->lease_seconds));
	if (p->is_refused)
		return o;
	json_object_object_add(o, "seq", json_object_new_int(p->seq));
	json_object_object_add(o, "attempt",
			       json_object_new_int(is_wait ? 0 : p->attempt));
	json_object_object_add(o, "may_pause",
			       json_object_new_boolean(!p->is_calling));
	json_object_object_add(
		o, "is_sending",
		json_object_new_boolean(p->state == PASSAGE_CALL &&
					p->call.leave >= QUEUE_LEAVE_ASKED));
	json_object_object_add(o, "variables", json_object_get(r->variables));
	json_object_object_add(o, "results", json_object_get(r->results));
	return o;
}

void
passage_recorded(struct passage *p)
{
	new_record(p);
	p->error = NULL;
}
