/*
 * plan_variable.c - the forms of set_variable, and what its rows can't say. See
 * plan_kinds.h.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "base/json.h"
#include "flow/map_as.h"

#include "base/banned.h"

FORM(place)
{
	form_integer(c, row, v, pointer);
	if (json_object_is_type(v, json_type_int) &&
	    json_object_get_int64(v) == 0)
		fault_add(c->f, pointer,
			  "the first character is 1 and the last is -1, found "
			  "0");
}

FORM(separator)
{
	form_template(c, row, v, pointer);
	if (json_object_is_type(v, json_type_string) &&
	    json_object_get_string_len(v) == 0)
		fault_add(c->f, pointer,
			  "expected text, found nothing; fill it in");
}

/* "as" of a value that is the same for every run must be possible. */
static void
check_conversion(struct checking *c, struct json_object *o, const char *at)
{
	struct json_object *value = json_get(o, "value"), *out;
	const char *as = json_get_string(o, "as");
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	json_to_text(&text, value);
	if (as != NULL && value != NULL && !shape_has_tag(text.s) &&
	    map_as_is_known(as) && map_as(c->f->mem, as, value, &out, &e) == -1)
		fault_add(c->f, pointer_key(c->f->mem, at, "value"), "%s",
			  e.text);
	buf_free(&text);
}

void
also_variable(struct checking *c, struct json_object *o, const char *at)
{
	static const char *const ways[] = {
		"value",  "replace", "trim",	 "substring",	"lower",
		"upper",  "split",   "add",	 "subtract",	"multiply",
		"divide", "round",   "date_add", "date_format", NULL
	};
	int n = shape_count(o, ways);

	if (n == 0)
		fault_add(c->f, at,
			  "a set_variable step needs a value; add \"value\"");
	if (n == 1) /* what changes it comes before */
		check_conversion(c, o, at);
}
