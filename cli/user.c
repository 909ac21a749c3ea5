/*
 * user.c - hookline user: who may use the builder.  A password is typed twice
 * on a terminal, comes on the standard input with --password-stdin, or is made
 * up and printed once.
 */
#include "config.h"

#include "cli.h"
#include "hidden.h"
#include "print.h"

#include "base/json.h"
#include "base/password.h"
#include "flow/map.h"
#include "store/user.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define COLUMNS "id email name created_at"

/* The password, and whether it was made up here; NULL with *e set. */
static const char *
ask_password(struct cli *c, const struct args *a, int *is_made_up,
	     struct err *e)
{
	const char *first;

	*is_made_up = 0;
	if (args_option(a, "password-stdin") != NULL)
		return hidden_line(c->mem, "");
	if (!hidden_is_terminal()) {
		*is_made_up = 1;
		return password_random(c->mem);
	}
	first = hidden_line(c->mem, "Password (empty: make one up): ");
	if (first[0] == '\0') {
		*is_made_up = 1;
		return password_random(c->mem);
	}
	if (strcmp(first, hidden_line(c->mem, "The same again: ")) == 0)
		return first;
	err_set(e, ERR_INPUT, "the two passwords differ");
	return NULL;
}

/* An address in lower case, as it is compared; NULL with *e set. */
static const char *
login_name(struct cli *c, const char *text, struct err *e)
{
	const char *key = NULL;

	if (contact_field_value(c->mem, "email", text, "US", &key, e) == NULL)
		return NULL;
	return key;
}

static void
print_user(struct cli *c, struct json_object *user, const char *made_up)
{
	json_set_string(user, "password", made_up);
	if (c->is_json)
		print_json(user);
	else
		print_fields(user, COLUMNS " password");
}

CLI_COMMAND(cmd_user_add)
{
	const char *email, *password, *hash, *name = args_option(a, "name");
	struct json_object *user;
	int is_made_up;

	email = login_name(c, a->operand[0], e);
	if (email == NULL)
		return -1;
	password = ask_password(c, a, &is_made_up, e);
	if (password == NULL)
		return -1;
	hash = password_hash(c->mem, password, e);
	if (hash == NULL ||
	    user_add(c->db, c->account_id, email, name != NULL ? name : "",
		     hash, c->mem, &user, e) == -1)
		return -1;
	print_user(c, user, is_made_up ? password : NULL);
	return 0;
}

CLI_COMMAND(cmd_user_passwd)
{
	const char *email, *password, *hash;
	struct json_object *user;
	int is_made_up;

	email = login_name(c, a->operand[0], e);
	if (email == NULL)
		return -1;
	password = ask_password(c, a, &is_made_up, e);
	if (password == NULL)
		return -1;
	hash = password_hash(c->mem, password, e);
	if (hash == NULL || user_set_password(c->db, c->account_id, email, hash,
					      c->mem, &user, e) == -1)
		return -1;
	print_user(c, user, is_made_up ? password : NULL);
	return 0;
}

CLI_COMMAND(cmd_user_remove)
{
	const char *email = login_name(c, a->operand[0], e);
	struct json_object *user;

	if (email == NULL ||
	    user_remove(c->db, c->account_id, email, c->mem, &user, e) == -1)
		return -1;
	print_user(c, user, NULL);
	return 0;
}

CLI_COMMAND(cmd_user_list)
{
	struct json_object *list;

	(void)a;
	if (user_list(c->db, c->account_id, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, COLUMNS,
			    "no users yet: `hookline user add EMAIL`");
	return 0;
}
