/*
 * trigger.c - hookline trigger: the URL that senders post to, and who still
 * uses an old one.  Samples are sample.c.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/coding.h"
#include "base/json.h"
#include "engine/hook_url.h"
#include "flow/duration.h"
#include "store/trigger.h"
#include "store/workflow.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static struct json_object *
describe(struct cli *c, const struct workflow *w, const char *hook_key)
{
	struct json_object *o = json_pool(c->mem, json_object_new_object());

	json_set_string(o, "workflow", w->id);
	json_set_string(o, "name", w->name);
	json_set_string(o, "trigger", w->trigger_id);
	json_set_string(o, "url",
			hook_url(&c->conf, &c->secrets, hook_key, c->mem));
	return o;
}

static void
copy_member(struct json_object *to, struct json_object *from, const char *key)
{
	json_object_object_add(to, key, json_object_get(json_get(from, key)));
}

CLI_COMMAND(cmd_trigger_url)
{
	struct json_object *o, *t;
	struct workflow w;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1 ||
	    trigger_show(c->db, c->account_id, w.trigger_id, c->mem, &t, e) ==
		    -1)
		return -1;
	o = describe(c, &w, w.hook_key);
	copy_member(o, t, "rotated_at");
	copy_member(o, t, "old_url_ends_at");
	if (c->is_json)
		print_json(o);
	else
		puts(json_get_string(o, "url"));
	return 0;
}

static int
read_overlap(const char *text, char interval[64], struct err *e)
{
	struct duration d = { 0, 0, 0 };

	if (text != NULL && duration_parse(text, &d, e) == -1)
		return err_context(e, "--overlap");
	duration_interval(&d, interval);
	return 0;
}

static void
print_rotated(struct json_object *o)
{
	print_fields(o, "name=WORKFLOW url=URL old_url_ends_at");
	if (json_get(o, "old_url_ends_at") != NULL)
		puts("\nUntil then `hookline trigger senders WORKFLOW --old` "
		     "says who still uses an old one.");
}

CLI_COMMAND(cmd_trigger_rotate)
{
	unsigned char key[TOKEN_KEY_SIZE];
	char interval[64], hex[2 * TOKEN_KEY_SIZE + 1];
	const char *until;
	struct json_object *o;
	struct workflow w;

	if (read_overlap(args_option(a, "overlap"), interval, e) == -1 ||
	    workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1)
		return -1;
	random_bytes(key, sizeof(key));
	if (trigger_rotate(c->db, c->account_id, w.trigger_id, key, interval,
			   c->mem, &until, e) == -1)
		return -1;
	hex_encode(key, sizeof(key), hex);
	o = describe(c, &w, hex);
	json_object_object_add(o, "old_url_ends_at",
			       until != NULL ? json_object_new_string(until)
					     : NULL);
	if (c->is_json)
		print_json(o);
	else
		print_rotated(o);
	return 0;
}

CLI_COMMAND(cmd_trigger_senders)
{
	int only_old = args_option(a, "old") != NULL;
	struct json_object *list;
	struct workflow w;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1 ||
	    trigger_senders(c->db, c->account_id, w.trigger_id, only_old,
			    c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "remote_addr=ADDRESS last_seen_at deliveries "
			    "by_old_url last_by_old_url_at user_agent",
			    only_old ? "nobody has used an old URL since the "
				       "last rotation"
				     : "nobody sent here in the last 30 days");
	return 0;
}
