/*
 * fuzz_path.c - any path over any document: what it finds is part of that
 * document, which it leaves as it was.  The path comes first, up to a NUL.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "flow/path.h"

static const char document[] =
	"{\"body\":{\"a\":[1,{\"b\":\"c\"},[2]],\"a.b\":null,"
	"\"json\":\"{\\\"a\\\":[{\\\"b\\\":\\\"[1]\\\"}]}\"},\"query\":{}}";

static void
check(struct mem *m, const struct path *p, struct json_object *root)
{
	const char *keys[8];
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct json_object *found;
	size_t n = path_keys(p, keys, 8);

	if (n > path_length(p) || n == 0 || strcmp(keys[0], path_root(p)) != 0)
		abort();
	json_write(&before, root);
	found = path_get(p, root, m);
	json_write(&after, root);
	if (before.len != after.len ||
	    memcmp(before.s, after.s, before.len) != 0)
		abort();
	/* a string's JSON may lie deeper than the string */
	check_round_trip(found, 2 * JSON_MAX_DEPTH);
	buf_free(&before);
	buf_free(&after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mem *m = mem_new();
	struct err e = ERR_INIT;
	const char *rest;
	size_t len;
	char *text = cut_text(m, data, size, &rest, &len);
	struct path *p;

	if (path_parse(m, text, &p, &e) == 0) {
		check(m, p, json_of(m, rest, len));
		check(m, p, json_of(m, document, strlen(document)));
	} else if (e.kind != ERR_INPUT) {
		abort();
	}
	mem_free(m);
	return 0;
}
