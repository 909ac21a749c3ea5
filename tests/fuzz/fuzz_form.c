/*
 * fuzz_form.c - whatever bytes come as a form, or as a content type, decoding
 * ends, and a form nests no deeper than JSON may.
 */
#include "config.h"

#include "fuzz_kit.h"

#include "http/decode.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct mem *m = mem_new();
	struct json_object *o;
	struct err e = ERR_INIT;

	if (decode_form(m, text, size, &o, &e) == 0) {
		if (!json_object_is_type(o, json_type_object))
			abort();
		check_round_trip(o, JSON_MAX_DEPTH);
	}
	if (decode_body(m,
			"application/x-www-form-urlencoded; "
			"charset=windows-1252",
			text, size, &o, &e) == DECODE_OK)
		check_round_trip(o, JSON_MAX_DEPTH);
	decode_body(m, mem_strndup(m, text, size), "1", 1, &o, &e);
	mem_free(m);
	return 0;
}
