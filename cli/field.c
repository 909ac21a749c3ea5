/*
 * field.c - hookline field and hookline value: what an account defines for
 * itself, custom fields of its contacts and constants for its templates.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/map.h"
#include "store/field.h"

#include <string.h>

#include "base/banned.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS "0123456789"
#define NAME_MAX_BYTES 63
#define LABEL_MAX 200
#define VALUE_MAX 10000

/* Does every part of the house read it as a name, without quotes? */
static int
check_name(const char *what, const char *name, struct err *e)
{
	size_t len = strlen(name);

	if (len > 0 && len <= NAME_MAX_BYTES &&
	    strspn(name, LETTERS DIGITS) == len &&
	    strchr(DIGITS, name[0]) == NULL)
		return 0;
	return err_set(e, ERR_INPUT,
		       "the name of a %s has 1 to %d letters, digits and _, no "
		       "digit first, found \"%.100s\"",
		       what, NAME_MAX_BYTES, name);
}

/* contact.KEY would mean that one. */
static int
check_key(const char *key, struct err *e)
{
	static const char *const more[] = { "id",	  "name", "phone_raw",
					    "custom",	  "tags", "created_at",
					    "updated_at", NULL };
	const char *const *lists[] = { map_contact_fields, more };
	const char *const *s;
	size_t i;

	for (i = 0; i < 2; i++)
		for (s = lists[i]; *s != NULL; s++)
			if (strcmp(*s, key) == 0)
				return err_set(e, ERR_INPUT,
					       "every contact has a field "
					       "\"%s\"; choose another name",
					       key);
	return check_name("field", key, e);
}

static int
check_text(const char *what, const char *text, size_t most, struct err *e)
{
	size_t at;

	if (text == NULL)
		return 0;
	if (strlen(text) > most)
		return err_set(e, ERR_INPUT, "a %s has at most %zu bytes", what,
			       most);
	if (!text_is_utf8(text, strlen(text), &at))
		return err_set(e, ERR_INPUT,
			       "a %s is UTF-8; byte %zu of this one is not",
			       what, at + 1);
	return 0;
}

static void
print_one(struct cli *c, struct json_object *o, const char *columns)
{
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, columns);
}

CLI_COMMAND(cmd_field_add)
{
	const char *key = a->operand[0], *type = args_option(a, "type");
	const char *label = args_option(a, "label");
	struct json_object *o;

	if (check_key(key, e) == -1 ||
	    check_text("label", label, LABEL_MAX, e) == -1 ||
	    field_add(c->db, c->account_id, key, type != NULL ? type : "text",
		      label != NULL ? label : "", c->mem, &o, e) == -1)
		return -1;
	json_set_string(o, "use",
			mem_printf(c->mem, "{{contact.custom.%s}}", key));
	print_one(c, o, "key type label use");
	return 0;
}

CLI_COMMAND(cmd_field_list)
{
	struct json_object *list;

	(void)a;
	if (field_list(c->db, c->account_id, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, "key type label created_at=MADE",
			    "no fields yet: hookline field add KEY");
	return 0;
}

CLI_COMMAND(cmd_field_set)
{
	const char *type = args_option(a, "type");
	const char *label = args_option(a, "label");
	struct json_object *o;

	if (type == NULL && label == NULL)
		return err_set(e, ERR_INPUT,
			       "say what to set: --type or --label");
	if (check_text("label", label, LABEL_MAX, e) == -1 ||
	    field_set(c->db, c->account_id, a->operand[0], type, label, c->mem,
		      &o, e) == -1)
		return -1;
	print_one(c, o, "key type label contacts");
	return 0;
}

CLI_COMMAND(cmd_field_remove)
{
	struct json_object *o;

	if (field_remove(c->db, c->account_id, a->operand[0], c->mem, &o, e) ==
	    -1)
		return -1;
	json_set_string(o, "status", "removed");
	print_one(c, o, "key status contacts");
	return 0;
}

CLI_COMMAND(cmd_value_set)
{
	const char *name = a->operand[0], *value = a->operand[1];
	struct json_object *o = json_pool(c->mem, json_object_new_object());
	int was_there;

	if (check_name("value", name, e) == -1 ||
	    check_text("value", value, VALUE_MAX, e) == -1 ||
	    constant_set(c->db, c->account_id, name, value, c->mem, &was_there,
			 e) == -1)
		return -1;
	json_set_string(o, "name", name);
	json_set_string(o, "value", value);
	json_set_string(o, "status", was_there ? "replaced" : "made");
	json_set_string(o, "use",
			mem_printf(c->mem, "{{custom_values.%s}}", name));
	print_one(c, o, "name value status use");
	return 0;
}

CLI_COMMAND(cmd_value_list)
{
	struct json_object *list;

	(void)a;
	if (constant_list(c->db, c->account_id, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, "name value",
			    "no values yet: hookline value set NAME VALUE");
	return 0;
}

CLI_COMMAND(cmd_value_remove)
{
	struct json_object *o = json_pool(c->mem, json_object_new_object());

	if (constant_remove(c->db, c->account_id, a->operand[0], c->mem, e) ==
	    -1)
		return -1;
	json_set_string(o, "name", a->operand[0]);
	json_set_string(o, "status", "removed");
	print_one(c, o, "name status");
	return 0;
}
