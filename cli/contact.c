/*
 * contact.c - hookline contact: the people, one by one.  Files of them are
 * contact_csv.c.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "engine/forget.h"
#include "store/contact.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

#define LIMIT "50"

CLI_COMMAND(cmd_contact_list)
{
	static const struct contact_filter all;
	const char *limit = cli_limit(a, LIMIT);
	struct json_object *list;

	if (contact_list(c->db, c->account_id, &all, limit, c->mem, &list, e) ==
	    -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, "id email phone name tags created_at",
			    "no contacts yet");
	return 0;
}

CLI_COMMAND(cmd_contact_show)
{
	struct json_object *o;
	const char *id;

	if (cli_find_contact(c, a->operand[0], &id, e) == -1 ||
	    contact_show(c->db, c->account_id, id, c->mem, &o, e) == -1)
		return -1;
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	print_fields(o, "id email phone first_name last_name company_name "
			"address1 city state postal_code country timezone "
			"date_of_birth source website tags custom "
			"unsubscribed_at do_not_contact created_at updated_at "
			"erased_at");
	putchar('\n');
	print_table(json_get(o, "identities"), "kind value",
		    "no address and no number");
	putchar('\n');
	print_table(json_get(o, "runs"),
		    "id=RUN workflow_name=WORKFLOW status step started_at",
		    "no runs yet");
	return 0;
}

/* Stop writing to a contact by a channel, by default by all, or allow it. */
static int
set_channel(struct cli *c, const struct args *a, int is_stopped, struct err *e)
{
	static const char *const known[] = { "email", "sms", "marketing" };
	const char *channel = args_option(a, "channel"), *id;
	struct json_object *o;
	size_t i = 0;
	int rc;

	while (channel != NULL && i < 3 && strcmp(known[i], channel) != 0)
		i++;
	if (i == 3)
		return err_set(e, ERR_INPUT,
			       "--channel is email, sms or marketing, not "
			       "\"%.100s\"",
			       channel);
	channel = channel != NULL ? mem_printf(c->mem, "{%s}", channel)
				  : "{email,sms,marketing}";
	if (cli_find_contact(c, a->operand[0], &id, e) == -1)
		return -1;
	rc = contact_stop(c->db, c->account_id, id, channel, is_stopped, e);
	if (rc == -1 || contact_show(c->db, c->account_id, id, c->mem, &o, e))
		return -1;
	if (json_get(o, "erased_at") != NULL)
		return err_set(e, ERR_GONE,
			       "contact %s was erased: nothing is kept of it",
			       id);
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "id email phone unsubscribed_at "
				"do_not_contact");
	if (rc == 0)
		fputs("hookline: it was so already: nothing changed\n", stderr);
	return 0;
}

CLI_COMMAND(cmd_contact_stop)
{
	return set_channel(c, a, 1, e);
}

CLI_COMMAND(cmd_contact_allow)
{
	return set_channel(c, a, 0, e);
}

/* Who does it, for the ledger. */
static const char *
user_name(struct cli *c)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw != NULL)
		return mem_strdup(c->mem, pw->pw_name);
	return mem_printf(c->mem, "uid %ld", (long)getuid());
}

static int
print_answer(struct cli *c, struct json_object *o, const char *keys)
{
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, keys);
	return 0;
}

CLI_COMMAND(cmd_contact_merge)
{
	int is_dry_run = args_option(a, "dry-run") != NULL;
	struct json_object *o;
	const char *keep, *other;

	if (cli_find_contact(c, a->operand[0], &keep, e) == -1 ||
	    cli_find_contact(c, a->operand[1], &other, e) == -1 ||
	    contact_merge(c->db, c->account_id, keep, other, user_name(c),
			  is_dry_run, c->mem, &o, e) == -1)
		return -1;
	print_answer(c, o,
		     "merge contact other=GONE filled tags runs "
		     "cancelled_runs deliveries");
	if (is_dry_run && !c->is_json)
		puts("nothing was written: a dry run");
	return 0;
}

CLI_COMMAND(cmd_contact_unmerge)
{
	struct json_object *o;

	if (!cli_is_id(a->operand[0]))
		return err_set(e, ERR_INPUT,
			       "the id of a merge is a number, not "
			       "\"%.100s\"; `hookline contact merges` shows "
			       "them",
			       a->operand[0]);
	if (contact_unmerge(c->db, c->account_id, a->operand[0], user_name(c),
			    c->mem, &o, e) == -1)
		return -1;
	return print_answer(c, o,
			    "merge contact other kept=CHANGED runs deliveries "
			    "still_cancelled_runs");
}

CLI_COMMAND(cmd_contact_merges)
{
	struct json_object *list;

	if (contact_merges(c->db, c->account_id, NULL, NULL,
			   cli_limit(a, LIMIT), c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "id contact name other=GONE other_name=WAS "
			    "merged_at merged_by=BY unmerged_at scrubbed_at",
			    "no merges yet");
	return 0;
}

/* Somebody who is no contact: everything that was sent was refused, filtered or
 * captured. */
static int
erase_nobody(struct cli *c, const struct forget *f, const char *text,
	     const struct contact_key *key, struct err *e)
{
	struct json_object *o;

	if (forget_person(f, key, key->email != NULL ? text : NULL, c->mem, &o,
			  e) == -1)
		return -1;
	if (json_get_int(o, "unowned_deliveries", 0) == 0 &&
	    json_get_int(o, "unowned_runs", 0) == 0)
		return err_set(
			e, ERR_GONE,
			"there is no contact \"%.100s\", and no delivery "
			"of nobody names one",
			text);
	return print_answer(c, o, "unowned_deliveries unowned_runs");
}

/* A number that is no contact's is a mistyped id, unless it is written as a
 * telephone number. */
CLI_COMMAND(cmd_contact_erase)
{
	struct forget f = { c->db, &c->conf, &c->secrets, c->account_id };
	const char *text = a->operand[0], *id;
	struct contact_key key;
	struct json_object *o;

	if (cli_contact_key(c, text, &key, e) == -1 ||
	    contact_find(c->db, c->account_id, &key, c->mem, &id, e) == -1)
		return -1;
	if (id == NULL && key.email == NULL && text[0] != '+')
		return err_set(e, ERR_GONE, "there is no contact \"%.100s\"",
			       text);
	if (id == NULL)
		return erase_nobody(c, &f, text, &key, e);
	if (forget_contact(&f, id, c->mem, &o, e) == -1)
		return -1;
	return print_answer(c, o,
			    "contact identities runs cancelled_runs deliveries "
			    "unowned_deliveries unowned_runs merges");
}
