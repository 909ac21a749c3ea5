/*
 * sample.c - hookline trigger samples, sample: the delivery that shows what a
 * workflow's senders send, and the mapping that it suggests.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "flow/suggest.h"
#include "front/seen.h"
#include "store/delivery.h"
#include "store/trigger.h"
#include "store/workflow.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LIMIT "20"

CLI_COMMAND(cmd_trigger_samples)
{
	struct json_object *list;
	struct workflow w;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1 ||
	    trigger_samples(c->db, c->account_id, w.trigger_id,
			    cli_limit(a, LIMIT), c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "id received_at method content_type bytes outcome "
			    "is_chosen=CHOSEN",
			    "no delivery yet that can be a sample: send one to "
			    "the workflow's URL");
	return 0;
}

/* Without an id: the one that was chosen. */
static int
chosen_id(struct cli *c, const struct workflow *w, const char **id,
	  struct err *e)
{
	struct json_object *o;

	if (trigger_show(c->db, c->account_id, w->trigger_id, c->mem, &o, e) ==
	    -1)
		return -1;
	*id = json_get_string(o, "sample");
	if (*id != NULL)
		return 0;
	return err_set(e, ERR_GONE,
		       "no sample was chosen yet: `hookline trigger samples` "
		       "lists what can be one, `hookline trigger sample "
		       "WORKFLOW ID` chooses it");
}

static int
read_sample(struct cli *c, const char *id, struct json_object **out,
	    struct err *e)
{
	struct json_object *o, *source;
	struct sample s;
	const char *body;
	size_t len;

	if (delivery_show(c->db, c->account_id, id, c->mem, &o, &body, &len,
			  e) == -1)
		return err_context(e, "the sample is not there any more");
	if (json_get(o, "payload") == NULL)
		return err_set(e, ERR_GONE,
			       "the content of the sample, delivery %s, was "
			       "erased: choose another",
			       id);
	source = seen_source(c->mem, o, body, len);
	sample_read(c->mem, source, &s);
	*out = json_pool(c->mem, json_object_new_object());
	json_set_string(*out, "sample", id);
	json_set_string(*out, "received_at", json_get_string(o, "received_at"));
	json_object_object_add(*out, "paths", json_object_get(sample_json(&s)));
	json_object_object_add(
		*out, "suggested",
		json_object_get(suggest_rules(&s, c->account_country)));
	return 0;
}

CLI_COMMAND(cmd_trigger_sample)
{
	const char *id = a->n_operands > 1 ? a->operand[1] : NULL;
	struct json_object *o = NULL;
	struct workflow w;

	if ((id != NULL && cli_check_id("delivery", id, e) == -1) ||
	    workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1)
		return -1;
	if (id == NULL ? chosen_id(c, &w, &id, e) == -1
		       : trigger_sample_set(c->db, c->account_id, w.trigger_id,
					    id, c->mem, e) == -1)
		return -1;
	if (read_sample(c, id, &o, e) == -1)
		return -1;
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	print_fields(o, "sample received_at");
	putchar('\n');
	print_table(json_get(o, "paths"), "path+ type value|elements=VALUE",
		    "it is empty");
	putchar('\n');
	print_table(json_get(o, "suggested"), "to=SUGGESTED+ from+ as",
		    "nothing in it suggests a mapping");
	return 0;
}
