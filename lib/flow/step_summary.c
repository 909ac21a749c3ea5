/*
 * step_summary.c - what a step does, in one line for the list of steps.  See
 * step_fields.h.
 */
#include "config.h"

#include "flow/step_fields.h"

#include "base/json.h"
#include "flow/cond_rows.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

static const char *
said(struct json_object *step, const char *name)
{
	const char *text = json_get_string(step, name);

	return text != NULL && *text != '\0' ? text : "…";
}

static const char *
email(struct mem *m, struct json_object *step)
{
	return mem_printf(m, "to %s: %s", said(step, "to"),
			  said(step, "subject"));
}

static const char *
sms(struct mem *m, struct json_object *step)
{
	return mem_printf(m, "to %s: %s", said(step, "to"), said(step, "text"));
}

static const char *
call(struct mem *m, struct json_object *step)
{
	const char *method = json_get_string(step, "method");

	return mem_printf(m, "%s %s", method != NULL ? method : "POST",
			  said(step, "url"));
}

static const char *
branches(struct mem *m, struct json_object *step)
{
	struct json_object *list = json_get(step, "branches");
	size_t n = json_object_is_type(list, json_type_array)
			   ? json_object_array_length(list)
			   : 0;

	return mem_printf(m, "%zu %s", n, n == 1 ? "branch" : "branches");
}

static const char *
window(struct mem *m, struct json_object *step)
{
	struct json_object *w = json_get(step, "window");
	struct json_object *days = json_get(w, "days");
	const char *from = json_get_string(w, "from");
	const char *to = json_get_string(w, "to"), *text = "";
	size_t i;

	if (json_object_is_type(days, json_type_array))
		for (i = 0; i < json_object_array_length(days); i++)
			text = mem_printf(
				m, "%s %s", text,
				json_pool_text(
					m, json_object_array_get_idx(days, i)));
	if (from != NULL)
		text = mem_printf(m, "%s from %s", text, from);
	if (to != NULL)
		text = mem_printf(m, "%s to %s", text, to);
	return text;
}

static const char *
wait_words(struct mem *m, struct json_object *step)
{
	const char *text = "";
	struct json_object *cond = json_get(step, "until_condition");

	if (json_get(step, "for") != NULL)
		text = mem_printf(m, "for %s", said(step, "for"));
	else if (json_get(step, "until") != NULL)
		text = mem_printf(m, "until %s%s%s", said(step, "until"),
				  json_get_string(step, "offset") != NULL ? ", "
									  : "",
				  json_get_string(step, "offset") != NULL
					  ? json_get_string(step, "offset")
					  : "");
	else if (cond != NULL)
		text = mem_printf(m, "until %s, at most %s",
				  cond_words(m, cond), said(step, "timeout"));
	if (json_get(step, "window") != NULL)
		text = mem_printf(m, "%s%sonly%s", text,
				  *text != '\0' ? ", " : "", window(m, step));
	return *text != '\0' ? text : "…";
}

static const char *
variable(struct mem *m, struct json_object *step)
{
	struct json_object *value = json_get(step, "value");

	if (value == NULL)
		return mem_printf(m, "change %s", said(step, "name"));
	return mem_printf(m, "%s = %s", said(step, "name"),
			  json_pool_text(m, value));
}

static const char *
pairs(struct mem *m, struct json_object *o)
{
	const char *text = "";

	if (!json_object_is_type(o, json_type_object))
		return "…";
	json_object_object_foreach (o, key, v)
		text = mem_printf(m, "%s%s%s = %s", text,
				  *text != '\0' ? ", " : "", key,
				  v == NULL ? "empty" : json_pool_text(m, v));
	return *text != '\0' ? text : "…";
}

static const char *
contact(struct mem *m, struct json_object *step)
{
	return pairs(m, json_get(step, "set"));
}

static const char *
find(struct mem *m, struct json_object *step)
{
	return mem_printf(m, "by %s", pairs(m, json_get(step, "by")));
}

static const char *
tags(struct mem *m, struct json_object *step)
{
	struct json_object *list = json_get(step, "tags");
	const char *text = "";
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return "…";
	for (i = 0; i < json_object_array_length(list); i++)
		text = mem_printf(
			m, "%s%s%s", text, i > 0 ? ", " : "",
			json_pool_text(m, json_object_array_get_idx(list, i)));
	return *text != '\0' ? text : "…";
}

static const char *
workflow(struct mem *m, struct json_object *step)
{
	(void)m;
	return said(step, "workflow");
}

static const char *
go_to(struct mem *m, struct json_object *step)
{
	(void)m;
	return said(step, "step");
}

static const char *
goal(struct mem *m, struct json_object *step)
{
	return cond_words(m, json_get(step, "when"));
}

static const char *
end(struct mem *m, struct json_object *step)
{
	const char *reason = json_get_string(step, "reason");

	(void)m;
	return reason != NULL ? reason : "";
}

/* clang-format off */
static const struct {
	const char *type;
	const char *(*say)(struct mem *m, struct json_object *step);
} summaries[] = {
	{ "send_email", email }, { "send_sms", sms }, { "notify", email },
	{ "call_webhook", call }, { "if_else", branches },
	{ "split", branches }, { "wait", wait_words },
	{ "set_variable", variable }, { "update_contact", contact },
	{ "add_tag", tags }, { "remove_tag", tags }, { "enrol", workflow },
	{ "unenrol", workflow }, { "find_contact", find }, { "go_to", go_to },
	{ "goal", goal }, { "end", end },
};
/* clang-format on */

const char *
step_summary(struct mem *m, struct json_object *step)
{
	const char *type = json_get_string(step, "type");
	size_t i;

	for (i = 0; i < sizeof(summaries) / sizeof(summaries[0]); i++)
		if (type != NULL && strcmp(type, summaries[i].type) == 0)
			return summaries[i].say(m, step);
	return "";
}
