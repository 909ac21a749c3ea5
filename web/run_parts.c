/*
 * run_parts.c - see run_parts.h.
 */
#include "config.h"

#include "run_parts.h"

#include "base/json.h"
#include "http/html.h"
#include "pretty.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

/* Types whose words are not their letters. */
static const char *const types[][2] = {
	{ "send_email", "Send e-mail" },
	{ "send_sms", "Send SMS" },
	{ "call_webhook", "Call a webhook" },
	{ "if_else", "If / else" },
	{ "enrol", "Enrol in a workflow" },
	{ "unenrol", "Take out of a workflow" },
	{ "find_contact", "Find a contact" },
	{ "set_variable", "Set a variable" },
	{ "update_contact", "Update the contact" },
	{ "add_tag", "Add a tag" },
	{ "remove_tag", "Remove a tag" },
	{ "notify", "Notify the team" },
	{ "go_to", "Go to a step" },
};

const char *
run_step_label(struct page *p, const char *name, const char *type,
	       const char *id)
{
	size_t i;

	/* The name of a set_variable is the variable's. */
	if (name != NULL && name[0] != '\0' &&
	    (type == NULL || strcmp(type, "set_variable") != 0))
		return name;
	if (type == NULL)
		return id;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i][0], type) == 0)
			return types[i][1];
	return pretty_words(p, type);
}

void
run_badge(struct page *p, struct json_object *run)
{
	badge(p, json_get_bool(run, "paused", 0)
			 ? "paused"
			 : json_get_string(run, "status"));
}

const char *
run_person_text(struct page *p, struct json_object *o)
{
	const char *name = json_get_string(o, "contact_name");
	const char *address = json_get_string(o, "contact_address");

	if (name != NULL)
		return name;
	if (address != NULL)
		return address;
	if (json_get_string(o, "contact") == NULL)
		return "nobody";
	return mem_printf(p->mem, "contact %s", json_get_string(o, "contact"));
}

void
run_address(struct page *p, struct json_object *o)
{
	const char *address = json_get_string(o, "contact_address");

	if (address == NULL || strcmp(address, run_person_text(p, o)) == 0)
		return;
	html(&p->body, " <span class=\"address\">");
	html_text(&p->body, address);
	html(&p->body, "</span>");
}

void
run_person(struct page *p, struct json_object *o)
{
	const char *id = json_get_string(o, "contact");

	if (id == NULL) {
		html(&p->body, "<span class=\"faint\">nobody</span>");
		return;
	}
	link_to(p, url(p, "contacts/%s", id), run_person_text(p, o));
	run_address(p, o);
}
