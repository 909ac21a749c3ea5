/*
 * decode_kit.h - what tests of bodies share: decode one, and compare what it
 * becomes, or what is said of it, with what a table wants.  For tests alone.
 */
#ifndef TESTS_DECODE_KIT_H
#define TESTS_DECODE_KIT_H

#include "http/decode.h"

#include "base/buf.h"
#include "base/json.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Decode and compare: `want` is the JSON, where ' may stand for ", or a part
 * of the refusal.
 */
static inline void
expect(struct mem *m, const char *type, const char *body, size_t len,
       enum decode_result result, const char *want)
{
	struct json_object *o;
	struct buf got = BUF_INIT;
	struct err e = ERR_INIT;
	enum decode_result rc = decode_body(m, type, body, len, &o, &e);
	size_t i;

	if (rc == DECODE_OK)
		json_write(&got, o);
	else
		buf_adds(&got, e.text);
	ck_assert_msg(rc == result, "%s <- %.60s: got %d (%s)",
		      type ? type : "no type", body, rc, got.s);
	for (i = 0; rc == DECODE_OK && strchr(want, '\'') && i < got.len; i++)
		if (got.s[i] == '"')
			got.s[i] = '\'';
	if (rc == DECODE_OK)
		ck_assert_str_eq(got.s, want);
	else
		ck_assert_msg(strstr(got.s, want) != NULL,
			      "%s <- %.60s: \"%s\" lacks \"%s\"",
			      type ? type : "no type", body, got.s, want);
	ck_assert(rc == DECODE_OK || e.kind == ERR_INPUT);
	buf_free(&got);
}

/* A file of the shared test data, from the pool. */
static inline const char *
shared_path(struct mem *m, const char *name)
{
	const char *shared = getenv("HOOKLINE_SHARED");
	const char *top = getenv("top_srcdir");

	if (shared != NULL)
		return mem_printf(m, "%s/%s", shared, name);
	return mem_printf(m, "%s/../shared/%s", top ? top : ".", name);
}

/* -1 when there is no such file. */
static inline int
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return -1;
	buf_reset(out);
	do {
		buf_grow(out, 65536);
		n = fread(out->s + out->len, 1, 65536, f);
		out->len += n;
		out->s[out->len] = '\0';
	} while (n > 0);
	fclose(f);
	return 0;
}

#endif
