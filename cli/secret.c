/*
 * secret.c - hookline secret: what senders sign with and calls log in with, by
 * name.  A secret is
 * typed on a terminal that does not show it, or comes on the standard input;
 * never on the command line, where everybody could read it, and it is never
 * shown again.
 */
#include "config.h"

#include "cli.h"
#include "hidden.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "engine/secret.h"
#include "flow/own_name.h"
#include "store/secret.h"

#include <string.h>

#include "base/banned.h"

/* White space at the ends was not meant. */
static const char *
trimmed(struct cli *c, const struct buf *text)
{
	size_t from = strspn(text->s, " \t\r\n"), len = text->len;

	while (len > from && strchr(" \t\r\n", text->s[len - 1]) != NULL)
		len--;
	return mem_strndup(c->mem, text->s + from, len - from);
}

static const char *
read_secret(struct cli *c, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *plain = NULL;

	if (hidden_is_terminal())
		plain = hidden_line(c->mem, "Secret: ");
	else if (cli_read_file("-", CLI_DOCUMENT_MAX, &text, e) == 0)
		plain = trimmed(c, &text);
	if (plain != NULL &&
	    (plain[0] == '\0' || strlen(plain) > OWN_SECRET_MAX ||
	     memchr(text.s, '\0', text.len) != NULL)) {
		err_set(e, ERR_INPUT,
			"expected a secret of 1 to %d bytes of text on the "
			"standard input",
			OWN_SECRET_MAX);
		plain = NULL;
	}
	buf_free(&text);
	return plain;
}

CLI_COMMAND(cmd_secret_set)
{
	const char *name = a->operand[0], *plain;
	struct json_object *o = json_pool(c->mem, json_object_new_object());
	struct buf sealed = BUF_INIT;
	int was_there, rc;

	if (own_secret_name_check(name, e) == -1 ||
	    (plain = read_secret(c, e)) == NULL)
		return -1;
	secret_seal(&c->secrets, c->account_id, name, plain, &sealed);
	rc = secret_put(c->db, c->account_id, name, sealed.s, sealed.len,
			c->mem, &was_there, e);
	buf_free(&sealed);
	if (rc == -1)
		return -1;
	json_set_string(o, "name", name);
	json_set_string(o, "status", was_there ? "replaced" : "made");
	json_set_string(o, "use",
			mem_printf(c->mem, "\"secret\": \"secret:%s\"", name));
	json_set_string(
		o, "use_in_calls",
		strchr(name, '.') == NULL
			? mem_printf(c->mem, "{{secret.%s}}", name)
			: mem_printf(c->mem, "{{secret[\"%s\"]}}", name));
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "name status use use_in_calls");
	return 0;
}

CLI_COMMAND(cmd_secret_list)
{
	struct json_object *list;

	(void)a;
	if (secret_list(c->db, c->account_id, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, "name updated_at used_by=USED-BY",
			    "no secrets yet: hookline secret set NAME");
	return 0;
}

CLI_COMMAND(cmd_secret_remove)
{
	struct json_object *o = json_pool(c->mem, json_object_new_object());

	if (secret_remove(c->db, c->account_id, a->operand[0], c->mem, e) == -1)
		return -1;
	json_set_string(o, "name", a->operand[0]);
	json_set_string(o, "status", "removed");
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "name status");
	return 0;
}
