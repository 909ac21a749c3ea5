/*
 * replay.c - hookline delivery replay: deliveries once more, by their ids or
 * by what became of them.  What a replay is, is engine/replay.c.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "engine/replay.h"
#include "front/apart.h"
#include "store/delivery.h"
#include "store/run.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define LIMIT "100"

static struct json_object *
named_ids(struct cli *c, const struct args *a)
{
	struct json_object *list = json_pool(c->mem, json_object_new_array());
	int i;

	for (i = 0; i < a->n_operands; i++)
		json_object_array_add(list,
				      json_object_new_string(a->operand[i]));
	return list;
}

static int
has_filter(const struct args *a)
{
	static const char *const names[] = { "workflow", "outcome", "since",
					     "until",	 "after",   "limit" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (args_option(a, names[i]) != NULL)
			return 1;
	return 0;
}

/* Whoever replays many says of all three which: a slip would send everything
 * to everybody again. */
static int
picked_ids(struct cli *c, const struct args *a, struct json_object **out,
	   struct err *e)
{
	struct delivery_filter f;

	if (args_option(a, "workflow") == NULL ||
	    args_option(a, "outcome") == NULL ||
	    args_option(a, "since") == NULL)
		return err_set(e, ERR_INPUT,
			       "name the deliveries by their ids, or by "
			       "--workflow, --outcome and --since together");
	if (cli_delivery_filter(c, a, LIMIT, &f, e) == -1)
		return -1;
	return delivery_pick(c->db, c->account_id, &f, c->mem, out, e);
}

static int
find_ids(struct cli *c, const struct args *a, struct json_object **out,
	 struct err *e)
{
	int i;

	if (a->n_operands == 0)
		return picked_ids(c, a, out, e);
	if (has_filter(a))
		return err_set(e, ERR_INPUT,
			       "ids and --workflow, --outcome and the like "
			       "can't be used together");
	for (i = 0; i < a->n_operands; i++)
		if (cli_check_id("delivery", a->operand[i], e) == -1)
			return -1;
	*out = named_ids(c, a);
	return 0;
}

/* --- for people ----------------------------------------------------------- */

/* Who is meant, in one line. */
static void
print_contact(struct cli *c, struct json_object *o)
{
	struct json_object *by = json_get(o, "matched_by");
	const char *id = json_get_string(o, "contact"), *list = "";
	size_t i;

	if (by == NULL) {
		puts("no contact");
		return;
	}
	for (i = 0; i < json_object_array_length(by); i++)
		list = mem_printf(c->mem, "%s%s%s", list, i > 0 ? " and " : "",
				  json_object_get_string(
					  json_object_array_get_idx(by, i)));
	if (id == NULL)
		puts("a new contact");
	else
		printf("contact %s, matched by %s\n", id, list);
}

static void
print_variables(struct json_object *variables)
{
	struct json_object *list = json_object_new_array(), *o;

	json_object_object_foreach (variables, name, value) {
		o = json_object_new_object();
		json_set_string(o, "custom_variable", name);
		json_object_object_add(o, "value", json_object_get(value));
		json_object_array_add(list, o);
	}
	if (json_object_array_length(list) > 0)
		print_table(list, "custom_variable value", "");
	json_object_put(list);
}

/* What a dry run found of one contact. */
static void
print_effect(struct cli *c, struct json_object *o)
{
	struct json_object *changes = json_get(o, "changes"),
			   *checks = json_get(o, "checks"),
			   *variables = json_get(o, "custom_variables");

	print_contact(c, o);
	if (changes != NULL)
		print_table(changes, "field before after",
			    "nothing of it changes");
	if (variables != NULL)
		print_variables(variables);
	if (checks != NULL)
		print_table(checks, "check verdict detail+", "no checks");
}

static void
print_trial(struct cli *c, struct json_object *o)
{
	struct json_object *parts = json_get(o, "parts"), *part;
	size_t i;

	print_fields(o, "replay_of=DELIVERY status reason");
	if (strcmp(json_get_string(o, "status"), "not_replayed") != 0 &&
	    parts == NULL)
		print_effect(c, o);
	for (i = 0; parts != NULL && i < json_object_array_length(parts); i++) {
		part = json_object_array_get_idx(parts, i);
		printf("\npart %zu: ", i + 1);
		print_fields(part, "status reason");
		print_effect(c, part);
	}
	putchar('\n');
}

static void
print_results(struct cli *c, struct json_object *list, int is_dry)
{
	size_t i;

	if (c->is_json)
		print_json(list);
	else if (!is_dry || json_object_array_length(list) == 0)
		print_table(list,
			    "replay_of=OF delivery status contact run reason+",
			    "there is nothing to replay");
	else
		for (i = 0; i < json_object_array_length(list); i++)
			print_trial(c, json_object_array_get_idx(list, i));
}

/* --- the command ---------------------------------------------------------- */

static int
is_left_out(struct json_object *one)
{
	return strcmp(json_get_string(one, "status"), "not_replayed") == 0;
}

/* Replay all of `ids`; *n_left_out of them were not.  -1: the database went
 * away; what was done till then is in `out`. */
static int
replay_all(struct cli *c, const struct replay *rp, struct json_object *ids,
	   struct json_object *out, int *n_left_out, struct err *e)
{
	struct json_object *one;
	const char *id;
	size_t i;

	for (i = 0; i < json_object_array_length(ids); i++) {
		id = json_object_get_string(json_object_array_get_idx(ids, i));
		if (replay_delivery(rp, id, c->mem, &one, e) == -1)
			return err_context(e, "delivery %s", id);
		json_object_array_add(out, json_object_get(one));
		*n_left_out += is_left_out(one);
	}
	return 0;
}

CLI_COMMAND(cmd_delivery_replay)
{
	struct receive_rules rules = {
		.secrets = &c->secrets,
		.keep_refused = INT_MAX, /* somebody asked for each */
		.instant = run_instant,
		.arg = c->db,
	};
	struct replay rp = {
		.db = c->db,
		.account_id = c->account_id,
		.rules = &rules,
		.apart = take_apart,
		.is_dry = args_option(a, "dry-run") != NULL,
		.only_proven = a->n_operands == 0,
	};
	struct json_object *ids, *out;
	int rc, n_left_out = 0;

	if (find_ids(c, a, &ids, e) == -1)
		return -1;
	out = json_pool(c->mem, json_object_new_array());
	rc = replay_all(c, &rp, ids, out, &n_left_out, e);
	print_results(c, out, rp.is_dry);
	if (rc == -1)
		return -1;
	if (n_left_out > 0 && a->n_operands > 0) {
		fprintf(stderr, "hookline: %d of %d were not replayed\n",
			n_left_out, a->n_operands);
		return 1;
	}
	return 0;
}
