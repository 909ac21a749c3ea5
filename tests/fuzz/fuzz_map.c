/*
 * fuzz_map.c - any rules over any delivery: mapping, a condition and what a
 * run keeps of it end, and make JSON.  Rules (or a condition, or references)
 * come first, up to a NUL, then the delivery.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "flow/cond.h"
#include "flow/map.h"
#include "flow/plan.h"

static void
map(struct mem *m, struct json_object *rules, struct json_object *source)
{
	struct faults f = FAULTS_INIT(m);
	struct mapped out;

	map_check(rules, "/map", &f);
	map_apply(rules, source, "US", NULL, m, &out);
	map_apply(rules, source, "US", json_get(source, "query"), m, &out);
	check_round_trip(out.contact, 3 * JSON_MAX_DEPTH);
	check_round_trip(out.variables, 3 * JSON_MAX_DEPTH);
}

/* Only a condition without fault is ever asked. */
static void
ask(struct mem *m, struct json_object *cond, struct json_object *source)
{
	struct faults f = FAULTS_INIT(m);
	struct date_env env = { .now_us = 0 };
	struct err e = ERR_INIT;
	int rc;

	cond_check(cond, "/filter", &f);
	if (f.n > 0)
		return;
	rc = cond_eval(cond, source, &env, m, &e);
	if (rc < -1 || rc > 1 || (rc == -1 && e.kind != ERR_PERM))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mem *m = mem_new();
	const char *rest;
	size_t len;
	char *text = cut_text(m, data, size, &rest, &len);
	struct json_object *rules = json_of(m, text, strlen(text));
	struct json_object *source = json_of(m, rest, len);

	map(m, rules, source);
	ask(m, rules, source);
	if (json_object_is_type(source, json_type_object))
		check_round_trip(json_pool(m, plan_webhook_keep(source, rules)),
				 2 * JSON_MAX_DEPTH);
	mem_free(m);
	return 0;
}
