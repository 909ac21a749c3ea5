/*
 * plan_find.c - the form of what find_contact looks for: fields of a contact
 * and the values that they must have.  See plan_kinds.h.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

FORM(contact_by)
{
	const char *at;

	if (!json_object_is_type(v, json_type_object) ||
	    json_object_object_length(v) == 0) {
		shape_expected(c, pointer,
			       "an object of at least one field and value", v);
		return;
	}
	json_object_object_foreach (v, field, value) {
		at = pointer_key(c->f->mem, pointer, field);
		if (strcmp(field, "id") != 0 && !form_is_field(c, field, at))
			continue;
		if (value == NULL ||
		    json_object_is_type(value, json_type_object) ||
		    json_object_is_type(value, json_type_array))
			shape_expected(c, at, "text, a number, true or false",
				       value);
		else
			form_json(c, row, value, at);
	}
}
