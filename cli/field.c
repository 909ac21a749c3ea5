/*
 * field.c - hookline field and hookline value: what an account defines for
 * itself, custom fields of its contacts and constants for its templates.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "flow/own_name.h"
#include "store/field.h"

#include "base/banned.h"

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

	if (own_key_check(key, e) == -1 ||
	    own_text_check("label", label, OWN_LABEL_MAX, e) == -1 ||
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
	if (own_text_check("label", label, OWN_LABEL_MAX, e) == -1 ||
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

	if (own_name_check("value", name, e) == -1 ||
	    own_text_check("value", value, OWN_VALUE_MAX, e) == -1 ||
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
