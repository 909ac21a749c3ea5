/*
 * receive_answer.c - what a sender is told: the outcome and its ids, or what
 * the trigger wants to be answered instead, because some senders demand a body
 * of their own.
 */
#include "config.h"

#include "engine/receiving.h"

#include "base/json.h"
#include "base/log.h"
#include "flow/scope.h"
#include "flow/template.h"

#include <string.h>

#include "base/banned.h"

#define BODY_MAX (64 * 1024)

static struct json_object *
delivery_object(const struct answer *a)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "status", a->outcome);
	json_set_string(o, "id", a->delivery_id);
	json_set_string(o, "contact", a->contact_id);
	json_set_string(o, "run", a->run_id);
	return o;
}

static struct json_object *
answer_scope(struct receiving *r)
{
	struct scope_in in = { .contact = r->mapped.contact,
			       .variables = r->mapped.variables,
			       .webhook = r->source };
	struct json_object *scope = json_pool(r->m, scope_build(&in));

	json_object_object_add(scope, "delivery", delivery_object(&r->answer));
	return scope;
}

static enum escape
escape_for(const char *type)
{
	if (strstr(type, "json") != NULL)
		return ESCAPE_JSON;
	if (strstr(type, "html") != NULL || strstr(type, "xml") != NULL)
		return ESCAPE_HTML;
	return ESCAPE_NONE;
}

static void
set_custom(struct receiving *r, struct json_object *custom)
{
	struct answer *a = &r->answer;
	const char *type = json_get_string(custom, "content_type");
	const char *body = json_get_string(custom, "body");
	struct err e = ERR_INIT;

	a->status = (int)json_get_int(custom, "status", 200);
	a->custom_type = type != NULL ? type : "text/plain; charset=utf-8";
	a->custom_body = "";
	if (body == NULL)
		return;
	a->custom_body =
		template_text(r->m, body, answer_scope(r),
			      escape_for(a->custom_type), BODY_MAX, &e);
	if (a->custom_body != NULL)
		return;
	log_warn("trigger %s: answer: %s; an empty one is sent",
		 r->hook->trigger_id, e.text);
	a->custom_body = "";
}

const struct answer *
receive_answer(struct receiving *r)
{
	struct json_object *custom = json_get(r->hook->trigger, "answer");

	if (custom != NULL && r->answer.status < 300 &&
	    r->answer.custom_body == NULL)
		set_custom(r, custom);
	return &r->answer;
}
