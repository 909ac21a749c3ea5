/*
 * run.c - hookline run: contacts on their way through workflows.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "front/run_why.h"
#include "store/run_list.h"
#include "store/workflow.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LIMIT "20"

static int
read_filter(struct cli *c, const struct args *a, struct run_filter *f,
	    struct err *e)
{
	const char *workflow = args_option(a, "workflow");
	const char *contact = args_option(a, "contact");
	struct workflow w = { .id = NULL };

	memset(f, 0, sizeof(*f));
	f->limit = cli_limit(a, LIMIT);
	f->status = args_option(a, "status");
	if (workflow != NULL &&
	    workflow_need(c->db, c->account_id, workflow, c->mem, &w, e) == -1)
		return -1;
	f->workflow_id = w.id;
	if (contact != NULL)
		return cli_find_contact(c, contact, &f->contact_id, e);
	return 0;
}

/* To a person a paused run is due never, and that is why. */
static void
say_paused(struct json_object *run)
{
	if (json_get_bool(run, "paused", 0))
		json_set_string(run, "due_at",
				"paused: the workflow is not published");
}

CLI_COMMAND(cmd_run_list)
{
	struct run_filter f;
	struct json_object *list;
	size_t i;

	if (read_filter(c, a, &f, e) == -1 ||
	    run_list(c->db, c->account_id, &f, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json) {
		print_json(list);
		return 0;
	}
	for (i = 0; i < json_object_array_length(list); i++)
		say_paused(json_object_array_get_idx(list, i));
	print_table(list,
		    "id workflow_name=WORKFLOW "
		    "contact_address|contact_name=CONTACT status step "
		    "due_at started_at last_error",
		    "no runs");
	return 0;
}

/* What a step's detail says first to a person. */
static void
add_summary(struct json_object *step)
{
	static const char *const telling[] = { "error",	 "result", "branch",
					       "reason", "until",  "tags",
					       "run",	 "value",  "set" };
	struct json_object *detail = json_get(step, "detail"), *v;
	size_t i;

	for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		v = json_get(detail, telling[i]);
		if (v == NULL)
			continue;
		json_object_object_add(step, "summary", json_object_get(v));
		return;
	}
}

static void
print_steps(struct json_object *steps)
{
	size_t i;

	for (i = 0; i < json_object_array_length(steps); i++)
		add_summary(json_object_array_get_idx(steps, i));
	print_table(steps,
		    "seq step type status attempt started_at finished_at "
		    "summary=RESULT",
		    "no step was executed yet");
}

CLI_COMMAND(cmd_run_show)
{
	struct json_object *o;

	if (cli_check_id("run", a->operand[0], e) == -1 ||
	    run_show(c->db, c->account_id, a->operand[0], c->mem, &o, e) == -1)
		return -1;
	json_set_string(o, "goes_on", run_why(c->mem, o));
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	say_paused(o);
	print_fields(o, "id workflow_name=WORKFLOW version "
			"contact_name|contact_address=NAME "
			"contact_address=ADDRESS contact delivery parent_run "
			"status step attempt leased_by last_error "
			"goes_on=GOES_ON due_at "
			"started_at finished_at variables");
	putchar('\n');
	print_steps(json_get(o, "steps"));
	return 0;
}

/* What has become of run `id`, in one line. */
static void
tell(struct cli *c, const char *id, const char *status, const char *words)
{
	struct json_object *o;

	if (!c->is_json) {
		printf("run %s %s\n", id, words);
		return;
	}
	o = json_pool(c->mem, json_object_new_object());
	json_set_string(o, "run", id);
	json_set_string(o, "status", status);
	print_json(o);
}

CLI_COMMAND(cmd_run_cancel)
{
	const char *id = a->operand[0];

	if (cli_check_id("run", id, e) == -1 ||
	    run_cancel(c->db, c->account_id, id, c->mem, e) == -1)
		return -1;
	tell(c, id, "cancelled", "is cancelled");
	return 0;
}

static int
by_hand(struct cli *c, const struct args *a, const char *order,
	const char *words, struct err *e)
{
	const char *id = a->operand[0];

	if (cli_check_id("run", id, e) == -1 ||
	    run_by_hand(c->db, c->account_id, id, order, c->mem, e) == -1)
		return -1;
	tell(c, id, "waiting", words);
	return 0;
}

CLI_COMMAND(cmd_run_resume)
{
	return by_hand(c, a, "resume", "goes on now", e);
}

CLI_COMMAND(cmd_run_skip)
{
	return by_hand(c, a, "skip", "goes on behind the step it is at", e);
}

CLI_COMMAND(cmd_run_retry)
{
	return by_hand(c, a, "retry", "does its step again", e);
}
