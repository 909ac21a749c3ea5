/*
 * receive_checks.c - may a delivery come in?  Whether it could be read, comes
 * from whom it says, and by a method that is taken here.  Each check ends in a
 * verdict that is kept with the delivery: this is the answer to "why did
 * nothing happen?".
 */
#include "config.h"

#include "engine/receiving.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

const char *
receive_allow(const struct hook *h, struct mem *m)
{
	struct json_object *list = json_get(h->trigger, "methods");
	const char *text = "";
	size_t i;

	if (list == NULL || json_object_array_length(list) == 0)
		return "GET, HEAD, OPTIONS, POST, PUT";
	for (i = 0; i < json_object_array_length(list); i++) {
		const char *name = json_object_get_string(
			json_object_array_get_idx(list, i));

		text = mem_printf(m, "%s%s, ", text, name);
		if (strcmp(name, "GET") == 0)
			text = mem_printf(m, "%sHEAD, ", text);
	}
	return mem_printf(m, "%sOPTIONS", text);
}

static int
is_allowed(const char *allow, const char *method)
{
	size_t len = strlen(method), n;

	for (; *allow != '\0'; allow += n + strspn(allow + n, ", ")) {
		n = strcspn(allow, ",");
		if (n == len && memcmp(allow, method, n) == 0)
			return 1;
	}
	return 0;
}

static int
check_method(struct receiving *r)
{
	const char *allow = receive_allow(r->hook, r->m);
	const char *why;

	if (is_allowed(allow, r->d->method)) {
		check_add(r, "method", "passed", NULL);
		return 1;
	}
	if (r->d->refused_status == 0 && receive_is_question(r))
		return 0; /* asked by GET where deliveries come by POST */
	why = mem_printf(r->m, "method %s is not taken here: use one of %s",
			 r->d->method, allow);
	check_add(r, "method", "failed", why);
	r->answer.allow = allow;
	refuse(r, 405, why);
	return 0;
}

static int
check_body(struct receiving *r)
{
	if (r->d->refused_status == 0) {
		check_add(r, "body", "passed", NULL);
		return 1;
	}
	check_add(r, "body", "failed", r->d->refused_why);
	refuse(r, r->d->refused_status, r->d->refused_why);
	return 0;
}

int
receive_may_enter(struct receiving *r)
{
	return check_method(r) && check_body(r) && receive_is_genuine(r);
}
