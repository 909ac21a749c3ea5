/*
 * run_explain.c - hookline run explain: a run's story in plain words: where it
 * is and why, until when, what came before, and what would come next.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "flow/plan.h"
#include "front/run_words.h"
#include "store/run_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define AHEAD_MAX 5   /* steps told of what comes next */
#define SEEN_OK_S 150 /* as doctor.c */

/* A run as it is told: what run show knows, and what run_explain.sql adds. */
struct story {
	struct mem *mem;
	struct json_object *run, *more;
	struct plan *plan;
	const struct plan_step *step; /* where it is; NULL: nowhere */
};

static const char *
local(const struct story *s, const char *name)
{
	return json_get_string(json_get(s->more, "local"), name);
}

static const char *
of_run(const struct story *s, const char *key)
{
	return json_get_string(s->run, key);
}

static int
is_status(const struct story *s, const char *status)
{
	return strcmp(of_run(s, "status"), status) == 0;
}

/* The step it is at, in words. */
static const char *
place(const struct story *s)
{
	if (s->step != NULL)
		return mem_printf(s->mem, "step %s",
				  words_step(s->mem, s->step->json));
	if (of_run(s, "step") != NULL)
		return mem_printf(s->mem, "step \"%s\"", of_run(s, "step"));
	return "its end";
}

/* It has begun to wait, rather than to be about to. */
static int
is_in_wait(const struct story *s)
{
	return local(s, "step_started") != NULL;
}

/* The members of what it waits for: "(window ..., timeout ...)". */
static const char *
wait_words(const struct story *s)
{
	struct json_object *wait = json_get(s->more, "wait");
	const char *text = "", *one;

	if (!json_object_is_type(wait, json_type_object))
		return "";
	json_object_object_foreach (wait, key, v) {
		if (v == NULL)
			continue;
		one = strstr(key, "condition") != NULL
			      ? words_condition(s->mem, v)
			      : json_pool_text(s->mem, v);
		text = mem_printf(s->mem, "%s%s%s %s", text,
				  text[0] != '\0' ? ", " : "", key, one);
	}
	return text[0] != '\0' ? mem_printf(s->mem, " (%s)", text) : "";
}

static const char *
who_carries_out(const struct story *s)
{
	int64_t seen = json_get_int(s->more, "executor_seen_s", -1);

	if (seen < 0)
		return "; no executor was ever seen: see `hookline doctor`";
	if (seen > SEEN_OK_S)
		return mem_printf(s->mem,
				  "; the last executor was seen %" PRId64
				  " minutes ago: see `hookline doctor`",
				  seen / 60);
	return "; an executor takes it up in its turn";
}

static const char *
paused_words(const struct story *s)
{
	return mem_printf(
		s->mem,
		"It is paused, since its workflow is not published. It stands "
		"at %s and %s %s; `hookline workflow publish %s` lets it go "
		"on.",
		place(s), is_in_wait(s) ? "waits there until" : "was due",
		local(s, "due"), of_run(s, "workflow"));
}

static const char *
waiting_words(const struct story *s)
{
	int64_t attempt = json_get_int(s->run, "attempt", 0);
	const char *error = of_run(s, "last_error");

	if (json_get_bool(s->run, "paused", 0))
		return paused_words(s);
	if (json_get_bool(s->more, "is_due", 0))
		return mem_printf(s->mem, "It is due since %s, at %s%s.",
				  local(s, "due"), place(s),
				  who_carries_out(s));
	if (is_in_wait(s))
		return mem_printf(s->mem, "It waits at %s until %s%s.",
				  place(s), local(s, "due"), wait_words(s));
	if (attempt > 0)
		return mem_printf(s->mem,
				  "It waits until %s to try %s again: attempt "
				  "%" PRId64 " ended with: %s.",
				  local(s, "due"), place(s), attempt,
				  error != NULL ? error : "no error");
	return mem_printf(s->mem, "It waits until %s, then goes on at %s%s.",
			  local(s, "due"), place(s), wait_words(s));
}

static const char *
running_words(const struct story *s)
{
	const char *who = of_run(s, "leased_by");

	if (json_get_bool(s->more, "is_due", 0))
		return mem_printf(s->mem,
				  "Executor %s had it at %s and did not come "
				  "back by %s%s.",
				  who, place(s), local(s, "due"),
				  who_carries_out(s));
	return mem_printf(s->mem,
			  "Executor %s carries it out just now, at %s, attempt "
			  "%" PRId64 "; it holds it until %s.",
			  who, place(s), json_get_int(s->run, "attempt", 0),
			  local(s, "due"));
}

static const char *
ended_words(const struct story *s)
{
	const char *why = of_run(s, "last_error"), *verb;

	if (is_status(s, "completed"))
		return mem_printf(s->mem, "It came to its end at %s.",
				  local(s, "finished"));
	verb = is_status(s, "failed") ? "failed" : "was cancelled";
	return mem_printf(s->mem, "It %s at %s%s%s.", verb,
			  local(s, "finished"), why != NULL ? ": " : "",
			  why != NULL ? why : "");
}

static const char *
where(const struct story *s)
{
	if (is_status(s, "waiting"))
		return waiting_words(s);
	if (is_status(s, "running"))
		return running_words(s);
	return ended_words(s);
}

/* [{"seq","step","type","status","attempt","at","text"}] */
static struct json_object *
before(const struct story *s)
{
	static const char *const same[] = { "seq",    "step",	 "type",
					    "status", "attempt", NULL };
	struct json_object *out = json_object_new_array(), *done, *o;
	struct json_object *steps = json_get(s->run, "steps");
	const struct plan_step *step;
	size_t i, k;

	for (i = 0; i < json_object_array_length(steps); i++) {
		done = json_object_array_get_idx(steps, i);
		step = plan_find(s->plan, json_get_string(done, "step"));
		o = json_object_new_object();
		for (k = 0; same[k] != NULL; k++)
			json_object_object_add(
				o, same[k],
				json_object_get(json_get(done, same[k])));
		json_set_string(
			o, "at",
			json_object_get_string(json_object_array_get_idx(
				json_get(s->more, "at"), i)));
		json_set_string(
			o, "text",
			words_outcome(s->mem, done,
				      step != NULL ? step->json : NULL));
		json_object_array_add(out, o);
	}
	return out;
}

/* Where a step that branches may lead, in words. */
static const char *
fork_words(const struct story *s, const struct plan_step *at)
{
	struct json_object *list = json_get(at->json, "branches"), *branch;
	const char *text = "";
	size_t i, n = json_object_array_length(list);

	for (i = 0; i < n; i++) {
		branch = json_object_array_get_idx(list, i);
		text = mem_printf(s->mem, "%s%s%s", text, i > 0 ? "; " : "",
				  words_branch(s->mem, branch, (int)i + 1));
		text = json_get(branch, "percent") != NULL
			       ? mem_printf(s->mem,
					    "%s for %" PRId64 " percent", text,
					    json_get_int(branch, "percent", 0))
			       : mem_printf(s->mem, "%s if %s", text,
					    words_condition(
						    s->mem,
						    json_get(branch, "when")));
	}
	return text;
}

static int
is_type(const struct plan_step *at, const char *type)
{
	return strcmp(at->type, type) == 0;
}

static void
add_ahead(const struct story *s, struct json_object *list,
	  const struct plan_step *at)
{
	struct json_object *o = json_object_new_object();
	struct json_object *cond = json_get(at->json, "if");
	const char *text = words_step(s->mem, at->json);

	if (cond != NULL)
		text = mem_printf(s->mem, "%s, if %s", text,
				  words_condition(s->mem, cond));
	if (json_get(at->json, "branches") != NULL && !at->is_disabled)
		text = mem_printf(s->mem, "%s: %s", text, fork_words(s, at));
	json_set_string(o, "step", at->id);
	json_set_string(o, "type", at->type);
	json_set_string(o, "text", text);
	json_object_array_add(list, o);
}

/* Up to the first step of which nobody knows yet where it leads. */
static struct json_object *
ahead(const struct story *s)
{
	struct json_object *list = json_object_new_array();
	const struct plan_step *at = s->step;

	if (at != NULL && is_in_wait(s))
		at = plan_next(s->plan, at);
	while (at != NULL && json_object_array_length(list) < AHEAD_MAX) {
		add_ahead(s, list, at);
		if (at->is_disabled) {
			at = plan_next(s->plan, at);
			continue;
		}
		if (json_get(at->json, "branches") != NULL ||
		    is_type(at, "find_contact") || is_type(at, "end") ||
		    (is_type(at, "go_to") && json_get(at->json, "if") != NULL))
			break;
		at = is_type(at, "go_to")
			     ? plan_find(s->plan,
					 json_get_string(at->json, "step"))
			     : plan_next(s->plan, at);
	}
	return list;
}

static int
is_live(const struct story *s)
{
	return is_status(s, "waiting") || is_status(s, "running");
}

static struct json_object *
tell(const struct story *s)
{
	static const char *const same[] = {
		"workflow", "workflow_name", "version", "contact", "status",
		"step",	    "paused",	     "due_at",	NULL
	};
	struct json_object *o = json_pool(s->mem, json_object_new_object());
	size_t i;

	json_set_string(o, "run", of_run(s, "id"));
	for (i = 0; same[i] != NULL; i++)
		json_object_object_add(
			o, same[i], json_object_get(json_get(s->run, same[i])));
	json_object_object_add(o, "wait",
			       json_object_get(json_get(s->more, "wait")));
	json_set_string(o, "zone", json_get_string(s->more, "zone"));
	json_set_string(o, "where", where(s));
	json_object_object_add(o, "before", before(s));
	json_object_object_add(o, "next",
			       is_live(s) ? ahead(s) : json_object_new_array());
	return o;
}

static void
print_line(const char *text)
{
	print_text(text, strlen(text));
}

static const char *
person(const struct story *s)
{
	const char *name = of_run(s, "contact_name");
	const char *address = of_run(s, "contact_address");

	if (of_run(s, "contact") == NULL)
		return "nobody (it has no contact)";
	if (name != NULL && address != NULL)
		return mem_printf(s->mem, "%s <%s>", name, address);
	if (name != NULL || address != NULL)
		return name != NULL ? name : address;
	return mem_printf(s->mem, "contact %s", of_run(s, "contact"));
}

static void
print_before(const struct story *s, struct json_object *list)
{
	struct json_object *o;
	size_t i;

	print_line(json_object_array_length(list) > 0
			   ? "\nWhat came before:"
			   : "\nNo step was carried out yet.");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		print_line(mem_printf(s->mem, "  %s  \"%s\" (%s) %s",
				      json_get_string(o, "at"),
				      json_get_string(o, "step"),
				      json_get_string(o, "type"),
				      json_get_string(o, "text")));
	}
}

static void
print_ahead(const struct story *s, struct json_object *list)
{
	struct json_object *o;
	size_t i;

	if (!is_live(s))
		return;
	print_line(json_object_array_length(list) > 0
			   ? "\nWhat would come next:"
			   : "\nNothing comes after that.");
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		print_line(
			mem_printf(s->mem, "  %s", json_get_string(o, "text")));
	}
}

static void
print_story(const struct story *s, struct json_object *o)
{
	print_line(mem_printf(
		s->mem,
		"Run %s takes %s through workflow \"%s\", version %" PRId64
		", since %s.",
		of_run(s, "id"), person(s), of_run(s, "workflow_name"),
		json_get_int(s->run, "version", 0), local(s, "started")));
	print_line(json_get_string(o, "where"));
	print_before(s, json_get(o, "before"));
	print_ahead(s, json_get(o, "next"));
}

CLI_COMMAND(cmd_run_explain)
{
	struct story s = { .mem = c->mem };
	struct json_object *o;

	if (cli_check_id("run", a->operand[0], e) == -1 ||
	    run_show(c->db, c->account_id, a->operand[0], c->mem, &s.run, e) ==
		    -1 ||
	    run_explain(c->db, c->account_id, a->operand[0], c->mem, &s.more,
			e) == -1)
		return -1;
	s.plan = plan_open(c->mem, json_get(s.more, "document"));
	if (of_run(&s, "step") != NULL)
		s.step = plan_find(s.plan, of_run(&s, "step"));
	o = tell(&s);
	if (c->is_json)
		print_json(o);
	else
		print_story(&s, o);
	return 0;
}
