/*
 * fuzz_template.c - any template over any scope, for every target: it ends,
 * makes no more than it may, and a header has no line break.  The template
 * comes first, up to a NUL.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "flow/template.h"

#define MAX 65536

static void
count_name(void *arg, const char *name)
{
	size_t *n = arg;

	*n += strlen(name);
}

static void
render(const struct template *t, struct json_object *scope, enum escape escape)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	if (template_render(t, scope, escape, MAX, &out, &e) == -1) {
		if (e.kind != ERR_PERM || out.len != 0)
			abort();
	} else if (out.len > MAX) {
		abort();
	}
	if ((escape == ESCAPE_HEADER || escape == ESCAPE_ADDRESS) &&
	    (memchr(out.s, '\n', out.len) || memchr(out.s, '\r', out.len)))
		abort();
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mem *m = mem_new();
	struct err e = ERR_INIT;
	const char *rest;
	size_t len, names = 0;
	char *text = cut_text(m, data, size, &rest, &len);
	struct json_object *scope = json_of(m, rest, len), *made;
	struct template *t;

	if (template_parse(m, text, &t, &e) == 0) {
		for (int i = ESCAPE_NONE; i <= ESCAPE_ADDRESS; i++)
			render(t, scope, (enum escape)i);
		template_each_name(t, count_name, &names);
	} else if (e.kind != ERR_INPUT) {
		abort();
	}
	if (template_json(m, json_pool(m, json_object_new_string(text)), scope,
			  MAX, &made, &e) == 0)
		check_round_trip(made, 2 * JSON_MAX_DEPTH);
	if (template_json(m, scope, scope, MAX, &made, &e) == 0)
		check_round_trip(made, 3 * JSON_MAX_DEPTH);
	mem_free(m);
	return 0;
}
