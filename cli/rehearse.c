/*
 * rehearse.c - hookline workflow try: what the draft would do, without doing
 * it. What a rehearsal is, is engine/rehearse.h.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "engine/receive.h"
#include "engine/rehearse.h"
#include "front/apart.h"
#include "store/trigger.h"
#include "store/workflow.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define BODY_MAX (4 << 20)

/* The delivery that is named, else the workflow's sample; NULL: none. */
static int
find_delivery(struct cli *c, const struct args *a, const struct workflow *w,
	      const char **id, struct err *e)
{
	struct json_object *t;

	*id = args_option(a, "delivery");
	if (*id != NULL)
		return 0;
	if (trigger_show(c->db, c->account_id, w->trigger_id, c->mem, &t, e) ==
	    -1)
		return -1;
	*id = json_get_string(t, "sample");
	if (*id == NULL)
		return err_set(e, ERR_INPUT,
			       "no sample was chosen yet: name a --delivery, a "
			       "--body or a --contact");
	return 0;
}

/* A request by POST with this body. */
static int
imagine(struct cli *c, const char *path, struct delivery *d, struct buf *body,
	struct err *e)
{
	if (cli_read_file(path, BODY_MAX, body, e) == -1)
		return -1;
	*d = (struct delivery){
		.method = "POST",
		.query = "",
		.content_type = "application/json",
		.url = "",
		.remote_addr = "",
		.headers = json_pool(c->mem, json_object_new_object()),
		.body = body->s,
		.body_len = body->len,
	};
	json_set_string(d->headers, "content-type", d->content_type);
	return 0;
}

static int
choose(struct cli *c, const struct args *a, const struct workflow *w,
       struct rehearsal *in, struct delivery *d, struct buf *body,
       struct err *e)
{
	const char *file = args_option(a, "body");
	const char *contact = args_option(a, "contact");

	if ((file != NULL) + (contact != NULL) +
		    (args_option(a, "delivery") != NULL) >
	    1)
		return err_set(e, ERR_INPUT,
			       "--delivery, --body and --contact can't be used "
			       "together");
	if (contact != NULL)
		return cli_find_contact(c, contact, &in->contact_id, e);
	if (file == NULL)
		return find_delivery(c, a, w, &in->delivery_id, e);
	in->imagined = d;
	return imagine(c, file, d, body, e);
}

/* --- for people ----------------------------------------------------------- */

/* What is most telling of a step. */
static const char *
summary(struct json_object *step)
{
	static const char *const of_detail[] = { "error",  "branch",  "reason",
						 "result", "value",   "set",
						 "tags",   "workflow" };
	struct json_object *detail = json_get(step, "detail"), *v;
	const char *text;
	size_t i;

	text = json_get_string(json_get(step, "mail"), "subject");
	if (text == NULL)
		text = json_get_string(json_get(step, "sms"), "text");
	if (text == NULL)
		text = json_get_string(json_get(step, "call"), "url");
	if (text == NULL)
		text = json_get_string(json_get(step, "wait"), "ends_local");
	for (i = 0; text == NULL && i < sizeof(of_detail) / sizeof(*of_detail);
	     i++) {
		v = json_get(detail, of_detail[i]);
		text = v != NULL ? json_object_get_string(v) : NULL;
	}
	return text;
}

static void
print_steps(struct json_object *steps)
{
	struct json_object *step;
	size_t i;

	for (i = 0; i < json_object_array_length(steps); i++) {
		step = json_object_array_get_idx(steps, i);
		json_set_string(step, "summary", summary(step));
	}
	print_table(steps, "at step type verdict summary+", "it has no steps");
}

static void
print_rehearsal(struct json_object *o)
{
	struct json_object *steps = json_get(o, "steps");

	print_fields(o, "status reason anyway=NOTE timezone ended_at");
	putchar('\n');
	if (steps != NULL)
		print_steps(steps);
	print_table(json_get(o, "faults"), "path=FAULT+ detail+", "");
	puts("nothing was sent, and nothing was stored");
}

CLI_COMMAND(cmd_workflow_try)
{
	struct rehearsal in = { .db = c->db,
				.conf = &c->conf,
				.secrets = &c->secrets,
				.account_id = c->account_id,
				.apart = take_apart,
				.assumes_met = args_option(a, "met") != NULL };
	struct buf body = BUF_INIT;
	struct json_object *out;
	struct delivery d;
	struct workflow w;
	int rc = -1;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
	    -1)
		return -1;
	in.workflow_id = w.id;
	in.trigger_id = w.trigger_id;
	in.document = w.draft;
	if (choose(c, a, &w, &in, &d, &body, e) == 0)
		rc = rehearse(&in, c->mem, &out, e);
	buf_free(&body);
	if (rc == -1)
		return -1;
	if (c->is_json)
		print_json(out);
	else
		print_rehearsal(out);
	return 0;
}
