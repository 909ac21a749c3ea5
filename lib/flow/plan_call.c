/*
 * plan_call.c - what the rows of plan_kinds.c can't say of a call_webhook step:
 * one body, and which members go with which login.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "base/json.h"
#include "base/outbound.h"

#include <json-c/linkhash.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* clang-format off */
static const struct login {
	const char *type;
	const char *needs[3], *may[3];
} logins[] = {
	{ "none", { NULL }, { NULL } },
	{ "basic", { "username", NULL }, { "password", NULL } },
	{ "bearer", { "token", NULL }, { NULL } },
	{ "api_key", { "name", "value", NULL }, { "in", NULL } },
};
/* clang-format on */

static const struct login *
login_of(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++)
		if (type != NULL && strcmp(logins[i].type, type) == 0)
			return &logins[i];
	return NULL;
}

static int
is_listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return 1;
	return 0;
}

/* A key sent in a header must be one that a call may set. */
static void
check_key_name(struct checking *c, struct json_object *o, const char *at)
{
	const char *name = json_get_string(o, "name");
	const char *in = json_get_string(o, "in");
	struct err e = ERR_INIT;

	if (name == NULL || (in != NULL && strcmp(in, "query") == 0))
		return;
	at = pointer_key(c->f->mem, at, "name");
	if (outbound_name_length(name) != strlen(name))
		fault_add(c->f, at,
			  "\"%.100s\" is no header name; letters, digits and "
			  "- are safe",
			  name);
	else if (outbound_check_header(name, strlen(name), "", &e) == -1)
		fault_add(c->f, at, "%s", e.text);
}

static void
check_needs(struct checking *c, struct json_object *o, const char *at,
	    const struct login *l)
{
	const char *const *need;
	const char *text;

	for (need = l->needs; *need != NULL; need++) {
		text = json_get_string(o, *need);
		if (!json_object_object_get_ex(o, *need, NULL))
			fault_add(c->f, at,
				  "a login by %s needs \"%s\"; add it", l->type,
				  *need);
		else if (text != NULL && *text == '\0')
			fault_add(c->f, pointer_key(c->f->mem, at, *need),
				  "expected text, found nothing; fill it in");
	}
}

void
also_auth(struct checking *c, struct json_object *o, const char *at)
{
	const struct login *l = login_of(json_get_string(o, "type"));

	if (l == NULL)
		return;
	check_needs(c, o, at, l);
	json_object_object_foreach (o, key, value) {
		(void)value;
		if (shape_member(&plan_auth, key) != NULL &&
		    strcmp(key, "type") != 0 && !is_listed(l->needs, key) &&
		    !is_listed(l->may, key))
			fault_add(c->f, pointer_key(c->f->mem, at, key),
				  "a login by %s has no %s; remove it", l->type,
				  key);
	}
	if (strcmp(l->type, "api_key") == 0)
		check_key_name(c, o, at);
}

/* Does the login write the header Authorization? */
static int
is_by_header(const char *type)
{
	return type != NULL &&
	       (strcmp(type, "basic") == 0 || strcmp(type, "bearer") == 0);
}

static void
check_one_login(struct checking *c, struct json_object *o, const char *at)
{
	struct json_object *headers = json_get(o, "headers");

	if (!is_by_header(json_get_string(json_get(o, "auth"), "type")) ||
	    !json_object_is_type(headers, json_type_object))
		return;
	at = pointer_key(c->f->mem, at, "headers");
	json_object_object_foreach (headers, name, value) {
		(void)value;
		if (strcasecmp(name, "Authorization") == 0)
			fault_add(
				c->f, pointer_key(c->f->mem, at, name),
				"auth makes this header; keep one of the two");
	}
}

void
also_webhook(struct checking *c, struct json_object *o, const char *at)
{
	static const char *const bodies[] = { "json", "form", "body", NULL };

	if (shape_count(o, bodies) > 1)
		fault_add(c->f, at,
			  "a call_webhook step sends json, form or body, not "
			  "several; keep one");
	check_one_login(c, o, at);
}
